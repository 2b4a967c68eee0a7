package compare

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/protect"
)

var (
	// refusal is how code says that the caller may not
	refusal = regexp.MustCompile(`(?i)\b40[13]\b|unauthori[sz]|unauthenticated|not ?authenticated|forbidden|access ?denied|not allowed|no access|have access|` +
		`permissions?(\b|_| ?(denied|error|exception|required|missing))|not (a )?(member|part|invited|the owner)|/log-?in|sign-?in`)
	// limit is how code says that nobody may, or that the caller may not yet
	limit = regexp.MustCompile(`(?i)rate.?limit|too many|\bplan\b|quota|licen[cs]e|trial|exceed|upgrade|feature|\bbeta\b|(not|un)[- ]?(yet )?(available|supported|enabled)|disabled|coming soon`)
)

// droppedCheck finds a check that refused callers and is gone, or refuses nobody
// any more, where nothing was put in its place. It is for checks whose passing
// shows nothing by itself, or what something else happens to show as well, such as
// a crash or a lookup by an id that isn't there.
func (d *difference) droppedCheck() {
	if slices.ContainsFunc(d.out, func(l *loss) bool { return l.severity == Error }) || d.showsMore() || d.selectsMore() {
		return
	}
	before, now := d.questions(d.base.Checks), d.questions(d.head.Checks)
	if now.refuseMore(before) {
		return
	}
	for _, c := range d.base.Checks {
		if !d.refuses(c) {
			continue
		}
		lacks := now.lack(c)
		if !lacks && !d.endsNothing(c) && !d.turnedRound(c) || !d.checkTouched(c) {
			continue
		}
		if gone := append(now.lacking(c), c.Site); lacks && now.askPart(c) && !d.touches(gone) && !d.leavesBefore(gone) {
			continue
		}
		d.dropped(c)
		return
	}
}

// dropped notes a check that is gone.
func (d *difference) dropped(c *protect.Check) {
	t := mostTelling(c)
	l := &loss{pair: d.pair, layer: t.Layer(), change: Removed, severity: Error, confidence: protect.Medium, rule: "auth-guard-removed",
		key: "check:" + t.Key(), what: "check that refused the caller", evidence: checkSites(c)}
	if l.layer == protect.Ownership {
		l.rule = "owner-check-removed"
	}
	d.out = slices.DeleteFunc(d.out, func(o *loss) bool { return o.severity == Warning && o.layer != protect.Validation })
	d.add(l)
}

// mostTelling is the question of a check that says most about what it protects: whose
// something is rather than whether it is there.
func mostTelling(c *protect.Check) protect.Test {
	whose := func(t protect.Test) bool { return t.Tells() && t.Layer() == protect.Ownership }
	if i := slices.IndexFunc(c.Tests, whose); i >= 0 {
		return c.Tests[i]
	}
	return c.Tests[slices.IndexFunc(c.Tests, protect.Test.Tells)]
}

// leaving is how a refusal leaves its function.
var leaving = regexp.MustCompile(`\b(return|throw)\b|[\s;]+`)

// unsentRefusal finds a check that makes the very refusal that it made, and no longer
// returns or throws it. Nobody means that, whatever else still refuses.
func (d *difference) unsentRefusal() {
	if slices.ContainsFunc(d.out, func(l *loss) bool { return l.severity == Error }) {
		return
	}
	unsent := map[string]bool{}
	for _, h := range d.head.Checks {
		if !h.Loose && !h.Ends && refusal.MatchString(h.Refusal) {
			unsent[leaving.ReplaceAllString(h.Refusal, "")] = true
		}
	}
	if len(unsent) == 0 {
		return
	}
	for _, b := range d.base.Checks {
		if !b.Ends {
			delete(unsent, leaving.ReplaceAllString(b.Refusal, ""))
		}
	}
	for _, c := range d.base.Checks {
		if d.refuses(c) && unsent[leaving.ReplaceAllString(c.Refusal, "")] && d.touches([]protect.Site{c.Site}) {
			d.dropped(c)
			return
		}
	}
}

// checkSites are the places of a check, from the entry to it: the calls on the way,
// what other functions tested for it, and itself.
func checkSites(c *protect.Check) []protect.Site {
	sites := slices.Clone(c.Stack)
	for _, t := range c.Tests {
		at := protect.Site{File: t.Site.File, Span: t.Site.Span, Why: "tests it"}
		apart := at.File != c.Site.File || at.Span.Start < c.Site.Span.Start || at.Span.End > c.Site.Span.End
		if at.File != nil && apart && !slices.Contains(sites, at) {
			sites = append(sites, at)
		}
	}
	s := c.Site
	s.Why = "refuses the caller"
	return append(sites, s)
}

// refuses reports whether a check of the caller or of a record refuses the caller. One
// of whose something is does, whatever that is said to be good for.
func (d *difference) refuses(c *protect.Check) bool {
	if !c.Ends || c.OfPlan() || !slices.ContainsFunc(c.Tests, protect.Test.Tells) {
		return false
	}
	whose := len(c.Tests) == 1 && c.Tests[0].Layer() == protect.Ownership
	return d.saysNo(c.Refusal) || whose && refusal.MatchString(c.Refusal)
}

// saysNo reports whether an answer says that the caller may not. All endpoints
// behind one wrapper have its answers, so each is looked at once.
func (c *comparison) saysNo(answer string) bool {
	says, known := c.refusals[answer]
	if !known {
		says = saysNo(answer)
		if c.refusals == nil {
			c.refusals = map[string]bool{}
		}
		c.refusals[answer] = says
	}
	return says
}

func saysNo(answer string) bool { return refusal.MatchString(answer) && !limit.MatchString(answer) }

// Refuses reports whether a check refuses the caller, whatever it asks.
func Refuses(c *protect.Check) bool {
	return c.Ends && saysNo(c.Refusal)
}

// endsNothing reports whether the head still asks what a check asked, all of it at
// one place, makes a refusal there, and goes on whatever the answer.
func (d *difference) endsNothing(c *protect.Check) bool {
	still := false
	for _, h := range d.head.Checks {
		if h.Loose || !asksAll(h, c) {
			continue
		}
		if h.Ends {
			return false
		}
		still = still || refusal.MatchString(h.Refusal)
	}
	return still
}

// turnedRound reports whether all that the head asks of what a check asked refuses
// for the opposite answer, only under a setting of the deployment, or below effects
// that waited for the check before.
func (d *difference) turnedRound(c *protect.Check) bool {
	still := false
	for _, h := range d.head.Checks {
		if h.Loose || !h.Ends || !asksAll(h, c) {
			continue
		}
		if !opposite(c, h) && !settingOnly(c, h) && !d.belowEffect(c, h) {
			return false
		}
		still = true
	}
	return still
}

// opposite reports whether a check that refuses does so for the opposite answer to
// a question of another's.
func opposite(c, h *protect.Check) bool {
	return refusal.MatchString(h.Refusal) && slices.ContainsFunc(c.Tests, func(t protect.Test) bool {
		return t.Tells() && !slices.ContainsFunc(h.Tests, func(u protect.Test) bool { return t.Key() == u.Key() && !protect.Opposite(c, t, h, u) })
	})
}

// settingOnly reports whether a check asks for a setting of the deployment besides
// what another one asks.
func settingOnly(c, h *protect.Check) bool {
	return slices.ContainsFunc(h.Tests, func(u protect.Test) bool {
		return u.Setting() && !slices.ContainsFunc(c.Tests, func(t protect.Test) bool { return t.Key() == u.Key() })
	})
}

// belowEffect reports whether something was changed before a check that the base
// changes only behind it.
func (d *difference) belowEffect(c, h *protect.Check) bool {
	alike := func(list []*protect.Effect, e *protect.Effect) bool {
		return slices.ContainsFunc(list, func(o *protect.Effect) bool { return o.Kind == e.Kind && o.Model == e.Model && o.Op == e.Op })
	}
	return slices.ContainsFunc(h.Wrote, func(e *protect.Effect) bool {
		return !outward(e) && !alike(c.Wrote, e) && alike(d.base.Effects, e)
	})
}

func asksAll(h, c *protect.Check) bool {
	return !slices.ContainsFunc(c.Tests, func(t protect.Test) bool {
		return !slices.ContainsFunc(h.Tests, func(u protect.Test) bool { return t.Key() == u.Key() })
	})
}

// asking are the questions that checks ask: those that end something, and those
// of checks that refuse the caller.
type asking struct{ ends, refuses map[string]bool }

func (d *difference) questions(checks []*protect.Check) asking {
	a := asking{map[string]bool{}, map[string]bool{}}
	for _, c := range checks {
		if !c.Ends {
			continue
		}
		refuses := d.refuses(c)
		for _, t := range c.Tests {
			a.ends[t.Key()] = true
			if refuses && t.Tells() {
				a.refuses[t.Key()] = true
			}
		}
	}
	return a
}

// lack reports whether a question of a check is asked no longer, nor a closer one.
func (a asking) lack(c *protect.Check) bool {
	return slices.ContainsFunc(c.Tests, func(t protect.Test) bool { return t.Tells() && !a.ends[t.Key()] && !a.askCloser(t) })
}

// askCloser reports whether more than that something is there is asked of it: by a
// check that refuses, or by one that compares it with something else.
func (a asking) askCloser(t protect.Test) bool {
	if t.X != nil && t.Y != nil || t.Const != "" {
		return false
	}
	of := strings.Trim(t.Key(), "=")
	for k := range a.ends {
		x, y, _ := strings.Cut(k, "=")
		if strings.Contains(k, of) && (a.refuses[k] || x != "" && y != "") {
			return true
		}
	}
	return false
}

// askPart reports whether some of a check's questions are still asked: of the
// others, the change must have touched the very lines, or the check's, since what a
// value may be is not always followed as far on both sides.
func (a asking) askPart(c *protect.Check) bool {
	return slices.ContainsFunc(c.Tests, func(t protect.Test) bool { return t.Tells() && a.ends[t.Key()] })
}

// leavesBefore reports whether lines came into one of the functions in which sites of
// the base stand, above them.
func (d *difference) leavesBefore(sites []protect.Site) bool {
	return slices.ContainsFunc(sites, func(s protect.Site) bool {
		_, ok := d.insertedBefore(s)
		return ok
	})
}

// lacking are the places of the questions that are asked no longer.
func (a asking) lacking(c *protect.Check) []protect.Site {
	var out []protect.Site
	for _, t := range c.Tests {
		if t.Tells() && !a.ends[t.Key()] {
			out = append(out, t.Site)
		}
	}
	return out
}

// refuseMore reports whether checks refuse for what others didn't.
func (a asking) refuseMore(than asking) bool {
	for k := range a.refuses {
		if !than.ends[k] {
			return true
		}
	}
	return false
}

// showsMore reports whether the head shows of the caller what the base didn't: what
// was dropped may have moved there.
func (d *difference) showsMore() bool {
	base := EverAsked(d.base)
	return slices.ContainsFunc(EverAsked(d.head), func(f *protect.Fact) bool {
		return f.Layer != "" && f.Layer != protect.Validation && f.Kind != protect.AnyOf &&
			(!protect.Entails(base, f) || f.Kind == protect.Caller && !slices.ContainsFunc(base, func(b *protect.Fact) bool { return b.What == f.What }))
	})
}

// selectsMore reports whether the head selects rows by the caller where the base
// doesn't.
func (d *difference) selectsMore() bool {
	scoped := map[string]bool{}
	for _, e := range d.base.Effects {
		scoped[scopeKey(e)] = true
	}
	return slices.ContainsFunc(d.head.Effects, func(e *protect.Effect) bool { return e.Owned() && !scoped[scopeKey(e)] })
}

func scopeKey(e *protect.Effect) string {
	key := e.Model
	if e.Owned() && e.ScopedBy != nil {
		key += " by " + e.ScopedBy.Field
	}
	return key
}

// checkTouched reports whether the change touched a line of a check, of a test that
// decided it or of the way to it, or put one among them.
func (d *difference) checkTouched(c *protect.Check) bool {
	sites := checkSites(c)
	for _, t := range c.Tests {
		sites = append(sites, t.Site)
	}
	return slices.ContainsFunc(sites, func(s protect.Site) bool {
		if s.File == nil || s.Span == d.base.Entry.Span {
			return false
		}
		path := s.File.Path
		return d.comparison.base.repo.Blob(path) != d.comparison.head.repo.Blob(path) && d.rewritten(path)
	})
}

// importLine is a line that a list of imports ends with, or that is one.
var importLine = regexp.MustCompile(`^(import\b|\}\s*from\b)`)

// rewritten reports whether more of a file changed than its spelling and its
// imports, as they do when everything is formatted anew.
func (d *difference) rewritten(path string) bool {
	fd := d.diffOf(path)
	if fd.code == nil {
		return true
	}
	to := d.headPath(path)
	other := func(text []byte, kept func(int) bool) bool {
		lines := strings.Split(string(text), "\n")
		top := 0
		for i, l := range lines {
			if importLine.MatchString(l) {
				top = i + 1
			}
		}
		for i := top; i < len(lines); i++ {
			if strings.TrimSpace(lines[i]) != "" && !kept(i+1) {
				return true
			}
		}
		return false
	}
	return other(d.comparison.base.repo.Text(path), func(n int) bool { return !fd.changed(n) }) ||
		other(d.comparison.head.repo.Text(to), func(n int) bool { _, ok := fd.code.Base(n); return ok })
}
