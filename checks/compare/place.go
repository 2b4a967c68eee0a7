package compare

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
	"github.com/authdiff/authdiff/checks/syntax"
)

// fileDiff is one base file against its present form. Both are nil when the head
// has none.
type fileDiff struct {
	text *source.LineMap // as GitHub shows it
	code *source.LineMap // without indentation and the names of local variables
}

// diffOf aligns a base file with the head's.
func (c *comparison) diffOf(path string) *fileDiff {
	if d, ok := c.lines[path]; ok {
		return d
	}
	d := &fileDiff{}
	if to := c.headPath(path); to != "" {
		d.text = source.NewLineMap(c.base.repo.Text(path), c.head.repo.Text(to))
		d.code = source.NewLineMap(essence(c.base.repo, path), essence(c.head.repo, to))
	}
	c.lines[path] = d
	return d
}

// headPath is the head's path of a base file; empty when the head has none.
func (c *comparison) headPath(path string) string {
	if c.head.repo.Blob(path) == "" {
		return c.renamed[path]
	}
	return path
}

// gap is the head's line at which a place of the base was lost; zero when the head
// has no such file.
func (c *comparison) gap(p source.Place) source.Place {
	d := c.diffOf(p.Path)
	if d.text == nil {
		return source.Place{}
	}
	line := d.text.Gap(p.Line)
	return source.Place{Path: c.headPath(p.Path), Line: line, EndLine: line}
}

// deleted reports whether a line is shown as deleted; changed, whether more than
// its spelling went.
func (d *fileDiff) deleted(line int) bool { return d.text == nil || d.text.Deleted(line) }

func (d *fileDiff) changed(line int) bool { return d.code == nil || d.code.Deleted(line) }

var identifier = regexp.MustCompile(`[A-Za-z_$][A-Za-z0-9_$]*`)

// essence is a file's text with each line trimmed and its local variables
// unnamed, so that re-formatting and renaming leave lines equal.
func essence(repo *module.Repo, path string) []byte {
	text := repo.Text(path)
	locals := map[string]bool{}
	if m := repo.Module(path); m != nil {
		localNames(m.File, locals)
	}
	lines := bytes.Split(text, []byte("\n"))
	for i, l := range lines {
		lines[i] = identifier.ReplaceAllFunc(bytes.TrimSpace(l), func(w []byte) []byte {
			if locals[string(w)] {
				return []byte("·")
			}
			return w
		})
	}
	return bytes.Join(lines, []byte("\n"))
}

func localNames(f *syntax.File, into map[string]bool) {
	for _, s := range f.Body {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.VarDecl:
				for _, d := range n.Decls {
					boundNames(d.Target, into)
				}
			case *syntax.Func:
				for _, p := range n.Params {
					boundNames(p.Target, into)
				}
			}
			return true
		})
	}
}

func boundNames(p syntax.Pattern, into map[string]bool) {
	syntax.Walk(p, func(n syntax.Node) bool {
		if x, ok := n.(*syntax.NamePattern); ok {
			into[x.Name] = true
		}
		return true
	})
}

// locate finds where a guard was lost: the deepest place of its evidence that
// was changed, in what it does or at least in how it's written; else another check
// that refused and is gone; else a deleted line near to it; else the effect that it no
// longer protects.
func (d *difference) locate(l *loss) {
	sites := slices.Concat([]protect.Site{d.base.Entry}, l.evidence)
	sites = append(sites[:1], slices.DeleteFunc(sites[1:], func(s protect.Site) bool { return s.Span == d.base.Entry.Span })...)
	if d.locateGone(l, sites, (*fileDiff).changed) || d.locateInserted(l) || d.locateGone(l, sites, (*fileDiff).deleted) {
		return
	}
	if d.locateCheck(l) {
		return
	}
	if place, ok := d.near(l); ok && !(l.change == Bypassed && d.addedEffect(l)) {
		d.putBase(l, place)
		return
	}
	l.side, l.place = Head, d.unguarded(l)
}

func (d *difference) locateGone(l *loss, sites []protect.Site, gone func(*fileDiff, int) bool) bool {
	for i, s := range slices.Backward(sites) {
		place, ok := d.goneIn(s, l, gone)
		if !ok {
			continue
		}
		if i > 0 {
			place = d.upwards(place, sites[1:i], gone)
		}
		d.putBase(l, place)
		return true
	}
	return false
}

// locateCheck finds a check of a loss's layer that refused the caller and is gone: of
// several ways to be let in, the evidence may tell of one that is as it was.
func (d *difference) locateCheck(l *loss) bool {
	for _, c := range slices.Backward(d.base.Checks) {
		if c.Loose || !d.refuses(c) || !slices.ContainsFunc(c.Tests, func(t protect.Test) bool { return t.Tells() && t.Layer() == l.layer }) {
			continue
		}
		if place, ok := d.goneIn(c.Site, l, (*fileDiff).changed); ok {
			d.putBase(l, place)
			return true
		}
	}
	return false
}

// locateInserted finds where code that came into what endpoints share leaves a guard
// out, unless what isn't guarded any more came itself.
func (d *difference) locateInserted(l *loss) bool {
	if place := d.unguarded(l); d.changedInHead(place.Path, place.Line) {
		return false
	}
	for _, s := range slices.Backward(l.evidence) {
		if place, ok := d.insertedBefore(s); ok && s.File != d.base.Entry.File {
			l.place, l.side = place, Head
			return true
		}
	}
	return false
}

// unguarded is where the head shows what a loss leaves without guard: the effect, or
// the endpoint.
func (d *difference) unguarded(l *loss) source.Place {
	if l.effect != nil && l.effect.Kind != "answer" {
		return d.headPlace(l.effect)
	}
	first, _ := d.head.Entry.Lines()
	return source.Place{Path: d.pair.head.File, Line: first, EndLine: first}
}

func (d *difference) putBase(l *loss, place source.Place) {
	l.place, l.side, l.restore = place, Base, d.baseText(place)
}

// addedEffect reports whether the effect without guard is itself what is new.
func (d *difference) addedEffect(l *loss) bool {
	if l.effect == nil || l.effect.Site.File == nil {
		return false
	}
	first, _ := l.effect.Site.Lines()
	return d.changedInHead(l.effect.Site.File.Path, first)
}

const maxPlaceLines = 30

// goneIn finds the first line of a site that is gone, preferring one that names
// what was lost, and the run of such lines that starts there.
func (d *difference) goneIn(s protect.Site, l *loss, gone func(*fileDiff, int) bool) (source.Place, bool) {
	if s.File == nil || d.comparison.base.repo.Blob(s.File.Path) == "" {
		return source.Place{}, false
	}
	fd := d.diffOf(s.File.Path)
	first, last := s.Lines()
	last = min(last, first+maxPlaceLines)
	at := 0
	field := ""
	if l.layer == protect.Ownership {
		field = lastWord(l.what)
	}
	for n := first; n <= last; n++ {
		line := d.baseLine(s.File, n)
		if strings.TrimSpace(line) == "" || !gone(fd, n) {
			continue
		}
		if at == 0 {
			at = n
		}
		if field != "" && strings.Contains(line, field) {
			at = n
			break
		}
	}
	if at == 0 {
		return source.Place{}, false
	}
	end := at
	for end < last && gone(fd, end+1) {
		end++
	}
	return source.Place{Path: s.File.Path, Line: at, EndLine: end}, true
}

// upwards moves a place up to the first line of the evidence that went with it:
// the call before the check of its result.
func (d *difference) upwards(p source.Place, sites []protect.Site, gone func(*fileDiff, int) bool) source.Place {
	fd := d.diffOf(p.Path)
	for _, s := range slices.Backward(sites) {
		if s.File == nil || s.File.Path != p.Path || s.Span == d.base.Entry.Span {
			continue
		}
		first, last := s.Lines()
		if first >= p.Line || last-first > maxPlaceLines {
			continue
		}
		if d.allGone(s.File, fd, first, p.Line, gone) {
			p.Line = first
		}
	}
	return p
}

func (d *difference) allGone(f *syntax.File, fd *fileDiff, from, to int, gone func(*fileDiff, int) bool) bool {
	for n := from; n < to; n++ {
		if strings.TrimSpace(d.baseLine(f, n)) != "" && !gone(fd, n) {
			return false
		}
	}
	return true
}

const maxNear = 25

// near finds the deleted line closest to the evidence: what came between guard
// and effect, or the value that a guard was given.
func (d *difference) near(l *loss) (source.Place, bool) {
	for _, s := range slices.Backward(l.evidence) {
		if s.File == nil || d.comparison.base.repo.Blob(s.File.Path) == "" {
			continue
		}
		fd := d.diffOf(s.File.Path)
		first, last := s.Lines()
		for step := 1; step <= maxNear; step++ {
			for _, n := range []int{last + step, first - step} {
				if n > 0 && strings.TrimSpace(d.baseLine(s.File, n)) != "" && fd.changed(n) {
					return source.Place{Path: s.File.Path, Line: n, EndLine: n}, true
				}
			}
		}
	}
	return source.Place{}, false
}

// insertedBefore finds the first line that the head has between the start of the
// function in which a site of the base stands and the site: what leaves the function
// before the guard, say.
func (d *difference) insertedBefore(s protect.Site) (source.Place, bool) {
	if s.File == nil || d.comparison.base.repo.Blob(s.File.Path) == "" {
		return source.Place{}, false
	}
	fd := d.diffOf(s.File.Path)
	if fd.code == nil {
		return source.Place{}, false
	}
	first, _ := s.File.Lines(enclosing(s))
	last, _ := s.Lines()
	path := d.headPath(s.File.Path)
	for n := first + 1; n <= last; n++ {
		before, ok := fd.code.Head(n - 1)
		after, ok2 := fd.code.Head(n)
		for line := before + 1; ok && ok2 && line < after; line++ {
			if strings.TrimSpace(d.headLine(path, line)) != "" {
				return source.Place{Path: path, Line: line, EndLine: line}, true
			}
		}
	}
	return source.Place{}, false
}

// headLine is one line of a file of the head, without its end.
func (d *difference) headLine(path string, n int) string {
	if m := d.comparison.head.repo.Module(path); m != nil {
		return d.baseLine(m.File, n)
	}
	return ""
}

// enclosing is the innermost function that a site stands in.
func enclosing(s protect.Site) syntax.Span {
	span := s.Span
	for _, top := range s.File.Body {
		syntax.Walk(top, func(n syntax.Node) bool {
			at := n.Pos()
			if at.Start > s.Span.Start || at.End < s.Span.End {
				return false
			}
			if _, ok := n.(*syntax.Func); ok {
				span = at
			}
			return true
		})
	}
	return span
}

// baseLine is one line of a file of the base, without its end.
func (d *difference) baseLine(f *syntax.File, n int) string {
	lines, ok := d.split[f]
	if !ok {
		lines = strings.Split(string(f.Text), "\n")
		d.split[f] = lines
	}
	if n < 1 || n > len(lines) {
		return ""
	}
	return lines[n-1]
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

// headPlace is the place nearest to an effect, on the way to it, that the change
// touched; else the effect itself.
func (d *difference) headPlace(e *protect.Effect) source.Place {
	sites := append(slices.Clone(e.Stack), e.Site)
	for _, s := range slices.Backward(sites) {
		if s.File == nil {
			continue
		}
		if first, _ := s.Lines(); d.changedInHead(s.File.Path, first) {
			return source.Place{Path: s.File.Path, Line: first, EndLine: first}
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
	if fd.code == nil {
		return true
	}
	_, ok := fd.code.Base(line)
	return !ok
}
