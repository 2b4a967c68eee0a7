package main

import (
	"os"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/checks/fixture"
)

// TestReadmeShowsRealOutput compares the sample of the demo as a user would,
// and holds the README's excerpt against what comes out.
func TestReadmeShowsRealOutput(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```text\n")
	excerpt, _, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatal("the README has no block of text that shows the output")
	}
	data, err := os.ReadFile("../../app/demo/pull.txtar")
	if err != nil {
		t.Fatal(err)
	}
	sample, err := fixture.Parse("reports/readme", data)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	for path, text := range sample.Base {
		write(t, dir, path, text)
	}
	commit(t, dir, "base")
	git(t, dir, "rm", "-q", "-r", ".")
	for path, text := range sample.Head {
		write(t, dir, path, text)
	}
	commit(t, dir, "head")

	got := invoke(t.Context(), "diff", "--repo", dir, "--base", "HEAD~1", "--head", "HEAD")
	if strings.TrimSpace(excerpt) == "" || !strings.Contains(got.out, excerpt) {
		t.Errorf("status %d; the README shows\n%s\nwhich is no part of\n%s", got.status, excerpt, got.out)
	}
}
