package protect

import "slices"

// tie is the equality of two values of which neither is known to be the caller's:
// as soon as one is, the other is too. Code that compares a row's tenant with an
// input first, and asks for the caller's membership of it afterwards, needs that.
type tie struct {
	n     int // how many came before
	sides [2]*Opaque
	shows [2]*Fact // what holds once the other side is the caller's
}

// tiePath stands in a trustKey for what is no path.
const tiePath = "="

// there stands in a trustKey for no tie, but for an input being there.
var there = &tie{}

// isThere notes that a credential was sent.
func (s *State) isThere(o *Opaque) {
	if credentialPath(o) || o.Root.Origin == FromRequest && keyName.MatchString(lastStep(o.Path)) {
		s.setTrust(trustKey{root: o.Root, path: o.Path, tie: there})
	}
}

// wasSent reports whether a value that comes from a credential is known to be there:
// it, or what it was taken from, was asked for, or went through a schema, or it's a hash,
// which what isn't there has none of.
func (s *State) wasSent(v Value, o *Opaque) bool {
	if x, ok := s.see(v).(*Extern); ok && signs(x) {
		return true
	}
	for path := o.Path; ; path = path[:stepStart(path)] {
		if s.trust[trustKey{root: o.Root, path: path, tie: there}] || isCallStep(path) && signing.MatchString(lastStep(path)) {
			return true
		}
		if stepStart(path) < 0 {
			return slices.ContainsFunc(s.facts, func(f *Fact) bool { return f.Kind == Input })
		}
	}
}

// tied notes the equality of two values. The same two are one tie, so that what
// several ways have compared is still compared where they meet.
func (ev *eval) tied(s *State, x, y *Opaque, site Site) {
	if x.Root == y.Root && x.Root.Origin != FromRequest {
		return
	}
	at := [2]trustKey{{root: x.Root, path: x.Path}, {root: y.Root, path: y.Path}}
	t := ev.ties[at]
	if t == nil {
		t = &tie{n: len(ev.ties), sides: [2]*Opaque{x, y}, shows: [2]*Fact{ev.ownerFact(y, x, site), ev.ownerFact(x, y, site)}}
		if ev.ties == nil {
			ev.ties = map[[2]trustKey]*tie{}
		}
		ev.ties[at] = t
	}
	root := x.Root
	if root.Origin != FromResource {
		root = y.Root
	}
	s.setTrust(trustKey{root: root, path: tiePath, tie: t})
}

// conclude draws from the ties what follows from what is the caller's by now.
func (s *State) conclude() {
	for _, t := range tiesOf(s.trust) {
		for i, o := range t.sides {
			if s.standing(o) == Chosen && s.standing(t.sides[1-i]) >= Checked {
				s.belongs(o) // and concludes what else follows
				s.learn(t.shows[i])
			}
		}
	}
}

// tiesOf lists ties in the order in which they were first seen.
func tiesOf(trust map[trustKey]bool) []*tie {
	var out []*tie
	for k := range trust {
		if k.tie != nil && k.tie != there {
			out = append(out, k.tie)
		}
	}
	slices.SortFunc(out, func(a, b *tie) int { return a.n - b.n })
	return out
}

// owned counts what is the caller's, ties apart.
func owned(trust map[trustKey]bool) int {
	n := 0
	for k := range trust {
		if k.tie == nil {
			n++
		}
	}
	return n
}
