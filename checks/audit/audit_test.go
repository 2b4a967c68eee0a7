package audit_test

import (
	"context"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/checks/audit"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
)

// application is one of every kind of verdict.
func application() map[string]string {
	const imports = "import { auth } from \"@/auth\"\nimport { db } from \"@/db\"\n"
	const ask = "  const session = await auth()\n  if (!session) return new Response(null, { status: 401 })\n"
	return map[string]string{
		"tsconfig.json": `{"compilerOptions": {"paths": {"@/*": ["./*"]}}}`,
		"auth.ts":       "import NextAuth from \"next-auth\"\nexport const { handlers, auth } = NextAuth({})\n",
		"db.ts":         "import { PrismaClient } from \"@prisma/client\"\nexport const db = new PrismaClient()\n",
		"app/api/notes/route.ts": imports + "export async function GET() {\n" + ask +
			"  return Response.json(await db.note.findMany({ where: { ownerId: session.user.id } }))\n}\n" +
			"export async function POST(req: Request) {\n  await db.note.create({ data: await req.json() })\n  return new Response()\n}\n",
		"app/api/words/route.ts":              imports + "export async function GET() {\n  return Response.json(await db.word.findMany())\n}\n",
		"app/api/users/route.ts":              imports + "export async function GET() {\n  return Response.json(await db.user.findMany())\n}\n",
		"app/api/health/route.ts":             imports + "export async function GET() {\n  await db.$queryRaw`SELECT 1`\n  return Response.json({ ok: true })\n}\n",
		"app/api/auth/[...nextauth]/route.ts": "import { handlers } from \"@/auth\"\nexport const { GET, POST } = handlers\n",
		"app/api/hook/route.ts": imports + `import Stripe from "stripe"
const stripe = new Stripe("key")
export async function POST(req: Request) {
  const event = stripe.webhooks.constructEvent(await req.text(), req.headers.get("stripe-signature")!, process.env.SECRET!)
  await db.invoice.update({ where: { id: event.id }, data: { paid: true } })
  return new Response()
}
`,
		"app/api/shown/route.ts":   imports + "export async function GET() {\n  return Response.json(await db.product.findMany())\n}\n",
		"app/api/broken/route.ts":  imports + "export async function GET() {\n  if (\n  return Response.json(await db.word.findMany())\n}\n",
		".github/authdiff.yml":     "public:\n  - GET /api/shown\n",
		"app/api/refuses/route.ts": "export async function DELETE() {\n  return new Response(null, { status: 405 })\n}\n",
	}
}

func run(t *testing.T, files map[string]string) *audit.Audit {
	t.Helper()
	repo, err := module.Open(context.Background(), source.NewMemory(files), module.NewCache())
	if err != nil {
		t.Fatal(err)
	}
	a, err := audit.Run(context.Background(), repo, settings.Of(repo), nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	a := run(t, application())
	want := []struct {
		name    string
		verdict audit.Verdict
		reason  string
	}{
		{"POST /api/notes", audit.Open, "anybody gets to note.create (app/api/notes/route.ts:9)"},
		{"GET /api/users", audit.Open, "anybody gets to user.findMany"},
		{"GET /api/words", audit.Open, "anybody gets to word.findMany"},
		{"GET /api/broken", audit.Unknown, "syntax error"},
		{"POST /api/hook", audit.Public, "called by a service: signature check"},
		{"GET /api/auth/[...nextauth]", audit.Public, "sign-in"},
		{"POST /api/auth/[...nextauth]", audit.Public, "sign-in"},
		{"GET /api/health", audit.Public, "health"},
		{"DELETE /api/refuses", audit.Public, "it does nothing, and refuses"},
		{"GET /api/shown", audit.Public, "declared in the settings: GET /api/shown"},
		{"GET /api/notes", audit.Guarded, "session check by auth()"},
	}
	for i, e := range a.Endpoints {
		if i >= len(want) {
			t.Errorf("%s is one too many", e.Name)
			continue
		}
		if w := want[i]; e.Name != w.name || e.Verdict != w.verdict || !strings.Contains(e.Reason, w.reason) {
			t.Errorf("endpoint %d: %s is %s (%s), want %s to be %s (%s)", i, e.Name, e.Verdict, e.Reason, w.name, w.verdict, w.reason)
		}
	}
	last := a.Endpoints[len(a.Endpoints)-1]
	owner := last.Protection[protect.Ownership]
	if len(owner) != 1 || owner[0].What != "selection of note by ownerId" || owner[0].Line != 6 {
		t.Errorf("ownership of %s: %+v", last.Name, owner)
	}
	if len(a.NotAnalysed) != 1 || a.NotAnalysed[0].File != "app/api/broken/route.ts" {
		t.Errorf("not analysed: %+v", a.NotAnalysed)
	}
	if a.Worst() != compare.Error {
		t.Errorf("worst is %q", a.Worst())
	}
}

// What is as it was isn't told again; what opened, came open or lost a layer is.
func TestWorse(t *testing.T) {
	t.Parallel()
	files := application()
	before := run(t, files)
	if w := audit.Worse(before, run(t, files)); len(w.Endpoints) != 0 {
		t.Errorf("an audit is worse than itself: %+v", w.Endpoints)
	}
	files["app/api/notes/route.ts"] = strings.ReplaceAll(files["app/api/notes/route.ts"], "{ where: { ownerId: session.user.id } }", "")
	files["app/api/fresh/route.ts"] = files["app/api/words/route.ts"]
	w := audit.Worse(before, run(t, files))
	var names []string
	for _, e := range w.Endpoints {
		names = append(names, e.Name+" "+string(e.Severity()))
	}
	if got := strings.Join(names, ", "); got != "GET /api/fresh warning, GET /api/notes error" {
		t.Errorf("worse: %s", got)
	}
}
