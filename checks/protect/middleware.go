package protect

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Middleware marks, in Fact.Via, what a middleware shows of the caller: it holds
// for the requests that the middleware gets to see, not for the endpoint.
const Middleware = "middleware"

// Passage is what holds for a request once the middleware has let it through.
type Passage struct {
	// Facts hold on every way by which the request gets through.
	Facts []*Fact
	// Blocked: none gets through.
	Blocked bool
	// Opaque: some request is turned away for a reason that isn't understood, and
	// none for one that is.
	Opaque bool
	// Lost says why the middleware could not be evaluated, if so.
	Lost string
	// Cuts are the places where the evaluation gave up.
	Cuts []Cut
	// Uses are what the evaluation asked of the program, sorted.
	Uses []Use
}

// Through evaluates an application's middleware for a request to a path, by a
// method (empty for any). As with Protect, a fault of the evaluator ends in Lost.
func (w *World) Through(e endpoint.Endpoint, method, path string) (p *Passage) {
	defer func() {
		if r := recover(); r != nil {
			p = &Passage{Lost: fmt.Sprintf("the middleware's evaluation failed: %v", r)}
		}
	}()
	return w.through(e, method, path)
}

func (w *World) through(e endpoint.Endpoint, method, path string) *Passage {
	ev := w.newEval(w.unit(e.Module))
	ev.incoming = ev.requestTo(method, path)
	p := &Passage{}
	f := ev.entry(e)
	switch ev.st.see(f).(type) {
	case *Opaque, Null, Const:
		p.Lost = "the middleware's function could not be found"
		return p
	}
	site := Site{File: e.Module.File, Span: e.Entry, Why: "the middleware"}
	v := ev.await(ev.call(f, undefined, []Value{ev.incoming, unknown}, site))
	ev.through(p, v)
	p.Cuts, p.Uses = ev.cuts, ev.uses()
	return p
}

// maxWays bounds the results of a middleware that are looked at apart.
const maxWays = 256

// through meets what holds on the ways on which the middleware's result lets the
// request through.
func (ev *eval) through(p *Passage, v Value) {
	if ev.st.dead {
		p.Blocked = true
		return
	}
	var ways [][]*Fact
	understood := false
	n := 0
	ev.st.each(v, func(s *State, v Value) {
		if n++; n > maxWays {
			return
		}
		understood = understood || Holds(s.facts, Authentication) || Holds(s.facts, Authorization)
		if proceeds(v) {
			ways = append(ways, s.facts)
		} else {
			p.Opaque = p.Opaque || turnsAway(v)
		}
	})
	if n > maxWays {
		ways = append(ways, ev.st.facts)
	}
	for _, f := range Meet(ways) {
		if f.Layer == "" || f.Layer == Validation || evadable(f) {
			continue
		}
		g := *f
		g.Via = Middleware
		p.Facts = append(p.Facts, &g)
	}
	p.Blocked = len(ways) == 0
	p.Opaque = p.Opaque && !understood
}

var signInWords = regexp.MustCompile(`(?i)log.?in|sign.?in|auth|denied|forbidden`)

// turnsAway reports whether a response refuses the caller, by its status or by
// where it leads.
func turnsAway(v Value) bool {
	r, ok := v.(*Response)
	return ok && (r.Status == 401 || r.Status == 403 || r.Redirect && signInWords.MatchString(r.Site.Text()))
}

// evadable reports whether a fact doesn't hold where something is left out, which
// in a request the caller does at will.
func evadable(f *Fact) bool {
	return f.Kind == AnyOf && slices.ContainsFunc(f.Any, func(alt []*Fact) bool {
		return !slices.ContainsFunc(alt, func(g *Fact) bool { return g.Kind != Absent })
	})
}

// shown is what holds on every way that gives something to show.
func (ev *eval) shown(v Value) []*Fact {
	var ways [][]*Fact
	n := 0
	ev.st.each(v, func(s *State, v Value) {
		if n++; n <= maxWays && !leadsAway(s, v) {
			ways = append(ways, s.facts)
		}
	})
	if n > maxWays {
		ways = append(ways, ev.st.facts)
	}
	return Meet(ways)
}

// leadsAway reports whether a result is `{ redirect }` or `{ notFound }`.
func leadsAway(s *State, v Value) bool {
	o, ok := v.(*Object)
	if !ok {
		return false
	}
	c := s.content(o)
	return c.fields["redirect"] != nil || c.fields["notFound"] != nil
}

// proceeds reports whether a middleware's result lets the request through: a
// response of its own ends it, anything else doesn't.
func proceeds(v Value) bool {
	r, ok := v.(*Response)
	return !ok || r.Proceeds
}

// origin is where the requests of a middleware's evaluation go to.
const origin = "https://app.example"

// requestTo is a request of which path and method are known.
func (ev *eval) requestTo(method, path string) *Object {
	req := newObject("url", str(origin+path), "nextUrl", ev.urlOf(path))
	if method != "" {
		req.init.set("method", str(method))
	}
	req.init.rest = ev.input("")
	return req
}

// urlOf is a URL object of which the path is known.
func (ev *eval) urlOf(path string) *Object {
	path, _, _ = strings.Cut(path, "?")
	u := newObject("pathname", str(path), "href", str(origin+path), "basePath", str(""))
	for _, name := range []string{"clone", "toString"} {
		u.init.set(name, &Native{Name: name, Call: func(ev *eval, _ []Value, _ Site) Value {
			if name == "toString" {
				return str(origin + path)
			}
			return ev.urlOf(path)
		}})
	}
	u.init.rest = ev.input("")
	return u
}

// newURL is `new URL(…)` of a known path; false when it isn't known.
func (ev *eval) newURL(args []Value) (Value, bool) {
	if ev.incoming == nil {
		return nil, false
	}
	c, ok := ev.st.see(arg(args, 0)).(Const)
	if !ok || c.Kind != syntax.String {
		return nil, false
	}
	path, ours := strings.CutPrefix(c.Text, origin)
	if !ours && !strings.HasPrefix(path, "/") {
		return nil, false
	}
	return ev.urlOf(path), true
}

// proceed lets the request through: NextResponse.next(), or rewrite(url), which
// serves another path in its place.
func (ev *eval) proceed(y *Extern, args []Value, site Site) Value {
	r := proceeding(site)
	if ev.incoming != nil && y.Step == "rewrite" && len(args) > 0 {
		to, known := ev.pathOf(args[0])
		from, _ := ev.pathOf(ev.incoming)
		r.Proceeds = !known || to == from
	}
	return r
}

// pathOf is the path of a request, a URL object or a URL's text.
func (ev *eval) pathOf(v Value) (string, bool) {
	switch x := ev.st.see(v).(type) {
	case Const:
		path := strings.TrimPrefix(x.Text, origin)
		path, _, _ = strings.Cut(path, "?")
		return path, x.Kind == syntax.String && strings.HasPrefix(path, "/")
	case *Object:
		if u, ok := ev.st.content(x).fields["nextUrl"]; ok {
			v = u
		}
		if c, ok := ev.st.see(ev.get(v, "pathname", Site{})).(Const); ok {
			return c.Text, true
		}
	}
	return "", false
}

// currentRequest is the request that a wrapper hands on.
func (ev *eval) currentRequest() Value {
	if ev.incoming != nil {
		return ev.incoming
	}
	return ev.input("")
}

var sessionCookie = newVocabulary(`(?i)sess|token|auth|jwt|sid\b|login|logged|user|access`)

// presented adds what the presence of a cookie shows, in a middleware: that the
// caller has one, whatever it holds.
func (ev *eval) presented(s *State, o *Opaque) {
	if ev.incoming == nil || o.Root != ev.request {
		return
	}
	_, name, cookie := strings.Cut(o.Path, ".cookie")
	what := "check that a session cookie is there"
	switch {
	case cookie && sessionCookie.MatchString(name):
	case strings.Contains(o.Path, "headers.authorization"):
		what = "check that an authorization header is there"
	default:
		return
	}
	s.learn(&Fact{Layer: Authentication, Kind: Caller, Strength: WeakCookie, Confidence: High, What: what, Evidence: ev.stack()})
}
