package protect

import (
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// cell is one variable. A variable that is assigned again has its present value
// in the State; last is the value to fall back to, for closures that are called
// in a state which never saw the assignment.
type cell struct {
	last    Value
	mutable bool
	filled  bool  // last was evaluated, of a member of the global object
	by      *unit // whose top level filled it
	numbered
}

// in is the variable's value in a state.
func (c *cell) in(s *State) Value {
	if v, ok := s.vars.Get(c.n); ok {
		return v.value
	}
	if c.last == nil {
		return undefined
	}
	return c.last
}

// scope is a block's or function's names. The outermost has a unit, whose
// declarations are evaluated when they are first used.
type scope struct {
	parent *scope
	cells  map[string]*cell
	unit   *unit
}

func newScope(parent *scope) *scope {
	return &scope{parent: parent, unit: parent.unit}
}

func (s *scope) declare(name string, v Value) *cell {
	if s.cells == nil {
		s.cells = map[string]*cell{}
	}
	c := &cell{last: v, mutable: s.unit.assigned[name]}
	s.cells[name] = c
	return c
}

// unit is one module under evaluation: its file, and the values of its
// top-level names as far as they were asked for.
type unit struct {
	mod      *module.Module
	scope    *scope
	assigned map[string]bool // names that are assigned anywhere in the file
	kept     map[string]bool // members that are assigned anywhere in the file
	busy     map[string]bool
	defaults Value
	uses     map[string]map[use]bool // by top-level name: what was asked to work it out
	busyDef  bool
}

func newUnit(m *module.Module) *unit {
	u := &unit{mod: m, assigned: map[string]bool{}, kept: map[string]bool{}, busy: map[string]bool{}, uses: map[string]map[use]bool{}}
	u.scope = &scope{unit: u, cells: map[string]*cell{}}
	for _, s := range m.File.Body {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Assign:
				patternNames(n.Target, u.assigned)
				u.kept[keptName(n.Target)] = true
			case *syntax.Update:
				if id, ok := n.X.(*syntax.Ident); ok {
					u.assigned[id.Name] = true
				}
			case *syntax.ForEach:
				if n.Kind == "" {
					patternNames(n.Target, u.assigned)
				}
			case *syntax.VarDecl:
				for _, d := range n.Decls {
					if d.Init == nil { // `let x;` is assigned later, or never
						patternNames(d.Target, u.assigned)
					}
				}
			}
			return true
		})
	}
	return u
}

func patternNames(p syntax.Pattern, into map[string]bool) {
	switch p := p.(type) {
	case *syntax.NamePattern:
		into[p.Name] = true
	case *syntax.DefaultPattern:
		patternNames(p.Target, into)
	case *syntax.ObjectPattern:
		for _, x := range p.Props {
			patternNames(x.Target, into)
		}
		if p.Rest != nil {
			patternNames(p.Rest, into)
		}
	case *syntax.ArrayPattern:
		for _, x := range p.Elems {
			if x != nil {
				patternNames(x, into)
			}
		}
		if p.Rest != nil {
			patternNames(p.Rest, into)
		}
	case *syntax.ExprPattern:
		if id, ok := p.X.(*syntax.Ident); ok {
			into[id.Name] = true
		}
	}
}

// lookup finds a variable; unit names are evaluated on the way.
func (ev *eval) lookup(name string) *cell {
	for s := ev.scope; s != nil; s = s.parent {
		if s.parent == nil {
			return ev.global(s.unit, name)
		}
		if c, ok := s.cells[name]; ok {
			return c
		}
	}
	return nil
}

// local reports whether a name is a function's own, and not the module's.
func (s *scope) local(name string) bool {
	for ; s.parent != nil; s = s.parent {
		if s.cells[name] != nil {
			return true
		}
	}
	return false
}

// global evaluates a top-level name of a unit once; nil when there's none.
func (ev *eval) global(u *unit, name string) *cell {
	ev.ran[use{Declaration, u, name}] = true
	if c, ok := u.scope.cells[name]; ok {
		return c
	}
	at := declaration{u.mod.Path, name}
	if x := ev.world.declared.whole(at); x != nil {
		return u.scope.declare(name, x)
	}
	c := ev.topLevel(u, name)
	if c != nil {
		ev.overlay(at, c.last)
	}
	return c
}

func (ev *eval) topLevel(u *unit, name string) *cell {
	d := u.mod.Local(name)
	switch {
	case d.Func != nil:
		return u.scope.declare(name, &Closure{Fn: d.Func, Scope: u.scope})
	case d.Import != nil:
		if u.busy[name] {
			return &cell{last: unknown}
		}
		u.busy[name] = true
		defer delete(u.busy, name)
		b, _ := ev.world.repo.Import(u.mod, name)
		// What the name leads to is looked up once, and counts for all who ask.
		ran := ev.ran
		ev.ran = u.usesOf(name)
		v := ev.binding(b, name)
		ev.ran = ran
		return u.scope.declare(name, v)
	case d.Class == nil && d.Enum == nil && d.Var == nil && d.Namespace == nil:
		return nil
	}
	if u.busy[name] {
		return &cell{last: unknown}
	}
	u.busy[name] = true
	defer delete(u.busy, name)
	ev.atTop(u, u.usesOf(name), func() { ev.declareTop(u, name, d) })
	if c, ok := u.scope.cells[name]; ok {
		return c
	}
	return u.scope.declare(name, unknown)
}

func (ev *eval) declareTop(u *unit, name string, d module.Decl) {
	switch {
	case d.Class != nil:
		u.scope.declare(name, ev.class(d.Class))
	case d.Enum != nil:
		u.scope.declare(name, ev.enum(d.Enum))
	case d.Namespace != nil:
		u.scope.declare(name, ev.namespaceObject(d.Namespace))
	case d.Var != nil:
		var v Value = undefined
		if d.Var.Init != nil {
			v = ev.expr(d.Var.Init)
		}
		ev.bind(d.Var.Target, v, u.scope)
		if c := u.scope.cells[name]; d.Var.Init == nil && c != nil {
			c.last = ev.fill(u, name)
		}
	}
}

// atTop evaluates code of a module's top level: in a state of its own, outside
// of any call. What it asks is added to ran.
func (ev *eval) atTop(u *unit, ran map[use]bool, do func()) {
	if ev.world.topSteps > maxTopSteps {
		return
	}
	saved := *ev
	ev.ran, ev.steps, ev.limit = ran, 0, maxSteps
	ev.scope, ev.st, ev.frame = u.scope, &State{}, &frame{unit: u}
	ev.top++
	defer func() {
		cuts, effects := ev.cuts, ev.effects
		ev.world.topSteps += ev.steps
		ev.st.settle()
		if saved.top == 0 {
			effects = saved.effects // what a module does when it loads isn't the endpoint's doing
		}
		*ev = saved
		ev.cuts, ev.effects = cuts, effects
	}()
	do()
}

// binding evaluates what an import or an export leads to.
func (ev *eval) binding(b module.Binding, local string) Value {
	switch {
	case b.Package != "":
		if b.Name == "*" {
			return &Extern{Pkg: b.Package}
		}
		return ev.externValue(&Extern{Pkg: b.Package, Path: b.Name})
	case b.Module == nil:
		return ev.missing(b, local)
	case b.Local == "*":
		return &Namespace{Module: b.Module}
	case b.Local != "":
		u := ev.world.unit(b.Module)
		if c := ev.global(u, b.Local); c != nil {
			return c.in(ev.st)
		}
		return unknown
	case b.Expr != nil:
		return ev.defaultExport(b)
	}
	return unknown
}

func (ev *eval) defaultExport(b module.Binding) Value {
	u := ev.world.unit(b.Module)
	ev.ran[use{Declaration, u, "default"}] = true
	if x := ev.world.declared.whole(declaration{file: b.Module.Path}); x != nil {
		return x
	}
	if u.defaults == nil {
		if u.busyDef {
			return unknown
		}
		u.busyDef = true
		ev.atTop(u, u.usesOf("default"), func() { u.defaults = ev.expr(b.Expr) })
		u.busyDef = false
	}
	return u.defaults
}

func (ev *eval) enum(d *syntax.EnumDecl) Value {
	o := newObject()
	for _, m := range d.Members {
		v := Value(str(m.Name))
		if m.Value != nil {
			v = ev.expr(m.Value)
		}
		o.init.set(m.Name, v)
	}
	return o
}

func (ev *eval) namespaceObject(d *syntax.NamespaceDecl) Value {
	saved := ev.scope
	ev.scope = newScope(ev.scope)
	inner := ev.scope
	ev.block(d.Body)
	ev.scope = saved
	o := newObject()
	for _, name := range sortedKeys(inner.cells) {
		o.init.set(name, inner.cells[name].in(ev.st))
	}
	return o
}
