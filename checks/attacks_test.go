package checks_test

import (
	"fmt"
	"strings"
)

// nestings are texts that nest 200,000 deep, in every kind of bracket and without.
func nestings() map[string]attack {
	const complexity = "too complex to analyse"
	const someReason = "app/api/hostile/route.ts"
	all := map[string]attack{}
	for name, n := range map[string][3]string{
		"parentheses": {"(", "1", ")"}, "brackets": {"[", "1", "]"}, "braces": {"{a:", "1", "}"}, "templates": {"`${", "1", "}`"},
		"calls": {"f(", "1", ")"}, "functions": {"()=>{", "", "}"}, "elements": {"<a>", "b", "</a>"}, "fragments": {"<>", "b", "</>"},
		"type arguments": {"f<", "a", ">"}, "blocks": {"{", "", "}"}, "mixed": {"([{a:", "1", "}])"},
		"indices": {"a[", "0", "]"}, "classes": {"class{static{", "", "}}"},
	} {
		all["nested "+name+", balanced"] = attack{nested(n[0], n[1], n[2]), complexity}
		all["nested "+name+", open"] = attack{nested(n[0], n[1], ""), complexity}
		all["nested "+name+", closed"] = attack{nested("", n[1], n[2]), someReason}
	}
	for name, n := range map[string][2]string{
		"negations": {"!", ""}, "conditionals": {"a?b:", ""}, "arrows": {"a=>", ""}, "awaits": {"await ", ""}, "members": {"", ".a"},
		"sums": {"a+", ""}, "ifs": {"if(a)", ""}, "else ifs": {"if(a)b;else ", ""}, "assignments": {"a=", ""}, "spreads": {"...", ""},
		"types": {"", " as a"}, "commas": {"a,", ""}, "non-nulls": {"", "!"},
	} {
		all["a chain of "+name] = attack{nested(n[0], "x", n[1]), someReason}
	}
	return all
}

// texts are files that are no ordinary text.
func texts() map[string]attack {
	plain := "export async function GET() { return new Response('x'); }\n"
	utf16 := "\xff\xfe" + strings.ReplaceAll(plain, "", "\x00")
	return map[string]attack{
		"5 MB on one line":          {route("export const GET = () => [" + strings.Repeat("1,", 5<<19) + "];"), "larger than 1 MiB"},
		"1 MB on one line":          {route("export const GET = () => [" + strings.Repeat("1,", 1<<18) + "];"), ""},
		"1 MB of one string":        {route("export const GET = () => '" + strings.Repeat("a", 1<<20-100) + "';"), ""},
		"1 MB of blank lines":       {route(strings.Repeat("\n", 1<<20-100) + plain), ""},
		"invalid UTF-8":             {route("// \xff\xfe\xc0\n" + plain + "const \xff = '\xf0\x28';"), ""},
		"NUL":                       {route("\x00" + plain), "not a text file"},
		"NUL late":                  {route(plain + strings.Repeat("// padding\n", 1000) + "\x00\x00"), ""},
		"UTF-16":                    {route(utf16), "not a text file"},
		"CRLF and BOM":              {route("\ufeff" + strings.ReplaceAll(plain, "\n", "\r\n")), ""},
		"bidi controls":             {route("const a = '\u202e\u2066'; // \u2069\n" + plain), ""},
		"quotes without end":        {route(plain + strings.Repeat("'\n\"\n`\n", 50_000)), ""},
		"comments without end":      {route(plain + strings.Repeat("/*", 250_000)), ""},
		"regular expressions":       {route(plain + strings.Repeat("/[(]/;\n", 50_000)), "too complex to analyse"},
		"syntax errors":             {route(strings.Repeat("const = ; ] ", 40_000) + plain), ""},
		"JSX with bare ampersands":  {map[string]string{"app/page.tsx": "export default () => <p>" + strings.Repeat("a & b // c\n", 40_000) + "</p>;", "head:app/page.tsx": "export default () => <p></p>;"}, ""},
		"100,000 exports, 1 MB":     {route(plain + strings.Repeat("export let a;", 75_000)), ""},
		"100,000 exports, distinct": {map[string]string{"lib/a.ts": numbered("export let %s;", 50_000), "app/api/hostile/route.ts": "import * as a from '@/lib/a';\nexport const GET = () => a.x;", "head:lib/a.ts": numbered("export let %s;", 50_000) + "let x;"}, ""},
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, "a"+strings.ToLower(fmt.Sprintf("%X", i)))
	}
	return b.String()
}

// imports are files whose imports have no end, or fan out.
func imports() map[string]attack {
	cycle, stars, chain := map[string]string{}, map[string]string{}, map[string]string{}
	const n = 300
	for i := range n {
		next := (i + 1) % n
		cycle[fmt.Sprintf("lib/c%d.ts", i)] = fmt.Sprintf("import { c%d } from './c%d';\nexport const c%d = () => c%d();\nexport { x } from './c%d';", next, next, i, next, next)
		all := ""
		for j := range n {
			all += fmt.Sprintf("export * from './s%d';\n", j)
		}
		stars[fmt.Sprintf("lib/s%d.ts", i)] = all
	}
	for i := range 5000 {
		chain[fmt.Sprintf("lib/d%d.ts", i)] = fmt.Sprintf("import { d%d } from './d%d';\nexport const d%d = () => d%d();", i+1, i+1, i, i+1)
	}
	with := func(files map[string]string, text, changed, to string) map[string]string {
		files["app/api/hostile/route.ts"] = text
		files["head:"+changed] = to
		return files
	}
	names := ""
	for i := range 200 {
		names += fmt.Sprintf("import { missing%d } from '@/lib/s0';\n", i)
	}
	calls := ""
	for i := range 200 {
		calls += fmt.Sprintf("missing%d();", i)
	}
	return map[string]attack{
		"an import cycle":        {with(cycle, "import { c0, x } from '@/lib/c0';\nexport const GET = () => { c0(); x(); };", "lib/c7.ts", "export const c7 = () => 1;"), "nested too deeply"},
		"mutual re-exports":      {with(stars, names+"export const GET = () => {"+calls+"};", "lib/s7.ts", "export const a = 1;"), ""},
		"a chain of 5,000 files": {with(chain, "import { d0 } from '@/lib/d0';\nexport const GET = () => d0();", "lib/d4999.ts", "export const d4999 = () => 2;"), ""},
	}
}

// configs are settings of the resolver, and of ours, made to explode.
func configs() map[string]attack {
	var pats, aliases strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&pats, `"%s*":[%s"./x"],`, strings.Repeat("a", i%50), strings.Repeat(`"./y/*",`, 49))
	}
	aliases.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x]\n")
	for i := range 9 {
		fmt.Fprintf(&aliases, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 9), ","))
	}
	aliases.WriteString("packages: *a9\n")
	specs := ""
	for i := range 3000 {
		specs += fmt.Sprintf("import './%s%d';import '%s/%d';\n", "b", i, strings.Repeat("a", i%60), i)
	}
	deep := strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000)
	with := func(path, text string) map[string]string {
		return map[string]string{path: text, "lib/many.ts": specs, "head:lib/many.ts": specs + "//"}
	}
	return map[string]attack{
		"a config that extends itself":  {with("tsconfig.json", `{"extends":"./tsconfig.json"}`), ""},
		"a paths bomb":                  {with("tsconfig.json", `{"compilerOptions":{"baseUrl":".","paths":{`+pats.String()+`"z":[]}}}`), ""},
		"a deep tsconfig":               {with("tsconfig.json", deep), ""},
		"a deep package.json":           {with("package.json", `{"exports":`+deep+`,"workspaces":["**/**/**"]}`), ""},
		"an alias bomb in a workspace":  {with("pnpm-workspace.yaml", aliases.String()), ""},
		"an alias bomb in our settings": {with(".github/authdiff.yml", aliases.String()), "settings"},
	}
}

// matchers are patterns that take exponential time to match.
func matchers() map[string]attack {
	list := ""
	for i := range 100 {
		list += fmt.Sprintf("'/((?:a+)+b%d)', ", i)
	}
	tests := ""
	for i := range 100 {
		tests += fmt.Sprintf("  if (/^(a+)+b%d$/.test(request.nextUrl.pathname)) return;\n", i)
	}
	const guard = "import { NextResponse } from 'next/server';\nexport function middleware(request) {\n"
	const open = "  if (!request.cookies.get('session')) return NextResponse.redirect(new URL('/login', request.url));\n}\n"
	long := "app/" + strings.Repeat("a", 200) + "/page.tsx"
	files := func(base, head string) map[string]string {
		return map[string]string{"middleware.ts": base, "head:middleware.ts": head, long: "export default () => <p/>;"}
	}
	return map[string]attack{
		"matchers that back-track": {files(guard+open+"export const config = { matcher: ["+list+"] };", guard+open+"export const config = { matcher: [] };"), "config.matcher"},
		"tests that back-track":    {files(guard+tests+open, guard+tests+"}\n"), ""},
	}
}

// bombs are programs whose evaluation takes exponential time or space.
func bombs() map[string]attack {
	calls, doubled, lists, spread := "", "let s = 'aaaaaaaaaaaaaaaa';\n", "let l = [1, 2, 3, 4];\n", "let o = {};\n"
	for i := range 60 {
		calls += fmt.Sprintf("function f%d(a) { if (a) { f%d(a); f%d(!a); } f%d(a); }\n", i, i+1, i+1, i+1)
		doubled += "s = s + s; s = `${s}${s}`;\n"
		lists += "l = [...l, ...l]; l = l.concat(l); l.push(...l);\n"
		spread += fmt.Sprintf("o = { ...o, a%d: o, ...o };\n", i)
	}
	calls += "function f60() {}\n"
	many := calls
	for i := range 3 {
		many += fmt.Sprintf("export async function a%d() { 'use server'; f0(1); }\n", i)
	}
	branches := ""
	for i := range 3000 {
		branches += fmt.Sprintf("if (x%d) { y = x%d; } else { y = { y }; }\n", i, i)
	}
	table := "const t = {" + numbered("%s:1,", 70_000) + "};\n"
	const get = "export async function GET(request) {\n"
	return map[string]attack{
		"exponential calls":   {route(calls + get + "f0(request); }"), ""},
		"exponential actions": {map[string]string{"lib/actions.ts": many, "head:lib/actions.ts": strings.Replace(many, "function f60() {}", "function f60() { f0(); }", 1)}, "the call leads to more code than can be evaluated"},
		"a text that doubles": {route(get + doubled + "return new Response(s); }"), ""},
		"a list that doubles": {route(get + lists + "return new Response(l); }"), ""},
		"an object of itself": {route(get + spread + "return new Response(o); }"), ""},
		"3,000 branches":      {route(get + "let y;\n" + branches + "return new Response(y); }"), ""},
		"a table of 70,000":   {route(table + get + strings.Repeat("t.x = { ...t };\n", 2000) + "return new Response(t); }"), ""},
	}
}

// paths are names of files that lead elsewhere, or clash.
func paths() map[string]attack {
	const plain = "export async function GET() { return new Response('x'); }\n"
	odd := map[string]string{}
	for _, p := range []string{
		"app/api/../../../etc/route.ts", "../outside.ts", "/etc/passwd.ts", "app", "app/api", "lib/prisma.ts/index.ts", "a/node_modules/b.ts",
		"app/api/[[[/route.ts", "app/api/[...x/route.ts", "app/api/\u202e/route.ts", "app/api/\xff/route.ts", "app/api/a\nb/route.ts",
		"App/Api/victim/Route.ts", "app/api/victim/route.js", strings.Repeat("a/", 2000) + "route.ts", "app/" + strings.Repeat("[a]/", 900) + "route.ts",
	} {
		odd[p], odd["head:"+p] = plain, plain+"// changed\n"
	}
	return map[string]attack{"odd paths": {odd, ""}}
}
