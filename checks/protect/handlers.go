package protect

import (
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/syntax"
)

// handling is a request on its way through the handlers of a Hono application:
// its context, and the handlers that it has before it.
// https://hono.dev/docs/api/context
type handling struct {
	context  *Object
	handlers []handler
}

// handler is one of them, with the place where it was added.
type handler struct {
	f    Value
	site Site
}

// handled calls an endpoint through the middlewares that its server puts before it.
func (ev *eval) handled(p *Protection) Value {
	h := &handling{}
	for _, a := range p.Endpoint.Stack {
		h.handlers = append(h.handlers, ev.handlersOf(a)...)
	}
	if len(h.handlers) == 0 {
		p.Lost = "its function could not be found"
		return undefined
	}
	if p.Endpoint.Socket {
		return ev.connected(h.handlers)
	}
	h.context = ev.honoContext(p.Endpoint, h.read())
	v := h.from(ev, 0)
	if !ev.st.dead {
		v = ev.st.see(v)
	}
	return v
}

// read reports whether all that runs before the endpoint can be followed: what
// its context lacks then is surely not there.
func (h *handling) read() bool {
	return !slices.ContainsFunc(h.handlers, func(h handler) bool {
		_, opaque := h.f.(*Opaque)
		return opaque
	})
}

// handlersOf evaluates the handlers among what a call was given.
func (ev *eval) handlersOf(a endpoint.Added) []handler {
	var out []handler
	var add func(v Value, site Site)
	add = func(v Value, site Site) {
		switch v := ev.st.see(v).(type) {
		case Const, Null:
		case *Object:
			if elems, ok := ev.elements(v); ok {
				for _, e := range elems {
					add(e, site)
				}
				return
			}
			for _, name := range []string{"middleware", "request"} { // of a route's description
				if f, ok := ev.st.content(v).fields[name]; ok && name == "middleware" {
					add(f, site)
				} else if ok {
					out = append(out, ev.describedInput(f, site)...)
				}
			}
		default:
			out = append(out, handler{v, site})
		}
	}
	u := ev.world.unit(a.Module)
	ev.ran[whole(u)] = true
	var vals []Value
	ev.atTop(u, ev.ran, func() {
		if a.Within != nil {
			ev.inside(a.Within, a.Call.Span)
		}
		vals = ev.args(a.Call.Args)
	})
	for i, v := range vals {
		at := a.Call.Args[min(i, len(a.Call.Args)-1)]
		if x, ok := v.(*Extern); ok && calls(a.Call, "openapi") && i == 0 {
			v = arg(x.Args, 0)
		}
		add(v, Site{File: a.Module.File, Span: addedAt(a.Call, at)})
	}
	return out
}

// addedAt is where a handler stands: one that is written out there goes by the name
// of the method that adds it.
func addedAt(c *syntax.Call, x syntax.Expr) syntax.Span {
	m, ok := c.Callee.(*syntax.Member)
	if _, written := x.(*syntax.Func); ok && written {
		return syntax.Span{Start: m.NameSpan.Start, End: c.End}
	}
	return x.Pos()
}

func calls(c *syntax.Call, method string) bool {
	m, ok := c.Callee.(*syntax.Member)
	return ok && m.Name == method
}

// inside declares what a function does before a call in it, without its other
// calls: these add handlers of their own.
func (ev *eval) inside(f *syntax.Func, before syntax.Span) {
	ev.scope = newScope(ev.scope)
	for _, p := range f.Params {
		ev.bind(p.Target, unknown, ev.scope)
	}
	if f.Body == nil {
		return
	}
	var body []syntax.Stmt
	for _, s := range f.Body.Body {
		switch s.(type) {
		case *syntax.VarDecl, *syntax.FuncDecl, *syntax.ClassDecl:
			if at := s.Pos(); before.Start < at.Start || before.End > at.End {
				body = append(body, s)
			}
		}
	}
	ev.block(body)
}

// from runs the handlers from the i-th on. What a middleware gives is the answer,
// unless it is nothing: then that is what stands in the context.
func (h *handling) from(ev *eval, i int) Value {
	if i >= len(h.handlers) || ev.st.dead {
		return undefined
	}
	at := h.handlers[i]
	next := &Native{Name: "next", Call: func(ev *eval, _ []Value, _ Site) Value {
		before := ev.st.fork()
		v := ev.await(h.from(ev, i+1))
		if !ev.st.dead {
			ev.st.edit(h.context).set("res", v)
		}
		return ev.promise(before, undefined)
	}}
	switch f := ev.st.see(at.f).(type) {
	case *Closure, *Native, *Choice:
		v := ev.await(ev.call(f, undefined, []Value{h.context, next}, at.site))
		if i == len(h.handlers)-1 || ev.st.dead {
			return v
		}
		return h.answered(ev, v)
	case *Extern:
		if i < len(h.handlers)-1 {
			if m, _ := ev.find(f.Pkg, f.Path+"()"); m != nil {
				ev.await(ev.call(f, undefined, []Value{h.context, next}, at.site))
			}
			return h.from(ev, i+1)
		}
	}
	v := ev.await(ev.call(at.f, undefined, []Value{h.context, next}, at.site))
	if i == len(h.handlers)-1 {
		return v
	}
	return h.from(ev, i+1)
}

// answered is a middleware's answer.
func (h *handling) answered(ev *eval, v Value) Value {
	switch v := ev.st.see(v).(type) {
	case *Choice:
		return ev.overChoice(v, func(x Value) Value { return h.answered(ev, x) })
	case Null:
		return ev.get(h.context, "res", Site{})
	default:
		return v
	}
}

// validTargets are the parts of a request that a validator is for, with what they
// are in this package.
var validTargets = map[string]string{
	"json": "body", "form": "body", "body": "body", "query": "query", "param": "params", "params": "params", "header": "headers", "headers": "headers",
	"cookie": "cookies", "cookies": "cookies",
}

// describedInput are the schemas by which a route's description has its input
// checked.
func (ev *eval) describedInput(request Value, site Site) []handler {
	o, ok := ev.st.see(request).(*Object)
	if !ok {
		return nil
	}
	var out []handler
	for _, n := range ev.st.content(o).names {
		if part, ok := validTargets[n]; ok {
			out = append(out, handler{ev.validator(part, nil, "the route's schema", site), site})
		}
	}
	return out
}

// validator is a middleware that checks a part of the input. A schema that takes
// everything checks nothing.
func (ev *eval) validator(part string, schema Value, by string, site Site) Value {
	return &Native{Name: "validator", Call: func(ev *eval, args []Value, _ Site) Value {
		if x, ok := schema.(*Extern); !ok || !acceptsAll(x) {
			f := ev.fact(Validation, Input, inputKey(ev.input(part)), "schema check by "+by, site)
			f.allowed = ev.fieldsOf(schema, 0)
			f.AfterAuth = Entails(ev.st.facts, &Fact{Kind: Caller, Strength: Guessed})
			ev.throws(site)
			ev.st.learn(f)
		}
		return ev.await(ev.call(arg(args, 1), undefined, nil, site))
	}}
}

// inputValidator is a middleware for a named part of the input, by a schema or by
// a function that gives what it accepts, or an answer.
func (ev *eval) inputValidator(y *Extern, args []Value, site Site) Value {
	c, _ := ev.st.see(arg(args, 0)).(Const)
	return ev.validator(nonEmpty(validTargets[c.Text], "body"), ev.st.see(arg(args, 1)), y.Step+"()", site)
}

// honoContext is what a handler gets. What nobody put into it is not there, where
// all middlewares are read.
func (ev *eval) honoContext(e endpoint.Endpoint, read bool) *Object {
	vars := newObject()
	if !read {
		vars.init.rest = unknown
	}
	method := func(o *Object, name string, do func(ev *eval, args []Value, site Site) Value) {
		o.init.set(name, &Native{Name: name, Call: do})
	}
	c := newObject("req", ev.honoRequest(e), "var", vars, "env", &Opaque{Root: &Root{Origin: FromSecret, Label: "env"}}, "res", undefined)
	method(c, "set", func(ev *eval, args []Value, _ Site) Value {
		if name, ok := ev.st.see(arg(args, 0)).(Const); ok {
			ev.st.edit(vars).set(name.Text, arg(args, 1))
		}
		return undefined
	})
	method(c, "get", func(ev *eval, args []Value, site Site) Value {
		return ev.index(vars, arg(args, 0), site)
	})
	for _, name := range []string{"json", "text", "html", "body", "newResponse"} {
		method(c, name, func(ev *eval, args []Value, site Site) Value { return ev.honoAnswer(c, args, site) })
	}
	method(c, "status", func(ev *eval, args []Value, _ Site) Value {
		ev.st.edit(c).set("~status", arg(args, 0))
		return undefined
	})
	method(c, "redirect", func(_ *eval, _ []Value, site Site) Value { return turnedAway(site) })
	method(c, "notFound", func(_ *eval, _ []Value, site Site) Value {
		return &Response{Status: 404, Body: undefined, Site: site}
	})
	for _, name := range []string{"header", "render", "setRenderer"} {
		method(c, name, func(*eval, []Value, Site) Value { return undefined })
	}
	return c
}

// honoAnswer is c.json(data, status), or with an object that has the status.
func (ev *eval) honoAnswer(c *Object, args []Value, site Site) Value {
	status := ev.st.see(arg(args, 1))
	if o, ok := status.(*Object); ok {
		status = ev.st.see(ev.get(o, "status", site))
	}
	if isUndefined(status) {
		status = ev.st.see(ev.get(c, "~status", site))
	}
	r := &Response{Status: 200, Body: arg(args, 0), Site: site}
	if !isUndefined(status) {
		r.Status = statusOf(status)
	}
	return r
}

// honoRequest is the context's req.
// https://hono.dev/docs/api/request
func (ev *eval) honoRequest(e endpoint.Endpoint) *Object {
	req := newObject("raw", ev.input(""))
	req.init.rest = ev.input("")
	part := func(name, part string) {
		req.init.set(name, &Native{Name: name, Call: func(ev *eval, args []Value, site Site) Value {
			if len(args) == 0 {
				return ev.input(part)
			}
			if c, ok := ev.st.see(args[0]).(Const); ok && part == "headers" {
				return ev.get(ev.input(part), strings.ToLower(c.Text), site)
			}
			return ev.index(ev.input(part), args[0], site)
		}})
	}
	part("param", "params")
	part("query", "query")
	part("queries", "query")
	part("header", "headers")
	for _, name := range []string{"json", "parseBody", "text", "formData", "arrayBuffer", "blob"} {
		req.init.set(name, &Native{Name: name, Call: func(ev *eval, _ []Value, _ Site) Value {
			return &Promise{Of: ev.input("body")}
		}})
	}
	req.init.set("valid", &Native{Name: "valid", Call: func(ev *eval, args []Value, _ Site) Value {
		c, _ := ev.st.see(arg(args, 0)).(Const)
		return ev.input(nonEmpty(validTargets[c.Text], "body"))
	}})
	if e.Method != "" {
		req.init.set("method", str(e.Method))
	}
	return req
}
