package protect

import (
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
)

// Effect is what an attacker wants, with what held when it ran.
type Effect struct {
	Kind  catalog.EffectKind
	Op    string // the method: findUnique
	Model string // the table, or the package
	Site  Site
	Stack []Site
	Facts []*Fact
	// Terms are the conditions that select the rows, Data what is written.
	Terms []Term
	Data  []Term
	// Select names the selected fields; Selected says that there is a selection.
	Select   []string
	Selected bool
	only     bool // what isn't selected isn't there
	// Adds: it adds rows and touches none that are there, so that there is no
	// selection to tie to the caller.
	Adds bool
	// Rights are those of its client, which was made at Client.
	Rights Rights
	Client Site
	// Scope is the best standing of a condition's value when the effect ran, or
	// (a read) when the endpoint answered; ScopedBy is that condition.
	Scope    Standing
	ScopedBy *Term
	// DataStanding maps a written field to its value's standing.
	DataStanding map[string]Standing
	// Written is what of the caller's input is written.
	Written Written

	args    []Value // what it was called with
	root    *Root   // of the record that a read gave
	related map[string][]Term
	st      *State
	lax     bool // it leaves out a condition whose value is undefined
}

// Owned reports whether something ties the effect's rows to the caller.
func (e *Effect) Owned() bool { return e.Scope >= Checked }

// peers are the effects that read the same record at the same place, itself
// among them: one for each way on which a middleware lets the rest run.
func (ev *eval) peers(e *Effect) []*Effect {
	var out []*Effect
	for _, p := range ev.effects {
		if p == e || p.root != nil && p.Site == e.Site && slices.EqualFunc(p.Terms, e.Terms, func(s, t Term) bool {
			return s.Field == t.Field && s.Or == nil && t.Or == nil && same(s.Value, t.Value)
		}) {
			out = append(out, p)
		}
	}
	return out
}

// TakesInput reports whether what the caller sent may be part of the effect.
func (e *Effect) TakesInput() bool {
	if e.Kind != catalog.Read && e.Kind != catalog.Write {
		return true
	}
	return e.anyRequested(e.Terms, 0) || e.anyRequested(e.Data, 0)
}

func (e *Effect) anyRequested(terms []Term, depth int) bool {
	return depth <= maxTermDepth && slices.ContainsFunc(terms, func(t Term) bool {
		return e.requests(t.Value, 0) || slices.ContainsFunc(t.Or, func(or []Term) bool { return e.anyRequested(or, depth+1) })
	})
}

// ByKey reports whether the rows are selected by a secret that the caller presents:
// nobody else's are reached.
func (e *Effect) ByKey() bool {
	return slices.ContainsFunc(e.Terms, func(t Term) bool {
		return t.Or == nil && credentialField.MatchString(lastField(t.Field)) && e.holds(t.Value, presentable, 0)
	})
}

// presentable: an input, or what was made of a secret as well, a salted hash.
func presentable(o *Opaque) bool {
	return o.Root.Origin == FromRequest || o.Root.Origin == FromSecret
}

// Loose reports whether it's called with something that the caller sent and that
// nothing ties to them.
func (e *Effect) Loose() bool {
	loose := func(o *Opaque) bool {
		if o.Root.beside != nil {
			o = o.Root.beside
		}
		return o.Root.Origin == FromRequest && e.st.standing(o) == Chosen
	}
	return slices.ContainsFunc(e.args, func(v Value) bool { return e.holds(v, loose, 0) })
}

// requests reports whether a value holds something that the caller sent, but for
// bound arguments, which have a schema of their own.
func (e *Effect) requests(v Value, depth int) bool {
	return e.holds(v, func(o *Opaque) bool {
		return o.Root.Origin == FromRequest && (o.Path != ".bound" && !strings.HasPrefix(o.Path, ".bound."))
	}, depth)
}

// holds reports whether a value has a part for which something is true; what is
// too deep to look at has.
func (e *Effect) holds(v Value, is func(*Opaque) bool, depth int) bool {
	within := func(x Value) bool { return e.holds(x, is, depth+1) }
	if v == nil || depth > maxTermDepth {
		return v != nil
	}
	switch v := e.st.see(v).(type) {
	case *Opaque:
		return is(v)
	case *Choice:
		return slices.ContainsFunc(v.Vals, within)
	case *Promise:
		return within(v.Of)
	case *Object:
		c := e.st.content(v)
		return slices.ContainsFunc(c.elems, within) || c.rest != nil && within(c.rest) ||
			slices.ContainsFunc(c.names, func(n string) bool { return within(c.fields[n]) })
	case *Extern:
		return slices.ContainsFunc(v.Args, within) || v.Prev != nil && within(v.Prev)
	}
	return false
}

// Standing is how the value of one of the effect's conditions stood to the caller
// when it ran.
func (e *Effect) Standing(t *Term) Standing { return e.st.best(t.Value, 0) }

// Scopes lists the conditions that all hold and whose value is the caller's, in
// some way: those of the effect itself, and of what is read along with it.
func (e *Effect) Scopes() []Term {
	if e.st == nil {
		return nil
	}
	var out []Term
	keep := func(path string, terms []Term) {
		for _, t := range terms {
			if t.Or == nil && e.st.best(t.Value, 0) >= Checked {
				t.Field = joinField(path, t.Field)
				out = append(out, t)
			}
		}
	}
	keep("", e.Terms)
	for _, path := range sortedKeys(e.related) {
		keep(path, e.related[path])
	}
	return out
}

// GivenInput reports whether what the caller sent is among the effect's conditions,
// or the arguments of a call that can't be read.
func (e *Effect) GivenInput() bool { return e.anyRequested(e.Terms, 0) }

// Derived reports whether the rows are selected by nothing but what was found before,
// in a record or in a service's answer, on whose choice the caller had no say either.
func (e *Effect) Derived() bool { return e.derived(0) }

func (e *Effect) derived(depth int) bool {
	return len(e.Terms) > 0 && depth <= maxTermDepth && !slices.ContainsFunc(e.Terms, func(t Term) bool {
		o, ok := e.st.see(t.Value).(*Opaque)
		if !ok || t.Or != nil || o.Root.Origin != FromResource || o.Root.effect == nil {
			return true
		}
		from := o.Root.effect
		return !from.Owned() && !from.derived(depth+1) && (len(from.Terms) > 0 || from.Loose())
	})
}

// Term finds the condition on the same field as another effect's; nil when there
// is none.
func (e *Effect) Term(like *Term) *Term {
	for i := range e.Terms {
		if like != nil && e.Terms[i].Field == like.Field && like.Field != "" && like.Field != "*" {
			return &e.Terms[i]
		}
	}
	return nil
}

// Requested reports whether the condition's value is what the caller sent.
func (t *Term) Requested() bool { return requested(t.Value, 0) }

func requested(v Value, depth int) bool {
	switch v := v.(type) {
	case *Opaque:
		return v.Root.Origin == FromRequest
	case *Choice:
		for _, x := range v.Vals {
			if depth < 4 && requested(x, depth+1) {
				return true
			}
		}
	}
	return false
}

// Writes reports whether the effect changes something.
func (e *Effect) Writes() bool { return e.Kind != catalog.Read && e.Kind != catalog.Unknown }

// Term is one condition of a query: a field equal to a value, or one of several
// lists of terms.
type Term struct {
	Field string
	Value Value
	Or    [][]Term
	Site  Site
}

func (ev *eval) effect(kind catalog.EffectKind, op, model string, site Site) *Effect {
	e := &Effect{Kind: kind, Op: op, Model: model, Site: site, Stack: ev.stack(), Facts: ev.st.facts, st: ev.st.fork()}
	if len(ev.effects) < maxEffects {
		ev.effects = append(ev.effects, e)
	}
	return e
}

const maxEffects = 400

// settle works out what ties the effect's rows to the caller now.
func (ev *eval) settle(e *Effect) {
	e.Scope, e.ScopedBy = ev.st.scope(e.Terms)
	ev.settleData(e)
}

// settleData works out whose what is written, or asked of others, is.
func (ev *eval) settleData(e *Effect) {
	e.DataStanding = map[string]Standing{}
	for _, d := range e.Data {
		if d.Or == nil && d.Field != "" {
			e.DataStanding[d.Field] = max(e.DataStanding[d.Field], ev.st.best(d.Value, 0))
		}
		if o, ok := ev.st.see(d.Value).(*Opaque); ok && lastField(d.Field) == "*" && o.Root.Origin == FromRequest {
			ev.settleParts(e, o)
		}
	}
	ev.settleWritten(e)
}

// settleParts notes the members of an input, written as a whole, that were checked
// one by one.
func (ev *eval) settleParts(e *Effect, in *Opaque) {
	for k := range ev.st.trust {
		if name, below := strings.CutPrefix(k.path, in.Path+"."); k.root == in.Root && below && !strings.Contains(name, ".") {
			e.DataStanding[name] = max(e.DataStanding[name], Checked)
		}
	}
}

// scope is the best standing of the terms that all hold, with the term that has
// it; of alternatives, the worst counts.
func (s *State) scope(terms []Term) (Standing, *Term) {
	best, by := Stranger, (*Term)(nil)
	for i := range terms {
		t := &terms[i]
		st := Stranger
		if t.Or != nil {
			st = Themselves
			for _, alt := range t.Or {
				a, _ := s.scope(alt)
				st = min(st, a)
			}
		} else {
			st = s.best(t.Value, 0)
		}
		if st > best {
			best, by = st, t
		}
	}
	return best, by
}

// best is the best standing of a value's alternatives and parts.
func (s *State) best(v Value, depth int) Standing {
	if depth > 4 {
		return Stranger
	}
	b := Stranger
	switch v := s.see(v).(type) {
	case *Opaque:
		return s.standing(v)
	case *Choice:
		for i, x := range v.Vals {
			if s.left(v.P)&(1<<i) != 0 {
				b = max(b, s.best(x, depth+1))
			}
		}
	case *Object:
		c := s.content(v)
		for _, x := range c.elems {
			b = max(b, s.best(x, depth+1))
		}
		for _, n := range c.names {
			b = max(b, s.best(c.fields[n], depth+1))
		}
		if c.rest != nil {
			b = max(b, s.best(c.rest, depth+1))
		}
	case *Promise:
		return s.best(v.Of, depth+1)
	case *Extern:
		if key, ok := answerKey(v); ok && s.trust[key] {
			return Checked
		}
	}
	return b
}
