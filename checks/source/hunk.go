package source

import "strings"

// contextLines is how many unchanged lines GitHub shows around a change.
const contextLines = 3

// Op says what happened to a line of a hunk.
type Op byte

// The operations, as a unified diff writes them.
const (
	Kept    Op = ' '
	Deleted Op = '-'
	Added   Op = '+'
)

// HunkLine is one line of a hunk, without its end of line. Base and Head are
// its line numbers, 0 on the side that doesn't have it.
type HunkLine struct {
	Op         Op
	Base, Head int
	Text       string
}

// Hunk is a run of changes with the lines around it. A side without lines has
// the number of the line before the hunk as its start.
type Hunk struct {
	BaseStart, BaseLines int
	HeadStart, HeadLines int
	Lines                []HunkLine
}

// Hunks returns the hunks of the diff between two versions of a file, as GitHub
// shows them: with three lines of context, joined where those meet. Equal files
// have none.
func Hunks(base, head []byte) []Hunk { return NewLineMap(base, head).Hunks() }

// Hunks returns the hunks of the map's two files; see the function Hunks.
func (m *LineMap) Hunks() []Hunk {
	var hunks []Hunk
	changes := m.changes()
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].base-changes[n-1].baseEnd <= 2*contextLines {
			n++
		}
		hunks = append(hunks, m.hunk(changes[:n]))
		changes = changes[n:]
	}
	return hunks
}

// change is a replacement of base lines by head lines, as half-open ranges of
// line indices; one of them may be empty.
type change struct{ base, baseEnd, head, headEnd int }

func (m *LineMap) changes() []change {
	var changes []change
	for i, j := 0, 0; i < len(m.base) || j < len(m.head); {
		c := change{base: i, head: j}
		for i < len(m.base) && m.deleted[i] {
			i++
		}
		for j < len(m.head) && m.added[j] {
			j++
		}
		if c.base == i && c.head == j {
			i, j = i+1, j+1
			continue
		}
		c.baseEnd, c.headEnd = i, j
		changes = append(changes, c)
	}
	return changes
}

// hunk puts changes that stand close together into one hunk.
func (m *LineMap) hunk(changes []change) Hunk {
	first, last := changes[0], changes[len(changes)-1]
	before := min(first.base, contextLines)
	after := min(len(m.base)-last.baseEnd, contextLines)
	i, j := first.base-before, first.head-before
	h := Hunk{BaseStart: i, BaseLines: last.baseEnd + after - i, HeadStart: j, HeadLines: last.headEnd + after - j}
	if h.BaseLines > 0 {
		h.BaseStart++
	}
	if h.HeadLines > 0 {
		h.HeadStart++
	}
	keep := func(to int) {
		for ; i < to; i, j = i+1, j+1 {
			h.Lines = append(h.Lines, HunkLine{Op: Kept, Base: i + 1, Head: j + 1, Text: trimEnd(m.base[i])})
		}
	}
	for _, c := range changes {
		keep(c.base)
		for ; i < c.baseEnd; i++ {
			h.Lines = append(h.Lines, HunkLine{Op: Deleted, Base: i + 1, Text: trimEnd(m.base[i])})
		}
		for ; j < c.headEnd; j++ {
			h.Lines = append(h.Lines, HunkLine{Op: Added, Head: j + 1, Text: trimEnd(m.head[j])})
		}
	}
	keep(last.baseEnd + after)
	return h
}

func trimEnd(line string) string {
	return strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
}
