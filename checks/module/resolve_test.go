package module

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/checks/source"
	"github.com/google/go-cmp/cmp"
)

// open opens a repository of the files; those without text are `{}`, which is
// a package.json and a module alike.
func open(t testing.TB, files map[string]string) *Repo {
	t.Helper()
	for path, text := range files {
		if text == "" {
			files[path] = "{}"
		}
	}
	r, err := Open(context.Background(), source.NewMemory(files), NewCache())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// lead prints a resolution.
func lead(found Resolution) string {
	switch {
	case found.Path != "":
		return found.Path
	case found.Package != "":
		return "package " + found.Package
	}
	return "missing"
}

// leads says where each "from spec" leads.
type leads map[string]string

var resolveTests = map[string]struct {
	files map[string]string
	want  leads
}{
	"relative": {
		map[string]string{
			"a/x.ts": "", "a/y.tsx": "", "a/z.js": "", "a/dir/index.ts": "", "a/dir.name.ts": "", "b.mts": "", "index.ts": "",
			"a/data.json": "", "a/style.css": "", "a/types.d.ts": "", "a/w.cts": "", "a/v.jsx": "",
		},
		leads{
			"a/m.ts ./x": "a/x.ts", "a/m.ts ./y": "a/y.tsx", "a/m.ts ./z": "a/z.js", "a/m.ts ./dir": "a/dir/index.ts",
			"a/m.ts ./dir.name": "a/dir.name.ts", "a/m.ts ../b": "b.mts", "a/m.ts ..": "index.ts", "a/dir/m.ts .": "a/dir/index.ts",
			"a/m.ts ./x.js": "a/x.ts", "a/m.ts ./y.js": "a/y.tsx", "a/m.ts ./y.jsx": "a/y.tsx", "a/m.ts ../b.mjs": "b.mts",
			"a/m.ts ./w.cjs": "a/w.cts", "a/m.ts ./v": "a/v.jsx", "a/m.ts ./x.ts": "a/x.ts", "a/m.ts ./data.json": "a/data.json",
			"a/m.ts ./style.css?inline": "a/style.css", "a/m.ts ./types": "missing", "a/m.ts ./none": "missing",
			"a/m.ts ../../x": "missing", "m.ts ../x": "missing",
		},
	},
	"source wins over what it compiles to": {
		map[string]string{"a.ts": "", "a.js": "", "b/index.ts": "", "b.ts": ""},
		leads{"m.ts ./a": "a.ts", "m.ts ./a.js": "a.js", "m.ts ./b": "b.ts"},
	},
	"packages": {
		map[string]string{"m.ts": ""},
		leads{
			"m.ts react": "package react", "m.ts next-auth/react": "package next-auth/react", "m.ts @clerk/nextjs/server": "package @clerk/nextjs/server",
			"m.ts node:crypto": "package node:crypto", "m.ts crypto": "package crypto", "m.ts ": "missing",
		},
	},
	"installed files are not read": {
		map[string]string{"node_modules/react/index.js": "", "a/node_modules/b/index.ts": ""},
		leads{"m.ts react": "package react", "m.ts ./node_modules/react/index.js": "missing", "a/m.ts ./node_modules/b": "missing"},
	},
	"tsconfig paths": {
		map[string]string{
			"tsconfig.json": `{
					// comments and trailing commas are allowed
					"compilerOptions": { "paths": {
						"@/*": ["./src/*", "./*"], "@/lib/*": ["./library/*"], "exact": ["./src/exact.ts"],
						"*.styles": ["./styles/*"], "auth-*-v2": ["./src/auth/*"],
					}, },
				}`,
			"src/a.ts": "", "b.ts": "", "library/c.ts": "", "src/lib/c.ts": "", "src/exact.ts": "", "styles/x.ts": "", "src/auth/user.ts": "",
			"src/lib/only.ts": "",
		},
		leads{
			"src/m.ts @/a": "src/a.ts", "src/m.ts @/b": "b.ts", "src/m.ts @/lib/c": "library/c.ts", "src/m.ts exact": "src/exact.ts",
			"src/m.ts exact/x": "package exact/x", "src/m.ts x.styles": "styles/x.ts", "src/m.ts auth-user-v2": "src/auth/user.ts",
			"src/m.ts @/none": "missing", "src/m.ts ./a": "src/a.ts",
			// The best pattern leads nowhere; where the alias usually points there is a file.
			"src/m.ts @/lib/only": "src/lib/only.ts",
		},
	},
	"baseUrl": {
		map[string]string{
			"web/tsconfig.json": `{"compilerOptions":{"baseUrl":"src","paths":{"~lib/*":["lib/*"]}}}`,
			"web/src/lib/a.ts":  "", "web/src/b.ts": "",
		},
		leads{"web/src/x/m.ts lib/a": "web/src/lib/a.ts", "web/src/m.ts b": "web/src/b.ts", "web/src/m.ts ~lib/a": "web/src/lib/a.ts", "web/src/m.ts react": "package react", "m.ts b": "package b"},
	},
	"jsconfig, and the nearest config": {
		map[string]string{
			"jsconfig.json":          "\ufeff" + `{"compilerOptions":{"paths":{"@/*":["./*"],"top/*":["./top/*"]}}}`,
			"apps/a/tsconfig.json":   `{"compilerOptions":{"paths":{"@/*":["./src/*"]}}}`,
			"apps/a/jsconfig.json":   `{"compilerOptions":{"paths":{"@/*":["./wrong/*"]}}}`,
			"apps/a/src/x.ts":        "",
			"apps/a/wrong/x.ts":      "",
			"x.js":                   "",
			"top/y.js":               "",
			"apps/a/e/tsconfig.json": `{}`,
		},
		leads{"m.js @/x": "x.js", "apps/a/m.ts @/x": "apps/a/src/x.ts", "apps/a/e/m.ts @/x": "apps/a/src/x.ts", "apps/a/m.ts top/y": "top/y.js"},
	},
	"extends": {
		map[string]string{
			"base.json":                  `{"compilerOptions":{"baseUrl":".","paths":{"@base/*":["./base/*"]}}}`,
			"apps/a/tsconfig.json":       `{"extends":"../../base"}`,
			"apps/b/tsconfig.json":       `{"extends":["../../base.json","./more.json"],"compilerOptions":{}}`,
			"apps/b/more.json":           `{"compilerOptions":{"paths":{"@more/*":["apps/b/more/*"]}}}`,
			"apps/c/tsconfig.json":       `{"extends":"@acme/config/next.json","compilerOptions":{"paths":{"@/*":["./*"]}}}`,
			"apps/d/tsconfig.json":       `{"extends":"@acme/config/dirs"}`,
			"apps/e/tsconfig.json":       `{"extends":"./tsconfig.json"}`,
			"apps/f/tsconfig.json":       `{"extends":"@acme/config"}`,
			"package.json":               `{"workspaces":["apps/*","tools/*"]}`,
			"tools/config/package.json":  `{"name":"@acme/config"}`,
			"tools/config/next.json":     `{"extends":"./dirs.json","compilerOptions":{"baseUrl":"../../apps/c/src"}}`,
			"tools/config/dirs.json":     `{"compilerOptions":{"paths":{"@dir/*":["${configDir}/inner/*"]}}}`,
			"tools/config/tsconfig.json": `{"compilerOptions":{"paths":{"@whole/*":["./whole/*"]}}}`,
			"base/x.ts":                  "", "apps/b/more/y.ts": "", "apps/c/src/z.ts": "", "apps/d/inner/w.ts": "", "tools/config/whole/v.ts": "",
		},
		leads{
			"apps/a/m.ts @base/x": "base/x.ts", "apps/b/m.ts @more/y": "apps/b/more/y.ts", "apps/b/m.ts @base/x": "package @base/x",
			"apps/c/m.ts @/z": "apps/c/src/z.ts", "apps/c/m.ts z": "apps/c/src/z.ts", "apps/d/m.ts @dir/w": "apps/d/inner/w.ts",
			"apps/e/m.ts x": "package x", "apps/f/m.ts @whole/v": "tools/config/whole/v.ts",
		},
	},
	"alias without config": {
		map[string]string{"apps/a/package.json": "", "apps/a/src/x.ts": "", "apps/a/y.ts": "", "z.ts": ""},
		leads{"apps/a/src/m.ts @/x": "apps/a/src/x.ts", "apps/a/src/m.ts ~/y": "apps/a/y.ts", "apps/a/src/m.ts @/z": "z.ts", "apps/a/src/m.ts @/none": "missing", "apps/a/src/m.ts ~none": "missing"},
	},
	"workspace packages": {
		map[string]string{
			"package.json":            `{"workspaces":{"packages":["packages/*","!packages/closed"]}}`,
			"packages/a/package.json": `{"name":"@acme/a"}`,
			"packages/a/src/index.ts": "", "packages/a/src/deep/x.ts": "", "packages/a/root.ts": "",
			"packages/main/package.json":  `{"name":"main","main":"./dist/start.js","types":"dist/start.d.ts"}`,
			"packages/main/src/start.ts":  "",
			"packages/built/package.json": `{"name":"built","module":"dist/esm/index.mjs"}`,
			"packages/built/index.ts":     "",
			"packages/lib/package.json":   `{"name":"lib","main":"lib/index.ts"}`,
			"packages/lib/lib/index.ts":   "", "packages/lib/src/index.ts": "",
			"packages/js/package.json":     `{"name":"js","main":"lib"}`,
			"packages/js/lib/index.js":     "",
			"packages/closed/package.json": `{"name":"closed"}`, "packages/closed/index.ts": "",
			"packages/empty/package.json": `{"name":"empty","main":"dist/index.js"}`,
			"examples/e/package.json":     `{"name":"react"}`, "examples/e/index.ts": "",
			"packages/a/deep/package.json": `{"name":"@acme/a/deep"}`,
		},
		leads{
			"packages/main/m.ts @acme/a": "packages/a/src/index.ts", "packages/main/m.ts @acme/a/deep/x": "packages/a/src/deep/x.ts",
			"packages/main/m.ts @acme/a/root": "packages/a/root.ts", "packages/main/m.ts @acme/a/none": "missing",
			"apps/x/m.ts main": "packages/main/src/start.ts", "apps/x/m.ts built": "packages/built/index.ts",
			"apps/x/m.ts lib": "packages/lib/lib/index.ts", "apps/x/m.ts js": "packages/js/lib/index.js",
			"apps/x/m.ts closed": "package closed", "apps/x/m.ts empty": "missing",
			"apps/x/m.ts react": "package react", "packages/main/m.ts ../a": "packages/a/src/index.ts",
			"examples/e/m.ts react": "package react",
		},
	},
	"a published package of the same name": {
		map[string]string{
			"package.json":         `{"workspaces":["p/*"]}`,
			"p/dayjs/package.json": `{"name":"dayjs","version":"0.1.0"}`, "p/dayjs/index.ts": "",
			"p/none/package.json": `{"name":"none"}`, "p/none/index.ts": "",
			"a/package.json": `{"dependencies":{"dayjs":"^1.11.0","none":"*"}}`,
			"b/package.json": `{"dependencies":{"dayjs":"workspace:^1.0.0","none":"^1"}}`,
			"c/package.json": `{"devDependencies":{"dayjs":"~0.1"},"dependencies":{"none":"catalog:"}}`,
			"d/package.json": `{"name":"zod","dependencies":{"dayjs":"npm:moment@1"}}`, "d/index.ts": "",
		},
		leads{
			"a/m.ts dayjs": "package dayjs", "a/m.ts none": "p/none/index.ts", "b/m.ts dayjs": "p/dayjs/index.ts", "b/m.ts none": "package none",
			"c/m.ts dayjs": "p/dayjs/index.ts", "c/m.ts none": "package none", "d/m.ts dayjs": "package dayjs", "m.ts dayjs": "p/dayjs/index.ts",
			"d/m.ts zod": "package zod",
		},
	},
	"pnpm workspace": {
		map[string]string{
			"pnpm-workspace.yaml":   "packages:\n  - 'libs/**'\n  - \"{tools,more}/*/\"\n  - '!**/test/**'\n",
			"libs/x/y/package.json": `{"name":"y"}`, "libs/x/y/index.ts": "",
			"tools/t/package.json": `{"name":"t"}`, "tools/t/index.ts": "",
			"libs/test/z/package.json": `{"name":"z"}`, "libs/test/z/index.ts": "",
		},
		leads{"m.ts y": "libs/x/y/index.ts", "m.ts t": "tools/t/index.ts", "m.ts z": "package z"},
	},
	"a workspace ends where it ends": {
		map[string]string{
			"one/package.json": `{"workspaces":["*"]}`, "one/db/package.json": `{"name":"db"}`, "one/db/index.ts": "",
			"two/package.json": `{"workspaces":["*"]}`, "two/db/package.json": `{"name":"db"}`, "two/db/index.ts": "",
		},
		leads{"one/app/m.ts db": "one/db/index.ts", "two/app/m.ts db": "two/db/index.ts", "three/m.ts db": "package db"},
	},
	"exports": {
		map[string]string{
			"package.json": `{"workspaces":["p/*"]}`,
			"p/a/package.json": `{"name":"a","exports":{
					".": {"types":"./dist/index.d.ts","browser":"./browser.ts","default":{"import":"./dist/index.mjs","require":"./dist/index.cjs"}},
					"./server": ["./none.ts", "./server/main.ts"], "./features/*": "./src/features/*.ts", "./features/private/*": null,
					"./ui/*.css": "./styles/*.css", "./folder/": "./src/folder/", "./gone": {"default":"./dist/gone.js"}}}`,
			"p/a/src/index.ts": "", "p/a/browser.ts": "", "p/a/server/main.ts": "", "p/a/src/features/x.ts": "", "p/a/src/features/private/y.ts": "",
			"p/a/styles/z.css": "", "p/a/src/folder/f.ts": "", "p/a/src/extra.ts": "",
			"p/b/package.json": `{"name":"b","exports":"./main.js"}`, "p/b/main.ts": "",
			"p/c/package.json": `{"name":"c","exports":{"source":"./in.ts","default":"./dist/in.js"},"main":"other.js"}`, "p/c/in.ts": "", "p/c/other.js": "",
			"p/d/package.json": `{"name":"d","exports":{".":"./../../secret.ts"}}`, "p/d/index.ts": "", "secret.ts": "",
		},
		leads{
			"m.ts a": "p/a/src/index.ts", "m.ts a/server": "p/a/server/main.ts", "m.ts a/features/x": "p/a/src/features/x.ts",
			"m.ts a/features/private/y": "missing", "m.ts a/ui/z.css": "p/a/styles/z.css", "m.ts a/folder/f.ts": "p/a/src/folder/f.ts",
			"m.ts a/gone": "missing", "m.ts a/extra": "p/a/src/extra.ts", "m.ts b": "p/b/main.ts", "m.ts c": "p/c/in.ts",
			"p/a/src/m.ts a/server": "p/a/server/main.ts", "m.ts d": "secret.ts",
		},
	},
	"imports": {
		map[string]string{
			"a/package.json": `{"name":"a","imports":{"#auth":"./src/auth.js","#lib/*":{"node":"./src/lib/*.ts","default":"./none.ts"},"#dep":"next-auth","#loop":"#loop","#gone":"./gone.ts"}}`,
			"a/src/auth.ts":  "", "a/src/lib/x.ts": "", "a/src/y.ts": "",
		},
		leads{
			"a/src/m.ts #auth": "a/src/auth.ts", "a/src/m.ts #lib/x": "a/src/lib/x.ts", "a/src/m.ts #dep": "package next-auth",
			"a/src/m.ts #loop": "missing", "a/src/m.ts #gone": "missing", "a/src/m.ts #/y": "a/src/y.ts", "b/m.ts #auth": "missing",
		},
	},
	"linked folders": {
		map[string]string{
			"app/package.json":    `{"dependencies":{"shared":"file:../shared","gone":"link:../../..","x":1}}`,
			"shared/package.json": `{"main":"build/main.js"}`, "shared/src/main.ts": "",
		},
		leads{"app/m.ts shared": "shared/src/main.ts", "app/m.ts gone": "package gone", "m.ts shared": "package shared"},
	},
	"broken config files": {
		map[string]string{
			"tsconfig.json":       `{"extends": 5, "compilerOptions": {"baseUrl": 7, "paths": {"@/*": "./src/*", "x": {}, "**": ["./a"]}}}`,
			"a/tsconfig.json":     `{"extends": [`,
			"package.json":        `{"name": [], "exports": 1, "workspaces": {"packages": "x"}}`,
			"a/package.json":      `not json`,
			"pnpm-workspace.yaml": "packages: {a: [}",
			"src/x.ts":            "",
		},
		leads{"m.ts @/x": "src/x.ts", "a/m.ts @/x": "src/x.ts", "m.ts zod": "package zod"},
	},
}

func TestResolve(t *testing.T) {
	t.Parallel()
	for name, test := range resolveTests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := open(t, test.files)
			got := leads{}
			for question := range test.want {
				from, spec, _ := strings.Cut(question, " ")
				got[question] = lead(r.Resolve(from, spec))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("resolutions differ (-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"extends":["a"],"compilerOptions":{"baseUrl":".","paths":{"@/*":["./*"]}}, // x
	}`), "@/x")
	f.Add([]byte(`{"name":"a","exports":{"./*":{"import":["./*.ts",null]}},"imports":{"#a":"b"},"workspaces":["*"]}`), "a/b")
	f.Add([]byte("packages: [\"a/**\", '!b']"), "..")
	f.Fuzz(func(t *testing.T, text []byte, spec string) {
		files := map[string]string{"x.ts": "", "a/b.ts": ""}
		for _, name := range []string{"tsconfig.json", "package.json", "pnpm-workspace.yaml", "a/package.json"} {
			files[name] = string(text)
		}
		r := open(t, files)
		if found := r.Resolve("a/m.ts", spec); found.Path != "" && r.Blob(found.Path) == "" {
			t.Errorf("%q leads to %q, which isn't there", spec, found.Path)
		}
	})
}

// A hostile repository must not make resolving slow or endless.
func TestResolveIsBounded(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 60 {
		files[fmt.Sprintf("c/tsconfig.%d.json", i)] = fmt.Sprintf(`{"extends":["./tsconfig.%d.json","./tsconfig.%d.json","./tsconfig.%d.json"]}`, (i+1)%60, (i+2)%60, (i+3)%60)
	}
	files["c/tsconfig.json"] = `{"extends":"./tsconfig.0.json"}`
	deep := strings.Repeat(`{"default":`, 2000) + `"./x.ts"` + strings.Repeat("}", 2000)
	files["package.json"] = `{"workspaces":["` + strings.Repeat("**/a/", 30) + `*","` + strings.Repeat("{a,a}", 30) + `","` + strings.Repeat("*a", 90) + `x","p/*"]}`
	files["p/a/package.json"] = `{"name":"a","exports":{".":` + deep + `}}`
	files[strings.Repeat("a/", 60)+"package.json"] = `{"name":"b"}`
	files[strings.Repeat("a", 60)+"/package.json"] = `{"name":"b"}`
	files["p/l/package.json"] = `{"name":"l","main":"../l"}`
	files["p/m/package.json"] = `{"name":"m","main":"../n"}`
	files["p/n/package.json"] = `{"name":"n","main":"../m"}`
	r := open(t, files)
	for _, spec := range []string{"@/x", "a", "b", "l", "m", strings.Repeat("x", 1<<20), "./" + strings.Repeat("../", 1000) + "x"} {
		if found := r.Resolve("c/m.ts", spec); found.Path != "" {
			t.Errorf("%.40q leads to %s", spec, found.Path)
		}
	}
}

// What is left out for the bound on globs is said.
func TestTooManyGlobs(t *testing.T) {
	t.Parallel()
	globs := `"p/*"` + strings.Repeat(`,"x/*"`, maxWorkspaces-1)
	files := map[string]string{"package.json": `{"workspaces":[` + globs + `]}`}
	const over = 5
	for i := range maxMatches/maxWorkspaces + over {
		files[fmt.Sprintf("p/%06d/package.json", i)] = fmt.Sprintf(`{"name":"p%d"}`, i)
	}
	if skipped := open(t, files).Skipped(); len(skipped) != over {
		t.Errorf("%d packages are skipped, want %d", len(skipped), over)
	}
}
