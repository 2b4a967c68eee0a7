package route

import (
	"maps"
	"slices"
	"testing"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		template, path string
		params         map[string]string // nil: no match
	}{
		{"/app", "/app", map[string]string{}},
		{"/app", "/apps", nil},
		{"/app", "/app/installations", nil},
		{"/repos/{owner}/{repo}", "/repos/a/b", map[string]string{"owner": "a", "repo": "b"}},
		{"/repos/{owner}/{repo}", "/repos/a%2Fc/b", map[string]string{"owner": "a/c", "repo": "b"}},
		{"/repos/{owner}/{repo}", "/repos//b", nil},
		{"/contents/{path...}", "/contents/a/%5Bid%5D/c.ts", map[string]string{"path": "a/[id]/c.ts"}},
		{"/contents/{path...}", "/contents", nil},
		{"/commits/{ref...}/pulls", "/commits/heads/x/pulls", map[string]string{"ref": "heads/x"}},
		{"/commits/{ref...}/pulls", "/commits/pulls", nil},
		{"/contents/{path}", "/contents/%zz", nil},
	} {
		params, ok := Parse(test.template).Match(test.path)
		if ok != (test.params != nil) || (ok && !maps.Equal(params, test.params)) {
			t.Errorf("%s on %s: got %v, %v; want %v", test.template, test.path, params, ok, test.params)
		}
	}
}

func TestTheMostSpecialComesFirst(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ path, want string }{
		{"/pulls/comments/7", "/pulls/comments/{comment_id}"},
		{"/pulls/7/comments", "/pulls/{pull_number}/comments"},
		{"/pulls/7", "/pulls/{pull_number}"},
		{"/commits/a/b", "/commits/{ref...}"},
		{"/commits/a/pulls", "/commits/{ref...}/pulls"},
	} {
		templates := []Template{
			Parse("/commits/{ref...}"), Parse("/pulls/{pull_number}/comments"), Parse("/pulls/{pull_number}"),
			Parse("/pulls/comments/{comment_id}"), Parse("/commits/{ref...}/pulls"),
		}
		slices.SortFunc(templates, Compare)
		i := slices.IndexFunc(templates, func(t Template) bool { _, ok := t.Match(test.path); return ok })
		if i < 0 || templates[i].String() != test.want {
			t.Errorf("%s: got %v at %d, want %s", test.path, templates, i, test.want)
		}
	}
}
