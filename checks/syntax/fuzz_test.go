package syntax

import "testing"

// FuzzParse holds what must be true of any text: no panic, spans that lie in the
// text, children that lie in their parents, a walk that ends.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		walked,
		"export async function POST() { foo(a, }",
		"export type * from 'x'; for (await using a of b) {}; let c: import('d').E<F>",
		"<p>a & b // c</p>",
		"`${`${'\\u{41}'}`}`",
		"class A { @b static async *[c]<T>(d?: E) {} #f",
		"\xef\xbb\xbf#!x\r\n'use server'\r\nmodule.exports = { a, b: c }",
		"enum A { B = -1, C, 'D' } export = A",
		"({ a = 1, ...b } = c)",
		"a?.<T>(b)!.c<d>`e`",
		"<a.b c={...d} {e} />",
		"\x00\xff<!--",
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, jsx bool) {
		path := "a.ts"
		if jsx {
			path = "a.tsx"
		}
		file, err := Parse(path, []byte(text))
		if err != nil {
			return
		}
		whole := Span{0, uint32(len(text))}
		for _, e := range file.Errors {
			checkInside(t, "error", e, whole)
		}
		for _, s := range file.Body {
			checkTree(t, s, whole)
		}
	})
}

func checkTree(t *testing.T, root Node, whole Span) {
	checkInside(t, "statement", root.Pos(), whole)
	Walk(root, func(n Node) bool {
		var below children
		below.addBelow(n)
		for _, c := range below {
			checkInside(t, "child", c.Pos(), n.Pos())
		}
		return true
	})
}

func checkInside(t *testing.T, what string, inner, outer Span) {
	if inner.Start > inner.End || inner.Start < outer.Start || inner.End > outer.End {
		t.Errorf("%s at %v is not inside %v", what, inner, outer)
	}
}
