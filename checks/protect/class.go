package protect

import "github.com/authdiff/authdiff/checks/syntax"

func (ev *eval) class(d *syntax.Class) Value {
	c := &Class{Decl: d, Scope: ev.scope, static: newObject()}
	if d.Super != nil {
		c.Super = ev.expr(d.Super)
	}
	for _, m := range d.Members {
		if m.Static && !m.Method && m.Key != "" && m.Value != nil {
			c.static.init.set(m.Key, ev.expr(m.Value))
		}
	}
	return c
}

func (ev *eval) staticMember(c *Class, name string) Value {
	if v, ok := ev.st.content(c.static).fields[name]; ok {
		return v
	}
	for _, m := range c.Decl.Members {
		if f, ok := m.Value.(*syntax.Func); ok && m.Static && m.Key == name {
			fn := &Closure{Fn: f, Scope: c.Scope, This: c}
			if m.Getter {
				return ev.call(fn, c, nil, ev.memberSite(c, f))
			}
			return fn
		}
	}
	switch s := ev.st.see(c.Super).(type) {
	case *Class:
		return ev.staticMember(s, name)
	case *Extern:
		return ev.get(s, name, Site{})
	}
	return undefined
}

func (ev *eval) memberSite(c *Class, f *syntax.Func) Site {
	return Site{File: c.Scope.unit.mod.File, Span: f.NameSpan}
}

// instanceMember finds a method or getter; nil when the class has none.
func (ev *eval) instanceMember(o *Object, c *Class, name string, depth int) Value {
	for _, m := range c.Decl.Members {
		f, ok := m.Value.(*syntax.Func)
		if !ok || m.Static || m.Key != name || m.Setter || !m.Method && !m.Getter {
			continue
		}
		fn := &Closure{Fn: f, Scope: c.Scope, This: o}
		if m.Getter {
			return ev.call(fn, o, nil, ev.memberSite(c, f))
		}
		return fn
	}
	if s, ok := ev.st.see(c.Super).(*Class); ok && c.Super != nil && depth < maxDepth {
		return ev.instanceMember(o, s, name, depth+1)
	}
	if x, ok := c.Super.(*Extern); ok {
		return ev.get(x, name, Site{})
	}
	return nil
}

// construct is `new F(…)`.
func (ev *eval) construct(f Value, args []Value, site Site) Value {
	switch f := ev.st.see(f).(type) {
	case *Class:
		o := &Object{Class: f, init: newContent()}
		ev.st.setContent(o, o.init) // a state that has nothing of it has no such object
		ev.initialise(o, f, args, site, 0)
		return o
	case *Extern:
		return ev.callExtern(f, args, ".new()", site)
	case *Closure:
		o := newObject()
		ev.callClosure(f, o, args, site)
		return o
	case *Choice:
		return ev.overChoice(f, func(x Value) Value { return ev.construct(x, args, site) })
	}
	ev.callCallbacks(args, site)
	return ev.derive("new", args...)
}

func (ev *eval) initialise(o *Object, c *Class, args []Value, site Site, depth int) {
	var ctor *syntax.Func
	for _, m := range c.Decl.Members {
		if f, ok := m.Value.(*syntax.Func); ok && m.Key == "constructor" && m.Method {
			ctor = f
		}
	}
	if s, ok := ev.st.see(c.Super).(*Class); ok && c.Super != nil && depth < maxDepth && ctor == nil {
		ev.initialise(o, s, args, site, depth+1)
	}
	ev.fields(o, c)
	if ctor != nil {
		saved := ev.frame
		ev.callClosure(&Closure{Fn: ctor, Scope: c.Scope, This: o}, o, args, site)
		ev.frame = saved
	}
}

func (ev *eval) fields(o *Object, c *Class) {
	savedScope, savedFrame := ev.scope, ev.frame
	f := *savedFrame
	f.this, f.unit = o, c.Scope.unit
	ev.frame, ev.scope = &f, c.Scope
	for _, m := range c.Decl.Members {
		if m.Static || m.Method || m.Getter || m.Setter || m.Key == "" {
			continue
		}
		var v Value = undefined
		if m.Value != nil {
			v = ev.expr(m.Value)
		}
		if ev.st.content(o) == o.init {
			o.init.set(m.Key, v) // nobody has seen the object yet
		} else if !ev.st.dead {
			ev.st.edit(o).set(m.Key, v)
		}
	}
	ev.scope, ev.frame = savedScope, savedFrame
}

func (ev *eval) superCall(args []Value) Value {
	o, ok := ev.frame.this.(*Object)
	if !ok || ev.frame.class == nil {
		return undefined
	}
	if s, ok := ev.st.see(ev.frame.class.Super).(*Class); ok && ev.frame.class.Super != nil {
		saved := ev.frame.class
		ev.initialise(o, s, args, ev.frame.site, 1)
		ev.frame.class = saved
	}
	return undefined
}

func (ev *eval) superMember(name string) Value {
	o, ok := ev.frame.this.(*Object)
	if !ok || ev.frame.class == nil || ev.frame.class.Super == nil {
		return unknown
	}
	if s, ok := ev.st.see(ev.frame.class.Super).(*Class); ok {
		if v := ev.instanceMember(o, s, name, 0); v != nil {
			return v
		}
	}
	return unknown
}
