package compare

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

var userModel = regexp.MustCompile(`(?i)^_?(user|account|member|profile|customer|admin|person|people|employee)s?$`)

// droppedSelect: a query on a user record names its fields in the base, and
// gives the whole record in the head: password hashes and tokens with it.
func (d *difference) droppedSelect(m match) {
	if m.fresh || m.head.Kind == "answer" || !userModel.MatchString(m.head.Model) || m.head.Selected || d.seen["select:"+m.head.Model] {
		return
	}
	for _, b := range m.base {
		if !b.Selected {
			return
		}
	}
	d.seen["select:"+m.head.Model] = true
	l := &loss{pair: d.pair, layer: protect.Authorization, change: Weakened, rule: "user-fields-unselected", severity: Notice,
		confidence: protect.High, key: "select:" + m.head.Model, what: "field selection by select", effect: m.head, evidence: d.scopeEvidence(m.base[0]),
		message: fmt.Sprintf("%s reads every field of %s: the field selection is gone", d.pair.head.Name, m.head.Model),
		impact:  "Fields that were held back, such as a password hash, may reach the answer"}
	d.add(l)
}

// statusChanged: a refusal that hid whether a resource exists now tells.
func (d *difference) statusChanged() {
	b, h := statuses(d.base), statuses(d.head)
	if !b[404] || b[403] || !h[403] {
		return
	}
	for _, r := range d.base.Denials {
		if r.Status != 404 || r.Site.File == nil || !slices.ContainsFunc(r.Facts, func(f *protect.Fact) bool { return f.Kind == protect.Caller }) {
			continue
		}
		line, _ := r.Site.Lines()
		if !d.diffOf(r.Site.File.Path).deleted(line) {
			continue
		}
		l := &loss{pair: d.pair, layer: protect.Ownership, change: Weakened, rule: "not-found-became-forbidden", severity: Notice,
			confidence: protect.High, key: "404", what: "refusal with 404",
			message: fmt.Sprintf("%s refuses with 403 where it said 404", d.pair.head.Name),
			impact:  "A caller can tell which ids exist, though they belong to somebody else"}
		l.place, l.side = source.Place{Path: r.Site.File.Path, Line: line, EndLine: line}, Base
		d.out = append(d.out, l)
		return
	}
}

func statuses(p *protect.Protection) map[int]bool {
	out := map[int]bool{}
	for _, d := range p.Denials {
		out[d.Status] = true
	}
	return out
}

// lostPolicies: the database asked its own policies about each row, and asks none
// now. What they said isn't in the repository, or not in its code, so that this is
// a warning; none is lost where the query itself is tied to the caller.
func (d *difference) lostPolicies(m match) {
	if m.fresh || m.head.Rights != protect.OperatorsRights || m.head.Owned() || d.seen["policies:"+m.head.Model] {
		return
	}
	for _, b := range m.base {
		if b.Rights != protect.CallersRights {
			return
		}
	}
	for field, standing := range m.head.DataStanding {
		if m.head.Adds && ownerField.MatchString(field) && standing >= protect.Belonging {
			return
		}
	}
	d.seen["policies:"+m.head.Model] = true
	made := m.base[0].Client
	made.Why = "makes the client with the caller's rights"
	d.add(&loss{pair: d.pair, layer: protect.Ownership, change: Weakened, rule: "row-policies-bypassed", severity: Warning, confidence: protect.Medium,
		key: "policies:" + m.head.Model, what: "row policies for the caller", effect: m.head, evidence: append(d.scopeEvidence(m.base[0]), made),
		message: fmt.Sprintf("%s asks for %s with the service role, which passes by every row policy; before, the caller's rights decided",
			d.pair.head.Name, nameOr(m.head.Model, "rows"))})
}
