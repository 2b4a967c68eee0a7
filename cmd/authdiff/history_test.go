package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// newHistoryRepository makes a repository whose branch lost a check by a merged
// pull request, between commits that matter less.
func newHistoryRepository(t *testing.T) string {
	t.Helper()
	dir := newRepository(t)
	git(t, dir, "merge", "-q", "--no-ff", "-m", "Merge pull request #12 from ann/drop\n\nShow posts to all", "drop")
	write(t, dir, route, guarded)
	commit(t, dir, "Ask again")
	return dir
}

func TestHistory(t *testing.T) {
	t.Parallel()
	dir := newHistoryRepository(t)
	got := invoke(t.Context(), "history", "--repo", dir, "--format", "json")
	if got.status != statusClean || got.err != "" {
		t.Fatalf("status %d, standard error %q", got.status, got.err)
	}
	type step struct {
		Commit, Base, Date, Title string
		EndpointsCompared         *int `json:"endpoints_compared"`
		Findings                  []struct{ Rule, Fingerprint string }
		Milliseconds              *int64
	}
	var titles []string
	var loud []step
	for line := range strings.Lines(got.out) {
		var s step
		if err := json.Unmarshal([]byte(line), &s); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if s.Base == "" || len(s.Date) < len("2026-01-01") || s.EndpointsCompared == nil || s.Findings == nil || s.Milliseconds == nil {
			t.Errorf("a field is missing: %s", line)
		}
		titles = append(titles, s.Title)
		if len(s.Findings) > 0 {
			loud = append(loud, s)
		}
	}
	if want := []string{"Ask again", "Show posts to all (#12)", "describe"}; !slices.Equal(titles, want) {
		t.Errorf("steps %q, want %q", titles, want)
	}
	if len(loud) != 1 || loud[0].Title != titles[1] {
		t.Fatalf("findings in %+v, want them in the merge alone", loud)
	}
	// The same comparison by hand says the same.
	diff := decode(t, invoke(t.Context(), "diff", "--repo", dir, "--two-dot", "--base", loud[0].Base, "--head", loud[0].Commit, "--format", "json"))
	if len(diff.Findings) != len(loud[0].Findings) {
		t.Errorf("history has %d findings, diff %d", len(loud[0].Findings), len(diff.Findings))
	}
}

func TestHistoryText(t *testing.T) {
	t.Parallel()
	dir := newHistoryRepository(t)
	got := invoke(t.Context(), "history", "--repo", dir)
	for _, part := range []string{"Show posts to all (#12)", "error:", route + ":", "3 commits from ", ": 1 error in 1 commit\n"} {
		if !strings.Contains(got.out, part) {
			t.Errorf("the text lacks %q:\n%s", part, got.out)
		}
	}
	if got := invoke(t.Context(), "history", "--repo", dir, "--max", "1"); got.status != statusClean || !strings.HasPrefix(got.out, "1 commit from ") {
		t.Errorf("status %d for the newest commit:\n%s%s", got.status, got.out, got.err)
	}
}

func TestHistoryRefuses(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	wantFailure(t, invoke(t.Context(), "history", "--repo", dir, "--since", "last week"), "must be a day, as in 2026-01-31")
	wantFailure(t, invoke(t.Context(), "history", "--repo", dir, "--max", "-1"), "give a number of commits")
	wantFailure(t, invoke(t.Context(), "history", "--repo", dir, "--rev", "nonesuch"), "unknown revision")
}
