package source

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWorkingTreeListsWhatGitWould(t *testing.T) {
	t.Parallel()
	dir, outside := newRepository(t), t.TempDir()
	write(t, outside, map[string]string{"secret.ts": "1"})
	write(t, dir, map[string]string{
		".gitignore": "dist/\n*.log\n", "tracked.ts": "1", "deleted.ts": "1", "lib/moved.ts": "1",
	})
	commitAll(t, dir)
	write(t, dir, map[string]string{"dist/out.js": "1", "x.log": "1", "untracked.ts": "1", "nested/inner/a.ts": "1", "tracked.ts": "2"})
	git(t, filepath.Join(dir, "nested", "inner"), "init", "-q")
	if err := os.Remove(filepath.Join(dir, "deleted.ts")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "lib")); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"lib": outside, "link.ts": "tracked.ts"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	write(t, outside, map[string]string{"moved.ts": "not ours"})
	want := []string{".gitignore", "tracked.ts", "untracked.ts"}
	for _, folder := range []string{dir, filepath.Join(dir, "dist")} {
		tree := must(t)(OpenDir(folder))
		if diff := cmp.Diff(want, paths(t, tree)); diff != "" {
			t.Errorf("opened at %s: paths differ (-want +got):\n%s", folder, diff)
		}
		entries, _ := tree.Entries(context.Background())
		if entries[1].Blob != BlobOf([]byte("2")) {
			t.Errorf("tracked.ts has id %s, want that of its present content", entries[1].Blob)
		}
	}
}

func TestPlainFolderLeavesOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.ts": "1", "node_modules/x/index.js": "1", "packages/b/node_modules/y.js": "1", "packages/b/c.ts": "1"})
	if diff := cmp.Diff([]string{"a.ts", "packages/b/c.ts"}, paths(t, must(t)(OpenDir(dir)))); diff != "" {
		t.Errorf("paths differ (-want +got):\n%s", diff)
	}
}

func TestOpenDirRefuses(t *testing.T) {
	t.Parallel()
	bare := t.TempDir()
	git(t, bare, "init", "-q", "--bare")
	for folder, want := range map[string]string{
		bare:                          "bare repository",
		filepath.Join(bare, "absent"): "no such f",
	} {
		if _, err := OpenDir(folder); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("open %s: %v, want one line with %q", folder, err, want)
		}
	}
}

func TestReadSeesAChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.ts": "1"})
	tree := must(t)(OpenDir(dir))
	write(t, dir, map[string]string{"a.ts": "2"})
	entries, _ := tree.Entries(context.Background())
	if _, err := tree.Read(context.Background(), entries); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("Read gave %v, want it to say that the file changed", err)
	}
}

// Symbolic links that lead in circles, to themselves or out of the folder are no
// files, and nothing is followed: neither in a plain folder nor in a working tree.
func TestDirFollowsNoLinks(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"plain folder": t.TempDir(), "working tree": newRepository(t)} {
		write(t, dir, map[string]string{"app/a.ts": "1", "app/b/c.ts": "2"})
		for link, target := range map[string]string{
			"app/up": "..", "app/b/here": ".", "self.ts": "self.ts", "one.ts": "two.ts", "two.ts": "one.ts",
			"out": "/", "app/b/out.ts": "../../../etc/passwd", "alias.ts": "app/a.ts",
		} {
			if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
				t.Skip("no symbolic links here:", err)
			}
		}
		if diff := cmp.Diff([]string{"app/a.ts", "app/b/c.ts"}, paths(t, must(t)(OpenDir(dir)))); diff != "" {
			t.Errorf("%s: paths differ (-want +got):\n%s", name, diff)
		}
	}
}
