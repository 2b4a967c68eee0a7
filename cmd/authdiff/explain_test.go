package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	got := invoke(t.Context(), "explain", "GET /api/posts", "--repo", dir)
	for _, part := range []string{
		"GET /api/posts in app/api/posts/route.ts:5\n", "read: post.findMany\n",
		"authentication: session check by auth() (confidence high)\n", "app/api/posts/route.ts:7  ", "refuses with 401\n",
	} {
		if got.status != statusClean || got.err != "" || !strings.Contains(got.out, part) {
			t.Errorf("status %d, standard error %q, no %q in\n%s", got.status, got.err, part, got.out)
		}
	}
	got = invoke(t.Context(), "explain", "/api/posts", "--repo", dir, "--rev", "drop", "--format", "json")
	var doc struct {
		Version  int
		Rev      string
		Endpoint struct{ Kind, Name, File string }
		Effects  []struct{ Guards []any }
	}
	if err := json.Unmarshal([]byte(got.out), &doc); err != nil {
		t.Fatalf("%v: %+v", err, got)
	}
	if doc.Version != 1 || doc.Rev != git(t, dir, "rev-parse", "drop") || doc.Endpoint.Name != "GET /api/posts" || len(doc.Effects[0].Guards) != 0 {
		t.Errorf("%+v", doc)
	}
}

func TestExplainRefuses(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	for _, test := range []struct {
		args    []string
		message string
	}{
		{[]string{"GET /api/post", "--repo", dir}, `there is no endpoint "GET /api/post"; is one of these meant? "GET /api/posts"`},
		{[]string{"GET /api/posts", "--repo", dir, "--rev", "nowhere"}, "nowhere"},
		{[]string{"GET /api/posts", "--repo", dir + "/none"}, "none"},
		{[]string{"--repo", dir}, "accepts 1 arg(s), received 0"},
	} {
		wantFailure(t, invoke(t.Context(), append([]string{"explain"}, test.args...)...), test.message)
	}
}
