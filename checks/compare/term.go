package compare

import (
	"regexp"
	"slices"

	"github.com/authdiff/authdiff/checks/protect"
)

// tenantField are fields that say to which user or organisation a row belongs.
var tenantField = regexp.MustCompile(`(?i)(^|[._]|[a-z])(user|owner|org|organi[sz]ation|team|workspace|project|tenant|account|company|shop|space|partner|member)_?id$`)

// droppedTerm finds a selection that names fewer of those whom the rows belong to:
// the user, say, and no longer their organisation. All else of it must be as
// before, so that the condition can't have moved.
func (d *difference) droppedTerm(m match) {
	if m.fresh || m.head.Adds || len(m.base) != 1 || d.anyOwnershipLost() || d.showsMore() {
		return
	}
	gone := withoutFields(m.base[0], m.head)
	if len(gone) != 1 || len(withoutFields(m.head, m.base[0])) > 0 || len(m.head.Terms) == 0 {
		return
	}
	b, t := m.base[0], gone[0]
	if !tenantField.MatchString(t.Field) || b.Standing(t) < protect.Belonging || tiedByRecord(m.head) || d.movedTerm(b, t) || d.seen["term:"+b.Model+t.Field] {
		return
	}
	d.seen["term:"+b.Model+t.Field] = true
	d.add(&loss{pair: d.pair, layer: protect.Ownership, change: Weakened, rule: "owner-scope-removed", severity: Error, confidence: protect.High,
		key: "term:" + b.Model + t.Field, what: "selection of " + nameOr(b.Model, "the rows") + " by " + t.Field,
		effect: m.head, evidence: d.scopeEvidence(b)})
}

// withoutFields lists the conditions of an effect on fields that another's has none
// on; nil as well when one has alternatives, or a field that isn't known.
func withoutFields(e, other *protect.Effect) []*protect.Term {
	var out []*protect.Term
	for i := range e.Terms {
		t := &e.Terms[i]
		if t.Or != nil || t.Field == "" {
			return nil
		}
		if !slices.ContainsFunc(other.Terms, func(o protect.Term) bool { return o.Field == t.Field }) {
			out = append(out, t)
		}
	}
	return out
}

// movedTerm reports whether the head has the condition at another effect on the
// table, or one more effect there.
func (d *difference) movedTerm(b *protect.Effect, t *protect.Term) bool {
	count := func(p *protect.Protection) (all, with int) {
		seen := map[protect.Site]bool{}
		for _, e := range p.Effects {
			if e.Model != b.Model || seen[e.Site] {
				continue
			}
			seen[e.Site] = true
			all++
			if e.Term(t) != nil {
				with++
			}
		}
		return all, with
	}
	before, had := count(d.base)
	now, has := count(d.head)
	return now > before || has >= had
}

// tiedByRecord reports whether rows were shown to be the caller's once they were
// read, or are selected by what was taken from a record of theirs.
func tiedByRecord(e *protect.Effect) bool {
	if e.Scope == protect.Belonging && (e.ScopedBy == nil || e.Standing(e.ScopedBy) < e.Scope) {
		return true
	}
	return slices.ContainsFunc(e.Terms, func(t protect.Term) bool {
		return !tenantField.MatchString(t.Field) && e.Standing(&t) >= protect.Belonging
	})
}
