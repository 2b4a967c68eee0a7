package protect

import (
	"slices"

	"github.com/authdiff/authdiff/checks/endpoint"
)

// served is a request on its way to a procedure: what its mount established, and
// the context that it made, nil when that can't be read. It is the same for all
// procedures of a mount.
type served struct {
	st      *State
	ctx     Value
	request *Root
	ran     map[use]bool
}

// arrival is one point at which a mount hands the request over.
type arrival struct {
	st  *State
	ctx Value
}

// procedure calls a procedure as its mount does: with the context that the mount
// makes, in the state that the mount reached. Of several mounts, the one that
// asks for least counts.
func (ev *eval) procedure(f *Procedure, p *Protection) Value {
	var s *served
	if m := p.Endpoint.Mount; m != nil {
		s = ev.world.serve(m)
		ev.asks(s)
		for _, other := range m.Others {
			o := ev.world.serve(other)
			ev.asks(o)
			if s.ctx == nil || o.ctx != nil && len(o.st.facts) < len(s.st.facts) {
				s = o
			}
		}
	}
	if s == nil || s.ctx == nil {
		s = ev.world.declaredContext(f)
	}
	ev.asks(s)
	ev.st, ev.request = s.st.fork(), s.request
	p.TakesNothing = f.takesNothing(ev)
	return f.runWith(ev, ev.input("input"), s.ctx)
}

// asks adds what was asked to serve a mount.
func (ev *eval) asks(s *served) {
	for u := range s.ran {
		ev.ran[u] = true
	}
}

// serve evaluates a mount once; it has no context when the request isn't found to be
// handed over.
func (w *World) serve(m *endpoint.Mount) *served {
	at := Site{File: m.Module.File, Span: m.Options}
	s, ok := w.served[at]
	if !ok {
		s = w.evaluateMount(m, at)
		w.served[at] = s
	}
	return s
}

// evaluateMount evaluates what stands around a mount's options, and calls it
// when it is a function.
func (w *World) evaluateMount(m *endpoint.Mount, at Site) *served {
	u := w.unit(m.Module)
	ev := w.newEval(u)
	ev.arrivals, ev.mount = &[]arrival{}, at
	var v Value
	ev.atTop(u, ev.ran, func() { v = ev.expr(m.Around) })
	if len(*ev.arrivals) == 0 && v != nil && callable(ev.st.see(v)) {
		req := newObject()
		req.init.rest = ev.input("")
		ev.await(ev.call(v, undefined, []Value{req, ev.responder()}, Site{}))
	}
	return ev.arrived()
}

func callable(v Value) bool {
	switch v.(type) {
	case *Opaque, Null, Const, *Object:
		return false
	}
	return true
}

// arrived joins the points at which the request was handed over; there is no context
// when there are none.
func (ev *eval) arrived() *served {
	var states []*State
	var contexts []Value
	for _, a := range *ev.arrivals {
		if a.ctx == nil {
			return &served{ran: ev.ran}
		}
		states, contexts = append(states, a.st), append(contexts, a.ctx)
	}
	st, ctx := join(states, contexts)
	if st.dead {
		return &served{ran: ev.ran}
	}
	st = st.fork()
	// what the mount checked of the request isn't the procedure's input
	st.facts = slices.DeleteFunc(slices.Clone(st.facts), func(f *Fact) bool { return f.Kind == Input })
	return &served{st: st, ctx: ctx, request: ev.request, ran: ev.ran}
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

// handOver notes the request's arrival when an object is the options of the
// mount that is being evaluated: with them it is handed over.
func (ev *eval) handOver(o *Object) {
	if ev.arrivals == nil || o.Site != ev.mount {
		return
	}
	if ctx, ok := o.init.fields["context"]; ok {
		ev.arrive(ev.completed(ev.await(ctx)))
		return
	}
	switch f := ev.st.see(ev.get(o, "createContext", Site{})).(type) {
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
	ev.atTop(u, ev.ran, func() {
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
