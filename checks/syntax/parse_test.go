package syntax

import "testing"

// lowering is one piece of text and the dump of what it lowers to.
type lowering struct{ text, want string }

func checkLowering(t *testing.T, path string, rows []lowering) {
	t.Helper()
	for _, row := range rows {
		t.Run(row.text, func(t *testing.T) {
			t.Parallel()
			f := mustParse(t, path, row.text)
			if len(f.Errors) > 0 {
				t.Errorf("syntax errors at %v", f.Errors)
			}
			if got := dumpStmts(f.Body); got != row.want {
				t.Errorf("lowered to\n  %s\nwant\n  %s", got, row.want)
			}
		})
	}
}

func mustParse(t *testing.T, path, text string) *File {
	t.Helper()
	f, err := Parse(path, []byte(text))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return f
}

func TestModules(t *testing.T) {
	t.Parallel()
	checkLowering(t, "a.ts", []lowering{
		{`import "x"`, `(import from:"x")`},
		{`import a, { b, c as d, default as e } from "x"`, `(import from:"x" names:[(importname default local:"a") (importname b local:"b") (importname c local:"d") (importname default local:"e")])`},
		{`import * as a from 'x'`, `(import from:"x" names:[(importname * local:"a")])`},
		{`import a, * as b from "x"`, `(import from:"x" names:[(importname default local:"a") (importname * local:"b")])`},
		{`import { "a-b" as c } from "x"`, `(import from:"x" names:[(importname a-b local:"c")])`},
		{`import { type A, b } from "x"`, `(import from:"x" names:[(importname b local:"b")])`},
		{`import { type as as } from "x"`, `(import from:"x" names:[(importname type local:"as")])`},
		{`import { type A } from "x"`, ``},
		{`import type A from "x"`, ``},
		{`import type { A } from "x"; import type * as B from "y"`, ``},
		{`import a from "./x.json" with { type: "json" }`, `(import from:"./x.json" names:[(importname default local:"a")])`},
		{`import a from "./x.json" assert { type: "json" }`, `(import from:"./x.json" names:[(importname default local:"a")])`},
		{`import defer * as a from "x"`, `(import from:"x" names:[(importname * local:"a")])`},
		{`import a = require("x")`, `(import from:"x" names:[(importname * local:"a")])`},
		{`import type a = require("x")`, ``},
		{`import a = B.c`, `(vardecl const decls:[(declarator target:a init:(member x:B c))])`},
		{`export { a, b as c, type D }`, `(exportnames names:[(exportname local:"a" a) (exportname local:"b" c)])`},
		{`export { default, a as "b-c" } from "x"`, `(exportnames from:"x" names:[(exportname local:"default" default) (exportname local:"a" b-c)])`},
		{`export type { A } from "x"; export { type B }; export {}`, ``},
		{`export * from "x"`, `(exportall from:"x")`},
		{`export * from "x" with { type: "json" }`, `(exportall from:"x")`},
		{`export * as a from "x"; export * as default from "y"`, `(exportall from:"x" a) (exportall from:"y" default)`},
		{"export type * from \"x\"\nexport type * as N from 'y'", ``},
		{`export const a = 1, { b } = c`, `(exportdecl decl:(vardecl const decls:[(declarator target:a init:1) (declarator target:(objectpattern props:[(patternprop b target:b)]) init:c)]))`},
		{`export async function GET() {}`, `(exportdecl decl:(funcdecl func:(func GET body:{} async)))`},
		{`export class A {}`, `(exportdecl decl:(classdecl class:(class A)))`},
		{`export enum A { B }`, `(exportdecl decl:(enumdecl A members:[(enummember B value:0)]))`},
		{`export namespace A { export const b = 1 }`, `(exportdecl decl:(namespacedecl A body:[(exportdecl decl:(vardecl const decls:[(declarator target:b init:1)]))]))`},
		{`export type A = B; export interface C {} export declare const d: E`, ``},
		{`export default a`, `(exportdefault x:a)`},
		{`export default async function () {}`, `(exportdefault x:(func body:{} async))`},
		{`export default function f() {}`, `(exportdefault x:(func f body:{}))`},
		{`export default class A {}`, `(exportdefault x:(class A))`},
		{`export default abstract class A {}`, `(exportdefault x:(class A))`},
		{`export default interface A {}`, ``},
		{`export default { a } satisfies B`, `(exportdefault x:(object props:[(prop a value:a)]))`},
		{`export = a`, `(exportdefault x:a)`},
		{`export as namespace A`, ``},
		{`module.exports = f`, `(exportdefault x:f)`},
		{`module.exports = { a, b: c, d: 1 }`, `(exportdefault x:(object props:[(prop a value:a) (prop b value:c) (prop d value:1)])) (exportnames names:[(exportname local:"a" a) (exportname local:"c" b)])`},
		{`exports.a = b`, `(exportnames names:[(exportname local:"b" a)])`},
		{`module.exports.a = () => 1`, `(exportdecl decl:(vardecl const decls:[(declarator target:a init:(func result:1 arrow))]))`},
		{`exports.default = f`, `(exportdefault x:f)`},
		{`function f() { exports.a = b }`, `(funcdecl func:(func f body:{(assign = target:(exprpattern x:(member x:exports a)) value:b)}))`},
	})
}

func TestStatements(t *testing.T) {
	t.Parallel()
	checkLowering(t, "a.ts", []lowering{
		{`let a; var b = 1, c`, `(vardecl let decls:[(declarator target:a)]) (vardecl var decls:[(declarator target:b init:1) (declarator target:c)])`},
		{`let a!: string`, `(vardecl let decls:[(declarator target:a)])`},
		{`using a = f()`, `(vardecl using decls:[(declarator target:a init:(call callee:f))])`},
		{`await using a = f()`, `(vardecl using decls:[(declarator target:a init:(call callee:f))])`},
		{`using a: T = f()`, `(vardecl const decls:[(declarator target:a init:(call callee:f))])`},
		{`function f(): void; function f(a?: any) { return a }`, `(funcdecl func:(func f params:[(param target:a)] body:{(return x:a)}))`},
		{`async function* f() { yield a; yield; yield* b }`, `(funcdecl func:(func f body:{(yield x:a) (yield) (yield x:b)} async generator))`},
		{`if (a) b; else if (c) {} else ;`, `(if test:a then:b else:(if test:c then:{} else:{}))`},
		{`for (let i = 0; i < 1; i++) f()`, `(for init:(vardecl let decls:[(declarator target:i init:0)]) test:(binary < l:i r:1) update:(update ++ x:i) body:(call callee:f))`},
		{`for (;;) {}`, `(for body:{})`},
		{`for (; a;) ;`, `(for test:a body:{})`},
		{`for (const [k, v] of a) {}`, `(foreach const target:(arraypattern elems:[k v]) x:a body:{})`},
		{`for await (const a of b) {}`, `(foreach const target:a x:b await body:{})`},
		{`for (using a of b) {}`, `(foreach const target:a x:b body:{})`},
		{`for (await using a of b) {}`, `(foreach const target:a x:b body:{})`},
		{`for (var a in b) {}`, `(foreach var target:a x:b in body:{})`},
		{`for (a.b of c) {}`, `(foreach target:(exprpattern x:(member x:a b)) x:c body:{})`},
		{`while (a) b`, `(while test:a body:b)`},
		{`do { a } while (b)`, `(while do test:b body:{a})`},
		{`switch (a) { case 1: case 2: b; break; default: c }`, `(switch x:a cases:[(case test:1) (case test:2 body:[b (jump)]) (case body:[c])])`},
		{`try { a } catch { b } finally { c }`, `(try body:{a} catch:{b} finally:{c})`},
		{`try { a } catch (e: unknown) {}`, `(try body:{a} param:e catch:{})`},
		{`try {} catch ({ message }) {}`, `(try body:{} param:(objectpattern props:[(patternprop message target:message)]) catch:{})`},
		{`a: for (;;) { continue a }`, `(labeled a body:(for body:{(jump continue a)}))`},
		{`throw new E("x")`, `(throw x:(call callee:E args:["x"] new))`},
		{"function f() { return\n1 }", `(funcdecl func:(func f body:{(return) 1}))`},
		{`; debugger; type A = B; interface C {} declare const d: E; declare function f(): void`, ``},
		{`declare module "x" { const a: B } declare global { var c: D } declare module "y"`, ``},
		{`enum E { A, B, C = 5, D, F = -1, G, H = "x", I = H.length, J }`, `(enumdecl E members:[(enummember A value:0) (enummember B value:1) (enummember C value:5) (enummember D value:6) (enummember F value:(unary - x:1)) (enummember G value:0) (enummember H value:"x") (enummember I value:(member x:H length)) (enummember J)])`},
		{`const enum E { "a-b" = 1, 'c' }`, `(enumdecl E members:[(enummember a-b value:1) (enummember c value:2)])`},
		{`declare enum E { A }`, ``},
		{`namespace A.B { const c = 1 } module D { e }`, `(namespacedecl A.B body:[(vardecl const decls:[(declarator target:c init:1)])]) (namespacedecl D body:[e])`},
		{"#!/usr/bin/env node\na", `a`},
	})
}

func TestClasses(t *testing.T) {
	t.Parallel()
	checkLowering(t, "a.ts", []lowering{
		{`class A<T> extends B<T> implements C {}`, `(classdecl class:(class A super:B))`},
		{`class A<in T, in out U> {}`, `(classdecl class:(class A))`},
		{`const a = class extends f(B) {}`, `(vardecl const decls:[(declarator target:a init:(class super:(call callee:f args:[B])))])`},
		{`class A { a = 1; b; c!: string; static readonly d = 2; declare e: F }`, `(classdecl class:(class A members:[(classmember a value:1) (classmember b) (classmember c) (classmember d static value:2)]))`},
		{`class A { accessor a = 1; override b = 2; #c = 3; [d] = 4; ["e"] = 5; 'f' = 6; 7 = 8 }`, `(classdecl class:(class A members:[(classmember a value:1) (classmember b value:2) (classmember #c value:3) (classmember computed:d value:4) (classmember e value:5) (classmember f value:6) (classmember 7 value:8)]))`},
		{`class A { get a() {} set a(v) {} static async b() {} *#c() {} }`, `(classdecl class:(class A members:[(classmember a getter value:(func body:{})) (classmember a setter value:(func params:[(param target:v)] body:{})) (classmember b static method value:(func body:{} async)) (classmember #c method value:(func body:{} generator))]))`},
		{`class A { get() {} set() {} static() {} async = 1 }`, `(classdecl class:(class A members:[(classmember get method value:(func body:{})) (classmember set method value:(func body:{})) (classmember static method value:(func body:{})) (classmember async value:1)]))`},
		{`abstract class A { abstract a: B; abstract c(): void; d(): void; d() {} [k: string]: any }`, `(classdecl class:(class A members:[(classmember d method value:(func body:{}))]))`},
		{`class A { constructor(private a: B, readonly c = 1, d: E) { super(a) } }`, `(classdecl class:(class A members:[(classmember constructor method value:(func params:[(param target:a property) (param target:(defaultpattern target:c value:1) property) (param target:d)] body:{(call callee:super args:[a])}))]))`},
		{`class A { static { a() } }`, `(classdecl class:(class A members:[(classmember static value:(func body:{(call callee:a)}))]))`},
		{`@a @b.c(1) class D { @e() f = 1; @g h() {} }`, `(classdecl class:(class D members:[(classmember f value:1 decorators:[(call callee:e)]) (classmember h method value:(func body:{}) decorators:[g])] decorators:[a (call callee:(member x:b c) args:[1])]))`},
		{`@a export class B {}`, `(exportdecl decl:(classdecl class:(class B decorators:[a])))`},
		{`@a export default class {}`, `(exportdefault x:(class decorators:[a]))`},
		{`class A { f(@B() c: D) { return #x in this } }`, `(classdecl class:(class A members:[(classmember f method value:(func params:[(param target:c)] body:{(return x:(binary in l:#x r:this))}))]))`},
	})
}
