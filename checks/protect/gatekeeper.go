package protect

import (
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/syntax"
)

// A library's ready-made middleware: what it does with a request, by the options
// that it was given.

// proceeding is the response by which a middleware lets a request go on.
func proceeding(site Site) *Response {
	return &Response{Status: 200, Body: undefined, Site: site, Proceeds: true}
}

// turnedAway is the redirect to the sign-in page.
func turnedAway(site Site) *Response { return &Response{Redirect: true, Body: undefined, Site: site} }

// caller is what a library finds out about the caller, by the catalogue.
func (ev *eval) caller(pkg, path string, site Site) Value {
	m, _ := ev.find(pkg, path)
	if m == nil || len(m.Outcomes) == 0 {
		return unknown
	}
	return ev.outcomes(m, &Extern{Pkg: pkg, Path: path, Step: stepName(path)}, nil, site)
}

// isIncoming reports whether a value is the request that the middleware got, as
// it is or with members added.
func (ev *eval) isIncoming(v Value) bool {
	o, ok := ev.st.see(v).(*Object)
	if !ok || ev.incoming == nil {
		return false
	}
	return o == ev.incoming || ev.st.content(o).rest == Value(ev.incoming)
}

// decide lets the request go on where a verdict is true, and turns it away where
// it is false; a response is the verdict itself.
func (ev *eval) decide(verdict Value, site Site, onward func() Value) Value {
	var states []*State
	var vals []Value
	var pass []*State
	ev.st.each(verdict, func(s *State, v Value) {
		if len(states)+len(pass) >= maxWays {
			return
		}
		if r, ok := v.(*Response); ok {
			states, vals = append(states, s), append(vals, r)
			return
		}
		ev.st = s
		t, f := ev.test(v, site)
		pass = append(pass, t)
		states, vals = append(states, f), append(vals, turnedAway(site))
	})
	ev.merge(pass...)
	if !ev.st.dead {
		v := onward()
		states, vals = append(states, ev.st), append(vals, v)
	}
	return ev.joinValues(states, vals)
}

// gatekeeper evaluates the call of a function that is a middleware when it gets
// the request itself, auth(request) of Auth.js, and makes one of a handler,
// auth(handler). False when the call is neither.
// https://authjs.dev/getting-started/session-management/protecting
func (ev *eval) gatekeeper(x *Extern, args []Value, site Site) (Value, bool) {
	m, _ := ev.find(x.Pkg, x.Path)
	if m == nil || m.Builtin != "authjs-middleware" {
		return nil, false
	}
	first := ev.st.see(arg(args, 0))
	if ev.isIncoming(first) {
		verdict, asked := ev.authorized(x, site)
		if !asked {
			return proceeding(site), true
		}
		return ev.decide(verdict, site, func() Value { return proceeding(site) }), true
	}
	if !isFunction(first) {
		return nil, false
	}
	return &Native{Name: "auth", Call: func(ev *eval, args []Value, _ Site) Value {
		if ev.isIncoming(arg(args, 0)) {
			if verdict, asked := ev.authorized(x, site); asked {
				return ev.unlessAnswered(verdict, func() Value { return ev.await(ev.withSession(first, args, site)) })
			}
		}
		return ev.withSession(first, args, site)
	}}, true
}

// withSession calls a handler with the session, or null, on its request.
func (ev *eval) withSession(handler Value, args []Value, site Site) Value {
	m, _ := ev.find("next-auth", "default().auth()")
	if m == nil || m.Calls == nil {
		return unknown
	}
	return ev.call(ev.callback(m, &Extern{Pkg: "next-auth", Path: "default().auth"}, handler, site), undefined, args, site)
}

// authorized asks the callback that decides for the middleware, if there is one.
func (ev *eval) authorized(x *Extern, site Site) (verdict Value, asked bool) {
	var config Value = undefined
	if len(x.Args) > 0 {
		config = ev.st.see(x.Args[0])
	}
	if isFunction(config) {
		config = ev.await(ev.call(config, undefined, []Value{ev.incoming}, site))
	}
	callback := ev.st.see(ev.get(ev.get(config, "callbacks", site), "authorized", site))
	if !isFunction(callback) || ev.isPage(config, "signIn") {
		return nil, false
	}
	session := ev.caller("next-auth", "default().auth()", site)
	return ev.await(ev.call(callback, undefined, []Value{newObject("request", ev.incoming, "auth", session)}, site)), true
}

// unlessAnswered goes on where a verdict is no response of its own.
func (ev *eval) unlessAnswered(verdict Value, onward func() Value) Value {
	var states, rest []*State
	var vals []Value
	ev.st.each(verdict, func(s *State, v Value) {
		switch r, ok := v.(*Response); {
		case len(states)+len(rest) >= maxWays:
		case ok:
			states, vals = append(states, s), append(vals, r)
		default:
			rest = append(rest, s)
		}
	})
	ev.merge(rest...)
	if !ev.st.dead {
		v := onward()
		states, vals = append(states, ev.st), append(vals, v)
	}
	return ev.joinValues(states, vals)
}

// isPage reports whether the request is for one of the library's own pages.
func (ev *eval) isPage(config Value, names ...string) bool {
	path, ok := ev.pathOf(ev.incoming)
	if !ok {
		return false
	}
	pages := ev.get(config, "pages", Site{})
	for _, n := range names {
		if c, ok := ev.st.see(ev.get(pages, n, Site{})).(Const); ok && c.Text == path {
			return true
		}
	}
	return false
}

// nextAuthMiddleware is withAuth of NextAuth.js 4: given the request it is the
// middleware; given a handler, options or both, it makes one.
// https://next-auth.js.org/configuration/nextjs#middleware
func (ev *eval) nextAuthMiddleware(args []Value, site Site) Value {
	first := ev.st.see(arg(args, 0))
	if ev.isIncoming(first) {
		return ev.withToken(first, undefined, undefined, site)
	}
	var handler Value = undefined
	options := first
	if isFunction(first) {
		handler, options = first, arg(args, 1)
	}
	return &Native{Name: "withAuth", Call: func(ev *eval, args []Value, _ Site) Value {
		return ev.withToken(arg(args, 0), options, handler, site)
	}}
}

func (ev *eval) withToken(req, options, handler Value, site Site) Value {
	path, _ := ev.pathOf(req)
	if ev.incoming != nil && (strings.HasPrefix(path, "/api/auth") || ev.isPage(options, "signIn", "error")) {
		return proceeding(site)
	}
	token := ev.caller("next-auth/jwt", "getToken()", site)
	verdict := token
	authorized := ev.st.see(ev.get(ev.get(options, "callbacks", site), "authorized", site))
	if isFunction(authorized) {
		verdict = ev.await(ev.call(authorized, undefined, []Value{newObject("req", req, "token", token)}, site))
	}
	return ev.decide(verdict, site, func() Value {
		if !isFunction(handler) {
			return proceeding(site)
		}
		with := newObject("nextauth", newObject("token", token))
		with.init.rest = req
		return ev.await(ev.call(handler, undefined, []Value{with, unknown}, site))
	})
}

// clerkMiddleware is authMiddleware of Clerk 4: every route that isn't named as
// public asks who is calling, or afterAuth decides.
// https://clerk.com/docs/references/nextjs/auth-middleware
func (ev *eval) clerkMiddleware(options Value, site Site) Value {
	return &Native{Name: "authMiddleware", Call: func(ev *eval, args []Value, _ Site) Value {
		req := arg(args, 0)
		if ev.amongRoutes(ev.get(options, "ignoredRoutes", site), req, site) == Value(yes) {
			return proceeding(site)
		}
		public := ev.amongRoutes(ev.get(options, "publicRoutes", site), req, site)
		who := ev.caller("@clerk/nextjs/server", "auth()", site)
		if after := ev.st.see(ev.get(options, "afterAuth", site)); isFunction(after) {
			who = ev.withMember(who, "isPublicRoute", public)
			return ev.await(ev.call(after, undefined, []Value{who, req, unknown}, site))
		}
		return ev.unlessPublic(public, ev.get(who, "userId", site), site)
	}}
}

// unlessPublic lets requests for public routes go on, and those of callers who
// are known.
func (ev *eval) unlessPublic(public, who Value, site Site) Value {
	open, closed := ev.test(public, site)
	ev.st = closed
	var v Value = unknown
	if !closed.dead {
		v = ev.decide(who, site, func() Value { return proceeding(site) })
	}
	return ev.joinValues([]*State{open, ev.st}, []Value{proceeding(site), v})
}

// workosMiddleware is authkitMiddleware of WorkOS: with middlewareAuth enabled,
// every path that isn't named asks who is calling.
// https://github.com/workos/authkit-nextjs#middleware-auth
func (ev *eval) workosMiddleware(options Value, site Site) Value {
	return &Native{Name: "authkitMiddleware", Call: func(ev *eval, args []Value, _ Site) Value {
		rules := ev.get(options, "middlewareAuth", site)
		if ev.st.see(ev.get(rules, "enabled", site)) != Value(yes) {
			return proceeding(site)
		}
		public := ev.amongRoutes(ev.get(rules, "unauthenticatedPaths", site), arg(args, 0), site)
		who := ev.caller("@workos-inc/authkit-nextjs", "withAuth()", site)
		return ev.unlessPublic(public, ev.get(who, "user", site), site)
	}}
}

// withMember adds a member to each alternative of an object.
func (ev *eval) withMember(v Value, name string, member Value) Value {
	add := func(x Value) Value {
		o, ok := x.(*Object)
		if !ok {
			return x
		}
		c := &Object{init: ev.st.content(o).clone()}
		c.init.set(name, member)
		return c
	}
	if c, ok := ev.st.see(v).(*Choice); ok {
		return ev.mapChoice(c, add)
	}
	return add(ev.st.see(v))
}

// routeMatcher is createRouteMatcher(routes)(request).
// https://clerk.com/docs/reference/nextjs/clerk-middleware#createroutematcher
func (ev *eval) routeMatcher(y *Extern, args []Value, site Site) Value {
	if y.Prev == nil {
		return unknown
	}
	return ev.amongRoutes(arg(y.Prev.Args, 0), arg(args, 0), site)
}

// amongRoutes is whether a request is for one of some routes: a path pattern, a
// regular expression, a function of the request, or a list of these.
func (ev *eval) amongRoutes(routes, req Value, site Site) Value {
	routes = ev.st.see(routes)
	if isUndefined(routes) {
		return no
	}
	if isFunction(routes) {
		return ev.await(ev.call(routes, undefined, []Value{req}, site))
	}
	path, ok := ev.pathOf(req)
	if !ok {
		return unknown
	}
	list := []Value{routes}
	if o, ok := routes.(*Object); ok && o.List {
		c := ev.st.content(o)
		list = c.elems
		if c.rest != nil || c.maybe != nil {
			list = append(list[:len(list):len(list)], unknown)
		}
	}
	var answer Value = no
	for _, r := range list {
		matched, known := ev.isRoute(r, path)
		switch {
		case matched:
			return yes
		case !known:
			answer = unknown
		}
	}
	return answer
}

func (ev *eval) isRoute(route Value, path string) (matched, known bool) {
	c, ok := ev.st.see(route).(Const)
	if !ok {
		return false, false
	}
	var p *endpoint.Pattern
	switch c.Kind {
	case syntax.Regex:
		p = ev.world.regexp(c.Text)
	case syntax.String:
		p = ev.world.pattern("path "+c.Text, func() (*endpoint.Pattern, error) { return endpoint.CompilePath(c.Text, true) })
	}
	return ev.world.match(p, path)
}
