package protect

import (
	"cmp"
	"slices"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/syntax"
)

// budgets are the steps of the attempts at an endpoint. One whose code takes more than
// an attempt has is evaluated anew without the function that took most of it: else code
// that has little to do with the caller, such as the check of a licence with its caches
// and retries, would leave nothing for the code that has. Real endpoints seen need less
// than a fifth of the first, but for some.
var budgets = []int{60_000, 30_000, 60_000}

// costly is the part of a budget that makes a function the one to leave out, unless it
// took that in more than fewCalls: what calls it so often would go on.
const (
	costly   = 0.4
	fewCalls = 16
)

// cost is what the calls of a function took, with all that they led to.
type cost struct {
	steps int
	calls int
	depth int   // of the call that was least deep
	unit  *unit // whose function it is
	tells bool  // something shows where one of them returned, or was asked for in it
}

// noteCost adds a call that took some steps; asked is how much had been asked before
// it, returned are the states in which it ends.
func (ev *eval) noteCost(f *frame, steps, asked int, before *State, returned []*State) {
	c, known := ev.costs[f.fn]
	if !known || f.depth < c.depth {
		c.depth = f.depth
	}
	c.unit, c.steps, c.calls = f.unit, c.steps+steps, c.calls+1
	c.tells = c.tells || ev.asked.n > asked || slices.ContainsFunc(returned, func(s *State) bool { return tells(without(s.facts, before.facts)) })
	ev.costs[f.fn] = c
}

// exhausted reports whether an evaluation took more steps than it had.
func (ev *eval) exhausted() bool { return ev.steps > ev.limit }

// costliest is the innermost function that took much of what an evaluation had in a few
// calls, of those that show nothing of the caller and aren't the endpoint's own; nil for
// none.
func (ev *eval) costliest() *syntax.Func {
	var worst *syntax.Func
	for fn, c := range ev.costs {
		if c.depth < 2 || c.tells || c.calls > fewCalls || float64(c.steps) < costly*float64(ev.limit) {
			continue
		}
		w := ev.costs[worst]
		if worst == nil || cmp.Or(cmp.Compare(c.depth, w.depth), cmp.Compare(c.steps, w.steps), cmp.Compare(c.unit.mod.Path, w.unit.mod.Path), cmp.Compare(fn.Start, worst.Start)) > 0 {
			worst = fn
		}
	}
	return worst
}

// attempts evaluates an endpoint until its steps suffice.
func (w *World) attempts(e endpoint.Endpoint) *Protection {
	var done []*Protection
	without := map[*syntax.Func]bool{}
	for i, budget := range budgets {
		p, ev := w.attempt(e, without, budget)
		done = append(done, p)
		if !ev.exhausted() || w.ended || i == len(budgets)-1 {
			break
		}
		fn := ev.costliest()
		if fn == nil {
			p, _ = w.attempt(e, without, maxSteps)
			done = append(done, p)
			break
		}
		without[fn] = true
	}
	return together(done)
}

// together is the last of several attempts, with what those before found in the code
// that it left out.
func together(attempts []*Protection) *Protection {
	last := attempts[len(attempts)-1]
	for _, p := range slices.Backward(attempts[:len(attempts)-1]) {
		last.Effects = more(last.Effects, p.Effects, func(e *Effect) Site { return e.Site })
		last.Checks = more(last.Checks, p.Checks, func(c *Check) Site { return c.Site })
		last.Unawaited = more(last.Unawaited, p.Unawaited, func(c *Check) Site { return c.Site })
		last.Asked = more(last.Asked, p.Asked, (*Fact).ID)
		last.Uses = append(last.Uses, p.Uses...)
		last.TakesNothing = last.TakesNothing && p.TakesNothing
	}
	slices.SortFunc(last.Uses, Use.compare)
	last.Uses = slices.Compact(last.Uses)
	return last
}

// more is a list with what of another one stands at no place of its own, or has none.
func more[T any, K comparable](list, other []T, place func(T) K) []T {
	var none K
	known := map[K]bool{}
	for _, x := range list {
		known[place(x)] = true
	}
	for _, x := range other {
		if at := place(x); at == none || !known[at] {
			list = append(list, x)
		}
	}
	return list
}
