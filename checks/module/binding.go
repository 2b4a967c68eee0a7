package module

import (
	"fmt"
	"slices"

	"github.com/authdiff/authdiff/checks/syntax"
)

// maxHops bounds how many modules are visited to find one export, against
// repositories built to make that long. Barrels of real ones have under a
// thousand.
const maxHops = 20_000

// Binding is where a name leads. Exactly one of Module, Package and Missing is
// set.
type Binding struct {
	Module *Module     // declares it
	Local  string      // its name there; "" for an anonymous default export, "*" for the module itself
	Expr   syntax.Expr // what is exported without a name, when Local is ""

	Package, Name string // the installed package's specifier and the export's name there ("default", "*")

	Missing string // why it leads nowhere, one line

	From, Imported string // the specifier and the name as written where it was first imported; empty for Export
}

// Import follows a name that a module imports to its declaration, through
// re-exports. ok is false when the module doesn't import the name.
func (r *Repo) Import(m *Module, local string) (b Binding, ok bool) {
	ref := m.Local(local).Import
	if ref == nil {
		return Binding{}, false
	}
	b, _ = (&search{repo: r}).follow(m, *ref)
	b.From, b.Imported = ref.From, ref.Name
	return b, true
}

// Export follows an exported name of a module to its declaration, through
// re-exports. The name "*" is the module itself.
func (r *Repo) Export(m *Module, name string) Binding {
	b, _ := (&search{repo: r}).export(m, name)
	return b
}

// ExportNames lists all names that a module exports, sorted, with those that it
// has from other modules of the repository by `export *`.
func (r *Repo) ExportNames(m *Module) []string {
	names := m.Exports()
	seen := map[*Module]bool{m: true}
	for queue := []*Module{m}; len(queue) > 0; queue = queue[1:] {
		for _, from := range queue[0].stars {
			next := r.Module(r.Resolve(queue[0].Path, from).Path)
			if next == nil || seen[next] {
				continue
			}
			seen[next] = true
			queue = append(queue, next)
			for _, name := range next.Exports() {
				if name != "default" { // `export *` leaves it out
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// search is one walk from a name to its declaration. It remembers where it has
// been, so that modules that re-export one another end it.
type search struct {
	repo *Repo
	seen map[searched]bool
}

type searched struct {
	module *Module
	name   string
}

// follow goes from an import in a module to what it means. found is false when
// no module has it.
func (s *search) follow(m *Module, ref ImportRef) (b Binding, found bool) {
	to := s.repo.Resolve(m.Path, ref.From)
	switch {
	case to.Package != "":
		return Binding{Package: to.Package, Name: ref.Name}, true
	case to.Missing != "":
		return Binding{Missing: to.Missing}, false
	}
	next := s.repo.Module(to.Path)
	if next == nil {
		return Binding{Missing: fmt.Sprintf("%q leads to %s, which could not be read as code", ref.From, to.Path)}, false
	}
	return s.export(next, ref.Name)
}

// export goes from an exported name of a module to what it means.
func (s *search) export(m *Module, name string) (b Binding, found bool) {
	if name == "*" {
		return Binding{Module: m, Local: "*"}, true
	}
	none := Binding{Missing: fmt.Sprintf("%s exports no %q", m.Path, name)}
	if here := (searched{m, name}); s.seen[here] || len(s.seen) >= maxHops {
		return none, false
	} else if s.seen == nil {
		s.seen = map[searched]bool{here: true}
	} else {
		s.seen[here] = true
	}
	if e, ok := m.exports[name]; ok {
		return s.own(m, e)
	}
	if b, found := s.property(m, name); found {
		return b, true
	}
	if name == "default" {
		return none, false
	}
	return s.stars(m, name, none)
}

// own goes on from what a module exports itself.
func (s *search) own(m *Module, e export) (b Binding, found bool) {
	switch {
	case e.ref != nil:
		return s.follow(m, *e.ref)
	case e.expr != nil:
		return Binding{Module: m, Expr: e.expr}, true
	}
	d := m.Local(e.local)
	if d.Import != nil {
		return s.follow(m, *d.Import)
	}
	if d == (Decl{}) {
		return Binding{Missing: fmt.Sprintf("%s exports %q, which it doesn't declare", m.Path, e.local)}, false
	}
	return Binding{Module: m, Local: e.local}, true
}

// stars looks for a name in what a module re-exports as a whole: first in the
// repository, then it must come from an installed package.
func (s *search) stars(m *Module, name string, none Binding) (b Binding, found bool) {
	var installed *Binding
	for _, from := range m.stars {
		b, found := s.follow(m, ImportRef{from, name})
		if found && b.Package == "" {
			return b, true
		}
		if found && installed == nil {
			installed = &b
		}
		if !found && s.repo.Resolve(m.Path, from).Missing != "" {
			none = b
		}
	}
	if installed != nil {
		return *installed, true
	}
	return none, false
}

// property finds a name in a module that exports one object, as
// `module.exports = { name: value }` does.
func (s *search) property(m *Module, name string) (b Binding, found bool) {
	object, ok := m.exports["default"].expr.(*syntax.Object)
	if !ok {
		return Binding{}, false
	}
	for _, prop := range object.Props {
		if prop.Spread || prop.Key != name || prop.Value == nil {
			continue
		}
		if local, ok := prop.Value.(*syntax.Ident); ok && m.Local(local.Name) != (Decl{}) {
			return s.own(m, export{local: local.Name})
		}
		return Binding{Module: m, Expr: prop.Value}, true
	}
	return Binding{}, false
}
