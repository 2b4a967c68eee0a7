package checks_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

// application is one of n route handlers behind a wrapper of its own, for the
// benchmarks of the stages:
//
//	go test ./checks ./checks/syntax -run '^$' -bench . -benchmem
func application(n int) map[string]string {
	files := map[string]string{
		"tsconfig.json": `{"compilerOptions":{"paths":{"@/*":["./*"]}}}`,
		"lib/prisma.ts": prismaFile,
		"lib/index.ts":  "export * from './guard';\nexport * from './words';\n",
		"lib/words.ts":  "export const words = ['a', 'b'];\nexport const title = (text: string) => text.trim();\n",
		"lib/guard.ts": `import { auth } from "@clerk/nextjs/server";
import { prisma } from "@/lib/prisma";
export const withTeam = (handler, { roles = [] } = {}) => async (request, { params }) => {
  const { userId } = await auth();
  if (!userId) return Response.json({ error: "no" }, { status: 401 });
  const { team } = await params;
  const member = await prisma.member.findFirst({ where: { userId, team: { slug: team } }, include: { team: true } });
  if (!member) return Response.json({ error: "no" }, { status: 404 });
  if (roles.length > 0 && !roles.includes(member.role)) return Response.json({ error: "no" }, { status: 403 });
  return handler({ request, member, team: member.team });
};
`,
	}
	for i := range n {
		files[fmt.Sprintf("app/api/[team]/thing%d/route.ts", i)] = fmt.Sprintf(`import { withTeam, title } from "@/lib";
import { prisma } from "@/lib/prisma";
export const GET = withTeam(async ({ team }) => Response.json(await prisma.thing%d.findMany({ where: { teamId: team.id } })));
export const POST = withTeam(async ({ request, team }) => {
  const { name } = await request.json();
  return Response.json(await prisma.thing%d.create({ data: { name: title(name), teamId: team.id } }));
}, { roles: ["owner"] });
`, i, i)
	}
	return files
}

const benchmarked = 200 // handlers

func BenchmarkResolve(b *testing.B) {
	tree := source.NewMemory(application(benchmarked))
	b.ReportAllocs()
	for b.Loop() {
		repo, err := module.Open(b.Context(), tree, module.NewCache())
		if err != nil || len(repo.Imports("app/api/[team]/thing0/route.ts")) != 2 {
			b.Fatal("the imports aren't resolved", err)
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	repo, err := module.Open(b.Context(), source.NewMemory(application(benchmarked)), module.NewCache())
	if err != nil {
		b.Fatal(err)
	}
	endpoints := endpoint.Find(repo, repo.Files())
	b.ReportAllocs()
	for b.Loop() {
		world := protect.NewWorld(repo)
		for _, e := range endpoints {
			if p := world.Protect(e); len(p.Effects) == 0 {
				b.Fatalf("%s has no effect", e.Name)
			}
		}
	}
}

// BenchmarkCompare changes a helper: one that no endpoint needs to be evaluated
// for, and the one that guards them all; with nothing cached, and with all that
// a cache holds.
func BenchmarkCompare(b *testing.B) {
	base := application(benchmarked)
	for name, change := range map[string][2]string{
		"unrelated": {"lib/words.ts", "export const words = ['a', 'c'];\nexport const title = (text: string) => text.trim();\n"},
		"guard":     {"lib/guard.ts", "import { prisma } from '@/lib/prisma';\nexport const withTeam = (handler) => (request) => handler({ request, team: {} });\n"},
	} {
		head := maps.Clone(base)
		head[change[0]] = change[1]
		in := checks.Input{Base: source.NewMemory(base), Head: source.NewMemory(head)}
		for _, warm := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/warm=%v", name, warm), func(b *testing.B) {
				in := in
				if warm {
					in.Cache = module.NewCache()
				}
				b.ReportAllocs()
				for b.Loop() {
					result, err := checks.Compare(b.Context(), in)
					if err != nil || result.Endpoints != 2*benchmarked || (len(result.Findings) > 0) != (name == "guard") {
						b.Fatalf("%+v, %v", result, err)
					}
				}
			})
		}
	}
}
