package syntax

/*
#cgo darwin LDFLAGS: -Wl,-undefined,dynamic_lookup
#include "tree.h"
#include <stdlib.h>
*/
import "C"

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	sitter "github.com/smacker/go-tree-sitter"
)

// cnode is one node of the concrete tree, copied out of C, which knows it as
// Node (tree.h). Nodes lie in pre-order, so that a node's children are the nodes
// after it up to next.
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

// copyTree copies what lowering needs: no types and comments, and no tree-sitter
// node. It fails when the tree exceeds maxNodes or maxDepth.
//
// The walk itself is C (tree.c): every question to a node from Go costs more
// than its answer, which made copying take as long as parsing.
func copyTree(g *grammar, tree *sitter.Tree, size int) (*concrete, error) {
	// A sitter.Node begins with the library's TSNode, which it gives to nobody;
	// TestNodeLayout holds it to that.
	root := *(*C.TSNode)(unsafe.Pointer(tree.RootNode()))
	rules := C.Rules{token: C.uint8_t(kToken), error: C.uint8_t(kError), skip: C.uint8_t(kSkip), max_nodes: maxNodes, max_depth: maxDepth}
	expected := C.uint32_t(min(size/3+16, maxNodes))
	out := C.authdiff_copy(root, rules, (*C.uint8_t)(unsafe.Pointer(&g.kinds[0])), (*C.uint8_t)(unsafe.Pointer(&leaves[0])), expected)
	runtime.KeepAlive(tree)
	defer C.free(unsafe.Pointer(out.nodes))
	defer C.free(unsafe.Pointer(out.errors))
	switch out.failed {
	case C.TOO_MANY:
		return nil, fmt.Errorf("%w: more than %d syntax nodes", ErrTooComplex, maxNodes)
	case C.TOO_DEEP:
		return nil, fmt.Errorf("%w: nested more than %d levels deep", ErrTooComplex, maxDepth)
	case C.NO_MEMORY:
		return nil, fmt.Errorf("%w: no memory for its syntax tree", ErrTooComplex)
	}
	return &concrete{
		grammar: g,
		nodes:   slices.Clone(unsafe.Slice((*cnode)(unsafe.Pointer(out.nodes)), out.node_count)),
		errors:  slices.Clone(unsafe.Slice((*Span)(unsafe.Pointer(out.errors)), out.error_count)),
	}, nil
}

// leaves says of each kind whether it is a leaf, for the walk.
var leaves = func() (table [256]bool) {
	for k := range table {
		table[k] = kind(k).leaf()
	}
	return table
}()
