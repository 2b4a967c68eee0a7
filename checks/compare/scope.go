package compare

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/protect"
)

// scopeField are fields by which rows are tied to the caller or to what is theirs.
var scopeField = regexp.MustCompile(`[a-z0-9](Id|_id|ID)$`)

// lostField: a selection is still tied to the caller, but by fewer conditions: a
// field that the base asked for is gone from a query, or from what it reads along.
// Another one in its place isn't less, nor is a record that is checked after it
// was found.
func (d *difference) lostField(m match) {
	if m.fresh || m.many || len(m.base) != 1 || m.head.Kind == "answer" || d.anyOwnershipLost() {
		return
	}
	b := m.base[0]
	was, is := b.Scopes(), m.head.Scopes()
	if d.hasNewOwnerFact(m) || slices.ContainsFunc(is, func(t protect.Term) bool { return !hasField(was, t.Field) }) {
		return
	}
	for _, t := range was {
		relation, along := cutLast(t.Field)
		along = along && m.head.Along(relation) && d.stands(b.Site) // it's still read along
		if hasField(is, t.Field) || !along && (len(is) == 0 || tiedByRecord(m.head)) || !scopeField.MatchString(t.Field) && !ownerField.MatchString(t.Field) {
			continue
		}
		l := &loss{pair: d.pair, layer: protect.Ownership, change: Weakened, rule: "owner-scope-removed", severity: Warning,
			confidence: protect.Medium, key: "field:" + b.Model + "." + t.Field, what: "selection of " + nameOr(b.Model, "the rows") + " by " + t.Field,
			effect: m.head, evidence: d.scopeEvidence(b)}
		if d.touchesField(b.Site, t.Field) || d.touches(b.Stack) {
			d.add(l)
			return
		}
	}
}

// stands reports whether a query still begins where it did.
func (d *difference) stands(s protect.Site) bool {
	first, _ := s.Lines()
	return !d.diffOf(s.File.Path).changed(first)
}

// touchesField reports whether the change touched a line of a query that names a
// field.
func (d *difference) touchesField(s protect.Site, field string) bool {
	fd := d.diffOf(s.File.Path)
	first, last := s.Lines()
	for n := first; n <= last; n++ {
		if fd.changed(n) && strings.Contains(d.baseLine(s.File, n), lastName(field)) {
			return true
		}
	}
	return false
}

func lastName(field string) string { return field[strings.LastIndexByte(field, '.')+1:] }

// cutLast is what leads to a field.
func cutLast(field string) (string, bool) {
	i := strings.LastIndexByte(field, '.')
	return field[:max(i, 0)], i > 0
}

// hasField reports whether a condition is on a field, wherever the relation that
// leads to it stands.
func hasField(terms []protect.Term, field string) bool {
	last := lastName(field)
	return slices.ContainsFunc(terms, func(t protect.Term) bool {
		return t.Field == field || lastName(t.Field) == last && last != "id"
	})
}

// lostOutward: a call of another service is given what the caller sent, where the
// base had looked it up as theirs. No selection ties it to them, as it does a row.
func (d *difference) lostOutward(m match) {
	if m.fresh || !outward(m.head) || !m.head.Loose() || slices.ContainsFunc(m.base, (*protect.Effect).Loose) || d.hasNewOwnerFact(m) || d.anyOwnershipLost() {
		return
	}
	for _, f := range common(m.base) {
		if f.Kind != protect.Owner || protect.Entails(m.head.Facts, f) || d.seen[f.ID()] || !d.askedInChange(f) {
			continue
		}
		d.seen[f.ID()] = true
		l := d.lostFact(m, f)
		l.rule, l.severity = "owner-check-removed", Warning
		d.add(l)
	}
}

// uncheckedID: the id that is written was looked up as the caller's before.
func (d *difference) uncheckedID(m match, field string) {
	d.seen["data:"+field] = true
	for _, f := range common(m.base) {
		if f.Kind != protect.Owner || protect.Entails(m.head.Facts, f) || !d.askedInChange(f) || d.anyOwnershipLost() {
			continue
		}
		l := d.lostFact(m, f)
		l.rule, l.severity, l.key = "owner-check-removed", Warning, "data:"+field
		d.add(l)
		return
	}
}
