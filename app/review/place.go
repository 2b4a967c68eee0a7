package review

import (
	"slices"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/source"
)

// place is where a comment goes: a line or a whole file.
type place struct {
	path, side string
	line       int
	file       bool
}

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

// GitHub sends no patch of a larger change and takes no comment on its lines
// ("path diff too large"). It documents no number; these were seen in practice.
const (
	maxPatchLines = 3_000
	maxPatchBytes = 100 << 10
)

// noLines reports whether GitHub takes no comment on the file's lines.
func (f FileDiff) noLines() bool {
	lines, bytes := 0, 0
	for _, h := range f.Hunks {
		for _, l := range h.Lines {
			bytes += len(l.Text) + len(" \n")
			if l.Op != source.Kept {
				lines++
			}
		}
	}
	return lines > maxPatchLines || bytes > maxPatchBytes
}

// places are where a finding's comment can stand, the best first: the line where
// the protection was lost, the nearest line of the same hunk, the endpoint's own
// line, the line of the endpoint that is nearest to the place, and then the file
// as a whole. GitHub refuses a whole review for one line that no hunk of its
// shows, so every line is looked up in the hunks. None when the diff has no file
// for it.
func (x diffIndex) places(f compare.Finding) []place {
	var list []place
	add := func(p place) {
		if !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	lostIn, lostInDiff := x.file(f.Side, f.Path)
	endpointIn, endpointInDiff := x.file(compare.Head, f.Endpoint.File)
	if lostInDiff && !lostIn.noLines() {
		for _, p := range ownPlaces(lostIn, f) {
			add(p)
		}
	}
	if endpointInDiff && f.EndpointLine > 0 && !endpointIn.noLines() {
		if firstShown(endpointIn.Hunks, compare.Head, f.EndpointLine, f.EndpointLine) > 0 {
			add(place{path: endpointIn.Path, side: Right, line: f.EndpointLine})
		}
		if line := x.insideEndpoint(f, endpointIn); line > 0 {
			add(place{path: endpointIn.Path, side: Right, line: line})
		}
	}
	if lostInDiff {
		add(place{path: lostIn.Path, file: true})
	}
	if endpointInDiff {
		add(place{path: endpointIn.Path, file: true})
	}
	return list
}

// ownPlaces are the finding's own line, and the line of its hunk that took its
// place in the head: the next one that the head has, or else the one before.
func ownPlaces(file FileDiff, f compare.Finding) []place {
	line := firstShown(file.Hunks, f.Side, f.Line, f.EndLine)
	if line == 0 {
		return nil
	}
	list := []place{{path: file.Path, side: diffSide(f.Side), line: line}}
	for _, h := range file.Hunks {
		at := slices.IndexFunc(h.Lines, func(l source.HunkLine) bool { return number(l, f.Side) == line })
		if at < 0 {
			continue
		}
		inHead := func(l source.HunkLine) bool { return l.Head > 0 }
		if below := slices.IndexFunc(h.Lines[at+1:], inHead); below >= 0 {
			list = append(list, place{path: file.Path, side: Right, line: h.Lines[at+1+below].Head})
		} else if above := lastIndex(h.Lines[:at], inHead); above >= 0 {
			list = append(list, place{path: file.Path, side: Right, line: h.Lines[above].Head})
		}
	}
	return list
}

func lastIndex(lines []source.HunkLine, holds func(source.HunkLine) bool) int {
	for i, l := range slices.Backward(lines) {
		if holds(l) {
			return i
		}
	}
	return -1
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
			if n := number(l, side); n > 0 && n >= line && n <= max(line, endLine) {
				return n
			}
		}
	}
	return 0
}

// number is the line's number on a side, 0 when the side lacks it.
func number(l source.HunkLine, side compare.Side) int {
	if side == compare.Head {
		return l.Head
	}
	return l.Base
}

func diffSide(s compare.Side) string {
	if s == compare.Base {
		return Left
	}
	return Right
}
