package module

import (
	"fmt"
	"maps"
	"slices"

	"github.com/authdiff/authdiff/checks/syntax"
)

// Module is one parsed file with its top-level names. It is immutable, and
// depends on the file's path and content alone.
type Module struct {
	Path string
	File *syntax.File

	names   *names
	decls   map[string]Decl
	exports map[string]export
	stars   []string // what `export *` names, in order
}

// Decl says how a top-level name is declared. The zero value means that it
// isn't. A name may be several things at once, as a function and a namespace.
type Decl struct {
	Stmt      syntax.Stmt
	Func      *syntax.Func
	Class     *syntax.Class
	Enum      *syntax.EnumDecl
	Namespace *syntax.NamespaceDecl
	Var       *syntax.Declarator // the declarator whose target binds the name
	Kind      string             // of Var: const, let, var, using
	// Import is set for an imported name, and beside Var for one that is bound
	// to a require call.
	Import *ImportRef
}

// ImportRef is an imported name: Name is "default" for the default export and
// "*" for the whole module.
type ImportRef struct{ From, Name string }

// export is what a file exports under a name: a name of its own, a name of
// another module, or a value without name.
type export struct {
	local string
	ref   *ImportRef
	expr  syntax.Expr
}

// Local returns how the file declares a name at its top level.
func (m *Module) Local(name string) Decl { return m.decls[name] }

// Exports lists the names that the file exports itself, sorted: "default"
// included, what `export *` adds not.
func (m *Module) Exports() []string { return slices.Sorted(maps.Keys(m.exports)) }

// Module returns the parsed file, nil when the repository has no such source
// file or it can't be parsed (see Skipped). A file with syntax errors is
// parsed; see syntax.File.Errors.
func (r *Repo) Module(path string) *Module {
	r.mu.Lock()
	known, ok := r.modules[path]
	r.mu.Unlock()
	if ok {
		return known
	}
	file := r.files[path]
	if file == nil {
		return nil
	}
	p := r.parsed(path, file.scanned)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.modules[path] = p.module
	if p.reason != "" {
		r.skipped[path] = p.reason
	}
	return p.module
}

// parsed parses a file, unless the cache holds it.
func (r *Repo) parsed(path string, file *scanned) *parsing {
	key := r.key(path)
	p, ok := r.cache.modules.get(key)
	if !ok {
		p = r.cache.modules.add(key, &parsing{}, file.size+1024)
	}
	p.once.Do(func() { p.module, p.reason = parse(path, r.textOf(path, file)) })
	return p
}

// parse parses a file, or says why it can't.
func parse(path string, text []byte) (*Module, string) {
	file, err := syntax.Parse(path, text)
	if err != nil {
		return nil, fmt.Sprintf("cannot be parsed: %v", err)
	}
	m := &Module{Path: path, File: file, decls: map[string]Decl{}, exports: map[string]export{}}
	for _, stmt := range file.Body {
		m.add(stmt)
	}
	m.names = newNames(m)
	return m, ""
}

// add enters what a top-level statement declares and exports.
func (m *Module) add(stmt syntax.Stmt) {
	switch s := stmt.(type) {
	case *syntax.Import:
		for _, name := range s.Names {
			m.declare(name.Local, Decl{Stmt: s, Import: &ImportRef{s.From, name.Name}})
		}
	case *syntax.ExportDecl:
		for _, name := range m.declareAll(s.Decl) {
			m.exports[name] = export{local: name}
		}
	case *syntax.ExportNames:
		for _, name := range s.Names {
			if s.From == "" {
				m.exports[name.Name] = export{local: name.Local}
			} else {
				m.exports[name.Name] = export{ref: &ImportRef{s.From, name.Local}}
			}
		}
	case *syntax.ExportAll:
		if s.Name == "" {
			m.stars = append(m.stars, s.From)
		} else {
			m.exports[s.Name] = export{ref: &ImportRef{s.From, "*"}}
		}
	case *syntax.ExportDefault:
		m.exports["default"] = m.defaultExport(s)
	default:
		m.declareAll(stmt)
	}
}

// defaultExport says what `export default` exports: a name where it has one.
func (m *Module) defaultExport(s *syntax.ExportDefault) export {
	switch x := s.X.(type) {
	case *syntax.Ident:
		return export{local: x.Name}
	case *syntax.Func:
		if x.Name != "" && !x.Arrow {
			m.declare(x.Name, Decl{Stmt: s, Func: x})
			return export{local: x.Name}
		}
	case *syntax.Class:
		if x.Name != "" {
			m.declare(x.Name, Decl{Stmt: s, Class: x})
			return export{local: x.Name}
		}
	}
	return export{expr: s.X}
}

// declareAll enters the names that a declaration binds, and returns them.
func (m *Module) declareAll(stmt syntax.Stmt) []string {
	switch s := stmt.(type) {
	case *syntax.VarDecl:
		var names []string
		for i := range s.Decls {
			names = append(names, m.declareVar(s, &s.Decls[i])...)
		}
		return names
	case *syntax.FuncDecl:
		m.declare(s.Func.Name, Decl{Stmt: s, Func: s.Func})
		return []string{s.Func.Name}
	case *syntax.ClassDecl:
		m.declare(s.Class.Name, Decl{Stmt: s, Class: s.Class})
		return []string{s.Class.Name}
	case *syntax.EnumDecl:
		m.declare(s.Name, Decl{Stmt: s, Enum: s})
		return []string{s.Name}
	case *syntax.NamespaceDecl:
		m.declare(s.Name, Decl{Stmt: s, Namespace: s})
		return []string{s.Name}
	}
	return nil
}

// declareVar enters the names of one declarator.
func (m *Module) declareVar(s *syntax.VarDecl, d *syntax.Declarator) []string {
	names := boundNames(d.Target, nil)
	from, required := requireCall(d.Init)
	for _, name := range names {
		decl := Decl{Stmt: s, Var: d, Kind: s.Kind}
		if required {
			if imported := requiredName(d.Target, name); imported != "" {
				decl.Import = &ImportRef{from, imported}
			}
		}
		m.declare(name, decl)
	}
	return names
}

// declare enters a declaration. A second one of the same name adds to the
// first: TypeScript merges namespaces with functions, classes and enums.
func (m *Module) declare(name string, d Decl) {
	known, ok := m.decls[name]
	if !ok {
		m.decls[name] = d
		return
	}
	if d.Namespace != nil {
		known.Namespace = d.Namespace
		m.decls[name] = known
		return
	}
	d.Namespace = known.Namespace
	m.decls[name] = d
}

// boundNames lists the names that a pattern binds.
func boundNames(p syntax.Pattern, names []string) []string {
	switch p := p.(type) {
	case *syntax.NamePattern:
		names = append(names, p.Name)
	case *syntax.DefaultPattern:
		names = boundNames(p.Target, names)
	case *syntax.ObjectPattern:
		for _, prop := range p.Props {
			names = boundNames(prop.Target, names)
		}
		names = boundNames(p.Rest, names)
	case *syntax.ArrayPattern:
		for _, elem := range p.Elems {
			names = boundNames(elem, names)
		}
		names = boundNames(p.Rest, names)
	}
	return names
}

// requireCall returns the specifier of `require("x")`.
func requireCall(x syntax.Expr) (from string, ok bool) {
	call, ok := x.(*syntax.Call)
	if !ok || len(call.Args) != 1 {
		return "", false
	}
	callee, ok := call.Callee.(*syntax.Ident)
	if !ok || callee.Name != "require" {
		return "", false
	}
	spec, ok := call.Args[0].(*syntax.Literal)
	if !ok || spec.Kind != syntax.String {
		return "", false
	}
	return spec.Value, true
}

// requiredName returns which export a name of a pattern is bound to, empty when
// it's none: `const a = require()` binds the module, `const { b: c }` its b.
func requiredName(p syntax.Pattern, local string) string {
	switch p := p.(type) {
	case *syntax.NamePattern:
		return "*"
	case *syntax.ObjectPattern:
		for _, prop := range p.Props {
			if target, ok := prop.Target.(*syntax.NamePattern); ok && target.Name == local && prop.Computed == nil {
				return prop.Key
			}
		}
	}
	return ""
}
