package syntax

// pattern lowers what is written to. An assignment's left side may have been
// read as an expression, so object and array literals are patterns here.
func (l *lowerer) pattern(i int32) Pattern {
	span := l.span(i)
	switch l.kind(i) {
	case kName, kShorthand:
		return &NamePattern{span, l.name(i)}
	case kObjectPattern, kObject:
		return l.objectPattern(i)
	case kArrayPattern, kArray:
		return l.arrayPattern(i)
	case kDefaultPattern, kAssign:
		return &DefaultPattern{span, l.patternAt(i, 0), l.exprAt(i, 1)}
	case kWrapper, kAssertion:
		return l.patternAt(i, 0)
	}
	return &ExprPattern{span, l.expr(i)}
}

// patternAt lowers the n-th operand of a node.
func (l *lowerer) patternAt(i int32, n int) Pattern {
	if c := l.operand(i, n); c != none {
		return l.pattern(c)
	}
	end := Span{l.nodes[i].end, l.nodes[i].end}
	return &ExprPattern{end, &BadExpr{end}}
}

func (l *lowerer) objectPattern(i int32) Pattern {
	p := &ObjectPattern{Span: l.span(i)}
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		prop := PatternProp{Span: l.span(c)}
		switch l.kind(c) {
		case kShorthand:
			prop.Key = l.name(c)
			prop.Target = l.pattern(c)
		case kPairPattern, kPair:
			prop.Key, prop.Computed = l.key(l.operand(c, 0))
			prop.Target = l.patternAt(c, 1)
		case kDefaultPattern, kAssign:
			if name := l.operand(c, 0); name != none {
				prop.Key = l.name(name)
			}
			prop.Target = l.pattern(c)
		case kRestPattern, kSpread:
			p.Rest = l.patternAt(c, 0)
			continue
		default:
			continue
		}
		p.Props = append(p.Props, prop)
	}
	return p
}

func (l *lowerer) arrayPattern(i int32) Pattern {
	p := &ArrayPattern{Span: l.span(i)}
	hole := true
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch {
		case l.token(c) == "," && hole:
			p.Elems = append(p.Elems, nil)
		case l.token(c) == ",":
			hole = true
		case l.kind(c) == kRestPattern || l.kind(c) == kSpread:
			p.Rest = l.patternAt(c, 0)
			hole = false
		case l.isOperand(c):
			p.Elems = append(p.Elems, l.pattern(c))
			hole = false
		}
	}
	return p
}
