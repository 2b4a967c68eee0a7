package syntax

// expr lowers an expression.
func (l *lowerer) expr(i int32) Expr {
	n := l.nodes[i]
	span := Span{n.start, n.end}
	if n.missing {
		return &BadExpr{span}
	}
	switch n.kind {
	case kName, kKeyword, kPrivateName, kShorthand:
		return &Ident{span, l.name(i)}
	case kString, kNumber, kRegex, kBool, kNull:
		return l.literal(i)
	case kTemplate:
		return l.plainTemplate(i)
	case kWrapper, kAssertion:
		return l.exprAt(i, 0)
	case kObject:
		return l.object(i)
	case kArray:
		return &Array{span, l.elements(i)}
	case kFunc, kFuncDecl, kArrow:
		return l.function(i)
	case kClass, kClassDecl:
		return l.class(i, none)
	case kCall:
		return l.operated(i, l.call(i))
	case kNew:
		return l.newExpr(i)
	case kMember:
		return l.operated(i, l.member(i))
	case kSubscript:
		return l.operated(i, l.subscript(i))
	case kMeta:
		return l.meta(i)
	case kUnary:
		return &Unary{span, l.operator(i), l.exprAt(i, 0)}
	case kUpdate:
		return &Update{span, l.operator(i), l.exprAt(i, 0)}
	case kBinary:
		return &Binary{span, l.operator(i), l.exprAt(i, 0), l.exprAt(i, 1)}
	case kSequence:
		return l.sequence(i)
	case kTernary:
		return &Cond{span, l.exprAt(i, 0), l.exprAt(i, 1), l.exprAt(i, 2)}
	case kAssign:
		return l.assign(i)
	case kAwait:
		return &Await{span, l.exprAt(i, 0)}
	case kYield:
		return &Yield{span, l.optional(l.operand(i, 0))}
	case kSpread:
		return &Spread{span, l.exprAt(i, 0)}
	case kJSXElement, kJSXSelfClosing:
		return l.jsx(i)
	}
	return &BadExpr{span}
}

// operator returns the first token among the children.
func (l *lowerer) operator(i int32) string {
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if t := l.token(c); t != "" {
			return t
		}
	}
	return ""
}

func (l *lowerer) object(i int32) Expr {
	o := &Object{Span: l.span(i)}
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if p, ok := l.prop(c); ok {
			o.Props = append(o.Props, p)
		}
	}
	return o
}

func (l *lowerer) prop(i int32) (Prop, bool) {
	p := Prop{Span: l.span(i)}
	switch l.kind(i) {
	case kPair:
		p.Key, p.Computed = l.key(l.operand(i, 0))
		p.Value = l.exprAt(i, 1)
	case kMethod:
		p.Key, p.Computed = l.key(l.operand(i, 0))
		p.Value = l.function(i)
		p.Getter, p.Setter = l.has(i, "get"), l.has(i, "set")
	case kSpread:
		p.Spread = true
		p.Value = l.exprAt(i, 0)
	case kShorthand:
		p.Key = l.name(i)
		p.Value = &Ident{p.Span, p.Key}
	case kToken:
		return Prop{}, false
	default:
		p.Value = &BadExpr{p.Span}
	}
	return p, true
}

// elements lowers a bracketed list; nil stands for a hole.
func (l *lowerer) elements(i int32) []Expr {
	var out []Expr
	hole := true
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch {
		case l.token(c) == "," && hole:
			out = append(out, nil)
		case l.token(c) == ",":
			hole = true
		case l.isOperand(c) || l.kind(c) == kError:
			out = append(out, l.expr(c))
			hole = false
		}
	}
	return out
}

func (l *lowerer) call(i int32) Expr {
	callee := l.operand(i, 0)
	args := l.child(i, kArgs)
	if args == none {
		if t := l.operand(i, 1); t != none && l.kind(t) == kTemplate {
			tagged := l.template(t, l.expr(callee))
			tagged.Span = l.span(i)
			return tagged
		}
		return &BadExpr{l.span(i)}
	}
	c := &Call{Span: l.span(i), Args: l.args(args)}
	c.Optional = l.child(i, kOptional) != none || l.has(i, "?.")
	if callee == none || callee == args {
		return &BadExpr{l.span(i)}
	}
	if l.kind(callee) == kImportWord {
		c.Import = true
		return c
	}
	c.Callee = l.expr(callee)
	return c
}

// operated mends how the grammar reads what follows an operator and is called with type
// arguments, `await f<T>(x)` or `!f<T>(x).y`: it takes the operator for the callee's. What
// stands in parentheses, `(await f)<T>(x)`, is as it's meant.
func (l *lowerer) operated(i int32, x Expr) Expr {
	head := l.operand(i, 0)
	if head == none || l.kind(head) == kWrapper && l.text[l.nodes[head].start] == '(' {
		return x
	}
	inner, span := innermost(x)
	if inner == nil {
		return x
	}
	op := *inner
	operand, whole := operandOf(op)
	if operand == nil {
		return x
	}
	*inner, *operand, whole.End = *operand, x, span.End
	span.Start = (*inner).Pos().Start
	return op
}

// operandOf is where an operator keeps what stands right of it, and its own span.
func operandOf(x Expr) (*Expr, *Span) {
	switch x := x.(type) {
	case *Await:
		return &x.X, &x.Span
	case *Unary:
		return &x.X, &x.Span
	case *Binary:
		return &x.R, &x.Span
	}
	return nil, nil
}

// innermost is where an expression keeps what is called, or whose member it is, and its
// own span.
func innermost(x Expr) (*Expr, *Span) {
	switch x := x.(type) {
	case *Call:
		return &x.Callee, &x.Span
	case *Member:
		return &x.X, &x.Span
	case *Template:
		return &x.Tag, &x.Span
	}
	return nil, nil
}

func (l *lowerer) args(i int32) []Expr {
	var out []Expr
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if l.kind(c) != kToken {
			out = append(out, l.expr(c))
		}
	}
	return out
}

func (l *lowerer) newExpr(i int32) Expr {
	c := &Call{Span: l.span(i), New: true, Callee: l.exprAt(i, 0)}
	if args := l.child(i, kArgs); args != none {
		c.Args = l.args(args)
	}
	return c
}

func (l *lowerer) member(i int32) Expr {
	object, name := l.operand(i, 0), l.operand(i, 1)
	if object == none || name == none {
		return &BadExpr{l.span(i)}
	}
	if l.kind(object) == kImportWord {
		return &Ident{l.span(i), "import.meta"}
	}
	return &Member{
		Span:     l.span(i),
		X:        l.expr(object),
		Name:     l.name(name),
		NameSpan: l.span(name),
		Optional: l.child(i, kOptional) != none || l.has(i, "?."),
	}
}

func (l *lowerer) subscript(i int32) Expr {
	m := &Member{
		Span:     l.span(i),
		X:        l.exprAt(i, 0),
		Index:    l.exprAt(i, 1),
		Optional: l.child(i, kOptional) != none || l.has(i, "?."),
	}
	m.NameSpan = m.Index.Pos()
	if s, ok := m.Index.(*Literal); ok && s.Kind == String {
		m.Name, m.Index = s.Value, nil
	}
	return m
}

// meta lowers `new.target` and `import.meta`, however they are spaced.
func (l *lowerer) meta(i int32) Expr {
	if l.text[l.nodes[i].start] == 'n' {
		return &Ident{l.span(i), "new.target"}
	}
	return &Ident{l.span(i), "import.meta"}
}

// sequence lowers `a, b, c` to (a, b), c.
func (l *lowerer) sequence(i int32) Expr {
	var out Expr
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if !l.isOperand(c) {
			continue
		}
		x := l.expr(c)
		if out == nil {
			out = x
			continue
		}
		out = &Binary{Span{out.Pos().Start, x.Pos().End}, ",", out, x}
	}
	if out == nil {
		return &BadExpr{l.span(i)}
	}
	return out
}

func (l *lowerer) assign(i int32) Expr {
	target := l.operand(i, 0)
	if target == none {
		return &BadExpr{l.span(i)}
	}
	return &Assign{l.span(i), l.operator(i), l.pattern(target), l.exprAt(i, 1)}
}
