package protect

import (
	"strings"
)

// intrinsic evaluates what JavaScript itself brings, where the result's origin
// or what it shows matters; false when there is no rule.
func (ev *eval) intrinsic(x *Extern, args []Value, site Site) (Value, bool) {
	if x.Pkg != "global" {
		return nil, false
	}
	a := arg(args, 0)
	switch x.Path {
	case "Promise.all", "Promise.allSettled", "Promise.race", "Promise.any":
		before := ev.st.fork()
		return ev.promise(before, ev.all(a, x.Path == "Promise.all")), true
	case "RegExp":
		return ev.newRegexp(args)
	case "Promise.resolve":
		return a, true
	case "Promise.reject":
		return &Promise{Of: unknown, After: &assumption{dead: true}}, true
	case "Boolean":
		t, f := ev.test(a, site)
		return ev.joinValues([]*State{t, f}, []Value{yes, no}), true
	case "String", "Number", "parseInt", "parseFloat", "BigInt", "structuredClone", "Object.freeze", "Object.seal",
		"Array.from", "decodeURIComponent", "encodeURIComponent", "decodeURI", "encodeURI":
		if f, ok := arg(args, 1).(*Closure); ok {
			v, _ := ev.listMethod(ev.asList(a), "map", []Value{f}, site)
			return v, true
		}
		return ev.st.see(a), true
	case "JSON.stringify":
		return ev.st.see(a), true
	case "JSON.parse":
		return ev.parseJSON(a), true
	case "Object.assign":
		o := newObject()
		for _, v := range args {
			ev.spreadInto(o.init, v)
		}
		return o, true
	case "Object.keys", "Object.entries":
		return ev.keys(a, x.Path == "Object.entries"), true
	case "Object.values":
		if o, ok := ev.st.see(a).(*Object); ok {
			l := newList()
			c := ev.st.content(o)
			for _, n := range c.names {
				l.init.elems = append(l.init.elems, c.fields[n])
			}
			l.init.rest = c.rest
			return l, true
		}
		return ev.st.see(a), true
	case "Reflect.get":
		return ev.index(a, arg(args, 1), site), true
	case "Array.isArray":
		return ev.isList(a), true
	case "Error", "TypeError", "Object", "Symbol", "Date":
		return newObject(), true
	case "setTimeout", "setImmediate", "queueMicrotask", "setInterval":
		ev.callCallbacks(args, site)
		return unknown, true
	}
	if strings.HasPrefix(x.Path, "console.") || strings.HasPrefix(x.Path, "Math.") || strings.HasPrefix(x.Path, "Date.") {
		return ev.derive("", args...), true
	}
	return nil, false
}

// isList is what Array.isArray says of a value.
func (ev *eval) isList(v Value) Value {
	switch v := ev.st.see(v).(type) {
	case *Choice:
		return ev.mapChoice(v, ev.isList)
	case *Object:
		return boolean(v.List)
	case Const, Null:
		return no
	}
	return unknown
}

func (ev *eval) asList(v Value) *Object {
	if o, ok := ev.st.see(v).(*Object); ok && o.List {
		return o
	}
	l := newList()
	l.init.rest = ev.element(v)
	return l
}

func (ev *eval) keys(v Value, entries bool) Value {
	o, ok := ev.st.see(v).(*Object)
	if !ok {
		return ev.st.see(v)
	}
	l := newList()
	c := ev.st.content(o)
	for _, n := range c.names {
		var e Value = str(n)
		if entries {
			e = newList(str(n), c.fields[n])
		}
		l.init.elems = append(l.init.elems, e)
	}
	l.init.rest = c.rest
	return l
}

// all awaits a list of promises. What one that may settle otherwise showed
// holds only for Promise.all.
func (ev *eval) all(list Value, keep bool) Value {
	if c, ok := ev.st.see(list).(*Choice); ok && keep {
		return ev.overChoice(c, func(x Value) Value { return ev.all(x, keep) })
	}
	before := ev.st.fork()
	out := newList()
	o, ok := ev.st.see(list).(*Object)
	if !ok {
		return ev.st.see(list)
	}
	c := ev.st.content(o)
	for _, e := range c.elems {
		out.init.elems = append(out.init.elems, ev.await(e))
	}
	if c.rest != nil {
		out.init.rest = ev.await(c.rest)
	}
	if !keep {
		ev.st = before
		return unknown
	}
	return out
}

// construct of what JavaScript brings: collections hold what they were made of.
func (ev *eval) newIntrinsic(x *Extern, args []Value, site Site) (Value, bool) {
	if x.Pkg != "global" {
		return nil, false
	}
	a := arg(args, 0)
	switch x.Path {
	case "Set", "Array", "Map", "WeakMap", "WeakSet":
		if o, ok := ev.st.see(a).(*Object); ok && o.List {
			return &Object{List: true, init: ev.st.content(o).clone()}, true
		}
		if isUndefined(ev.st.see(a)) {
			return newList(), true
		}
		l := newList()
		l.init.rest = ev.element(a)
		return l, true
	case "RegExp":
		return ev.newRegexp(args)
	case "Proxy":
		return ev.newProxy(a, ev.st.see(arg(args, 1))), true
	case "URL":
		if v, ok := ev.newURL(args); ok {
			return v, true
		}
		return ev.derive("new", args...), true
	case "URLSearchParams", "Headers", "Date", "FormData", "Uint8Array", "TextEncoder":
		return ev.derive("new", args...), true
	case "Error", "TypeError", "RangeError":
		return newObject("message", a), true
	case "Promise":
		if f, ok := a.(*Closure); ok {
			var got Value = unknown
			resolve := &Native{Name: "resolve", Call: func(ev *eval, args []Value, _ Site) Value { got = arg(args, 0); return undefined }}
			before := ev.st.fork()
			ev.callClosure(f, undefined, []Value{resolve, &Native{Name: "reject", Call: func(*eval, []Value, Site) Value { return undefined }}}, site)
			ev.st = before
			return &Promise{Of: got}, true
		}
	}
	return nil, false
}
