package protect

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// asked collects what an endpoint's checks show on the ways that pass them,
// whether or not it holds on every way: a guard that is asked for only when an
// optional input is there, or of one kind of caller, leaves no fact where the
// ways meet again.
type asked struct {
	facts map[string]*Fact // by meaning
	shows map[*assumption]bool
	n     int // how often something was noted
}

// ask notes what a check shows that leaves the function where it fails; where
// that is nothing, what the names of the calls in it say.
func (ev *eval) ask(before, passed *State, test syntax.Expr) {
	if before.dead || passed.dead {
		return
	}
	shows := ev.noteAsked(without(passed.facts, before.facts))
	shows = ev.noteAsked(without(passed.some, before.some)) || shows
	for _, d := range differing(passed, before) {
		shows = ev.askPoint(d.at, d.left) || shows
	}
	if shows {
		return
	}
	for _, name := range ev.callsIn(test) {
		ev.askByName(name, test)
	}
}

// askPoint notes what holds on the ways of a Point that are left, and reports
// whether there is something.
func (ev *eval) askPoint(p *Point, mask uint32) bool {
	found := false
	for i, a := range p.alts {
		if mask&(1<<i) == 0 || ev.steps > ev.limit {
			continue
		}
		shows, known := ev.asked.shows[a]
		if !known {
			ev.steps++
			ev.asked.shows[a] = false
			shows = ev.noteAsked(a.facts)
			for _, d := range a.mask {
				shows = ev.askPoint(d.at, d.left) || shows
			}
			ev.asked.shows[a] = shows
		}
		found = found || shows
	}
	return found
}

func (ev *eval) noteAsked(facts []*Fact) bool {
	noted := false
	for _, f := range facts {
		if f.Kind == AnyOf {
			for _, alt := range f.Any {
				noted = ev.noteAsked(alt) || noted
			}
			continue
		}
		if f.Layer != Authorization && f.Layer != Ownership || excludes(f) || slices.Equal(f.Set, []string{"false"}) {
			continue
		}
		noted = true
		ev.asked.n++
		id := f.ID()
		if old, ok := ev.asked.facts[id]; !ok || evidenceKey(f) < evidenceKey(old) {
			ev.asked.facts[id] = f
		}
	}
	return noted
}

// callsIn lists the names of the functions of which a condition asks something:
// those called in it, and those that gave a variable of it.
func (ev *eval) callsIn(test syntax.Expr) []string {
	var out []string
	syntax.Walk(test, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Func:
			return false
		case *syntax.Call:
			out = append(out, calleeName(n))
		case *syntax.Ident:
			if name := ev.frame.gave[n.Name]; name != "" {
				out = append(out, name)
			}
		}
		return true
	})
	return out
}

func calleeName(c *syntax.Call) string {
	switch f := c.Callee.(type) {
	case *syntax.Ident:
		return f.Name
	case *syntax.Member:
		return f.Name
	}
	return ""
}

// called is the call that an expression is, awaited or not; nil for another.
func called(x syntax.Expr) *syntax.Call {
	if a, ok := x.(*syntax.Await); ok {
		x = a.X
	}
	c, _ := x.(*syntax.Call)
	return c
}

// askByName notes what a function's name says that it checks.
func (ev *eval) askByName(name string, at syntax.Node) {
	if !rightsWord.MatchString(name) && !ownerWord.MatchString(name) || !testName.MatchString(name) && !demandName.MatchString(name) {
		return
	}
	f := ev.guessFact(name, ev.site(at))
	if f.Kind == Predicate {
		ev.noteAsked([]*Fact{f})
	}
}

// asserts evaluates a statement that only calls something: of a function whose
// name demands something, and in which no check was understood, the name counts.
func (ev *eval) asserts(x syntax.Expr) {
	if c := called(x); c != nil && logs(c) {
		ev.args(c.Args)
		return
	}
	before := ev.asked.n
	ev.expr(x)
	if c := called(x); c != nil && before == ev.asked.n && !ev.st.dead && demandName.MatchString(calleeName(c)) {
		ev.askByName(calleeName(c), x)
	}
}

var (
	logMethod = regexp.MustCompile(`^(trace|debug|verbose|info|notice|log|warn|warning|error|fatal)$`)
	logName   = regexp.MustCompile(`(?i)log(ger)?$|^console$`)
)

// logs reports whether a statement writes to a log: a method of such a name of
// something that is named one. What a program's own logger does with its arguments
// is no effect, and takes long to follow.
func logs(c *syntax.Call) bool {
	m, ok := c.Callee.(*syntax.Member)
	if !ok || !logMethod.MatchString(m.Name) {
		return false
	}
	switch x := m.X.(type) {
	case *syntax.Ident:
		return logName.MatchString(x.Name)
	case *syntax.Member:
		return logName.MatchString(x.Name)
	}
	return false
}

// remember notes which call gave a variable.
func (ev *eval) remember(d syntax.Declarator) {
	c := called(d.Init)
	if c == nil {
		return
	}
	names := map[string]bool{}
	patternNames(d.Target, names)
	for n := range names {
		if ev.frame.gave == nil {
			ev.frame.gave = map[string]string{}
		}
		ev.frame.gave[n] = calleeName(c)
	}
}

// evidenceKey orders facts of one meaning by where they were shown.
func evidenceKey(f *Fact) string {
	var b strings.Builder
	for _, s := range f.Evidence {
		if s.File != nil {
			b.WriteString(s.File.Path)
		}
		b.WriteString(string(rune(s.Span.Start)))
	}
	return b.String()
}

// list gives the collected facts in the order of their meanings.
func (a *asked) list() []*Fact {
	var out []*Fact
	for _, id := range sortedKeys(a.facts) {
		out = append(out, a.facts[id])
	}
	return out
}

// quits reports whether a branch only ends the function, without a value: a
// check that was passed early, as in a loop over the alternatives.
func quits(s syntax.Stmt) bool {
	if b, ok := s.(*syntax.Block); ok && len(b.Body) == 1 {
		s = b.Body[0]
	}
	r, ok := s.(*syntax.Return)
	return ok && r.X == nil
}
