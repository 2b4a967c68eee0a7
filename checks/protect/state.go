package protect

import "math/bits"

// Point is a place where the evaluation could have gone several ways. Each way
// comes with what holds on it.
type Point struct{ alts []*assumption }

// maxAlternatives bounds a Point: more ways are merged into the last.
const maxAlternatives = 32

// assumption is what holds on one way of a Point or once a promise is awaited.
type assumption struct {
	facts []*Fact
	mask  map[*Point]uint32
	trust map[trustKey]bool
	dead  bool // it never comes to this
}

// trustKey is a value that was shown to belong to the caller: a whole root
// (Path empty) or one input of the request.
type trustKey struct {
	root *Root
	path string
}

// State is what holds at one point of the program. It is forked where paths
// part; maps are copied when they are first written after that.
type State struct {
	dead  bool // this point is never reached
	facts []*Fact
	vars  map[*cell]Value
	heap  map[*Object]*content
	mask  map[*Point]uint32
	trust map[trustKey]bool
	own   [4]bool // which of the maps above are this state's alone
}

const (
	ownVars = iota
	ownHeap
	ownMask
	ownTrust
)

func (s *State) fork() *State {
	s.own = [4]bool{}
	s.facts = s.facts[:len(s.facts):len(s.facts)]
	f := *s
	return &f
}

func writable[K comparable, V any](s *State, which int, m *map[K]V) {
	if s.own[which] {
		return
	}
	c := make(map[K]V, len(*m)+1)
	for k, v := range *m {
		c[k] = v
	}
	*m, s.own[which] = c, true
}

func (s *State) setVar(c *cell, v Value) {
	writable(s, ownVars, &s.vars)
	s.vars[c] = v
}

func (s *State) content(o *Object) *content {
	if c, ok := s.heap[o]; ok {
		return c
	}
	return o.init
}

// edit gives the object's content for writing in this state.
func (s *State) edit(o *Object) *content {
	writable(s, ownHeap, &s.heap)
	c := s.content(o).clone()
	s.heap[o] = c
	return c
}

func (s *State) setTrust(k trustKey) {
	if !s.trust[k] {
		writable(s, ownTrust, &s.trust)
		s.trust[k] = true
	}
}

func (s *State) trusted(o *Opaque) bool {
	if o.Root.Origin == FromRequest {
		return s.trust[trustKey{o.Root, o.Path}]
	}
	return s.trust[trustKey{root: o.Root}]
}

// left is the set of alternatives of a point that are still possible.
func (s *State) left(p *Point) uint32 {
	if m, ok := s.mask[p]; ok {
		return m
	}
	return uint32(1)<<len(p.alts) - 1
}

// restrict keeps only the given alternatives of a point. When one is left, what
// holds with it holds now.
func (s *State) restrict(p *Point, mask uint32) {
	old := s.left(p)
	now := old & mask
	if now == 0 {
		s.dead = true
		return
	}
	if now == old && bits.OnesCount32(now) > 1 {
		return
	}
	if _, ok := s.mask[p]; ok && now == old {
		return
	}
	writable(s, ownMask, &s.mask)
	s.mask[p] = now
	if bits.OnesCount32(now) == 1 {
		s.assume(p.alts[bits.TrailingZeros32(now)])
		return
	}
	var lists [][]*Fact
	for i, a := range p.alts {
		if now&(1<<i) != 0 && !a.dead {
			lists = append(lists, a.facts)
		}
	}
	s.learn(Meet(lists)...)
}

// assume adds what an assumption says.
func (s *State) assume(a *assumption) {
	if a == nil || s.dead {
		return
	}
	if a.dead {
		s.dead = true
		return
	}
	s.learn(a.facts...)
	for k := range a.trust {
		s.setTrust(k)
	}
	for p, m := range a.mask {
		s.restrict(p, m)
		if s.dead {
			return
		}
	}
}

// learn adds facts that aren't implied already.
func (s *State) learn(facts ...*Fact) {
	for _, f := range facts {
		if f == nil || contains(s.facts, f) {
			continue
		}
		if f.Kind == Role {
			if excludes(f) && Entails(s.facts, f) {
				continue
			}
			s.facts = dropExcluded(s.facts, f)
		}
		s.facts = append(s.facts[:len(s.facts):len(s.facts)], f)
	}
}

// see resolves what this state already decided of a value.
func (s *State) see(v Value) Value {
	for {
		c, ok := v.(*Choice)
		if !ok {
			if v == nil {
				return unknown
			}
			return v
		}
		left := s.left(c.P)
		var first Value
		for i, x := range c.Vals {
			if left&(1<<i) == 0 {
				continue
			}
			if first == nil {
				first = x
			} else if !same(first, x) {
				return v
			}
		}
		if first == nil {
			return unknown
		}
		v = first
	}
}

// each calls visit with every alternative of a value that is still possible,
// nested ones included, in the state that takes it. A value that is no choice
// has itself alone.
func (s *State) each(v Value, visit func(*State, Value)) {
	v = s.see(v)
	c, ok := v.(*Choice)
	if !ok {
		visit(s, v)
		return
	}
	left := s.left(c.P)
	for i, x := range c.Vals {
		if left&(1<<i) == 0 {
			continue
		}
		f := s.fork()
		f.restrict(c.P, 1<<i)
		if !f.dead {
			f.each(x, visit)
		}
	}
}

// join merges the states that meet at one point, each with the value it brings
// (vals may be nil). What differs becomes a Choice at a new Point, so that a
// later check of one value brings back all that held together with it.
func join(states []*State, vals []Value) (*State, Value) {
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
	joinMasks(out, states)
	joinTrust(out, states)
	p := &Point{}
	for _, s := range states {
		p.alts = append(p.alts, &assumption{facts: without(s.facts, out.facts), mask: differing(s, out), trust: s.trust})
	}
	joinVars(out, states, p)
	joinHeap(out, states, p)
	if vals == nil {
		return out, unknown
	}
	return out, choose(p, vals)
}

// alive drops what is never reached, merges states beyond the bound, and puts
// together those that bring the same value and know the same.
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

// maxChoiceDepth bounds choices within choices, as a variable gets that is
// assigned anew in many branches one after the other.
const maxChoiceDepth = 8

func joinMasks(out *State, states []*State) {
	writable(out, ownMask, &out.mask)
	for p := range out.mask {
		m := uint32(0)
		for _, s := range states {
			m |= s.left(p)
		}
		if m == uint32(1)<<len(p.alts)-1 {
			delete(out.mask, p)
		} else {
			out.mask[p] = m
		}
	}
}

// differing is what a state had decided and the join of all has not.
func differing(s, out *State) map[*Point]uint32 {
	var d map[*Point]uint32
	for p, m := range s.mask {
		if out.left(p) != m {
			if d == nil {
				d = map[*Point]uint32{}
			}
			d[p] = m
		}
	}
	return d
}

func joinTrust(out *State, states []*State) {
	writable(out, ownTrust, &out.trust)
	for k := range out.trust {
		for _, s := range states[1:] {
			if !s.trust[k] {
				delete(out.trust, k)
				break
			}
		}
	}
}

func joinVars(out *State, states []*State, p *Point) {
	vals := make([]Value, len(states))
	done := map[*cell]bool{}
	for _, s := range states {
		for c := range s.vars {
			if done[c] {
				continue
			}
			done[c] = true
			for i, t := range states {
				vals[i] = c.in(t)
			}
			if v := choose(p, vals); !same(v, c.in(out)) {
				out.setVar(c, v)
			}
		}
	}
}

func joinHeap(out *State, states []*State, p *Point) {
	done := map[*Object]bool{}
	for _, s := range states {
		for o, c := range s.heap {
			if done[o] {
				continue
			}
			done[o] = true
			differ := false
			for _, t := range states {
				differ = differ || t.content(o) != c
			}
			if differ {
				mergeContent(out, o, states, p)
			}
		}
	}
}

func mergeContent(out *State, o *Object, states []*State, p *Point) {
	merged := newContent()
	longest := 0
	for _, t := range states {
		c := t.content(o)
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
		for i, t := range states {
			vals[i] = t.content(o).fields[n]
			if vals[i] == nil {
				vals[i] = undefined
			}
		}
		merged.fields[n] = choose(p, vals)
	}
	for k := range longest {
		for i, t := range states {
			vals[i] = undefined
			if e := t.content(o).elems; k < len(e) {
				vals[i] = e[k]
			}
		}
		merged.elems = append(merged.elems, choose(p, vals))
	}
	writable(out, ownHeap, &out.heap)
	out.heap[o] = merged
}
