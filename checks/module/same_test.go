package module

import (
	"maps"
	"testing"
)

// sameTests change a file of a small application, and say whether the handler
// that leads there is still the same.
var sameTests = map[string]struct {
	file, text string // of the head
	changed    bool
}{
	"nothing":                  {"lib/auth.ts", authText, false},
	"the helper":               {"lib/auth.ts", "export async function requireUser() { return role }\nexport const role = 1\nexport function other() {}", true},
	"what the helper uses":     {"lib/auth.ts", "export async function requireUser() { return role; }\nexport const role = 2;\nexport function other() {}\n", true},
	"its neighbour":            {"lib/auth.ts", "export async function requireUser() { return role; }\nexport const role = 1;\nexport function other() { return 1; }\n", false},
	"comments and types":       {"lib/auth.ts", "// why\nexport async function requireUser() { return role; }\ntype A = string;\nexport const role = 1;\nexport function other() {}\n", false},
	"order":                    {"lib/auth.ts", "export function other() {}\nexport const role = 1;\nexport async function requireUser() { return role; }\n", false},
	"a name that was global":   {"lib/auth.ts", authText + "function fetch() {}\n", false},
	"a name that it mentions":  {"lib/log.ts", "export function log(x) { fetch(x); }\nfunction fetch() {}\n", true},
	"what is assigned to it":   {"lib/log.ts", "export function log(x) { fetch(x); }\nfunction reset() { x = 1; }\n", true},
	"a syntax error beside":    {"lib/auth.ts", authText + "function {", true},
	"the barrel":               {"lib/index.ts", "export { other as requireUser } from './auth';\nexport * from './log';", true},
	"the barrel, re-spelt":     {"lib/index.ts", "import { requireUser } from '../lib/auth';\nexport { requireUser };\nexport * from './log';", false},
	"a member of a namespace":  {"lib/all.ts", "export const a = 1, b = 3;", true},
	"what is imported late":    {"lib/late.ts", "export const late = 2;", true},
	"a statement at the top":   {"lib/state.ts", "export let state;\nstate = 2;", true},
	"an export of the route":   {"app/api/x/route.ts", routeText + "export const dynamic = 'auto';\n", false},
	"an import of the route":   {"app/api/x/route.ts", routeText + "import { other } from '@lib/auth';\n", false},
	"a file in front":          {"lib/auth.tsx", authText, false},
	"a file in place of it":    {"lib/index/index.ts", "", false},
	"a type of a context":      {"lib/typed.ts", typedText + "type Context = {\n  user: typeof other;\n};\n", true},
	"another type":             {"lib/typed.ts", typedText + "type Context = {\n  user: typeof make;\n};\ntype B = 1;\n", false},
	"a value of that type":     {"lib/typed.ts", "export const typed = init.context<Context>();\nconst make = 2;\ntype Context = {\n  user: typeof make;\n};\n", true},
	"where an alias leads":     {"tsconfig.json", `{"compilerOptions":{"paths":{"@lib":["./other"]}}}`, true},
	"a setting that is no one": {"tsconfig.json", `{"compilerOptions":{"paths":{"@lib":["./lib"],"@x":["./x"]}}}`, false},
}

const (
	authText  = "export async function requireUser() { return role; }\nexport const role = 1;\nexport function other() {}\n"
	typedText = "export const typed = init.context<Context>();\nconst make = 1;\n"
	routeText = `import { requireUser, log } from "@lib";
import * as all from "../../../lib/all";
import { state } from "../../../lib/state";
import { typed } from "../../../lib/typed";
export async function GET() {
  await requireUser();
  log(all.a, state);
  const { late } = await import("../../../lib/late");
}
export const POST = () => typed;
`
)

func TestChanged(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"tsconfig.json":      `{"compilerOptions":{"paths":{"@lib":["./lib"]}}}`,
		"app/api/x/route.ts": routeText,
		"lib/index.ts":       "export * from './auth';\nexport * from './log';",
		"lib/auth.ts":        authText,
		"lib/log.ts":         "export function log(x) { fetch(x); }\n",
		"lib/all.ts":         "export const a = 1, b = 2;",
		"lib/late.ts":        "export const late = 1;",
		"lib/state.ts":       "export let state;\nstate = 1;",
		"lib/typed.ts":       typedText + "type Context = {\n  user: typeof make;\n};\n",
		"other/index.ts":     "export async function requireUser() {}\nexport function log() {}",
	}
	for name, test := range sameTests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := maps.Clone(files)
			changed[test.file] = test.text
			base, head := open(t, files), open(t, changed)
			root := Root{File: "app/api/x/route.ts", Name: "GET", Export: true}
			if test.file == "lib/typed.ts" {
				root.Name = "POST"
			}
			touched := reachedBy(base, head, test.file)
			got := NewChanges(base, head, func(file string) bool { return touched[file] }).Of([]Root{root})
			if got[root] != test.changed {
				t.Errorf("the handler is changed: %v, want %v; what differs: %v", got[root], test.changed, got)
			}
		})
	}
}

// reachedBy lists the files from which a file is reached on either side: all of
// them for one that decides where imports lead.
func reachedBy(base, head *Repo, file string) map[string]bool {
	changed := map[string]bool{file: true}
	if isConfig(file) {
		for _, f := range base.Files() {
			changed[f] = true
		}
	}
	touched := base.Affected(changed)
	maps.Copy(touched, head.Affected(changed))
	return touched
}

// TestHolding: a span is found again in the declaration around it.
func TestHolding(t *testing.T) {
	t.Parallel()
	m := open(t, map[string]string{"a.ts": "import x from 'y';\nexport const b = 1, c = { d() {} };\nb;\nexport default () => c;"}).Module("a.ts")
	for i, want := range []string{"", "b", ambient, "default"} {
		span := m.File.Body[i].Pos()
		span.Start++
		root, offset, ok := m.Holding(span)
		if ok != (i > 0) || ok && (root != Root{File: "a.ts", Name: want} || offset != 1) {
			t.Errorf("statement %d is held by %+v at %d, %v; want %q", i, root, offset, ok, want)
		}
	}
}
