package protect

import (
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/syntax"
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
	p.Steps = ev.unfold(stepsOf(y.Prev), c.Use, 0)
	return p
}

// stepsOf lists the calls that made a value of a package, in their order.
func stepsOf(x *Extern) []*Extern {
	var steps []*Extern
	for ; x != nil; x = x.Prev {
		if x.Step != "" && (len(steps) == 0 || steps[len(steps)-1].Site != x.Site) {
			steps = append(steps, x)
		}
	}
	slices.Reverse(steps)
	return steps
}

// run calls a procedure with the caller's input.
func (p *Procedure) run(ev *eval, args []Value, site Site) Value {
	var in Value = ev.input("input")
	if len(args) > 0 && !isUndefined(args[0]) {
		in = args[0]
	}
	ctx := newObject()
	ctx.init.rest = unknown
	return p.runWith(ev, in, ctx)
}

// runWith calls a procedure with an input and a first context.
func (p *Procedure) runWith(ev *eval, input, ctx Value) Value {
	r := &procedureRun{p: p, raw: input, input: input, meta: ev.metaOf(p)}
	if p.takesNothing(ev) {
		r.input = undefined
	}
	return r.from(ev, 0, ctx)
}

// takesNothing reports whether a procedure gets no input, for want of a schema.
func (p *Procedure) takesNothing(ev *eval) bool {
	return p.Chain.Schema && !slices.ContainsFunc(p.Steps, func(s *Extern) bool {
		_, ok := ev.added(s, p.Chain.Input)
		return ok
	})
}

// metaOf is what all steps say of a procedure together: every middleware sees it,
// wherever it stands in the chain.
func (ev *eval) metaOf(p *Procedure) Value {
	var meta Value = undefined
	for _, s := range p.Steps {
		v, ok := ev.added(s, p.Chain.Meta)
		switch {
		case !ok:
		case isUndefined(meta):
			meta = v
		default:
			o := newObject()
			ev.spreadInto(o.init, meta)
			ev.spreadInto(o.init, v)
			meta = o
		}
	}
	return meta
}

type procedureRun struct {
	p     *Procedure
	raw   Value // what the caller sent
	input Value // what of it the procedure gets
	meta  Value
}

// added is the argument that a step adds, when it is among the named ones: a
// name alone means argument 0, "name(1.path)" another.
func (ev *eval) added(s *Extern, names []string) (Value, bool) {
	for _, n := range names {
		name, path, ok := strings.Cut(strings.TrimSuffix(n, ")"), "(")
		if !ok {
			path = "0"
		}
		if s.Step == name || name == "" && strings.HasSuffix(s.Path, "()()") {
			return ev.argument(path, s.Args), true
		}
	}
	return nil, false
}

// from runs the steps from the i-th on, then the handler.
func (r *procedureRun) from(ev *eval, i int, ctx Value) Value {
	c := r.p.Chain
	for ; i < len(r.p.Steps) && !ev.st.dead; i++ {
		s := r.p.Steps[i]
		if v, ok := ev.added(s, c.Input); ok {
			r.validated(ev, s, v)
		} else if c.Context != "" && s.Step == c.Context {
			if v := r.firstContext(ev, s); v != nil {
				ctx = v
			}
		} else if v, ok := ev.added(s, c.Use); ok {
			f := middlewareOf(v)
			if f == nil {
				continue
			}
			if !c.Returns {
				return r.middleware(ev, f, i, ctx, s.Site)
			}
			handed := ev.await(ev.call(f, undefined, []Value{r.arguments(ev, ctx, nil), r.arguments(ev, ctx, nil)}, s.Site))
			ctx = r.merged(ev, ctx, newObject("ctx", handed))
		}
	}
	if ev.st.dead {
		return unknown
	}
	if c.Positional {
		return ev.await(ev.call(r.p.Handler, undefined, []Value{r.input, ctx}, r.p.End.Site))
	}
	return ev.await(ev.call(r.p.Handler, undefined, []Value{r.arguments(ev, ctx, nil), newObject("ctx", ctx)}, r.p.End.Site))
}

// middlewareOf is the function among what a step adds; a builder adds its own.
func middlewareOf(v Value) Value {
	switch v := v.(type) {
	case *Closure, *Native:
		return v
	case *Extern:
		return wrapped(v)
	}
	return nil
}

// validated checks the input against a schema, or by a function that may refuse
// it.
func (r *procedureRun) validated(ev *eval, s *Extern, schema Value) {
	if f, ok := ev.st.see(schema).(*Closure); ok {
		if !ev.mayThrow(func() { ev.await(ev.call(f, undefined, []Value{r.input}, s.Site)) }) {
			return
		}
	} else if x, ok := schema.(*Extern); ok && acceptsAll(x) {
		return
	}
	key := "input"
	if s.Step == "bindArgsSchemas" {
		key = "bound" // arguments of their own
	}
	f := ev.fact(Validation, Input, key, "schema check by ."+s.Step+"()", s.Site)
	f.allowed = ev.fieldsOf(schema, 0)
	f.AfterAuth = Entails(ev.st.facts, &Fact{Kind: Caller, Strength: Guessed})
	ev.throws(s.Site)
	ev.st.learn(f)
}

// mayThrow evaluates something and reports whether it may throw.
func (ev *eval) mayThrow(do func()) bool {
	t := &tryFrame{}
	f := ev.frame
	f.tries = append(f.tries, t)
	do()
	f.tries = f.tries[:len(f.tries)-1]
	return len(t.throws) > 0
}

// acceptsAll reports whether a schema is one that nothing fails: z.any().
func acceptsAll(x *Extern) bool {
	return x.Step == "any" || x.Step == "unknown" || x.Step == "custom" && len(x.Args) == 0
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
	return ev.await(ev.call(f, undefined, []Value{r.arguments(ev, ctx, next), next}, site))
}

// merged is the context with what next({ ctx }) adds, next({ context }) in oRPC.
func (r *procedureRun) merged(ev *eval, ctx, handed Value) Value {
	add := ev.get(handed, "ctx", Site{})
	if isUndefined(ev.st.see(add)) {
		add = ev.get(handed, "context", Site{})
	}
	if isUndefined(ev.st.see(add)) {
		return ctx
	}
	o := newObject()
	ev.spreadInto(o.init, ctx)
	ev.spreadInto(o.init, add)
	return o
}

func (r *procedureRun) arguments(ev *eval, ctx, next Value) *Object {
	o := newObject("ctx", ctx, "input", r.input, "parsedInput", r.input, "clientInput", r.input, "rawInput", r.raw,
		"context", ctx, "meta", r.meta, "metadata", r.meta, "bindArgsParsedInputs", ev.input("bound"), "bindArgsClientInputs", ev.input("bound"))
	if next != nil {
		o.init.set("next", next)
		o.init.set("getRawInput", &Native{Name: "getRawInput", Call: func(*eval, []Value, Site) Value { return &Promise{Of: r.raw} }})
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
	case "boolean":
		t, f := ev.test(arg(args, 0), site)
		return ev.joinValues([]*State{t, f}, []Value{yes, no})
	case "proceed":
		return ev.proceed(y, args, site)
	case "route-matcher":
		return ev.routeMatcher(y, args, site)
	case "nextauth-middleware":
		return ev.nextAuthMiddleware(args, site)
	case "clerk-middleware":
		return ev.clerkMiddleware(arg(args, 0), site)
	case "workos-middleware":
		return ev.workosMiddleware(arg(args, 0), site)
	case "method-router":
		return ev.methodRouter(y)
	case "enum":
		return str(lastStep(y.Path))
	case "router":
		return ev.router(args)
	case "list":
		return newList(args...)
	case "socket-event":
		if name, _ := ev.st.see(arg(args, 0)).(Const); ev.connect != nil && name.Text == "connection" {
			ev.connect(args[min(2, len(args)):], site)
		}
		return undefined
	case "input-validator":
		return ev.inputValidator(y, args, site)
	}
	return ev.quiet(y)
}

// methodRouter is a handler that is made of steps: use(middleware) for every
// method, get(handler), post(handler) … for one.
func (ev *eval) methodRouter(y *Extern) Value {
	steps := ev.routerSteps(stepsOf(y.Prev))
	return &Native{Name: "router", Call: func(ev *eval, args []Value, site Site) Value {
		return ev.routeSteps(steps, 0, args)
	}}
}

// routerSteps puts the steps that statements at the file's top level add to a router
// before those of the chain that ends it: router.use(a); router.get(b);
func (ev *eval) routerSteps(chain []*Extern) []*Extern {
	if len(chain) == 0 || chain[0].Site.File == nil {
		return chain
	}
	ev.ran[whole(ev.frame.unit)] = true
	m := ev.frame.unit.mod
	name := ""
	var added []*Extern
	for _, s := range m.File.Body {
		switch s := s.(type) {
		case *syntax.VarDecl:
			for _, d := range s.Decls {
				p, ok := d.Target.(*syntax.NamePattern)
				if ok && d.Init != nil && m.File == chain[0].Site.File && d.Init.Pos() == chain[0].Site.Span {
					name = p.Name
				}
			}
		case *syntax.ExprStmt:
			if name == "" || rootName(s.X) != name {
				continue
			}
			if x, ok := ev.expr(s.X).(*Extern); ok {
				added = append(added, stepsOf(x)[1:]...)
			}
		}
	}
	return slices.Concat(chain[:1:1], added, chain[1:])
}

// rootName is the name that a chain of calls begins with; empty for none.
func rootName(x syntax.Expr) string {
	for range maxChain {
		switch e := x.(type) {
		case *syntax.Call:
			x = e.Callee
		case *syntax.Member:
			x = e.X
		case *syntax.Ident:
			return e.Name
		default:
			return ""
		}
	}
	return ""
}

func (ev *eval) routeSteps(steps []*Extern, i int, args []Value) Value {
	method, _ := ev.get(arg(args, 0), "method", Site{}).(Const)
	for ; i < len(steps); i++ {
		s := steps[i]
		if s.Step != "use" && s.Step != "all" && !strings.EqualFold(s.Step, method.Text) {
			continue
		}
		var fns []Value
		for _, a := range s.Args {
			if isFunction(a) || ev.wraps(a) {
				fns = append(fns, a)
			}
		}
		return ev.inTurn(fns, args, s.Site, func(ev *eval) Value { return ev.routeSteps(steps, i+1, args) })
	}
	return undefined
}

// wraps reports whether a package's value is a middleware that the catalogue knows:
// one that calls what it is given.
func (ev *eval) wraps(v Value) bool {
	x, ok := v.(*Extern)
	if !ok {
		return false
	}
	m, _ := ev.find(x.Pkg, x.Path+"()")
	return m != nil && m.Calls != nil
}

// inTurn calls functions, each of which is given the next as its last argument.
func (ev *eval) inTurn(fns, args []Value, site Site, last func(*eval) Value) Value {
	if len(fns) == 0 {
		return last(ev)
	}
	next := &Native{Name: "next", Call: func(ev *eval, _ []Value, _ Site) Value {
		before := ev.st.fork()
		return ev.promise(before, ev.await(ev.inTurn(fns[1:], args, site, last)))
	}}
	return ev.await(ev.call(fns[0], undefined, append(args[:len(args):len(args)], next), site))
}
