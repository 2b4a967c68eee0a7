package module

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"slices"
	"sync"

	"github.com/authdiff/authdiff/checks/syntax"
)

// ambient names, in an outline, the statements of a file's top level that
// declare nothing: they run when the file loads.
const ambient = ""

// outline says of each declaration at the top level of a file whether it changed
// and what it leads to, without its syntax. Immutable; it follows from the
// file's path and content alone.
type outline struct {
	names  *names
	decls  map[string]*sketch // by name; "default" for what is exported as that, ambient for the rest
	broken bool               // the file has syntax errors, which may lie about where a declaration ends
}

// sketch is the outline of one declaration.
type sketch struct {
	digest [16]byte // of its text, and of what the file assigns to its names
	refs   []string // names of the file's top level that it mentions, sorted
	loads  []string // what it imports by `import(…)`, sorted
	types  []string // names in what it says of the type of a context, which is read as text; sorted
	stirs  bool     // it mentions a name or a member that the file assigns somewhere
	open   bool     // it may lead to what the other fields don't name
}

// same reports whether two outlines of a declaration say the same; nil is for none.
func (s *sketch) same(other *sketch) bool {
	if s == nil || other == nil || s == other {
		return s == other
	}
	return s.digest == other.digest && s.stirs == other.stirs && s.open == other.open &&
		slices.Equal(s.types, other.types) && slices.Equal(s.refs, other.refs) && slices.Equal(s.loads, other.loads)
}

// outline returns the outline of a source file; nil when it can't be parsed. The
// syntax tree isn't kept.
func (r *Repo) outline(path string) *outline {
	file := r.files[path]
	if file == nil {
		return nil
	}
	file.outlining.Do(func() { file.outline = r.findOutline(path, file) })
	return file.outline
}

func (r *Repo) findOutline(path string, file *file) *outline {
	key := r.key(path)
	o, ok := r.cache.outlines.get(key)
	if !ok {
		o = r.cache.outlines.add(key, &outlining{}, file.size/4+1024)
	}
	o.once.Do(func() {
		if o.outline = r.cache.keptOutline(key); o.outline != nil {
			return
		}
		var m *Module
		if p, ok := r.cache.modules.get(key); ok {
			p.once.Do(func() { p.module, p.reason = parse(path, r.textOf(path, file.scanned)) })
			m = p.module
		} else {
			m, _ = parse(path, r.textOf(path, file.scanned))
		}
		if m != nil {
			o.outline = newOutline(m)
			r.cache.keepOutline(key, o.outline)
		}
	})
	return o.outline
}

// outlined reports whether the outline of a file is known without its text.
func (r *Repo) outlined(path string) bool {
	key := r.key(path)
	if _, ok := r.cache.outlines.get(key); ok || r.cache.keep == nil {
		return ok
	}
	_, ok := r.cache.keep.Get(outlineKey(key))
	return ok
}

// outlining is a file that is being outlined, or was.
type outlining struct {
	once    sync.Once
	outline *outline
}

// sketches collects the text and the nodes of each declaration of a file.
type sketches struct {
	file     *syntax.File
	texts    map[string][]syntax.Span
	nodes    map[string][]syntax.Node
	assigned map[string]bool // names that are assigned anywhere in the file
	kept     map[string]bool // members that are
}

// newOutline makes the outline of a parsed file.
func newOutline(m *Module) *outline {
	s := &sketches{file: m.File, texts: map[string][]syntax.Span{}, nodes: map[string][]syntax.Node{},
		assigned: map[string]bool{}, kept: map[string]bool{}}
	for _, stmt := range m.File.Body {
		for _, name := range topNames(stmt) {
			s.texts[name] = append(s.texts[name], stmt.Pos())
			s.nodes[name] = append(s.nodes[name], stmt)
		}
		s.noteAssigned(stmt)
	}
	o := &outline{names: m.names, decls: make(map[string]*sketch, len(s.texts)), broken: len(m.File.Errors) > 0}
	for name := range s.texts {
		o.decls[name] = s.sketch(m, name)
	}
	return o
}

// topNames lists the names under which a statement of the top level is outlined:
// what it declares, and ambient for one that declares nothing.
func topNames(stmt syntax.Stmt) []string {
	switch s := stmt.(type) {
	case *syntax.Import, *syntax.ExportNames, *syntax.ExportAll:
		return nil
	case *syntax.ExportDecl:
		return topNames(s.Decl)
	case *syntax.ExportDefault:
		names := []string{"default"}
		switch x := s.X.(type) {
		case *syntax.Func:
			names = append(names, x.Name)
		case *syntax.Class:
			names = append(names, x.Name)
		}
		return slices.DeleteFunc(names, func(name string) bool { return name == "" })
	case *syntax.VarDecl:
		var names []string
		for _, d := range s.Decls {
			names = boundNames(d.Target, names)
		}
		return names
	case *syntax.FuncDecl:
		return []string{s.Func.Name}
	case *syntax.ClassDecl:
		return []string{s.Class.Name}
	case *syntax.EnumDecl:
		return []string{s.Name}
	case *syntax.NamespaceDecl:
		return []string{s.Name}
	}
	return []string{ambient}
}

// noteAssigned collects the names and members that a statement assigns.
func (s *sketches) noteAssigned(stmt syntax.Stmt) {
	note := func(target syntax.Pattern) {
		syntax.Walk(target, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.NamePattern:
				s.assigned[n.Name] = true
			case *syntax.Ident:
				s.assigned[n.Name] = true
			case *syntax.Member:
				s.kept[n.Name] = true
				return false
			}
			return true
		})
	}
	if x, ok := stmt.(*syntax.ExprStmt); ok {
		// router.use(middleware) changes what router is, as an assignment does
		if name := called(x.X); name != "" {
			s.assigned[name] = true
		}
	}
	syntax.Walk(stmt, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Assign:
			note(n.Target)
		case *syntax.Update:
			if id, ok := n.X.(*syntax.Ident); ok {
				s.assigned[id.Name] = true
			}
		case *syntax.ForEach:
			if n.Kind == "" {
				note(n.Target)
			}
		case *syntax.VarDecl:
			for _, d := range n.Decls {
				if d.Init == nil {
					note(d.Target)
				}
			}
		}
		return true
	})
}

// called is the name on which a chain of calls begins; empty for none.
func called(x syntax.Expr) string {
	inCall := false
	for {
		switch e := x.(type) {
		case *syntax.Call:
			inCall, x = true, e.Callee
		case *syntax.Member:
			x = e.X
		case *syntax.Ident:
			if inCall {
				return e.Name
			}
			return ""
		default:
			return ""
		}
	}
}

// sketch outlines one declaration.
func (s *sketches) sketch(m *Module, name string) *sketch {
	mentioned, members, loads := map[string]bool{}, map[string]bool{}, map[string]bool{}
	out := &sketch{}
	for _, node := range s.nodes[name] {
		syntax.Walk(node, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Ident:
				mentioned[n.Name] = true
			case *syntax.NamePattern:
				mentioned[n.Name] = true
			case *syntax.Member:
				members[n.Name] = true
			case *syntax.Call:
				if n.Import {
					spec, ok := literalArg(n)
					loads[spec] = ok
					out.open = out.open || !ok
				}
			}
			return true
		})
	}
	hash := sha256.New()
	for _, span := range s.texts[name] {
		text := s.file.Text[span.Start:span.End]
		hash.Write(text)
		hash.Write([]byte{0})
		if _, types, ok := bytes.Cut(text, []byte("context<")); ok {
			out.types = append(out.types, typeNames(types)...)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(mentioned)) {
		if m.Local(n) != (Decl{}) {
			out.refs = append(out.refs, n)
		}
		if s.assigned[n] {
			out.stirs = true
			hash.Write([]byte("assigned " + n + "\x00"))
		}
	}
	for _, n := range slices.Sorted(maps.Keys(members)) {
		if s.kept[n] {
			out.stirs = true
			hash.Write([]byte("kept " + n + "\x00"))
		}
	}
	delete(loads, "")
	out.loads = slices.Sorted(maps.Keys(loads))
	copy(out.digest[:], hash.Sum(nil))
	return out
}

// literalArg is the one argument of a call, if that is a string.
func literalArg(call *syntax.Call) (string, bool) {
	if len(call.Args) == 0 {
		return "", false
	}
	spec, ok := call.Args[0].(*syntax.Literal)
	if !ok || spec.Kind != syntax.String {
		return "", false
	}
	return spec.Value, true
}
