package endpoint

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
)

func open(t *testing.T, files map[string]string) *module.Repo {
	t.Helper()
	repo, err := module.Open(context.Background(), source.NewMemory(files), module.NewCache())
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

const (
	page     = "export default function Page() { return null }\n"
	function = "export function middleware() {}\n"
)

func TestGates(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		files map[string]string
		want  []string // "root name export"
	}{
		"beside app":          {map[string]string{"app/page.tsx": page, "middleware.ts": function}, []string{" middleware middleware"}},
		"beside pages":        {map[string]string{"pages/index.tsx": page, "middleware.js": function}, []string{" middleware middleware"}},
		"in src":              {map[string]string{"src/app/page.tsx": page, "src/middleware.ts": function}, []string{"src middleware middleware"}},
		"of a workspace":      {map[string]string{"apps/web/app/page.tsx": page, "apps/web/proxy.ts": "export const proxy = () => {}\n"}, []string{"apps/web proxy proxy"}},
		"the default export":  {map[string]string{"app/page.tsx": page, "proxy.ts": "export default function any() {}\n"}, []string{" proxy default"}},
		"exported from a lib": {map[string]string{"app/page.tsx": page, "middleware.ts": "export { auth as middleware } from \"next-auth\"\n"}, []string{" middleware middleware"}},
		"not beside app":      {map[string]string{"src/app/page.tsx": page, "middleware.ts": function}, nil},
		"among modules":       {map[string]string{"app/page.tsx": page, "lib/middleware.ts": function}, nil},
		"the wrong name":      {map[string]string{"app/page.tsx": page, "proxy.ts": function}, nil},
		"without an app":      {map[string]string{"middleware.ts": function}, nil},
		"proxy before middleware": {map[string]string{
			"app/page.tsx": page, "middleware.ts": function, "proxy.ts": "export function proxy() {}\n",
		}, []string{" proxy proxy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, g := range Gates(open(t, tt.files)) {
				got = append(got, g.Root+" "+g.Name+" "+g.Export)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		config string
		unread string // part of why it can't be read
		reach  map[string]Reach
	}{
		{"", "", map[string]Reach{"/": Always, "/api/x": Always}},
		{`export const config = { runtime: "nodejs" }`, "", map[string]Reach{"/x": Always}},
		{`export const config = { matcher: "/admin/:path*" }`, "", map[string]Reach{"/admin": Always, "/admin/x": Always, "/": Never}},
		{`export const config = { matcher: ["/a", "/b/(.*)"] } as const`, "", map[string]Reach{"/a": Always, "/b/c": Always, "/c": Never}},
		{"export const config = { matcher: [`/a`] }", "", map[string]Reach{"/a": Always, "/b": Never}},
		{`export const config = { matcher: ["/((?!api|login).*)"] }`, "", map[string]Reach{"/api/x": Never, "/login": Never, "/x": Always}},
		{
			`export const config = { matcher: [{ source: "/a", has: [{ type: "header", key: "x" }] }, { source: "/b", missing: [] }] }`, "",
			map[string]Reach{"/a": Sometimes, "/b": Always, "/c": Never},
		},
		{`export const config = { matcher: ["/(a+)+b", "/c"] }`, "", map[string]Reach{"/c": Always}},
		{`const m = ["/a"]; export const config = { matcher: m }`, "no constant", map[string]Reach{"/b": Always}},
		{`export const config = { matcher: ["/a", other] }`, "no constant", map[string]Reach{"/b": Always}},
		{`export const config = { ...base }`, "computed", map[string]Reach{"/b": Always}},
		{`export const config = make()`, "written out", map[string]Reach{"/b": Always}},
		{`export { config } from "./other"`, "declared", map[string]Reach{"/b": Always}},
		{`export const config = { matcher: [] }`, "empty", map[string]Reach{"/b": Always}},
		{`export const config = { matcher: ["/("] }`, "parentheses", map[string]Reach{"/b": Always}},
		{`export const config = { matcher: [{ locale: false }] }`, "source", map[string]Reach{"/b": Always}},
	} {
		gates := Gates(open(t, map[string]string{"app/page.tsx": page, "middleware.ts": function + tt.config, "other.ts": "export const config = {}"}))
		if len(gates) != 1 {
			t.Fatalf("%s: %d gates", tt.config, len(gates))
		}
		g := &gates[0]
		if (g.Unread == "") != (tt.unread == "") || !strings.Contains(g.Unread, tt.unread) {
			t.Errorf("%s: unread %q, want %q", tt.config, g.Unread, tt.unread)
		}
		for path, want := range tt.reach {
			if got := g.Covers(path); got != want {
				t.Errorf("%s on %s: got %d, want %d", tt.config, path, got, want)
			}
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	repo := open(t, map[string]string{
		"app/page.tsx": page, "app/(shop)/cart/page.tsx": page, "app/@modal/login/page.jsx": page, "app/u/[id]/page.tsx": page,
		"app/feed/(..)photo/page.tsx": page, "app/_lib/page.tsx": page, "app/named/page.tsx": "export const x = 1\n",
		"pages/about.tsx": page, "pages/blog/index.tsx": page, "pages/_app.tsx": page, "pages/404.tsx": page, "pages/api/x.ts": page,
		"app/api/route.ts": "export function GET() {}\n", "components/page.tsx": page,
	})
	var got []string
	for _, e := range Pages(repo, repo.Files()) {
		got = append(got, e.Name)
	}
	want := []string{"GET /cart", "GET /login", "GET /", "GET /u/[id]", "GET /about", "GET /blog"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSamples(t *testing.T) {
	t.Parallel()
	for url, want := range map[string][]string{
		"/":                              {"/"},
		"/a/b":                           {"/a/b"},
		"/[locale]/u/[id]":               {"/en/u/x7k2"},
		"/docs/[...slug]":                {"/docs/x7k2", "/docs/x7k2/q4m9"},
		"/[[...slug]]":                   {"/x7k2", "/x7k2/q4m9", "/"},
		"/[...a]/[...b]/[[...c]]/[...d]": nil,
	} {
		got := Samples(url)
		if len(got) > maxSamples {
			t.Errorf("%s: %d samples", url, len(got))
		}
		if want != nil && !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
}
