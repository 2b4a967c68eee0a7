package compare

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
	"github.com/authdiff/authdiff/checks/syntax"
)

// placeGate finds where a middleware's protection was lost: in its matcher when
// it no longer runs for the path, else where the evidence changed, else at the
// first line that changed in it or in what it imports.
func (c *comparison) placeGate(b, h *gate, l *loss, is *passage) {
	d := &difference{comparison: c, pair: pair{base: b.Endpoint}, base: &protect.Protection{Entry: entrySite(b)}, head: &protect.Protection{}}
	if h == nil {
		if d.locate(l); l.side != Base {
			d.putBase(l, evidencePlace(l, d.base.Entry))
		}
		return
	}
	d.pair.head, d.head.Entry = h.Endpoint, entrySite(h)
	if is.reach != endpoint.Always && c.placeMatcher(d, b, h, l) {
		return
	}
	if is.reach != endpoint.Always && l.pair.base.Name != l.pair.head.Name {
		l.side, l.place = Head, source.Place{Path: l.pair.head.File, Line: l.pair.head.Line, EndLine: l.pair.head.Line}
		return
	}
	if d.locate(l); l.side == Base {
		return
	}
	for _, file := range c.reached(h) {
		if c.placeIn(d, file, l) {
			return
		}
	}
}

// evidencePlace is where a guard stood, for one that went with its whole file.
func evidencePlace(l *loss, entry protect.Site) source.Place {
	s, ok := l.lastSite()
	if !ok {
		s = entry
	}
	first, last := s.Lines()
	return source.Place{Path: s.File.Path, Line: first, EndLine: min(last, first+maxPlaceLines)}
}

func entrySite(g *gate) protect.Site {
	return protect.Site{File: g.Module.File, Span: g.Entry, Why: "the middleware"}
}

// placeMatcher finds the line of the matcher that went, or came.
func (c *comparison) placeMatcher(d *difference, b, h *gate, l *loss) bool {
	if b.Config != (syntax.Span{}) {
		site := protect.Site{File: b.Module.File, Span: b.Config}
		for _, gone := range []func(*fileDiff, int) bool{(*fileDiff).changed, (*fileDiff).deleted} {
			if place, ok := d.goneIn(site, l, gone); ok {
				d.putBase(l, place)
				return true
			}
		}
	}
	if h.Config == (syntax.Span{}) {
		return false
	}
	first, last := h.Module.File.Lines(h.Config)
	for n := first; n <= last; n++ {
		if d.changedInHead(h.File, n) {
			l.side, l.place = Head, source.Place{Path: h.File, Line: n, EndLine: n}
			return true
		}
	}
	return false
}

// maxReached bounds the files that a middleware is followed into for a place.
const maxReached = 200

// reached lists the head's middleware and the files that it imports, nearest
// first.
func (c *comparison) reached(h *gate) []string {
	out := []string{h.File}
	for i := 0; i < len(out) && len(out) < maxReached; i++ {
		for _, f := range c.head.repo.Imports(out[i]) {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// says tells a line of code from a comment, an import or a lone bracket.
var says = regexp.MustCompile(`^\s*[^\s/*})\];,]`)

// placeIn puts a loss at the first line of a file that went or, with none, came.
func (c *comparison) placeIn(d *difference, file string, l *loss) bool {
	from := file
	for b, h := range c.renamed {
		if h == file {
			from = b
		}
	}
	if c.base.repo.Blob(from) == c.head.repo.Blob(file) || c.base.repo.Blob(from) == "" {
		return false
	}
	fd := c.diffOf(from)
	code := func(text string) bool { return says.MatchString(text) && !strings.HasPrefix(text, "import ") }
	for i, text := range strings.Split(string(c.base.repo.Text(from)), "\n") {
		if code(text) && fd.changed(i+1) {
			d.putBase(l, source.Place{Path: from, Line: i + 1, EndLine: i + 1})
			return true
		}
	}
	for i, text := range strings.Split(string(c.head.repo.Text(file)), "\n") {
		if code(text) && d.changedInHead(file, i+1) {
			l.side, l.place = Head, source.Place{Path: file, Line: i + 1, EndLine: i + 1}
			return true
		}
	}
	return false
}
