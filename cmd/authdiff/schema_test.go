package main

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaFolder = "../../checks/report"

// outputSchemas compiles the published schemas, which lead to one another by their
// addresses.
func outputSchemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	const address = "https://raw.githubusercontent.com/authdiff/authdiff/main/checks/report/"
	files, err := filepath.Glob(schemaFolder + "/*schema.json")
	if err != nil || len(files) != 4 {
		t.Fatalf("schemas %q, %v, want 4", files, err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(address+path.Base(filepath.ToSlash(file)), parseJSON(t, string(text))); err != nil {
			t.Fatal(err)
		}
	}
	out := map[string]*jsonschema.Schema{}
	for _, file := range files {
		name := path.Base(filepath.ToSlash(file))
		if out[name], err = compiler.Compile(address + name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func parseJSON(t *testing.T, text string) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v: %.200q", err, text)
	}
	return value
}

// What the commands really print is what their schemas say, and no schema takes
// another's.
func TestOutputsMatchTheirSchemas(t *testing.T) {
	t.Parallel()
	schemas := outputSchemas(t)
	dir := newHistoryRepository(t)
	write(t, dir, "app/api/gates/route.ts", `import { mystery } from "@acme/gate"
import { requirePermission } from "@acme/rights"
import { db } from "@/lib/db"

export async function DELETE(req: Request) {
  if (!(await mystery(req))) return new Response("Unauthorized", { status: 401 })
  await requirePermission("gates")
  await db.user.deleteMany()
  return new Response()
}
`)
	write(t, dir, "app/api/broken/route.ts", "export async function GET() {\n  if (\n}\n")
	outputs := map[string]string{}
	for name, args := range map[string][]string{
		"schema.json":         {"diff", "--base", "main~1", "--head", "drop", "--two-dot"},
		"audit.schema.json":   {"audit"},
		"history.schema.json": {"history"},
		"verify.schema.json":  {"verify"},
	} {
		outputs[name] = invoke(t.Context(), append(args, "--repo", dir, "--format", "json")...).out
	}
	outputs["history.schema.json"], _, _ = strings.Cut(outputs["history.schema.json"], "\n")
	for name, schema := range schemas {
		for of, text := range outputs {
			err := schema.Validate(parseJSON(t, text))
			if of == name && err != nil {
				t.Errorf("%s: %v:\n%s", name, err, text)
			}
			if of != name && err == nil {
				t.Errorf("%s takes what %s describes", name, of)
			}
		}
	}
	for name, part := range map[string]string{
		"audit.schema.json": `"unknown"`, "verify.schema.json": "requirePermission", "schema.json": `"not_analysed"`,
	} {
		if !strings.Contains(outputs[name], part) {
			t.Errorf("the output for %s has no %s: it proves little", name, part)
		}
	}
}
