package syntax

// importStmt lowers an import declaration; one that imports only types leaves
// nothing.
func (l *lowerer) importStmt(out []Stmt, i int32) []Stmt {
	if l.has(i, "type", "typeof") {
		return out
	}
	s := &Import{Span: l.span(i)}
	if c := l.child(i, kString); c != none {
		s.From = l.stringValue(c)
	}
	if c := l.child(i, kImportClause); c != none {
		s.Names = l.importNames(c)
		if len(s.Names) == 0 {
			return out
		}
	}
	if c := l.child(i, kImportRequire); c != none {
		if from := l.child(c, kString); from != none {
			s.From = l.stringValue(from)
		}
		if n := l.child(c, kName); n != none {
			s.Names = []ImportName{{l.span(n), "*", l.name(n)}}
		}
	}
	if s.From == "" {
		return append(out, &BadStmt{s.Span})
	}
	return append(out, s)
}

func (l *lowerer) importNames(i int32) []ImportName {
	var out []ImportName
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		switch l.kind(c) {
		case kName:
			out = append(out, ImportName{l.span(c), "default", l.name(c)})
		case kNamespaceImport:
			if n := l.child(c, kName); n != none {
				out = append(out, ImportName{l.span(n), "*", l.name(n)})
			}
		case kNamedImports:
			out = l.importSpecifiers(out, c)
		}
	}
	return out
}

func (l *lowerer) importSpecifiers(out []ImportName, i int32) []ImportName {
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if l.kind(c) != kImportSpecifier || l.has(c, "type", "typeof") {
			continue
		}
		name, local := l.operand(c, 0), l.operand(c, 1)
		if name == none {
			continue
		}
		if local == none {
			local = name
		}
		out = append(out, ImportName{l.span(c), l.exportedName(name), l.name(local)})
	}
	return out
}

// exportedName returns a module export's name, which may be written as a string.
func (l *lowerer) exportedName(i int32) string {
	if l.kind(i) == kString {
		return l.stringValue(i)
	}
	return l.name(i)
}

// importAlias lowers `import a = B.c`, which is a constant.
func (l *lowerer) importAlias(i int32) Stmt {
	target := l.operand(i, 0)
	if target == none {
		return &BadStmt{l.span(i)}
	}
	span := Span{l.nodes[target].start, l.nodes[i].end}
	return &VarDecl{l.span(i), "const", []Declarator{{span, l.pattern(target), l.exprAt(i, 1)}}}
}

// export lowers every declaration that begins with `export`; one that exports
// only types leaves nothing.
func (l *lowerer) export(out []Stmt, i int32) []Stmt {
	span := l.span(i)
	switch {
	case l.has(i, "type", "namespace"):
		return out
	case l.has(i, "default", "="):
		return l.exportDefault(out, i)
	}
	from := ""
	if c := l.child(i, kString); c != none {
		from = l.stringValue(c)
	}
	if c := l.child(i, kExportClause); c != none {
		names := l.exportNames(c)
		if len(names) == 0 {
			return out
		}
		return append(out, &ExportNames{span, from, names})
	}
	if c := l.child(i, kNamespaceExport); c != none {
		if n := l.operand(c, 0); n != none {
			return append(out, &ExportAll{span, from, l.exportedName(n)})
		}
	}
	if l.has(i, "*") {
		return append(out, &ExportAll{span, from, ""})
	}
	return l.exportDecl(out, i)
}

func (l *lowerer) exportDecl(out []Stmt, i int32) []Stmt {
	c := l.operand(i, 0)
	if c == none {
		if l.child(i, kError) != none {
			return append(out, &BadStmt{l.span(i)})
		}
		return out
	}
	if l.kind(c) == kClassDecl {
		class := l.class(c, i)
		return append(out, &ExportDecl{l.span(i), &ClassDecl{class.Span, class}})
	}
	return append(out, &ExportDecl{l.span(i), l.oneStmt(c)})
}

func (l *lowerer) exportDefault(out []Stmt, i int32) []Stmt {
	c := l.operand(i, 0)
	if c == none {
		return out
	}
	s := &ExportDefault{Span: l.span(i)}
	switch l.kind(c) {
	case kFuncDecl:
		s.X = l.function(c)
	case kClassDecl, kClass:
		s.X = l.class(c, i)
	default:
		s.X = l.expr(c)
	}
	return append(out, s)
}

func (l *lowerer) decorators(i int32) []Expr {
	var out []Expr
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if l.kind(c) == kDecorator {
			out = append(out, l.exprAt(c, 0))
		}
	}
	return out
}

func (l *lowerer) exportNames(i int32) []ExportName {
	var out []ExportName
	for c := i + 1; c < l.nodes[i].next; c = l.nodes[c].next {
		if l.kind(c) != kExportSpecifier || l.has(c, "type", "typeof") {
			continue
		}
		local, name := l.operand(c, 0), l.operand(c, 1)
		if local == none {
			continue
		}
		if name == none {
			name = local
		}
		out = append(out, ExportName{l.span(c), l.exportedName(local), l.exportedName(name)})
	}
	return out
}

// commonJS turns `module.exports = X` and `exports.x = y` at the top of a file
// into the export declarations that mean the same.
func commonJS(stmts []Stmt) []Stmt {
	if len(stmts) != 1 {
		return stmts
	}
	s, ok := stmts[0].(*ExprStmt)
	if !ok {
		return stmts
	}
	a, ok := s.X.(*Assign)
	if !ok || a.Op != "=" {
		return stmts
	}
	target, ok := a.Target.(*ExprPattern)
	if !ok {
		return stmts
	}
	m, ok := target.X.(*Member)
	if !ok || m.Name == "" {
		return stmts
	}
	if isName(m.X, "module") && m.Name == "exports" {
		return exportsObject(s.Span, a.Value)
	}
	inner, nested := m.X.(*Member)
	if isName(m.X, "exports") || nested && inner.Name == "exports" && isName(inner.X, "module") {
		return []Stmt{exportOne(s.Span, m, a.Value)}
	}
	return stmts
}

func isName(x Expr, name string) bool {
	id, ok := x.(*Ident)
	return ok && id.Name == name
}

// exportsObject is `module.exports = value`: the default export and, when the
// value is an object of names of this file, each of them by name.
func exportsObject(span Span, value Expr) []Stmt {
	out := []Stmt{&ExportDefault{span, value}}
	object, ok := value.(*Object)
	if !ok {
		return out
	}
	var names []ExportName
	for _, p := range object.Props {
		if id, ok := p.Value.(*Ident); ok && p.Key != "" && !p.Spread {
			names = append(names, ExportName{p.Span, id.Name, p.Key})
		}
	}
	if len(names) > 0 {
		out = append(out, &ExportNames{span, "", names})
	}
	return out
}

// exportOne is `exports.name = value`.
func exportOne(span Span, target *Member, value Expr) Stmt {
	if target.Name == "default" {
		return &ExportDefault{span, value}
	}
	if id, ok := value.(*Ident); ok {
		return &ExportNames{span, "", []ExportName{{span, id.Name, target.Name}}}
	}
	pattern := &NamePattern{target.NameSpan, target.Name}
	decl := Declarator{Span{target.NameSpan.Start, span.End}, pattern, value}
	return &ExportDecl{span, &VarDecl{span, "const", []Declarator{decl}}}
}
