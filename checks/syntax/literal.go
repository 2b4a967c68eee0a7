package syntax

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

func (l *lowerer) literal(i int32) Expr {
	span := l.span(i)
	switch l.kind(i) {
	case kString:
		return &Literal{span, String, l.stringValue(i)}
	case kNumber:
		text := l.source(i)
		if strings.HasSuffix(text, "n") {
			return &Literal{span, BigInt, text}
		}
		return &Literal{span, Number, text}
	case kRegex:
		return &Literal{span, Regex, l.source(i)}
	case kNull:
		return &Literal{span, Null, "null"}
	}
	return &Literal{span, Bool, l.source(i)}
}

// stringValue returns the cooked text of a quoted string.
func (l *lowerer) stringValue(i int32) string { return cook(l.unquoted(i)) }

// unquoted returns what is written between the quotes of a string.
func (l *lowerer) unquoted(i int32) string {
	s := l.source(i)
	if len(s) < 2 {
		return ""
	}
	return s[1 : len(s)-1]
}

// plainTemplate lowers an untagged template literal: to a string when nothing is
// substituted.
func (l *lowerer) plainTemplate(i int32) Expr {
	t := l.template(i, nil)
	if len(t.Exprs) == 0 {
		return &Literal{t.Span, String, t.Strings[0]}
	}
	return t
}

func (l *lowerer) template(i int32, tag Expr) *Template {
	t := &Template{Span: l.span(i), Tag: tag}
	if t.End < t.Start+2 {
		t.Strings = []string{""}
		return t
	}
	from := t.Start + 1
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if l.kind(c) != kSubstitution {
			continue
		}
		t.Strings = append(t.Strings, l.chars(from, l.nodes[c].start))
		t.Exprs = append(t.Exprs, l.exprAt(c, 0))
		from = l.nodes[c].end
	}
	t.Strings = append(t.Strings, l.chars(from, t.End-1))
	return t
}

// chars cooks the text of a template between two offsets, where a line break of
// any kind is a line feed.
func (l *lowerer) chars(from, to uint32) string {
	if from >= to {
		return ""
	}
	s := string(l.text[from:to])
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return cook(s)
}

// cook resolves the escape sequences of a string, a template or an identifier
// (https://tc39.es/ecma262/#sec-literals-string-literals). An escape that is not
// well formed stays as it is written.
func cook(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var out strings.Builder
	for s != "" {
		at := strings.IndexByte(s, '\\')
		if at < 0 || at == len(s)-1 {
			break
		}
		out.WriteString(s[:at])
		s = s[at+1:]
		s = s[escape(&out, s):]
	}
	out.WriteString(s)
	return out.String()
}

// escape writes what the sequence behind a backslash stands for and returns the
// sequence's length.
func escape(out *strings.Builder, s string) int {
	switch c := s[0]; c {
	case 'n', 't', 'r', 'b', 'f', 'v':
		out.WriteByte("\n\t\r\b\f\v"[strings.IndexByte("ntrbfv", c)])
		return 1
	case '\n':
		return 1
	case '\r':
		if strings.HasPrefix(s, "\r\n") {
			return 2
		}
		return 1
	case 'x', 'u':
		r, n := codePoint(s)
		if n == 0 {
			out.WriteString(`\`)
			return 0
		}
		out.WriteRune(r)
		return n
	}
	if n := octal(s); n > 0 {
		v, _ := strconv.ParseUint(s[:n], 8, 8)
		out.WriteRune(rune(v))
		return n
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == '\u2028' || r == '\u2029' {
		return n
	}
	out.WriteString(s[:n])
	return n
}

// octal returns the length of a legacy octal escape, `\0` included.
func octal(s string) int {
	n := 0
	for n < len(s) && n < 3 && s[n] >= '0' && s[n] <= '7' {
		n++
	}
	if n == 3 && s[0] > '3' {
		return 2
	}
	return n
}

// codePoint reads `xHH`, `uHHHH`, `u{H…}` and surrogate pairs; the length is 0
// when the sequence is malformed.
func codePoint(s string) (rune, int) {
	if s[0] == 'x' {
		return hex(s, 1, 3)
	}
	if strings.HasPrefix(s, "u{") {
		end := strings.IndexByte(s, '}')
		if end < 0 || end > 10 {
			return 0, 0
		}
		r, n := hex(s, 2, end)
		if n == 0 || r > utf8.MaxRune {
			return 0, 0
		}
		return r, end + 1
	}
	r, n := hex(s, 1, 5)
	if n > 0 && utf16.IsSurrogate(r) && strings.HasPrefix(s[n:], `\u`) {
		if low, m := hex(s[n+1:], 1, 5); m > 0 {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, n + 1 + m
			}
		}
	}
	return r, n
}

// hex reads the hexadecimal digits s[from:to]; n is to, or 0 when they are not
// all there.
func hex(s string, from, to int) (r rune, n int) {
	if len(s) < to || from >= to {
		return 0, 0
	}
	v, err := strconv.ParseUint(s[from:to], 16, 32)
	if err != nil || v > utf8.MaxRune {
		return 0, 0
	}
	return rune(v), to
}
