package protect

import "slices"

// maxShownDepth bounds how far decisions are followed that depend on others.
const maxShownDepth = 4

// shownBy reports whether passing a check shows something, of whatever layer, or
// ties something to the caller.
func shownBy(before, passed *State) bool {
	if before.dead || passed.dead || tells(without(passed.facts, before.facts)) || owned(passed.trust) > owned(before.trust) {
		return true
	}
	return slices.ContainsFunc(differing(passed, before), func(d decision) bool { return shownLeft(d.at, d.left, 0) })
}

// shownLeft reports whether one of the ways of a Point that are left shows
// something.
func shownLeft(p *Point, mask uint32, depth int) bool {
	if depth > maxShownDepth {
		return false
	}
	for i, a := range p.alts {
		if mask&(1<<i) == 0 {
			continue
		}
		if tells(a.facts) || owned(a.trust) > 0 ||
			slices.ContainsFunc(a.mask, func(d decision) bool { return shownLeft(d.at, d.left, depth+1) }) {
			return true
		}
	}
	return false
}

func tells(facts []*Fact) bool {
	return slices.ContainsFunc(facts, func(f *Fact) bool { return f.Layer != "" || f.Kind == AnyOf })
}
