package syntax

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	sitter "github.com/smacker/go-tree-sitter"
)

// TestNodeLayout holds the copy made in C to what tree-sitter's Go binding says
// of the same nodes. It fails when the binding lays out its nodes in another way.
func TestNodeLayout(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"",
		walked,
		"export async function POST() { foo(a, }",
		"type A = { b: string }; // comment\nlet x: A<B> = <div a='b'>text & more</div>;",
		"const a = {",
		"function f(a: number {}",
	} {
		g := tsxGrammar()
		parser := sitter.NewParser()
		parser.SetLanguage(g.lang)
		tree, err := parser.ParseCtx(t.Context(), nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		got, err := copyTree(g, tree, len(text))
		if err != nil {
			t.Fatal(err)
		}
		want := &slowCopy{grammar: g, broken: tree.RootNode().HasError()}
		want.copy(tree.RootNode(), false)
		if diff := cmp.Diff(want.nodes, got.nodes, cmp.AllowUnexported(cnode{})); diff != "" {
			t.Errorf("%q: nodes differ (-binding +copy):\n%s", text, diff)
		}
		if diff := cmp.Diff(want.errors, got.errors); diff != "" {
			t.Errorf("%q: errors differ (-binding +copy):\n%s", text, diff)
		}
	}
}

// slowCopy copies a tree through the binding's own questions.
type slowCopy struct {
	grammar *grammar
	broken  bool
	nodes   []cnode
	errors  []Span
}

func (c *slowCopy) copy(node *sitter.Node, muted bool) {
	span := Span{node.StartByte(), node.EndByte()}
	n := cnode{sym: uint16(node.Symbol()), start: span.Start, end: span.End}
	descend := false
	if node.IsError() {
		n.kind = kError
		c.errors = append(c.errors, span)
	} else {
		n.kind = c.grammar.kinds[n.sym]
		hurt := c.broken && node.HasError()
		if hurt && node.IsMissing() {
			n.missing, hurt = true, false
			c.errors = append(c.errors, Span{span.Start, span.Start})
		}
		if n.kind == kToken {
			n.start, n.end = 0, 0
		}
		skip := n.kind == kSkip || muted
		descend = hurt || !skip && !n.kind.leaf()
		if skip {
			for i := 0; descend && i < int(node.ChildCount()); i++ {
				c.copy(node.Child(i), true)
			}
			return
		}
	}
	index := len(c.nodes)
	if !muted {
		c.nodes = append(c.nodes, n)
	}
	for i := 0; descend && i < int(node.ChildCount()); i++ {
		c.copy(node.Child(i), muted)
	}
	if !muted {
		c.nodes[index].next = int32(len(c.nodes))
	}
}
