package protect

import (
	"reflect"
	"slices"

	"github.com/authdiff/authdiff/checks/ordered"
)

// join merges the states that meet at one point, each with the value it brings
// (vals may be nil). What differs becomes a Choice at a new Point, so that a
// later check of one value brings back all that held together with it.
func join(states []*State, vals []Value, tests ...Test) (*State, Value) {
	states, vals = alive(states, vals)
	switch len(states) {
	case 0:
		return &State{dead: true}, unknown
	case 1:
		if vals == nil {
			return states[0], unknown
		}
		return states[0], vals[0]
	}
	out := states[0].fork()
	lists := make([][]*Fact, len(states))
	for i, s := range states {
		lists[i] = s.facts
	}
	out.facts = Meet(lists)
	for _, s := range states[1:] {
		out.showSome(s.some)
	}
	joinMasks(out, states)
	if slices.ContainsFunc(states[1:], func(s *State) bool { return !sameTrust(s, states[0]) }) {
		joinTrust(out, states)
	}
	joinReads(out, states)
	p := &Point{tests: tests}
	for _, s := range states {
		p.alts = append(p.alts, &assumption{facts: without(s.facts, out.facts), mask: differing(s, out), trust: s.trust, unread: out.read.Minus(s.read)})
	}
	joinVars(out, states, p)
	joinHeap(out, states, p)
	if vals == nil {
		return out, unknown
	}
	return out, choose(p, vals)
}

// work is how much two states differ: what putting them together looks at.
func work(a, b *State) int {
	n := 0
	count := func() { n++ }
	ordered.Differ(a.vars, b.vars, func(_, _ *variable) { count() })
	ordered.Differ(a.heap, b.heap, func(_, _ *holding) { count() })
	ordered.Differ(a.mask.plain, b.mask.plain, func(_, _ *decision) { count() })
	ordered.Differ(a.read, b.read, func(_, _ **Root) { count() })
	if !sameTrust(a, b) {
		n += len(a.trust) + len(b.trust)
	}
	return n
}

// sameTrust reports whether two states share the map of trusts: neither wrote to it
// since they parted.
func sameTrust(a, b *State) bool { return sharedTrust(a.trust, b.trust) }

func sharedTrust(a, b map[trustKey]bool) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

// alive drops what is never reached, and what is beyond the bound.
func alive(states []*State, vals []Value) ([]*State, []Value) {
	var outS []*State
	var outV []Value
	for i, s := range states {
		if s.dead {
			continue
		}
		if len(outS) == maxAlternatives {
			break
		}
		outS = append(outS, s)
		if vals != nil {
			outV = append(outV, vals[i])
		}
	}
	return outS, outV
}

func choose(p *Point, vals []Value) Value {
	for _, v := range vals[1:] {
		if same(v, vals[0]) {
			continue
		}
		p, vals = flatten(p, vals)
		c := &Choice{P: p, Vals: append([]Value(nil), vals...)}
		for _, x := range c.Vals {
			if y, ok := x.(*Choice); ok {
				c.depth = max(c.depth, y.depth+1)
			}
		}
		if c.depth > maxChoiceDepth {
			return unknown
		}
		return c
	}
	return vals[0]
}

// maxFlat bounds the alternatives of choices within choices that are made one.
const maxFlat = 8

// flatten makes one choice of choices within a choice, when they are few: that
// one of all alternatives is out can then be said, as by `if (!role)` of a role
// that is null at the end of a chain of conditions.
func flatten(p *Point, vals []Value) (*Point, []Value) {
	n, nested := 0, false
	for _, v := range vals {
		n++
		if c, ok := v.(*Choice); ok {
			n, nested = n+len(c.Vals)-1, true
		}
	}
	if !nested || n > maxFlat {
		return p, vals
	}
	flat := &Point{depth: p.depth + 1, within: []*Point{p}, tests: p.tests}
	var out []Value
	for i, v := range vals {
		c, ok := v.(*Choice)
		if !ok {
			flat.alts = append(flat.alts, &assumption{facts: p.alts[i].facts, mask: []decision{{p, 1 << i}}})
			out = append(out, v)
			continue
		}
		flat.tests = append(slices.Clip(flat.tests), c.P.tests...)
		flat.depth = max(flat.depth, c.P.depth+1)
		flat.within = append(flat.within, c.P)
		for j, x := range c.Vals {
			flat.alts = append(flat.alts, &assumption{
				facts: append(slices.Clone(p.alts[i].facts), c.P.alts[j].facts...), mask: []decision{{p, 1 << i}, {c.P, 1 << j}},
			})
			out = append(out, x)
		}
	}
	return flat, out
}

// maxChoiceDepth bounds choices within choices, as a variable gets that is
// assigned anew in many branches one after the other.
const maxChoiceDepth = 8

// joinTrust keeps what every state knows to be the caller's. An input that isn't
// there on some way selects nothing on it, and needs no check; nor does a record
// that wasn't read on it.
func joinTrust(out *State, states []*State) {
	trust := map[trustKey]bool{}
	for _, s := range states {
		for k := range s.trust {
			if !trust[k] && !slices.ContainsFunc(states, func(t *State) bool {
				return !t.trust[k] && (k.tie == there || !t.lacks(k) && !t.unread(k) && !t.privileged(out.facts))
			}) {
				trust[k] = true
			}
		}
	}
	out.trust, out.ownTrust = trust, true
}

func joinReads(out *State, states []*State) {
	for _, s := range states[1:] {
		ordered.Differ(out.read, s.read, func(_, r **Root) {
			if r != nil {
				out.reads(*r)
			}
		})
	}
}

// privileged reports whether a state passed a check of rights, beyond what holds
// in all, that lets the caller do what owners may.
func (s *State) privileged(common []*Fact) bool {
	return slices.ContainsFunc(s.facts, func(f *Fact) bool {
		return f.Layer == Authorization && f.Kind != AnyOf && !excludes(f) && !slices.Contains(f.Set, "false") &&
			(privilegeName.MatchString(f.Key) || slices.ContainsFunc(f.Set, privilegeName.MatchString)) && !Entails(common, f)
	})
}

// lacks reports whether an input is known not to be there, or a record: it was
// not found, or what selects it isn't there.
func (s *State) lacks(k trustKey) bool {
	if k.root == nil {
		return false
	}
	if k.root.Origin == FromResource {
		return k.root.found != nil && s.left(k.root.found)&1 == 0 || slices.ContainsFunc(k.root.By, func(t Term) bool {
			o, ok := t.Value.(*Opaque)
			return ok && o.Root.Origin == FromRequest && s.lacks(trustKey{root: o.Root, path: o.Path})
		})
	}
	if k.path == "" {
		return false
	}
	name := lastStep(k.path)
	return slices.ContainsFunc(s.facts, func(f *Fact) bool { return f.Kind == Absent && f.Key == name })
}

func joinVars(out *State, states []*State, p *Point) {
	vals := make([]Value, len(states))
	done := map[*cell]bool{}
	for _, s := range states[1:] {
		ordered.Differ(states[0].vars, s.vars, func(a, b *variable) {
			if a == nil {
				a = b
			}
			c := a.of
			if done[c] {
				return
			}
			done[c] = true
			for i, t := range states {
				vals[i] = c.in(t)
			}
			if v := choose(p, vals); !same(v, c.in(out)) {
				out.setVar(c, v)
			}
		})
	}
}

func joinHeap(out *State, states []*State, p *Point) {
	done := map[*Object]bool{}
	for _, s := range states[1:] {
		ordered.Differ(states[0].heap, s.heap, func(a, b *holding) {
			if a == nil {
				a = b
			}
			o, c := a.of, a.content
			if !done[o] && slices.ContainsFunc(states, func(t *State) bool { return t.content(o) != c }) {
				mergeContent(out, o, states, p)
			}
			done[o] = true
		})
	}
}

func mergeContent(out *State, o *Object, states []*State, p *Point) {
	contents := o.contents(states)
	merged := newContent()
	longest := 0
	for _, c := range contents {
		for _, n := range c.names {
			if _, ok := merged.fields[n]; !ok {
				merged.set(n, undefined)
			}
		}
		longest = max(longest, len(c.elems))
		if c.rest != nil {
			merged.rest = c.rest
		}
	}
	vals := make([]Value, len(states))
	for _, n := range merged.names {
		for i, c := range contents {
			vals[i] = c.fields[n]
			if vals[i] == nil {
				vals[i] = undefined
			}
		}
		merged.fields[n] = choose(p, vals)
	}
	for k := range longest {
		for i, c := range contents {
			vals[i] = undefined
			if k < len(c.elems) {
				vals[i] = c.elems[k]
			}
		}
		merged.elems = append(merged.elems, choose(p, vals))
	}
	out.setContent(o, merged)
}

// contents are what an object holds in each of some states. An instance that was made on
// some of their ways isn't there on the others, where it takes what it holds elsewhere.
func (o *Object) contents(states []*State) []*content {
	all := make([]*content, len(states))
	var there *content
	for i, s := range states {
		if h, ok := s.heap.Get(o.n); ok {
			all[i], there = h.content, h.content
		}
	}
	for i, c := range all {
		switch {
		case c == nil && o.Class != nil:
			all[i] = there
		case c == nil:
			all[i] = o.init
		}
	}
	return all
}
