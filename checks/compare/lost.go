package compare

import (
	"maps"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

// loss is one guard that one endpoint lost.
type loss struct {
	pair       pair
	fact       *protect.Fact // what no longer holds; nil for what isn't a fact
	layer      protect.Layer
	change     Change
	rule       string
	severity   Severity
	confidence protect.Confidence
	key        string // what was lost, for the fingerprint
	what       string // the guard in the reader's words
	instead    string // what stands in its place, if anything
	effect     *protect.Effect
	evidence   []protect.Site
	place      source.Place
	side       Side
	message    string
	impact     string
	restore    string
}

// difference compares the protection of one endpoint.
type difference struct {
	*comparison
	pair
	base, head *protect.Protection
	seen       map[string]bool
	out        []*loss
}

// match is an effect on both sides: base may be several of the same kind, whose
// common protection counts.
type match struct {
	base  []*protect.Effect
	head  *protect.Effect
	fresh bool // the head's effect has no counterpart of its kind
	many  bool // there are more of its kind than in the base, or fewer
	more  bool // there are more, and as many are tied to the caller as were
}

func (d *difference) losses() []*loss {
	d.seen = map[string]bool{}
	ms := slices.DeleteFunc(matches(d.base, d.head), d.unseenBefore)
	for _, m := range ms {
		d.lostFacts(m)
	}
	for _, m := range ms {
		d.lostOwnership(m)
		d.droppedTerm(m)
		d.lostField(m)
		d.lostOutward(m)
		d.lostOrigin(m)
		d.lostPolicies(m)
		d.droppedSelect(m)
		d.widened(m)
	}
	if d.doesNothing() {
		return d.out
	}
	d.noLongerAsked(ms)
	d.droppedCheck()
	d.unawaited()
	d.unsentRefusal()
	d.lostOwner()
	d.statusChanged()
	return d.out
}

// unseenBefore reports whether an effect was there already as far as the change tells:
// its code, and the calls that lead to it, are the base's, whose evaluation gave up
// somewhere and didn't come to it this way.
func (d *difference) unseenBefore(m match) bool {
	if len(d.base.Cuts) == 0 || m.head.Site.File == nil || m.head.Kind == "answer" {
		return false
	}
	way := wayTo(m.head)
	if slices.ContainsFunc(way, d.came) {
		return false
	}
	return !slices.ContainsFunc(d.base.Effects, func(b *protect.Effect) bool {
		return slices.EqualFunc(wayTo(b), way, func(s, t protect.Site) bool { return s.File.Path == t.File.Path && s.Text() == t.Text() })
	})
}

// wayTo are the calls that lead to an effect, and its own place.
func wayTo(e *protect.Effect) []protect.Site {
	return slices.DeleteFunc(append(slices.Clone(e.Stack), e.Site), func(s protect.Site) bool { return s.File == nil })
}

// came reports whether a place in the head is new.
func (d *difference) came(s protect.Site) bool {
	path := s.File.Path
	if d.comparison.base.repo.Blob(path) == d.comparison.head.repo.Blob(path) {
		return false
	}
	first, _ := s.Lines()
	return d.changedInHead(path, first)
}

// doesNothing reports whether all that the base did is gone: then so may be what
// guarded it.
func (d *difference) doesNothing() bool {
	acts := func(p *protect.Protection) bool { return len(p.Effects) > 0 || p.Exit != nil || len(p.Cuts) > 0 }
	return acts(d.base) && !acts(d.head)
}

// matches pairs the effects of both sides by what they do.
func matches(base, head *protect.Protection) []match {
	b, order := byKey(base.Effects)
	h, headOrder := byKey(head.Effects)
	var out []match
	for _, k := range order {
		bs, hs := b[k], h[k]
		more := len(hs) > len(bs) && countOwned(hs) >= countOwned(bs)
		for i, e := range hs {
			m := match{base: bs, head: e, many: len(bs) != len(hs), more: more}
			if len(bs) == len(hs) {
				m.base = bs[i : i+1]
			}
			out = append(out, m)
		}
	}
	if base.Exit != nil && head.Exit != nil {
		out = append(out, match{base: []*protect.Effect{base.Exit}, head: head.Exit})
	}
	matched := len(out) > 0
	for _, k := range headOrder {
		if len(b[k]) > 0 {
			continue
		}
		for _, e := range h[k] {
			if like := counterparts(base.Effects, e, matched); len(like) > 0 {
				out = append(out, match{base: like, head: e, fresh: true})
			}
		}
	}
	return out
}

func countOwned(effects []*protect.Effect) int {
	n := 0
	for _, e := range effects {
		if e.Owned() {
			n++
		}
	}
	return n
}

// counterparts are the base effects whose common protection a new kind of effect
// of the head should have: all of them when it writes, and when nothing of the
// base was found again.
func counterparts(base []*protect.Effect, e *protect.Effect, matched bool) []*protect.Effect {
	if matched && !e.Writes() {
		return nil
	}
	var writes []*protect.Effect
	for _, b := range base {
		if b.Writes() {
			writes = append(writes, b)
		}
	}
	if len(writes) > 0 {
		return writes
	}
	return base
}

func byKey(effects []*protect.Effect) (map[string][]*protect.Effect, []string) {
	groups := map[string][]*protect.Effect{}
	var order []string
	for _, e := range effects {
		class := string(e.Kind)
		if e.Kind == catalog.Unknown || e.Kind == catalog.Service {
			class += ":" + e.Op
		}
		k := class + " " + e.Model
		if len(groups[k]) == 0 {
			order = append(order, k)
		}
		if !slices.ContainsFunc(groups[k], func(f *protect.Effect) bool { return sameEffect(e, f) }) {
			groups[k] = append(groups[k], e)
		}
	}
	return groups, order
}

// sameEffect reports whether an effect was met again with the same protection,
// in a loop, say.
func sameEffect(a, b *protect.Effect) bool {
	return a.Site == b.Site && a.Scope == b.Scope && len(a.Facts) == len(b.Facts) && maps.Equal(a.DataStanding, b.DataStanding) &&
		!slices.ContainsFunc(a.Facts, func(f *protect.Fact) bool { return !protect.Entails(b.Facts, f) })
}

func common(effects []*protect.Effect) []*protect.Fact {
	lists := make([][]*protect.Fact, len(effects))
	for i, e := range effects {
		lists[i] = e.Facts
	}
	return protect.Meet(lists)
}

// lostFacts finds what held at the base's effect and doesn't at the head's.
func (d *difference) lostFacts(m match) {
	for _, f := range common(m.base) {
		if f.Layer == protect.Ownership && f.Kind != protect.AnyOf || f.Layer == "" || d.seen[f.ID()] {
			continue
		}
		if f.Kind != protect.Caller && (m.fresh || m.many && outward(m.head)) {
			continue
		}
		if f.Kind == protect.Input && (d.head.TakesNothing || f.Key != "bound" && !m.head.TakesInput()) {
			continue
		}
		if protect.Entails(m.head.Facts, f) || keptInCases(m.head.Facts, common(m.base), f) || f.Kind == protect.AnyOf && d.ownedInstead(m, f) {
			if f.Kind == protect.Input {
				d.lateAuth(m, f)
			}
			continue
		}
		d.seen[f.ID()] = true
		l := d.lostFact(m, f)
		if l.severity == Error && d.oneMore(m, f) {
			l.severity = Warning
		}
		d.add(l)
	}
}

// oneMore reports whether an effect is a read that came with the change, where those of
// its kind that had a guard have it still, in an endpoint that does other things without
// that guard.
func (d *difference) oneMore(m match, f *protect.Fact) bool {
	if !m.more || m.head.Kind != catalog.Read || !slices.ContainsFunc(wayTo(m.head), d.came) {
		return false
	}
	still := 0
	for _, h := range d.head.Effects {
		if h.Kind == m.head.Kind && h.Model == m.head.Model && protect.Entails(h.Facts, f) {
			still++
		}
	}
	return still >= len(m.base) && slices.ContainsFunc(d.base.Effects, func(b *protect.Effect) bool {
		return !outward(b) && !protect.Entails(b.Facts, f)
	})
}

// keptInCases: a guard that the base asks for in some cases is asked for in the
// head in some, perhaps others. What the base has beside it is no such guard.
func keptInCases(have, before []*protect.Fact, f *protect.Fact) bool {
	guards, ok := f.Conditional()
	if !ok {
		return false
	}
	holds := func(facts []*protect.Fact) bool {
		return !slices.ContainsFunc(guards, func(g *protect.Fact) bool { return !protect.Entails(facts, g) })
	}
	return holds(have) || slices.ContainsFunc(have, func(h *protect.Fact) bool {
		beside := slices.ContainsFunc(before, func(b *protect.Fact) bool { return b != f && b.ID() == h.ID() })
		return h.Kind == protect.AnyOf && !beside && slices.ContainsFunc(h.Any, holds)
	})
}

// outward reports whether an effect leaves the application: calls to services
// are many and alike (logging, metrics), so that only who is calling is compared
// when their number changes.
func outward(e *protect.Effect) bool {
	return e.Kind == catalog.Service || e.Kind == catalog.Unknown || e.Kind == catalog.Mail || e.Kind == catalog.File
}

// ownedInstead: one way of an alternative was ownership, which shows at the
// effect's selector; of an answer, each way was the lookup of a row by the caller,
// and all that the head looks up is the caller's.
func (d *difference) ownedInstead(m match, f *protect.Fact) bool {
	if m.head.Kind == "answer" {
		return d.allOwned() && !slices.ContainsFunc(f.Any, func(alt []*protect.Fact) bool { return !slices.ContainsFunc(alt, d.isLookup) })
	}
	return m.head.Owned() && slices.ContainsFunc(f.Any, func(alt []*protect.Fact) bool { return protect.Holds(alt, protect.Ownership) })
}

// isLookup reports whether a fact is the lookup of a row by the caller, which is
// compared as an effect as well.
func (d *difference) isLookup(f *protect.Fact) bool {
	return f.Kind == protect.Owner && slices.ContainsFunc(d.base.Effects, func(e *protect.Effect) bool { return e.Owned() && e.Model == f.Key })
}

func (d *difference) lostFact(m match, f *protect.Fact) *loss {
	l := &loss{pair: d.pair, fact: f, layer: f.Layer, change: Removed, severity: Error, confidence: f.Confidence,
		key: string(f.Kind) + f.Key, what: f.What, effect: m.head, evidence: f.Evidence, rule: "auth-guard-removed"}
	if f.Layer == protect.Validation {
		l.severity, l.rule = Warning, "validation-removed"
	}
	if f.Kind == protect.AnyOf {
		l.layer = d.lostLayer(m, f)
	}
	if w := weaker(m.head.Facts, f); w != nil {
		l.change, l.instead, l.rule = Weakened, w.What, "auth-guard-weakened"
		if w.Kind == f.Kind && f.Kind == protect.Role {
			l.instead = "allowed now: " + roles(w.Set) + "; before: " + roles(f.Set)
		}
		if w.Kind == f.Kind && f.Kind == protect.Permission && len(w.Set) > 0 && len(f.Set) > 0 {
			l.instead = "demanded now: " + roles(w.Set) + "; before: " + roles(f.Set)
		}
		if incomparable(d.baseFacts(), w, f) {
			l.confidence = protect.Low
		}
	} else if d.holdsElsewhere(f) {
		l.change, l.rule = Bypassed, "auth-guard-bypassed"
	}
	return l
}

// weaker finds what stands in a fact's place: what is asked for under the same
// condition, the same kind with less in it, or another check of the same layer.
func weaker(have []*protect.Fact, lost *protect.Fact) *protect.Fact {
	if i := slices.IndexFunc(have, func(h *protect.Fact) bool { return sharesAlternative(h, lost) }); i >= 0 {
		return have[i]
	}
	for _, h := range have {
		if h.Kind == lost.Kind && (h.Key == lost.Key || h.Kind == protect.Caller) {
			return h
		}
		if h.Kind == protect.AnyOf && slices.ContainsFunc(h.Any, func(alt []*protect.Fact) bool { return protect.Entails(alt, lost) }) {
			return h
		}
	}
	if lost.Layer != protect.Authorization {
		return nil
	}
	for _, h := range have {
		if h.Layer == lost.Layer {
			return h
		}
	}
	return nil
}

// sharesAlternative reports whether one of the alternatives of two facts is the same.
func sharesAlternative(a, b *protect.Fact) bool {
	return slices.ContainsFunc(a.Any, func(x []*protect.Fact) bool {
		return slices.ContainsFunc(b.Any, func(y []*protect.Fact) bool {
			return slices.EqualFunc(x, y, func(f, g *protect.Fact) bool { return f.ID() == g.ID() })
		})
	})
}

// incomparable: the head's fact is another kind of check, which the base didn't
// have: which of the two is stronger can't be told.
func incomparable(base []*protect.Fact, now, lost *protect.Fact) bool {
	if now.Kind == lost.Kind && now.Key == lost.Key && now.Kind == protect.Role {
		if slices.ContainsFunc(now.Set, func(s string) bool { return strings.HasPrefix(s, "!") }) {
			return false
		}
		return !slices.ContainsFunc(lost.Set, func(s string) bool { return slices.Contains(now.Set, s) })
	}
	if now.Kind == protect.Caller || now.Kind == protect.Permission && lost.Kind == protect.Permission &&
		slices.ContainsFunc(now.Set, func(s string) bool { return slices.Contains(lost.Set, s) }) {
		return false
	}
	if guards, ok := now.Conditional(); ok {
		return slices.ContainsFunc(guards, func(g *protect.Fact) bool { return !protect.Entails(base, g) })
	}
	return !protect.Entails(base, now)
}

func (d *difference) baseFacts() []*protect.Fact {
	var out []*protect.Fact
	for _, e := range append(slices.Clone(d.base.Effects), d.base.Exit) {
		if e != nil {
			out = append(out, e.Facts...)
		}
	}
	return out
}

// holdsElsewhere: the guard is still there, but not before this effect.
func (d *difference) holdsElsewhere(f *protect.Fact) bool {
	for _, e := range append(slices.Clone(d.head.Effects), d.head.Exit) {
		if e != nil && protect.Entails(e.Facts, f) {
			return true
		}
	}
	return protect.Entails(d.head.End, f)
}

// lateAuth: input is still checked, but no longer by who is known.
func (d *difference) lateAuth(m match, f *protect.Fact) {
	if !f.AfterAuth || !protect.Entails(m.head.Facts, &protect.Fact{Kind: protect.Caller, Strength: protect.Guessed}) {
		return
	}
	for _, h := range m.head.Facts {
		if h.Kind == protect.Input && h.Key == f.Key && !h.AfterAuth && !d.seen["late"] {
			d.seen["late"] = true
			d.add(&loss{pair: d.pair, layer: protect.Validation, change: Weakened, severity: Warning, confidence: f.Confidence,
				rule: "validation-before-auth", key: f.Key, what: f.What, instead: "it runs before the caller is known",
				effect: m.head, evidence: f.Evidence})
		}
	}
}

// add places a loss and keeps it.
func (d *difference) add(l *loss) {
	if l.confidence == protect.Low && l.severity == Error {
		l.severity = Warning
	}
	if len(d.head.Cuts) > len(d.base.Cuts) && l.severity == Error {
		l.confidence, l.severity = protect.Low, Warning
	}
	d.givesWay(l)
	d.locate(l)
	d.out = append(d.out, l)
}
