package compare

import (
	"slices"

	"github.com/authdiff/authdiff/checks/protect"
)

// unawaited finds a check that the head still makes, in a function whose promise is
// taken for its answer.
func (d *difference) unawaited() {
	if slices.ContainsFunc(d.out, func(l *loss) bool { return l.layer != protect.Validation }) {
		return
	}
	before := keysOf(d.base.Unawaited)
	for _, u := range d.head.Unawaited {
		for _, t := range u.Tests {
			if !t.Tells() || before[t.Key()] {
				continue
			}
			c := d.asks(t)
			if c == nil {
				continue
			}
			d.add(&loss{pair: d.pair, layer: t.Layer(), change: Bypassed, severity: Error, confidence: protect.Medium, rule: "auth-guard-bypassed",
				key: "unawaited:" + t.Key(), what: "check whose answer nobody waits for", evidence: checkSites(c)})
			return
		}
	}
}

func keysOf(checks []*protect.Check) map[string]bool {
	keys := map[string]bool{}
	for _, c := range checks {
		for _, t := range c.Tests {
			keys[t.Key()] = true
		}
	}
	return keys
}

// asks is the base's last check that asks a question, on a way that the change
// touched; nil for none.
func (d *difference) asks(t protect.Test) *protect.Check {
	for _, c := range slices.Backward(d.base.Checks) {
		if slices.ContainsFunc(c.Tests, func(b protect.Test) bool { return b.Key() == t.Key() }) && d.touches(append(slices.Clone(c.Stack), t.Site, c.Site)) {
			return c
		}
	}
	return nil
}
