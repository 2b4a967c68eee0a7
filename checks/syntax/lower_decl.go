package syntax

import (
	"math"
	"strconv"
)

// function lowers every node that has parameters and a body: declarations,
// expressions, arrows and methods.
func (l *lowerer) function(i int32) *Func {
	f := &Func{Span: l.span(i)}
	f.NameSpan = Span{f.Start, f.Start}
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch l.token(c) {
		case "async":
			f.Async = true
		case "*":
			f.Generator = true
		case "=>":
			f.Arrow = true
		}
		switch {
		case !l.isOperand(c):
		case l.kind(c) == kParams:
			f.Params = l.params(c)
		case l.kind(c) == kBlock:
			f.Body, f.Directives = l.functionBody(c)
		case f.Arrow:
			f.Result = l.expr(c)
		case l.kind(i) == kArrow:
			f.Params = []Param{{Span: l.span(c), Target: l.pattern(c)}}
		case l.kind(i) == kMethod:
			f.NameSpan = l.span(c)
		default:
			f.Name, f.NameSpan = l.name(c), l.span(c)
		}
	}
	if f.Body == nil && f.Result == nil {
		f.Body = &Block{Span{f.End, f.End}, []Stmt{&BadStmt{Span{f.End, f.End}}}}
	}
	return f
}

func (l *lowerer) functionBody(i int32) (*Block, []string) {
	first, directives := l.directives(i)
	return &Block{l.span(i), l.stmts(i, first)}, directives
}

// params lowers a parameter list. A `this` parameter is a type only.
func (l *lowerer) params(i int32) []Param {
	var out []Param
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if l.kind(c) != kParam {
			continue
		}
		target := l.operand(c, 0)
		if target == none || l.kind(target) == kKeyword {
			continue
		}
		p := Param{Span: l.span(c), Property: l.child(c, kAccess) != none || l.has(c, "readonly")}
		if l.kind(target) == kRestPattern {
			p.Rest = true
			if target = l.operand(target, 0); target == none {
				continue
			}
		}
		p.Target = l.pattern(target)
		if value := l.after(c, "="); value != none {
			p.Target = &DefaultPattern{Span{p.Target.Pos().Start, l.nodes[value].end}, p.Target, l.expr(value)}
		}
		out = append(out, p)
	}
	return out
}

// class lowers a class. Its decorators may stand before the `export` around it.
func (l *lowerer) class(i, export int32) *Class {
	k := &Class{Span: l.span(i)}
	if export != none {
		if d := l.child(export, kDecorator); d != none {
			k.Start = min(k.Start, l.nodes[d].start)
		}
		k.Decorators = l.decorators(export)
	}
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch l.kind(c) {
		case kDecorator:
			k.Decorators = append(k.Decorators, l.exprAt(c, 0))
		case kName:
			k.Name = l.name(c)
		case kHeritage:
			k.Super = l.super(c)
		case kClassBody:
			k.Members = l.members(c)
		}
	}
	return k
}

// super returns the class that is extended; nil when there are only `implements`.
func (l *lowerer) super(i int32) Expr {
	if e := l.child(i, kExtends); e != none {
		return l.exprAt(e, 0)
	}
	return l.optional(l.operand(i, 0))
}

// members lowers a class body. Decorators of a method stand before it.
func (l *lowerer) members(i int32) []ClassMember {
	var out []ClassMember
	var decorators []Expr
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch l.kind(c) {
		case kDecorator:
			decorators = append(decorators, l.exprAt(c, 0))
		case kMethod:
			m := l.method(c)
			m.Decorators = decorators
			out, decorators = append(out, m), nil
		case kField:
			if m, ok := l.field(c); ok {
				out = append(out, m)
			}
		case kStaticBlock:
			f := &Func{Span: l.span(c), NameSpan: Span{l.nodes[c].start, l.nodes[c].start}, Body: l.blockOf(c)}
			out = append(out, ClassMember{Span: l.span(c), Static: true, Value: f})
		}
	}
	return out
}

func (l *lowerer) method(i int32) ClassMember {
	m := ClassMember{
		Span:   l.span(i),
		Static: l.has(i, "static"),
		Getter: l.has(i, "get"),
		Setter: l.has(i, "set"),
		Value:  l.function(i),
	}
	m.Method = !m.Getter && !m.Setter
	m.Key, m.Computed = l.key(l.operand(i, 0))
	return m
}

// field lowers a field; one that is only declared is a type.
func (l *lowerer) field(i int32) (ClassMember, bool) {
	if l.has(i, "declare", "abstract") {
		return ClassMember{}, false
	}
	m := ClassMember{Span: l.span(i), Static: l.has(i, "static")}
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if l.kind(c) == kDecorator {
			m.Decorators = append(m.Decorators, l.exprAt(c, 0))
		}
	}
	m.Key, m.Computed = l.key(l.operand(i, 0))
	m.Value = l.optional(l.after(i, "="))
	return m, true
}

// key lowers a property name: to its text, or to an expression when it is
// computed from anything but a string.
func (l *lowerer) key(i int32) (string, Expr) {
	if i == none {
		return "", nil
	}
	switch l.kind(i) {
	case kString:
		return l.stringValue(i), nil
	case kComputed:
		x := l.exprAt(i, 0)
		if s, ok := x.(*Literal); ok && s.Kind == String {
			return s.Value, nil
		}
		return "", x
	}
	return l.name(i), nil
}

// enum lowers an enum and counts the numbers of members that have none written,
// as TypeScript does.
func (l *lowerer) enum(i int32) Stmt {
	e := &EnumDecl{Span: l.span(i), Name: l.label(i)}
	body := l.child(i, kEnumBody)
	if body == none {
		return e
	}
	next, known := 0, true
	for c := body + 1; c < l.nodes[body].next; c = l.nodes[c].next {
		if !l.isOperand(c) {
			continue
		}
		m := EnumMember{Span: l.span(c)}
		if l.kind(c) == kEnumAssign {
			m.Name, _ = l.key(l.operand(c, 0))
			m.Value = l.exprAt(c, 1)
			next, known = enumNumber(m.Value)
		} else {
			m.Name, _ = l.key(c)
			if known {
				m.Value = &Literal{m.Span, Number, strconv.Itoa(next)}
			}
		}
		next++
		e.Members = append(e.Members, m)
	}
	return e
}

// enumNumber returns an initialiser's value when it is a whole number.
func enumNumber(x Expr) (int, bool) {
	sign := 1
	if u, ok := x.(*Unary); ok && u.Op == "-" {
		x, sign = u.X, -1
	}
	n, ok := x.(*Literal)
	if !ok || n.Kind != Number {
		return 0, false
	}
	v, err := strconv.ParseInt(n.Value, 0, 64)
	if err != nil || v > math.MaxInt32 {
		return 0, false
	}
	return sign * int(v), true
}

func (l *lowerer) namespace(i int32) Stmt {
	n := &NamespaceDecl{Span: l.span(i)}
	if c := l.operand(i, 0); c != none {
		n.Name = l.source(c)
	}
	if b := l.child(i, kBlock); b != none {
		n.Body = l.stmts(b, b+1)
	}
	return n
}
