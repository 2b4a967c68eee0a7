package module

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxSpecifier bounds an import specifier in bytes. A path in a git tree is
// shorter than 4096, and so is what leads to it.
const maxSpecifier = 4096

// scanImports returns the specifiers that a text imports, re-exports or
// requires, each once, in order of appearance. It reads the text without
// parsing it: it may return what stands in a comment or a string, but misses
// no import whose specifier is a literal.
func scanImports(text []byte) []string {
	var specs []string
	seen := map[string]bool{}
	for _, word := range []string{"from", "import", "require"} {
		for rest := text; ; {
			i := bytes.Index(rest, []byte(word))
			if i < 0 {
				break
			}
			rest = rest[i+len(word):]
			spec, ok := specifierAfter(rest, word != "from")
			if ok && !seen[spec] {
				seen[spec] = true
				specs = append(specs, spec)
			}
		}
	}
	return specs
}

// specifierAfter reads the string that follows an import keyword, behind an
// open parenthesis where call says that there may be one.
func specifierAfter(text []byte, call bool) (string, bool) {
	text = skipBlank(text)
	called := call && len(text) > 0 && text[0] == '('
	if called {
		text = skipBlank(text[1:])
	}
	if len(text) == 0 {
		return "", false
	}
	quote := text[0]
	if quote != '"' && quote != '\'' && (quote != '`' || !called) {
		return "", false
	}
	return readString(text[1:min(len(text), maxSpecifier)], quote)
}

// skipBlank drops white space and comments at the start of a text.
func skipBlank(text []byte) []byte {
	for {
		text = bytes.TrimLeft(text, " \t\r\n\v\f\u00a0\ufeff\u2028\u2029")
		switch {
		case bytes.HasPrefix(text, []byte("/*")):
			end := bytes.Index(text, []byte("*/"))
			if end < 0 {
				return nil
			}
			text = text[end+2:]
		case bytes.HasPrefix(text, []byte("//")):
			end := bytes.IndexAny(text, "\n\r")
			if end < 0 {
				return nil
			}
			text = text[end:]
		default:
			return text
		}
	}
}

// readString reads a string up to its closing quote and resolves its escapes,
// so that no spelling hides a specifier. A template with a substitution, and
// what has no end, is no specifier.
func readString(text []byte, quote byte) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == quote:
			return b.String(), b.Len() > 0
		case c == '\n' && quote != '`', c == '$' && quote == '`' && bytes.HasPrefix(text[i:], []byte("${")):
			return "", false
		case c == '\\' && i+1 < len(text):
			cooked, n := readEscape(text[i+1:])
			b.WriteString(cooked)
			i += 1 + n
		default:
			b.WriteByte(c)
			i++
		}
	}
	return "", false
}

// readEscape reads what follows a backslash in a string, as ECMAScript defines
// it (12.9.4), and returns how many bytes it took.
func readEscape(text []byte) (cooked string, n int) {
	digits, n := "", 1
	switch c := text[0]; c {
	case 'n':
		return "\n", 1
	case 't':
		return "\t", 1
	case 'r':
		return "\r", 1
	case '\n':
		return "", 1
	case 'x':
		digits, n = hexDigits(text[1:], 2), 3
	case 'u':
		if len(text) > 1 && text[1] == '{' {
			digits = hexDigits(text[2:], bytes.IndexByte(text, '}')-2)
			n = len(digits) + 3
		} else {
			digits, n = hexDigits(text[1:], 4), 5
		}
	default:
		_, size := utf8.DecodeRune(text)
		return string(text[:size]), size
	}
	code, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || code > utf8.MaxRune {
		return string(text[:1]), 1
	}
	return string(rune(code)), n
}

// hexDigits returns the first n bytes of a text, empty when there are fewer.
func hexDigits(text []byte, n int) string {
	if n < 1 || n > 8 || n > len(text) {
		return ""
	}
	return string(text[:n])
}
