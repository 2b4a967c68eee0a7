package compare

import (
	"regexp"
	"slices"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
)

// lostOwnership: the base's rows were tied to the caller, the head's are not.
func (d *difference) lostOwnership(m match) {
	if m.fresh || m.head.Kind == "answer" {
		if m.head.Kind == "answer" {
			d.lostOwnerFacts(m)
		}
		return
	}
	base := slices.DeleteFunc(slices.Clone(m.base), func(e *protect.Effect) bool { return e.Adds })
	if len(base) == 0 || slices.ContainsFunc(base, func(e *protect.Effect) bool { return !e.Owned() }) {
		return
	}
	b := base[0]
	key := "scope:" + b.Model
	if m.head.Adds || m.head.Owned() || d.seen[key] || m.many && outward(m.head) {
		return
	}
	if m.more && !m.head.GivenInput() || m.head.Derived() && slices.ContainsFunc(wayTo(m.head), d.came) {
		return // beside those that were there, or by what was found: the caller can't say on which rows
	}
	f := lostOwner(b.Facts, m.head.Facts)
	if f == nil && d.pair.base.Kind == endpoint.Page && b.Scope == protect.Checked {
		return // a layout around it still asks whether what the page is of is the caller's
	}
	d.seen[key] = true
	l := &loss{pair: d.pair, layer: protect.Ownership, change: Removed, rule: "owner-scope-removed", severity: Error,
		confidence: protect.High, key: key, what: "selection of " + nameOr(b.Model, "the rows") + " by the caller", effect: m.head, evidence: d.scopeEvidence(b)}
	if b.ScopedBy != nil && b.ScopedBy.Field != "" && b.ScopedBy.Field != "*" {
		l.what = "selection of " + nameOr(b.Model, "the rows") + " by " + b.ScopedBy.Field
	}
	if t := m.head.Term(b.ScopedBy); t != nil && t.Requested() && !b.ScopedBy.Requested() {
		l.change, l.rule, l.instead = Weakened, "owner-id-from-request", t.Field+" is taken from the request"
	}
	if f != nil && (f.Kind != protect.AnyOf || !d.seen[f.ID()]) { // what is told already has its place
		l.what, l.evidence = f.What, append(l.evidence, f.Evidence...)
	}
	d.add(l)
}

func nameOr(s, deflt string) string {
	if s == "" {
		return deflt
	}
	return s
}

// scopeEvidence is where an effect's selection stands.
func (d *difference) scopeEvidence(e *protect.Effect) []protect.Site {
	s := e.Site
	s.Why = "selects rows by the caller"
	return append(slices.Clone(e.Stack), s)
}

// lostOwner is the last of facts that ties something to the caller, in one of some ways
// perhaps, and that others lack; nil when there is none.
func lostOwner(facts, have []*protect.Fact) *protect.Fact {
	for _, f := range slices.Backward(facts) {
		ties := f.Kind == protect.Owner || slices.ContainsFunc(f.Any, func(alt []*protect.Fact) bool { return protect.Holds(alt, protect.Ownership) })
		if ties && !protect.Entails(have, f) {
			return f
		}
	}
	return nil
}

// lostOwnerFacts: a comparison or lookup that tied a resource to the caller is
// gone, and nothing ties the head's effects instead.
func (d *difference) lostOwnerFacts(m match) {
	for _, f := range common(m.base) {
		if f.Kind != protect.Owner && (f.Kind != protect.Predicate || f.Layer != protect.Ownership) || protect.Entails(m.head.Facts, f) || d.seen[f.ID()] || d.hasNewOwner(m) || d.anyOwnershipLost() {
			continue
		}
		d.seen[f.ID()] = true
		l := d.lostFact(m, f)
		l.rule = "owner-check-removed"
		d.add(l)
	}
}

func (d *difference) anyOwnershipLost() bool {
	return slices.ContainsFunc(d.out, func(l *loss) bool { return l.layer == protect.Ownership })
}

func (d *difference) hasNewOwner(m match) bool { return d.hasNewOwnerFact(m) || d.allOwned() }

func (d *difference) hasNewOwnerFact(m match) bool {
	base := common(m.base)
	return slices.ContainsFunc(m.head.Facts, func(h *protect.Fact) bool {
		return h.Layer == protect.Ownership && !protect.Entails(base, h)
	})
}

// allOwned reports whether every effect of the head that the caller's input
// selects is tied to the caller, and there is one.
func (d *difference) allOwned() bool {
	owned := false
	for _, e := range d.head.Effects {
		if e.Scope == protect.Chosen && !d.choseBefore(e) {
			return false
		}
		owned = owned || e.Owned()
	}
	return owned
}

// choseBefore reports whether the base lets the caller choose the rows of the
// same kind of effect, too: by the token that they present, say.
func (d *difference) choseBefore(e *protect.Effect) bool {
	return slices.ContainsFunc(d.base.Effects, func(b *protect.Effect) bool {
		return b.Scope == protect.Chosen && b.Kind == e.Kind && b.Model == e.Model
	})
}

// ownerField are fields that say whose a row is.
var ownerField = regexp.MustCompile(`(?i)(^|[._])(user|owner|author|creator|org|organi[sz]ation|team|workspace|project|tenant|account|member|customer)(_?id)?$|(By|ById|_by)$`)

// lostOrigin: what is written, or asked of a service, in somebody's name is now
// taken from the request.
func (d *difference) lostOrigin(m match) {
	if m.fresh || m.head.Kind != catalog.Write && m.head.Kind != catalog.Service && m.head.Kind != catalog.Unknown {
		return
	}
	for _, field := range sortedFields(m.base[0].DataStanding) {
		was, is := leastStanding(m.base, field), m.head.DataStanding[field]
		if was == protect.Checked && is == protect.Stranger {
			is = m.head.DataStanding["*"] // it may be part of what is written as a whole
		}
		if is != protect.Chosen || d.seen["data:"+field] {
			continue
		}
		if was == protect.Checked && scopeField.MatchString(field) && !d.hasNewOwnerFact(m) {
			d.uncheckedID(m, field)
			continue
		}
		if !ownerField.MatchString(field) || was < protect.Belonging || outward(m.head) && d.stillSent(m, field, was) {
			continue
		}
		d.seen["data:"+field] = true
		d.add(&loss{pair: d.pair, layer: protect.Ownership, change: Weakened, rule: "owner-id-from-request", severity: Error,
			confidence: protect.High, key: "data:" + field, what: field + " taken from the session", instead: field + " is taken from the request",
			effect: m.head, evidence: d.scopeEvidence(m.base[0])})
	}
}

// stillSent reports whether as much is sent in somebody's name as the base sent, beside
// what came.
func (d *difference) stillSent(m match, field string, was protect.Standing) bool {
	n := 0
	for _, e := range d.head.Effects {
		if e.Kind == m.head.Kind && e.Model == m.head.Model && e.Op == m.head.Op && e.DataStanding[field] >= was {
			n++
		}
	}
	return m.many && n >= len(m.base)
}

// leastStanding is that of a written field where it is nearest to what anybody
// may send: one of several effects of a kind may have gone, and the others were so.
func leastStanding(effects []*protect.Effect, field string) protect.Standing {
	least := effects[0].DataStanding[field]
	for _, e := range effects[1:] {
		if s, ok := e.DataStanding[field]; ok {
			least = min(least, s)
		}
	}
	return least
}

func sortedFields[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
