package hub

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
)

// history writes commits as "id<parent,parent"; those without a number of parents
// that fits are cut off.
func history(total int, commits ...string) (a historyAnswer) {
	a.History.TotalCount = total
	for _, text := range commits {
		id, parents, _ := strings.Cut(text, "<")
		c := historyCommit{Oid: id}
		for _, p := range strings.Split(parents, ",") {
			c.Parents.TotalCount++
			if p != "…" {
				c.Parents.Nodes = append(c.Parents.Nodes, parentCommit{Oid: p})
			}
		}
		a.History.Nodes = append(a.History.Nodes, struct{ Commit historyCommit }{c})
	}
	return a
}

// a, b, c are the pull request's commits, m and n the base's.
func TestWhereTheHeadLeftTheBase(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		told historyAnswer
		want string
	}{
		"one commit":                          {history(1, "a<m"), "m"},
		"a chain":                             {history(3, "a<m", "b<a", "c<b"), "m"},
		"a chain in another order":            {history(3, "c<b", "a<m", "b<a"), "m"},
		"branches within the pull request":    {history(4, "a<m", "b<a", "c<a", "d<b,c"), "m"},
		"two branches that left at one place": {history(3, "a<m", "b<m", "c<a,b"), "m"},
		"the base was merged into it":         {history(2, "a<m", "b<a,n"), ""},
		"it left at two places":               {history(3, "a<m", "b<n", "c<a,b"), ""},
		"not all commits are told":            {history(2, "b<a"), ""},
		"not all parents are told":            {history(2, "a<m", "b<a,m,…"), ""},
		"a first commit of all":               {history(1), ""},
	} {
		got := ""
		if start := tt.told.start(); start != nil {
			got = start.Oid
		}
		if got != tt.want {
			t.Errorf("%s: it left at %q, want %q", name, got, tt.want)
		}
	}
}

// What the pull request's own query tells isn't asked for again, and what it
// doesn't is.
func TestComparisonIsAskedForOnlyWhenNeeded(t *testing.T) {
	t.Parallel()
	base := map[string]string{"a.ts": "a\n", "long.md": strings.Repeat("text\n", 40)}
	many := with(base)
	for i := range 120 {
		many[fmt.Sprintf("docs/%d.md", i)] = "x\n"
	}
	moved := with(base, "b.md", base["long.md"])
	delete(moved, "long.md")
	code := func(path string) bool { return strings.HasSuffix(path, ".ts") }
	for name, tt := range map[string]struct {
		head     map[string]string
		touches  bool
		compared int
	}{
		"few files, one that matters":      {with(base, "a.ts", "b\n"), true, 0},
		"few files, none that matters":     {with(base, "c.md", "c\n"), false, 0},
		"many files, one that matters":     {with(many, "a.ts", "b\n"), true, 0},
		"many files, none that matters":    {many, false, 1},
		"a renamed file and one that does": {with(moved, "a.ts", "b\n"), true, 0},
		"a renamed file alone":             {moved, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, sandbox.Limits{}, base, tt.head)
			trees, err := w.repo.Trees(t.Context(), w.pull(t), code)
			if err != nil {
				t.Fatal(err)
			}
			if touches, err := trees.Touches(t.Context(), code); err != nil || touches != tt.touches {
				t.Errorf("touches: %v (%v)", touches, err)
			}
			if n := w.requests("GET", "/compare/"); n != tt.compared {
				t.Errorf("%d comparisons, want %d", n, tt.compared)
			}
			if n := w.requests("GET", "/git/trees/"); n != 0 {
				t.Errorf("%d lists of trees", n)
			}
		})
	}
}
