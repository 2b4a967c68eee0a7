package endpoint

import (
	"bytes"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// app is a Hono application: what makes it, and the statements that go on with it.
type app struct {
	m      *module.Module
	within *syntax.Func
	made   syntax.Expr // a chain of calls that begins with the construction
	name   string      // what the statements call it; may be empty
	base   *app        // what a function gave that made it
}

// place tells applications apart.
func (a app) place() place {
	x := chainRoot(a.made).Pos()
	return place{a.m.Path, x.Start, x.End}
}

// appWalk goes from applications to the handlers in them.
type appWalk struct {
	*routerWalk
	parts map[place]bool // that another application contains
	found []app
	seen  map[Ref]bool
	spent int // statements and applications that were looked at
}

var addsRoute = module.NewMark(func(text []byte) bool { return bytes.Contains(text, []byte(".route(")) })

// declaredApps lists the applications that are declared at the top of the files
// that lead to the wanted ones, and in their functions.
func (w *appWalk) declaredApps() {
	for _, f := range w.repo.Files() {
		if !w.leads[f] || !holdsHandlers(w.repo, f) && !w.repo.Marked(f, addsRoute) {
			continue
		}
		m := w.repo.Module(f)
		if m == nil {
			continue
		}
		for _, s := range m.File.Body {
			w.declaredApp(m, nil, s)
		}
	}
}

func (w *appWalk) declaredApp(m *module.Module, within *syntax.Func, s syntax.Stmt) {
	add := func(x syntax.Expr) {
		if a, ok := w.app(m, within, x, 0); ok && a.m == m && a.within == within && chainRoot(a.made) == chainRoot(x) {
			w.found = append(w.found, a)
		}
	}
	switch s := s.(type) {
	case *syntax.ExportDecl:
		w.declaredApp(m, within, s.Decl)
	case *syntax.ExportDefault:
		w.inFunction(m, within, s.X)
		add(s.X)
	case *syntax.FuncDecl:
		w.inFunction(m, within, s.Func)
	case *syntax.Return:
		add(s.X)
	case *syntax.VarDecl:
		for _, d := range s.Decls {
			w.inFunction(m, within, d.Init)
			add(d.Init)
		}
	}
}

// inFunction looks into a function at the top of a file.
func (w *appWalk) inFunction(m *module.Module, within *syntax.Func, x syntax.Expr) {
	f, ok := x.(*syntax.Func)
	if !ok || within != nil {
		return
	}
	for _, s := range bodyOf(f) {
		w.declaredApp(m, f, s)
	}
}

func bodyOf(f *syntax.Func) []syntax.Stmt {
	switch {
	case f == nil:
		return nil
	case f.Body != nil:
		return f.Body.Body
	case f.Result != nil:
		return []syntax.Stmt{&syntax.Return{Span: f.Result.Pos(), X: f.Result}}
	}
	return nil
}

// app is the application that an expression gives: one that it constructs, by
// itself or through a function, or one that it names.
func (w *appWalk) app(m *module.Module, within *syntax.Func, x syntax.Expr, depth int) (app, bool) {
	if depth > maxAppDepth || x == nil {
		return app{}, false
	}
	switch root := chainRoot(x).(type) {
	case *syntax.Ident:
		return w.namedApp(m, within, root.Name, depth)
	case *syntax.Member:
		if h, ok := w.member(m, root); ok {
			return w.appAt(h, depth)
		}
	case *syntax.Call:
		if root.New && w.constructs(m, root) || w.factoryMakes(m, root) {
			return app{m: m, within: within, made: x, name: w.nameOf(m, within, x)}, true
		}
		return w.madeApp(m, within, x, root, depth)
	}
	return app{}, false
}

// constructs reports whether a construction is that of an application, by the
// package that the class is from.
func (w *appWalk) constructs(m *module.Module, c *syntax.Call) bool {
	id, ok := c.Callee.(*syntax.Ident)
	if !ok || !strings.HasSuffix(id.Name, "Hono") {
		return false
	}
	b, ok := w.repo.Import(m, id.Name)
	return ok && (b.Package == "hono" || strings.HasPrefix(b.Package, "hono/") || strings.HasPrefix(b.Package, "@hono/"))
}

// factoryMakes reports whether a call is that of a factory's createApp.
// https://hono.dev/docs/helpers/factory
func (w *appWalk) factoryMakes(m *module.Module, c *syntax.Call) bool {
	member, ok := c.Callee.(*syntax.Member)
	if !ok || member.Name != "createApp" {
		return false
	}
	x := member.X
	if id, ok := x.(*syntax.Ident); ok {
		h := w.origin(m, id.Name)
		m, x = h.m, h.x
	}
	made, ok := x.(*syntax.Call)
	if !ok {
		return false
	}
	id, ok := made.Callee.(*syntax.Ident)
	if !ok {
		return false
	}
	b, _ := w.repo.Import(m, id.Name)
	return b.Package == "hono/factory"
}

// madeApp is an application that a function of the program gives.
func (w *appWalk) madeApp(m *module.Module, within *syntax.Func, x syntax.Expr, c *syntax.Call, depth int) (app, bool) {
	f := w.function(m, c.Callee)
	fn, ok := f.x.(*syntax.Func)
	if !ok {
		return app{}, false
	}
	base, ok := w.app(f.m, fn, resultOf(fn), depth+1)
	if !ok || base.within != fn {
		return app{}, false
	}
	return app{m: m, within: within, made: x, name: w.nameOf(m, within, x), base: &base}, true
}

// function is what a callee leads to.
func (w *appWalk) function(m *module.Module, callee syntax.Expr) held {
	switch c := callee.(type) {
	case *syntax.Ident:
		return w.origin(m, c.Name)
	case *syntax.Member:
		if id, ok := c.X.(*syntax.Ident); ok {
			if ref := m.Local(id.Name).Import; ref != nil && ref.Name == "*" {
				if b, _ := w.repo.Import(m, id.Name); b.Module != nil {
					h, _ := w.bound(w.repo.Export(b.Module, c.Name))
					return h
				}
			}
		}
	}
	return held{}
}

// namedApp is the application that a name stands for, in a function or in its
// file.
func (w *appWalk) namedApp(m *module.Module, within *syntax.Func, name string, depth int) (app, bool) {
	if d := w.declaredIn(within, name); d != nil {
		return w.app(m, within, d.Init, depth+1)
	}
	h, ok := w.follow(m, name)
	if !ok {
		return app{}, false
	}
	return w.appAt(h, depth)
}

func (w *appWalk) appAt(h held, depth int) (app, bool) { return w.app(h.m, nil, h.x, depth+1) }

// declaredIn is a function's own declaration of a name; nil when there's none.
func (w *appWalk) declaredIn(within *syntax.Func, name string) *syntax.Declarator {
	for _, s := range bodyOf(within) {
		if w.spent++; w.spent > maxAppSteps {
			return nil
		}
		if d := declarator(s, name); d != nil {
			return d
		}
	}
	return nil
}

func declarator(s syntax.Stmt, name string) *syntax.Declarator {
	if e, ok := s.(*syntax.ExportDecl); ok {
		s = e.Decl
	}
	v, ok := s.(*syntax.VarDecl)
	if !ok {
		return nil
	}
	for i, d := range v.Decls {
		if p, ok := d.Target.(*syntax.NamePattern); ok && p.Name == name {
			return &v.Decls[i]
		}
	}
	return nil
}

// nameOf is the name that a value is declared under; empty for none.
func (w *appWalk) nameOf(m *module.Module, within *syntax.Func, x syntax.Expr) string {
	for _, s := range statements(m, within) {
		if w.spent++; w.spent > maxAppSteps {
			return ""
		}
		if e, ok := s.(*syntax.ExportDecl); ok {
			s = e.Decl
		}
		if v, ok := s.(*syntax.VarDecl); ok {
			for _, d := range v.Decls {
				if p, ok := d.Target.(*syntax.NamePattern); ok && d.Init == x {
					return p.Name
				}
			}
		}
	}
	return ""
}

func statements(m *module.Module, within *syntax.Func) []syntax.Stmt {
	if within != nil {
		return bodyOf(within)
	}
	return m.File.Body
}

// chainRoot is what a chain of method calls begins with.
func chainRoot(x syntax.Expr) syntax.Expr {
	for {
		c, ok := x.(*syntax.Call)
		if !ok || c.New {
			return x
		}
		m, ok := c.Callee.(*syntax.Member)
		if !ok || !registers(m.Name) {
			return x
		}
		x = m.X
	}
}

// registers reports whether a method of an application gives the application.
func registers(method string) bool {
	return slices.Contains(handlerMethods, method) || slices.Contains([]string{"use", "route", "basePath", "notFound", "onError", "mount", "doc", "doc31"}, method)
}

// chainCalls lists the method calls of a chain, the first one first.
func chainCalls(x syntax.Expr) []*syntax.Call {
	var out []*syntax.Call
	for root := chainRoot(x); x != root; {
		c := x.(*syntax.Call)
		out = append(out, c)
		x = c.Callee.(*syntax.Member).X
	}
	slices.Reverse(out)
	return out
}

// added lists the calls that add to an application, in the order in which they
// run.
func (w *appWalk) added(a app, depth int) []Added {
	var out []Added
	if depth > maxAppDepth {
		return nil
	}
	if a.base != nil {
		out = w.added(*a.base, depth+1)
	}
	for _, c := range chainCalls(a.made) {
		out = append(out, Added{a.m, c, a.within})
	}
	names := map[string]bool{}
	if a.name != "" {
		names[a.name] = true
	}
	in := adding{appWalk: w, m: a.m, within: a.within, names: names, made: a.made, out: &out}
	in.statements(statements(a.m, a.within), 0)
	return out
}

// adding collects what statements add to an application that they know by some
// names.
type adding struct {
	*appWalk
	m      *module.Module
	within *syntax.Func
	names  map[string]bool
	made   syntax.Expr // what makes the application, and is known already
	out    *[]Added
}

func (in adding) statements(body []syntax.Stmt, depth int) {
	for _, s := range body {
		if in.spent++; in.spent > maxAppSteps || depth > maxAppDepth {
			return
		}
		if e, ok := s.(*syntax.ExportDecl); ok {
			s = e.Decl
		}
		switch s := s.(type) {
		case *syntax.ExprStmt:
			in.expr(s.X, depth)
		case *syntax.Return:
			in.expr(s.X, depth)
		case *syntax.ExportDefault:
			in.expr(s.X, depth)
		case *syntax.VarDecl:
			for _, d := range s.Decls {
				in.expr(d.Init, depth)
				p, isName := d.Target.(*syntax.NamePattern)
				if root, ok := chainRoot(d.Init).(*syntax.Ident); ok && isName && in.names[root.Name] {
					in.names[p.Name] = true
				}
			}
		case *syntax.If:
			in.branch(s.Then, depth+1)
			in.branch(s.Else, depth+1)
		}
	}
}

// branch adds what a branch does: its handlers are there, its middlewares may not
// be.
func (in adding) branch(s syntax.Stmt, depth int) {
	var body []syntax.Stmt
	switch s := s.(type) {
	case nil:
		return
	case *syntax.Block:
		body = s.Body
	default:
		body = []syntax.Stmt{s}
	}
	var maybe []Added
	within := in
	within.out = &maybe
	within.statements(body, depth)
	for _, a := range maybe {
		if calleeName(a.Call) != "use" {
			*in.out = append(*in.out, a)
		}
	}
}

// expr adds what an expression does: a chain of calls on the application, or a
// function that gets it.
func (in adding) expr(x syntax.Expr, depth int) {
	if a, ok := x.(*syntax.Await); ok {
		x = a.X
	}
	c, ok := x.(*syntax.Call)
	if !ok || x == in.made {
		return
	}
	if root, ok := chainRoot(c).(*syntax.Ident); ok && in.names[root.Name] {
		for _, step := range chainCalls(c) {
			*in.out = append(*in.out, Added{in.m, step, in.within})
		}
		return
	}
	for i, a := range c.Args {
		if id, ok := a.(*syntax.Ident); ok && in.names[id.Name] {
			in.handed(c, i, depth+1)
		}
	}
}

// handed adds what a function does with an application that it gets.
func (in adding) handed(c *syntax.Call, i, depth int) {
	f := in.function(in.m, c.Callee)
	fn, ok := f.x.(*syntax.Func)
	if !ok || i >= len(fn.Params) {
		return
	}
	if p, ok := fn.Params[i].Target.(*syntax.NamePattern); ok {
		there := adding{appWalk: in.appWalk, m: f.m, within: fn, names: map[string]bool{p.Name: true}, out: in.out}
		there.statements(bodyOf(fn), depth)
	}
}

// contained notes which applications are part of one, and what it was made from.
func (w *appWalk) contained(a app) {
	if a.base != nil {
		w.parts[a.base.place()] = true
	}
	for _, step := range w.added(a, 0) {
		if calleeName(step.Call) != "route" || len(step.Call.Args) < 2 {
			continue
		}
		if sub, ok := w.app(step.Module, step.Within, step.Call.Args[1], 0); ok && sub.place() != a.place() {
			w.parts[sub.place()] = true
			if sub.base != nil {
				w.parts[sub.base.place()] = true
			}
		}
	}
}
