package syntax

import (
	"fmt"
	"math"

	sitter "github.com/smacker/go-tree-sitter"
)

// errorSymbol is tree-sitter's symbol for an ERROR node.
const errorSymbol = math.MaxUint16

// cnode is one node of the concrete tree, copied out of C. Nodes lie in
// pre-order, so that a node's children are the nodes after it up to next.
type cnode struct {
	start, end uint32
	next       int32 // index of the first node after this one's subtree
	sym        uint16
	kind       kind
	missing    bool // a token that the grammar needed and the text lacks
}

// concrete is the part of a concrete tree that lowering reads.
type concrete struct {
	grammar *grammar
	nodes   []cnode
	errors  []Span
}

// copier copies a tree-sitter tree in one walk of a cursor. Every question to
// the tree crosses cgo, so it asks as few as it can, skips types and comments,
// and keeps no tree-sitter node.
type copier struct {
	concrete
	cursor *sitter.TreeCursor
	broken bool // the tree has an error somewhere: look for it everywhere
	muted  int  // how many skipped nodes enclose the cursor
}

// notCopied stands for the index of a node that was skipped.
const notCopied = -1

// copyTree copies what lowering needs. It fails when the tree exceeds maxNodes
// or maxDepth.
func copyTree(g *grammar, tree *sitter.Tree, size int) (*concrete, error) {
	root := tree.RootNode()
	c := &copier{cursor: sitter.NewTreeCursor(root), broken: root.HasError()}
	defer c.cursor.Close()
	c.grammar = g
	c.nodes = make([]cnode, 0, min(size/3+16, maxNodes))
	if err := c.walk(); err != nil {
		return nil, err
	}
	return &c.concrete, nil
}

// walk visits the tree without recursion: open holds the indices of the nodes
// whose children are being visited.
func (c *copier) walk() error {
	var open []int32
	for {
		if len(c.nodes) >= maxNodes {
			return fmt.Errorf("%w: more than %d syntax nodes", ErrTooComplex, maxNodes)
		}
		if len(open) > maxDepth {
			return fmt.Errorf("%w: nested more than %d levels deep", ErrTooComplex, maxDepth)
		}
		index, descend := c.copyNode()
		if descend && c.cursor.GoToFirstChild() {
			open = append(open, index)
			if index == notCopied {
				c.muted++
			}
			continue
		}
		for !c.cursor.GoToNextSibling() {
			if len(open) == 0 {
				return nil
			}
			c.cursor.GoToParent()
			c.leave(open[len(open)-1])
			open = open[:len(open)-1]
		}
	}
}

// leave closes a node whose children have all been visited.
func (c *copier) leave(index int32) {
	if index == notCopied {
		c.muted--
		return
	}
	c.nodes[index].next = int32(len(c.nodes))
}

// copyNode copies the cursor's node. A node that is skipped is still descended
// into when there is an error to be found in it.
func (c *copier) copyNode() (index int32, descend bool) {
	node := c.cursor.CurrentNode()
	sym := uint16(node.Symbol())
	if sym == errorSymbol {
		span := Span{node.StartByte(), node.EndByte()}
		c.errors = append(c.errors, span)
		return c.add(cnode{start: span.Start, end: span.End, kind: kError}), false
	}
	n := cnode{sym: sym, kind: c.grammar.kinds[sym]}
	hurt := c.broken && node.HasError()
	if hurt && node.IsMissing() {
		n.missing, hurt = true, false
		at := node.StartByte()
		c.errors = append(c.errors, Span{at, at})
	}
	if n.kind == kSkip || c.muted > 0 {
		return notCopied, hurt
	}
	if n.kind != kToken {
		n.start, n.end = node.StartByte(), node.EndByte()
	}
	return c.add(n), hurt || !n.kind.leaf()
}

func (c *copier) add(n cnode) int32 {
	if c.muted > 0 {
		return notCopied
	}
	index := int32(len(c.nodes))
	n.next = index + 1
	c.nodes = append(c.nodes, n)
	return index
}
