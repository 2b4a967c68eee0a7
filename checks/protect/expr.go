package protect

import (
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// expr evaluates an expression in the present state.
func (ev *eval) expr(e syntax.Expr) Value {
	if e == nil || ev.st.dead || !ev.spend(e) {
		return unknown
	}
	if ev.nesting++; ev.nesting > maxNesting {
		ev.cut(ev.site(e), "nested too deeply")
		ev.nesting--
		return unknown
	}
	defer func() { ev.nesting-- }()
	switch e := e.(type) {
	case *syntax.Ident:
		return ev.ident(e)
	case *syntax.Literal:
		if e.Kind == syntax.Null {
			return null
		}
		return Const{Kind: e.Kind, Text: e.Value}
	case *syntax.Template:
		return ev.template(e)
	case *syntax.Object:
		return ev.object(e)
	case *syntax.Array:
		return ev.array(e)
	case *syntax.Func:
		return &Closure{Fn: e, Scope: ev.scope, This: ev.frame.this}
	case *syntax.Class:
		return ev.class(e)
	case *syntax.Call:
		return ev.callExpr(e)
	case *syntax.Member:
		return ev.memberExpr(e)
	case *syntax.Await:
		return ev.await(ev.expr(e.X))
	case *syntax.Cond:
		return ev.ternary(e)
	case *syntax.Binary:
		return ev.binary(e)
	case *syntax.Unary:
		return ev.unary(e)
	case *syntax.Assign:
		return ev.assignExpr(e)
	case *syntax.Update:
		if id, ok := e.X.(*syntax.Ident); ok {
			ev.assign(&syntax.NamePattern{Span: id.Span, Name: id.Name}, unknown)
		}
		return unknown
	case *syntax.Yield:
		return ev.await(ev.expr(e.X))
	case *syntax.JSX:
		return ev.jsx(e)
	case *syntax.Spread:
		return ev.expr(e.X)
	}
	return unknown
}

func (ev *eval) ident(e *syntax.Ident) Value {
	switch e.Name {
	case "undefined":
		return undefined
	case "this":
		if ev.frame.this != nil {
			return ev.frame.this
		}
		return unknown
	}
	if c := ev.lookup(e.Name); c != nil {
		return c.in(ev.st)
	}
	return ev.externValue(&Extern{Pkg: "global", Path: e.Name})
}

func (ev *eval) template(e *syntax.Template) Value {
	vals := make([]Value, 0, len(e.Exprs))
	text, known := e.Strings[0], true
	for i, x := range e.Exprs {
		v := ev.st.see(ev.expr(x))
		vals = append(vals, v)
		c, ok := v.(Const)
		known = known && ok
		text += c.Text
		if i+1 < len(e.Strings) {
			text += e.Strings[i+1]
		}
	}
	if e.Tag != nil {
		return ev.tagged(e, vals)
	}
	if known {
		return str(text)
	}
	return ev.composed(vals)
}

// composed is a text that is put together of values. Beside a secret, what the
// caller sent is still theirs to choose.
func (ev *eval) composed(vals []Value) Value {
	o, ok := ev.derive("", vals...).(*Opaque)
	if !ok || o.Root.Origin != FromSecret {
		return o
	}
	for _, v := range vals {
		if sent := ev.telling(v, 0); sent != nil && sent.Root.Origin == FromRequest {
			root := *o.Root
			root.beside, root.numbered = sent, numbered{}
			return &Opaque{Root: &root, Path: o.Path}
		}
	}
	return o
}

func (ev *eval) tagged(e *syntax.Template, vals []Value) Value {
	f := ev.expr(e.Tag)
	args := append([]Value{str(strings.Join(e.Strings, "?"))}, vals...)
	return ev.call(f, undefined, args, ev.site(e))
}

func (ev *eval) object(e *syntax.Object) Value {
	o := newObject()
	o.Site = ev.site(e)
	for _, p := range e.Props {
		switch {
		case p.Spread:
			ev.spreadInto(o.init, ev.expr(p.Value))
		case p.Computed != nil:
			k, v := ev.st.see(ev.expr(p.Computed)), ev.expr(p.Value)
			if c, ok := k.(Const); ok {
				o.init.set(c.Text, v)
			} else {
				o.init.rest = v
			}
		case p.Getter:
			o.init.set(p.Key, ev.call(&Closure{Fn: p.Value.(*syntax.Func), Scope: ev.scope, This: o}, o, nil, ev.site(p.Value)))
		default:
			v := ev.expr(p.Value)
			if c, ok := v.(*Closure); ok {
				if f, ok := p.Value.(*syntax.Func); ok && !f.Arrow {
					c.This = o
				}
			}
			o.init.set(p.Key, v)
		}
	}
	ev.handOver(o)
	return o
}

// spreadInto copies what is known of a value's members. A spread of one of
// several objects gives each member as a choice of the same Point.
func (ev *eval) spreadInto(c *content, v Value) {
	switch v := ev.st.see(v).(type) {
	case *Object:
		from := ev.st.content(v)
		for _, n := range from.names {
			c.set(n, from.fields[n])
		}
		if from.rest != nil {
			c.rest = from.rest
		}
	case *Choice:
		names := map[string]bool{}
		for _, x := range v.Vals {
			if o, ok := ev.st.see(x).(*Object); ok {
				for _, n := range ev.st.content(o).names {
					names[n] = true
				}
			}
		}
		for _, n := range sortedKeys(names) {
			old := c.fields[n]
			c.set(n, ev.mapChoice(v, func(x Value) Value {
				if o, ok := ev.st.see(x).(*Object); ok {
					if f, ok := ev.st.content(o).fields[n]; ok {
						return f
					}
				}
				if old != nil {
					return old
				}
				return undefined
			}))
		}
		if rest := ev.mapChoice(v, ev.unlisted); !isUndefined(rest) {
			c.rest = rest
		}
	case *Opaque:
		c.rest = v
		if v.Root.Origin == FromRequest {
			for _, n := range c.names { // what the caller sends may replace it
				c.fields[n] = ev.get(v, n, Site{})
			}
		}
	case *Extern:
		c.rest = v
	}
}

// unlisted is what the members of a value are that it doesn't list; undefined for none.
func (ev *eval) unlisted(v Value) Value {
	switch v := ev.st.see(v).(type) {
	case *Opaque, *Extern:
		return v
	case *Object:
		if rest := ev.st.content(v).rest; rest != nil {
			return rest
		}
	case *Choice:
		return ev.mapChoice(v, ev.unlisted)
	}
	return undefined
}

func (ev *eval) array(e *syntax.Array) Value {
	l := newList()
	l.Site = ev.site(e)
	for _, x := range e.Elems {
		if s, ok := x.(*syntax.Spread); ok {
			v := ev.st.see(ev.expr(s.X))
			if elems, ok := ev.elements(v); ok {
				l.init.elems = append(l.init.elems, elems...)
			} else {
				l.init.rest = ev.element(v)
			}
			continue
		}
		if x == nil {
			l.init.elems = append(l.init.elems, undefined)
			continue
		}
		l.init.elems = append(l.init.elems, ev.expr(x))
	}
	return l
}

func (ev *eval) ternary(e *syntax.Cond) Value {
	t, f := ev.cond(e.Test)
	ev.st = t
	a := ev.expr(e.Then)
	t = ev.st
	ev.st = f
	b := ev.expr(e.Else)
	return ev.joinValues([]*State{t, ev.st}, []Value{a, b})
}

// joinValues makes the join the present state and gives the joined value.
func (ev *eval) joinValues(states []*State, vals []Value) Value {
	ev.charge(states)
	st, v := join(states, vals)
	ev.st = st
	return v
}

func (ev *eval) jsx(e *syntax.JSX) Value {
	for _, a := range e.Attrs {
		if a.Value != nil {
			ev.expr(a.Value)
		}
	}
	for _, c := range e.Children {
		ev.expr(c)
	}
	return newObject("type", str(e.Name))
}

// instanceOf tells responses from what isn't one, and the program's classes
// apart: a guard that gives a session or a response is asked this way.
func (ev *eval) instanceOf(l, class Value) Value {
	if c, ok := l.(*Choice); ok {
		return ev.overChoice(c, func(x Value) Value { return ev.instanceOf(x, class) })
	}
	x, isExtern := class.(*Extern)
	response := isExtern && strings.HasSuffix(x.Path, "Response")
	switch l := l.(type) {
	case *Response:
		if isExtern {
			return boolean(response)
		}
	case Null, Const:
		return no
	case *Object:
		if c, ok := class.(*Class); ok {
			return boolean(ev.derives(l.Class, c))
		}
		if response {
			return no
		}
	case *Opaque:
		if response && l.Root.Origin != FromUnknown {
			return no
		}
	}
	return unknown
}

// derives reports whether a class is another, or extends it.
func (ev *eval) derives(c, from *Class) bool {
	for range maxDepth {
		if c == nil || c == from {
			return c != nil
		}
		c, _ = ev.st.see(c.Super).(*Class)
	}
	return false
}
