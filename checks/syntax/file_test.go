package syntax

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestSpans(t *testing.T) {
	t.Parallel()
	const text = "\uFEFFimport a from 'b'\r\nexport const c = (await d?.e(f)) as G\r\n@h export class I { async j() {} }\r\n"
	f := mustParse(t, "a.ts", text)
	want := map[string]string{
		"*syntax.Import":      "import a from 'b'",
		"*syntax.Await":       "await d?.e(f)",
		"*syntax.Call":        "d?.e(f)",
		"*syntax.Member":      "d?.e",
		"*syntax.Class":       "@h export class I { async j() {} }",
		"*syntax.Func":        "async j() {}",
		"*syntax.NamePattern": "c",
	}
	seen := map[string]string{}
	for _, s := range f.Body {
		Walk(s, func(n Node) bool {
			seen[fmt.Sprintf("%T", n)] = f.Source(n.Pos())
			if fn, ok := n.(*Func); ok && f.Source(fn.NameSpan) != "j" {
				t.Errorf("the method's name span is %q", f.Source(fn.NameSpan))
			}
			if m, ok := n.(*Member); ok && f.Source(m.NameSpan) != "e" {
				t.Errorf("the member's name span is %q", f.Source(m.NameSpan))
			}
			return true
		})
	}
	for kind, source := range want {
		if seen[kind] != source {
			t.Errorf("%s spans %q, want %q", kind, seen[kind], source)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "a.ts", "a\r\n\nb(\n c)\n")
	for offset, want := range map[uint32]int{0: 1, 2: 1, 3: 2, 4: 3, 7: 4, 10: 4, 11: 5} {
		if got := f.Line(offset); got != want {
			t.Errorf("Line(%d) = %d, want %d", offset, got, want)
		}
	}
	call := f.Body[1].Pos()
	if first, last := f.Lines(call); first != 3 || last != 4 {
		t.Errorf("Lines(%q) = %d, %d, want 3, 4", f.Source(call), first, last)
	}
	if first, last := f.Lines(Span{4, 4}); first != 3 || last != 3 {
		t.Errorf("Lines of an empty span = %d, %d, want 3, 3", first, last)
	}
}

// An error must cost no more than the declaration that holds it.
func TestErrorsAreLocal(t *testing.T) {
	t.Parallel()
	const before = "import { auth } from 'a'\nexport async function GET() { return auth() }\n"
	const after = "\nexport async function DELETE() { return auth() }\n"
	for _, broken := range []string{
		"export async function POST() { const x = ; return y }",
		"export async function POST() { foo(a, }",
		"export async function POST() { if (a { b } return c }",
		"export async function POST() {\n<<<<<<< HEAD\n a()\n=======\n b()\n>>>>>>> x\n}",
		"export async function POST() { return c }}",
		"const x = `abc",
		"const x = a b c",
		"const x: = 1",
		"/* never closed",
		"foo..bar()",
		"if (x) else y",
		"class A { x = ; f() {} }",
		")",
		"x(a & )",
	} {
		for _, path := range []string{"a.ts", "a.tsx"} {
			f := mustParse(t, path, before+broken+after)
			if len(f.Errors) == 0 {
				t.Errorf("%s: %q: no error is listed", path, broken)
			}
			for name, wantSound := range map[string]bool{"GET": true, "DELETE": true, "POST": false} {
				s := exported(f, name)
				if s == nil && wantSound {
					t.Errorf("%s: %q: %s is lost", path, broken, name)
				}
				if s != nil && f.Broken(s.Pos()) == wantSound {
					t.Errorf("%s: %q: Broken(%s) = %t", path, broken, name, wantSound)
				}
			}
		}
	}
}

func exported(f *File, name string) Stmt {
	for _, s := range f.Body {
		if e, ok := s.(*ExportDecl); ok {
			if fn, ok := e.Decl.(*FuncDecl); ok && fn.Func.Name == name {
				return s
			}
		}
	}
	return nil
}

func TestErrorsBecomeBadNodes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a; ) b":       `a (badstmt) b`,
		"f(a, =, b)":   `(call callee:f args:[a (badexpr) b])`,
		"[a, =]":       `(array elems:[a (badexpr)])`,
		"with (a) b()": `(badstmt)`,
	} {
		f := mustParse(t, "a.js", text)
		if got := dumpStmts(f.Body); got != want {
			t.Errorf("%q lowered to %s, want %s", text, got, want)
		}
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	f := &File{Errors: merge([]Span{{30, 30}, {10, 20}, {15, 18}, {20, 22}})}
	if want := (Span{10, 22}); len(f.Errors) != 2 || f.Errors[0] != want {
		t.Fatalf("merged errors are %v", f.Errors)
	}
	for span, want := range map[Span]bool{
		{0, 9}: false, {0, 10}: true, {12, 13}: true, {22, 25}: true, {23, 29}: false,
		{23, 30}: true, {30, 31}: true, {31, 40}: false, {0, 100}: true,
	} {
		if got := f.Broken(span); got != want {
			t.Errorf("Broken(%v) = %t, want %t", span, got, want)
		}
	}
}

// Deep and endless text must end in an error or a tree, soon, and never in a
// crash: C overflows its stack on some of these when they reach it.
func TestLimits(t *testing.T) {
	t.Parallel()
	nested := func(open, middle, end string, n int) string {
		return strings.Repeat(open, n) + middle + strings.Repeat(end, n)
	}
	for _, row := range []struct {
		name, text string
		refused    bool
	}{
		{"parentheses", nested("(", "a", ")", 10_000), true},
		{"parentheses, few", nested("(", "a", ")", 1_000), false},
		{"brackets that nothing closes", strings.Repeat("[{(", 100_000), true},
		{"generic calls that nothing closes", strings.Repeat("a<b,", 100_000), true},
		{"arrow functions that nothing closes", strings.Repeat("<T>(", 100_000), true},
		{"patterns that nothing closes", strings.Repeat("({a}={", 100_000), true},
		{"openers behind a misleading quote", strings.Repeat("({a}={/'/})\n", 50_000), true},
		{"templates", nested("`${", "a", "}`", 10_000), true},
		{"elements", nested("<a>", "", "</a>", 10_000), true},
		{"sums, short", strings.Repeat("a+", 3_000) + "a", false},
		{"sums", strings.Repeat("a+", 10_000) + "a", true},
		{"members, short", strings.Repeat("a.", 3_000) + "a", false},
		{"members", strings.Repeat("a.", 10_000) + "a", true},
		{"negations", strings.Repeat("!", 10_000) + "a", true},
		{"else if", strings.Repeat("if (a) b; else ", 5_000) + "c", true},
		{"comments that nothing closes", strings.Repeat("/* ", 2_000), false},
		{"statements", strings.Repeat("a;", 50_000), false},
		{"tokens", strings.Repeat("a,", 400_000) + "a", true},
		{"sound code", strings.Repeat("if (a < b) { f(<T>(c), `${d[0]}`) }\n", 2_000), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("a.tsx", []byte(row.text))
			if refused := errors.Is(err, ErrTooComplex); refused != row.refused {
				t.Errorf("error %v, want one that wraps ErrTooComplex: %t", err, row.refused)
			}
		})
	}
}

func TestOddBytes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", "\uFEFF", "\x00", "a\x00b", "\xff\xfe", "a \xc3 b", "// only a comment", "'", "`", "\\u"} {
		if _, err := Parse("a.ts", []byte(text)); err != nil {
			t.Errorf("Parse(%q): %v", text, err)
		}
	}
}
