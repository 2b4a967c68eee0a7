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
