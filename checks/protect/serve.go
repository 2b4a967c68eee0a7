package protect

import (
	"regexp"
	"slices"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
)

// served is a request on its way to a procedure: what its mount established, and
// the context that it made. It is the same for all procedures of a mount.
type served struct {
	st      *State
	ctx     Value
	request *Root
	ran     map[*unit]bool
}

// arrival is one point at which a mount hands the request over.
type arrival struct {
	st  *State
	ctx Value
}

// procedure calls a procedure as its mount does: with the context that the mount
// makes, in the state that the mount reached.
func (ev *eval) procedure(f *Procedure, p *Protection) Value {
	s := ev.world.serve(p.Endpoint.Mount)
	if s == nil {
		s = ev.world.declaredContext(f)
	}
	ev.st, ev.request = s.st.fork(), s.request
	for u := range s.ran {
		ev.ran[u] = true
	}
	return f.runWith(ev, ev.input("input"), s.ctx)
}

// serve evaluates a mount once; nil when the context that it makes can't be read.
func (w *World) serve(m *endpoint.Mount) *served {
	if m == nil {
		return nil
	}
	at := Site{File: m.Module.File, Span: m.Span}
	s, ok := w.served[at]
	if !ok {
		s = w.evaluateMount(m)
		w.served[at] = s
	}
	return s
}

func (w *World) evaluateMount(m *endpoint.Mount) *served {
	u := w.unit(m.Module)
	ev := w.newEval(u)
	ev.arrivals = &[]arrival{}
	req := newObject()
	req.init.rest = ev.input("")
	args := []Value{req, ev.responder()}
	if f := ev.named(m, u); f != nil {
		ev.await(ev.call(f, undefined, args, Site{}))
	}
	if len(*ev.arrivals) == 0 && m.Context != nil {
		ev.st = &State{}
		var f Value
		ev.atTop(u, func() { f = ev.expr(m.Context) })
		if isFunction(ev.st.see(f)) {
			ev.arrive(ev.makeContext(f))
		}
	}
	return ev.arrived()
}

// arrived joins the points at which the request was handed over; nil when there
// is none.
func (ev *eval) arrived() *served {
	var states []*State
	var contexts []Value
	for _, a := range *ev.arrivals {
		states, contexts = append(states, a.st), append(contexts, a.ctx)
	}
	st, ctx := join(states, contexts)
	if st.dead {
		return nil
	}
	return &served{st: st, ctx: ctx, request: ev.request, ran: ev.ran}
}

// named is the function around a mount's call, nil when there's none.
func (ev *eval) named(m *endpoint.Mount, u *unit) Value {
	var v Value
	switch m.Name {
	case "":
		return nil
	case "default":
		v = ev.binding(ev.world.repo.Export(m.Module, "default"), "default")
	default:
		if c := ev.global(u, m.Name); c != nil {
			v = c.in(ev.st)
		}
	}
	switch ev.st.see(v).(type) {
	case *Opaque, Null, Const:
		return nil
	}
	return v
}

// arrive notes that the request is handed over in the present state.
func (ev *eval) arrive(ctx Value) {
	if ev.arrivals != nil && !ev.st.dead && len(*ev.arrivals) < maxAlternatives {
		*ev.arrivals = append(*ev.arrivals, arrival{ev.st.fork(), ctx})
	}
}

// makeContext calls the function that makes a request's context.
func (ev *eval) makeContext(f Value) Value {
	options := newObject("req", ev.input(""), "request", ev.input(""), "headers", ev.input("headers"))
	options.init.rest = unknown
	res := newObject()
	res.init.rest = unknown
	options.init.set("res", res)
	return ev.completed(ev.await(ev.call(f, undefined, []Value{options, options}, Site{})))
}

// adapter evaluates the call that hands a request to a router. One that only
// makes a handler does so when that is called.
func (ev *eval) adapter(y *Extern, args []Value) Value {
	if y.Step != "createNextApiHandler" {
		ev.handOver(y, args)
		return y
	}
	return &Native{Name: y.Step, Call: func(ev *eval, _ []Value, _ Site) Value {
		ev.handOver(y, args)
		return y
	}}
}

func (ev *eval) handOver(y *Extern, args []Value) {
	if y.Step == "handle" {
		ev.arrive(ev.completed(ev.await(ev.get(arg(args, 1), "context", Site{}))))
		return
	}
	switch f := ev.st.see(ev.get(arg(args, 0), "createContext", Site{})).(type) {
	case *Closure, *Native:
		ev.arrive(ev.makeContext(f))
	case Null:
		ev.arrive(newObject())
	default:
		ev.arrive(conventional())
	}
}

var (
	contextType = regexp.MustCompile(`(?s)context<(.*)$`)
	typeOf      = regexp.MustCompile(`\btypeof\s+([A-Za-z_$][\w$]*)`)
	typeName    = regexp.MustCompile(`^\s*(?:Awaited<)?\s*([A-Za-z_$][\w$]*)`)
)

// declaredContext is what the function gives that a builder names in its type:
// `initTRPC.context<typeof createContext>()`. That is how the documentation has
// it, https://trpc.io/docs/server/context; without such a function, members have
// their conventional meaning.
func (w *World) declaredContext(p *Procedure) *served {
	var at Site
	for _, s := range p.Steps {
		if (s.Step == "context" || s.Step == "$context") && s.Site.File != nil {
			at = s.Site
		}
	}
	s, ok := w.served[at]
	if !ok {
		s = w.evaluateDeclared(at)
		w.served[at] = s
	}
	return s
}

func (w *World) evaluateDeclared(at Site) *served {
	plain := &served{st: &State{}, ctx: conventional(), request: &Root{Origin: FromRequest, Label: "request"}}
	found := contextType.FindStringSubmatch(at.Text())
	if found == nil {
		return plain
	}
	m := w.repo.Module(at.File.Path)
	if m == nil {
		return plain
	}
	ev := w.newEval(w.unit(m))
	f := ev.typedFunction(m, found[1], 0)
	if f == nil {
		plain.ran = ev.ran
		return plain
	}
	ev.arrivals = &[]arrival{}
	ev.arrive(ev.makeContext(f))
	if s := ev.arrived(); s != nil {
		return s
	}
	plain.ran = ev.ran
	return plain
}

// typedFunction finds the function of which a type is the result: named in the
// type, or in the declaration of the type's name.
func (ev *eval) typedFunction(m *module.Module, text string, depth int) Value {
	if depth > 4 {
		return nil
	}
	ev.ran[ev.world.unit(m)] = true
	if found := typeOf.FindStringSubmatch(text); found != nil {
		u := ev.world.unit(m)
		if c := ev.global(u, found[1]); c != nil {
			if f := ev.st.see(c.in(ev.st)); isFunction(f) {
				return f
			}
		}
		return nil
	}
	found := typeName.FindStringSubmatch(text)
	if found == nil {
		return nil
	}
	name := regexp.QuoteMeta(found[1])
	if d := regexp.MustCompile(`\btype\s+` + name + `\s*=([^;]*)`).FindSubmatch(m.File.Text); d != nil {
		return ev.typedFunction(m, string(d[1]), depth+1)
	}
	imported := regexp.MustCompile(`\bimport\s+(?:type\s+)?\{[^}]*\b` + name + `\b[^}]*\}\s*from\s*["']([^"']+)["']`).FindSubmatch(m.File.Text)
	if imported == nil {
		return nil
	}
	next := ev.world.repo.Module(ev.world.repo.Resolve(m.Path, string(imported[1])).Path)
	if next == nil {
		return nil
	}
	return ev.typedFunction(next, found[1], depth+1)
}

// conventions are the members of a context that hold the caller, by the
// documentation and the templates of the framework.
// https://trpc.io/docs/server/authorization
var conventions = []string{"session", "user", "auth", "userId", "currentUser", "viewer"}

// conventional is a context of which nothing could be read: its members have
// their conventional meaning, at medium confidence.
func conventional() *Object {
	who := &Root{Origin: FromIdentity, Label: "ctx"}
	known := &Fact{Layer: Authentication, Kind: Caller, Strength: Verified, Confidence: Medium, What: "session check of the context"}
	p := &Point{alts: []*assumption{{facts: []*Fact{known}}, {}}}
	ctx := newObject()
	for _, name := range conventions {
		ctx.init.set(name, &Choice{P: p, Vals: []Value{&Opaque{Root: who, Path: "." + name}, null}})
	}
	ctx.init.rest = unknown
	return ctx
}

// completed gives the members of a context that could not be read their
// conventional meaning.
func (ev *eval) completed(ctx Value) Value {
	o, ok := ev.st.see(ctx).(*Object)
	if !ok {
		if isUnknown(ev.st.see(ctx)) {
			return conventional()
		}
		return ctx
	}
	c := ev.st.content(o).clone()
	deflt := conventional().init
	for _, name := range conventions {
		v, own := c.fields[name]
		if own && ev.unread(v, 0) || !own && c.rest != nil && ev.unread(ev.get(c.rest, name, Site{}), 0) {
			c.set(name, deflt.fields[name])
		}
	}
	return &Object{init: c}
}

// unread reports whether a value may be something of which nothing is known.
func (ev *eval) unread(v Value, depth int) bool {
	switch v := ev.st.see(v).(type) {
	case *Opaque:
		return v.Root.Origin == FromUnknown && !v.Root.Guess
	case *Choice:
		return depth < 4 && slices.ContainsFunc(v.Vals, func(x Value) bool { return ev.unread(x, depth+1) })
	}
	return false
}

// unfold lists the steps of a chain, in place of a builder that was added to it
// the builder's own, and each of several middlewares that were joined.
func (ev *eval) unfold(steps []*Extern, names []string, depth int) []*Extern {
	var out []*Extern
	for _, s := range steps {
		v, ok := ev.added(s, names)
		if list, isList := ev.elements(v); ok && isList {
			for _, f := range list {
				one := *s
				one.Args = []Value{f}
				out = append(out, &one)
			}
			continue
		}
		b, isBuilder := v.(*Extern)
		if !ok || !isBuilder || b.Pkg != s.Pkg || depth > maxDepth {
			out = append(out, s)
			continue
		}
		out = append(out, ev.unfold(stepsOf(b), names, depth+1)...)
	}
	return out
}

// written is the value of a procedure's own expression.
func (ev *eval) written(e endpoint.Endpoint) Value {
	u := ev.world.unit(e.Module)
	var v Value
	ev.atTop(u, func() {
		v = ev.expr(e.Value)
		for _, key := range e.Keys {
			v = ev.get(v, key, Site{})
		}
	})
	return v
}

// router is the object of all that a router is made of: its members, or those of
// the routers that it merges.
func (ev *eval) router(args []Value) Value {
	o := newObject()
	for _, a := range args {
		ev.spreadInto(o.init, a)
	}
	return o
}
