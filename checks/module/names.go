package module

import (
	"fmt"

	"github.com/authdiff/authdiff/checks/syntax"
)

// names says what the names at the top level of a file are, without its syntax:
// enough to follow an import to the file that declares it. Immutable.
type names struct {
	locals  map[string]ImportRef // every name; zero for one that is declared here
	exports map[string]exported
	props   map[string]exported // of the one object that is exported: `module.exports = { name: value }`
	stars   []string            // what `export *` names, in order
}

// exported is what a name is exported for: a name of the file, one of another
// file, or a value without name.
type exported struct {
	local string
	ref   ImportRef
	value bool
}

func newNames(m *Module) *names {
	n := &names{locals: make(map[string]ImportRef, len(m.decls)), exports: make(map[string]exported, len(m.exports)), stars: m.stars}
	for name, d := range m.decls {
		n.locals[name] = ImportRef{}
		if d.Import != nil {
			n.locals[name] = *d.Import
		}
	}
	for name, e := range m.exports {
		out := exported{local: e.local, value: e.expr != nil}
		if e.ref != nil {
			out.ref = *e.ref
		}
		n.exports[name] = out
	}
	object, ok := m.exports["default"].expr.(*syntax.Object)
	if !ok {
		return n
	}
	n.props = map[string]exported{}
	for _, prop := range object.Props {
		if _, known := n.props[prop.Key]; known || prop.Spread || prop.Value == nil {
			continue
		}
		n.props[prop.Key] = exported{value: true}
		if local, ok := prop.Value.(*syntax.Ident); ok && m.Local(local.Name) != (Decl{}) {
			n.props[prop.Key] = exported{local: local.Name}
		}
	}
	return n
}

// property is the value under a name of the one object that a file exports.
func (m *Module) property(name string) syntax.Expr {
	object, ok := m.exports["default"].expr.(*syntax.Object)
	if !ok {
		return nil
	}
	for _, prop := range object.Props {
		if !prop.Spread && prop.Key == name && prop.Value != nil {
			return prop.Value
		}
	}
	return nil
}

// names returns the names of a source file; nil when it can't be parsed.
func (r *Repo) names(path string) *names {
	file := r.files[path]
	if file == nil {
		return nil
	}
	file.naming.Do(func() { file.names = r.findNames(path, file) })
	return file.names
}

func (r *Repo) findNames(path string, file *file) *names {
	if r.outlined(path) {
		if o := r.outline(path); o != nil {
			return o.names
		}
		return nil
	}
	m := r.parsed(path, file.scanned).module
	if m == nil {
		return nil
	}
	if r.cache.keep != nil {
		r.outline(path) // the next run needn't parse the file for its names
	}
	return m.names
}

// target is where a name leads: to a name of the file Path ("*" for the file
// itself), or the value that it exports under Name without a name of its own; to
// an installed package; or nowhere.
type target struct {
	Path, Name      string
	Value, Property bool   // Property: under Name of the one object that the file exports
	Package         string // with the Name that it has there
	Missing         string
}

// search is one walk from a name to its declaration. It remembers where it has
// been, so that modules that re-export one another end it.
type search struct {
	repo  *Repo
	seen  map[searched]bool
	quiet bool // what can't be parsed on the way isn't recorded as skipped
}

type searched struct{ path, name string }

// follow goes from an import in a file to what it means; quiet is that of a search.
// found is false when no module has it.
func (r *Repo) follow(from string, ref ImportRef, quiet bool) (to target, found bool) {
	path, next, to, found := r.enter(from, ref, quiet)
	if next == nil {
		return to, found
	}
	return r.export(path, next, ref.Name, quiet)
}

// export goes from an exported name of a file to what it means, once for all who
// ask.
func (r *Repo) export(path string, n *names, name string, quiet bool) (to target, found bool) {
	key := exportKey{searched{path, name}, quiet}
	if a, ok := r.exported.get(key); ok {
		return a.target, a.found
	}
	to, found = (&search{repo: r, quiet: quiet}).export(path, n, name)
	r.exported.add(key, answer{to, found})
	return to, found
}

type exportKey struct {
	searched
	quiet bool
}

type answer struct {
	target
	found bool
}

// enter goes from an import in a file to the file that it leads to; next is nil
// where it leads to none, which to tells.
func (r *Repo) enter(from string, ref ImportRef, quiet bool) (path string, next *names, to target, found bool) {
	at := r.Resolve(from, ref.From)
	switch {
	case at.Package != "":
		return "", nil, target{Package: at.Package, Name: ref.Name}, true
	case at.Missing != "":
		return "", nil, target{Missing: at.Missing}, false
	}
	if next = r.names(at.Path); next != nil {
		return at.Path, next, target{}, false
	}
	if !quiet {
		r.Module(at.Path)
	}
	return "", nil, target{Missing: fmt.Sprintf("%q leads to %s, which could not be read as code", ref.From, at.Path)}, false
}

// follow is Repo.follow on the way of a search.
func (s *search) follow(from string, ref ImportRef) (to target, found bool) {
	path, next, to, found := s.repo.enter(from, ref, s.quiet)
	if next == nil {
		return to, found
	}
	return s.export(path, next, ref.Name)
}

// export goes from an exported name of a file to what it means.
func (s *search) export(path string, n *names, name string) (to target, found bool) {
	if name == "*" {
		return target{Path: path, Name: "*"}, true
	}
	none := target{Missing: fmt.Sprintf("%s exports no %q", path, name)}
	if here := (searched{path, name}); s.seen[here] || len(s.seen) >= maxHops {
		return none, false
	} else if s.seen == nil {
		s.seen = map[searched]bool{here: true}
	} else {
		s.seen[here] = true
	}
	if e, ok := n.exports[name]; ok {
		return s.own(path, n, name, e)
	}
	if to, found := s.property(path, n, name); found {
		return to, true
	}
	if name == "default" {
		return none, false
	}
	return s.stars(path, n, name, none)
}

// own goes on from what a file exports itself.
func (s *search) own(path string, n *names, name string, e exported) (to target, found bool) {
	switch {
	case e.ref != (ImportRef{}):
		return s.follow(path, e.ref)
	case e.value:
		return target{Path: path, Name: name, Value: true}, true
	}
	ref, declared := n.locals[e.local]
	if ref != (ImportRef{}) {
		return s.follow(path, ref)
	}
	if !declared {
		return target{Missing: fmt.Sprintf("%s exports %q, which it doesn't declare", path, e.local)}, false
	}
	return target{Path: path, Name: e.local}, true
}

// stars looks for a name in what a file re-exports as a whole: first in the
// repository, then it must come from an installed package.
func (s *search) stars(path string, n *names, name string, none target) (to target, found bool) {
	var installed target
	for _, star := range s.repo.starsOf(path, s.quiet) {
		if star.pkg == "" {
			to, found = s.listed(star.path, name)
		} else {
			to, found = target{Package: star.pkg, Name: name}, true
		}
		if found && to.Package == "" {
			return to, true
		}
		if found && installed.Package == "" {
			installed = to
		}
	}
	if installed.Package != "" {
		return installed, true
	}
	for _, from := range n.stars {
		if missing := s.repo.Resolve(path, from).Missing; missing != "" {
			none = target{Missing: missing}
		}
	}
	return none, false
}

// listed looks for a name in what a file exports by name.
func (s *search) listed(path, name string) (to target, found bool) {
	n, here := s.repo.names(path), searched{path, name}
	if n == nil || s.seen[here] {
		return target{}, false
	}
	e, ok := n.exports[name]
	if _, prop := n.props[name]; !ok && !prop {
		return target{}, false
	}
	s.seen[here] = true
	if ok {
		return s.own(path, n, name, e)
	}
	return s.property(path, n, name)
}

// property goes on from a property of the one object that a file exports.
func (s *search) property(path string, n *names, name string) (to target, found bool) {
	e, ok := n.props[name]
	if !ok {
		return target{}, false
	}
	to, found = s.own(path, n, name, e)
	to.Property = to.Value
	return to, found
}
