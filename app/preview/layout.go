package preview

import (
	"fmt"
	"strings"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/report"
	"github.com/authdiff/authdiff/checks/source"
)

// layout is the page as its template wants it: every comment in its place.
type layout struct {
	Page
	State    state
	Files    []fileView
	Threads  []threadView // every comment, as the conversation lists them
	Homeless []threadView // comments on files that aren't among the page's
}

// state is how a conclusion is shown: a class, a sign and a word, so that
// colour is never the only one to tell.
type state struct{ Class, Sign, Word string }

type fileView struct {
	File
	ID             string
	Added, Deleted int
	Threads        []threadView // on the file, or on lines that no hunk shows
	Hunks          []hunkView
}

type hunkView struct {
	Header string
	Lines  []lineView
}

type lineView struct {
	source.HunkLine
	Class   string
	Text    string
	Threads []threadView
}

type threadView struct {
	review.Comment
	ID    string
	Where string
}

func layOut(p Page) layout {
	l := layout{Page: p, State: conclusion(p.Check.Conclusion)}
	open := map[string][]threadView{}
	for i, c := range p.Comments {
		t := threadView{Comment: c, ID: fmt.Sprintf("comment-%d", i+1), Where: where(c)}
		l.Threads = append(l.Threads, t)
		open[c.Path] = append(open[c.Path], t)
	}
	for i, f := range p.Files {
		l.Files = append(l.Files, layOutFile(f, fmt.Sprintf("file-%d", i+1), open[f.Path]))
		delete(open, f.Path)
	}
	for _, t := range l.Threads {
		if _, homeless := open[t.Path]; homeless {
			l.Homeless = append(l.Homeless, t)
		}
	}
	return l
}

func layOutFile(f File, id string, threads []threadView) fileView {
	v := fileView{File: f, ID: id}
	placed := map[string]bool{}
	for _, h := range f.Hunks {
		hv := hunkView{Header: fmt.Sprintf("@@ -%d,%d +%d,%d @@", h.BaseStart, h.BaseLines, h.HeadStart, h.HeadLines)}
		for _, line := range h.Lines {
			lv := lineView{HunkLine: line, Class: class(line.Op), Text: visibleCode(line.Text)}
			switch line.Op {
			case source.Added:
				v.Added++
			case source.Deleted:
				v.Deleted++
			}
			for _, t := range threads {
				if !placed[t.ID] && on(t.Comment, line) {
					placed[t.ID] = true
					lv.Threads = append(lv.Threads, t)
				}
			}
			hv.Lines = append(hv.Lines, lv)
		}
		v.Hunks = append(v.Hunks, hv)
	}
	for _, t := range threads {
		if !placed[t.ID] {
			v.Threads = append(v.Threads, t)
		}
	}
	return v
}

// on reports whether a comment stands under the line.
func on(c review.Comment, line source.HunkLine) bool {
	if c.File || c.Line <= 0 {
		return false
	}
	if c.Side == review.Left {
		return line.Base == c.Line
	}
	return line.Head == c.Line
}

func class(op source.Op) string {
	switch op {
	case source.Added:
		return "added"
	case source.Deleted:
		return "deleted"
	}
	return "kept"
}

// where says in words what a comment is on.
func where(c review.Comment) string {
	side := compare.Head
	if c.Side == review.Left {
		side = compare.Base
	}
	switch {
	case c.File || c.Line <= 0:
		return "the file"
	case c.StartLine > 0 && c.StartLine < c.Line:
		return fmt.Sprintf("%s lines %d to %d", side, c.StartLine, c.Line)
	}
	return fmt.Sprintf("%s line %d", side, c.Line)
}

func conclusion(word string) state {
	switch word {
	case review.Success:
		return state{"success", "✓", "successful"}
	case review.Failure:
		return state{"failure", "✕", "failed"}
	case "":
		return state{"pending", "●", "in progress"}
	}
	return state{"pending", "●", word}
}

// visibleCode shows what a reader couldn't see, tabs apart, which indent.
func visibleCode(line string) string {
	cells := strings.Split(strings.TrimSuffix(line, "\r"), "\t")
	for i, cell := range cells {
		cells[i] = report.Visible(cell)
	}
	return strings.Join(cells, "\t")
}
