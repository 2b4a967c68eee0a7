package syntax

// stmts lowers the children of a body from the first on.
func (l *lowerer) stmts(i, first int32) []Stmt {
	var out []Stmt
	for c := first; c < l.nodes[i].next; c = l.nodes[c].next {
		out = l.stmt(out, c)
	}
	return out
}

// stmt appends what a statement lowers to: nothing for types, empty statements
// and punctuation.
func (l *lowerer) stmt(out []Stmt, i int32) []Stmt {
	switch l.kind(i) {
	case kToken, kEmpty, kDecorator:
		return out
	case kExprStmt:
		return l.exprStmt(out, i)
	case kImport:
		return l.importStmt(out, i)
	case kExport:
		return l.export(out, i)
	}
	return append(out, l.oneStmt(i))
}

// oneStmt lowers the statements that always give exactly one.
func (l *lowerer) oneStmt(i int32) Stmt {
	span := l.span(i)
	switch l.kind(i) {
	case kVarDecl:
		return l.varDecl(i)
	case kFuncDecl:
		return &FuncDecl{span, l.function(i)}
	case kClassDecl:
		return &ClassDecl{span, l.class(i, none)}
	case kEnum:
		return l.enum(i)
	case kNamespace:
		return l.namespace(i)
	case kImportAlias:
		return l.importAlias(i)
	case kBlock:
		return l.block(i)
	case kIf:
		return l.ifStmt(i)
	case kFor:
		return l.forStmt(i)
	case kForIn:
		return l.forEach(i)
	case kWhile:
		return &While{span, false, l.exprAt(i, 0), l.body(l.operand(i, 1), i)}
	case kDo:
		return &While{span, true, l.exprAt(i, 1), l.body(l.operand(i, 0), i)}
	case kSwitch:
		return l.switchStmt(i)
	case kTry:
		return l.try(i)
	case kReturn:
		return &Return{span, l.optional(l.operand(i, 0))}
	case kThrow:
		return &Throw{span, l.exprAt(i, 0)}
	case kBreak, kContinue:
		return &Jump{span, l.kind(i) == kContinue, l.label(i)}
	case kLabeled:
		return &Labeled{span, l.label(i), l.body(l.operand(i, 1), i)}
	}
	return &BadStmt{span}
}

func (l *lowerer) label(i int32) string {
	if c := l.child(i, kName); c != none {
		return l.name(c)
	}
	return ""
}

func (l *lowerer) block(i int32) *Block { return &Block{l.span(i), l.stmts(i, i+1)} }

// body lowers the one statement that a loop or a branch governs; an empty one is
// an empty block.
func (l *lowerer) body(i, parent int32) Stmt {
	if i == none {
		end := l.nodes[parent].end
		return &BadStmt{Span{end, end}}
	}
	out := l.stmt(nil, i)
	if len(out) == 1 {
		return out[0]
	}
	return &Block{l.span(i), out}
}

// exprStmt lowers an expression statement, and the two declarations that the
// grammar takes for expressions: namespaces and `using`.
func (l *lowerer) exprStmt(out []Stmt, i int32) []Stmt {
	x := l.operand(i, 0)
	if x == none {
		return append(out, &BadStmt{l.span(i)})
	}
	if l.kind(x) == kNamespace {
		return append(out, l.namespace(x))
	}
	if d := l.usingDecl(i, x); d != nil {
		return append(out, d)
	}
	return append(out, &ExprStmt{l.span(i), l.expr(x)})
}

// usingDecl lowers `using x = f()` and `await using x = f()`, which the grammar
// reads as an assignment behind a word.
func (l *lowerer) usingDecl(i, x int32) Stmt {
	if l.kind(x) == kAwait {
		x = l.operand(x, 0)
	}
	if x == none || l.kind(x) != kAssign || !l.has(x, "using") {
		return nil
	}
	target := l.operand(x, 0)
	if target == none {
		return nil
	}
	decl := Declarator{
		Span:   Span{l.nodes[target].start, l.nodes[x].end},
		Target: l.pattern(target),
		Init:   l.exprAt(x, 1),
	}
	return &VarDecl{l.span(i), "using", []Declarator{decl}}
}

func (l *lowerer) varDecl(i int32) *VarDecl {
	d := &VarDecl{Span: l.span(i), Kind: "var"}
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch t := l.token(c); t {
		case "const", "let":
			d.Kind = t
		}
		if l.kind(c) != kDeclarator {
			continue
		}
		target := l.operand(c, 0)
		if target == none {
			continue
		}
		d.Decls = append(d.Decls, Declarator{l.span(c), l.pattern(target), l.optional(l.after(c, "="))})
	}
	return d
}

func (l *lowerer) ifStmt(i int32) Stmt {
	s := &If{Span: l.span(i), Test: l.exprAt(i, 0), Then: l.body(l.operand(i, 1), i)}
	if e := l.child(i, kElse); e != none {
		s.Else = l.body(l.operand(e, 0), e)
	}
	return s
}

// forStmt lowers the three-part loop. The grammar gives an empty statement for
// an absent first or second part, and nothing for an absent third.
func (l *lowerer) forStmt(i int32) Stmt {
	s := &For{Span: l.span(i)}
	part := 0
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if l.token(c) == ")" {
			part = 3
		}
		if !l.isOperand(c) {
			continue
		}
		switch part {
		case 0:
			if out := l.stmt(nil, c); len(out) > 0 {
				s.Init = out[0]
			}
		case 1:
			if l.kind(c) == kExprStmt {
				s.Test = l.exprAt(c, 0)
			}
		case 2:
			s.Update = l.expr(c)
		case 3:
			s.Body = l.body(c, i)
		}
		part++
	}
	if s.Body == nil {
		s.Body = l.body(none, i)
	}
	return s
}

func (l *lowerer) forEach(i int32) Stmt {
	s := &ForEach{Span: l.span(i)}
	head := true
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch t := l.token(c); t {
		case "await":
			s.Await = true
		case "const", "let", "var":
			s.Kind = t
		case "in":
			s.In, head = true, false
		case "of":
			head = false
		}
		switch {
		case !l.isOperand(c):
		case head && s.Target == nil:
			s.Target = l.pattern(c)
		case head: // the initialiser of `for (var i = 0 in o)`, a relic
		case s.X == nil:
			s.X = l.expr(c)
		default:
			s.Body = l.body(c, i)
		}
	}
	if s.Target == nil || s.X == nil || s.Body == nil {
		return &BadStmt{l.span(i)}
	}
	return s
}

func (l *lowerer) switchStmt(i int32) Stmt {
	s := &Switch{Span: l.span(i), X: l.exprAt(i, 0)}
	body := l.child(i, kSwitchBody)
	if body == none {
		return s
	}
	for c := body + 1; c < l.nodes[body].next; c = l.nodes[c].next {
		switch l.kind(c) {
		case kCase:
			test := l.operand(c, 0)
			one := Case{Span: l.span(c), Test: l.exprOr(test, c)}
			if test != none {
				one.Body = l.stmts(c, l.nodes[test].next)
			}
			s.Cases = append(s.Cases, one)
		case kDefault:
			s.Cases = append(s.Cases, Case{Span: l.span(c), Body: l.stmts(c, c+1)})
		}
	}
	return s
}

func (l *lowerer) try(i int32) Stmt {
	s := &Try{Span: l.span(i)}
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch l.kind(c) {
		case kBlock:
			s.Body = l.block(c)
		case kCatch:
			if p := l.after(c, "("); p != none {
				s.Param = l.pattern(p)
			}
			s.Catch = l.blockOf(c)
		case kFinally:
			s.Finally = l.blockOf(c)
		}
	}
	if s.Body == nil {
		return &BadStmt{l.span(i)}
	}
	return s
}

// blockOf lowers the block of a clause or a class; where an error took it away the result
// is a block that holds a BadStmt.
func (l *lowerer) blockOf(i int32) *Block {
	if b := l.child(i, kBlock); b != none {
		return l.block(b)
	}
	return &Block{l.span(i), []Stmt{&BadStmt{l.span(i)}}}
}
