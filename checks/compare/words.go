package compare

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
)

// finding makes one finding of the losses of one change.
func (c *comparison) finding(group []*loss) Finding {
	sort.SliceStable(group, func(i, j int) bool { return group[i].pair.head.Less(group[j].pair.head.Ref) })
	l := group[0]
	for _, g := range group {
		if g.severity.Rank() > l.severity.Rank() {
			l = g
		}
	}
	f := Finding{
		Rule: l.rule, Layer: l.layer, Change: l.change, Severity: l.severity, Confidence: l.confidence,
		Endpoint: l.pair.head.Ref, EndpointLine: l.pair.head.Line, Place: l.place, Side: l.side,
		Guard: l.guardWords(), Message: l.message, Impact: l.impact, Restore: l.restore, Affected: []endpoint.Ref{},
	}
	if f.Message == "" {
		f.Message = l.messageWords()
	}
	if f.Impact == "" {
		f.Impact = l.impactWords()
	}
	for _, g := range group {
		if r := g.pair.head.Ref; r != f.Endpoint && !slices.Contains(f.Affected, r) {
			f.Affected = append(f.Affected, r)
		}
	}
	if f.Side == Base {
		f.Gap = c.gap(f.Place)
	}
	f.Evidence = l.steps()
	f.Fingerprint = c.fingerprint(l, len(f.Affected) > 0)
	f.Severity = Severity(c.settings.LevelOf(f.Rule, settings.Level(f.Severity)))
	return f
}

func (l *loss) guardWords() string {
	s, ok := l.lastSite()
	if !ok {
		return l.what
	}
	line, _ := s.Lines()
	if s.File.Path == l.pair.base.File {
		return fmt.Sprintf("%s at line %d", l.what, line)
	}
	return fmt.Sprintf("%s at %s line %d", l.what, s.File.Path, line)
}

func (l *loss) lastSite() (protect.Site, bool) {
	for _, s := range slices.Backward(l.evidence) {
		if s.File != nil {
			return s, true
		}
	}
	return protect.Site{}, false
}

func (l *loss) steps() []Step {
	var out []Step
	for _, s := range l.evidence {
		if s.File == nil {
			continue
		}
		first, last := s.Lines()
		step := Step{Place: source.Place{Path: s.File.Path, Line: first, EndLine: last}, Side: Base, Why: s.Why}
		if step.Why == "" {
			step.Why = "on the way to the check"
		}
		if !slices.ContainsFunc(out, func(o Step) bool { return o.Place == step.Place }) {
			out = append(out, step)
		}
	}
	return out
}

func (l *loss) messageWords() string {
	name := l.pair.head.Name
	switch {
	case l.change == Bypassed:
		return fmt.Sprintf("%s runs %s without its %s", name, l.effectWords(), l.what)
	case l.change == Weakened && l.instead != "":
		return fmt.Sprintf("%s has a weaker guard than before: %s; %s", name, l.what, l.instead)
	case l.change == Weakened:
		return fmt.Sprintf("%s has a weaker guard than before: %s", name, l.what)
	case l.layer == protect.Ownership:
		return fmt.Sprintf("%s no longer checks that %s belongs to the caller: the %s is gone", name, l.resource(), l.what)
	case l.layer == protect.Validation:
		return fmt.Sprintf("%s no longer validates its input: the %s is gone", name, l.what)
	}
	return fmt.Sprintf("%s lost its %s", name, l.what)
}

func (l *loss) effectWords() string {
	if l.effect == nil || l.effect.Kind == "answer" {
		return "its answer"
	}
	if l.effect.Model == "" {
		return l.effect.Op
	}
	return l.effect.Model + "." + l.effect.Op
}

func (l *loss) resource() string {
	if l.effect != nil && l.effect.Model != "" && l.effect.Kind != "unknown" {
		return "the " + l.effect.Model
	}
	return "the resource"
}

// reachWords is what a caller gets at.
func (l *loss) reachWords() string {
	if l.effect != nil && l.effect.Kind != "answer" {
		return "reach " + l.effectWords()
	}
	return "get its answer"
}

func (l *loss) impactWords() string {
	does := l.reachWords()
	switch l.layer {
	case protect.Authentication:
		if l.change == Weakened {
			return "A caller whom nobody verified can " + does
		}
		return "Anyone can call it without signing in and " + does
	case protect.Authorization:
		return "Any signed-in caller can " + does + ", whatever their role"
	case protect.Ownership:
		return "A caller can " + does + " for what belongs to somebody else, by sending its id"
	}
	return "Input that nobody checked can " + does
}

func roles(set []string) string {
	out := make([]string, len(set))
	for i, s := range set {
		if rest, ok := strings.CutPrefix(s, "!"); ok {
			s = "all but " + rest
		}
		out[i] = s
	}
	return strings.Join(out, ", ")
}
