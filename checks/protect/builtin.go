package protect

import (
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// method evaluates the methods of JavaScript's own values; false when there is
// no rule for it.
func (ev *eval) method(this Value, name string, args []Value, site Site) (Value, bool) {
	switch v := this.(type) {
	case *Promise:
		return ev.promiseMethod(v, name, args, site), true
	case *QueryValue:
		switch name {
		case "then", "catch", "finally":
			return ev.promiseMethod(&Promise{Of: v}, name, args, site), true
		}
		return ev.queryMethod(v, name, args, site), true
	case Const:
		return ev.constMethod(v, name, args, site), true
	case *Closure:
		switch name {
		case "bind":
			c := *v
			if len(args) > 0 {
				c.This, c.Bound = args[0], append(v.Bound[:len(v.Bound):len(v.Bound)], args[1:]...)
			}
			return &c, true
		case "call":
			return ev.callClosure(v, arg(args, 0), args[min(1, len(args)):], site), true
		case "unstable_pipe": // of a tRPC middleware: one that runs both
			return newList(append([]Value{v}, args...)...), true
		case "apply":
			elems, _ := ev.elements(arg(args, 1))
			return ev.callClosure(v, arg(args, 0), elems, site), true
		}
	case *Object:
		if v.List && name == "unstable_pipe" {
			return newList(append(slices.Clip(ev.st.content(v).elems), args...)...), true
		}
		if v.List {
			return ev.listMethod(v, name, args, site)
		}
		if v.Class == nil {
			if _, own := ev.st.content(v).fields[name]; !own {
				return ev.mapLikeMethod(v, name, args, site)
			}
		}
	case *Extern:
		if name == "bind" {
			return v, true // bound to what it's a member of
		}
	case *Opaque:
		return ev.opaqueMethod(v, name, args, site)
	case Null:
		ev.callCallbacks(args, site)
		return undefined, true
	}
	return nil, false
}

func arg(args []Value, i int) Value {
	if i < len(args) && args[i] != nil {
		return args[i]
	}
	return undefined
}

func (ev *eval) constMethod(c Const, name string, args []Value, site Site) Value {
	if v, ok := ev.textMethod(c, name, args); ok {
		return v
	}
	if c.Kind != syntax.String {
		return ev.derive(name, append([]Value{c}, args...)...)
	}
	a, isConst := ev.st.see(arg(args, 0)).(Const)
	switch name {
	case "toUpperCase":
		return str(strings.ToUpper(c.Text))
	case "toLowerCase":
		return str(strings.ToLower(c.Text))
	case "trim", "toString":
		return c
	case "startsWith":
		if isConst {
			return boolean(strings.HasPrefix(c.Text, a.Text))
		}
	case "includes":
		if isConst {
			return boolean(strings.Contains(c.Text, a.Text))
		}
	case "split":
		if isConst && a.Text != "" {
			l := newList()
			for _, p := range strings.Split(c.Text, a.Text) {
				l.init.elems = append(l.init.elems, str(p))
			}
			return l
		}
	}
	return ev.derive(name, append([]Value{c}, args...)...)
}

// mapLikeMethod: has and get of a table (an object that stands for a Map).
func (ev *eval) mapLikeMethod(o *Object, name string, args []Value, site Site) (Value, bool) {
	switch name {
	case "hasOwnProperty":
		return ev.oneOf(o, arg(args, 0), site), true
	}
	return nil, false
}

// listMethod evaluates the methods of a known list.
func (ev *eval) listMethod(l *Object, name string, args []Value, site Site) (Value, bool) {
	if v, ok := ev.mapMethod(l, name, args); ok {
		return v, true
	}
	f := arg(args, 0)
	switch name {
	case "includes", "has":
		return ev.oneOf(l, f, site), true
	case "push", "unshift", "add":
		c := ev.st.edit(l)
		c.elems = append(c.elems, args...)
		return l, true
	case "some", "every", "find", "findIndex":
		return ev.quantify(l, name, f, site), true
	case "map", "forEach":
		return ev.mapList(l, f, site), true
	case "flatMap":
		return ev.flattened(ev.mapList(l, f, site)), true
	case "filter":
		return ev.filterList(l, f, site), true
	case "concat":
		out := &Object{List: true, init: ev.st.content(l).clone()}
		for _, a := range args {
			if es, ok := ev.elements(a); ok {
				out.init.elems = append(out.init.elems, es...)
			} else {
				out.init.rest = ev.element(a)
			}
		}
		return out, true
	case "at", "pop", "shift":
		return ev.element(l), true
	case "slice", "sort", "reverse", "flat", "toSorted":
		return l, true
	case "values", "keys":
		return l, true
	case "entries":
		return ev.entries(l), true
	case "reduce", "reduceRight":
		ev.callCallbacks(args, site)
		return ev.derive(name, l), true
	case "join":
		if v, ok := ev.joinedText(l, f); ok {
			return v, true
		}
		return ev.derive("", l), true
	}
	return nil, false
}

// entries gives a list's elements with their places. A map is its pairs already.
func (ev *eval) entries(l *Object) Value {
	c := ev.st.content(l)
	if len(c.elems) > 0 && !slices.ContainsFunc(c.elems, func(e Value) bool { return !ev.isPair(e) }) {
		return l
	}
	out := &Object{List: true, Site: l.Site, init: c.clone()}
	for i, e := range c.elems {
		out.init.elems[i] = newList(unknown, e)
	}
	if c.rest != nil {
		out.init.rest = newList(unknown, c.rest)
	}
	return out
}

func (ev *eval) isPair(v Value) bool {
	pair, ok := ev.elements(v)
	return ok && len(pair) == 2
}

// quantify evaluates some, every, find and findIndex: what holds of the elements
// for which the callback is true.
func (ev *eval) quantify(list Value, name string, f Value, site Site) Value {
	elems, known := ev.elements(list)
	if !known {
		elems = []Value{ev.element(list)}
		if table := ev.table(list); table != nil {
			elems = table.elems
		}
	}
	before, from := ev.st, len(ev.tests)
	var hits []*State
	var found []Value
	all := before.fork()
	surely, doubt := false, false // true of some element, not true of each
	for _, e := range elems {
		ev.st = before.fork()
		v := ev.call(f, undefined, []Value{e, unknown}, site)
		ev.noteUnawaited(v, site)
		if ev.st.dead {
			continue
		}
		t, not := ev.test(v, site)
		if !t.dead {
			hits, found = append(hits, t), append(found, e)
		}
		surely, doubt = surely || not.dead, doubt || !not.dead
		if name == "every" {
			ev.st = all
			v := ev.call(f, undefined, []Value{e, unknown}, site)
			all, _ = ev.test(v, site)
		}
	}
	miss := before.fork()
	if ev.whole(list) {
		miss.dead = surely && name != "every" || !doubt && name == "every"
	}
	var v Value
	hit, e := join(hits, found)
	switch name {
	case "every":
		v = ev.joinValues([]*State{all, miss}, []Value{yes, no})
	case "find":
		v = ev.joinValues([]*State{hit, miss}, []Value{e, undefined})
	default:
		v = ev.joinValues([]*State{hit, miss}, []Value{yes, no})
	}
	return ev.decides(v, from)
}

// opaqueMethod: methods that keep a value's origin, and those that call back.
func (ev *eval) opaqueMethod(o *Opaque, name string, args []Value, site Site) (Value, bool) {
	switch name {
	case "includes", "has":
		if o.Root.Origin != FromRequest || o.Path == "" {
			return ev.oneOf(o, arg(args, 0), site), true
		}
	case "some", "every", "find", "findIndex":
		if _, ok := arg(args, 0).(*Closure); ok {
			return ev.quantify(o, name, arg(args, 0), site), true
		}
	case "map", "flatMap", "forEach":
		if f, ok := arg(args, 0).(*Closure); ok {
			out := newList()
			out.init.rest = ev.call(f, undefined, []Value{ev.element(o), unknown}, site)
			return out, true
		}
	case "filter":
		if f, ok := arg(args, 0).(*Closure); ok {
			return ev.filterOrigin(o, f, site), true
		}
		return o, true
	case "sort", "slice", "toString", "trim", "toLowerCase", "toUpperCase", "reverse", "flat", "valueOf":
		ev.callCallbacks(args, site)
		return o, true
	case "split":
		if o.Root.Origin == FromIdentity || o.Root.Origin == FromResource { // a list kept as one text: "read write"
			return o, true
		}
	case "then", "catch", "finally":
		return ev.promiseMethod(&Promise{Of: o}, name, args, site), true
	}
	if o.Root.Origin == FromRequest {
		return ev.requestMethod(o, name, args, site), true
	}
	if o.Root.Guess && o.Path == "" {
		return nil, false
	}
	ev.callCallbacks(args, site)
	return ev.callResult(o, name, args), true
}
