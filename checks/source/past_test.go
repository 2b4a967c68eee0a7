package source

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// newPast makes a repository whose history has a merged pull request, a rename,
// a link, a commit without a change, and messages made to mislead.
func newPast(t *testing.T) string {
	t.Helper()
	dir := newRepository(t)
	write(t, dir, map[string]string{"a.ts": "1\n", "b.ts": "1\n", "m/c.ts": "1\n"})
	commitAll(t, dir)
	git(t, dir, "switch", "-q", "-c", "topic")
	write(t, dir, map[string]string{"a.ts": "2\n"})
	commitAll(t, dir)
	write(t, dir, map[string]string{"d.ts": "1\n"})
	commitAll(t, dir)
	git(t, dir, "switch", "-q", "main")
	git(t, dir, "merge", "-q", "--no-ff", "-m", "Merge pull request #7 from ann/topic\n\nAdd posts\n\n:100644", "topic")
	git(t, dir, "mv", "b.ts", "m/b.ts")
	git(t, dir, "rm", "-q", "a.ts")
	if err := os.Symlink("d.ts", filepath.Join(dir, "a.ts")); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", ":100644 100644 a b M\n\n\n:x")
	git(t, dir, "commit", "-q", "--allow-empty", "-m", "nothing")
	return dir
}

func TestPast(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := newPast(t)
	g, err := OpenGit(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	past, err := g.Past(ctx, git(t, dir, "rev-parse", "HEAD"), PastOptions{})
	if err != nil {
		t.Fatal(err)
	}
	one, two := BlobOf([]byte("1\n")), BlobOf([]byte("2\n"))
	want := []Commit{
		{Title: "nothing"},
		{Title: ":100644 100644 a b M", Changes: []Change{
			{Path: "a.ts", From: two}, {Path: "b.ts", From: one}, {Path: "m/b.ts", To: one},
		}},
		{Title: "Add posts (#7)", Changes: []Change{{Path: "a.ts", From: one, To: two}, {Path: "d.ts", To: one}}},
		{Title: "state", Changes: []Change{{Path: "a.ts", To: one}, {Path: "b.ts", To: one}, {Path: "m/c.ts", To: one}}},
	}
	for i := range want {
		want[i].ID, want[i].Date = git(t, dir, "rev-parse", "HEAD~"+string(rune('0'+i))), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		want[i].Tree = git(t, dir, "rev-parse", want[i].ID+"^{tree}")
		if i > 0 {
			want[i-1].Parent = want[i].ID
		}
	}
	if diff := cmp.Diff(want, past); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	for name, o := range map[string]PastOptions{
		"the newest two":    {Max: 2},
		"since a later day": {Since: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)},
	} {
		part, err := g.Past(ctx, past[0].ID, o)
		if diff := cmp.Diff(past[:o.Max], part); err != nil || len(part) > 0 && diff != "" || len(part) != o.Max {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

// A tree made from the one after it is the very tree that git has.
func TestBefore(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := newPast(t)
	g, err := OpenGit(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	past, err := g.Past(ctx, git(t, dir, "rev-parse", "HEAD"), PastOptions{})
	if err != nil {
		t.Fatal(err)
	}
	tree := must(t)(g.Tree(ctx, past[0].ID))
	for _, c := range past[:len(past)-1] {
		tree = must(t)(g.Before(tree, c))
		alone, err := OpenGit(ctx, dir)
		if err != nil {
			t.Fatal(err)
		}
		want := contents(t, must(t)(alone.Tree(ctx, c.Parent)))
		if diff := cmp.Diff(want, contents(t, tree)); diff != "" {
			t.Errorf("before %s (-want +got):\n%s", c.Title, diff)
		}
	}
	if _, err := g.Before(NewMemory(nil), past[0]); err == nil {
		t.Error("a tree of another kind gives no error")
	}
}

// contents lists a tree's files with their ids and texts.
func contents(t *testing.T, tree Tree) []string {
	t.Helper()
	entries, err := tree.Entries(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	files, err := tree.Read(context.Background(), entries)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, f := range files {
		list = append(list, f.Path+" "+string(f.Blob)+" "+string(f.Text))
	}
	return list
}
