package syntax

import (
	"html"
	"unicode"
	"unicode/utf8"
)

// jsx lowers an element or a fragment.
func (l *lowerer) jsx(i int32) Expr {
	x := &JSX{Span: l.span(i)}
	if l.kind(i) == kJSXSelfClosing {
		l.jsxTag(x, i)
		return x
	}
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch l.kind(c) {
		case kJSXOpening:
			l.jsxTag(x, c)
		case kJSXText, kToken:
		case kJSXExpr:
			if inner := l.operand(c, 0); inner != none {
				x.Children = append(x.Children, l.expr(inner))
			}
		default:
			x.Children = append(x.Children, l.expr(c))
		}
	}
	return x
}

// jsxTag lowers the name and the attributes of an opening or self-closing tag.
func (l *lowerer) jsxTag(x *JSX, i int32) {
	named := false
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch l.kind(c) {
		case kName, kMember, kJSXName, kKeyword:
			if !named {
				l.jsxName(x, c)
				named = true
			}
		case kJSXAttribute:
			x.Attrs = append(x.Attrs, l.jsxAttribute(c))
		case kJSXExpr:
			if s := l.operand(c, 0); s != none {
				x.Attrs = append(x.Attrs, l.jsxSpread(c, s))
			}
		}
	}
}

// jsxName tells a component from a host element by the rule that JSX compilers
// use: a member access, or a first letter that is not lower-case.
func (l *lowerer) jsxName(x *JSX, i int32) {
	name := l.source(i)
	first, _ := utf8.DecodeRuneInString(name)
	if l.kind(i) == kJSXName || l.kind(i) == kName && unicode.IsLower(first) {
		x.Name = name
		return
	}
	x.Tag = l.expr(i)
}

func (l *lowerer) jsxAttribute(i int32) Prop {
	p := Prop{Span: l.span(i)}
	if name := l.operand(i, 0); name != none {
		p.Key = l.source(name)
	}
	value := l.operand(i, 1)
	if value == none {
		return p
	}
	switch l.kind(value) {
	case kString:
		p.Value = &Literal{l.span(value), String, html.UnescapeString(l.unquoted(value))}
	case kJSXExpr:
		p.Value = l.exprAt(value, 0)
	default:
		p.Value = l.expr(value)
	}
	return p
}

func (l *lowerer) jsxSpread(i, inner int32) Prop {
	if l.kind(inner) != kSpread {
		return Prop{Span: l.span(i), Value: &BadExpr{l.span(i)}}
	}
	return Prop{Span: l.span(i), Spread: true, Value: l.exprAt(inner, 0)}
}
