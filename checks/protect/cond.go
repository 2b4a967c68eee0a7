package protect

import (
	"strconv"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/syntax"
)

// cond evaluates a condition and gives the states in which it is true and in
// which it is false. It uses up the present state.
func (ev *eval) cond(e syntax.Expr) (*State, *State) {
	switch e := e.(type) {
	case *syntax.Unary:
		if e.Op == "!" {
			f, t := ev.negated(func() (*State, *State) { return ev.cond(e.X) })
			return t, f
		}
	case *syntax.Binary:
		switch e.Op {
		case "&&":
			t, f := ev.cond(e.L)
			ev.st = t
			t2, f2 := ev.cond(e.R)
			return t2, ev.joined(f, f2)
		case "||":
			t, f := ev.cond(e.L)
			ev.st = f
			t2, f2 := ev.cond(e.R)
			return ev.joined(t, t2), f2
		case ",":
			ev.expr(e.L)
			return ev.cond(e.R)
		case "===", "==":
			return ev.compareExprs(e)
		case "!==", "!=":
			f, t := ev.negated(func() (*State, *State) { return ev.compareExprs(e) })
			return t, f
		}
	case *syntax.Cond:
		return ev.condTernary(e)
	}
	v := ev.expr(e)
	if ev.lasts(e) {
		return ev.split(v, ev.site(e)) // whether somebody made the promise before
	}
	return ev.test(v, ev.site(e))
}

// lasts reports whether an expression names what outlasts the call: a variable of the
// module, or a field of one or of the instance.
func (ev *eval) lasts(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.Member:
		return ev.lasts(e.X)
	case *syntax.Ident:
		return !ev.scope.local(e.Name) // `this` among them
	}
	return false
}

// negated evaluates what a condition negates.
func (ev *eval) negated(cond func() (*State, *State)) (*State, *State) {
	ev.flipped = !ev.flipped
	t, f := cond()
	ev.flipped = !ev.flipped
	return t, f
}

func (ev *eval) condTernary(e *syntax.Cond) (*State, *State) {
	t, f := ev.cond(e.Test)
	ev.st = t
	tt, tf := ev.cond(e.Then)
	ev.st = f
	ft, ff := ev.cond(e.Else)
	return ev.joined(tt, ft), ev.joined(tf, ff)
}

func (ev *eval) joined(states ...*State) *State {
	ev.charge(states)
	s, _ := join(states, nil)
	return s
}

// test splits the present state by the truth of a value.
func (ev *eval) test(v Value, site Site) (*State, *State) {
	ev.noteUnawaited(ev.st.see(v), site)
	return ev.split(v, site)
}

func (ev *eval) split(v Value, site Site) (*State, *State) {
	ev.noteTests(site, v)
	before := ev.st
	t, f := before.fork(), before.fork()
	ev.filter(t, v, truthy)
	ev.filter(f, v, falsy)
	ev.stamp(before, t, site)
	ev.stamp(before, f, site)
	return t, f
}

func (ev *eval) compareExprs(e *syntax.Binary) (*State, *State) {
	l := ev.expr(e.L)
	r := ev.expr(e.R)
	if ev.st.dead {
		return ev.st, &State{dead: true}
	}
	eq, ne := ev.equal(l, r, ev.site(e))
	ev.noteType(e, eq)
	return eq, ne
}

// noteType notes that a value is there, once its type is compared with that of any other
// than undefined.
func (ev *eval) noteType(e *syntax.Binary, eq *State) {
	of, ok := e.L.(*syntax.Unary)
	kind, is := e.R.(*syntax.Literal)
	if !ok || !is || of.Op != "typeof" || kind.Value == "undefined" {
		return
	}
	switch of.X.(type) {
	case *syntax.Ident, *syntax.Member:
		if o, ok := ev.expr(of.X).(*Opaque); ok {
			eq.isThere(o)
		}
	}
}

// stamp adds the place of a check to the evidence of what it taught.
func (ev *eval) stamp(before, after *State, site Site) {
	if after.dead || len(after.facts) == 0 {
		return
	}
	if c := ev.check; c != nil && c.Start <= site.Span.Start && site.Span.End <= c.End && site.File == ev.frame.unit.mod.File {
		site.Span.End = c.Then.Pos().End
		site.Span.Start = c.Start
	}
	var stamped []*Fact
	for i, f := range after.facts {
		if i < len(before.facts) && before.facts[i] == f || hasFact(before.facts, f) {
			continue
		}
		if stamped == nil {
			stamped = append([]*Fact(nil), after.facts...)
		}
		g := *f
		g.Evidence = append(f.Evidence[:len(f.Evidence):len(f.Evidence)], ev.at(site, "checks it")...)
		stamped[i] = &g
	}
	if stamped != nil {
		after.facts = stamped
	}
}

func hasFact(facts []*Fact, f *Fact) bool {
	for _, g := range facts {
		if g == f {
			return true
		}
	}
	return false
}

// predicate is what filter demands of a value.
type predicate struct {
	kind predicateKind
	c    Const
}

type predicateKind uint8

const (
	isTruthy predicateKind = iota
	isFalsy
	isNull
	isNotNull
	isConst
	isNotConst
)

var (
	truthy  = predicate{kind: isTruthy}
	falsy   = predicate{kind: isFalsy}
	isNil   = predicate{kind: isNull}
	nonNull = predicate{kind: isNotNull}
)

// filter narrows a state to the case that a value satisfies a predicate; the
// state is dead afterwards when it can't.
func (ev *eval) filter(s *State, v Value, p predicate) {
	if s.dead {
		return
	}
	v = s.see(v)
	switch v := v.(type) {
	case *Choice:
		ev.filterChoice(s, v, p)
	case Const, Null:
		s.dead = p.excludes(v)
	case *Opaque:
		ev.filterOpaque(s, v, p)
	default: // objects, functions, promises: never null, never falsy
		s.dead = p.kind == isFalsy || p.kind == isNull || p.kind == isConst
		if q, ok := v.(*QueryValue); ok && s.dead {
			s.dead = q.consumed
		}
		if x, ok := v.(*Extern); ok {
			ev.filterExtern(s, x, p)
		}
	}
}

// excludes reports whether a value never satisfies a predicate, whatever holds.
func (p predicate) excludes(v Value) bool {
	switch v := v.(type) {
	case Const:
		return !p.holdsForConst(v)
	case Null:
		return p.kind == isTruthy || p.kind == isNotNull || p.kind == isConst
	}
	return false
}

func (p predicate) holdsForConst(c Const) bool {
	switch p.kind {
	case isTruthy:
		return truth(c)
	case isFalsy:
		return !truth(c)
	case isNull:
		return false
	case isConst:
		return c.Text == p.c.Text
	case isNotConst:
		return c.Text != p.c.Text
	}
	return true
}

func truth(c Const) bool {
	switch c.Kind {
	case syntax.Bool:
		return c.Text == "true"
	case syntax.String:
		return c.Text != ""
	case syntax.Number:
		n, err := strconv.ParseFloat(c.Text, 64)
		return err != nil || n != 0
	}
	return true
}

func (ev *eval) filterChoice(s *State, v *Choice, p predicate) {
	if ev.steps += len(v.Vals); ev.steps > ev.limit {
		return
	}
	var states []*State
	mask := uint32(0)
	left := s.left(v.P)
	for i, x := range v.Vals {
		if left&(1<<i) == 0 || p.excludes(x) {
			continue
		}
		f := s.fork()
		f.restrict(v.P, 1<<i)
		ev.filter(f, x, p)
		if !f.dead {
			states = append(states, f)
			mask |= 1 << i
		}
	}
	if mask == 0 {
		s.dead = true
		return
	}
	ev.charge(states)
	out, _ := join(states, nil)
	before := s.facts
	*s = *out.fork()
	s.restrict(v.P, mask)
	for _, f := range states {
		s.showSome(without(f.facts, before))
	}
}

// filterOpaque narrows by a value of which only the origin is known.
func (ev *eval) filterOpaque(s *State, o *Opaque, p predicate) {
	if o.Root.Origin == FromSecret && !strings.Contains(o.Path, "~") {
		s.learn(environment(o, p))
	}
	if positive(o) {
		s.dead = p.kind == isFalsy || p.kind == isNull || p.kind == isConst && p.c.Text == "0"
		return
	}
	switch p.kind {
	case isTruthy, isNotNull:
		s.isThere(o)
		ev.presented(s, o)
		ev.learnTrue(s, o, p)
	case isFalsy, isNull:
		if surelyThere(o) {
			s.dead = true
			return
		}
		s.learn(absent(o))
		if p.kind == isFalsy {
			s.learn(ev.roleFact(s, o, "false"))
		}
	case isConst:
		if p.c.Text == "" && p.c.Kind == syntax.String && idName.MatchString(lastStep(o.Path)) {
			s.dead = true // no record has an empty id
			return
		}
		if p.c.Kind == syntax.String && o.Root.Origin == FromSecret && secretName.MatchString(o.Root.Label+o.Path) {
			s.dead = true // a secret is no text of the program (its length may be a number of it)
			return
		}
		if p.c.Text == "" && p.c.Kind == syntax.String {
			s.learn(absent(o))
		}
		s.learn(ev.roleFact(s, o, p.c.Text))
	case isNotConst:
		if p.c.Kind == syntax.Bool {
			s.learn(ev.roleFact(s, o, strconv.FormatBool(p.c.Text != "true")))
		} else {
			s.learn(ev.roleFact(s, o, "!"+p.c.Text))
		}
	}
}

// surelyThere reports whether a value can't be null or empty: who was proved to
// be the caller has a user and an id.
func surelyThere(o *Opaque) bool {
	switch o.Root.Origin {
	case FromIdentity:
		switch lastStep(o.Path) {
		case "", "user", "id", "sub", "userId", "session", "uid":
			return !isCallStep(o.Path)
		}
	case FromResource:
		return o.Path == "" && o.Root.effect != nil && o.Root.effect.Kind != catalog.Unknown
	case FromSecret:
		return strings.HasSuffix(o.Path, "[]") // an element of a list of settings
	}
	return false
}

// learnTrue adds what the truth of a value of some origin shows.
func (ev *eval) learnTrue(s *State, o *Opaque, p predicate) {
	if p.kind == isNotNull {
		return
	}
	if isCallStep(o.Path) {
		s.learn(ev.predicateFact(s, o))
		return
	}
	s.learn(ev.roleFact(s, o, "true"))
}

// filterExtern: what the catalogue says of the truth of a package's value.
func (ev *eval) filterExtern(s *State, x *Extern, p predicate) {
	if o := ev.telling(x, 0); p.kind == isConst && p.c.Kind == syntax.String && o != nil && o.Root.Origin == FromSecret && signs(x) {
		s.dead = true // a signature is no text of the program
		return
	}
	if p.kind == isFalsy || p.kind == isNull || p.kind == isConst {
		// what is imported is there, and so is what was constructed
		s.dead = x.Step == "" && x.Prev == nil && x.Pkg != "global" || strings.HasSuffix(x.Path, ".new()")
	}
}

// equal splits the present state by whether two values are equal.
func (ev *eval) equal(a, b Value, site Site) (*State, *State) {
	ev.noteTests(site, a, b)
	before := ev.st
	eq, ne := ev.equalIn(before, a, b, 0, site)
	ev.stamp(before, eq, site)
	ev.stamp(before, ne, site)
	return eq, ne
}

const maxPairs = 8

func (ev *eval) equalIn(s *State, a, b Value, depth int, site Site) (*State, *State) {
	a, b = s.see(a), s.see(b)
	if isAtom(a) && !isAtom(b) {
		a, b = b, a
	}
	switch c := b.(type) {
	case Const:
		eq, ne := s.fork(), s.fork()
		ev.filter(eq, a, predicate{isConst, c})
		ev.filter(ne, a, predicate{isNotConst, c})
		return eq, ne
	case Null:
		eq, ne := s.fork(), s.fork()
		if o, ok := a.(*Opaque); ok && depth > 0 && idName.MatchString(lastStep(o.Path)) && s.standing(o) >= Checked {
			eq.dead = true // what isn't there, as in `record?.ownerId`, has no id
			return eq, ne
		}
		ev.filter(eq, a, isNil)
		ev.filter(ne, a, nonNull)
		return eq, ne
	}
	if depth < 2 && (isChoice(a) || isChoice(b)) {
		return ev.equalChoices(s, a, b, depth, site)
	}
	eq, ne := s.fork(), s.fork()
	ev.learnEqual(eq, a, b, site)
	return eq, ne
}

func isChoice(v Value) bool { _, ok := v.(*Choice); return ok }

func isAtom(v Value) bool {
	switch v.(type) {
	case Const, Null:
		return true
	}
	return false
}

func (ev *eval) equalChoices(s *State, a, b Value, depth int, site Site) (*State, *State) {
	if !isChoice(a) {
		a, b = b, a
	}
	c := a.(*Choice)
	var eqs, nes []*State
	left := s.left(c.P)
	for i, x := range c.Vals {
		if left&(1<<i) == 0 {
			continue
		}
		f := s.fork()
		f.restrict(c.P, 1<<i)
		if f.dead {
			continue
		}
		if len(eqs) >= maxPairs {
			nes = append(nes, f)
			eqs = append(eqs, f.fork())
			continue
		}
		eq, ne := ev.equalIn(f, x, b, depth+1, site)
		// undefined equals nothing that is there
		eqs, nes = append(eqs, eq), append(nes, ne)
	}
	return ev.joined(eqs...), ev.joined(nes...)
}
