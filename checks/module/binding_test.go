package module

import (
	"fmt"
	"testing"

	"github.com/authdiff/authdiff/checks/syntax"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// archive opens a repository of the files of a txtar archive.
func archive(t testing.TB, text string) *Repo {
	t.Helper()
	files := map[string]string{}
	for _, f := range txtar.Parse([]byte(text)).Files {
		files[f.Name] = string(f.Data)
	}
	return open(t, files)
}

// print says where a binding leads.
func print(b Binding) string {
	switch {
	case b.Package != "":
		return "package " + b.Package + " " + b.Name
	case b.Missing != "":
		return "missing: " + b.Missing
	case b.Local == "":
		return fmt.Sprintf("%s %T", b.Module.Path, b.Expr)
	}
	return b.Module.Path + " " + b.Local
}

const barrels = `
-- main.ts --
import { auth } from "./barrel"
import session, { role as demanded, missing } from "./lib/session"
import * as whole from "./barrel"
import { Anonymous } from "./barrel"
import { ns } from "./barrel"
import { handlers, prisma } from "./barrel"
import { loop } from "./cycle-a"
import { first } from "./cycle-a"
import { x } from "@/gone"
import data from "./data.json"
import { again } from "./barrel"
import type { Session } from "next-auth"
import { object, direct, viaObject } from "./common"
import def from "./common"
import { deflt } from "./barrel"
import { starMissing } from "./stars"
import { eq, owned } from "./mixed"
import "./effect"
const { role: required, [computed]: dynamic, ...rest } = require("./lib/session")
const legacy = require("./lib/session")
const own = 1
-- barrel.ts --
export * from "./lib"
export { default as Anonymous } from "./lib/anonymous"
export * as ns from "./lib/session"
export { handlers } from "next-auth"
export * from "@prisma/client"
import { role } from "./lib/session"
export { role as again }
import anonymous from "./lib/anonymous"
export { anonymous as deflt }
-- lib/index.ts --
export { auth } from "./auth"
export * from "./session"
-- lib/auth.ts --
export const { auth, handlers: { GET } } = NextAuth({})
-- lib/session.ts --
export default function session() {}
export function role() {}
export { session as renamed }
-- lib/anonymous.ts --
export default () => 1
-- cycle-a.ts --
export * from "./cycle-b"
export { loop } from "./cycle-b"
-- cycle-b.ts --
export * from "./cycle-a"
export { loop } from "./cycle-a"
export const first = 1
-- common.js --
const object = () => 1
const { session } = require("./lib/session")
exports.direct = function () {}
module.exports = { object, viaObject: () => 2, session }
-- mixed.ts --
export * from "drizzle-orm"
export * from "./lib/owned"
-- lib/owned.ts --
export const owned = 1
-- stars.ts --
export * from "./nothing-here"
-- effect.ts --
export {}
-- data.json --
{}
`

func TestImport(t *testing.T) {
	t.Parallel()
	r := archive(t, barrels)
	m := r.Module("main.ts")
	want := map[string]string{
		"auth":        "lib/auth.ts auth",
		"session":     "lib/session.ts session",
		"demanded":    "lib/session.ts role",
		"missing":     `missing: lib/session.ts exports no "missing"`,
		"whole":       "barrel.ts *",
		"Anonymous":   "lib/anonymous.ts *syntax.Func",
		"ns":          "lib/session.ts *",
		"handlers":    "package next-auth handlers",
		"prisma":      "package @prisma/client prisma",
		"loop":        `missing: cycle-a.ts exports no "loop"`,
		"first":       "cycle-b.ts first",
		"x":           `missing: "@/gone" leads to no file`,
		"data":        `missing: "./data.json" leads to data.json, which could not be read as code`,
		"again":       "lib/session.ts role",
		"object":      "common.js object",
		"direct":      "common.js direct",
		"viaObject":   "common.js *syntax.Func",
		"def":         "common.js *syntax.Object",
		"deflt":       "lib/anonymous.ts *syntax.Func",
		"starMissing": `missing: "./nothing-here" leads to no file`,
		"eq":          "package drizzle-orm eq",
		"owned":       "lib/owned.ts owned",
		"required":    "lib/session.ts role",
		"legacy":      "lib/session.ts *",
		"dynamic":     "none",
		"rest":        "none",
		"own":         "none",
		"Session":     "none",
		"nonesuch":    "none",
	}
	got := map[string]string{}
	for name := range want {
		b, ok := r.Import(m, name)
		got[name] = "none"
		if ok {
			got[name] = print(b)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bindings differ (-want +got):\n%s", diff)
	}
	b, _ := r.Import(m, "demanded")
	if b.From != "./lib/session" || b.Imported != "role" {
		t.Errorf("demanded is imported as %q from %q, want role from ./lib/session", b.Imported, b.From)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	r := archive(t, `
-- route.ts --
import { handler } from "./handler"
export { handler as GET, undeclared }
export const POST = wrap(handler), { PUT, nested: [PATCH] } = all
export async function DELETE() {}
export class Service {}
export enum Role { Admin }
export namespace Inner { export const a = 1 }
export type Only = string
export interface Shape {}
export default wrap(handler)
-- handler.ts --
export const handler = 1
-- named.ts --
export default class Named {}
-- alias.ts --
import { handler } from "./handler"
export default handler
`)
	tests := []struct{ file, name, want string }{
		{"route.ts", "GET", "handler.ts handler"},
		{"route.ts", "POST", "route.ts POST"},
		{"route.ts", "PUT", "route.ts PUT"},
		{"route.ts", "PATCH", "route.ts PATCH"},
		{"route.ts", "DELETE", "route.ts DELETE"},
		{"route.ts", "default", "route.ts *syntax.Call"},
		{"route.ts", "*", "route.ts *"},
		{"route.ts", "undeclared", `missing: route.ts exports "undeclared", which it doesn't declare`},
		{"route.ts", "HEAD", `missing: route.ts exports no "HEAD"`},
		{"named.ts", "default", "named.ts Named"},
		{"alias.ts", "default", "handler.ts handler"},
		{"handler.ts", "default", `missing: handler.ts exports no "default"`},
	}
	for _, test := range tests {
		if got := print(r.Export(r.Module(test.file), test.name)); got != test.want {
			t.Errorf("export %s of %s leads to %s, want %s", test.name, test.file, got, test.want)
		}
	}
	want := []string{"DELETE", "GET", "Inner", "PATCH", "POST", "PUT", "Role", "Service", "default", "undeclared"}
	if diff := cmp.Diff(want, r.Module("route.ts").Exports()); diff != "" {
		t.Errorf("Exports differs (-want +got):\n%s", diff)
	}
}

func TestExportNames(t *testing.T) {
	t.Parallel()
	r := archive(t, barrels)
	for file, want := range map[string][]string{
		"barrel.ts":  {"Anonymous", "again", "auth", "deflt", "handlers", "ns", "renamed", "role"},
		"cycle-a.ts": {"first", "loop"},
	} {
		if diff := cmp.Diff(want, r.ExportNames(r.Module(file))); diff != "" {
			t.Errorf("names of %s differ (-want +got):\n%s", file, diff)
		}
	}
}

func TestLocal(t *testing.T) {
	t.Parallel()
	r := archive(t, `
-- a.ts --
import { auth as check } from "next-auth"
const a = 1
let { b, c: [d = 2, ...e], ...f } = a
function g() {}
namespace g { export const x = 1 }
class H {}
enum Role { Admin, User }
namespace N { const y = 1 }
export const i = async () => {}
export default function j() {}
`)
	m := r.Module("a.ts")
	kinds := map[string]string{}
	for _, name := range []string{"check", "a", "b", "c", "d", "e", "f", "g", "H", "Role", "N", "x", "i", "j", "Admin"} {
		d := m.Local(name)
		for kind, is := range map[string]bool{
			"import": d.Import != nil, d.Kind: d.Var != nil, "func": d.Func != nil, "class": d.Class != nil,
			"enum": d.Enum != nil, "namespace": d.Namespace != nil,
		} {
			if is {
				kinds[name] += max(kind, kinds[name])
			}
		}
		if (d.Stmt != nil) != (kinds[name] != "") {
			t.Errorf("%s: a declaration has a statement, and nothing else has", name)
		}
	}
	want := map[string]string{
		"check": "import", "a": "const", "b": "let", "d": "let", "e": "let", "f": "let", "H": "class",
		"Role": "enum", "N": "namespace", "i": "const", "j": "func",
	}
	if g := m.Local("g"); g.Func == nil || g.Namespace == nil {
		t.Errorf("g is %+v, want a function and a namespace", g)
	}
	delete(kinds, "g")
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("declarations differ (-want +got):\n%s", diff)
	}
	if _, ok := m.Local("a").Var.Target.(*syntax.NamePattern); !ok {
		t.Error("the declarator of a is not that of its name")
	}
}

// Modules that re-export one another in every combination must be walked once
// each, not once per path.
func TestBindingIsBounded(t *testing.T) {
	t.Parallel()
	files := map[string]string{"m.ts": `import { x } from "./f0"`}
	for i := range 300 {
		text := ""
		for step := 1; step <= 6; step++ {
			text += fmt.Sprintf("export * from './f%d';\n", (i+step)%300)
		}
		files[fmt.Sprintf("f%d.ts", i)] = text
	}
	r := open(t, files)
	b, ok := r.Import(r.Module("m.ts"), "x")
	if !ok || b.Missing == "" {
		t.Errorf("x leads to %s, want nowhere", print(b))
	}
}
