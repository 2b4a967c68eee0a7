package rules_test

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/rules"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
)

// around is what all examples stand on.
var around = map[string]string{
	"tsconfig.json":         `{"compilerOptions": {"paths": {"@/*": ["./*"]}}}`,
	"auth.ts":               "import NextAuth from \"next-auth\"\nexport const { auth } = NextAuth({ providers: [] })\n",
	"db.ts":                 "import { PrismaClient } from \"@prisma/client\"\nexport const db = new PrismaClient()\n",
	"app/api/open/route.ts": "import { db } from \"@/db\"\nexport async function GET() {\n  return Response.json(await db.word.findMany())\n}\n",
}

func TestEveryRuleIsDocumented(t *testing.T) {
	t.Parallel()
	for id := range settings.Rules {
		if _, ok := rules.Find(id); !ok {
			t.Errorf("%s isn't documented", id)
		}
	}
	for _, r := range rules.All {
		if _, ok := settings.Rules[r.ID]; !ok {
			t.Errorf("%s is no rule", r.ID)
		}
	}
}

// TestExamples: what is bad in an example is reported by its rule, and what is
// good isn't.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, r := range rules.All {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			if r.Good == "" || r.Bad == "" {
				t.Fatal("the example lacks the good or the bad")
			}
			good, bad := maps.Clone(around), maps.Clone(around)
			maps.Copy(good, r.Around)
			maps.Copy(bad, r.Around)
			good[r.File], bad[r.File] = r.Good, r.Bad
			found := run(t, good, bad)
			if !slices.ContainsFunc(found, func(f compare.Finding) bool { return f.Rule == r.ID }) {
				t.Errorf("the bad example gives %+v", found)
			}
			// Of a guard that the settings declare, whatever changes is told.
			if found := run(t, bad, good); len(found) > 0 && r.ID != "declared-guard-changed" {
				t.Errorf("the way back gives %+v", found)
			}
		})
	}
}

// An example without a rule would never be shown.
func TestEveryExampleHasARule(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("examples/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, ok := rules.Find(strings.TrimSuffix(filepath.Base(file), ".txtar")); !ok {
			t.Errorf("%s is the example of no rule", file)
		}
	}
}

func run(t *testing.T, base, head map[string]string) []compare.Finding {
	t.Helper()
	open := func(files map[string]string) *module.Repo {
		repo, err := module.Open(context.Background(), source.NewMemory(files), module.NewCache())
		if err != nil {
			t.Fatal(err)
		}
		return repo
	}
	result, err := compare.Run(context.Background(), open(base), open(head), compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return result.Findings
}
