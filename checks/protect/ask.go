package protect

import (
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// asked collects what an endpoint's checks show on the ways that pass them,
// whether or not it holds on every way: a guard that is asked for only when an
// optional input is there, or of one kind of caller, leaves no fact where the
// ways meet again.
type asked struct {
	facts map[string]*Fact // by meaning
	seen  map[*assumption]bool
}

// ask notes what a check shows that leaves the function where it fails.
func (ev *eval) ask(before, passed *State) {
	if before.dead || passed.dead {
		return
	}
	ev.noteAsked(without(passed.facts, before.facts))
	for p, m := range passed.mask {
		if before.left(p) != m {
			ev.askPoint(p, m)
		}
	}
}

// askPoint notes what holds on the ways of a Point that are left.
func (ev *eval) askPoint(p *Point, mask uint32) {
	for i, a := range p.alts {
		if mask&(1<<i) == 0 || ev.asked.seen[a] || ev.steps > maxSteps {
			continue
		}
		ev.steps++
		ev.asked.seen[a] = true
		ev.noteAsked(a.facts)
		for _, d := range a.mask {
			ev.askPoint(d.at, d.left)
		}
	}
}

func (ev *eval) noteAsked(facts []*Fact) {
	for _, f := range facts {
		if f.Kind == AnyOf {
			for _, alt := range f.Any {
				ev.noteAsked(alt)
			}
			continue
		}
		if f.Layer != Authorization && f.Layer != Ownership || excludes(f) || slices.Equal(f.Set, []string{"false"}) {
			continue
		}
		id := f.ID()
		if old, ok := ev.asked.facts[id]; !ok || evidenceKey(f) < evidenceKey(old) {
			ev.asked.facts[id] = f
		}
	}
}

// evidenceKey orders facts of one meaning by where they were shown.
func evidenceKey(f *Fact) string {
	var b strings.Builder
	for _, s := range f.Evidence {
		if s.File != nil {
			b.WriteString(s.File.Path)
		}
		b.WriteString(string(rune(s.Span.Start)))
	}
	return b.String()
}

// list gives the collected facts in the order of their meanings.
func (a *asked) list() []*Fact {
	var out []*Fact
	for _, id := range sortedKeys(a.facts) {
		out = append(out, a.facts[id])
	}
	return out
}

// quits reports whether a branch only ends the function, without a value: a
// check that was passed early, as in a loop over the alternatives.
func quits(s syntax.Stmt) bool {
	if b, ok := s.(*syntax.Block); ok && len(b.Body) == 1 {
		s = b.Body[0]
	}
	r, ok := s.(*syntax.Return)
	return ok && r.X == nil
}
