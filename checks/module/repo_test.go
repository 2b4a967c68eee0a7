package module

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/authdiff/authdiff/checks/source"
	"github.com/google/go-cmp/cmp"
)

func TestFiles(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	in := []string{
		"a.ts", "app/api/route.ts", "app/latest.tsx", "b.js", "c.jsx", "d.mts", "e.cts", "f.mjs", "g.cjs",
		"pages/api/x.test.ts", "src/pages/api/__tests__/y.ts",
	}
	out := []string{
		"a.test.ts", "b.spec.tsx", "c.stories.tsx", "lib/__tests__/a.ts", "__mocks__/b.ts", "types.d.ts", "t.d.mts",
		"node_modules/x/index.js", "p/node_modules/y/z.ts", "a.json", "README.md", "style.css",
	}
	for _, p := range append(in, out...) {
		files[p] = "{}"
	}
	r := open(t, files)
	if diff := cmp.Diff(in, r.Files()); diff != "" {
		t.Errorf("files differ (-want +got):\n%s", diff)
	}
	if r.Module("a.test.ts") == nil || r.Text("a.test.ts") == nil {
		t.Error("a test can't be read although a file may import it")
	}
	if r.Module("types.d.ts") != nil || r.Text("a.json") != nil || r.Module("none.ts") != nil {
		t.Error("what is no code is read as such")
	}
	if r.Blob("a.ts") != source.BlobOf([]byte("{}")) || r.Blob("none.ts") != "" {
		t.Error("wrong blob ids")
	}
}

func TestMarked(t *testing.T) {
	t.Parallel()
	r := open(t, map[string]string{"a.ts": `"use server"`, "b.ts": `f(() => { 'use server' })`, "c.ts": "`use server`", "d.ts": "use server"})
	for path, want := range map[string]bool{"a.ts": true, "b.ts": true, "c.ts": false, "d.ts": false, "e.ts": false} {
		for _, again := range []bool{false, true} {
			if got := r.Marked(path, UseServer); got != want {
				t.Errorf("%s is marked: %v, want %v (again: %v)", path, got, want, again)
			}
		}
	}
}

func TestAffected(t *testing.T) {
	t.Parallel()
	r := archive(t, `
-- tsconfig.json --
{"compilerOptions":{"paths":{"@/*":["./*"]}}}
-- app/a/route.ts --
import { db } from "@/lib/db"
-- app/b/route.ts --
export { GET } from "../a/route"
-- app/c/route.ts --
const { auth } = await import("@/lib/auth")
-- lib/db.ts --
import "./cycle"
-- lib/cycle.ts --
import "./db"
import data from "./data.json"
-- lib/auth.ts --
import NextAuth from "next-auth"
-- lib/data.json --
{}
-- a.test.ts --
import "./lib/auth"
`)
	tests := map[string]struct{ changed, want []string }{
		"nothing":     {nil, nil},
		"a leaf":      {[]string{"lib/auth.ts"}, []string{"a.test.ts", "app/c/route.ts", "lib/auth.ts"}},
		"a cycle":     {[]string{"lib/cycle.ts"}, []string{"app/a/route.ts", "app/b/route.ts", "lib/cycle.ts", "lib/db.ts"}},
		"data":        {[]string{"lib/data.json"}, []string{"app/a/route.ts", "app/b/route.ts", "lib/cycle.ts", "lib/db.ts"}},
		"an entry":    {[]string{"app/b/route.ts"}, []string{"app/b/route.ts"}},
		"a gone file": {[]string{"lib/gone.ts"}, nil},
		"several":     {[]string{"app/a/route.ts", "app/c/route.ts"}, []string{"app/a/route.ts", "app/b/route.ts", "app/c/route.ts"}},
	}
	for name, test := range tests {
		changed := map[string]bool{"app/c/route.ts": false}
		for _, p := range test.changed {
			changed[p] = true
		}
		if diff := cmp.Diff(test.want, slices.Sorted(maps.Keys(r.Affected(changed)))); diff != "" {
			t.Errorf("%s: affected differs (-want +got):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff([]string{"lib/data.json", "lib/db.ts"}, r.Imports("lib/cycle.ts")); diff != "" {
		t.Errorf("imports differ (-want +got):\n%s", diff)
	}
}

// TestImporters: importers are found however a specifier names the file, all that
// Imports tells of.
func TestImporters(t *testing.T) {
	t.Parallel()
	r := archive(t, `
-- package.json --
{"workspaces": ["packages/*"], "imports": {"#db": "./src/db.ts"}}
-- tsconfig.json --
{"compilerOptions":{"baseUrl": ".", "paths":{"@/*":["./src/*"], "odd":["./src/other.name.ts"]}}}
-- packages/mail/package.json --
{"name": "@acme/mail", "exports": {".": "./dist/main.js", "./send": "./src/deliver.ts"}}
-- packages/mail/src/main.ts --
import "../../../src/db"
-- packages/mail/src/deliver.ts --
import "."
import "./main.js"
-- packages/mail/src/index.ts --
-- src/odd/package.json --
{"main": "inner.ts"}
-- src/odd/inner.ts --
import "../db.ts"
-- src/db.ts --
-- src/other.name.ts --
-- src/both.js.ts --
-- src/index.ts --
import "./odd"
import "./other.name"
import "./both.js"
import "./data.json"
-- src/data.json --
{}
-- src/deep/a.ts --
import ".."
import "../"
import "#db"
import "odd"
import "src/db"
import "../db?raw"
-- src/deep/b.ts --
import "@acme/mail"
import "@acme/mail/send"
import "@/deep/a"
import "../deep/./b"
import "../../src"
import "../../../outside"
import "./none"
`)
	edges := 0
	for _, file := range append(r.Files(), "src/data.json") {
		want := map[string]bool{}
		for _, p := range r.Files() {
			if slices.Contains(r.Imports(p), file) {
				want[p] = true
				edges++
			}
		}
		got := map[string]bool{}
		r.importers().of(file, func(p string) { got[p] = true })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("importers of %s differ (-want +got):\n%s", file, diff)
		}
	}
	if edges != 16 {
		t.Errorf("%d imports are found, want 16", edges)
	}
}

// TestRootedPath: a tree that no git makes may hold a path that starts with "/".
func TestRootedPath(t *testing.T) {
	t.Parallel()
	tree := source.NewMemory(map[string]string{"/a/b.ts": `import "c"; import "./d"`, "/a/d.ts": ""})
	r, err := Open(t.Context(), tree, NewCache())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]bool{"/a/d.ts": true}, r.Affected(map[string]bool{"/a/d.ts": true})); diff != "" {
		t.Errorf("affected differs (-want +got):\n%s", diff)
	}
}

func TestConfigChanged(t *testing.T) {
	t.Parallel()
	base := map[string]string{
		"package.json":        `{"name":"a","version":"1","workspaces":["p/*"],"dependencies":{"x":"1"}}`,
		"tsconfig.json":       `{"extends":"./shared.json"}`,
		"shared.json":         `{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}`,
		"pnpm-workspace.yaml": "packages: [p/*]",
		"p/c/package.json":    `{"name":"c","dependencies":{"d":"^1"}}`,
		"p/d/package.json":    `{"name":"d","version":"1.0.0"}`,
		"a.ts":                "1",
	}
	for name, test := range map[string]struct {
		path, text string
		want       bool
	}{
		"nothing":                    {"a.ts", "1", false},
		"a source file":              {"a.ts", "2", false},
		"a version and a dependency": {"package.json", `{"name":"a","version":"2","workspaces":["p/*"],"dependencies":{"x":"2","y":"1"}}`, false},
		"a comment in tsconfig":      {"tsconfig.json", `{"extends":"./shared.json", /* x */}`, false},
		"workspaces":                 {"package.json", `{"name":"a","workspaces":["q/*"]}`, true},
		"a link":                     {"package.json", `{"name":"a","workspaces":["p/*"],"dependencies":{"x":"file:./x"}}`, true},
		"paths":                      {"tsconfig.json", `{"extends":"./shared.json","compilerOptions":{"paths":{}}}`, true},
		"paths in what it extends":   {"shared.json", `{"compilerOptions":{"paths":{"@/*":["./lib/*"]}}}`, true},
		"the pnpm workspace":         {"pnpm-workspace.yaml", "packages: [q/*]", true},
		"a range that takes a package of the workspace no longer": {"p/c/package.json", `{"name":"c","dependencies":{"d":"^2"}}`, true},
		"a range that still takes it":                             {"p/c/package.json", `{"name":"c","version":"3","dependencies":{"d":"1.x","x":"2"}}`, false},
		"a new package":                                           {"p/b/package.json", `{"name":"b"}`, true},
	} {
		head := maps.Clone(base)
		head[test.path] = test.text
		if got := open(t, maps.Clone(base)).ConfigChanged(open(t, head)); got != test.want {
			t.Errorf("%s: ConfigChanged is %v, want %v", name, got, test.want)
		}
	}
}

func TestSkipped(t *testing.T) {
	t.Parallel()
	r := open(t, map[string]string{
		"big.ts":    strings.Repeat("x", source.MaxFileSize+1),
		"binary.js": "\x00",
		"deep.ts":   "const a = " + strings.Repeat("[", 5_000) + "1" + strings.Repeat("]", 5_000),
		"fine.ts":   "const a = (",
	})
	for _, path := range []string{"big.ts", "binary.js", "deep.ts"} {
		if r.Module(path) != nil {
			t.Errorf("%s was parsed", path)
		}
	}
	if m := r.Module("fine.ts"); m == nil || len(m.File.Errors) == 0 {
		t.Error("a file with a syntax error must be parsed, with the error")
	}
	var paths []string
	for _, s := range r.Skipped() {
		paths = append(paths, s.Path)
		if s.Reason == "" || strings.Contains(s.Reason, "\n") {
			t.Errorf("%s is skipped for %q, want one line", s.Path, s.Reason)
		}
	}
	if diff := cmp.Diff([]string{"big.ts", "binary.js", "deep.ts"}, paths); diff != "" {
		t.Errorf("skipped files differ (-want +got):\n%s", diff)
	}
}

// sized is a tree of files that are all alike.
type sized struct {
	entries []source.Entry
	text    []byte // of each
}

func (s sized) ID() string                                      { return "" }
func (s sized) Entries(context.Context) ([]source.Entry, error) { return s.entries, nil }
func (s sized) Read(_ context.Context, entries []source.Entry) ([]source.File, error) {
	var files []source.File
	for _, e := range entries {
		files = append(files, source.File{Entry: e, Text: s.text})
	}
	return files, nil
}

func TestOpenIsBounded(t *testing.T) {
	t.Parallel()
	const over = 7
	many := func(n int, name string, size int64) (list []source.Entry) {
		for i := range n {
			path := fmt.Sprintf(name, i)
			list = append(list, source.Entry{Path: path, Blob: source.Blob(path), Size: size})
		}
		return list
	}
	for name, test := range map[string]struct {
		entries []source.Entry
		skipped int
	}{
		"source files": {many(maxFiles+over, "f%06d.ts", 2), over},
		"config files": {many(maxConfig+over, "f%06d/package.json", 2), over},
		"text":         {many(maxText/source.MaxFileSize+over, "f%06d.ts", source.MaxFileSize), over},
	} {
		r, err := Open(context.Background(), sized{test.entries, []byte("{}")}, NewCache())
		if err != nil {
			t.Fatal(err)
		}
		skipped := r.Skipped()
		if len(skipped) != test.skipped {
			t.Errorf("%s: %d files skipped, want %d", name, len(skipped), test.skipped)
		} else if last := test.entries[len(test.entries)-1].Path; skipped[over-1].Path != last {
			t.Errorf("%s: the last skipped file is %s, want %s", name, skipped[over-1].Path, last)
		}
	}
}

// Files whose size a tree doesn't tell count as well, once they were read.
func TestUnknownSizesAreBounded(t *testing.T) {
	t.Parallel()
	var entries []source.Entry
	for i := range maxText/source.MaxFileSize + 3 {
		entries = append(entries, source.Entry{Path: fmt.Sprintf("f%06d.ts", i), Blob: source.Blob(fmt.Sprint(i)), Size: -1})
	}
	files, err := readBounded(context.Background(), sized{entries, make([]byte, source.MaxFileSize)}, entries)
	if err != nil || len(files) != len(entries)-3 {
		t.Errorf("read %d of %d files, %v; want three to be left out", len(files), len(entries), err)
	}
}

// failing is a tree that can't be read.
type failing struct{ source.Tree }

var errRead = errors.New("unreadable")

func (failing) Read(context.Context, []source.Entry) ([]source.File, error) { return nil, errRead }

func TestOpenFails(t *testing.T) {
	t.Parallel()
	tree := source.NewMemory(map[string]string{"a.ts": "1"})
	if _, err := Open(context.Background(), failing{tree}, NewCache()); !errors.Is(err, errRead) {
		t.Errorf("Open gave %v, want %v", err, errRead)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, tree, NewCache()); !errors.Is(err, context.Canceled) {
		t.Errorf("Open gave %v, want %v", err, context.Canceled)
	}
}

// counting is a tree that counts what is read of it.
type counting struct {
	source.Tree
	read *[]string
}

func (c counting) Read(ctx context.Context, entries []source.Entry) ([]source.File, error) {
	for _, e := range entries {
		*c.read = append(*c.read, e.Path)
	}
	return c.Tree.Read(ctx, entries)
}

func TestCacheSparesReadingAndParsing(t *testing.T) {
	t.Parallel()
	cache := NewCache()
	openCounting := func(files map[string]string) (*Repo, []string) {
		var read []string
		r, err := Open(context.Background(), counting{source.NewMemory(files), &read}, cache)
		if err != nil {
			t.Fatal(err)
		}
		return r, read
	}
	base, _ := openCounting(map[string]string{"a.ts": "1", "b.ts": "2"})
	baseA, baseB := base.Module("a.ts"), base.Module("b.ts")
	head, read := openCounting(map[string]string{"a.ts": "1", "b.ts": "3", "moved.tsx": "1"})
	if diff := cmp.Diff([]string{"b.ts"}, read); diff != "" {
		t.Errorf("files read for the second tree differ (-want +got):\n%s", diff)
	}
	if head.Module("a.ts") != baseA || head.Module("b.ts") == baseB {
		t.Error("equal files must share their module, and no others")
	}
	if m := head.Module("moved.tsx"); m == baseA || m.Path != "moved.tsx" {
		t.Error("a moved file must have a module of its own")
	}
}

func TestCacheIsBounded(t *testing.T) {
	t.Parallel()
	g := newGenerations[int, int](100)
	for i := range 1000 {
		g.add(i, i, 10)
		g.get(0) // used all the time
	}
	if n := len(g.young) + len(g.old); n > 20 {
		t.Errorf("%d values are held, want 20 at most", n)
	}
	if v, ok := g.get(0); !ok || v != 0 {
		t.Error("a value in use was forgotten")
	}
	if _, ok := g.get(500); ok {
		t.Error("an unused value was kept")
	}
	if v := g.add(0, 7, 10); v != 0 {
		t.Errorf("add replaced a value by %d", v)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	r := archive(t, barrels)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, path := range r.Files() {
				m := r.Module(path)
				r.Imports(path)
				r.ExportNames(m)
				for _, name := range m.Exports() {
					r.Export(m, name)
				}
			}
			r.Affected(map[string]bool{"lib/auth.ts": true})
			r.Skipped()
		})
	}
	all.Wait()
}

// synthetic is a monorepo of n routes that import through an alias, a barrel
// and a workspace package.
func synthetic(n int) map[string]string {
	files := map[string]string{
		"package.json":                 `{"workspaces":["apps/*","packages/*"]}`,
		"apps/web/package.json":        `{"name":"web"}`,
		"apps/web/tsconfig.json":       `{"extends":"@acme/config/base.json","compilerOptions":{"paths":{"@/*":["./*"]}}}`,
		"packages/config/package.json": `{"name":"@acme/config"}`,
		"packages/config/base.json":    `{"compilerOptions":{"strict":true}}`,
		"packages/db/package.json":     `{"name":"@acme/db","main":"dist/index.js"}`,
		"packages/db/src/index.ts":     `export * from "@prisma/client"`,
	}
	body := strings.Repeat("const value = await prisma.user.findMany({ where: { id: params.id } })\n", 40)
	for i := range n {
		files[fmt.Sprintf("apps/web/app/api/r%d/route.ts", i)] = fmt.Sprintf(
			"import { prisma } from \"@acme/db\"\nimport { auth } from \"@/lib\"\nimport { z } from \"zod\"\nimport { x } from \"@/lib/l%d\"\n// %d\n%s", i, i, body)
		files[fmt.Sprintf("apps/web/lib/l%d.ts", i)] = fmt.Sprintf("import { prisma } from \"@acme/db\"\nexport const x = %d\n%s", i, body)
	}
	files["apps/web/lib/index.ts"] = `export { auth } from "./l0"; export * from "./l1"`
	return files
}

func BenchmarkOpen(b *testing.B) {
	tree := source.NewMemory(synthetic(3000))
	changed := map[string]bool{"apps/web/lib/l1.ts": true}
	for name, cache := range map[string]func() *Cache{"cold": NewCache, "warm": sync.OnceValue(NewCache)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				r, err := Open(context.Background(), tree, cache())
				if err != nil {
					b.Fatal(err)
				}
				if n := len(r.Affected(changed)); n < 3000 {
					b.Fatalf("%d files are affected, want the routes at least", n)
				}
			}
		})
	}
}
