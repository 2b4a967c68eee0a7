package endpoint

import (
	"bytes"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Added is a call that adds handlers to a server's application:
// `app.use(middleware)`, `app.get("/path", handler)`.
type Added struct {
	Module *module.Module
	Call   *syntax.Call
	Within *syntax.Func // the function in which it stands; nil at the top of its file
}

// handlerMethods are the methods that register a handler under a path.
// https://hono.dev/docs/api/routing
var handlerMethods = []string{"get", "post", "put", "delete", "patch", "options", "all", "on", "openapi"}

// The bounds of following applications: how deep they are nested, how many
// statements are looked at in all, and how many endpoints are found. Real servers need a
// hundredth of it.
const (
	maxAppDepth     = 12
	maxAppSteps     = 500_000
	maxAppEndpoints = 5_000
)

var namesHono = module.NewMark(func(text []byte) bool {
	return bytes.Contains(text, []byte("hono")) || bytes.Contains(text, []byte("Hono"))
})

// holdsHandlers reports whether a file may register handlers with Hono, by its
// text.
func holdsHandlers(repo *module.Repo, path string) bool {
	return repo.Marked(path, namesHono) && !repo.Marked(path, module.UseClient)
}

// handlers finds the endpoints that are registered with Hono in the given files:
// each under every path that leads to it.
//
// Only what leads to the given files is parsed.
func handlers(repo *module.Repo, files []string) []Endpoint {
	wanted := map[string]bool{}
	for _, f := range files {
		if holdsHandlers(repo, f) {
			wanted[f] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	w := &appWalk{
		routerWalk: &routerWalk{repo: repo, wanted: wanted, leads: repo.Affected(wanted)},
		parts:      map[place]bool{}, seen: map[Ref]bool{},
	}
	w.declaredApps()
	for _, a := range w.found {
		w.contained(a)
	}
	for _, a := range w.found {
		if !w.parts[a.place()] {
			w.enterApp(a, mounted{root: a.m.Path}, 0)
		}
	}
	return w.out
}

// mounted is where an application is reached: below which path, behind which
// middlewares, and in which file the outermost one stands.
type mounted struct {
	prefix string
	stack  []use
	root   string
}

// use is a middleware with the paths that it is for.
type use struct {
	pattern string
	added   Added
}

// enterApp walks through an application and those that it contains.
func (w *appWalk) enterApp(a app, at mounted, depth int) {
	if w.spent++; w.spent > maxAppSteps || depth > maxAppDepth || len(w.out) >= maxAppEndpoints {
		return
	}
	at.stack = slices.Clip(at.stack)
	for _, step := range w.added(a, 0) {
		c := step.Call
		path, given := w.path(step, arg(c, 0))
		switch name := calleeName(c); name {
		case "basePath":
			at.prefix = joinPath(at.prefix, path)
		case "use":
			if !given {
				path = "*"
			}
			at.stack = append(at.stack, use{joinPath(at.prefix, path), step})
		case "route":
			if sub, ok := w.app(step.Module, step.Within, arg(c, 1), 0); ok {
				w.enterApp(sub, mounted{joinPath(at.prefix, path), at.stack, at.root}, depth+1)
			}
		case "on":
			if path, given = w.path(step, arg(c, 1)); given {
				for _, method := range texts(arg(c, 0)) {
					w.handler(step, strings.ToUpper(method), path, at)
				}
			}
		case "openapi":
			if method, path := w.described(step, arg(c, 0)); method != "" {
				w.handler(step, strings.ToUpper(method), path, at)
			}
		default:
			if slices.Contains(handlerMethods, name) && (given && len(c.Args) > 1 || !given && len(c.Args) > 0) {
				w.handler(step, strings.ToUpper(name), path, at)
			}
		}
	}
}

func arg(c *syntax.Call, i int) syntax.Expr {
	if i < len(c.Args) {
		return c.Args[i]
	}
	return nil
}

// handler makes the endpoint of a call that registers one.
func (w *appWalk) handler(step Added, method, path string, at mounted) {
	m, c := step.Module, step.Call
	e := Endpoint{Module: m, Value: c, Root: at.root, Own: path}
	path = joinPath(at.prefix, path)
	e.Ref = Ref{Kind: Route, Name: method + " " + path, File: m.Path}
	if !w.wanted[m.Path] || w.seen[e.Ref] || len(w.out) >= maxAppEndpoints {
		return
	}
	w.seen[e.Ref] = true
	if method != "ALL" {
		e.Method = method
	}
	for _, u := range at.stack {
		if covers(u.pattern, path) {
			e.Stack = append(e.Stack, u.added)
		}
	}
	e.Stack = append(e.Stack, step)
	e.Whole = syntax.Span{Start: c.Callee.(*syntax.Member).NameSpan.Start, End: c.End}
	e.Entry = syntax.Span{Start: e.Whole.Start, End: header(c.Args[len(c.Args)-1], e.Whole)}
	e.Line, _ = m.File.Lines(e.Entry)
	w.out = append(w.out, e)
}

// path reads a path that is given as an argument; given is false when the
// argument is none.
func (w *appWalk) path(step Added, x syntax.Expr) (path string, given bool) {
	switch x := x.(type) {
	case *syntax.Literal:
		return x.Value, x.Kind == syntax.String
	case *syntax.Template:
		return strings.Join(x.Strings, "*"), true
	case *syntax.Ident:
		if l, ok := w.value(step, x.Name).x.(*syntax.Literal); ok && l.Kind == syntax.String {
			return l.Value, true
		}
	}
	return "", false
}

// value is what a name stands for where a call stands.
func (w *appWalk) value(step Added, name string) held {
	if d := w.declaredIn(step.Within, name); d != nil {
		return held{m: step.Module, x: d.Init}
	}
	return w.origin(step.Module, name)
}

// described reads method and path from a route's description.
// https://github.com/honojs/middleware/tree/main/packages/zod-openapi
func (w *appWalk) described(step Added, x syntax.Expr) (method, path string) {
	for range maxAppDepth {
		switch d := x.(type) {
		case *syntax.Ident:
			h := w.value(step, d.Name)
			if h.x == nil {
				return "", ""
			}
			step, x = Added{Module: h.m}, h.x
			continue
		case *syntax.Call:
			if len(d.Args) == 0 {
				return "", ""
			}
			x = d.Args[0]
			continue
		case *syntax.Object:
			if l, ok := property(d, "method").(*syntax.Literal); ok {
				path, _ = w.path(step, property(d, "path"))
				return l.Value, path
			}
		}
		break
	}
	return "", ""
}

// texts lists the strings of a literal, or of an array of them.
func texts(x syntax.Expr) []string {
	switch x := x.(type) {
	case *syntax.Literal:
		return []string{x.Value}
	case *syntax.Array:
		var out []string
		for _, e := range x.Elems {
			out = append(out, texts(e)...)
		}
		return out
	}
	return nil
}

// joinPath puts a path behind a prefix; both may lack their slash.
func joinPath(prefix, path string) string {
	return "/" + strings.Trim(strings.Trim(prefix, "/")+"/"+strings.Trim(path, "/"), "/")
}

// covers reports whether a middleware's pattern is for a handler's path: a star
// stands for a segment, and at the end for any number of them.
// https://hono.dev/docs/guides/middleware
func covers(pattern, path string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, s := range want {
		switch {
		case s == "*" && i == len(want)-1:
			return true
		case i >= len(have):
			return false
		case s != "*" && !strings.HasPrefix(s, ":") && s != have[i]:
			return false
		}
	}
	return len(want) == len(have)
}

// servedHandlers lists the files whose handlers are reached behind a middleware
// that the change touches, though they don't import it. The sets are those of
// Served.
func servedHandlers(repo *module.Repo, changed, touched map[string]bool) []string {
	var files []string
	serves := false
	for _, f := range repo.Files() {
		if holdsHandlers(repo, f) {
			files = append(files, f)
			serves = serves || touched[f]
		}
	}
	if !serves {
		return nil
	}
	var out []string
	for _, e := range handlers(repo, files) {
		if !touched[e.File] && !slices.Contains(out, e.File) && slices.ContainsFunc(e.Stack, func(a Added) bool {
			return a.Module.Path != e.File && a.touched(repo, changed, touched)
		}) {
			out = append(out, e.File)
		}
	}
	return out
}

// touched reports whether the change touches what a call adds: its file, or what
// the names in it are imported from.
func (a Added) touched(repo *module.Repo, changed, touched map[string]bool) bool {
	if changed[a.Module.Path] {
		return true
	}
	seen := map[string]bool{}
	var names func(n syntax.Node) bool
	names = func(n syntax.Node) bool {
		found := false
		syntax.Walk(n, func(n syntax.Node) bool {
			id, ok := n.(*syntax.Ident)
			if !ok || seen[id.Name] {
				return !found
			}
			seen[id.Name] = true
			d := a.Module.Local(id.Name)
			switch {
			case d.Import != nil:
				found = found || touched[repo.Resolve(a.Module.Path, d.Import.From).Path]
			case d.Stmt != nil:
				found = found || names(d.Stmt)
			}
			return !found
		})
		return found
	}
	for _, x := range a.Call.Args {
		if names(x) {
			return true
		}
	}
	return false
}
