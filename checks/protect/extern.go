package protect

import (
	"slices"
	"strconv"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
)

// callExtern calls, or constructs, a value of a published package.
func (ev *eval) callExtern(x *Extern, args []Value, suffix string, site Site) Value {
	if suffix == "()" {
		if v, ok := ev.intrinsic(x, args, site); ok {
			return v
		}
	} else if v, ok := ev.newIntrinsic(x, args, site); ok {
		return v
	}
	if v, ok := ev.gatekeeper(x, args, site); ok {
		return v
	}
	y := &Extern{Pkg: x.Pkg, Path: clipPath(x.Path + suffix), Prev: x, Step: stepName(x.Path), Args: args, Site: site}
	if ev.top > 0 {
		y.told = told{}
	}
	m, stars := ev.find(y.Pkg, y.Path)
	if m == nil {
		return ev.callForeign(x, y, args, site)
	}
	if m.Calls != nil {
		if f := ev.argument(m.Calls.Arg, args); isFunction(f) {
			return ev.callback(m, x, f, site)
		}
	}
	if !m.Async || m.Query != nil {
		return ev.meaning(m, y, stars, site)
	}
	before := ev.st.fork()
	return ev.promise(before, ev.meaning(m, y, stars, site))
}

func stepName(path string) string {
	path = strings.TrimSuffix(strings.TrimSuffix(path, "()"), ".new()")
	return lastStep(path)
}

func isFunction(v Value) bool {
	switch v.(type) {
	case *Closure, *Native:
		return true
	}
	return false
}

// meaning evaluates a call by what the catalogue says of it.
func (ev *eval) meaning(m *catalog.Meaning, y *Extern, stars []string, site Site) Value {
	args := y.Args
	switch {
	case m.Never != "":
		ev.throws(site)
		ev.st.dead = true
		return unknown
	case m.Self:
		return ev.receiver(y.Prev)
	case m.Same != "":
		return ev.argument(m.Same, args)
	case m.Secret:
		return &Opaque{Root: &Root{Origin: FromSecret, Label: y.Step}}
	case m.Request != "":
		return ev.input(m.Request)
	case len(m.Outcomes) > 0:
		return ev.outcomes(m, y, args, site)
	case m.Query != nil:
		return ev.startQuery(m, y, stars, site)
	case m.Cond != nil:
		return ev.condition(m.Cond, args)
	case m.Validate != nil:
		return ev.validate(m.Validate, y, site)
	case m.Verify != nil:
		return ev.verify(m.Verify, y, args, site)
	case m.Respond != nil:
		return ev.respond(m.Respond, args, site)
	case m.Chain != nil:
		return ev.chain(m.Chain, y, site)
	case m.Builtin != "":
		return ev.builtin(m.Builtin, y, args, site)
	}
	return ev.quiet(y)
}

// quiet is the result of a step that neither guards nor does anything: it leads
// on, and carries what it was made of.
func (ev *eval) quiet(y *Extern) Value {
	ev.callCallbacksInside(y.Args, y.Site)
	return y
}

// callCallbacksInside runs callbacks unless a module is being loaded: there,
// functions are handed over to be called later.
func (ev *eval) callCallbacksInside(args []Value, site Site) {
	if ev.top == 0 {
		ev.callCallbacks(args, site)
	}
}

// receiver is what a method was called on.
func (ev *eval) receiver(callee *Extern) Value {
	i := strings.LastIndexByte(callee.Path, '.')
	if i < 0 {
		return callee
	}
	return &Extern{Pkg: callee.Pkg, Path: callee.Path[:i], Prev: callee.Prev, Args: callee.Args, Step: callee.Step, Site: callee.Site, told: callee.told}
}

// argument follows an argument path: "0", "1.status".
func (ev *eval) argument(path string, args []Value) Value {
	first, rest, _ := strings.Cut(path, ".")
	i, err := strconv.Atoi(first)
	if first == "last" {
		i, err = max(len(args)-1, 0), nil
	}
	if err != nil || i >= len(args) {
		return undefined
	}
	v := args[i]
	for rest != "" {
		first, rest, _ = strings.Cut(rest, ".")
		v = ev.get(v, first, Site{})
	}
	return ev.st.see(v)
}

// outcomes gives a step's possible results, as a Choice when there are several.
func (ev *eval) outcomes(m *catalog.Meaning, y *Extern, args []Value, site Site) Value {
	p := &Point{}
	var vals []Value
	id := ev.fresh(FromIdentity, calleeWords(y, site))
	for i := range m.Outcomes {
		o := &m.Outcomes[i]
		if !ev.applies(o.If, args) {
			continue
		}
		if o.Throws {
			ev.throws(site)
			continue
		}
		p.alts = append(p.alts, &assumption{facts: ev.proof(o.Proves, y, args, site)})
		vals = append(vals, ev.shape(catalog.MustShape(o.Shape), shaping{y: y, args: args, identity: id}))
	}
	switch len(vals) {
	case 0:
		ev.st.dead = true
		return unknown
	case 1:
		ev.st.assume(p.alts[0])
		return vals[0]
	}
	lists := make([][]*Fact, len(p.alts))
	for i, a := range p.alts {
		lists[i] = a.facts
	}
	ev.st.learn(Meet(lists)...)
	return &Choice{P: p, Vals: vals}
}

// applies reports whether an outcome's condition on an argument may hold: one
// with = when the argument is known to be among the values, one with != unless
// it is.
func (ev *eval) applies(cond string, args []Value) bool {
	path, values, ok := strings.Cut(cond, "=")
	if !ok {
		return true
	}
	path, not := strings.CutSuffix(path, "!")
	c, known := ev.argument(path, args).(Const)
	among := known && slices.Contains(strings.Split(values, "|"), c.Text)
	return among != not
}

func calleeWords(y *Extern, site Site) string {
	text := site.Text()
	if i := strings.IndexByte(text, '('); i > 0 && i < 60 && !strings.ContainsAny(text[:i], "\n{;") {
		return text[:i] + "()"
	}
	if y != nil {
		return y.Step + "()"
	}
	return "a check"
}

var credentialWords = map[catalog.Credential]string{
	catalog.Session: "session check by ", catalog.Token: "token check by ", catalog.Secret: "secret check by ",
	catalog.Signature: "signature check by ", catalog.Capability: "link or key check by ",
	catalog.Decoded: "unverified session from ", catalog.Cookie: "cookie check by ",
}

var credentialStrength = map[catalog.Credential]int{
	catalog.Session: Verified, catalog.Token: Verified, catalog.Secret: Operated, catalog.Signature: Operated,
	catalog.Capability: Capable, catalog.Decoded: Unverified, catalog.Cookie: WeakCookie,
}

// proof is what a catalogued guard shows.
func (ev *eval) proof(p *catalog.Proof, y *Extern, args []Value, site Site) []*Fact {
	if p == nil {
		return nil
	}
	what := p.What
	if what == "" {
		what = credentialWords[p.Kind] + calleeWords(y, site)
	}
	var facts []*Fact
	if s := credentialStrength[p.Kind]; s > 0 {
		facts = append(facts, ev.callerFact(s, what, site))
	}
	var set []string
	for _, d := range p.Demands {
		v := ev.argument(d, args)
		if c, ok := v.(Const); ok {
			set = append(set, c.Text)
		}
		if o, ok := v.(*Object); ok {
			set = append(set, ev.constants(o, 0)...)
		}
	}
	if len(set) > 0 {
		f := ev.fact(Authorization, Permission, "", "permission check by "+calleeWords(y, site), site)
		f.Set = unite(set, nil)
		facts = append(facts, f)
	}
	switch {
	case p.Rights && len(set) == 0:
		facts = append(facts, ev.fact(Authorization, Predicate, y.Path, "permission check by "+calleeWords(y, site), site))
	case p.Kind == catalog.Ownership:
		facts = append(facts, ev.fact(Ownership, Predicate, y.Path, "ownership check by "+calleeWords(y, site), site))
	case p.Kind == catalog.Validation:
		facts = append(facts, ev.fact(Validation, Input, "input", "schema check by "+calleeWords(y, site), site))
	}
	return facts
}

// constants lists the strings in an object or list, "key:value" for members.
func (ev *eval) constants(o *Object, depth int) []string {
	c := ev.st.content(o)
	var out []string
	add := func(prefix string, v Value) {
		switch v := ev.st.see(v).(type) {
		case Const:
			out = append(out, prefix+v.Text)
		case *Object:
			if depth < 3 {
				for _, s := range ev.constants(v, depth+1) {
					out = append(out, prefix+s)
				}
			}
		}
	}
	for _, n := range c.names {
		add(n+":", c.fields[n])
	}
	for _, e := range c.elems {
		add("", e)
	}
	return out
}

// shaping is what the words of a Shape stand for.
type shaping struct {
	y        *Extern
	args     []Value
	identity Value
	outcome  Value
	result   Value
}

// shape makes the value that a Shape describes.
func (ev *eval) shape(s catalog.Shape, w shaping) Value {
	switch s.Kind {
	case catalog.IdentityShape:
		return w.identity
	case catalog.NullShape:
		return null
	case catalog.UndefinedShape:
		return undefined
	case catalog.TrueShape:
		return yes
	case catalog.FalseShape:
		return no
	case catalog.TextShape:
		return str(s.Text)
	case catalog.ArgShape:
		return arg(w.args, s.Arg)
	case catalog.OutcomeShape:
		return w.outcome
	case catalog.ResultShape:
		return w.result
	case catalog.ErrorShape:
		return newObject("message", ev.fresh(FromUnknown, errorLabel))
	case catalog.SelfShape:
		if w.y != nil && w.y.Prev != nil {
			return ev.receiver(w.y.Prev)
		}
	case catalog.ExportShape:
		return &Extern{Pkg: s.Package, Path: strings.TrimPrefix(s.Text, "*")}
	case catalog.RequestShape:
		o := newObject()
		o.init.rest = ev.currentRequest()
		if len(s.Members) == 0 {
			return o.init.rest
		}
		return ev.shapeMembers(o, s, w)
	case catalog.ObjectShape:
		return ev.shapeMembers(newObject(), s, w)
	}
	return unknown
}

func (ev *eval) shapeMembers(o *Object, s catalog.Shape, w shaping) Value {
	for _, m := range s.Members {
		if m.Shape.Kind == catalog.PathShape {
			o.init.set(m.Name, ev.externMember(w.y, m.Name, Site{}))
			continue
		}
		o.init.set(m.Name, ev.shape(m.Shape, w))
	}
	switch {
	case s.Rest != nil:
		o.init.rest = ev.shape(*s.Rest, w)
	case o.init.rest == nil && w.y != nil:
		o.init.rest = w.y
	}
	return o
}

// callback evaluates a step that calls a function which it was given: at once,
// or (a wrapper) when what it gives is called.
func (ev *eval) callback(m *catalog.Meaning, x *Extern, f Value, site Site) Value {
	c := m.Calls
	run := func(ev *eval, passed []Value, site Site) Value {
		w := shaping{y: &Extern{Prev: x}, args: passed, identity: unknown}
		if len(c.Outcomes) > 0 {
			w.outcome = ev.outcomes(&catalog.Meaning{Outcomes: c.Outcomes}, &Extern{Step: stepName(x.Path)}, nil, site)
		}
		if ev.st.dead {
			return unknown
		}
		var args []Value
		for i, with := range c.With {
			if with == "pass" {
				args = append(args, passed[min(i, len(passed)):]...)
				break
			}
			args = append(args, ev.shape(catalog.MustShape(with), w))
		}
		if len(c.With) == 0 {
			args = passed
		}
		return ev.call(f, undefined, args, site)
	}
	if c.Later {
		return &Native{Name: stepName(x.Path), Call: func(ev *eval, args []Value, at Site) Value { return run(ev, args, site) }}
	}
	before := ev.st.fork()
	v := run(ev, nil, site)
	if !m.Async {
		return v
	}
	return ev.promise(before, ev.await(v))
}

func (ev *eval) respond(r *catalog.Respond, args []Value, site Site) Value {
	out := &Response{Redirect: r.Redirect, Body: undefined, Site: site}
	if r.Body != "" {
		out.Body = ev.argument(r.Body, args)
	}
	status := r.Status
	if n, err := strconv.Atoi(strings.Trim(status, `"`)); err == nil && strings.HasPrefix(status, `"`) {
		out.Status = n
		return out
	}
	if status == "" {
		return out
	}
	switch v := ev.argument(status, args).(type) {
	case Const:
		out.Status, _ = strconv.Atoi(v.Text)
	case Null:
		out.Status = 200
	}
	return out
}
