package protect

import "github.com/authdiff/authdiff/checks/syntax"

// What a program keeps on the global object, in a static member or in a variable
// that is filled later is made once per process: `if (!globalThis.db) globalThis.db
// = connect()`. It is evaluated as in a process that has just begun.

// stored is a member of the global object that the file writes: what it holds in
// this state, else what the file's top level puts there, else undefined. It is
// nil for members that the file doesn't write.
func (ev *eval) stored(x *Extern, name string) *cell {
	u := ev.frame.unit
	if x.Pkg != "global" || !u.kept[name] {
		return nil
	}
	path := clipPath(x.Path + "." + name)
	c, ok := ev.world.globals[path]
	if !ok {
		c = &cell{last: undefined, mutable: true}
		ev.world.globals[path] = c
	}
	ev.ran[whole(u)] = true
	if c.by != nil {
		ev.ran[whole(c.by)] = true
	}
	if !c.filled && !u.busy["."+name] {
		u.busy["."+name] = true
		defer delete(u.busy, "."+name)
		c.filled, c.by = true, u
		ev.atTop(u, u.usesOf("."+name), func() {
			ev.runTop(u, func(p syntax.Pattern) bool { return keptName(p) == name })
			c.last = c.in(ev.st)
		})
	}
	return c
}

// keptName is the name of a member that an assignment writes, empty for none.
func keptName(p syntax.Pattern) string {
	if x, ok := p.(*syntax.ExprPattern); ok {
		if m, ok := x.X.(*syntax.Member); ok {
			if _, ok := m.X.(*syntax.Ident); ok {
				return m.Name
			}
		}
	}
	return ""
}

// fill gives what a variable that is declared without a value holds when the
// file's top level has run.
func (ev *eval) fill(u *unit, name string) Value {
	ev.ran[whole(u)] = true
	ev.runTop(u, func(p syntax.Pattern) bool {
		names := map[string]bool{}
		patternNames(p, names)
		return names[name]
	})
	return u.scope.cells[name].in(ev.st)
}

// runTop runs the statements of a file's top level with an assignment that
// matters.
func (ev *eval) runTop(u *unit, matters func(syntax.Pattern) bool) {
	for _, s := range u.mod.File.Body {
		assigns := false
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Func, *syntax.Class:
				return false
			case *syntax.Assign:
				assigns = assigns || matters(n.Target)
			}
			return true
		})
		if assigns && !ev.st.dead {
			ev.topStmt(u, s)
		}
	}
}

// topStmt runs a statement; of a declaration, only the values of its variables,
// which are bound when they are asked for.
func (ev *eval) topStmt(u *unit, s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.ExportDecl:
		ev.topStmt(u, s.Decl)
	case *syntax.VarDecl:
		for _, d := range s.Decls {
			ev.expr(d.Init)
		}
	default:
		ev.stmt(s)
	}
}

// settle makes what a state wrote to objects and variables what they hold from
// the start: a module has loaded before any endpoint runs.
func (s *State) settle() {
	if s.dead {
		return
	}
	for h := range s.heap.Values() {
		h.of.init = h.content
	}
	for v := range s.vars.Values() {
		v.of.last = v.value
	}
}

// mapMethod evaluates the methods of a Map, a list of pairs.
func (ev *eval) mapMethod(l *Object, name string, args []Value) (Value, bool) {
	switch name {
	case "set":
		c := ev.st.edit(l)
		c.elems = append(c.elems, newList(arg(args, 0), arg(args, 1)))
		return l, true
	case "get", "has":
	default:
		return nil, false
	}
	c := ev.st.content(l)
	key, known := ev.st.see(arg(args, 0)).(Const)
	for i := len(c.elems) - 1; i >= 0; i-- {
		pair, ok := ev.elements(c.elems[i])
		if !ok || len(pair) != 2 {
			return nil, false
		}
		k, ok := ev.st.see(pair[0]).(Const)
		if known = known && ok; known && k == key {
			if name == "has" {
				return yes, true
			}
			return pair[1], true
		}
	}
	switch {
	case !known || c.rest != nil:
		return nil, false
	case name == "has":
		return no, true
	}
	return undefined, true
}
