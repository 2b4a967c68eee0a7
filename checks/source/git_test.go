package source

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestOpenGit(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := newRepository(t)
	write(t, dir, map[string]string{"a/b/c.ts": "1\n"})
	commit := commitAll(t, dir)
	for _, folder := range []string{dir, filepath.Join(dir, "a", "b"), filepath.Join(dir, ".git")} {
		g, err := OpenGit(ctx, folder)
		if err != nil {
			t.Errorf("open %s: %v", folder, err)
			continue
		}
		if got, err := g.Resolve(ctx, "main"); got != commit || err != nil {
			t.Errorf("%s: main is %q, %v; want %q", folder, got, err, commit)
		}
		if diff := cmp.Diff([]string{"a/b/c.ts"}, paths(t, must(t)(g.Tree(ctx, commit)))); diff != "" {
			t.Errorf("%s: paths differ (-want +got):\n%s", folder, diff)
		}
	}
	for folder, want := range map[string]string{
		t.TempDir():                  "not a git repository",
		filepath.Join(dir, "absent"): "no such folder",
	} {
		if _, err := OpenGit(ctx, folder); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("open %s: %v, want one line with %q", folder, err, want)
		}
	}
}

func TestResolveRefuses(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	commitAll(t, dir)
	git(t, dir, "tag", "-a", "-m", "x", "v1")
	g, err := OpenGit(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := g.Resolve(context.Background(), "v1"); err != nil || got != git(t, dir, "rev-parse", "HEAD") {
		t.Errorf("an annotated tag gives %q, %v; want its commit", got, err)
	}
	for rev, want := range map[string]string{
		"":                      "no revision",
		"--output=x":            "no revision",
		"main\nHEAD":            "no revision",
		"nonesuch":              `unknown revision "nonesuch"`,
		"HEAD:absent":           "unknown revision",
		strings.Repeat("0", 40): "unknown revision",
	} {
		if got, err := g.Resolve(context.Background(), rev); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Resolve(%q) = %q, %v; want an error with %q", rev, got, err, want)
		}
	}
}

func TestMergeBase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := newRepository(t)
	root := commitAll(t, dir)
	git(t, dir, "checkout", "-q", "-b", "side")
	write(t, dir, map[string]string{"side": "1"})
	side := commitAll(t, dir)
	git(t, dir, "checkout", "-q", "main")
	write(t, dir, map[string]string{"main": "1"})
	main := commitAll(t, dir)
	git(t, dir, "checkout", "-q", "--orphan", "other")
	write(t, dir, map[string]string{"other": "1"})
	orphan := commitAll(t, dir)
	g, err := OpenGit(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := g.MergeBase(ctx, main, side); got != root || err != nil {
		t.Errorf("MergeBase = %q, %v; want %q", got, err, root)
	}
	if _, err := g.MergeBase(ctx, main, orphan); err == nil || !strings.Contains(err.Error(), "--two-dot") {
		t.Errorf("unrelated commits: %v, want advice", err)
	}
	if _, err := g.MergeBase(ctx, "--all", main); err == nil || !strings.Contains(err.Error(), "no commit id") {
		t.Errorf("an option for a commit: %v", err)
	}
}

func TestRenames(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := newRepository(t)
	text := strings.Repeat("a line that makes the file long enough\n", 20)
	write(t, dir, map[string]string{"app/one/route.ts": text, "two.ts": "2\n" + text + "2\n", "gone.ts": "x"})
	base := commitAll(t, dir)
	git(t, dir, "config", "diff.renames", "false")
	for _, path := range []string{"app/one/route.ts", "two.ts", "gone.ts"} {
		if err := os.Remove(filepath.Join(dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, map[string]string{"app/(group)/one/route.ts": text + "more\n", "app/é 2.ts": "2\n" + text + "2\n", "new.ts": "y"})
	head := commitAll(t, dir)
	g, err := OpenGit(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := g.Renames(ctx, base, head)
	if err != nil {
		t.Fatal(err)
	}
	want := []Rename{{"app/one/route.ts", "app/(group)/one/route.ts"}, {"two.ts", "app/é 2.ts"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("renames differ (-want +got):\n%s", diff)
	}
}

func TestGitTreeHoldsFilesOnly(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	write(t, dir, map[string]string{"a.ts": "1"})
	if err := os.Symlink("a.ts", filepath.Join(dir, "link.ts")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	commit := commitAll(t, dir)
	git(t, dir, "update-index", "--add", "--cacheinfo", "160000,"+commit+",vendored")
	git(t, dir, "commit", "-q", "-m", "submodule")
	tree := headTree(t, dir)
	if diff := cmp.Diff([]string{"a.ts"}, paths(t, tree)); diff != "" {
		t.Errorf("paths differ (-want +got):\n%s", diff)
	}
	links, err := tree.(Linked).Links(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Link{{Path: "link.ts", Target: BlobOf([]byte("a.ts"))}, {Path: "vendored", Target: Blob(commit), Submodule: true}}
	if diff := cmp.Diff(want, links); diff != "" {
		t.Errorf("links differ (-want +got):\n%s", diff)
	}
}

func TestEqualTreesShareTheirID(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	write(t, dir, map[string]string{"a.ts": "1"})
	first := commitTree(t, dir)
	write(t, dir, map[string]string{"a.ts": "2"})
	second := commitTree(t, dir)
	write(t, dir, map[string]string{"a.ts": "1"})
	third := commitTree(t, dir)
	if first.ID() == second.ID() || first.ID() != third.ID() {
		t.Errorf("ids %q, %q, %q: want the first and the last alone equal", first.ID(), second.ID(), third.ID())
	}
}

// TestTreeByItsDifference: a tree that is listed by what differs from the one before
// has what it has by itself, sizes apart.
func TestTreeByItsDifference(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	write(t, dir, map[string]string{"a.ts": "1", "b/c.ts": "2", "b/d é.ts": "3", "gone.ts": "4", "turns": "5"})
	if err := os.Symlink("a.ts", filepath.Join(dir, "link.ts")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	first := commitAll(t, dir)
	git(t, dir, "rm", "-q", "gone.ts", "turns", "link.ts")
	write(t, dir, map[string]string{"a.ts": "11", "b/new.ts": "2", "turns/into.ts": "5", "link.ts": "a file"})
	if err := os.Symlink("b", filepath.Join(dir, "other")); err != nil {
		t.Fatal(err)
	}
	second := commitAll(t, dir)
	git(t, dir, "update-index", "--add", "--cacheinfo", "160000,"+first+",vendored")
	git(t, dir, "commit", "-q", "-m", "submodule")
	third := git(t, dir, "rev-parse", "HEAD")
	open := func() *Git {
		g, err := OpenGit(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	walk := open()
	for _, commit := range []string{first, second, third, second, first, third} {
		got, want := must(t)(walk.Tree(t.Context(), commit)).(*gitTree), must(t)(open().Tree(t.Context(), commit)).(*gitTree)
		if diff := cmp.Diff(want.entries, got.entries, cmpopts.IgnoreFields(Entry{}, "Size")); diff != "" {
			t.Errorf("entries differ (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want.links, got.links, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("links differ (-want +got):\n%s", diff)
		}
	}
}

// A partial clone must say what it lacks, and must not fetch it.
func TestPartialClone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := newRepository(t)
	for i := range maxAbsent + 1 {
		write(t, dir, map[string]string{fmt.Sprintf("f%02d.ts", i): fmt.Sprint(i)})
	}
	write(t, dir, map[string]string{"a.ts": "1", "big.ts": strings.Repeat("b", 5000), "z.ts": "2"})
	commitAll(t, dir)
	git(t, dir, "config", "uploadpack.allowFilter", "true")
	clone := func(filter string) (Tree, []Entry) {
		partial := filepath.Join(t.TempDir(), "partial")
		git(t, dir, "clone", "-q", "--bare", "--no-local", "--filter="+filter, "file://"+dir, partial)
		tree := headTree(t, partial)
		entries, err := tree.Entries(ctx)
		if err != nil || len(entries) != maxAbsent+4 {
			t.Fatalf("%d entries, %v; want %d", len(entries), err, maxAbsent+4)
		}
		return tree, entries
	}
	tree, entries := clone("blob:limit=1k")
	files, err := tree.Read(ctx, entries)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if lacking := f.Path == "big.ts"; (f.Skip == skipAbsent) != lacking || (f.Text == nil) != lacking {
			t.Errorf("%s: skip %q, %d bytes", f.Path, f.Skip, len(f.Text))
		}
	}
	tree, entries = clone("blob:none")
	if _, err := tree.Read(ctx, entries); err == nil || !strings.Contains(err.Error(), "partial clone") {
		t.Errorf("Read gave %v, want an error that names the partial clone", err)
	}
}

func TestExplainOpen(t *testing.T) {
	t.Parallel()
	stderr := "fatal: detected dubious ownership in repository at '/srv/app'\nTo add an exception …"
	err := explainOpen("/srv/app", &gitError{status: 128, first: "detected…", all: stderr})
	if !strings.Contains(err.Error(), "safe.directory /srv/app") || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v: want one line with the command that allows it", err)
	}
}

func TestGitEnvironment(t *testing.T) {
	t.Parallel()
	got := strings.Join(gitEnvironment([]string{"GIT_DIR=/elsewhere", "PATH=/bin", "GIT_OBJECT_DIRECTORY=/quarantine"}), " ")
	if strings.Contains(got, "/elsewhere") || !strings.Contains(got, "PATH=/bin") || !strings.Contains(got, "/quarantine") {
		t.Errorf("environment %q: want it without GIT_DIR, with the rest", got)
	}
}
