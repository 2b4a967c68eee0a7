package protect

import (
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

func (ev *eval) callExpr(e *syntax.Call) Value {
	site := ev.site(e)
	if e.Import {
		return ev.dynamicImport(e)
	}
	var this Value = undefined
	var callee Value
	name := ""
	switch c := e.Callee.(type) {
	case *syntax.Member:
		if id, ok := c.X.(*syntax.Ident); ok && id.Name == "super" {
			this = ev.frame.this
			callee = ev.superMember(c.Name)
			break
		}
		this = ev.expr(c.X)
		if c.Index != nil {
			callee = ev.index(this, ev.expr(c.Index), site)
			break
		}
		name = c.Name
	case *syntax.Ident:
		if c.Name == "super" {
			return ev.superCall(ev.args(e.Args))
		}
		callee = ev.expr(c)
	default:
		callee = ev.expr(e.Callee)
	}
	args := ev.args(e.Args)
	if ev.st.dead {
		return unknown
	}
	if name != "" {
		return ev.callMember(this, name, args, e.New, site)
	}
	if e.New {
		return ev.construct(callee, args, site)
	}
	return ev.call(callee, this, args, site)
}

func (ev *eval) args(list []syntax.Expr) []Value {
	args := make([]Value, 0, len(list))
	for _, a := range list {
		if s, ok := a.(*syntax.Spread); ok {
			v := ev.expr(s.X)
			if elems, ok := ev.elements(v); ok {
				args = append(args, elems...)
			} else {
				args = append(args, ev.element(v))
			}
			continue
		}
		args = append(args, ev.expr(a))
	}
	return args
}

// callMember calls a method. Of several possible receivers, each that is there
// is called on its own path.
func (ev *eval) callMember(this Value, name string, args []Value, isNew bool, site Site) Value {
	this = ev.st.see(this)
	if c, ok := this.(*Choice); ok {
		return ev.overChoice(c, func(x Value) Value {
			if _, ok := x.(Null); ok {
				return undefined
			}
			return ev.callMember(x, name, args, isNew, site)
		})
	}
	if v, ok := ev.method(this, name, args, site); ok {
		return v
	}
	callee := ev.get(this, name, site)
	if isNew {
		return ev.construct(callee, args, site)
	}
	return ev.call(callee, this, args, site)
}

// overChoice does something with every alternative of a value, each in its own
// state, and joins the results.
func (ev *eval) overChoice(c *Choice, do func(Value) Value) Value {
	var states []*State
	var vals []Value
	base := ev.st
	left := base.left(c.P)
	for i, x := range c.Vals {
		if left&(1<<i) == 0 || len(states) >= maxPairs {
			continue
		}
		ev.st = base.fork()
		ev.st.restrict(c.P, 1<<i)
		if ev.st.dead {
			continue
		}
		v := do(ev.st.see(x))
		states, vals = append(states, ev.st), append(vals, v)
	}
	return ev.joinValues(states, vals)
}

// call calls a function value.
func (ev *eval) call(f, this Value, args []Value, site Site) Value {
	if ev.st.dead {
		return unknown
	}
	switch f := ev.st.see(f).(type) {
	case *Closure:
		return ev.callClosure(f, this, append(f.Bound[:len(f.Bound):len(f.Bound)], args...), site)
	case *Native:
		return f.Call(ev, args, site)
	case *Choice:
		return ev.overChoice(f, func(x Value) Value {
			if _, ok := x.(Null); ok {
				return undefined
			}
			return ev.call(x, this, args, site)
		})
	case *Extern:
		return ev.callExtern(f, args, "()", site)
	case *Class:
		return ev.construct(f, args, site)
	case *Opaque:
		return ev.callOpaque(f, args, site)
	case *Procedure:
		return f.run(ev, args, site)
	case *Proxy:
		return ev.callProxy(f, this, args, site)
	}
	return ev.callUnknown(args, site)
}

// callOpaque calls a function of which only the origin is known: the result is
// derived from what it was called on and with.
func (ev *eval) callOpaque(f *Opaque, args []Value, site Site) Value {
	if f.Root.Guess && f.Path == "" {
		return ev.guessCall(f, args, site)
	}
	name := lastStep(f.Path)
	owner := &Opaque{Root: f.Root, Path: strings.TrimSuffix(f.Path, "."+name)}
	if v, ok := ev.opaqueMethod(owner, name, args, site); ok && name != "" {
		return v
	}
	return ev.callResult(owner, name, args)
}

// callResult is what a call of an unknown function gives.
func (ev *eval) callResult(owner *Opaque, name string, args []Value) Value {
	var consts []string
	for _, a := range args {
		if c, ok := ev.st.see(a).(Const); ok {
			consts = append(consts, c.Text)
		}
	}
	step := name + "(" + strings.Join(consts, ",") + ")"
	return ev.derive(step, append([]Value{owner}, args...)...)
}

func (ev *eval) callUnknown(args []Value, site Site) Value {
	ev.callCallbacks(args, site)
	return ev.derive("call", args...)
}

// callCallbacks calls the functions that were handed to code which can't be
// read: it may run them, with what is not known.
func (ev *eval) callCallbacks(args []Value, site Site) {
	for _, a := range args {
		c, ok := ev.st.see(a).(*Closure)
		if !ok {
			continue
		}
		before := ev.st.fork()
		params := make([]Value, len(c.Fn.Params))
		for i := range params {
			params[i] = unknown
		}
		ev.callClosure(c, undefined, params, site)
		// it may also not have run: what it showed or threw doesn't count
		ev.st = before
	}
}

// callClosure evaluates a function of the program in the present state.
func (ev *eval) callClosure(c *Closure, this Value, args []Value, site Site) Value {
	if ev.tooDeep(c.Fn, site) {
		return ev.callUnknownResult(args)
	}
	if c.Fn.Arrow || c.This != nil && isUndefined(this) {
		this = c.This
	}
	before, from, checked, began := ev.st.fork(), len(ev.tests), len(ev.checks), ev.steps
	asked := ev.asked.n
	outer, flipped := ev.check, ev.flipped
	ev.check, ev.flipped = nil, false
	savedScope, savedFrame := ev.scope, ev.frame
	f := &frame{up: savedFrame, unit: c.Scope.unit, fn: c.Fn, this: this, site: site, depth: savedFrame.depth + 1}
	if o, ok := this.(*Object); ok && o.Class != nil {
		f.class = o.Class
	}
	ev.frame, ev.scope = f, newScope(c.Scope)
	ev.params(c.Fn, args)
	ev.body(c.Fn)
	ev.scope, ev.frame, ev.check, ev.flipped = savedScope, savedFrame, outer, flipped
	states, vals := make([]*State, len(f.returns)), make([]Value, len(f.returns))
	for i, r := range f.returns {
		states[i], vals[i] = r.st, r.val
	}
	ev.noteCost(f, ev.steps-began, asked, before, states)
	v := ev.joinValues(states, vals)
	v = ev.decides(v, from)
	ev.blur(from)
	if c.Fn.Async {
		p := ev.promise(before, v)
		p.checks = slices.Clone(ev.checks[checked:])
		ev.checks = ev.checks[:checked]
		return p
	}
	return v
}

func isUndefined(v Value) bool {
	n, ok := v.(Null)
	return v == nil || ok && n.Undefined
}

func (ev *eval) callUnknownResult(args []Value) Value { return ev.derive("call", args...) }

func (ev *eval) tooDeep(fn *syntax.Func, site Site) bool {
	if ev.steps > ev.limit {
		return true
	}
	if ev.without[fn] {
		ev.cut(site, "the call leads to more code than can be evaluated")
		return true
	}
	if ev.frame.depth >= maxDepth {
		ev.cut(site, "calls nested too deeply")
		return true
	}
	n := 0
	for f := ev.frame; f != nil; f = f.up {
		if f.fn == fn {
			n++
		}
	}
	if n >= maxRecursion || n > 0 && ev.recursed[fn] >= maxRecursed {
		ev.recursed[fn]++
		ev.cut(site, "recursion")
		return true
	}
	return false
}

func (ev *eval) params(fn *syntax.Func, args []Value) {
	for i, p := range fn.Params {
		var v Value = undefined
		if p.Rest {
			v = newList(args[min(i, len(args)):]...)
		} else if i < len(args) {
			v = args[i]
		}
		ev.bind(p.Target, v, ev.scope)
		if o, ok := ev.frame.this.(*Object); ok && p.Property {
			if n, ok := p.Target.(*syntax.NamePattern); ok {
				ev.st.edit(o).set(n.Name, v)
			}
		}
	}
}

func (ev *eval) body(fn *syntax.Func) {
	if fn.Body == nil {
		if fn.Result != nil {
			ev.leave(ev.expr(fn.Result), ev.site(fn.Result))
		}
		return
	}
	ev.block(fn.Body.Body)
	if !ev.st.dead {
		ev.leave(undefined, Site{File: ev.frame.unit.mod.File, Span: syntax.Span{Start: fn.End, End: fn.End}})
	}
}

// promise wraps what an async function gives: what it showed holds only for who
// awaits it. Its effects, and what it wrote, are there at once.
func (ev *eval) promise(before *State, v Value) *Promise {
	if ev.st.dead {
		ev.st = before
		return &Promise{Of: unknown, After: &assumption{dead: true}}
	}
	after := &assumption{
		facts: without(ev.st.facts, before.facts), mask: differing(ev.st, before), trust: ev.st.trust,
	}
	ev.st = ev.st.fork()
	ev.st.facts, ev.st.mask, ev.st.trust = before.facts, before.mask.share(), before.trust
	return &Promise{Of: v, After: after}
}

// await gives what a promise holds, and what then holds.
func (ev *eval) await(v Value) Value {
	for range maxDepth {
		switch p := ev.st.see(v).(type) {
		case *Promise:
			ev.st.assume(p.After)
			ev.checks = append(ev.checks, p.checks...)
			v = p.Of
			continue
		case *Choice:
			if ev.hasPromise(p) {
				return ev.overChoice(p, ev.await)
			}
			return p
		case *QueryValue:
			return ev.result(p)
		case *Extern:
			return ev.awaitExtern(p)
		}
		break
	}
	return ev.st.see(v)
}

func (ev *eval) hasPromise(c *Choice) bool {
	for _, x := range c.Vals {
		switch x := x.(type) {
		case *Promise, *QueryValue:
			return true
		case *Extern:
			if x.Step != "" {
				return true
			}
		case *Choice:
			if ev.hasPromise(x) {
				return true
			}
		}
	}
	return false
}

func (ev *eval) promiseMethod(p *Promise, name string, args []Value, site Site) Value {
	before := ev.st.fork()
	switch name {
	case "then":
		v := ev.await(p)
		if len(args) > 0 {
			v = ev.await(ev.call(args[0], undefined, []Value{v}, site))
		}
		return ev.promise(before, v)
	case "finally":
		return p
	case "catch":
		ok := ev.st.fork()
		ev.st = ok
		v := ev.await(p)
		states, vals := []*State{ev.st}, []Value{v}
		if len(args) > 0 {
			ev.st = before.fork()
			w := ev.await(ev.call(args[0], undefined, []Value{ev.fresh(FromUnknown, errorLabel)}, site))
			states, vals = append(states, ev.st), append(vals, w)
		}
		return ev.promise(before, ev.joinValues(states, vals))
	}
	return unknown
}

func (ev *eval) dynamicImport(e *syntax.Call) Value {
	args := ev.args(e.Args)
	if len(args) == 0 {
		return unknown
	}
	spec, ok := ev.st.see(args[0]).(Const)
	if !ok {
		return &Promise{Of: unknown}
	}
	ev.ran[use{Import, ev.frame.unit, spec.Text}] = true
	r := ev.world.repo.Resolve(ev.frame.unit.mod.Path, spec.Text)
	switch {
	case r.Path != "":
		if m := ev.world.repo.Module(r.Path); m != nil {
			return &Promise{Of: &Namespace{Module: m}}
		}
	case r.Package != "":
		return &Promise{Of: &Extern{Pkg: r.Package}}
	}
	return &Promise{Of: unknown}
}
