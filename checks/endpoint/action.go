package endpoint

import (
	"slices"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// actions are the server actions of a file: all that it exports when the
// directive stands at its top, else the functions that have it themselves.
// https://nextjs.org/docs/app/api-reference/directives/use-server
func actions(repo *module.Repo, m *module.Module) []Endpoint {
	if !slices.Contains(m.File.Directives, "use server") {
		return inline(m)
	}
	var out []Endpoint
	for _, name := range repo.ExportNames(m) {
		if !callable(repo, m, name) {
			continue
		}
		e := Endpoint{Ref: Ref{Kind: Action, Name: name}}
		e.declared(m, name)
		out = append(out, e)
	}
	return out
}

// callable tells functions, and what calls make of them, from constants and
// types.
func callable(repo *module.Repo, m *module.Module, name string) bool {
	b := repo.Export(m, name)
	if b.Module == nil {
		return false
	}
	x := b.Expr
	if b.Local != "" {
		d := b.Module.Local(b.Local)
		if d.Func != nil {
			return true
		}
		if d.Var == nil {
			return false
		}
		x = d.Var.Init
	}
	switch x.(type) {
	case *syntax.Func, *syntax.Call:
		return true
	}
	return false
}

func inline(m *module.Module) []Endpoint {
	var out []Endpoint
	names := map[*syntax.Func]string{}
	for _, s := range m.File.Body {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.VarDecl:
				for _, d := range n.Decls {
					if p, ok := d.Target.(*syntax.NamePattern); ok {
						name(names, d.Init, p.Name)
					}
				}
			case *syntax.Object:
				for _, p := range n.Props {
					name(names, p.Value, p.Key)
				}
			case *syntax.JSX:
				for _, p := range n.Attrs {
					name(names, p.Value, p.Key)
				}
			case *syntax.Func:
				if slices.Contains(n.Directives, "use server") {
					out = append(out, inlineAction(m, n, names[n]))
				}
			}
			return true
		})
	}
	return out
}

func name(names map[*syntax.Func]string, x syntax.Expr, as string) {
	if f, ok := x.(*syntax.Func); ok {
		names[f] = as
	}
}

func inlineAction(m *module.Module, f *syntax.Func, as string) Endpoint {
	if f.Name != "" {
		as = f.Name
	}
	if as == "" {
		as = "anonymous"
	}
	e := Endpoint{Ref: Ref{Kind: Action, Name: as, File: m.Path}, Module: m, Func: f, Whole: f.Span}
	e.Entry = syntax.Span{Start: f.Start, End: header(f, f.Span)}
	e.Line, _ = m.File.Lines(e.Entry)
	return e
}
