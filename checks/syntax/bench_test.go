package syntax

import (
	"strings"
	"testing"
	"time"
)

// measured is a route handler of ordinary size and shape.
var measured = []byte(strings.Repeat(`
export const PATCH = withWorkspace(
  async ({ req, workspace, params, session }) => {
    const { name, slug, ...rest } = updateSchema.parse(await req.json());
    if (!session?.user || session.user.role !== "admin") {
      return NextResponse.json({ error: "Unauthorized" }, { status: 401 });
    }
    try {
      const project = await prisma.project.update({
        where: { id: params.id, workspaceId: workspace.id },
        data: { ...(name && { name }), ...(slug !== workspace.slug && { slug }), ...rest },
        include: { users: { where: { userId: session.user.id }, select: { role: true } } },
      });
      return NextResponse.json(project satisfies Project);
    } catch (error: unknown) {
      // The slug is unique.
      throw new ApiError({ code: "conflict", message: `+"`The slug \"${slug}\" is taken.`"+` });
    }
  },
  { requiredPermissions: ["projects.write"] },
);
`, 20))

// BenchmarkParse measures all that Parse does. Its share beyond BenchmarkGrammar
// is what copying and lowering cost.
func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(measured)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("route.ts", measured); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGrammar measures tree-sitter alone.
func BenchmarkGrammar(b *testing.B) {
	b.SetBytes(int64(len(measured)))
	b.ReportAllocs()
	for b.Loop() {
		ParseOnly("route.ts", measured)
	}
}

// BenchmarkLower measures lowering a tree that was parsed and copied.
func BenchmarkLower(b *testing.B) {
	p := parse{grammarFor("route.ts"), measured, time.Now().Add(time.Hour)}
	tree, err := p.concrete()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(measured)))
	b.ReportAllocs()
	for b.Loop() {
		l := &lowerer{grammar: tree.grammar, nodes: tree.nodes, text: measured}
		if body, _ := l.file(); len(body) == 0 {
			b.Fatal("nothing was lowered")
		}
	}
}
