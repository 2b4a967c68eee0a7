package endpoint

import (
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// maxRouterDepth bounds how deep routers, and the names that lead to them, are
// followed.
const maxRouterDepth = 40

// held is an expression in its file, with the text that writes it: a property,
// or the declaration of a name.
type held struct {
	m     *module.Module
	x     syntax.Expr
	at    syntax.Span
	maker *maker // the call that made what holds it, inside a function
}

// maker is a call of a function that gives a router: what stands in the function
// has a value only through it.
type maker struct {
	m     *module.Module
	x     syntax.Expr
	at    syntax.Span
	depth int // how many keys lead to it
}

type place struct {
	path       string
	start, end uint32
}

func (h held) place() place {
	p := h.x.Pos()
	return place{h.m.Path, p.Start, p.End}
}

// routerWalk goes from routers to the procedures in them. Each router is entered
// once, under the first name that leads to it.
type routerWalk struct {
	repo    *module.Repo
	wanted  map[string]bool // files whose procedures are asked for
	leads   map[string]bool // files from which these are reached
	visited map[place]bool
	mount   *Mount
	out     []Endpoint

	// To find out which routers a router contains, self, the others are noted in
	// parts instead of being entered.
	routers map[place]bool
	self    place
	parts   map[place]bool
}

// walk enters what an expression holds under the names that lead to it.
func (w *routerWalk) walk(h held, keys []string, depth int) {
	if depth > maxRouterDepth || !w.enter(h) {
		return
	}
	switch x := h.x.(type) {
	case *syntax.Ident:
		if next, ok := w.follow(h.m, x.Name); ok {
			next.maker = h.maker
			w.walk(next, keys, depth+1)
		}
	case *syntax.Member:
		if next, ok := w.member(h.m, x); ok {
			w.walk(next, keys, depth+1)
		}
	case *syntax.Object:
		w.object(h, x, keys, depth)
	case *syntax.Call:
		w.call(h, x, keys, depth)
	}
}

// enter reports whether an expression is to be looked at: each router and each
// procedure once.
func (w *routerWalk) enter(h held) bool {
	switch h.x.(type) {
	case *syntax.Object, *syntax.Call:
	default:
		return true
	}
	at := h.place()
	if w.routers[at] && at != w.self {
		w.parts[at] = true
		return false
	}
	if h.maker != nil {
		return true
	}
	if w.visited[at] {
		return false
	}
	w.visited[at] = true
	return true
}

func (w *routerWalk) object(h held, o *syntax.Object, keys []string, depth int) {
	for _, p := range o.Props {
		switch {
		case p.Value == nil || p.Computed != nil:
		case p.Spread:
			w.walk(held{h.m, p.Value, p.Span, h.maker}, keys, depth+1)
		default:
			w.walk(held{h.m, p.Value, p.Span, h.maker}, append(keys[:len(keys):len(keys)], p.Key), depth+1)
		}
	}
}

func (w *routerWalk) call(h held, c *syntax.Call, keys []string, depth int) {
	switch {
	case isProcedure(c):
		w.written(h, keys, c)
	case w.isRouterCall(h.m, c):
		for _, a := range c.Args {
			w.walk(held{h.m, a, a.Pos(), h.maker}, keys, depth+1)
		}
	case calleeName(c) == "lazy" && len(c.Args) > 0:
		if next, ok := w.imported(h.m, resultOf(c.Args[0])); ok {
			w.walk(next, keys, depth+1)
		}
	default:
		w.made(h, c, keys, depth)
	}
}

// made enters a router that a function of the program gives.
func (w *routerWalk) made(h held, c *syntax.Call, keys []string, depth int) {
	id, ok := c.Callee.(*syntax.Ident)
	if !ok || h.maker != nil {
		return
	}
	f := w.origin(h.m, id.Name)
	if x := resultOf(f.x); x != nil && (w.isRouter(f.m, x) || isProcedureExpr(x)) {
		w.walk(held{f.m, x, h.at, &maker{h.m, c, h.at, len(keys)}}, keys, depth+1)
	}
}

func isProcedureExpr(x syntax.Expr) bool {
	c, ok := x.(*syntax.Call)
	return ok && isProcedure(c)
}

// resultOf is what a function gives: its expression, or that of its only return.
func resultOf(x syntax.Expr) syntax.Expr {
	f, ok := x.(*syntax.Func)
	if !ok {
		return nil
	}
	if f.Body == nil {
		return f.Result
	}
	var out syntax.Expr
	for _, s := range f.Body.Body {
		if r, ok := s.(*syntax.Return); ok {
			out = r.X
		}
	}
	return out
}

// imported is what `import("x")`, with or without `.then((m) => m.name)`, gives.
func (w *routerWalk) imported(m *module.Module, x syntax.Expr) (held, bool) {
	name := "default"
	c, ok := x.(*syntax.Call)
	if !ok {
		return held{}, false
	}
	if member, ok := c.Callee.(*syntax.Member); ok && member.Name == "then" && len(c.Args) > 0 {
		if picked, ok := resultOf(c.Args[0]).(*syntax.Member); ok {
			name = picked.Name
		}
		if c, ok = member.X.(*syntax.Call); !ok {
			return held{}, false
		}
	}
	if !c.Import || len(c.Args) == 0 {
		return held{}, false
	}
	spec, ok := c.Args[0].(*syntax.Literal)
	if !ok {
		return held{}, false
	}
	to := w.repo.Resolve(m.Path, spec.Value).Path
	if !w.leads[to] {
		return held{}, false
	}
	next := w.repo.Module(to)
	if next == nil {
		return held{}, false
	}
	return w.bound(w.repo.Export(next, name))
}

// follow goes from a name in a file to what it's declared as, through imports
// that lead to a wanted file.
func (w *routerWalk) follow(m *module.Module, name string) (held, bool) {
	d := m.Local(name)
	if d.Import == nil {
		return declaration(m, name)
	}
	if !w.leads[w.repo.Resolve(m.Path, d.Import.From).Path] {
		return held{}, false
	}
	b, _ := w.repo.Import(m, name)
	return w.bound(b)
}

func (w *routerWalk) bound(b module.Binding) (held, bool) {
	switch {
	case b.Module == nil || b.Local == "*":
		return held{}, false
	case b.Local != "":
		return declaration(b.Module, b.Local)
	}
	return held{m: b.Module, x: b.Expr, at: b.Expr.Pos()}, true
}

// declaration is the value that a file's own name is declared with.
func declaration(m *module.Module, name string) (held, bool) {
	d := m.Local(name)
	switch {
	case d.Func != nil:
		return held{m: m, x: d.Func, at: d.Func.Span}, true
	case d.Var == nil || d.Var.Init == nil:
		return held{}, false
	}
	if _, ok := d.Var.Target.(*syntax.NamePattern); !ok {
		return held{}, false
	}
	return held{m: m, x: d.Var.Init, at: d.Var.Span}, true
}

// member is `routers.post`, of an object or of a whole module.
func (w *routerWalk) member(m *module.Module, x *syntax.Member) (held, bool) {
	id, ok := x.X.(*syntax.Ident)
	if !ok || x.Name == "" {
		return held{}, false
	}
	if ref := m.Local(id.Name).Import; ref != nil && ref.Name == "*" {
		if b, _ := w.repo.Import(m, id.Name); b.Module != nil && w.leads[b.Module.Path] {
			return w.bound(w.repo.Export(b.Module, x.Name))
		}
		return held{}, false
	}
	h, ok := w.follow(m, id.Name)
	if !ok {
		return held{}, false
	}
	if c, ok := h.x.(*syntax.Call); ok && w.isRouterCall(h.m, c) && len(c.Args) > 0 {
		h.x = c.Args[0]
	}
	o, ok := h.x.(*syntax.Object)
	if !ok {
		return held{}, false
	}
	for _, p := range o.Props {
		if p.Key == x.Name && p.Value != nil {
			return held{m: h.m, x: p.Value, at: p.Span}, true
		}
	}
	return held{}, false
}

// isRouterCall reports whether a call makes a router of what it's given, by its
// name or by what the name stands for: `const build = t.router`.
func (w *routerWalk) isRouterCall(m *module.Module, c *syntax.Call) bool {
	if len(c.Args) == 0 || c.New || c.Import {
		return false
	}
	if namesRouter(calleeName(c)) {
		return true
	}
	id, ok := c.Callee.(*syntax.Ident)
	if !ok {
		return false
	}
	h := w.origin(m, id.Name)
	made, ok := h.x.(*syntax.Member)
	return ok && namesRouter(made.Name)
}

func namesRouter(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, "router") || strings.HasSuffix(name, "routers")
}

// origin is a name's declaration, whether or not it leads to a wanted file.
func (w *routerWalk) origin(m *module.Module, name string) held {
	if m.Local(name).Import == nil {
		h, _ := declaration(m, name)
		return h
	}
	b, _ := w.repo.Import(m, name)
	h, _ := w.bound(b)
	return h
}

func calleeName(c *syntax.Call) string {
	switch f := c.Callee.(type) {
	case *syntax.Ident:
		return f.Name
	case *syntax.Member:
		return f.Name
	}
	return ""
}

// The steps that end a procedure's chain, and those that may follow.
// https://trpc.io/docs/server/procedures, https://orpc.unnoq.com/docs/procedure
var (
	endSteps   = []string{"query", "mutation", "subscription", "handler"}
	afterSteps = []string{"callable", "actionable"}
)

// procedureCall is the call that gives a procedure its function, nil when the
// chain has none.
func procedureCall(c *syntax.Call) *syntax.Call {
	for c != nil {
		member, ok := c.Callee.(*syntax.Member)
		if !ok {
			return nil
		}
		if slices.Contains(endSteps, member.Name) {
			if len(c.Args) == 0 {
				return nil
			}
			switch c.Args[0].(type) {
			case *syntax.Object, *syntax.Literal, *syntax.Template, *syntax.Spread:
				return nil
			}
			return c
		}
		if !slices.Contains(afterSteps, member.Name) {
			return nil
		}
		c, _ = member.X.(*syntax.Call)
	}
	return nil
}

func isProcedure(c *syntax.Call) bool { return procedureCall(c) != nil }

// isBuilt reports whether a chain starts at a procedure builder: a name that
// says so, or that leads to one of the libraries.
func (w *routerWalk) isBuilt(m *module.Module, x syntax.Expr) bool {
	for range maxRouterDepth {
		switch e := x.(type) {
		case *syntax.Call:
			x = e.Callee
		case *syntax.Member:
			x = e.X
		case *syntax.Func:
			x = resultOf(e)
		case *syntax.Ident:
			if strings.HasSuffix(e.Name, "Procedure") || e.Name == "procedure" {
				return true
			}
			if ref := m.Local(e.Name).Import; ref != nil {
				if b, _ := w.repo.Import(m, e.Name); b.Package != "" {
					return strings.HasPrefix(b.Package, "@trpc/server") || strings.HasPrefix(b.Package, "@orpc/")
				}
			}
			h := w.origin(m, e.Name)
			if h.x == nil {
				return false
			}
			m, x = h.m, h.x
		default:
			return false
		}
	}
	return false
}
