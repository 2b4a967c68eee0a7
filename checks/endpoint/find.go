package endpoint

import (
	"slices"
	"sort"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Endpoint is one endpoint with its code. Either Func is its function (an inline
// server action), or Export of Module leads to it, or it is Value, an expression
// at the top of Module: a procedure, or the call of a function that makes its
// router, from whose result Keys lead on. With a Stack, Value is the call that
// adds its function to a server.
type Endpoint struct {
	Ref
	Module *module.Module
	Export string
	Keys   []string
	Func   *syntax.Func
	Value  syntax.Expr
	// Mount is where the procedure's router is served; nil when that isn't found.
	Mount *Mount
	// Stack are the calls that add to a server what runs for the endpoint: the
	// middlewares, in their order, and last its own. Root is the file in which that
	// server is made, Own the path that its own call names.
	Stack     []Added
	Root, Own string
	// Socket: its own call says what is run for the connections of a WebSocket
	// server, and the one before it, if any, what upgrades requests to them.
	Socket bool
	// Method is the HTTP method by which it is called, where its code can see it.
	Method string
	// Entry is its declaration, from its first line to where its body starts;
	// Whole is all of it. Both lie in Module's file.
	Entry, Whole syntax.Span
	Line         int
}

// Find lists the endpoints of the given files, sorted. Files that are no
// endpoints, and those that can't be parsed, have none.
func Find(repo *module.Repo, files []string) []Endpoint {
	var out []Endpoint
	repo.Ready(slices.DeleteFunc(slices.Clone(files), func(path string) bool {
		_, ok := surfaceOf(repo, path)
		return !ok && !repo.Marked(path, module.UseServer)
	}))
	for _, path := range files {
		if s, ok := surfaceOf(repo, path); ok {
			if m := repo.Module(path); m != nil {
				out = append(out, s(repo, m)...)
			}
		}
		if repo.Marked(path, module.UseServer) {
			if m := repo.Module(path); m != nil {
				out = append(out, actions(repo, m)...)
			}
		}
	}
	out = append(out, procedures(repo, files)...)
	out = append(out, handlers(repo, files)...)
	out = append(out, sockets(repo, files)...)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Less(out[j].Ref) })
	return out
}

// IsEndpoint reports whether a file may hold endpoints, by its path and the
// words in it, without parsing it.
func IsEndpoint(repo *module.Repo, path string) bool {
	_, ok := surfaceOf(repo, path)
	return ok || repo.Marked(path, module.UseServer) || holdsProcedures(repo, path) || holdsRouter(repo, path) ||
		holdsHandlers(repo, path) || holdsSockets(repo, path)
}

type surface func(*module.Repo, *module.Module) []Endpoint

func surfaceOf(repo *module.Repo, path string) (surface, bool) {
	if _, ok := routePath(repo, path); ok {
		return routes, true
	}
	if _, ok := pagesAPIPath(repo, path); ok {
		return pagesAPI, true
	}
	return nil, false
}

// declared fills in where an export is declared in its own file.
func (e *Endpoint) declared(m *module.Module, export string) {
	e.Module, e.Export, e.File = m, export, m.Path
	for _, s := range m.File.Body {
		if span, head, ok := exports(s, m, export); ok {
			e.Whole, e.Entry = span, syntax.Span{Start: span.Start, End: head}
			break
		}
	}
	e.Line, _ = m.File.Lines(e.Entry)
}

// exports finds the statement that exports a name: the whole of it, and where
// the function's body starts.
func exports(s syntax.Stmt, m *module.Module, name string) (syntax.Span, uint32, bool) {
	switch s := s.(type) {
	case *syntax.ExportDecl:
		return declares(s.Decl, s.Span, name)
	case *syntax.ExportDefault:
		if name == "default" {
			if id, ok := s.X.(*syntax.Ident); ok {
				return local(m, id.Name, s.Span)
			}
			return s.Span, header(s.X, s.Span), true
		}
	case *syntax.ExportNames:
		for _, n := range s.Names {
			if n.Name == name {
				if s.From != "" {
					return n.Span, n.End, true
				}
				return local(m, n.Local, n.Span)
			}
		}
	}
	return syntax.Span{}, 0, false
}

// local finds a name's declaration, for exports that name it apart.
func local(m *module.Module, name string, fallback syntax.Span) (syntax.Span, uint32, bool) {
	for _, s := range m.File.Body {
		if span, head, ok := declares(s, s.Pos(), name); ok {
			return span, head, true
		}
	}
	return fallback, fallback.End, true
}

func declares(s syntax.Stmt, whole syntax.Span, name string) (syntax.Span, uint32, bool) {
	switch s := s.(type) {
	case *syntax.FuncDecl:
		if s.Func.Name == name {
			return whole, header(s.Func, whole), true
		}
	case *syntax.VarDecl:
		for _, d := range s.Decls {
			if binds(d.Target, name) {
				return whole, header(d.Init, whole), true
			}
		}
	case *syntax.ExportDecl:
		return declares(s.Decl, whole, name)
	}
	return syntax.Span{}, 0, false
}

func binds(p syntax.Pattern, name string) bool {
	switch p := p.(type) {
	case *syntax.NamePattern:
		return p.Name == name
	case *syntax.ObjectPattern:
		for _, x := range p.Props {
			if binds(x.Target, name) {
				return true
			}
		}
	}
	return false
}

// header is where the first function's body in an expression starts: what
// stands before it are its name, its parameters and its wrappers.
func header(x syntax.Expr, whole syntax.Span) uint32 {
	end := whole.End
	if x == nil {
		return end
	}
	syntax.Walk(x, func(n syntax.Node) bool {
		f, ok := n.(*syntax.Func)
		if !ok {
			return true
		}
		if f.Body != nil {
			end = min(end, f.Body.Start)
		} else if f.Result != nil {
			end = min(end, f.Result.Pos().Start)
		}
		return false
	})
	return end
}
