package protect

import (
	"github.com/authdiff/authdiff/checks/endpoint"
)

// served is a request on its way to a procedure: what its mount established, and
// the context that it made, nil when that can't be read. It is the same for all
// procedures of a mount.
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
	if s == nil || s.ctx == nil {
		s = ev.world.declaredContext(f)
	}
	ev.st, ev.request = s.st.fork(), s.request
	p.TakesNothing = f.takesNothing(ev)
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
		if a.ctx == nil {
			return &served{}
		}
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

// makeContext calls the function that makes a request's context; nil when what
// it gives can't be read.
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
		ev.arrive(nil)
	}
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
