package syntax

import "testing"

func TestCook(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ in, want string }{
		{`plain`, "plain"},
		{`a\nb\t\r\b\f\v\0`, "a\nb\t\r\b\f\v\x00"},
		{`\'\"\\\a`, `'"\a`},
		{`\x41\u0042\u{43}\u{1F600}`, "ABC\U0001F600"},
		{`\ud83d\ude00`, "\U0001F600"},
		{`\101\7\400`, "A\a 0"},
		{"a\\\nb\\\r\nc", "abc"},
		{"a\\\u2028b", "ab"},
		{`\xZZ\u12\u{}\u{110000}\u{1`, `\xZZ\u12\u{}\u{110000}\u{1`},
		{`end\`, `end\`},
		{`\é`, "é"},
	} {
		if got := cook(row.in); got != row.want {
			t.Errorf("cook(%q) = %q, want %q", row.in, got, row.want)
		}
	}
}

func TestNamesAreCooked(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "a.ts", `\u0061uth(o.\u{62})`)
	if got, want := dumpStmts(f.Body), `(call callee:auth args:[(member x:o b)])`; got != want {
		t.Errorf("lowered to %s, want %s", got, want)
	}
}

func TestTemplateLineBreaks(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "a.ts", "`a\r\nb${c}\r`")
	if got, want := dumpStmts(f.Body), `(template strings:["a\nb" "\n"] exprs:[c])`; got != want {
		t.Errorf("lowered to %s, want %s", got, want)
	}
}

func TestDirectives(t *testing.T) {
	t.Parallel()
	f := mustParse(t, "a.ts", "// c\n'use client'; \"use \\x73erver\"\nconst a = async () => { 'use cache'; b('use no') }\n'late'")
	if got, want := dump(f.Directives), `["use client" "use server"]`; got != want {
		t.Errorf("directives of the file: %s, want %s", got, want)
	}
	want := `(vardecl const decls:[(declarator target:a init:(func body:{(call callee:b args:["use no"])} async arrow directives:["use cache"]))]) "late"`
	if got := dumpStmts(f.Body); got != want {
		t.Errorf("lowered to %s, want %s", got, want)
	}
	if f := mustParse(t, "a.ts", `("use server")`); len(f.Directives) > 0 {
		t.Errorf("a parenthesised string is no directive, got %q", f.Directives)
	}
}
