package protect

import "github.com/authdiff/authdiff/checks/syntax"

// try evaluates try, catch and finally. A catch starts with what held when the
// try started: an exception may come from anywhere in it.
func (ev *eval) try(s *syntax.Try) {
	f := ev.frame
	start := ev.st.fork()
	t := &tryFrame{}
	if s.Catch != nil {
		f.tries = append(f.tries, t)
	}
	returned := len(f.returns)
	ev.stmt(s.Body)
	end := ev.st
	if s.Catch != nil {
		f.tries = f.tries[:len(f.tries)-1]
		ev.st = ev.caught(start, end, t)
		ev.scoped(func() {
			if s.Param != nil {
				ev.bind(s.Param, ev.fresh(FromUnknown, errorLabel), ev.scope)
			}
			ev.block(s.Catch.Body)
		})
		ev.merge(end, ev.st)
	}
	if s.Finally != nil {
		ev.finally(s.Finally, start, returned)
	}
}

func (ev *eval) caught(start, end *State, t *tryFrame) *State {
	states := append([]*State{start.fork()}, t.throws...)
	if !end.dead {
		late := end.fork()
		late.facts, late.mask, late.trust = start.facts, start.mask.share(), start.trust
		states = append(states, late)
	}
	st, _ := join(states, nil)
	st.facts = start.facts
	return st
}

func (ev *eval) finally(b *syntax.Block, start *State, returned int) {
	if !ev.st.dead {
		ev.stmt(b)
		return
	}
	ev.st = start.fork()
	ev.stmt(b)
	if ev.st.dead && len(ev.frame.returns) > returned {
		return
	}
	ev.st = &State{dead: true}
}
