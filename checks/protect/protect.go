// Package protect works out what protects an endpoint, by abstract
// interpretation: it evaluates the endpoint's code over values of which only
// the origin is known, and keeps at every point the facts that hold on all ways
// to it. Functions of the program are evaluated where they are called, with what
// they are called with, so that helpers, wrappers, factories and builders
// explain themselves; functions of packages mean what the catalogue says.
//
// State holds what holds at a point, Value what is known of a value, Fact what
// was shown about the caller, Effect what ran under which facts.
package protect

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Protection is what guards an endpoint.
type Protection struct {
	Endpoint endpoint.Endpoint
	Effects  []*Effect
	// Exit is the answer that carries data, as an effect: what holds whenever the
	// endpoint gives one. Nil when it never does.
	Exit *Effect
	// End is what holds when the endpoint ends without throwing.
	End []*Fact
	// Lost says why the endpoint's code could not be found, if so.
	Lost string
	// Asked is what the checks show of rights and ownership on the ways that pass
	// them, whether or not it holds on all ways.
	Asked []*Fact
	// Checks are the conditions that were tested.
	Checks []*Check
	// Unawaited are conditions that are tested, and whose answer nobody waits for.
	Unawaited []*Check
	// Shown is what holds whenever a page, a layout or a getServerSideProps gives
	// something to show: neither a redirect nor the page for what isn't there. It is
	// nothing where that can't be told, and for other endpoints.
	Shown []*Fact
	// Denials are the answers that refuse, with their status.
	Denials []Denial
	// Cuts are the places where the evaluation gave up.
	Cuts []Cut
	// Entry is the endpoint's declaration.
	Entry Site
	// TakesNothing: no input of the caller reaches it.
	TakesNothing bool
	// Uses are what the evaluation asked of the program, sorted.
	Uses []Use
}

// Denial is an answer that refuses the caller.
type Denial struct {
	Status int
	Site   Site
	Facts  []*Fact
}

// Protect evaluates an endpoint.
//
// A fault of the evaluator, which some code may bring out, ends in Lost: it must
// not take the analysis of everything else with it.
func (w *World) Protect(e endpoint.Endpoint) (p *Protection) {
	defer func() {
		if r := recover(); r != nil {
			p = &Protection{Endpoint: e, Lost: fmt.Sprintf("its evaluation failed: %v", r)}
		}
	}()
	return w.attempts(e)
}

// attempt evaluates an endpoint within a budget, without some functions.
func (w *World) attempt(e endpoint.Endpoint, without map[*syntax.Func]bool, budget int) (*Protection, *eval) {
	ev := w.newEval(w.unit(e.Module))
	ev.without, ev.limit = without, budget
	p := &Protection{Endpoint: e, Entry: Site{File: e.Module.File, Span: e.Entry, Why: "the endpoint"}}
	if w.allSteps > maxAllSteps {
		p.Lost = "more code would have to be evaluated than is for one pull request"
		return p, ev
	}
	var v Value
	if e.Stack != nil {
		v = ev.handled(p)
	} else {
		v = ev.run(ev.entry(e), p)
	}
	if e.Kind == endpoint.Page && !ev.st.dead && p.Lost == "" {
		p.Shown = ev.shown(v)
	}
	ev.conclude(p, v)
	w.allSteps += ev.steps
	p.Checks, p.Unawaited = ev.checks, ev.unawaited
	p.Effects, p.Cuts, p.Uses, p.Asked = ev.effects, ev.cuts, ev.uses(), ev.asked.list()
	return p, ev
}

// entry is the endpoint's function value.
func (ev *eval) entry(e endpoint.Endpoint) Value {
	if e.Func != nil {
		return &Closure{Fn: e.Func, Scope: ev.scope}
	}
	if e.Value != nil {
		return ev.written(e)
	}
	b := ev.exported(e.Module, e.Export)
	v := ev.st.see(ev.binding(b, e.Export))
	for _, key := range e.Keys {
		v = ev.get(v, key, Site{})
	}
	return v
}

// run calls the endpoint as the framework does.
func (ev *eval) run(f Value, p *Protection) Value {
	switch f := f.(type) {
	case *Opaque, Null, Const:
		p.Lost = "its function could not be found"
		return undefined
	case *Procedure:
		return ev.procedure(f, p)
	case *Extern:
		if wrapped(f) == nil {
			if ev.known(f.Pkg) {
				return undefined // the library's own endpoint: sign-in, callbacks
			}
			p.Lost = "it is made by code that can't be read: " + nonEmpty(f.Step, f.Path)
			return undefined
		}
	}
	return ev.await(ev.call(f, undefined, ev.arguments(p.Endpoint), p.Entry))
}

func nonEmpty(s, deflt string) string {
	if s == "" {
		return deflt
	}
	return s
}

func (ev *eval) arguments(e endpoint.Endpoint) []Value {
	switch e.Kind {
	case endpoint.Route, endpoint.Middleware:
		params := ev.input("params")
		req := newObject("nextUrl", ev.nextURL(e))
		req.init.rest = ev.input("")
		if e.Method != "" {
			req.init.set("method", str(e.Method))
		}
		return []Value{req, newObject("params", &Promise{Of: params})}
	case endpoint.PagesAPI:
		req := newObject()
		req.init.rest = ev.input("")
		if e.Method != "" {
			req.init.set("method", str(e.Method))
		}
		return []Value{req, ev.responder()}
	case endpoint.Page:
		if e.Export == "getServerSideProps" {
			context := newObject()
			context.init.rest = ev.input("")
			return []Value{context}
		}
		return []Value{newObject("params", &Promise{Of: ev.input("params")}, "searchParams", &Promise{Of: ev.input("query")})}
	}
	var args []Value
	for i := range 8 {
		args = append(args, ev.input("args."+string(rune('0'+i))))
	}
	return args
}

// nextURL is the request's URL: its path is the endpoint's, dynamic segments as
// they are written, so that code that tells paths apart is followed.
func (ev *eval) nextURL(e endpoint.Endpoint) Value {
	u := newObject()
	u.init.rest = ev.input("")
	if _, path, ok := strings.Cut(e.Name, " "); ok {
		u.init.set("pathname", str(path))
	}
	return u
}

// conclude sorts the endpoint's answers into those that refuse and those that
// carry data, and settles which reads turned out to be the caller's.
func (ev *eval) conclude(p *Protection, v Value) {
	if ev.st.dead || p.Lost != "" {
		return
	}
	p.End = ev.st.facts
	if p.Endpoint.Kind == endpoint.PagesAPI {
		v = ev.answer.in(ev.st)
	}
	var good [][]*Fact
	var states, quiet []*State
	n := 0
	ev.st.eachAnswer(v, func(s *State, v Value) {
		if n++; n > 256 {
			return
		}
		switch ev.judge(s, v) {
		case answers:
			good = append(good, s.facts)
			states = append(states, s)
		case neutral:
			quiet = append(quiet, s)
		case refuses:
			if r, ok := v.(*Response); ok {
				p.Denials = append(p.Denials, Denial{Status: r.Status, Site: r.Site, Facts: s.facts})
			}
		}
	})
	if len(good) > 0 {
		p.Exit = &Effect{Kind: "answer", Op: "answer", Site: p.Entry, Facts: Meet(good), DataStanding: map[string]Standing{}}
	}
	for _, e := range ev.effects {
		if e.root == nil || e.Scope >= Checked {
			continue
		}
		peers := ev.peers(e)
		known := func(s *State) bool {
			return slices.ContainsFunc(peers, func(p *Effect) bool { return s.trust[trustKey{root: p.root}] })
		}
		stranger := func(s *State) bool {
			return !known(s) && slices.ContainsFunc(peers, func(p *Effect) bool { return s.hasRead(p.root) })
		}
		// Without an answer that carries data, the record matters to what was
		// done on the way to some end.
		owned := &Fact{Kind: Owner, Key: e.Model}
		if slices.ContainsFunc(states, known) && !slices.ContainsFunc(states, stranger) ||
			len(states) == 0 && slices.ContainsFunc(quiet, func(s *State) bool { return known(s) || Entails(s.facts, owned) }) {
			e.Scope = Belonging
		}
	}
}

// eachAnswer is each for answers: a response whose body is one of several is as
// many answers.
func (s *State) eachAnswer(v Value, visit func(*State, Value)) {
	s.each(v, func(s *State, v Value) {
		r, ok := v.(*Response)
		if !ok || r.Body == nil {
			visit(s, v)
			return
		}
		s.each(r.Body, func(s *State, body Value) {
			one := *r
			one.Body = body
			visit(s, &one)
		})
	})
}

type verdict uint8

const (
	neutral verdict = iota // it says nothing: no data, no refusal
	refuses
	answers
)

// judge says what an answer is. What denies is an answer that carries no data:
// its status decides only when it says so itself.
func (ev *eval) judge(s *State, v Value) verdict {
	switch v := v.(type) {
	case *Response:
		if v.Status >= 400 {
			return refuses
		}
		if v.Overran {
			return answers
		}
		if v.Redirect || v.Body == nil {
			return neutral
		}
		return ev.judge(s, s.see(v.Body))
	case Null, Const:
		return neutral
	case *Object:
		return ev.judgeObject(s, v)
	case *Opaque:
		if v.Root.Origin == FromRequest || v.Root.Origin == FromSecret && !strings.Contains(v.Path, signed) || v.Root.Label == errorLabel {
			return neutral
		}
		return answers
	}
	return answers
}

func (ev *eval) judgeObject(s *State, o *Object) verdict {
	c := s.content(o)
	for _, n := range []string{"error", "errors", "serverError"} {
		if f, ok := c.fields[n]; ok {
			if _, isNull := s.see(f).(Null); !isNull && !kept(s.see(f)) {
				return refuses
			}
		}
	}
	for _, n := range []string{"success", "ok"} {
		if s.see(c.fields[n]) == Value(no) {
			return refuses
		}
	}
	if c.rest != nil {
		return answers
	}
	for _, n := range c.names {
		if ev.judgePart(s, c.fields[n]) == answers {
			return answers
		}
	}
	for _, e := range c.elems {
		if ev.judgePart(s, e) == answers {
			return answers
		}
	}
	return neutral
}

// kept reports whether a value was read from where it's kept: an error that a
// record tells of refuses nobody.
func kept(v Value) bool {
	switch v := v.(type) {
	case *Opaque:
		return v.Root.Origin == FromResource && v.Path != ""
	case *Extern:
		return v.Prev != nil && !strings.HasSuffix(v.Path, "()")
	}
	return false
}

func (ev *eval) judgePart(s *State, v Value) verdict {
	switch v := s.see(v).(type) {
	case *Object:
		return ev.judgeObject(s, v)
	case *Opaque:
		return ev.judge(s, v)
	case Null, Const:
		return neutral
	}
	return answers
}

// Holds reports whether facts of one layer stand among facts.
func Holds(facts []*Fact, l Layer) bool {
	return slices.ContainsFunc(facts, func(f *Fact) bool { return f.Layer == l })
}

// Broken reports whether the endpoint's own code has a syntax error.
func Broken(e endpoint.Endpoint) bool {
	span := e.Entry
	if e.Func != nil {
		span = e.Func.Span
	}
	return e.Module.File.Broken(syntax.Span{Start: span.Start, End: max(span.End, e.Whole.End)})
}
