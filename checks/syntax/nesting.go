package syntax

import (
	"bytes"
	"fmt"
)

// Limits on the text itself, checked before C sees it: tree-sitter's parser
// recurses on the C stack and a stack that overflows there cannot be recovered
// from. Measured with tree-sitter 0.22 on Linux, whose threads have 8 MB.
const (
	// maxBrackets bounds the nesting of brackets and template substitutions.
	maxBrackets = 2_000
	// maxAngles bounds the `<` that are open at one place. The grammar keeps all
	// readings of `a<b,a<b,…` alive; the time is cubic in their number and the
	// parser does not look at its clock meanwhile.
	maxAngles = 500
	// maxOpeners bounds the opening brackets of a file, nested or not, with the
	// templates and the conditions, which nest without brackets. It holds
	// whatever a regular expression or a quote in JSX made of the count of the
	// nesting: the parser crashes when it releases some 87,000 nested readings,
	// which need a bracket each. Hand-written code has one in 25 bytes.
	maxOpeners = 70_000
)

// nesting scans text for its brackets. It knows strings, templates and comments,
// and takes regular expressions and JSX text for code, which can mislead it to
// the end of a line.
type nesting struct {
	text     []byte
	levels   []level
	angles   int // `<` open here and in the levels around
	openers  int
	unclosed bool // a `/*` was met that nothing closes: no later one is a comment
}

type level struct {
	template bool // a `${` substitution: its end continues the template
	angles   int  // what was open when the level began
}

// checkNesting reports text that is nested too deeply to be given to the parser.
func checkNesting(text []byte) error {
	n := nesting{text: text}
	for i := 0; i < len(text); {
		i = n.step(i)
		switch {
		case len(n.levels) > maxBrackets:
			return fmt.Errorf("%w: brackets are nested more than %d levels deep", ErrTooComplex, maxBrackets)
		case n.angles > maxAngles:
			return fmt.Errorf("%w: more than %d angle brackets are open at once", ErrTooComplex, maxAngles)
		case n.openers > maxOpeners:
			return fmt.Errorf("%w: more than %d brackets", ErrTooComplex, maxOpeners)
		}
	}
	return nil
}

// step reads one token at i and returns where the next begins.
func (n *nesting) step(i int) int {
	switch c := n.text[i]; c {
	case '(', '[', '{':
		n.open(false)
	case ')', ']', '}':
		if n.close() {
			return n.template(i + 1)
		}
	case '<':
		n.angles++
		n.openers++
	case '>':
		if n.angles > n.base() && (i == 0 || n.text[i-1] != '=') {
			n.angles--
		}
	case ';':
		n.angles = n.base()
	case '"', '\'':
		return n.quoted(i+1, c)
	case '`':
		n.openers++
		return n.template(i + 1)
	case '?':
		n.openers++
	case '/':
		return n.slash(i)
	}
	return i + 1
}

func (n *nesting) open(template bool) {
	n.levels = append(n.levels, level{template, n.angles})
	n.openers++
}

// close leaves a level and reports whether a template goes on behind it.
func (n *nesting) close() bool {
	if len(n.levels) == 0 {
		return false
	}
	last := n.levels[len(n.levels)-1]
	n.levels = n.levels[:len(n.levels)-1]
	n.angles = last.angles
	return last.template
}

// base is the number of `<` that were open when the present level began.
func (n *nesting) base() int {
	if len(n.levels) == 0 {
		return 0
	}
	return n.levels[len(n.levels)-1].angles
}

// quoted skips a string up to its quote or, since it may be an apostrophe in
// JSX text, the end of the line.
func (n *nesting) quoted(i int, quote byte) int {
	for ; i < len(n.text); i++ {
		switch n.text[i] {
		case '\\':
			i++
		case quote, '\n':
			return i + 1
		}
	}
	return i
}

// template skips the characters of a template literal up to its end or its next
// substitution.
func (n *nesting) template(i int) int {
	for ; i < len(n.text); i++ {
		switch n.text[i] {
		case '\\':
			i++
		case '`':
			return i + 1
		case '$':
			if i+1 < len(n.text) && n.text[i+1] == '{' {
				n.open(true)
				return i + 2
			}
		}
	}
	return i
}

// slash skips a comment. A `/*` that nothing closes is part of something else.
func (n *nesting) slash(i int) int {
	rest := n.text[i:]
	switch {
	case bytes.HasPrefix(rest, []byte("//")):
		if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			return i + end
		}
		return len(n.text)
	case bytes.HasPrefix(rest, []byte("/*")) && !n.unclosed:
		if end := bytes.Index(rest[2:], []byte("*/")); end >= 0 {
			return i + 2 + end + 2
		}
		n.unclosed = true
	}
	return i + 1
}
