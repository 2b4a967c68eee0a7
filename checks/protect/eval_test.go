package protect_test

import (
	"context"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

// TestUntil: an evaluation ends soon after it was told to.
func TestUntil(t *testing.T) {
	t.Parallel()
	route := `import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
export async function POST() {
` + strings.Repeat("  let a = 1 + 2;\n", 2000) + `
  await prisma.post.create({ data: {} });
}
`
	repo, err := module.Open(t.Context(), source.NewMemory(map[string]string{"app/api/posts/route.ts": route}), module.NewCache())
	if err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	endpoints := endpoint.Find(repo, repo.Files())
	if len(endpoints) != 1 {
		t.Fatalf("found %d endpoints, want 1", len(endpoints))
	}
	for _, e := range endpoints {
		if p := protect.NewWorld(repo).Protect(e); len(p.Effects) != 1 {
			t.Errorf("%s has %d effects, want 1", e.Name, len(p.Effects))
		}
		if p := protect.NewWorld(repo).Until(ended.Done()).Protect(e); len(p.Effects) != 0 {
			t.Errorf("%s was evaluated to its end though it was to stop", e.Name)
		}
	}
}
