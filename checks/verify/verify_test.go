package verify_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

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
