package module

import (
	"bytes"
	"sync/atomic"
)

// Mark is a question about a file that its text alone answers, as which words
// stand in it. The answer is kept with the file, also where a Keep remembers it
// from an earlier run, so that the text needn't be read to ask again.
type Mark struct {
	bit   uint64
	holds func(text []byte) bool
}

// maxMarks is how many marks there can be: a word has a bit for each that is known,
// and one for its answer.
const maxMarks = 31

var marks atomic.Uint32

// NewMark declares a mark. It must be called while packages are initialised.
func NewMark(holds func(text []byte) bool) Mark {
	n := marks.Add(1)
	if n > maxMarks {
		panic("too many marks")
	}
	return Mark{1 << (n - 1), holds}
}

// Marked answers the question for a source file; a file that isn't there is marked
// by nothing.
func (r *Repo) Marked(path string, m Mark) bool {
	file := r.files[path]
	if file == nil {
		return false
	}
	known := file.marks.Load()
	if known&(m.bit<<maxMarks) == 0 {
		answer := m.bit << maxMarks
		if m.holds(r.textOf(path, file.scanned)) {
			answer |= m.bit
		}
		known = file.marks.Or(answer) | answer
	}
	return known&m.bit != 0
}

// quoted tells whether a text holds a directive in quotes.
func quoted(directive string) func([]byte) bool {
	return func(text []byte) bool {
		return bytes.Contains(text, []byte(`"`+directive+`"`)) || bytes.Contains(text, []byte(`'`+directive+`'`))
	}
}

// The directives of React, in quotes, somewhere in a text: in a comment or a string
// as well.
var (
	UseServer = NewMark(quoted("use server"))
	UseClient = NewMark(quoted("use client"))
)
