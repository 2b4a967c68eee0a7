package syntax

import "sort"

// Span is a range of bytes in a file: Start inclusive, End exclusive.
type Span struct{ Start, End uint32 }

// File is one parsed file. It and everything below it is immutable after
// Parse, and therefore safe to share between goroutines.
type File struct {
	Path       string
	Text       []byte
	Body       []Stmt
	Directives []string // leading string statements of the file: "use server", "use client"
	Errors     []Span   // where the grammar found no TypeScript; sorted, apart from each other
	lines      []uint32 // offset of each line's start
}

// Line returns the 1-based line that holds the byte offset.
func (f *File) Line(offset uint32) int {
	return sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > offset })
}

// Lines returns the 1-based first and last line of a span.
func (f *File) Lines(s Span) (first, last int) {
	first = f.Line(s.Start)
	if s.End > s.Start {
		return first, f.Line(s.End - 1)
	}
	return first, first
}

// Source returns the text of a span.
func (f *File) Source(s Span) string { return string(f.Text[s.Start:s.End]) }

// Broken reports whether a span overlaps or touches a syntax error. Touching
// counts since a missing token has no width and stands beside what lacks it.
func (f *File) Broken(s Span) bool {
	return overlaps(f.Errors, s)
}

// Node is any statement, expression or pattern.
type Node interface{ Pos() Span }

// Pos makes every struct that embeds a Span a Node.
func (s Span) Pos() Span { return s }
