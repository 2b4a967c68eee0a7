package syntax

import (
	"strings"
	"testing"
)

// BenchmarkParse measures a route handler of ordinary size and shape. The share
// of the copy and of lowering is what Parse costs beyond the grammar itself.
func BenchmarkParse(b *testing.B) {
	text := []byte(strings.Repeat(`
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
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("route.ts", text); err != nil {
			b.Fatal(err)
		}
	}
}
