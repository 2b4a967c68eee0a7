package module

import (
	"maps"
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
	to, _ := r.follow(m.Path, *ref, false)
	b = r.binding(to)
	b.From, b.Imported = ref.From, ref.Name
	return b, true
}

// Export follows an exported name of a module to its declaration, through
// re-exports. The name "*" is the module itself.
func (r *Repo) Export(m *Module, name string) Binding {
	to, _ := r.export(m.Path, m.names, name, false)
	return r.binding(to)
}

// binding finds the declaration that a name leads to.
func (r *Repo) binding(to target) Binding {
	if to.Path == "" {
		return Binding{Package: to.Package, Name: to.Name, Missing: to.Missing}
	}
	m := r.Module(to.Path)
	switch {
	case m == nil:
		return Binding{Missing: to.Path + " could not be read as code"}
	case !to.Value:
		return Binding{Module: m, Local: to.Name}
	case to.Property:
		return Binding{Module: m, Expr: m.property(to.Name)}
	}
	return Binding{Module: m, Expr: m.exports[to.Name].expr}
}

// ExportNames lists all names that a module exports, sorted, with those that it
// has from other modules of the repository by `export *`.
func (r *Repo) ExportNames(m *Module) []string { return r.exportNames(m.Path, false) }

// exportNames is ExportNames of a file; quiet is that of a search.
func (r *Repo) exportNames(file string, quiet bool) []string {
	n := r.names(file)
	if n == nil {
		return nil
	}
	names := slices.Collect(maps.Keys(n.exports))
	for _, star := range r.starsOf(file, quiet) {
		if star.pkg != "" {
			continue
		}
		if next := r.names(star.path); next != nil {
			for name := range next.exports {
				if name != "default" { // `export *` leaves it out
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
