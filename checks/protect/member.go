package protect

import (
	"slices"
	"strconv"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

func (ev *eval) memberExpr(e *syntax.Member) Value {
	if id, ok := e.X.(*syntax.Ident); ok && id.Name == "super" {
		return ev.superMember(e.Name)
	}
	x := ev.expr(e.X)
	if e.Index == nil {
		if g, ok := x.(*Extern); ok {
			if c := ev.stored(g, e.Name); c != nil {
				return c.in(ev.st)
			}
		}
		return ev.get(x, e.Name, ev.site(e))
	}
	return ev.index(x, ev.expr(e.Index), ev.site(e))
}

// index is x[i].
func (ev *eval) index(x, i Value, site Site) Value {
	i = ev.st.see(i)
	switch i := i.(type) {
	case Const:
		return ev.get(x, i.Text, site)
	case *Choice:
		if len(i.Vals) <= maxUnroll {
			return ev.mapChoice(i, func(k Value) Value {
				if isAtom(k) || isChoice(k) {
					return ev.index(x, k, site)
				}
				return ev.indexBy(x, k)
			})
		}
	}
	return ev.indexBy(x, i)
}

// indexBy looks up a table by a value that isn't known: what a role may do, say,
// is as much the caller's as the role is.
func (ev *eval) indexBy(x, i Value) Value {
	x = ev.st.see(x)
	switch t := x.(type) {
	case *Object:
		if t.List {
			return ev.element(t)
		}
		c := ev.st.content(t)
		if _, none := ev.st.see(i).(Null); none && c.rest == nil {
			return undefined
		}
		if fns := closures(c); len(fns) > 0 && len(fns) <= maxUnroll {
			return ev.anyOf(fns)
		}
		if o, ok := ev.st.see(i).(*Opaque); ok && o.Root.Origin != FromUnknown {
			if v := ev.tableOf(t, c, o); v != nil {
				return v
			}
			return &Opaque{Root: o.Root, Path: clip(o.Path + "[table]")}
		}
	case *Opaque:
		if o, ok := ev.st.see(i).(*Opaque); ok && t.Root.Origin == FromUnknown && o.Root.Origin == FromIdentity {
			return &Opaque{Root: o.Root, Path: clip(o.Path + "[table]")}
		}
		return &Opaque{Root: t.Root, Path: clip(t.Path + "[]")}
	case *Extern:
		return ev.get(t, "*", Site{})
	}
	return unknown
}

func closures(c *content) []Value {
	var out []Value
	for _, n := range c.names {
		if f, ok := c.fields[n].(*Closure); ok {
			out = append(out, f)
		}
	}
	return out
}

// anyOf is a value that may be each of several, with nothing known of which.
func (ev *eval) anyOf(vals []Value) Value {
	if len(vals) == 1 {
		return vals[0]
	}
	p := &Point{}
	for range vals {
		p.alts = append(p.alts, &assumption{})
	}
	return choose(p, vals)
}

// mapChoice applies a function to every alternative, at the same Point.
func (ev *eval) mapChoice(c *Choice, f func(Value) Value) Value {
	left := ev.st.left(c.P)
	vals := make([]Value, len(c.Vals))
	for i, x := range c.Vals {
		vals[i] = unknown
		if left&(1<<i) != 0 {
			vals[i] = f(x)
		}
	}
	return ev.st.see(&Choice{P: c.P, Vals: vals})
}

// get is a value's member.
func (ev *eval) get(v Value, name string, site Site) Value {
	switch v := ev.st.see(v).(type) {
	case *Choice:
		return ev.mapChoice(v, func(x Value) Value { return ev.get(x, name, site) })
	case Null:
		return undefined
	case *Object:
		return ev.objectMember(v, name)
	case *Opaque:
		if v.Root.Origin == FromRequest && v.Path == "" {
			if name == "nextUrl" {
				return v
			}
			if attached[name] {
				return undefined
			}
		}
		if v.Root.Origin == FromSecret && v.Root.Label == "env" && v.Path == "" && name == "NODE_ENV" {
			return str("production") // what others can reach runs in it
		}
		if m, ok := v.Root.members[strings.TrimPrefix(v.Path+"."+name, ".")]; ok {
			return m
		}
		if e := v.Root.effect; e != nil && e.only && v.Path == "" && !slices.Contains(e.Select, name) {
			return undefined
		}
		return &Opaque{Root: v.Root, Path: clip(v.Path + "." + name)}
	case *Extern:
		return ev.externMember(v, name, site)
	case *Namespace:
		return ev.binding(ev.exported(v.Module, name), name)
	case *Class:
		return ev.staticMember(v, name)
	case *Proxy:
		return ev.proxyMember(v, name, site)
	case *Promise:
		if o, ok := v.Of.(*Opaque); ok && o.Root.Origin == FromRequest && name != "then" && name != "catch" && name != "finally" {
			return ev.get(o, name, site) // params were no promise before Next.js 15
		}
		return &Native{Name: "promise." + name, Call: func(ev *eval, args []Value, site Site) Value {
			return ev.promiseMethod(v, name, args, site)
		}}
	case *QueryValue:
		return ev.externMember(v.X, name, site)
	case *Response:
		switch name {
		case "ok":
			if v.Status != 0 {
				return boolean(v.Status < 400)
			}
		case "status":
			if v.Status != 0 {
				return Const{Kind: syntax.Number, Text: strconv.Itoa(v.Status)}
			}
		}
		return unknown
	case *Closure:
		return unknown
	}
	return unknown
}

func (ev *eval) objectMember(o *Object, name string) Value {
	c := ev.st.content(o)
	if v, ok := c.fields[name]; ok {
		return v
	}
	if o.List {
		if i, err := strconv.Atoi(name); err == nil {
			if i >= 0 && i < len(c.elems) {
				return c.elems[i]
			}
			if c.rest == nil {
				return undefined
			}
			return c.rest
		}
		if name == "length" && c.maybe != nil {
			return ev.filteredLength(c)
		}
		if name == "length" && c.rest == nil {
			return Const{Kind: syntax.Number, Text: strconv.Itoa(len(c.elems))}
		}
	}
	if o.Class != nil {
		if v := ev.instanceMember(o, o.Class, name, 0); v != nil {
			return v
		}
	}
	if c.rest != nil {
		return ev.get(c.rest, name, Site{})
	}
	return undefined
}

// elements lists the elements of a wholly known list of bounded length.
func (ev *eval) elements(v Value) ([]Value, bool) {
	o, ok := ev.st.see(v).(*Object)
	if !ok || !o.List {
		return nil, false
	}
	c := ev.st.content(o)
	if c.rest != nil || c.maybe != nil || len(c.elems) > ev.unroll() {
		return nil, false
	}
	return c.elems, true
}

// element is any element of a list.
func (ev *eval) element(v Value) Value {
	switch v := ev.st.see(v).(type) {
	case *Object:
		c := ev.st.content(v)
		switch {
		case c.rest != nil:
			return c.rest
		case len(c.elems) == 0:
			return undefined
		case len(c.elems) > maxUnroll:
			return c.elems[0]
		}
		return ev.anyOf(c.elems)
	case *Opaque:
		return &Opaque{Root: v.Root, Path: clip(v.Path + "[]")}
	case *Choice:
		return ev.mapChoice(v, ev.element)
	}
	return unknown
}

// externMember is a member of a package's value, by the catalogue.
func (ev *eval) externMember(x *Extern, name string, site Site) Value {
	path := name
	if x.Path != "" {
		path = x.Path + "." + name
	}
	return ev.externValue(&Extern{Pkg: x.Pkg, Path: clipPath(path), Prev: x.Prev, Args: x.Args, Step: x.Step, Site: x.Site, told: x.told})
}

const maxChain = 40 // steps of a path

// clipPath bounds a path: what is longer loses its middle, so that endless
// chains stay cheap.
func clipPath(p string) string {
	if strings.Count(p, ".") <= maxChain {
		return p
	}
	head, _, _ := strings.Cut(p, ".")
	return head + ".…" + p[strings.LastIndexByte(p, '.'):]
}

// externValue gives a package's value its meaning, when reaching it has one by
// itself (a member, not a call).
func (ev *eval) externValue(x *Extern) Value {
	m, _ := ev.find(x.Pkg, x.Path)
	if m == nil {
		return x
	}
	switch {
	case m.Secret:
		return &Opaque{Root: &Root{Origin: FromSecret, Label: lastStep(x.Path)}}
	case m.Request != "":
		return ev.input(m.Request)
	case m.Self:
		return x
	case len(m.Outcomes) > 0:
		return ev.outcomes(m, x, nil, x.Site)
	}
	return x
}
