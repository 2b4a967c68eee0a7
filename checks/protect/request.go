package protect

import (
	"strings"
)

// input is a part of what the caller sent: "body", "headers", or "" for the
// request itself.
func (ev *eval) input(part string) *Opaque {
	o := &Opaque{Root: ev.request}
	if part != "" {
		o.Path = "." + part
	}
	return o
}

// bodyReaders are the methods of a request that read its body.
var bodyReaders = map[string]bool{"json": true, "formData": true, "text": true, "arrayBuffer": true, "blob": true, "bytes": true}

// attached names the members that no request has when it comes in: a program
// keeps there what it found out.
var attached = map[string]bool{"context": true, "ctx": true, "locals": true, "state": true}

// requestMethod calls a method of the caller's input: what it gives is input too.
func (ev *eval) requestMethod(o *Opaque, name string, args []Value, site Site) Value {
	ev.callCallbacks(args, site)
	if bodyReaders[name] && strings.Count(o.Path, ".") == 0 {
		return &Promise{Of: ev.input("body")}
	}
	switch name {
	case "get", "getAll", "header":
		if c, ok := ev.st.see(arg(args, 0)).(Const); ok {
			return &Opaque{Root: o.Root, Path: clip(o.Path + "." + strings.ToLower(c.Text))}
		}
		return &Opaque{Root: o.Root, Path: clip(o.Path + "[]")}
	case "clone":
		return o
	}
	return ev.callResult(o, name, args)
}

// responder is the `res` of pages/api: what it was last told to answer stands
// in the state.
func (ev *eval) responder() Value {
	res := newObject()
	method := func(name string, do func(ev *eval, args []Value)) {
		res.init.set(name, &Native{Name: name, Call: func(ev *eval, args []Value, site Site) Value {
			do(ev, args)
			if r, ok := ev.st.see(ev.answer.in(ev.st)).(*Response); ok && r.Site.File == nil {
				r.Site = site
			}
			return res
		}})
	}
	answer := func(ev *eval, change func(*Response)) {
		r := &Response{Status: 200, Body: undefined}
		if old, ok := ev.st.see(ev.answer.in(ev.st)).(*Response); ok {
			*r = *old
			r.Overran = old.Overran || old.Status >= 400 && old.Sent
		}
		change(r)
		ev.st.setVar(ev.answer, r)
	}
	method("status", func(ev *eval, args []Value) {
		answer(ev, func(r *Response) { r.Status = statusOf(ev.st.see(arg(args, 0))) })
	})
	method("writeHead", func(ev *eval, args []Value) {
		answer(ev, func(r *Response) { r.Status = statusOf(ev.st.see(arg(args, 0))) })
	})
	for _, name := range []string{"json", "send", "end", "write"} {
		method(name, func(ev *eval, args []Value) { answer(ev, func(r *Response) { r.Body, r.Sent = arg(args, 0), true }) })
	}
	method("redirect", func(ev *eval, _ []Value) { answer(ev, func(r *Response) { r.Redirect = true }) })
	for _, name := range []string{"setHeader", "appendHeader", "removeHeader", "revalidate", "on", "once", "flushHeaders"} {
		method(name, func(*eval, []Value) {})
	}
	res.init.rest = unknown
	return res
}

func statusOf(v Value) int {
	r := &Response{}
	if c, ok := v.(Const); ok {
		for _, d := range c.Text {
			if d < '0' || d > '9' || r.Status > 999 {
				return 0
			}
			r.Status = r.Status*10 + int(d-'0')
		}
	}
	return r.Status
}
