package syntax

import (
	"slices"
)

// lowerer turns the copied concrete tree into ours. Its methods take the index
// of a node; none is a negative index, which every method that looks for a child
// may return.
type lowerer struct {
	grammar *grammar
	nodes   []cnode
	text    []byte
}

const none int32 = -1

// file lowers the root.
func (l *lowerer) file() (body []Stmt, directives []string) {
	if len(l.nodes) == 0 {
		return nil, nil
	}
	if l.nodes[0].kind == kError {
		return []Stmt{&BadStmt{l.span(0)}}, nil
	}
	first, directives := l.directives(0)
	for i := first; i < l.nodes[0].next; i = l.nodes[i].next {
		from := len(body)
		body = l.stmt(body, i)
		if l.kind(i) == kExprStmt {
			body = append(body[:from], commonJS(body[from:])...)
		}
	}
	return body, directives
}

func (l *lowerer) kind(i int32) kind { return l.nodes[i].kind }

func (l *lowerer) span(i int32) Span { return Span{l.nodes[i].start, l.nodes[i].end} }

func (l *lowerer) source(i int32) string { return string(l.text[l.nodes[i].start:l.nodes[i].end]) }

// name returns the text of an identifier, with its escapes resolved: `\u0061uth`
// is the same name as `auth`.
func (l *lowerer) name(i int32) string { return cook(l.source(i)) }

// token returns the text of a token, and "" for any other node.
func (l *lowerer) token(i int32) string {
	if n := l.nodes[i]; n.kind == kToken && !n.missing {
		return l.grammar.names[n.sym]
	}
	return ""
}

// has reports whether one of the tokens is a direct child.
func (l *lowerer) has(i int32, tokens ...string) bool {
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if t := l.token(c); t != "" && slices.Contains(tokens, t) {
			return true
		}
	}
	return false
}

// child returns the first direct child of a kind.
func (l *lowerer) child(i int32, k kind) int32 {
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if l.nodes[c].kind == k {
			return c
		}
	}
	return none
}

// isOperand tells the parts of a node that mean something by their position
// from punctuation, modifiers and errors.
func (l *lowerer) isOperand(i int32) bool {
	switch l.nodes[i].kind {
	case kToken, kError, kAccess, kDecorator, kOptional, kSkip:
		return false
	}
	return true
}

// operand returns the n-th operand among the direct children.
func (l *lowerer) operand(i int32, n int) int32 {
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if !l.isOperand(c) {
			continue
		}
		if n == 0 {
			return c
		}
		n--
	}
	return none
}

// after returns the first operand behind a token.
func (l *lowerer) after(i int32, token string) int32 {
	seen := false
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if seen && l.isOperand(c) {
			return c
		}
		seen = seen || l.token(c) == token
	}
	return none
}

// exprAt lowers the n-th operand of a node; where an error took it away the
// result is a BadExpr.
func (l *lowerer) exprAt(i int32, n int) Expr { return l.exprOr(l.operand(i, n), i) }

// exprOr lowers an expression that must be there in the parent.
func (l *lowerer) exprOr(i, parent int32) Expr {
	if i == none {
		end := l.nodes[parent].end
		return &BadExpr{Span{end, end}}
	}
	return l.expr(i)
}

// optional lowers an expression that may be absent.
func (l *lowerer) optional(i int32) Expr {
	if i == none {
		return nil
	}
	return l.expr(i)
}

// directives returns the leading string statements of a body, and the index of
// the first child behind them.
func (l *lowerer) directives(i int32) (first int32, out []string) {
	c := i + 1
	for ; c < l.nodes[i].next; c = l.nodes[c].next {
		if l.kind(c) == kToken {
			continue
		}
		if l.kind(c) != kExprStmt {
			break
		}
		x := l.operand(c, 0)
		if x == none || l.kind(x) != kString {
			break
		}
		out = append(out, l.stringValue(x))
	}
	return c, out
}
