package review

import (
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/report"
	"github.com/authdiff/authdiff/checks/source"
)

// place is where a comment goes: a line, a whole file, or (zero) nowhere.
type place struct {
	path, side string
	line       int
	file       bool
}

func (p place) nowhere() bool { return p.path == "" }

// diffIndex finds changed files by their path on either side.
type diffIndex struct{ base, head map[string]FileDiff }

func indexDiff(d Diff) diffIndex {
	x := diffIndex{base: map[string]FileDiff{}, head: map[string]FileDiff{}}
	for path, file := range d.Files {
		file.Path = path
		if file.BasePath == "" {
			file.BasePath = path
		}
		if file.Status != "added" {
			x.base[file.BasePath] = file
		}
		if file.Status != "removed" {
			x.head[path] = file
		}
	}
	return x
}

// file returns the changed file that has the path on the side.
func (x diffIndex) file(side compare.Side, path string) (FileDiff, bool) {
	files := x.base
	if side == compare.Head {
		files = x.head
	}
	f, ok := files[path]
	return f, ok
}

// place chooses where a finding's comment stands. GitHub refuses a whole review
// for one line that no hunk shows, so every line is looked up in the hunks:
// the place where the protection was lost, the endpoint's own line, the line of
// the endpoint that is nearest to the place, and then the file as a whole.
func (x diffIndex) place(f compare.Finding) place {
	lostIn, lostInDiff := x.file(f.Side, f.Path)
	endpointIn, endpointInDiff := x.file(compare.Head, f.Endpoint.File)
	if lostInDiff {
		if line := firstShown(lostIn.Hunks, f.Side, f.Line, f.EndLine); line > 0 {
			return place{path: lostIn.Path, side: diffSide(f.Side), line: line}
		}
	}
	if endpointInDiff && f.EndpointLine > 0 {
		if firstShown(endpointIn.Hunks, compare.Head, f.EndpointLine, f.EndpointLine) > 0 {
			return place{path: endpointIn.Path, side: Right, line: f.EndpointLine}
		}
		if line := x.insideEndpoint(f, endpointIn); line > 0 {
			return place{path: endpointIn.Path, side: Right, line: line}
		}
	}
	switch {
	case lostInDiff:
		return place{path: lostIn.Path, file: true}
	case endpointInDiff:
		return place{path: endpointIn.Path, file: true}
	}
	return place{}
}

// insideEndpoint returns the last shown line of the head between the endpoint's
// first line and the finding's place in the same file: those lines surely
// belong to the endpoint. 0 when there is none.
func (x diffIndex) insideEndpoint(f compare.Finding, file FileDiff) int {
	path, line := x.headPlace(f)
	if path != file.Path {
		return 0
	}
	nearest := 0
	for _, h := range file.Hunks {
		for _, l := range h.Lines {
			if l.Head >= f.EndpointLine && l.Head <= line {
				nearest = l.Head
			}
		}
	}
	return nearest
}

// headPlace is where the finding's place stands in the head: itself, or the
// line that took a base line's place. The path is empty when the head has no
// such file.
func (x diffIndex) headPlace(f compare.Finding) (path string, line int) {
	if f.Side == compare.Head {
		return f.Path, f.Line
	}
	file, changed := x.base[f.Path]
	switch {
	case !changed:
		return f.Path, f.Line
	case file.Status == "removed":
		return "", 0
	}
	if line = headLine(file.Hunks, f.Line); line == 0 {
		return "", 0
	}
	return file.Path, line
}

// headLine maps a line of the base to the head: the same line, or, for a
// deleted one, the next line that is left, or the last one before it. 0 when the
// head has no line at all.
func headLine(hunks []source.Hunk, line int) int {
	shift := 0
	for _, h := range hunks {
		baseEnd, headEnd := end(h.BaseStart, h.BaseLines), end(h.HeadStart, h.HeadLines)
		if line < baseEnd {
			if line < baseEnd-h.BaseLines {
				break
			}
			return headLineIn(h, line, headEnd)
		}
		shift = headEnd - baseEnd
	}
	return line + shift
}

// end is the number of the first line after a side of a hunk. A side without
// lines starts at the line before it.
func end(start, lines int) int {
	if lines == 0 {
		return start + 1
	}
	return start + lines
}

func headLineIn(h source.Hunk, line, headEnd int) int {
	seen := false
	for _, l := range h.Lines {
		seen = seen || l.Base == line
		if seen && l.Head > 0 {
			return l.Head
		}
	}
	return headEnd - 1
}

// firstShown returns the first line of the range on the side that a hunk shows,
// 0 for none.
func firstShown(hunks []source.Hunk, side compare.Side, line, endLine int) int {
	for _, h := range hunks {
		for _, l := range h.Lines {
			n := l.Base
			if side == compare.Head {
				n = l.Head
			}
			if n > 0 && n >= line && n <= max(line, endLine) {
				return n
			}
		}
	}
	return 0
}

func diffSide(s compare.Side) string {
	if s == compare.Base {
		return Left
	}
	return Right
}

// suggestion returns the text that restores the guard when put in the place of
// the finding's lines; empty when that isn't mechanical. It is when the diff
// shows exactly the finding's lines as the replacement of exactly the guard's,
// and when nobody would accept characters that can't be seen.
func suggestion(f compare.Finding, p place, hunks []source.Hunk) string {
	if f.Restore == "" || f.Side != compare.Head || p != (place{path: f.Path, side: Right, line: f.Line}) {
		return ""
	}
	want := strings.Split(strings.TrimSuffix(f.Restore, "\n"), "\n")
	for _, row := range want {
		if report.Visible(strings.ReplaceAll(row, "\t", "")) != strings.ReplaceAll(row, "\t", "") {
			return ""
		}
	}
	for _, h := range hunks {
		if replaces(h, want, f.Line, max(f.Line, f.EndLine)) {
			return f.Restore
		}
	}
	return ""
}

// replaces reports whether a change in the hunk replaces exactly the texts by
// exactly the head's lines from first to last.
func replaces(h source.Hunk, texts []string, first, last int) bool {
	for i := 0; i < len(h.Lines); {
		start := i
		for i < len(h.Lines) && h.Lines[i].Op == source.Deleted {
			i++
		}
		added := i
		for i < len(h.Lines) && h.Lines[i].Op == source.Added {
			i++
		}
		if i == start {
			i++
			continue
		}
		if i > added && h.Lines[added].Head == first && h.Lines[i-1].Head == last {
			return sameTexts(h.Lines[start:added], texts)
		}
	}
	return false
}

func sameTexts(lines []source.HunkLine, texts []string) bool {
	if len(lines) != len(texts) {
		return false
	}
	for i, l := range lines {
		if l.Text != texts[i] {
			return false
		}
	}
	return true
}
