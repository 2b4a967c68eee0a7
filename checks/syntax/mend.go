package syntax

import (
	"bytes"
	"regexp"
	"sort"
)

// The grammar is older than some TypeScript, and stricter than JSX. Where that
// makes it fail on valid code, the part that it does not know is overwritten,
// length for length, in a copy that only the parser sees, and parsed again. None
// of these parts means anything at run time. What is overwritten must lie at a
// syntax error, and the new tree must have fewer: sound code is never touched.

// Bounds on parsing a file again: how often its errors are mended, and how many
// bytes are parsed for it in all.
const (
	maxMends     = 3
	maxMendBytes = 1 << 20
)

// edit overwrites a span.
type edit struct {
	at Span
	overwrite
}

// overwrite is how a form's text is replaced.
type overwrite struct {
	fill  byte   // what each byte but a line break becomes
	with  string // instead of fill
	place place
}

// place is where an edit must have ended up in the new tree to be sound.
type place uint8

const (
	anywhere  place = iota
	inJSXText       // JSX text, or a string that is a JSX attribute's value
	inType
)

// form is valid code that the grammar refuses; the first group of find is
// overwritten.
type form struct {
	find *regexp.Regexp
	overwrite
}

var forms = []form{
	// A type-only re-export of everything.
	{find: regexp.MustCompile(`(export\s+type\s+\*(?:\s+as\s+[\w$]+)?\s+from\s*(?:"[^"\n]*"|'[^'\n]*'))`), overwrite: overwrite{fill: ' '}},
	// Import attributes of a re-export, and their older spelling.
	{find: regexp.MustCompile(`from\s*(?:"[^"\n]*"|'[^'\n]*')\s*((?:with|assert)\s*\{[^{}]*\})`), overwrite: overwrite{fill: ' '}},
	// Import phases.
	{find: regexp.MustCompile(`import\s+(defer)\s+\*\s`), overwrite: overwrite{fill: ' '}},
	{find: regexp.MustCompile(`import\s+(source)\s+[\w$]+\s+from\s`), overwrite: overwrite{fill: ' '}},
	// Variance annotations of type parameters.
	{find: regexp.MustCompile(`[<,]\s*(in\s+out|in|out)\s+[A-Za-z_$]`), overwrite: overwrite{fill: ' '}},
	// `for (using x of y)`: declared like a constant.
	{find: regexp.MustCompile(`for\s*(?:await\s*)?\(\s*(?:await\s+)?(using)\s+[\w$]+\s+of\s`), overwrite: overwrite{with: "const"}},
	{find: regexp.MustCompile(`for\s*(?:await\s*)?\(\s*(await\s+)using\s+[\w$]+\s+of\s`), overwrite: overwrite{fill: ' '}},
	// A `using` with a type.
	{find: regexp.MustCompile(`\b(using)\s+[\w$]+\s*:`), overwrite: overwrite{with: "const"}},
	{find: regexp.MustCompile(`\b(await\s+)using\s+[\w$]+\s*:`), overwrite: overwrite{fill: ' '}},
	// Import types, which the grammar reads as calls and knows in few places.
	{find: regexp.MustCompile(`(import\(\s*(?:"[^"\n]*"|'[^'\n]*')\s*\)(?:\s*\.\s*[\w$]+)*)`), overwrite: overwrite{fill: 'T', place: inType}},
	// What JSX text and attributes may hold: a bare ampersand, and what would
	// begin a comment elsewhere.
	{find: regexp.MustCompile(`(&|//|/\*|<!--)`), overwrite: overwrite{fill: 'x', place: inJSXText}},
}

// mend returns the tree of the text with the forms that the grammar refuses
// overwritten; it is the given tree when there is nothing to gain.
func mend(p parse, tree *concrete) *concrete {
	parsed := 0
	for range maxMends {
		if parsed += 2 * len(p.text); len(tree.errors) == 0 || parsed > maxMendBytes {
			return tree
		}
		edits := findEdits(p.text, lines(p.text, tree.errors))
		patched, better := tryEdits(p, edits)
		if kept := placed(better, edits); len(kept) < len(edits) {
			edits = kept
			patched, better = tryEdits(p, edits)
		}
		if better == nil || cost(better.errors) >= cost(tree.errors) || len(placed(better, edits)) < len(edits) {
			return tree
		}
		p.text, tree = patched, better
	}
	return tree
}

// tryEdits parses the text with the edits. There is no tree when there are no
// edits or a limit is exceeded.
func tryEdits(p parse, edits []edit) ([]byte, *concrete) {
	if len(edits) == 0 {
		return nil, nil
	}
	patched := bytes.Clone(p.text)
	for _, e := range edits {
		part := patched[e.at.Start:e.at.End]
		if copy(part, e.with) > 0 {
			continue
		}
		for i, b := range part {
			if b != '\n' && b != '\r' {
				part[i] = e.fill
			}
		}
	}
	p.text = patched
	tree, err := p.concrete()
	if err != nil {
		return nil, nil
	}
	return patched, tree
}

// cost tells how much of a file is lost to errors.
func cost(errors []Span) int {
	n := 0
	for _, e := range errors {
		n += 1 + int(e.End-e.Start)
	}
	return n
}

// lines widens sorted spans to whole lines.
func lines(text []byte, spans []Span) []Span {
	out := make([]Span, 0, len(spans))
	for _, s := range spans {
		if n := len(out); n > 0 && s.End <= out[n-1].End {
			continue
		}
		s.Start = uint32(bytes.LastIndexByte(text[:s.Start], '\n') + 1)
		if n := bytes.IndexByte(text[s.End:], '\n'); n >= 0 {
			s.End += uint32(n)
		} else {
			s.End = uint32(len(text))
		}
		out = append(out, s)
	}
	return merge(out)
}

// findEdits looks for the forms at the given places.
func findEdits(text []byte, at []Span) []edit {
	var out []edit
	for _, f := range forms {
		for _, m := range f.find.FindAllSubmatchIndex(text, -1) {
			if !overlaps(at, Span{uint32(m[0]), uint32(m[1])}) {
				continue
			}
			out = append(out, edit{Span{uint32(m[2]), uint32(m[3])}, f.overwrite})
		}
	}
	return out
}

// overlaps searches sorted spans that lie apart.
func overlaps(sorted []Span, s Span) bool {
	i := sort.Search(len(sorted), func(i int) bool { return sorted[i].End >= s.Start })
	return i < len(sorted) && sorted[i].Start <= s.End
}

// placed returns the edits that are sound in the tree they led to.
func placed(tree *concrete, edits []edit) []edit {
	if tree == nil {
		return nil
	}
	text, names := tree.placesOf()
	var out []edit
	for _, e := range edits {
		if e.place == inJSXText && !overlaps(text, e.at) || e.place == inType && names[e.at.Start] {
			continue
		}
		out = append(out, e)
	}
	return out
}

// placesOf returns where JSX text and string attributes stand, sorted, and where
// names begin that are no part of a type.
func (c *concrete) placesOf() (text []Span, names map[uint32]bool) {
	names = map[uint32]bool{}
	for i, n := range c.nodes {
		switch n.kind {
		case kName:
			names[n.start] = true
		case kJSXText:
			text = append(text, Span{n.start, n.end})
		case kJSXAttribute:
			for k := int32(i) + 1; k < n.next; k = c.nodes[k].next {
				if v := c.nodes[k]; v.kind == kString {
					text = append(text, Span{v.start, v.end})
				}
			}
		}
	}
	return text, names
}
