package verify_test

import (
	"context"
	"maps"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
	"github.com/authdiff/authdiff/checks/verify"
)

// application has a guard of each layer, in the endpoint, in a helper and in a
// wrapper.
var application = map[string]string{
	"tsconfig.json": `{"compilerOptions": {"paths": {"@/*": ["./*"]}}}`,
	"auth.ts": `import NextAuth from "next-auth"
export const { auth } = NextAuth({})
export async function requireUser() {
  const session = await auth()
  if (!session) throw new Error("sign in")
  return session.user
}
export const withUser = (handler: any) => async (req: Request) => {
  const user = await requireUser()
  return handler(req, user)
}
`,
	"db.ts": "import { PrismaClient } from \"@prisma/client\"\nexport const db = new PrismaClient()\n",
	"app/api/notes/route.ts": `import { z } from "zod"
import { requireUser } from "@/auth"
import { db } from "@/db"
const schema = z.object({ text: z.string() })
export async function GET() {
  const user = await requireUser()
  return Response.json(await db.note.findMany({ where: { ownerId: user.id } }))
}
export async function POST(req: Request) {
  const user = await requireUser()
  if (user.role !== "admin") return new Response(null, { status: 403 })
  const body = schema.parse(await req.json())
  await db.note.create({ data: { text: body.text } })
  return new Response()
}
`,
	"app/api/words/route.ts": `import { withUser } from "@/auth"
import { db } from "@/db"
export const DELETE = withUser(async (req: Request) => {
  await db.word.deleteMany()
  return new Response()
})
`,
	"app/api/broken/route.ts": "export async function GET() {\n  if (\n}\n",
}

func TestVerify(t *testing.T) {
	t.Parallel()
	repo, err := module.Open(context.Background(), source.NewMemory(application), module.NewCache())
	if err != nil {
		t.Fatal(err)
	}
	var last atomic.Int64
	r, err := verify.Run(context.Background(), repo, settings.Of(repo), func(_, all int) { last.Store(int64(all)) })
	if err != nil {
		t.Fatal(err)
	}
	// The session check in the helper, and the wrapper around DELETE.
	want := map[protect.Layer]*verify.Count{
		protect.Authentication: {Guards: 2, Seen: 2},
		protect.Authorization:  {Guards: 1, Seen: 1},
		protect.Ownership:      {Guards: 1, Seen: 1},
		protect.Validation:     {Guards: 1, Seen: 1},
	}
	if diff := cmp.Diff(want, r.Layers); diff != "" || len(r.Unseen) > 0 {
		t.Errorf("layers (-want +got):\n%s\nunseen: %+v", diff, r.Unseen)
	}
	if last.Load() < 5 {
		t.Errorf("progress told of %d guards", last.Load())
	}
}

func TestVerifyEndsWithItsContext(t *testing.T) {
	t.Parallel()
	repo, err := module.Open(context.Background(), source.NewMemory(application), module.NewCache())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := verify.Run(ctx, repo, settings.Of(repo), nil); err != context.Canceled {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// What looks like a guard and isn't understood is told, with the entry that would
// teach it: the function where it is declared, not where it is called.
func TestVerifyTellsWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	files := maps.Clone(application)
	files["lib/gate.ts"] = `import { mystery } from "@acme/gate"
export async function passes(key: string | null) {
  return mystery(key)
}
`
	files["app/api/words/route.ts"] = `import { passes as mayPass } from "@/lib/gate"
import { requirePermission } from "@acme/rights"
import { auth } from "@/auth"
import { db } from "@/db"
export async function DELETE(req: Request) {
  const ok = await mayPass(req.headers.get("x-key"))
  if (!ok) {
    return new Response("Unauthorized", { status: 401 })
  }
  await requirePermission("words")
  await db.word.deleteMany()
  return new Response()
}
export async function GET(req: Request) {
  const session = await auth()
  if (!session) return new Response("Unauthorized", { status: 401 })
  if (req.headers.get("x-often")) return new Response("Forbidden: too many requests", { status: 403 })
  return Response.json(await db.word.findMany())
}
`
	repo, err := module.Open(context.Background(), source.NewMemory(files), module.NewCache())
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.Run(context.Background(), repo, settings.Of(repo), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Unknown {
		r.Unknown[i].Endpoint.Kind, r.Unknown[i].Endpoint.File, r.Unknown[i].Reason = "", "", r.Unknown[i].Reason[:12]
	}
	want := []verify.Missing{
		{Endpoint: endpoint.Ref{Name: "DELETE /api/words"}, Layer: protect.Authorization, Guard: "refusal by if (!ok)", File: "app/api/words/route.ts", Line: 7, Reason: "it refuses c",
			Settings: "guards:\n  - module: lib/gate.ts\n    export: passes\n    proves: role"},
		{Endpoint: endpoint.Ref{Name: "DELETE /api/words"}, Layer: protect.Authorization, Guard: "check by requirePermission()", File: "app/api/words/route.ts", Line: 10, Reason: "its code can",
			Settings: "guards:\n  - module: \"@acme/rights\"\n    export: requirePermission\n    proves: role"},
	}
	if diff := cmp.Diff(want, r.Unknown); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
}
