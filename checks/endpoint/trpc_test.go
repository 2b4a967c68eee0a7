package endpoint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const trpcBase = `
import { initTRPC } from "@trpc/server";
const t = initTRPC.create();
export const { router, mergeRouters } = t;
export const procedure = t.procedure;
export const createTRPCRouter = t.router;
`

func TestProcedures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		files map[string]string
		only  []string // the files that are asked for; all when empty
		want  []string // name file:line
	}{
		"members, objects and names": {
			files: map[string]string{"root.ts": `
import { router, procedure } from "./trpc";
const a = procedure.query(() => 1);
const inner = router({ a, b: procedure.mutation(() => 2) });
export const appRouter = router({
  inner,
  plain: { c: procedure.subscription(() => 3) },
});
`},
			want: []string{"inner.a root.ts:3", "inner.b root.ts:4", "plain.c root.ts:7"},
		},
		"a router that no other contains names from itself": {
			files: map[string]string{"post.ts": `
import { router, procedure } from "./trpc";
export const postRouter = router({ list: procedure.query(() => 1) });
`},
			want: []string{"list post.ts:3"},
		},
		"what is mounted comes first": {
			files: map[string]string{
				"app/api/trpc/[trpc]/route.ts": `
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { postRouter } from "../../../../post";
export const GET = (req: Request) => fetchRequestHandler({ req, router: postRouter, endpoint: "/api/trpc" });
`,
				"post.ts": `
import { router, procedure } from "./trpc";
export const postRouter = router({ list: procedure.query(() => 1) });
`,
				"root.ts": `
import { router } from "./trpc";
import { postRouter } from "./post";
export const all = router({ post: postRouter });
`},
			want: []string{"list post.ts:3"},
		},
		"barrels, defaults, namespaces and lazy routers": {
			files: map[string]string{
				"root.ts": `
import { lazy } from "@trpc/server";
import { createTRPCRouter } from "./trpc";
import tag, { post } from "./routers";
import * as all from "./routers";
export const appRouter = createTRPCRouter({
  tag, post, again: all.user,
  late: lazy(() => import("./late").then((m) => m.lateRouter)),
});
`,
				"routers/index.ts": `
export * from "./post";
export { user } from "./user";
export { default } from "./tag";
`,
				"routers/post.ts": `import { router, procedure } from "../trpc"; export const post = router({ a: procedure.query(() => 1) });`,
				"routers/user.ts": `import { router, procedure } from "../trpc"; export const user = router({ b: procedure.query(() => 1) });`,
				"routers/tag.ts":  `import { router, procedure } from "../trpc"; export default router({ c: procedure.query(() => 1) });`,
				"late.ts":         `import { router, procedure } from "./trpc"; export const lateRouter = router({ d: procedure.query(() => 1) });`,
			},
			want: []string{"late.d late.ts:1", "post.a routers/post.ts:1", "tag.c routers/tag.ts:1", "again.b routers/user.ts:1"},
		},
		"a function makes it": {
			files: map[string]string{"root.ts": `
import { router, procedure } from "./trpc";
const crud = (name: string) => router({ get: procedure.query(() => name) });
export const appRouter = router({
  a: crud("a"),
  b: crud("b"),
});
`},
			want: []string{"a.get root.ts:5", "b.get root.ts:6"},
		},
		"only what was asked for": {
			files: map[string]string{
				"root.ts": `import { router } from "./trpc"; import { a } from "./a"; import { b } from "./b"; export const appRouter = router({ a, b });`,
				"a.ts":    `import { router, procedure } from "./trpc"; export const a = router({ x: procedure.query(() => 1) });`,
				"b.ts":    `import { router, procedure } from "./trpc"; export const b = router({ y: procedure.query(() => 1) });`,
			},
			only: []string{"b.ts"},
			want: []string{"b.y b.ts:1"},
		},
		"oRPC": {
			files: map[string]string{
				"base.ts":   `import { os } from "@orpc/server"; export const base = os.use(({ next }) => next());`,
				"router.ts": `import { base } from "./base"; export const appRouter = { ping: base.handler(() => 1), pong: base.handler(() => 2).callable() };`,
			},
			want: []string{"ping router.ts:1", "pong router.ts:1"},
		},
		"what only looks like one": {
			files: map[string]string{
				"hook.tsx":  `import { useRouter } from "next/router"; export const X = () => { const r = useRouter(); return null };`,
				"client.ts": `"use client"; export const r = router({ a: api.query(() => 1) });`,
				"sql.ts":    `import { pool } from "pg"; export const queries = { all: pool.query(build), one: pool.query("select 1") };`,
				"v9.ts":     `import { router } from "./trpc"; export const old = router({ a: legacy.query("name", { resolve() {} }), ["b" + 1]: c.query(f) });`,
			},
		},
		"routers that contain one another": {
			files: map[string]string{
				"a.ts": `import { router, procedure } from "./trpc"; import { b } from "./b"; export const a = router({ b, x: procedure.query(() => 1) });`,
				"b.ts": `import { router, procedure } from "./trpc"; import { a } from "./a"; export const b = router({ a, y: procedure.query(() => 1) });`,
			},
			want: []string{"x a.ts:1", "b.y b.ts:1"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, procedureNames(t, test.files, test.only)); diff != "" {
				t.Errorf("procedures (-want +got):\n%s", diff)
			}
		})
	}
}

// TestProceduresAreBounded: routers that hold one another twice at every step
// are entered once each, and deep ones not to the end.
func TestProceduresAreBounded(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 40 {
		files[fmt.Sprintf("r%d.ts", i)] = fmt.Sprintf(
			`import { router, procedure } from "./trpc"; import { r%d } from "./r%d"; export const r%d = router({ a: r%d, b: r%d, p: procedure.query(() => 1) });`,
			i+1, i+1, i, i+1, i+1)
	}
	files["deep.ts"] = `import { procedure, router } from "./trpc"; export const deep = router(` +
		strings.Repeat("{ a: ", 100) + "procedure.query(() => 1)" + strings.Repeat(" }", 100) + ");"
	got := procedureNames(t, files, nil)
	if len(got) == 0 || len(got) > 40 {
		t.Errorf("%d procedures of 40 routers: %q", len(got), got)
	}
}

func procedureNames(t *testing.T, files map[string]string, only []string) []string {
	t.Helper()
	tree := map[string]string{"trpc.ts": trpcBase}
	for path, text := range files {
		tree[path] = text
	}
	repo := open(t, tree)
	if only == nil {
		only = repo.Files()
	}
	var wanted []string
	for _, f := range only {
		if IsEndpoint(repo, f) {
			wanted = append(wanted, f)
		}
	}
	var got []string
	for _, e := range Find(repo, wanted) {
		if e.Kind == TRPC {
			got = append(got, fmt.Sprintf("%s %s:%d", e.Name, e.File, e.Line))
		}
	}
	return got
}
