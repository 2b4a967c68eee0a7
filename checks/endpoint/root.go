package endpoint

import (
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Code is the endpoint's own code at the top of its module; nil for one that is
// what the module exports under Export.
func (e Endpoint) Code() syntax.Node {
	switch {
	case e.Func != nil:
		return e.Func
	case e.Value != nil:
		return e.Value
	}
	return nil
}

// Mounts are where the endpoint's router is served; none when that isn't found.
func (e Endpoint) Mounts() []*Mount {
	if e.Mount == nil {
		return nil
	}
	return append([]*Mount{e.Mount}, e.Mount.Others...)
}

// Root is the declaration that makes a request's context, without the router
// that the request is handed to where that is named once. ok is false when the
// declaration isn't found.
func (m *Mount) Root() (root module.Root, ok bool) {
	root, _, ok = m.Module.Holding(m.Options)
	id, named := m.router.(*syntax.Ident)
	if !ok || !named {
		return root, ok
	}
	mentioned := 0
	for _, s := range m.Module.File.Body {
		if span := s.Pos(); m.Options.Start < span.Start || m.Options.End > span.End {
			continue
		}
		syntax.Walk(s, func(n syntax.Node) bool {
			if other, ok := n.(*syntax.Ident); ok && other.Name == id.Name {
				mentioned++
			}
			return true
		})
	}
	if mentioned == 1 {
		root.Without = id.Name
	}
	return root, true
}
