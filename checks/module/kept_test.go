package module

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks/keep"
	"github.com/authdiff/authdiff/checks/source"
)

// counted is a tree that reads single files at little cost, and counts them.
type counted struct {
	source.Tree
	read *int
}

func (c counted) Cheap() bool { return true }

func (c counted) Read(ctx context.Context, entries []source.Entry) ([]source.File, error) {
	*c.read += len(entries)
	return c.Tree.Read(ctx, entries)
}

// What one run kept, the next one has without reading: with the same answers.
func TestKeep(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "facts")
	files := map[string]string{
		"app/api/x/route.ts": routeText, "lib/auth.ts": authText, "lib/index.ts": "export * from './auth';",
		"lib/old.js": "module.exports = { a, b: 1 }; const a = 2; a = 3", "lib/action.ts": `"use server"; export async function f() {}`,
		"lib/typed.ts": typedText, "tsconfig.json": `{"compilerOptions":{"paths":{"@lib":["./lib"]}}}`,
	}
	type known struct {
		imports []string
		marked  bool
		outline *outline
	}
	run := func() (map[string]known, int) {
		read := 0
		cache := NewCacheOn(keep.Open(path))
		r, err := Open(t.Context(), counted{source.NewMemory(files), &read}, cache)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]known{}
		for _, f := range r.Files() {
			r.names(f)
			out[f] = known{r.Imports(f), r.Marked(f, UseServer), r.outline(f)}
		}
		if err := cache.Save(); err != nil {
			t.Fatal(err)
		}
		if err := r.Err(); err != nil {
			t.Fatal(err)
		}
		return out, read
	}
	first, all := run()
	second, read := run()
	if all != len(files) || read != 1 {
		t.Errorf("%d and then %d files were read; want all %d, and the config alone", all, read, len(files))
	}
	if diff := cmp.Diff(first, second, cmp.AllowUnexported(known{}, outline{}, names{}, exported{}, sketch{})); diff != "" {
		t.Errorf("what was kept differs (-first +second):\n%s", diff)
	}
}

// A text that can't be read any more ends the run with an error.
func TestKeepWithoutText(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "facts")
	files := map[string]string{"a.ts": "export const a = 1"}
	cache := NewCacheOn(keep.Open(path))
	if _, err := Open(t.Context(), source.NewMemory(files), cache); err != nil {
		t.Fatal(err)
	}
	if err := cache.Save(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r, err := Open(ctx, counted{source.NewMemory(files), new(int)}, NewCacheOn(keep.Open(path)))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if r.Text("a.ts") != nil || r.Err() == nil {
		t.Errorf("the text is %q, the error %v; want none and one", r.Text("a.ts"), r.Err())
	}
}

func FuzzDecodeOutline(f *testing.F) {
	m, _ := parse("a.ts", []byte(typedText+"export default { a, b: 1 }; import x from 'y'; make = 2"))
	f.Add(newOutline(m).encode())
	f.Fuzz(func(_ *testing.T, value []byte) { decodeOutline(value) })
}
