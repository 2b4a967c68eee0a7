package protect

import "maps"

// A call may take most of the steps that its caller has left. It is abandoned when it
// has taken them: nothing is known of what it gives, and the caller goes on. Else code
// that has little to do with the caller of an endpoint, such as the check of a licence
// with its caches and retries, would leave nothing for the code that has.

// callShare: a call may take all but this part of what its caller has left.
const callShare = 8

// tooMuch says why a call was abandoned.
const tooMuch = "the call leads to more code than can be evaluated"

// abandoned is what is known of a call that is the same wherever it stands, and that
// was abandoned.
type abandoned struct {
	steps int          // that didn't suffice
	uses  map[use]bool // what it asked of the program
}

// allowance is how many steps a call may take now.
func (ev *eval) allowance() int {
	left := ev.limit - ev.steps
	return left - left/callShare
}

// plain reports whether a call of a closure is the same wherever it stands: that of a
// module's function, without arguments.
func (c *Closure) plain(args []Value) bool {
	return len(args)+len(c.Bound) == 0 && c.Scope == c.Scope.unit.scope
}

// hopeless reports whether a call would be abandoned as it was before.
func (ev *eval) hopeless(c *Closure, args []Value, site Site) bool {
	a, known := ev.world.abandoned[c.Fn]
	known = known && c.plain(args) && ev.allowance() <= a.steps
	if known {
		maps.Copy(ev.ran, a.uses)
	}
	if known || ev.heavy[c.Fn] {
		ev.cut(site, tooMuch)
		return true
	}
	return false
}

// follow evaluates a call, and reports whether its steps sufficed. If not, everything
// is as if it hadn't been, but for what checks in it asked for.
func (ev *eval) follow(c *Closure, args []Value, site Site, call func()) bool {
	m, ran, steps := ev.mark(), ev.ran, ev.allowance()
	ev.limit = ev.steps + steps
	plain := c.plain(args)
	if plain {
		ev.ran = map[use]bool{}
	}
	call()
	over, uses := ev.steps > ev.limit, ev.ran
	ev.limit = m.limit
	if ev.ran = ran; plain {
		maps.Copy(ran, uses)
	}
	if !over {
		return true
	}
	ev.heavy[c.Fn] = true
	if plain && m.asked == ev.asked.n && !ev.world.ended {
		ev.world.abandoned[c.Fn] = abandoned{steps, uses}
	}
	ev.back(m)
	ev.cut(site, tooMuch)
	return false
}

// mark is how far an evaluation had come.
type mark struct {
	st                     *State
	limit, asked           int
	tests, checks, effects int
	unawaited, exits       int
	try                    *tryFrame // around it, nil for none
	throws                 int       // of that
}

func (ev *eval) mark() mark {
	m := mark{st: ev.st.fork(), limit: ev.limit, asked: ev.asked.n, tests: len(ev.tests), checks: len(ev.checks),
		effects: len(ev.effects), unawaited: len(ev.unawaited), exits: len(ev.exits), try: ev.frame.try()}
	if m.try != nil {
		m.throws = len(m.try.throws)
	}
	return m
}

// back forgets what was found since a mark.
func (ev *eval) back(m mark) {
	ev.st, ev.tests, ev.checks, ev.effects = m.st, ev.tests[:m.tests], ev.checks[:m.checks], ev.effects[:m.effects]
	ev.unawaited, ev.exits = ev.unawaited[:m.unawaited], ev.exits[:m.exits]
	if m.try != nil {
		m.try.throws = m.try.throws[:m.throws]
	}
}

// try is the innermost try statement around a frame's present place; nil for none.
func (f *frame) try() *tryFrame {
	for ; f != nil; f = f.up {
		if n := len(f.tries); n > 0 {
			return f.tries[n-1]
		}
	}
	return nil
}
