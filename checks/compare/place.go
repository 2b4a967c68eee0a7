package compare

import (
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

// fileDiff is one base file against its present form; lines is nil when the
// head has none.
type fileDiff struct{ lines *source.LineMap }

// diffOf aligns a base file with the head's.
func (c *comparison) diffOf(path string) *fileDiff {
	if d, ok := c.lines[path]; ok {
		return d
	}
	d := &fileDiff{}
	to := path
	if c.head.repo.Blob(path) == "" {
		to = c.renamed[path]
	}
	if to != "" {
		d.lines = source.NewLineMap(c.base.repo.Text(path), c.head.repo.Text(to))
	}
	c.lines[path] = d
	return d
}

func (d *fileDiff) deleted(line int) bool { return d.lines == nil || d.lines.Deleted(line) }

// locate finds where a guard was lost: the deepest place of its evidence whose
// lines were deleted; else the effect that it no longer protects.
func (d *difference) locate(l *loss) {
	sites := slices.Concat([]protect.Site{d.base.Entry}, l.evidence)
	for _, s := range slices.Backward(sites) {
		if place, ok := d.deletedIn(s, l); ok {
			l.place, l.side = place, Base
			l.restore = d.baseText(place)
			return
		}
	}
	l.side = Head
	if l.effect != nil && l.effect.Kind != "answer" {
		l.place = d.headPlace(l.effect)
		return
	}
	first, _ := d.head.Entry.Lines()
	l.place = source.Place{Path: d.pair.head.File, Line: first, EndLine: first}
}

// headPlace is the outermost place on the way to an effect that was changed, or
// the effect itself.
func (d *difference) headPlace(e *protect.Effect) source.Place {
	sites := append(slices.Clone(e.Stack), e.Site)
	for _, s := range slices.Backward(sites) {
		if s.File == nil {
			continue
		}
		first, last := s.Lines()
		if d.changedInHead(s.File.Path, first) {
			return source.Place{Path: s.File.Path, Line: first, EndLine: min(last, first)}
		}
	}
	first, _ := e.Site.Lines()
	return source.Place{Path: e.Site.File.Path, Line: first, EndLine: first}
}

func (d *difference) changedInHead(path string, line int) bool {
	from := path
	for b, h := range d.renamed {
		if h == path {
			from = b
		}
	}
	if d.comparison.base.repo.Blob(from) == "" {
		return true
	}
	fd := d.diffOf(from)
	if fd.lines == nil {
		return true
	}
	_, ok := fd.lines.Base(line)
	return !ok
}

const maxPlaceLines = 30

// deletedIn finds the first deleted line of a site, preferring one that names
// what was lost, and the run of deleted lines that starts there.
func (d *difference) deletedIn(s protect.Site, l *loss) (source.Place, bool) {
	if s.File == nil {
		return source.Place{}, false
	}
	path := s.File.Path
	if d.comparison.base.repo.Blob(path) == "" {
		return source.Place{}, false
	}
	fd := d.diffOf(path)
	first, last := s.Lines()
	last = min(last, first+maxPlaceLines)
	at := 0
	field := lastWord(l.what)
	lines := strings.Split(string(s.File.Text), "\n")
	for n := first; n <= last; n++ {
		if !fd.deleted(n) || n > len(lines) || strings.TrimSpace(lines[n-1]) == "" {
			continue
		}
		if at == 0 {
			at = n
		}
		if field != "" && strings.Contains(lines[n-1], field) {
			at = n
			break
		}
	}
	if at == 0 {
		return source.Place{}, false
	}
	end := at
	for end < last && fd.deleted(end+1) {
		end++
	}
	return source.Place{Path: path, Line: at, EndLine: end}, true
}

// lastWord is the field that an ownership loss names: "ownerId" of "selection of
// invoice by ownerId".
func lastWord(what string) string {
	i := strings.LastIndex(what, " by ")
	if i < 0 {
		return ""
	}
	w := what[i+4:]
	w = w[strings.LastIndexByte(w, '.')+1:]
	return strings.TrimSuffix(w, "()")
}

func (d *difference) baseText(p source.Place) string {
	lines := strings.SplitAfter(string(d.comparison.base.repo.Text(p.Path)), "\n")
	if p.Line < 1 || p.EndLine > len(lines) {
		return ""
	}
	return strings.Join(lines[p.Line-1:p.EndLine], "")
}
