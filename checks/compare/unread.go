package compare

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/protect"
)

// What can't be understood is a value, for each layer: where the base's guard was
// understood and code that can't be read stands in its place, nobody knows whether
// it guards. That is said, and is no proof that the guard is gone.

// guardWord are names of what may stand in a guard's place.
var guardWord = regexp.MustCompile(`(?i)auth|guard|polic|permission|access|role|session|allow|protect|enforce|secur|verif|\bacl\b|[ra]bac|entitle|owner`)

// unread lists the calls into code that can't be read which the head has and the
// base lacks, in the order in which they run.
func (d *difference) unread() []*protect.Effect {
	var out []*protect.Effect
	for _, e := range d.head.Effects {
		known := func(b *protect.Effect) bool { return b.Kind == e.Kind && b.Op == e.Op && b.Model == e.Model }
		if e.Kind == catalog.Unknown && !slices.ContainsFunc(d.base.Effects, known) {
			out = append(out, e)
		}
	}
	return out
}

// givesWay lowers a loss to what it is when a guard gave way to a call that may be
// one, before the effect.
func (d *difference) givesWay(l *loss) {
	if l.severity != Error || l.layer != protect.Authentication && l.layer != protect.Authorization {
		return
	}
	until := slices.Index(d.head.Effects, l.effect)
	for _, e := range d.unread() {
		if i := slices.Index(d.head.Effects, e); until >= 0 && i >= until || !guardWord.MatchString(e.Op+" "+e.Model) {
			continue
		}
		l.change, l.severity, l.confidence, l.rule = Weakened, Warning, protect.Low, "auth-guard-weakened"
		l.instead = fmt.Sprintf("%s() of %s stands in its place, which can't be read", e.Op, e.Model)
		return
	}
}

// lostOwner says so when the rows that the base selected by the caller are left to
// code that can't be read, with what the caller sends.
func (d *difference) lostOwner() {
	if d.anyOwnershipLost() {
		return
	}
	for _, b := range d.base.Effects {
		again := func(h *protect.Effect) bool { return h.Model == b.Model }
		if !b.Owned() || b.Model == "" || b.Kind == catalog.Unknown || slices.ContainsFunc(d.head.Effects, again) {
			continue
		}
		for _, e := range d.unread() {
			if e.GivenInput() {
				d.skip(d.pair.head, fmt.Sprintf("%s: whether %s() of %s keeps to what belongs to the caller isn't known: it can't be read",
					d.pair.head.Name, e.Op, e.Model))
				return
			}
		}
	}
}
