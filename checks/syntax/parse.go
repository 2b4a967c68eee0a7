package syntax

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	sitter "github.com/smacker/go-tree-sitter"
)

// What one file may cost. Hand-written code stays far below each.
const (
	// maxNodes bounds the concrete tree, and with it the memory of a parse. A
	// megabyte of dense code has about 350,000 nodes.
	maxNodes = 600_000
	// maxDepth bounds the nesting of the concrete tree, and with it the recursion
	// of lowering and of everything that walks the result.
	maxDepth = 4_000
	// maxTime is the last resort against text on which the grammar's error
	// recovery goes quadratic. Sound code parses at several megabytes a second.
	maxTime = 5 * time.Second
)

// ErrTooComplex is what Parse wraps when a file exceeds a limit.
var ErrTooComplex = errors.New("too complex to analyse")

// Parse lowers the text of one file. The grammar follows from the path's
// extension: .ts, .mts and .cts are TypeScript, everything else is TypeScript
// with JSX, which JavaScript is read as, too.
//
// Text that is no TypeScript is no error: it is listed in File.Errors, stands
// in the tree as BadStmt or BadExpr, and what surrounds it is lowered. An error
// wraps ErrTooComplex: the file exceeds a limit on nesting, size of the tree or
// time. The size of the text is bounded by the caller. Parse keeps text, which
// must not be changed afterwards, and may be called concurrently.
func Parse(path string, text []byte) (*File, error) {
	if err := checkNesting(text); err != nil {
		return nil, err
	}
	p := parse{grammarFor(path), text, time.Now().Add(maxTime)}
	tree, err := p.concrete()
	if err != nil {
		return nil, err
	}
	tree = mend(p, tree)
	f := &File{Path: path, Text: text, Errors: merge(tree.errors), lines: lineStarts(text)}
	l := &lowerer{grammar: tree.grammar, nodes: tree.nodes, text: text}
	f.Body, f.Directives = l.file()
	return f, nil
}

// parse is what one file's parses share.
type parse struct {
	grammar  *grammar
	text     []byte
	deadline time.Time
}

// concrete parses the text and copies its tree out of C.
func (p parse) concrete() (*concrete, error) {
	tooSlow := fmt.Errorf("%w: parsing takes longer than %s", ErrTooComplex, maxTime)
	left := time.Until(p.deadline)
	if left < time.Millisecond {
		return nil, tooSlow
	}
	parser := sitter.NewParser()
	defer parser.Close()
	parser.SetLanguage(p.grammar.lang)
	parser.SetOperationLimit(int(left.Microseconds()))
	tree, err := parser.ParseCtx(context.Background(), nil, p.text)
	if errors.Is(err, sitter.ErrOperationLimit) {
		return nil, tooSlow
	}
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	defer tree.Close()
	return copyTree(p.grammar, tree, len(p.text))
}

// ParseOnly parses a text with the grammar alone and gives nothing: the floor
// that measurements of Parse are held to.
func ParseOnly(path string, text []byte) {
	parser := sitter.NewParser()
	defer parser.Close()
	parser.SetLanguage(grammarFor(path).lang)
	if tree, err := parser.ParseCtx(context.Background(), nil, text); err == nil {
		tree.Close()
	}
}

// lineStarts returns the offset of each line's first byte.
func lineStarts(text []byte) []uint32 {
	lines := make([]uint32, 1, 1+bytes.Count(text, []byte{'\n'}))
	for i, b := range text {
		if b == '\n' {
			lines = append(lines, uint32(i+1))
		}
	}
	return lines
}

// merge sorts spans and unites those that overlap or touch, so that File.Broken
// can search them.
func merge(spans []Span) []Span {
	sort.Slice(spans, func(i, j int) bool { return spans[i].Start < spans[j].Start })
	var out []Span
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}
