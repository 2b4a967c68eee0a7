package source

import (
	"strings"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// maxDiffLines bounds the lines of both files together that are aligned by
// content, after equal ends and lines that only one file has are set aside.
// Aligning takes time in the square of it: well under a second at the bound.
// Over it the differing part counts as replaced as a whole; GitHub shows no
// lines of such a file either (it stops at about 3,000 changed lines).
const maxDiffLines = 10_000

// LineMap says which lines two versions of a file share, as a line diff sees
// it. Lines are numbered from 1. It is immutable.
type LineMap struct {
	base, head       []string // with their ends of line
	deleted, added   []bool   // by line index
	toHead, fromHead []int    // line numbers of the other side, 0 for none
}

// NewLineMap aligns two versions of a file by lines, like git's default diff:
// as few changed lines as possible, and a change that could stand at several
// places stands at the last.
func NewLineMap(base, head []byte) *LineMap {
	m := &LineMap{base: splitLines(string(base)), head: splitLines(string(head))}
	m.deleted, m.added = changedLines(m.base, m.head)
	slide(m.base, m.deleted, m.added)
	slide(m.head, m.added, m.deleted)
	m.toHead, m.fromHead = make([]int, len(m.base)), make([]int, len(m.head))
	for i, j := 0, 0; i < len(m.base) || j < len(m.head); {
		switch {
		case i < len(m.base) && m.deleted[i]:
			i++
		case j < len(m.head) && m.added[j]:
			j++
		default:
			m.toHead[i], m.fromHead[j] = j+1, i+1
			i, j = i+1, j+1
		}
	}
	return m
}

// Deleted reports whether the base's line is shown as deleted. It is false for
// a line that the base doesn't have.
func (m *LineMap) Deleted(baseLine int) bool {
	return baseLine >= 1 && baseLine <= len(m.base) && m.deleted[baseLine-1]
}

// Head returns the head's line that is the base's line unchanged; ok is false
// when the line was deleted, or never was.
func (m *LineMap) Head(baseLine int) (headLine int, ok bool) { return lookup(m.toHead, baseLine) }

// Base returns the base's line that is the head's line unchanged; ok is false
// when the line was added, or isn't there.
func (m *LineMap) Base(headLine int) (baseLine int, ok bool) { return lookup(m.fromHead, headLine) }

// Gap returns the head's line at which a line of the base was deleted: the line
// behind the nearest one before it that is kept, or the last; 0 in an empty head. Of
// a line that is kept it is the line itself.
func (m *LineMap) Gap(baseLine int) int {
	for line := min(baseLine, len(m.base)); line >= 1; line-- {
		if head, ok := m.Head(line); ok && line == baseLine {
			return head
		} else if ok {
			return min(head+1, len(m.head))
		}
	}
	return min(1, len(m.head))
}

func lookup(lines []int, line int) (int, bool) {
	if line < 1 || line > len(lines) || lines[line-1] == 0 {
		return 0, false
	}
	return lines[line-1], true
}

// splitLines cuts a text behind every newline.
func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// changedLines marks the lines that an alignment of a and b leaves out.
func changedLines(a, b []string) (inA, inB []bool) {
	inA, inB = make([]bool, len(a)), make([]bool, len(b))
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	endA, endB := len(a), len(b)
	for endA > start && endB > start && a[endA-1] == b[endB-1] {
		endA, endB = endA-1, endB-1
	}
	left := sharedLines(a, b, start, endA, endB, inA)
	right := sharedLines(b, a, start, endB, endA, inB)
	if len(left)+len(right) > maxDiffLines {
		markAll(inA, left)
		markAll(inB, right)
		return inA, inB
	}
	align(a, b, left, right, inA, inB)
	return inA, inB
}

// sharedLines returns the indices between start and endA of a's lines that b
// has too between start and endB, and marks the others as changed.
func sharedLines(a, b []string, start, endA, endB int, changed []bool) []int {
	other := make(map[string]bool, endB-start)
	for _, line := range b[start:endB] {
		other[line] = true
	}
	var shared []int
	for i := start; i < endA; i++ {
		if other[a[i]] {
			shared = append(shared, i)
		} else {
			changed[i] = true
		}
	}
	return shared
}

func markAll(changed []bool, indices []int) {
	for _, i := range indices {
		changed[i] = true
	}
}

// align marks what a shortest edit of the lines at left (of a) into those at
// right (of b) changes.
func align(a, b []string, left, right []int, inA, inB []bool) {
	names := map[string]rune{}
	differ := diffmatchpatch.New()
	differ.DiffTimeout = 0 // no clock: the same input gives the same answer
	for _, d := range differ.DiffMainRunes(nameLines(a, left, names), nameLines(b, right, names), false) {
		n := utf8.RuneCountInString(d.Text)
		switch d.Type {
		case diffmatchpatch.DiffDelete:
			markAll(inA, left[:n])
			left = left[n:]
		case diffmatchpatch.DiffInsert:
			markAll(inB, right[:n])
			right = right[n:]
		case diffmatchpatch.DiffEqual:
			left, right = left[n:], right[n:]
		}
	}
}

// nameLines gives every distinct line a character of its own, since the diff
// library compares characters. maxDiffLines keeps them below the surrogates.
func nameLines(lines []string, indices []int, names map[string]rune) []rune {
	text := make([]rune, len(indices))
	for k, i := range indices {
		name, ok := names[lines[i]]
		if !ok {
			name = rune(len(names) + 1)
			names[lines[i]] = name
		}
		text[k] = name
	}
	return text
}
