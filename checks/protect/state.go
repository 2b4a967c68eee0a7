package protect

import (
	"maps"
	"math/bits"
	"slices"

	"github.com/authdiff/authdiff/checks/ordered"
)

// Point is a place where the evaluation could have gone several ways. Each way
// comes with what holds on it.
type Point struct {
	alts []*assumption
	// depth is above zero for one that stands for several Points, one within the
	// other: each of its ways is one of theirs, by mask. They have less depth.
	depth  int
	within []*Point // those
	// tests are what decides which way it is.
	tests []Test
	numbered
}

// maxAlternatives bounds a Point: more ways are merged into the last.
const maxAlternatives = 32

// assumption is what holds on one way of a Point or once a promise is awaited.
type assumption struct {
	facts []*Fact
	mask  []decision
	trust map[trustKey]bool
	dead  bool // it never comes to this
	// unread are records that are read on other ways of the Point, and not on this.
	unread ordered.Map[*Root]
}

// trustKey is a value that was shown to belong to the caller: a whole root
// (Path empty), one field of it, or one input of the request. With a tie it is an
// equality instead, of the root with something. Without a root it is what a package's
// function answered, by the first thing that it was called with.
type trustKey struct {
	root   *Root
	path   string
	tie    *tie
	answer *Value
}

// answerKey is that of what a package's function answered; ok is false for what was made
// of nothing.
func answerKey(x *Extern) (key trustKey, ok bool) {
	if len(x.Args) == 0 {
		return trustKey{}, false
	}
	return trustKey{answer: &x.Args[0], path: x.Path}, true
}

// State is what holds at one point of the program. It is forked where paths
// part.
type State struct {
	dead     bool // this point is never reached
	ownTrust bool // trust is this state's alone
	facts    []*Fact
	vars     ordered.Map[variable]
	heap     ordered.Map[holding]
	mask     decisions
	trust    map[trustKey]bool
	read     ordered.Map[*Root] // records that were read on some way here
	// some are rights that were shown on some of the ways that a condition let
	// through, while others needed none: a list of what a key may do, or of all.
	some []*Fact
}

// maxSome bounds them.
const maxSome = 8

// showSome notes rights that hold on a way which is joined with others.
func (s *State) showSome(facts []*Fact) {
	for _, f := range facts {
		if f.Layer == Authorization && len(s.some) < maxSome && !hasFact(s.some, f) {
			s.some = append(slices.Clip(s.some), f)
		}
	}
}

// variable is the present value of a cell.
type variable struct {
	of    *cell
	value Value
}

// holding is what an object holds at present.
type holding struct {
	of *Object
	*content
}

func (s *State) fork() *State {
	s.ownTrust = false
	s.facts = s.facts[:len(s.facts):len(s.facts)]
	s.mask.share()
	f := *s
	return &f
}

func (s *State) setVar(c *cell, v Value) {
	s.vars = s.vars.With(c.number(), variable{c, v})
}

func (s *State) content(o *Object) *content {
	if h, ok := s.heap.Get(o.n); ok {
		return h.content
	}
	return o.init
}

// edit gives the object's content for writing in this state.
func (s *State) edit(o *Object) *content {
	c := s.content(o).clone()
	s.setContent(o, c)
	return c
}

func (s *State) setContent(o *Object, c *content) {
	s.heap = s.heap.With(o.number(), holding{o, c})
}

// writeTrust makes the map of trusts this state's own.
func (s *State) writeTrust() {
	if s.ownTrust {
		return
	}
	own := make(map[trustKey]bool, len(s.trust)+1)
	maps.Copy(own, s.trust)
	s.trust, s.ownTrust = own, true
}

func (s *State) setTrust(k trustKey) {
	if !s.trust[k] {
		s.writeTrust()
		s.trust[k] = true
		s.conclude()
	}
}

// setTrusts sets several, and draws conclusions when it knows them all, so that it
// doesn't matter in which order they come.
func (s *State) setTrusts(trust map[trustKey]bool) {
	more := false
	for k := range trust {
		if !s.trust[k] {
			s.writeTrust()
			s.trust[k], more = true, true
		}
	}
	if more {
		s.conclude()
	}
}

// reads notes that a record was read.
func (s *State) reads(r *Root) {
	if !s.hasRead(r) {
		s.read = s.read.With(r.number(), r)
	}
}

func (s *State) hasRead(r *Root) bool {
	_, ok := s.read.Get(r.n)
	return ok
}

// unread reports whether a trust is in a record that no way here has read:
// nothing here can come from it.
func (s *State) unread(k trustKey) bool {
	return k.tie == nil && k.root != nil && k.root.effect != nil && !s.hasRead(k.root)
}

// left is the set of alternatives of a point that are still possible.
func (s *State) left(p *Point) uint32 {
	m, ok := s.mask.of(p)
	if !ok {
		m = uint32(1)<<len(p.alts) - 1
	}
	if p.depth > 0 {
		for i, a := range p.alts {
			if s.excludes(a) {
				m &^= 1 << i
			}
		}
	}
	return m
}

// excludes reports whether an assumption contradicts what was decided.
func (s *State) excludes(a *assumption) bool {
	for _, d := range a.mask {
		if m, ok := s.mask.of(d.at); ok && m&d.left == 0 {
			return true
		}
	}
	return false
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
	if _, ok := s.mask.of(p); ok && now == old {
		return
	}
	s.mask.set(p, now)
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
	s.read = s.read.Minus(a.unread)
	s.setTrusts(a.trust)
	for _, d := range a.mask {
		s.restrict(d.at, d.left)
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
		if f.Kind == Environment && slices.ContainsFunc(s.facts, func(g *Fact) bool { return opposes(f, g) }) {
			s.dead = true
			return
		}
		if f.Kind == Role {
			if Entails(s.facts, f) {
				continue
			}
			s.facts = dropImplied(s.facts, f)
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

// idle reports whether a choice is one of true and false alone, on which nothing else
// hangs: a state knows no more of either way.
func (c *Choice) idle(s *State) bool {
	return !slices.ContainsFunc(c.Vals, func(v Value) bool { return v != Value(yes) && v != Value(no) && v != Value(undecided) }) &&
		!slices.ContainsFunc(c.P.alts, func(a *assumption) bool {
			return a.dead || len(a.facts)+len(a.mask) > 0 || a.unread != (ordered.Map[*Root]{}) || !sharedTrust(a.trust, s.trust)
		})
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
