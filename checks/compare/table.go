package compare

import (
	"fmt"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
	"github.com/authdiff/authdiff/checks/syntax"
	"github.com/authdiff/authdiff/checks/table"
)

// tableKind is the kind of what stands in a finding about a table in an
// endpoint's place.
const tableKind endpoint.Kind = "table"

// tables finds roles and plans that gained something by a table. Where an
// endpoint was found to allow more for it, that is told instead, with what was
// gained.
func (c *comparison) tables() {
	for _, path := range c.base.repo.Files() {
		to := path
		if c.head.repo.Blob(path) == "" {
			to = c.renamed[path]
		}
		if to == "" || c.base.repo.Blob(path) == c.head.repo.Blob(to) {
			continue
		}
		b, h := c.base.repo.Module(path), c.head.repo.Module(to)
		if b == nil || h == nil {
			continue
		}
		heads := table.Read(h.File)
		for i, was := range table.Read(b.File) {
			for _, is := range heads {
				if is.Name == was.Name && is.Kind == was.Kind {
					c.gains(was, is, b.File, h.File)
					break
				}
			}
			if i > maxTables {
				break
			}
		}
	}
}

// maxTables bounds the tables of one file.
const maxTables = 200

func (c *comparison) gains(was, is table.Table, b, h *syntax.File) {
	for _, g := range table.Gains(was, is) {
		words := gainWords(is, g)
		first, last := b.Lines(g.Base.Span)
		place, side := source.Place{Path: b.Path, Line: first, EndLine: min(last, first+maxPlaceLines)}, Base
		if fd := c.diffOf(b.Path); !fd.deleted(first) {
			n, end := h.Lines(g.Row.Span)
			place, side = c.firstChanged(h.Path, n, end), Head
		}
		if c.explained(b.Path, first, last, h, g, words) {
			continue
		}
		e := endpoint.Endpoint{Ref: endpoint.Ref{Kind: tableKind, Name: is.Name, File: h.Path}}
		l := &loss{pair: pair{e, e}, layer: protect.Authorization, change: Weakened, rule: "table-grown", severity: Warning, confidence: protect.Medium,
			key: "table:" + is.Name + ":" + g.Who, what: "table " + is.Name, message: words, place: place, side: side,
			impact: "Whoever has that role may do what they could not, wherever the table is asked"}
		if is.Kind == table.Plans {
			l.severity = Notice
			l.impact = "A plan's gate asks what was paid for, not who may do it: nothing that protects somebody's data changes"
		}
		c.losses = append(c.losses, l)
	}
}

// firstChanged is the first line of a row that the change brought.
func (c *comparison) firstChanged(path string, from, to int) source.Place {
	d := &difference{comparison: c}
	for n := from; n <= to; n++ {
		if d.changedInHead(path, n) {
			return source.Place{Path: path, Line: n, EndLine: n}
		}
	}
	return source.Place{Path: path, Line: from, EndLine: from}
}

// explained adds what was gained to losses that stand in the table's row; false
// when there is none.
func (c *comparison) explained(path string, first, last int, h *syntax.File, g table.Gain, words string) bool {
	n, end := h.Lines(g.Row.Span)
	found := false
	for _, l := range c.losses {
		in := l.side == Base && l.place.Path == path && first <= l.place.Line && l.place.Line <= last ||
			l.side == Head && l.place.Path == h.Path && n <= l.place.Line && l.place.Line <= end
		if !in || l.layer != protect.Authorization || l.pair.head.Kind == tableKind {
			continue
		}
		found = true
		if l.rule != "table-grown" {
			l.rule, l.message = "table-grown", fmt.Sprintf("%s: %s", l.messageWords(), words)
		}
	}
	return found
}

// gainWords says what somebody gained by a table.
func gainWords(t table.Table, g table.Gain) string {
	what := strings.Join(g.What[:min(len(g.What), maxGained)], ", ")
	if n := len(g.What) - maxGained; n > 0 {
		what += fmt.Sprintf(" and %d more", n)
	}
	switch {
	case t.Kind == table.Ranks:
		return fmt.Sprintf("%s ranks no longer below %s in %s", g.Who, what, t.Name)
	case t.Kind == table.Plans:
		return fmt.Sprintf("the plan %s gained %s in %s", g.Who, what, t.Name)
	case t.Name == table.NewRole:
		return fmt.Sprintf("%s gained %s", g.Who, what)
	}
	return fmt.Sprintf("%s gained %s in %s", g.Who, what, t.Name)
}

// maxGained bounds what a message lists.
const maxGained = 8
