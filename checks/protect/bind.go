package protect

import (
	"strconv"

	"github.com/authdiff/authdiff/checks/syntax"
)

// bind declares a pattern's names with the parts of a value.
func (ev *eval) bind(p syntax.Pattern, v Value, in *scope) {
	ev.write(p, v, func(name string, v Value) {
		if c, ok := in.cells[name]; ok && c.last == nil {
			c.last = v
			if c.mutable {
				ev.st.setVar(c, v)
			}
			return
		}
		c := in.declare(name, v)
		if c.mutable {
			ev.st.setVar(c, v)
		}
	})
}

// assign writes a value to what a pattern names.
func (ev *eval) assign(p syntax.Pattern, v Value) {
	ev.write(p, v, func(name string, v Value) {
		c := ev.lookup(name)
		if c == nil {
			return
		}
		if c.last == nil {
			c.last = v
		}
		ev.st.setVar(c, v)
	})
}

func (ev *eval) write(p syntax.Pattern, v Value, put func(string, Value)) {
	switch p := p.(type) {
	case *syntax.NamePattern:
		put(p.Name, v)
	case *syntax.DefaultPattern:
		ev.write(p.Target, ev.withDefault(v, p.Value), put)
	case *syntax.ObjectPattern:
		for _, x := range p.Props {
			key := x.Key
			if x.Computed != nil {
				c, _ := ev.st.see(ev.expr(x.Computed)).(Const)
				key = c.Text
			}
			ev.write(x.Target, ev.get(v, key, Site{}), put)
		}
		if p.Rest != nil {
			ev.write(p.Rest, ev.remaining(v, p.Props), put)
		}
	case *syntax.ArrayPattern:
		for i, x := range p.Elems {
			if x != nil {
				ev.write(x, ev.get(v, strconv.Itoa(i), Site{}), put)
			}
		}
		if p.Rest != nil {
			ev.write(p.Rest, ev.tail(v, len(p.Elems)), put)
		}
	case *syntax.ExprPattern:
		ev.setMember(p.X, v)
	}
}

// withDefault replaces undefined by a default's value.
func (ev *eval) withDefault(v Value, deflt syntax.Expr) Value {
	v = ev.st.see(v)
	if n, ok := v.(Null); ok {
		if n.Undefined {
			return ev.expr(deflt)
		}
		return v
	}
	c, ok := v.(*Choice)
	if !ok {
		return v
	}
	var d Value
	return ev.mapChoice(c, func(x Value) Value {
		if n, ok := x.(Null); ok && n.Undefined {
			if d == nil {
				d = ev.expr(deflt)
			}
			return d
		}
		return x
	})
}

func (ev *eval) remaining(v Value, taken []syntax.PatternProp) Value {
	v = ev.st.see(v)
	o, ok := v.(*Object)
	if !ok {
		return v
	}
	c := ev.st.content(o).clone()
	for _, p := range taken {
		delete(c.fields, p.Key)
		for i, n := range c.names {
			if n == p.Key {
				c.names = append(c.names[:i:i], c.names[i+1:]...)
				break
			}
		}
	}
	return &Object{init: c}
}

func (ev *eval) tail(v Value, from int) Value {
	if elems, ok := ev.elements(ev.st.see(v)); ok {
		return newList(elems[min(from, len(elems)):]...)
	}
	return v
}

func (ev *eval) assignExpr(e *syntax.Assign) Value {
	if e.Op == "=" {
		v := ev.expr(e.Value)
		if ev.st.dead {
			return unknown
		}
		ev.assign(e.Target, v)
		return v
	}
	old := ev.patternValue(e.Target)
	v := ev.expr(e.Value)
	var res Value
	switch e.Op {
	case "||=", "??=", "&&=":
		res = ev.joinValues([]*State{ev.st, ev.st.fork()}, []Value{old, v})
		if isUnknown(ev.st.see(old)) || isAtom(ev.st.see(old)) {
			res = v
		}
	default:
		res = ev.derive("", old, v)
	}
	ev.assign(e.Target, res)
	return res
}

func (ev *eval) patternValue(p syntax.Pattern) Value {
	switch p := p.(type) {
	case *syntax.NamePattern:
		return ev.ident(&syntax.Ident{Span: p.Span, Name: p.Name})
	case *syntax.ExprPattern:
		return ev.expr(p.X)
	}
	return unknown
}

// setMember writes to a member of an object of the program.
func (ev *eval) setMember(x syntax.Expr, v Value) {
	m, ok := x.(*syntax.Member)
	if !ok {
		return
	}
	name := m.Name
	if m.Index != nil {
		c, _ := ev.st.see(ev.expr(m.Index)).(Const)
		name = c.Text // empty for an index that isn't known
	}
	var o *Object
	switch x := ev.st.see(ev.expr(m.X)).(type) {
	case *Object:
		o = x
	case *Class:
		o = x.static
	case *Extern:
		if c := ev.stored(x, name); c != nil {
			ev.st.setVar(c, v)
		}
		return
	case *Opaque:
		x.amend(name, v)
		return
	case *Choice:
		ev.amendRecord(x, name, v)
		return
	default:
		return
	}
	if ev.st.dead {
		return
	}
	c := ev.st.edit(o)
	switch {
	case name == "":
		ev.writeSomewhere(c, v)
	case o.List:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(c.elems) {
			c.elems[i] = v
			return
		}
		c.rest = v
	default:
		c.set(name, v)
	}
}

// amendRecord writes to a member of a record that may not have been found, as
// `if (user) user.isAdmin = …` does.
func (ev *eval) amendRecord(c *Choice, name string, v Value) {
	for i, x := range c.Vals {
		if o, ok := x.(*Opaque); ok && ev.st.left(c.P)&(1<<i) != 0 {
			o.amend(name, v)
		}
	}
}

// amend adds a member to a record that was read.
func (o *Opaque) amend(name string, v Value) {
	if o.Root.effect == nil || o.Path != "" || name == "" {
		return
	}
	if o.Root.members == nil {
		o.Root.members = map[string]Value{}
	}
	o.Root.members[name] = v
}

// writeSomewhere writes to a member of which the name isn't known: each that is
// there may be what it was, or the new value.
func (ev *eval) writeSomewhere(c *content, v Value) {
	for _, n := range c.names {
		c.fields[n] = ev.anyOf([]Value{c.fields[n], v})
	}
	for i, e := range c.elems {
		c.elems[i] = ev.anyOf([]Value{e, v})
	}
	c.rest = v
}
