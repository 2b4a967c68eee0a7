package gitdb

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func newDB(t *testing.T) *DB {
	t.Helper()
	db, err := Create()
	if err != nil {
		t.Fatal(err)
	}
	closeLater(t, db)
	return db
}

func closeLater(t *testing.T, db *DB) {
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(db.dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("Close leaves %s behind", db.dir)
		}
	})
}

func write(t *testing.T, db *DB, files map[string]string, parents ...string) string {
	t.Helper()
	sha, err := db.Write(files, "mona", "Change", parents...)
	if err != nil {
		t.Fatal(err)
	}
	return sha
}

func TestFilesComeBack(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	files := map[string]string{
		"a.ts": "a\n", "app/[id]/route.ts": "no line feed", "odd \"name\"\\é\n.ts": "x", "empty": "", "data": "\x00\x01",
	}
	sha := write(t, db, files)
	got, err := db.Files(sha)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files, got); diff != "" {
		t.Error(diff)
	}
	if again := write(t, newDB(t), files); again != sha {
		t.Errorf("the same files are commit %s and commit %s", sha, again)
	}
}

func TestCommit(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	first := write(t, db, map[string]string{"a": "1"})
	second := write(t, db, map[string]string{"a": "2"}, first)
	c, err := db.Commit(second)
	if err != nil {
		t.Fatal(err)
	}
	if c.SHA != second || len(c.Parents) != 1 || c.Parents[0] != first || c.Message != "Change" ||
		c.Author.Name != "mona" || !strings.Contains(c.Author.Email, "@") || c.Author.When.Year() != 2025 {
		t.Errorf("got %+v", c)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	sha := write(t, db, map[string]string{"a": "1"})
	_, entries, err := db.Tree(sha, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "none", strings.Repeat("0", 40), entries[0].SHA, "a\nb", "--help"} {
		if _, err := db.Resolve(name); !errors.Is(err, ErrNotFound) {
			t.Errorf("Resolve(%q): %v, want ErrNotFound", name, err)
		}
	}
	if _, err := db.Blob(sha); !errors.Is(err, ErrNotFound) {
		t.Errorf("a commit read as a blob: %v", err)
	}
	if short, err := db.Resolve(sha[:8]); err != nil || short != sha {
		t.Errorf("the short name gives %s, %v", short, err)
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	long := strings.Repeat("same\n", 20)
	base := write(t, db, map[string]string{"changed": "a\n+b\nc\n", "removed": "x\n", "moved": long, "binary": "\x00a", "kept": "k"})
	head := write(t, db, map[string]string{"changed": "a\n-b\nc\n", "added": "y\n", "now": long + "end", "binary": "\x00b", "kept": "k"}, base)
	d, err := db.Diff(base, head)
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Status, OldPath string
		Added, Deleted  int
		Binary, Patch   bool
	}
	got := map[string]row{}
	for _, f := range d.Files {
		got[f.Path] = row{f.Status, f.OldPath, f.Additions, f.Deletions, f.Binary, f.Patch != ""}
	}
	want := map[string]row{
		"changed": {"modified", "", 1, 1, false, true},
		"removed": {"removed", "", 0, 1, false, true},
		"added":   {"added", "", 1, 0, false, true},
		"now":     {"renamed", "moved", 1, 0, false, true},
		"binary":  {"modified", "", 0, 0, true, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	file, _ := d.File("changed")
	wantHunks := []Hunk{{Header: "@@ -1,3 +1,3 @@", Lines: []Line{
		{1, 1, " a", 1}, {2, 0, "-+b", 2}, {0, 2, "+-b", 3}, {3, 3, " c", 4},
	}}}
	if diff := cmp.Diff(wantHunks, file.Hunks()); diff != "" {
		t.Error(diff)
	}
}

// TestTypeChange knows that git writes a file that became a link as two patches.
func TestTypeChange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=m", "-c", "user.email=m@example.com"}, args...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("init", "-q")
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("a", "a\n")
	put("z", "z\n")
	run("add", ".")
	run("commit", "-qm", "one")
	base := run("rev-parse", "HEAD")
	if err := errors.Join(os.Remove(filepath.Join(dir, "a")), os.Symlink("z", filepath.Join(dir, "a"))); err != nil {
		t.Fatal(err)
	}
	put("z", "zz\n")
	run("add", ".")
	run("commit", "-qm", "two")

	db, err := Borrow(dir)
	if err != nil {
		t.Fatal(err)
	}
	closeLater(t, db)
	head, err := Resolve(dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Diff(base, head)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Files) != 2 || d.Files[0].Status != "changed" || !strings.Contains(d.Files[1].Patch, "+zz") {
		t.Errorf("got %+v", d.Files)
	}
	if write(t, db, map[string]string{"a": "1"}, head); run("rev-list", "--count", "--all") != "2" {
		t.Error("a commit of the database reached the borrowed repository")
	}
}

func TestBorrowNothing(t *testing.T) {
	t.Parallel()
	if db, err := Borrow(t.TempDir()); err == nil {
		closeLater(t, db)
		t.Error("a folder without git is borrowed")
	}
	if _, err := Resolve(t.TempDir(), "HEAD"); !errors.Is(err, ErrNotFound) {
		t.Errorf("HEAD of a folder without git: %v", err)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	root := write(t, db, map[string]string{"a": "1"})
	left := write(t, db, map[string]string{"a": "2"}, root)
	right := write(t, db, map[string]string{"a": "3"}, root)
	stray := write(t, db, map[string]string{"a": "4"})
	if got, err := db.MergeBase(left, right); got != root || err != nil {
		t.Errorf("merge base %s, %v; want %s", got, err, root)
	}
	if _, err := db.MergeBase(left, stray); !errors.Is(err, ErrNotFound) {
		t.Errorf("merge base of strangers: %v", err)
	}
	if got, err := db.Between(right, left); err != nil || len(got) != 1 || got[0] != left {
		t.Errorf("between: %v, %v; want %s", got, err, left)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	db := newDB(t)
	base := write(t, db, map[string]string{"a": "1\n"})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			head := write(t, db, map[string]string{"a": "2\n"}, base)
			if _, err := db.Diff(base, head); err != nil {
				t.Error(err)
			}
			if files, err := db.Files(head); err != nil || files["a"] != "2\n" {
				t.Errorf("read %v, %v", files, err)
			}
		})
	}
	group.Wait()
}
