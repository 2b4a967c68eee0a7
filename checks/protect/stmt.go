package protect

import (
	"slices"

	"github.com/authdiff/authdiff/checks/syntax"
)

// block evaluates statements in the present scope: functions and classes are
// known from its start.
func (ev *eval) block(body []syntax.Stmt) {
	for _, s := range body {
		ev.hoist(s)
	}
	for _, s := range body {
		if ev.st.dead {
			return
		}
		ev.stmt(s)
	}
}

func (ev *eval) hoist(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.FuncDecl:
		ev.scope.declare(s.Func.Name, &Closure{Fn: s.Func, Scope: ev.scope, This: ev.frame.this})
	case *syntax.VarDecl:
		names := map[string]bool{}
		for _, d := range s.Decls {
			patternNames(d.Target, names)
		}
		for n := range names {
			ev.scope.declare(n, nil)
		}
	case *syntax.ExportDecl:
		ev.hoist(s.Decl)
	}
}

// scoped evaluates in a scope of its own.
func (ev *eval) scoped(do func()) {
	saved := ev.scope
	ev.scope = newScope(saved)
	do()
	ev.scope = saved
}

func (ev *eval) stmt(s syntax.Stmt) {
	if s == nil || ev.st.dead || !ev.spend(s) {
		return
	}
	if ev.nesting++; ev.nesting > maxNesting {
		ev.cut(ev.site(s), "nested too deeply")
		ev.nesting--
		return
	}
	defer func() { ev.nesting-- }()
	switch s := s.(type) {
	case *syntax.VarDecl:
		for _, d := range s.Decls {
			var v Value = undefined
			if d.Init != nil {
				v = ev.expr(d.Init)
			}
			ev.remember(d)
			ev.bind(d.Target, v, ev.scope)
		}
	case *syntax.ClassDecl:
		ev.scope.declare(s.Class.Name, ev.class(s.Class))
	case *syntax.EnumDecl:
		ev.scope.declare(s.Name, ev.enum(s))
	case *syntax.ExprStmt:
		ev.asserts(s.X)
	case *syntax.Return:
		ev.ret(s)
	case *syntax.Throw:
		ev.expr(s.X)
		ev.throws(ev.site(s))
		ev.st.dead = true
	case *syntax.If:
		ev.ifStmt(s)
	case *syntax.For, *syntax.ForEach, *syntax.While:
		ev.loop(s)
	case *syntax.Switch:
		ev.switchStmt(s)
	case *syntax.Try:
		ev.try(s)
	case *syntax.Block:
		ev.scoped(func() { ev.block(s.Body) })
	case *syntax.Labeled:
		ev.labeled(s)
	case *syntax.Jump:
		ev.jump(s)
	case *syntax.ExportDecl:
		ev.stmt(s.Decl)
	}
}

func (ev *eval) ret(s *syntax.Return) {
	var v Value = undefined
	if s.X != nil {
		v = ev.expr(s.X)
	}
	ev.leave(v, ev.site(s))
}

// leave ends the present function with a value.
func (ev *eval) leave(v Value, site Site) {
	if ev.frame.fn != nil && ev.frame.fn.Async {
		v = ev.await(v)
	}
	if !ev.st.dead {
		ev.frame.returns = append(ev.frame.returns, exit{st: ev.st, val: v, site: site})
	}
	ev.st = &State{dead: true}
}

func (ev *eval) ifStmt(s *syntax.If) {
	outer := ev.check
	ev.check = s
	before, from, flipped := ev.st.fork(), len(ev.tests), ev.flipped
	ev.flipped = false
	then, els := ev.cond(s.Test)
	ev.check, ev.flipped = outer, flipped
	tests := ev.since(from)
	couldThen, couldElse := !then.dead, !els.dead
	passed, failed := then.fork(), els.fork()
	ev.st = then
	ev.stmt(s.Then)
	afterThen := ev.st
	ev.st = els
	ev.stmt(s.Else)
	shows := false
	switch {
	case afterThen.dead && !ev.st.dead:
		shows = shownBy(before, failed)
		ev.ask(before, failed, s.Test)
		if quits(s.Then) {
			ev.ask(before, passed, s.Test)
		}
	case ev.st.dead && !afterThen.dead:
		shows = shownBy(before, passed)
		ev.ask(before, passed, s.Test)
	}
	ev.noteCheck(s, tests, before, couldThen && afterThen.dead, couldElse && ev.st.dead, shows)
	states := []*State{afterThen, ev.st}
	if afterThen.dead || ev.st.dead {
		tests = nil // the ways don't meet
	}
	ev.charge(states)
	ev.st, _ = join(states, nil, unsureOf(tests)...)
}

// merge makes the join of the states the present one.
func (ev *eval) merge(states ...*State) {
	ev.charge(states)
	ev.st, _ = join(states, nil)
}

func (ev *eval) labeled(s *syntax.Labeled) {
	ev.frame.labels = append(ev.frame.labels, s.Label)
	switch s.Body.(type) {
	case *syntax.For, *syntax.ForEach, *syntax.While, *syntax.Switch, *syntax.Labeled:
		ev.stmt(s.Body)
		return
	}
	l := ev.enter(false)
	l.plain = true
	ev.stmt(s.Body)
	ev.merge(append(ev.exitLoop(l), ev.st)...)
}

func (ev *eval) enter(isSwitch bool) *loop {
	l := &loop{labels: ev.frame.labels, isSwitch: isSwitch}
	ev.frame.labels = nil
	ev.frame.loops = append(ev.frame.loops, l)
	return l
}

func (ev *eval) exitLoop(l *loop) []*State {
	ev.frame.loops = ev.frame.loops[:len(ev.frame.loops)-1]
	return l.breaks
}

func (ev *eval) jump(s *syntax.Jump) {
	for _, l := range slices.Backward(ev.frame.loops) {
		if s.Label != "" && !slices.Contains(l.labels, s.Label) || s.Label == "" && l.plain {
			continue
		}
		if s.Continue {
			if l.isSwitch {
				continue
			}
			l.continues = append(l.continues, ev.st)
		} else {
			l.breaks = append(l.breaks, ev.st)
		}
		break
	}
	ev.st = &State{dead: true}
}

// loop evaluates a loop's body once, or once per element of a known list. What
// a body establishes for each element holds after the loop: for the elements
// there were.
func (ev *eval) loop(s syntax.Stmt) {
	saved := ev.scope
	ev.scope = newScope(saved)
	defer func() { ev.scope = saved }()
	switch s := s.(type) {
	case *syntax.ForEach:
		ev.forEach(s)
	case *syntax.While:
		if s.Do {
			l := ev.enter(false)
			ev.iterate(l, s.Body)
			_, out := ev.cond(s.Test)
			ev.merge(append(ev.exitLoop(l), out)...)
			return
		}
		ev.whileLoop(s.Test, s.Body, nil)
	case *syntax.For:
		ev.stmt(s.Init)
		ev.whileLoop(s.Test, s.Body, s.Update)
	}
}

func (ev *eval) iterate(l *loop, body syntax.Stmt) {
	ev.stmt(body)
	ev.merge(append(l.continues, ev.st)...)
	l.continues = nil
}

func (ev *eval) whileLoop(test syntax.Expr, body syntax.Stmt, update syntax.Expr) {
	before := ev.st.fork()
	in, out := ev.st, &State{dead: true}
	if test != nil {
		in, out = ev.cond(test)
	}
	ev.st = in
	l := ev.enter(false)
	ev.iterate(l, body)
	if update != nil && !ev.st.dead {
		ev.expr(update)
	}
	if test != nil {
		out = ev.afterBody(before, out)
	}
	ev.merge(append(ev.exitLoop(l), out)...)
}

// afterBody is the state behind a loop that may run any number of times: what
// the body changed may be as before or as after it.
func (ev *eval) afterBody(before, out *State) *State {
	if ev.st.dead {
		return out
	}
	if out.dead {
		out = before
	}
	facts := ev.st.facts
	end, _ := join([]*State{out.fork(), ev.st}, nil)
	end.facts = facts
	return end
}

func (ev *eval) forEach(s *syntax.ForEach) {
	list := ev.st.see(ev.expr(s.X))
	if s.Await {
		list = ev.await(list)
	}
	if c, ok := list.(*Choice); ok && !s.In && ev.areLists(c) {
		ev.overChoice(c, func(x Value) Value {
			ev.forEachOf(s, x)
			return undefined
		})
		return
	}
	ev.forEachOf(s, list)
}

// areLists reports whether each alternative of a value is a wholly known list.
func (ev *eval) areLists(c *Choice) bool {
	return !slices.ContainsFunc(c.Vals, func(x Value) bool {
		_, ok := ev.elements(x)
		return !ok
	})
}

func (ev *eval) forEachOf(s *syntax.ForEach, list Value) {
	l := ev.enter(false)
	if elems, ok := ev.elements(list); ok && !s.In {
		for _, e := range elems {
			if ev.st.dead {
				break
			}
			ev.bindLoop(s, e)
			ev.iterate(l, s.Body)
		}
		ev.merge(append(ev.exitLoop(l), ev.st)...)
		return
	}
	before := ev.st.fork()
	elem := ev.element(list)
	if s.In {
		elem = ev.derive("key", list)
	}
	ev.bindLoop(s, elem)
	ev.iterate(l, s.Body)
	ev.merge(append(ev.exitLoop(l), ev.afterBody(before, before))...)
}

func (ev *eval) bindLoop(s *syntax.ForEach, v Value) {
	if s.Kind != "" {
		ev.scope = newScope(ev.scope)
		ev.bind(s.Target, v, ev.scope)
		return
	}
	ev.assign(s.Target, v)
}

func (ev *eval) switchStmt(s *syntax.Switch) {
	v := ev.expr(s.X)
	saved := ev.scope
	ev.scope = newScope(saved)
	for _, c := range s.Cases {
		for _, b := range c.Body {
			ev.hoist(b)
		}
	}
	l := ev.enter(true)
	rest, fall := ev.st, &State{dead: true}
	entry := make([]*State, len(s.Cases))
	deflt := -1
	for i, c := range s.Cases {
		if c.Test == nil {
			deflt = i
			continue
		}
		ev.st = rest
		if rest.dead {
			entry[i] = rest
			continue
		}
		entry[i], rest = ev.equal(v, ev.expr(c.Test), ev.site(c.Test))
	}
	if deflt >= 0 {
		entry[deflt] = rest
	}
	for i, c := range s.Cases {
		ev.merge(entry[i], fall)
		for _, b := range c.Body {
			ev.stmt(b)
		}
		fall = ev.st
	}
	out := append(ev.exitLoop(l), fall)
	if deflt < 0 {
		out = append(out, rest)
	}
	ev.merge(out...)
	ev.scope = saved
}
