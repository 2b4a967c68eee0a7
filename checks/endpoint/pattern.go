package endpoint

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2"
)

// Bounds on patterns, which a repository under review chooses. Next.js itself
// refuses a matcher of more than 4,096 characters.
const (
	maxPattern  = 4096
	maxSubject  = 2048
	patternTime = 50 * time.Millisecond
)

var errSlow = errors.New("the pattern takes too long to match")

// Pattern is a compiled test of texts, most of them URL paths. It is safe for
// concurrent use.
type Pattern struct {
	re   *regexp2.Regexp
	slow atomic.Bool // it ran into the time limit once, and isn't tried again
}

// Match reports whether the pattern matches somewhere in the text. An error
// means that this took too long, or that the text is over 2,048 bytes.
func (p *Pattern) Match(text string) (bool, error) {
	if len(text) > maxSubject {
		return false, fmt.Errorf("a text of %d bytes is too long to match", len(text))
	}
	if p.slow.Load() {
		return false, errSlow
	}
	ok, err := p.re.MatchString(text)
	if err != nil {
		p.slow.Store(true)
		return false, errSlow
	}
	return ok, nil
}

// Replace replaces the first match, or with all every one, by a replacement in
// which $1 stands for a group. Its errors are those of Match.
func (p *Pattern) Replace(text, by string, all bool) (string, error) {
	if ok, err := p.Match(text); !ok {
		return text, err
	}
	count := 1
	if all {
		count = -1
	}
	out, err := p.re.Replace(text, by, -1, count)
	if err != nil {
		p.slow.Store(true)
		return "", errSlow
	}
	return out, nil
}

// CompileRegexp compiles a JavaScript regular expression: its source without
// slashes, and its flags, of which i, m and s count.
func CompileRegexp(source, flags string) (p *Pattern, err error) {
	if len(source) > maxPattern {
		return nil, fmt.Errorf("a pattern of %d bytes is too long", len(source))
	}
	// The compiler is not ours, the pattern is hostile: a crash must end here.
	defer func() {
		if recover() != nil {
			p, err = nil, errors.New("the pattern can't be compiled")
		}
	}()
	options := regexp2.RegexOptions(regexp2.ECMAScript)
	for flag, option := range map[string]regexp2.RegexOptions{
		"i": regexp2.IgnoreCase, "m": regexp2.Multiline, "s": regexp2.Singleline,
	} {
		if strings.Contains(flags, flag) {
			options |= option
		}
	}
	re, err := regexp2.Compile(source, options)
	if err != nil {
		return nil, fmt.Errorf("%q is no regular expression", source)
	}
	re.MatchTimeout = patternTime
	return &Pattern{re: re}, nil
}

// CompilePath compiles a path with parameters and groups, such as
// `/docs/:path*` or `/((?!api).*)`, in the language of path-to-regexp 6, which
// Next.js and Clerk use: https://github.com/pillarjs/path-to-regexp/tree/v6.3.0.
// It matches whole paths, with or without a slash at the end; Fold leaves their
// case open.
func CompilePath(source string, fold bool) (*Pattern, error) {
	if len(source) > maxPattern {
		return nil, fmt.Errorf("a pattern of %d bytes is too long", len(source))
	}
	r := &pathReader{text: source}
	if err := r.read(); err != nil {
		return nil, fmt.Errorf("path pattern %q: %w", source, err)
	}
	flags := ""
	if fold {
		flags = "i"
	}
	return CompileRegexp(`^`+r.out.String()+`[\/#\?]?$`, flags)
}

// segment is what a parameter without a pattern of its own matches.
const segment = `[^\/#\?]+?`

// pathReader translates a path to a regular expression.
type pathReader struct {
	text string
	at   int
	out  strings.Builder
}

func (r *pathReader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *pathReader) read() error {
	for r.at < len(r.text) {
		switch c := r.peek(); c {
		case '{':
			if err := r.braces(); err != nil {
				return err
			}
		case ':', '(':
			if err := r.parameter(""); err != nil {
				return err
			}
		case '}', '*', '+', '?':
			return fmt.Errorf("unexpected %q at byte %d", c, r.at)
		default:
			text := r.literal()
			// A slash or a dot before a parameter goes with it: `/:path*` may be
			// missing as a whole.
			if next := r.peek(); (text == "/" || text == ".") && (next == ':' || next == '(') {
				if err := r.parameter(text); err != nil {
					return err
				}
				continue
			}
			r.out.WriteString(quote(text))
		}
	}
	return nil
}

// literal takes one character, or what a backslash protects.
func (r *pathReader) literal() string {
	if r.peek() == '\\' && r.at+1 < len(r.text) {
		r.at++
	}
	start := r.at
	r.at++
	for r.at < len(r.text) && r.text[r.at]&0xC0 == 0x80 { // the rest of a UTF-8 character
		r.at++
	}
	return r.text[start:r.at]
}

// parameter reads `:name`, `(pattern)` or both, with a modifier.
func (r *pathReader) parameter(prefix string) error {
	pattern, _, err := r.matched()
	if err != nil {
		return err
	}
	r.emit(prefix, pattern, "", r.modifier())
	return nil
}

// matched reads a name, a pattern or both; there is false when it finds neither.
func (r *pathReader) matched() (pattern string, there bool, err error) {
	if r.peek() == ':' {
		r.at++
		start := r.at
		for isNameByte(r.peek()) {
			r.at++
		}
		if r.at == start {
			return "", false, fmt.Errorf("a parameter without name at byte %d", start)
		}
		pattern, there = segment, true
	}
	if r.peek() == '(' {
		group, err := r.group()
		return group, true, err
	}
	return pattern, there, nil
}

func isNameByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

// group reads a pattern in parentheses, which must not capture.
func (r *pathReader) group() (string, error) {
	start := r.at + 1
	depth := 0
	for ; r.at < len(r.text); r.at++ {
		switch r.text[r.at] {
		case '\\':
			r.at++
		case '(':
			depth++
			if depth > 1 && !strings.HasPrefix(r.text[r.at:], "(?") {
				return "", fmt.Errorf("a capturing group at byte %d", r.at)
			}
		case ')':
			if depth--; depth > 0 {
				continue
			}
			group := r.text[start:r.at]
			r.at++
			if group == "" || group[0] == '?' {
				return "", fmt.Errorf("no pattern in the parentheses at byte %d", start-1)
			}
			return group, nil
		}
	}
	return "", fmt.Errorf("no end of the parentheses at byte %d", start-1)
}

// braces reads `{prefix:name(pattern)suffix}` with a modifier.
func (r *pathReader) braces() error {
	r.at++
	prefix := r.plain()
	pattern, _, err := r.matched()
	if err != nil {
		return err
	}
	suffix := r.plain()
	if r.peek() != '}' {
		return fmt.Errorf("no end of the braces before byte %d", r.at)
	}
	r.at++
	r.emit(prefix, pattern, suffix, r.modifier())
	return nil
}

// plain reads text without parameters.
func (r *pathReader) plain() string {
	var out strings.Builder
	for r.at < len(r.text) && !strings.ContainsRune(":({})*+?", rune(r.peek())) {
		out.WriteString(r.literal())
	}
	return out.String()
}

func (r *pathReader) modifier() string {
	switch c := r.peek(); c {
	case '*', '+', '?':
		r.at++
		return string(c)
	}
	return ""
}

// emit writes what a parameter matches. One that repeats has its prefix and
// suffix between its parts: `/:path*` matches /a/b.
func (r *pathReader) emit(prefix, pattern, suffix, modifier string) {
	p, s := quote(prefix), quote(suffix)
	switch {
	case pattern == "":
		fmt.Fprintf(&r.out, "(?:%s%s)%s", p, s, modifier)
	case prefix == "" && suffix == "":
		fmt.Fprintf(&r.out, "(%s)%s", pattern, modifier)
	case modifier == "*" || modifier == "+":
		fmt.Fprintf(&r.out, "(?:%s((?:%s)(?:%s%s(?:%s))*)%s)", p, pattern, s, p, pattern, s)
		if modifier == "*" {
			r.out.WriteByte('?')
		}
	default:
		fmt.Fprintf(&r.out, "(?:%s(%s)%s)%s", p, pattern, s, modifier)
	}
}

// quote protects a text in a regular expression.
func quote(text string) string {
	var out strings.Builder
	for _, c := range text {
		if strings.ContainsRune(`.+*?=^!:${}()[]|/\`, c) {
			out.WriteByte('\\')
		}
		out.WriteRune(c)
	}
	return out.String()
}
