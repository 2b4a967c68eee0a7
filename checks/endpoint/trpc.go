package endpoint

import (
	"bytes"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Mount is where a router is handed to the network: a call of an adapter, with
// options that say what makes the context of each request.
// https://trpc.io/docs/server/adapters
type Mount struct {
	Module  *module.Module
	Options syntax.Span // of the object of options
	// Around is the value of the top-level declaration around the options: a
	// function that handles requests, or what an adapter made of them.
	Around syntax.Expr
	// Others mount the same router.
	Others []*Mount
	router syntax.Expr
}

// Words of which one stands in every file that writes a procedure, mounts a
// router, or declares one.
var (
	procedureWords = words(".query(", ".mutation(", ".subscription(", ".handler(", ".query<", ".mutation<")
	mountWords     = words("RequestHandler", "createNextApiHandler", "RPCHandler(", "OpenAPIHandler(", "createHTTP",
		"createExpressMiddleware", "trpcServer(", "createOpenApi", "fastifyTRPCPlugin", "createBunServeHandler")
	routerWords = words("outers(", "outer<", "@orpc/", "@trpc/server", "rocedure")
)

func words(list ...string) [][]byte {
	out := make([][]byte, len(list))
	for i, w := range list {
		out[i] = []byte(w)
	}
	return out
}

func holdsAny(text []byte, list [][]byte) bool {
	return slices.ContainsFunc(list, func(w []byte) bool { return bytes.Contains(text, w) })
}

// What the text of a file says of it. Next.js' own useRouter declares no router.
var (
	writesProcedures = module.NewMark(func(text []byte) bool { return holdsAny(text, procedureWords) })
	mountsRouter     = module.NewMark(func(text []byte) bool { return holdsAny(text, mountWords) })
	declaresRouter   = module.NewMark(func(text []byte) bool {
		return bytes.Count(text, []byte("outer(")) != bytes.Count(text, []byte("useRouter(")) || holdsAny(text, routerWords)
	})
)

// holdsRouter reports whether a file may declare a router, by its text.
func holdsRouter(repo *module.Repo, path string) bool {
	return repo.Marked(path, declaresRouter) && !repo.Marked(path, module.UseClient)
}

// holdsProcedures reports whether a file may write procedures, by its text. A
// file for the browser calls them, which looks the same.
func holdsProcedures(repo *module.Repo, path string) bool {
	return repo.Marked(path, writesProcedures) && !repo.Marked(path, module.UseClient)
}

// procedures finds the procedures that are written in the given files. Their
// names are the dotted path from the router that is mounted, or when there's no
// such mount, from a router that no other contains.
//
// Only what leads to the given files is parsed.
func procedures(repo *module.Repo, files []string) []Endpoint {
	wanted := map[string]bool{}
	for _, f := range files {
		if holdsProcedures(repo, f) || holdsRouter(repo, f) {
			wanted[f] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	w := &routerWalk{repo: repo, wanted: wanted, leads: repo.Affected(wanted), visited: map[place]bool{}}
	for _, m := range w.mounts() {
		w.mount = m
		w.walk(m.held(), nil, 0)
	}
	w.mount = nil
	declared := w.declared()
	contained := w.contained(declared)
	for _, again := range []bool{false, true} { // again: routers that contain one another
		for _, h := range declared {
			if again || !contained[h.place()] {
				w.walk(h, nil, 0)
			}
		}
	}
	return w.out
}

// held is the router that is mounted.
func (m *Mount) held() held { return held{m: m.Module, x: m.router, at: m.router.Pos()} }

// mounts finds the adapters' calls in the files that lead to the wanted ones:
// for each router the first, with the others.
func (w *routerWalk) mounts() []*Mount {
	var out []*Mount
	for _, f := range w.repo.Files() {
		if !w.leads[f] || !w.repo.Marked(f, mountsRouter) {
			continue
		}
		if m := w.repo.Module(f); m != nil {
			for _, s := range m.File.Body {
				out = append(out, mountsIn(m, s)...)
			}
		}
	}
	return w.grouped(out)
}

// grouped puts the mounts of the same router together.
func (w *routerWalk) grouped(mounts []*Mount) []*Mount {
	var out []*Mount
	first := map[place]*Mount{}
	for _, m := range mounts {
		at := m.held().place()
		if id, ok := m.router.(*syntax.Ident); ok {
			if h, ok := w.follow(m.Module, id.Name); ok {
				at = h.place()
			}
		}
		if known, ok := first[at]; ok {
			known.Others = append(known.Others, m)
			continue
		}
		first[at] = m
		out = append(out, m)
	}
	return out
}

// mountsIn finds the mounts below one top-level statement: options with a router
// among them, and the construction of a handler.
func mountsIn(m *module.Module, s syntax.Stmt) []*Mount {
	var out []*Mount
	syntax.Walk(s, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Object:
			if router := property(n, "router"); router != nil {
				out = append(out, &Mount{Module: m, Options: n.Span, Around: around(s, n.Span), router: router})
			}
		case *syntax.Call:
			if name := calleeName(n); n.New && len(n.Args) > 0 && (name == "RPCHandler" || name == "OpenAPIHandler") {
				mount := &Mount{Module: m, Options: n.Span, router: n.Args[0]}
				mount.handled()
				out = append(out, mount)
			}
		}
		return true
	})
	return out
}

// handled finds where a file passes requests to its handler,
// `handler.handle(request, { context })`.
func (m *Mount) handled() {
	for _, s := range m.Module.File.Body {
		syntax.Walk(s, func(n syntax.Node) bool {
			c, ok := n.(*syntax.Call)
			if !ok || m.Around != nil || calleeName(c) != "handle" || len(c.Args) < 2 {
				return m.Around == nil
			}
			if o, ok := c.Args[1].(*syntax.Object); ok {
				m.Options, m.Around = o.Span, around(s, o.Span)
			}
			return true
		})
	}
}

func property(o *syntax.Object, key string) syntax.Expr {
	for _, p := range o.Props {
		if p.Key == key && !p.Spread && p.Computed == nil {
			return p.Value
		}
	}
	return nil
}

// around is the value of the declaration around a span; see Mount.Around.
func around(s syntax.Stmt, inner syntax.Span) syntax.Expr {
	switch s := s.(type) {
	case *syntax.ExportDecl:
		return around(s.Decl, inner)
	case *syntax.FuncDecl:
		return s.Func
	case *syntax.VarDecl:
		for _, d := range s.Decls {
			if d.Init != nil && d.Start <= inner.Start && inner.End <= d.End {
				return d.Init
			}
		}
	case *syntax.ExportDefault:
		return s.X
	case *syntax.ExprStmt:
		return s.X
	}
	return nil
}

// declared lists the routers that stand at the top of the files which lead to
// the wanted ones.
func (w *routerWalk) declared() []held {
	var out []held
	for _, f := range w.repo.Files() {
		if !w.leads[f] || !holdsRouter(w.repo, f) && !holdsProcedures(w.repo, f) {
			continue
		}
		m := w.repo.Module(f)
		if m == nil {
			continue
		}
		for _, s := range m.File.Body {
			switch d := s.(type) {
			case *syntax.ExportDecl:
				out = w.declaredBy(m, d.Decl, out)
			case *syntax.ExportDefault:
				if w.isRouter(m, d.X) {
					out = append(out, held{m: m, x: d.X, at: d.Span})
				}
			default:
				out = w.declaredBy(m, s, out)
			}
		}
	}
	return out
}

func (w *routerWalk) declaredBy(m *module.Module, s syntax.Stmt, out []held) []held {
	if v, ok := s.(*syntax.VarDecl); ok {
		for _, d := range v.Decls {
			if d.Init != nil && w.isRouter(m, d.Init) {
				out = append(out, held{m: m, x: d.Init, at: d.Span})
			}
		}
	}
	return out
}

// isRouter reports whether an expression makes a router: a call of a router
// function, or an object with a procedure in it.
func (w *routerWalk) isRouter(m *module.Module, x syntax.Expr) bool {
	switch x := x.(type) {
	case *syntax.Call:
		return w.isRouterCall(m, x)
	case *syntax.Object:
		return slices.ContainsFunc(x.Props, func(p syntax.Prop) bool {
			c, ok := p.Value.(*syntax.Call)
			return ok && isProcedure(c) && w.isBuilt(m, c)
		})
	}
	return false
}

// contained finds which of the declared routers are part of another.
func (w *routerWalk) contained(declared []held) map[place]bool {
	routers := map[place]bool{}
	for _, h := range declared {
		routers[h.place()] = true
	}
	parts := map[place]bool{}
	for _, h := range declared {
		look := &routerWalk{repo: w.repo, leads: w.leads, visited: map[place]bool{}, routers: routers, self: h.place(), parts: parts}
		look.walk(h, nil, 0)
	}
	return parts
}

// written makes the endpoint of a procedure that stands at a place; where a
// function makes it, that is the function's call.
func (w *routerWalk) written(h held, keys []string, x *syntax.Call) {
	e := Endpoint{Module: h.m, Value: x, Mount: w.mount, Whole: h.at}
	e.Entry = syntax.Span{Start: h.at.Start, End: bodyStart(x, h.at.End)}
	if by := h.maker; by != nil {
		e.Module, e.Value, e.Keys = by.m, by.x, keys[by.depth:]
		e.Whole, e.Entry = by.at, by.at
	}
	if len(keys) == 0 || !w.wanted[e.Module.Path] {
		return
	}
	e.Ref = Ref{Kind: TRPC, Name: strings.Join(keys, "."), File: e.Module.Path}
	e.Line, _ = e.Module.File.Lines(e.Entry)
	w.out = append(w.out, e)
}

// bodyStart is where the body of a procedure's own function starts, which is the
// last step of the chain.
func bodyStart(x *syntax.Call, end uint32) uint32 {
	x = procedureCall(x)
	if f, ok := x.Args[0].(*syntax.Func); ok {
		return header(f, syntax.Span{Start: f.Start, End: end})
	}
	return end
}
