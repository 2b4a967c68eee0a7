package syntax

import "testing"

func TestExpressions(t *testing.T) {
	t.Parallel()
	checkLowering(t, "a.ts", []lowering{
		{`a.b?.c!.d`, `(member x:(member x:(member x:a b) c optional) d)`},
		{`a?.[0]?.(1)`, `(call callee:(member x:a index:0 optional) args:[1] optional)`},
		{`a?.b<T>(c)`, `(call callee:(member x:a b optional) args:[c])`},
		{`a["b"][c]`, `(member x:(member x:a b) index:c)`},
		{"a[`b`].#c", `(member x:(member x:a b) #c)`},
		{`a.default.new.delete()`, `(call callee:(member x:(member x:(member x:a default) new) delete))`},
		{`(a as B).c; (<B>a).c; (a satisfies B).c; a!; f<T>`, `(member x:a c) (member x:a c) (member x:a c) a f`},
		{`f<T>(a, ...b)`, `(call callee:f args:[a (spread x:b)])`},
		{`await f<T>(a); await a.b<T>(c).d<E>(f)`, `(await x:(call callee:f args:[a])) (await x:(call callee:(member x:(call callee:(member x:a b) args:[c]) d) args:[f]))`},
		{"await a<T[]>`b${c}`", "(await x:(template tag:a strings:[\"b\" \"\"] exprs:[c]))"},
		{`!f<T>(a); b + f<T>(a); typeof f<T>(a).b; -f<T>(a)[0]`, `(unary ! x:(call callee:f args:[a])) (binary + l:b r:(call callee:f args:[a])) (unary typeof x:(member x:(call callee:f args:[a]) b)) (unary - x:(member x:(call callee:f args:[a]) index:0))`},
		{`(await f)<T>(a); (await f<T>(a)).b; (await f<T>(a))!.b; (!a).b; await f!<T>(a)!.b`, `(call callee:(await x:f) args:[a]) (member x:(await x:(call callee:f args:[a])) b) (member x:(await x:(call callee:f args:[a])) b) (member x:(unary ! x:a) b) (await x:(member x:(call callee:f args:[a]) b))`},
		{`new A; new a.B<T>(c); new (f())()`, `(call callee:A new) (call callee:(member x:a B) args:[c] new) (call callee:(call callee:f) new)`},
		{`import("x"); await import("y")`, `(call args:["x"] import) (await x:(call args:["y"] import))`},
		{`import.meta.env.A; new.target`, `(member x:(member x:import.meta env) A) new.target`},
		{`super.a(1)`, `(call callee:(member x:super a) args:[1])`},
		{`this === undefined`, `(binary === l:this r:undefined)`},
		{`a && b || c ?? d`, `(binary ?? l:(binary || l:(binary && l:a r:b) r:c) r:d)`},
		{`a in b; a instanceof C; a ** b; a >>> 1`, `(binary in l:a r:b) (binary instanceof l:a r:C) (binary ** l:a r:b) (binary >>> l:a r:1)`},
		{`!a; -b; typeof c; void 0; delete d.e; ~f; +g`, `(unary ! x:a) (unary - x:b) (unary typeof x:c) (unary void x:0) (unary delete x:(member x:d e)) (unary ~ x:f) (unary + x:g)`},
		{`a++; --b`, `(update ++ x:a) (update -- x:b)`},
		{`a, b, c`, `(binary , l:(binary , l:a r:b) r:c)`},
		{`a ? b : c ? d : e`, `(cond test:a then:b else:(cond test:c then:d else:e))`},
		{`a ? (b) : c => d`, `(cond test:a then:b else:(func params:[(param target:c)] result:d arrow))`},
		{`a = 1; b.c ||= 2; d[e] += 3; (f as G) = 4; h! = 5`, `(assign = target:a value:1) (assign ||= target:(exprpattern x:(member x:b c)) value:2) (assign += target:(exprpattern x:(member x:d index:e)) value:3) (assign = target:f value:4) (assign = target:h value:5)`},
		{`x => x; async x => x; () => {}; async <T,>(x: T) => {}; (x): x is A => ({})`, `(func params:[(param target:x)] result:x arrow) (func params:[(param target:x)] result:x async arrow) (func body:{} arrow) (func params:[(param target:x)] body:{} async arrow) (func params:[(param target:x)] result:(object) arrow)`},
		{`(function () {}); (async function* f() {}); (<const T>(a: T) => a)`, `(func body:{}) (func f body:{} async generator) (func params:[(param target:a)] result:a arrow)`},
		{`({ a, "b": 1, 2: c, [d]: e, ["f"]: g, ...h, i() {}, get j() {}, set j(v) {}, async *k() {}, async: 1, get: 2 })`, `(object props:[(prop a value:a) (prop b value:1) (prop 2 value:c) (prop computed:d value:e) (prop f value:g) (prop value:h spread) (prop i value:(func body:{})) (prop j value:(func body:{}) getter) (prop j value:(func params:[(param target:v)] body:{}) setter) (prop k value:(func body:{} async generator)) (prop async value:1) (prop get value:2)])`},
		{`[a, , ...b, ,]`, `(array elems:[a _ (spread x:b) _])`},
		{"`a${b}c${`d`}`", "(template strings:[\"a\" \"c\" \"\"] exprs:[b \"d\"])"},
		{"`plain`", `"plain"`},
		{"a.b<T>`c${d}`", `(template tag:(member x:a b) strings:["c" ""] exprs:[d])`},
		{`1_000; 0x1F; 10n; .5e3; true; null; /a[/]b\//gi`, `1_000 0x1F 10n .5e3 true null /a[/]b\//gi`},
	})
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	checkLowering(t, "a.ts", []lowering{
		{`const { a, b: c, d = 1, e: { f } = {}, [g]: h, "i": j, ...k } = l`, `(vardecl const decls:[(declarator target:(objectpattern props:[(patternprop a target:a) (patternprop b target:c) (patternprop d target:(defaultpattern target:d value:1)) (patternprop e target:(defaultpattern target:(objectpattern props:[(patternprop f target:f)]) value:(object))) (patternprop computed:g target:h) (patternprop i target:j)] rest:k) init:l)])`},
		{`const [a, , b = 1, [c], ...d] = e`, `(vardecl const decls:[(declarator target:(arraypattern elems:[a _ (defaultpattern target:b value:1) (arraypattern elems:[c])] rest:d) init:e)])`},
		{`({ a, b: c.d, e = 1, ...f } = g)`, `(assign = target:(objectpattern props:[(patternprop a target:a) (patternprop b target:(exprpattern x:(member x:c d))) (patternprop e target:(defaultpattern target:e value:1))] rest:f) value:g)`},
		{`[a.b, c[0], ...d] = e`, `(assign = target:(arraypattern elems:[(exprpattern x:(member x:a b)) (exprpattern x:(member x:c index:0))] rest:d) value:e)`},
		{`function f(this: A, { b }: C = {}, [d]: E[], g?: H, ...i: J[]) {}`, `(funcdecl func:(func f params:[(param target:(defaultpattern target:(objectpattern props:[(patternprop b target:b)]) value:(object))) (param target:(arraypattern elems:[d])) (param target:g) (param target:i rest)] body:{}))`},
	})
}

func TestTypesLeaveNothing(t *testing.T) {
	t.Parallel()
	checkLowering(t, "a.ts", []lowering{
		{`let a: import("x").B<C>[] = d`, `(vardecl let decls:[(declarator target:a init:d)])`},
		{`f<typeof import("x")>()`, `(call callee:f)`},
		{`const a = async (): Promise<import("x").B<C>> => d`, `(vardecl const decls:[(declarator target:a init:(func result:d async arrow))])`},
		{`function f(a: unknown): asserts a is B {}`, `(funcdecl func:(func f params:[(param target:a)] body:{}))`},
		{`let a: { [K in keyof T as ` + "`x${K}`" + `]?: T[K] } | ((b: C) => D) & (new () => E)`, `(vardecl let decls:[(declarator target:a)])`},
		{`a as unknown as { b: string }[]`, `a`},
		{`a < b && c > (d)`, `(binary && l:(binary < l:a r:b) r:(binary > l:c r:d))`},
		{`function f<const T extends readonly U[], V = W>(a: T) {}`, `(funcdecl func:(func f params:[(param target:a)] body:{}))`},
	})
}

func TestJSX(t *testing.T) {
	t.Parallel()
	checkLowering(t, "a.tsx", []lowering{
		{`<div a="b&quot;" c={d} e {...f}>text {g} {/* h */} &amp; {...i}</div>`, `(jsx div attrs:[(prop a value:"b\"") (prop c value:d) (prop e) (prop value:f spread)] children:[g (spread x:i)])`},
		{`<A.B<T> c={<D />} e='f' />`, `(jsx tag:(member x:A B) attrs:[(prop c value:(jsx tag:D)) (prop e value:"f")])`},
		{`<><A>{b}</A></>`, `(jsx children:[(jsx tag:A children:[b])])`},
		{`<a:b c-d="e" f:g="h" />`, `(jsx a:b attrs:[(prop c-d value:"e") (prop f:g value:"h")])`},
		{`<my-tag /> || <this.A />`, `(binary || l:(jsx my-tag) r:(jsx tag:(member x:this A)))`},
		{`<p>Q&A, a && b, // c /* d {e}</p>`, `(jsx p children:[e])`},
		{`<a href="?b=1&c=2">{d & e}</a>`, `(jsx a attrs:[(prop href value:"?b=1&c=2")] children:[(binary & l:d r:e)])`},
		{`<T,>(a: T) => <A b={a} />`, `(func params:[(param target:a)] result:(jsx tag:A attrs:[(prop b value:a)]) arrow)`},
		{"<A b=\"c\nd\">don't</A>", `(jsx tag:A attrs:[(prop b value:"c\nd")])`},
	})
}

func TestGrammarByExtension(t *testing.T) {
	t.Parallel()
	assertion, element := `<T>x`, `<T>x</T>`
	for path, want := range map[string]struct{ text, dump string }{
		"a.ts":  {assertion, `x`},
		"a.mts": {assertion, `x`},
		"a.cts": {assertion, `x`},
		"a.tsx": {element, `(jsx tag:T)`},
		"a.js":  {element, `(jsx tag:T)`},
		"a.jsx": {element, `(jsx tag:T)`},
		"a.mjs": {element, `(jsx tag:T)`},
		"a.cjs": {element, `(jsx tag:T)`},
	} {
		f := mustParse(t, path, want.text)
		if got := dumpStmts(f.Body); got != want.dump || len(f.Errors) > 0 {
			t.Errorf("%s: %s lowered to %s with errors %v, want %s", path, want.text, got, f.Errors, want.dump)
		}
	}
}
