package compare

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/protect"
)

// telling are fields that say what somebody may do, or whether they are who they
// say.
var telling = regexp.MustCompile(`(?i)(^|_)(is_?)?(role|permission|admin|owner|password|plan|credit|balance|quota|active|verified)s?$|(Role|Admin|Verified|Password|Permissions|Plan|Credits|Balance)$`)

// widened: the input is written as a whole, where the base chose the fields that
// the caller may write; those that say whose a row is, or what somebody may do,
// are among what came with it.
func (d *difference) widened(m match) {
	h := m.head.Written
	if m.fresh || m.head.Kind != catalog.Write || !h.Whole || h.Unread || d.seen["written"] {
		return
	}
	var before []string
	for _, e := range m.base {
		b := e.Written
		chosen := !b.Whole || (b.Picked || b.Omitted) && !h.Picked
		if len(e.Data) == 0 || b.Any || b.Unread || !chosen {
			return
		}
		before = append(before, b.Fields...)
	}
	var more []string
	for _, f := range h.Fields {
		if !slices.Contains(before, f) && (ownerField.MatchString(f) || telling.MatchString(f)) && m.head.Term(&protect.Term{Field: f}) == nil {
			more = append(more, f)
		}
	}
	instead := "the caller may write " + strings.Join(more, ", ") + " as well"
	if h.Any {
		instead = "the caller may write any field"
	} else if len(more) == 0 {
		return
	}
	d.seen["written"] = true
	d.add(&loss{pair: d.pair, layer: protect.Validation, change: Weakened, rule: "validation-removed", severity: Warning, confidence: protect.Medium,
		key: "written:" + m.head.Model, what: "choice of the fields that are written to " + nameOr(m.head.Model, "the row"), instead: instead,
		effect: m.head, evidence: d.writeEvidence(m.base[0])})
}

// writeEvidence is where an effect is called.
func (d *difference) writeEvidence(e *protect.Effect) []protect.Site {
	s := e.Site
	s.Why = "writes what the caller sends"
	return append(slices.Clone(e.Stack), s)
}
