package protect

import (
	"slices"
	"sort"
	"strings"
)

// maxAnyOf bounds the alternatives of an AnyOf fact, and the facts of each.
const maxAnyOf = 4

// Meet is what all the lists imply: facts that each of them has, role sets
// united, and one AnyOf of what remains, when something remains in each.
func Meet(lists [][]*Fact) []*Fact {
	switch len(lists) {
	case 0:
		return nil
	case 1:
		return lists[0]
	}
	first := lists[0]
	equal := true
	for _, l := range lists[1:] {
		equal = equal && slices.Equal(first, l)
	}
	if equal {
		return first
	}
	var out []*Fact
	for i, l := range lists {
		for _, f := range l {
			if slices.Contains(out, f) || contains(out, f) {
				continue
			}
			if g := shared(f, lists, i); g != nil && !contains(out, g) {
				out = append(out, g)
			}
		}
	}
	if f := remainder(lists, out); f != nil {
		out = append(out, f)
	}
	return out
}

// shared is the form of a fact of list i that every list implies, if any.
func shared(f *Fact, lists [][]*Fact, i int) *Fact {
	weakest := f
	for j, l := range lists {
		if j == i || Entails(l, weakest) {
			continue
		}
		if f.Kind == Environment {
			if weakest = anyValue(weakest, l); weakest == nil {
				return nil
			}
			continue
		}
		if f.Kind != Role {
			return nil
		}
		k := slices.IndexFunc(l, func(g *Fact) bool { return g.Kind == Role && g.Key == f.Key })
		if k < 0 {
			return nil
		}
		united := *weakest
		united.Set = uniteRoles(weakest.Set, l[k].Set)
		if united.Set == nil {
			return nil
		}
		united.Evidence = append(slices.Clip(weakest.Evidence), l[k].Evidence...)
		weakest = &united
	}
	return weakest
}

// anyValue is that a setting has a value, where a list of facts says of it that it has
// another than a fact says; nil where it doesn't.
func anyValue(f *Fact, facts []*Fact) *Fact {
	name, _, not := settingOf(f.Key)
	if not || !slices.ContainsFunc(facts, func(g *Fact) bool {
		other, _, without := settingOf(g.Key)
		return g.Kind == Environment && other == name && !without
	}) {
		return nil
	}
	set := *f
	set.Key, set.What = name+" is set", name+" is set"
	return &set
}

func unite(a, b []string) []string {
	out := append(slices.Clone(a), b...)
	sort.Strings(out)
	return slices.Compact(out)
}

// uniteRoles is the set of roles that are in one of two sets; nil when that is
// every role.
func uniteRoles(a, b []string) []string {
	all := unite(a, b)
	var out []string
	for _, r := range all {
		if x, ok := strings.CutPrefix(r, "!"); ok {
			out = append(out, r)
			if slices.Contains(all, x) {
				return nil
			}
		}
	}
	switch len(out) {
	case 0:
		return all
	case 1:
		return out
	}
	return nil
}

func remainder(lists [][]*Fact, common []*Fact) *Fact {
	var alts [][]*Fact
	bare := true  // nothing but settings of the deployment
	roles := true // nothing but roles, all of which the common facts name
	for _, l := range lists {
		var rest []*Fact
		for _, f := range without(l, common) {
			if f.Kind != AnyOf && f.Layer != Validation && !excludes(f) {
				rest = append(rest, f)
				roles = roles && sameRole(common, f)
			}
		}
		if len(rest) == 0 {
			return nil
		}
		if guards := slices.DeleteFunc(slices.Clone(rest), condition); len(guards) > 0 {
			rest = guards
		}
		rest = rest[:min(len(rest), maxAnyOf)]
		bare = bare && onlyConditions(rest)
		if !slices.ContainsFunc(alts, func(a []*Fact) bool { return entailsAll(a, rest) && entailsAll(rest, a) }) {
			alts = append(alts, rest)
		}
	}
	if bare || roles || len(alts) < 2 || len(alts) > maxAnyOf {
		return nil
	}
	if slices.ContainsFunc(alts, onlyConditions) && slices.ContainsFunc(alts, onlyOwnership) || alwaysSo(alts) {
		return nil
	}
	f := &Fact{Kind: AnyOf, Layer: Authorization, Confidence: High, Any: alts}
	var whats []string
	for _, alt := range alts {
		g := mostTelling(alt)
		if layerRank(g.Layer) > layerRank(f.Layer) {
			f.Layer = g.Layer
		}
		whats = append(whats, g.What)
		f.Evidence = append(f.Evidence, g.Evidence...)
	}
	if allCaller(alts) {
		f.Layer = Authentication
	}
	f.What = strings.Join(slices.Compact(whats), " or ")
	return f
}

// condition reports whether a fact says only when a guard isn't asked for.
func condition(f *Fact) bool { return f.Kind == Environment || f.Kind == Absent }

// alwaysSo reports whether two alternatives say of a setting that it is and that
// it isn't: one of them always holds.
func alwaysSo(alts [][]*Fact) bool {
	for _, a := range alts {
		for _, b := range alts {
			if len(a) != 1 || len(b) != 1 || a[0].Kind != Environment || b[0].Kind != Environment {
				continue
			}
			name, is, not := settingOf(a[0].Key)
			other, was, wasNot := settingOf(b[0].Key)
			if name == other && is == was && not != wasNot {
				return true
			}
		}
	}
	return false
}

func onlyConditions(alt []*Fact) bool {
	return !slices.ContainsFunc(alt, func(f *Fact) bool { return !condition(f) })
}

// Conditional reports whether a fact is a guard that isn't always asked for, and
// gives what it asks for then.
func (f *Fact) Conditional() ([]*Fact, bool) {
	if f.Kind != AnyOf {
		return nil, false
	}
	var guards [][]*Fact
	for _, alt := range f.Any {
		if !onlyConditions(alt) {
			guards = append(guards, alt)
		}
	}
	if len(guards) != 1 || len(guards) == len(f.Any) {
		return nil, false
	}
	return guards[0], true
}

func onlyOwnership(alt []*Fact) bool {
	return !slices.ContainsFunc(alt, func(f *Fact) bool { return f.Layer != Ownership })
}

// sameRole reports whether facts have a set for the same role already.
func sameRole(facts []*Fact, f *Fact) bool {
	return f.Kind == Role && slices.ContainsFunc(facts, func(g *Fact) bool { return g.Kind == Role && g.Key == f.Key })
}

func mostTelling(facts []*Fact) *Fact {
	best := facts[0]
	for _, f := range facts[1:] {
		if layerRank(f.Layer) > layerRank(best.Layer) {
			best = f
		}
	}
	return best
}

func allCaller(alts [][]*Fact) bool {
	for _, alt := range alts {
		if !slices.ContainsFunc(alt, func(f *Fact) bool { return f.Kind == Caller || condition(f) }) {
			return false
		}
	}
	return true
}

func layerRank(l Layer) int {
	return slices.Index([]Layer{Validation, Authentication, Authorization, Ownership}, l)
}
