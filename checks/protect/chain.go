package protect

import (
	"slices"

	"github.com/authdiff/authdiff/checks/catalog"
)

// Procedure is the end of a builder chain: middlewares, schemas and a handler.
type Procedure struct {
	Steps      []*Extern // in the order in which they were added
	Chain      *catalog.Chain
	Handler    Value
	End        *Extern
	Terminates string // query, mutation, action
}

func (*Procedure) value() {}

// chain ends a builder chain: its steps stand on the way to its start.
func (ev *eval) chain(c *catalog.Chain, y *Extern, site Site) Value {
	p := &Procedure{Chain: c, End: y, Terminates: y.Step, Handler: ev.argument(nonEmpty(c.Handler, "0"), y.Args)}
	for x := y.Prev; x != nil; x = x.Prev {
		if x.Step != "" && (len(p.Steps) == 0 || p.Steps[len(p.Steps)-1].Site != x.Site) {
			p.Steps = append(p.Steps, x)
		}
	}
	slices.Reverse(p.Steps)
	return p
}

// run calls a procedure with the caller's input.
func (p *Procedure) run(ev *eval, args []Value, site Site) Value {
	var in Value = ev.input("input")
	if len(args) > 0 && !isUndefined(args[0]) {
		in = args[0]
	}
	r := &procedureRun{p: p, input: in, ctx: newObject()}
	r.ctx.init.rest = unknown
	r.meta = undefined
	return r.from(ev, 0, r.ctx)
}

type procedureRun struct {
	p     *Procedure
	input Value
	ctx   *Object
	meta  Value
}

// from runs the steps from the i-th on, then the handler.
func (r *procedureRun) from(ev *eval, i int, ctx Value) Value {
	for ; i < len(r.p.Steps); i++ {
		s, c := r.p.Steps[i], r.p.Chain
		switch {
		case slices.Contains(c.Input, s.Step):
			r.validated(ev, s)
		case slices.Contains(c.Meta, s.Step):
			r.meta = arg(s.Args, 0)
		case c.Context != "" && s.Step == c.Context:
			if v := r.firstContext(ev, s); v != nil {
				ctx = v
			}
		case slices.Contains(c.Use, s.Step):
			if f := middlewareOf(s); f != nil {
				return r.middleware(ev, f, i, ctx, s.Site)
			}
		}
	}
	if ev.st.dead {
		return unknown
	}
	if r.p.Chain.Positional {
		return ev.await(ev.call(r.p.Handler, undefined, []Value{r.input, ctx}, r.p.End.Site))
	}
	return ev.await(ev.call(r.p.Handler, undefined, []Value{r.arguments(ctx, nil), newObject("ctx", ctx)}, r.p.End.Site))
}

func middlewareOf(s *Extern) Value {
	for _, a := range s.Args {
		if isFunction(a) {
			return a
		}
		if o, ok := a.(*Object); ok {
			if f, ok := o.init.fields["_middleware"]; ok {
				return f
			}
		}
	}
	return nil
}

func (r *procedureRun) validated(ev *eval, s *Extern) {
	f := ev.fact(Validation, Input, "input", "schema check by ."+s.Step+"()", s.Site)
	f.AfterAuth = Entails(ev.st.facts, &Fact{Kind: Caller, Strength: Guessed})
	ev.throws(s.Site)
	ev.st.learn(f)
}

// firstContext evaluates the function that makes the context: createContext.
func (r *procedureRun) firstContext(ev *eval, s *Extern) Value {
	f := arg(s.Args, 0)
	if !isFunction(f) {
		return nil
	}
	v := ev.await(ev.call(f, undefined, []Value{newObject("req", ev.input(""), "headers", ev.input("headers"))}, s.Site))
	if isUndefined(ev.st.see(v)) {
		return nil
	}
	return v
}

// middleware calls one: its next runs the rest, with the context it hands on.
func (r *procedureRun) middleware(ev *eval, f Value, i int, ctx Value, site Site) Value {
	next := &Native{Name: "next", Call: func(ev *eval, args []Value, _ Site) Value {
		before := ev.st.fork()
		v := r.from(ev, i+1, r.merged(ev, ctx, arg(args, 0)))
		return ev.promise(before, v)
	}}
	return ev.await(ev.call(f, undefined, []Value{r.arguments(ctx, next), next}, site))
}

// merged is the context with what next({ ctx }) adds.
func (r *procedureRun) merged(ev *eval, ctx, handed Value) Value {
	add := ev.get(handed, "ctx", Site{})
	if isUndefined(ev.st.see(add)) {
		return ctx
	}
	o := newObject()
	ev.spreadInto(o.init, ctx)
	ev.spreadInto(o.init, add)
	return o
}

func (r *procedureRun) arguments(ctx Value, next Value) *Object {
	o := newObject("ctx", ctx, "input", r.input, "parsedInput", r.input, "clientInput", r.input, "rawInput", r.input,
		"context", ctx, "meta", r.meta, "metadata", r.meta, "bindArgsParsedInputs", r.input, "bindArgsClientInputs", r.input)
	if next != nil {
		o.init.set("next", next)
		o.init.set("getRawInput", &Native{Name: "getRawInput", Call: func(*eval, []Value, Site) Value { return &Promise{Of: r.input} }})
	}
	o.init.rest = unknown
	return o
}

// builtin evaluates what the catalogue names but can't say.
func (ev *eval) builtin(name string, y *Extern, args []Value, site Site) Value {
	switch name {
	case "all":
		return ev.all(arg(args, 0), true)
	case "equal":
		t, f := ev.equal(arg(args, 0), arg(args, 1), site)
		return ev.joinValues([]*State{t, f}, []Value{yes, no})
	case "enum":
		return str(lastStep(y.Path))
	case "router":
		if o, ok := ev.st.see(arg(args, 0)).(*Object); ok {
			return o
		}
		return newObject()
	}
	return ev.quiet(y)
}
