package explain_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/explain"
	"github.com/authdiff/authdiff/checks/source"
)

var files = map[string]string{
	"auth.ts":   "import NextAuth from \"next-auth\";\nexport const { auth } = NextAuth({ providers: [] });\n",
	"prisma.ts": "import { PrismaClient } from \"@prisma/client\";\nexport const prisma = new PrismaClient();\n",
	"wrap.ts": `import { requireMember } from "./member";

export function withMember(handler) {
  return async (req, ctx) => {
    const user = await requireMember();
    return handler(req, { ...ctx, user });
  };
}
`,
	"member.ts": `import { auth } from "./auth";

export async function requireMember() {
  const session = await auth();
  if (!session) throw new Error("not signed in");
  return session.user;
}
`,
	"app/api/notes/[id]/route.ts": `import { withMember } from "../../../../wrap";
import { prisma } from "../../../../prisma";
import { audit } from "@corp/audit";

export const GET = withMember(async (req, { params, user }) => {
  const note = await prisma.note.findFirst({ where: { id: params.id, ownerId: user.id } });
  if (!note) return new Response(null, { status: 404 });
  await audit.record(note.id);
  return Response.json(note);
});

export const DELETE = async (req, { params }) => {
  await prisma.note.delete({ where: { id: params.id } });
};
`,
	"app/actions.ts":       "\"use server\";\nexport async function rename(id: string) {}\nexport async function archive(id: string) {}\n",
	"app/admin/actions.ts": "\"use server\";\nexport async function rename(id: string) {}\n",
	"app/page.tsx":         "export default function Page() { return null; }\n",
}

func TestChain(t *testing.T) {
	t.Parallel()
	x, err := checks.Explain(t.Context(), source.NewMemory(files), "GET /api/notes/[id]")
	if err != nil {
		t.Fatal(err)
	}
	route := "app/api/notes/[id]/route.ts"
	if got, want := chain(x.Effects[0].Path), []string{"entry " + route + ":5", "wrapper wrap.ts:6", "effect " + route + ":6"}; !cmp.Equal(got, want) {
		t.Errorf("the effect: %v", cmp.Diff(want, got))
	}
	if got := x.Effects[0].Scope; got != "selected by ownerId, taken from the identity" {
		t.Errorf("scope %q", got)
	}
	g := x.Effects[0].Guards[0]
	if got, want := chain(g.Path), []string{"entry " + route + ":5", "helper wrap.ts:5", "check member.ts:4", "check member.ts:5"}; !cmp.Equal(got, want) {
		t.Errorf("the guard: %v", cmp.Diff(want, got))
	}
	if g.Layer != "authentication" || g.What != "session check by auth()" {
		t.Errorf("guard %+v", g)
	}
	last := x.Effects[len(x.Effects)-1]
	if last.Kind != "answer" || len(last.Guards) < 2 {
		t.Errorf("the answer: %+v", last)
	}
	if len(x.Exits) != 1 || x.Exits[0].Line != 7 || x.Exits[0].What != "refuses with 404" {
		t.Errorf("exits %+v", x.Exits)
	}
	if len(x.Unknown) != 1 || x.Unknown[0].Line != 8 || !strings.Contains(x.Unknown[0].What, "record of @corp/audit can't be read") {
		t.Errorf("unknown %+v", x.Unknown)
	}
}

func chain(steps []explain.Step) []string {
	var out []string
	for _, s := range steps {
		out = append(out, string(s.Role)+" "+s.File+":"+string(rune('0'+s.Line)))
	}
	return out
}

func TestUnguardedEffect(t *testing.T) {
	t.Parallel()
	x, err := checks.Explain(t.Context(), source.NewMemory(files), "DELETE /api/notes/[id]")
	if err != nil {
		t.Fatal(err)
	}
	if e := x.Effects[0]; len(e.Guards) != 0 || e.Scope != "selected by what the caller sends" || e.What != "note.delete" {
		t.Errorf("%+v", e)
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"GET /api/notes/[id]":           "GET /api/notes/[id]",
		"get /api/notes/[id]":           "GET /api/notes/[id]",
		"/":                             "GET /",
		"archive":                       "archive",
		"app/admin/actions.ts":          "rename",
		"app/admin/actions.ts#rename":   "rename",
		"/api/notes/[id]":               `"/api/notes/[id]" names 2 endpoints; say which: "DELETE /api/notes/[id]", "GET /api/notes/[id]"`,
		"notes/[id]":                    `"notes/[id]" names 2 endpoints; say which: "DELETE /api/notes/[id]", "GET /api/notes/[id]"`,
		"rename":                        `"rename" names 2 endpoints; say which: "app/actions.ts#rename", "app/admin/actions.ts#rename"`,
		"archiv":                        `there is no endpoint "archiv"; is one of these meant? "archive"`,
		"GET /api/note/[id]":            `there is no endpoint "GET /api/note/[id]"; is one of these meant? "GET /api/notes/[id]"`,
		"note/[id]":                     `there is no endpoint "note/[id]"; is one of these meant? "DELETE /api/notes/[id]", "GET /api/notes/[id]"`,
		"something else that isn't one": `there is no endpoint "something else that isn't one" among the 6 of this revision`,
		"":                              `there is no endpoint "" among the 6 of this revision`,
	} {
		x, err := checks.Explain(t.Context(), source.NewMemory(files), name)
		switch {
		case err != nil && !strings.HasPrefix(err.Error(), want):
			t.Errorf("%q: %v\nwant %s", name, err, want)
		case err == nil && x.Endpoint.Name != want:
			t.Errorf("%q: %s, want %s", name, x.Endpoint.Name, want)
		}
	}
	if _, err := checks.Explain(t.Context(), source.NewMemory(nil), "x"); err == nil || !strings.Contains(err.Error(), "none at all") {
		t.Errorf("without endpoints: %v", err)
	}
}
