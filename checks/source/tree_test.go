package source

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks/gittest"
)

// sample holds one file of every sort that a tree must tell apart.
var sample = map[string]string{
	"app/api/users/[id]/route.ts": "export const GET = 1\n",
	"empty.ts":                    "",
	"same.ts":                     "export const GET = 1\n",
	"no-newline.ts":               "const a = 1",
	"with space/ü \"q\".ts":       "const u = 1\n",
	"image.png":                   "\x89PNG\x00\x00",
	"huge.ts":                     strings.Repeat("x", MaxFileSize+1),
	"limit.ts":                    strings.Repeat("x", MaxFileSize),
	"model.bin":                   lfsPrefix + "oid sha256:0\nsize 5\n",
}

var sampleSkips = map[string]string{"image.png": skipBinary, "huge.ts": skipLarge, "model.bin": skipLFS}

// implementations opens the sample through each kind of tree.
var implementations = map[string]func(t *testing.T) Tree{
	"memory": func(t *testing.T) Tree { return NewMemory(sample) },
	"plain folder": func(t *testing.T) Tree {
		dir := t.TempDir()
		write(t, dir, sample)
		return must(t)(OpenDir(dir))
	},
	"working tree": func(t *testing.T) Tree {
		dir := newRepository(t)
		write(t, dir, sample)
		git(t, dir, "add", "empty.ts", "app")
		return must(t)(OpenDir(dir))
	},
	"git objects": func(t *testing.T) Tree {
		dir := newRepository(t)
		write(t, dir, sample)
		return commitTree(t, dir)
	},
	"git objects of a bare repository": func(t *testing.T) Tree {
		dir, bare := newRepository(t), filepath.Join(t.TempDir(), "bare.git")
		write(t, dir, sample)
		commitAll(t, dir)
		git(t, dir, "clone", "-q", "--bare", dir, bare)
		return headTree(t, bare)
	},
}

func TestTreesAgree(t *testing.T) {
	t.Parallel()
	for name, open := range implementations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			tree, want := open(t), NewMemory(sample)
			entries, err := tree.Entries(ctx)
			if err != nil {
				t.Fatal(err)
			}
			wantEntries, _ := want.Entries(ctx)
			if diff := cmp.Diff(wantEntries, entries); diff != "" {
				t.Fatalf("entries differ (-want +got):\n%s", diff)
			}
			if tree.ID() == "" {
				t.Error("a tree without an id")
			}
			checkRead(t, tree, entries)
			checkRead(t, tree, []Entry{entries[3], entries[0], entries[3]})
			checkRead(t, tree, nil)
		})
	}
}

// checkRead reads entries and compares with the sample.
func checkRead(t *testing.T, tree Tree, entries []Entry) {
	t.Helper()
	files, err := tree.Read(context.Background(), entries)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(entries) {
		t.Fatalf("read %d entries, got %d files", len(entries), len(files))
	}
	for i, f := range files {
		if f.Entry != entries[i] {
			t.Errorf("file %d is %v, want %v", i, f.Entry, entries[i])
		}
		if f.Skip != sampleSkips[f.Path] {
			t.Errorf("%s: skip %q, want %q", f.Path, f.Skip, sampleSkips[f.Path])
		}
		if f.Skip == "" && string(f.Text) != sample[f.Path] || f.Skip != "" && f.Text != nil {
			t.Errorf("%s: wrong text (%d bytes)", f.Path, len(f.Text))
		}
	}
}

func TestTreesEndWithTheirContext(t *testing.T) {
	t.Parallel()
	for name, open := range implementations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := open(t)
			entries, err := tree.Entries(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			if _, err := tree.Read(ctx, entries); err != context.Canceled {
				t.Errorf("Read gave %v, want %v", err, context.Canceled)
			}
		})
	}
}

// ---- git in tests ----

var git = gittest.Run

func newRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	return dir
}

func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for path, text := range files {
		gittest.Write(t, dir, path, text)
	}
}

// commitAll commits everything in the folder and returns the commit's id.
func commitAll(t *testing.T, dir string) string {
	t.Helper()
	return gittest.Commit(t, dir, "state")
}

func commitTree(t *testing.T, dir string) Tree {
	t.Helper()
	commitAll(t, dir)
	return headTree(t, dir)
}

func headTree(t *testing.T, dir string) Tree {
	t.Helper()
	g, err := OpenGit(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	commit, err := g.Resolve(context.Background(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	return must(t)(g.Tree(context.Background(), commit))
}

// must returns a function that ends the test when a tree could not be opened.
func must(t *testing.T) func(Tree, error) Tree {
	return func(tree Tree, err error) Tree {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
}

func paths(t *testing.T, tree Tree) []string {
	t.Helper()
	entries, err := tree.Entries(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Path)
	}
	return list
}
