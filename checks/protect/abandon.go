package protect

// A call may take most of the steps that its caller has left. It is abandoned when it
// has taken them: nothing is known of what it gives, and the caller goes on. Else code
// that has little to do with the caller of an endpoint, such as the check of a licence
// with its caches and retries, would leave nothing for the code that has.

// callShare: a call may take all but this part of what its caller has left.
const callShare = 8

// follow evaluates a call of a closure, and reports whether its steps sufficed. If not,
// everything is as if it hadn't been, but for what checks in it asked for.
func (ev *eval) follow(c *Closure, site Site, call func()) bool {
	m := ev.mark()
	ev.limit -= (ev.limit - ev.steps) / callShare
	call()
	over := ev.steps > ev.limit
	if ev.limit = m.limit; !over {
		return true
	}
	ev.back(m)
	ev.heavy[c.Fn] = true
	ev.abandoned(site)
	return false
}

func (ev *eval) abandoned(site Site) {
	ev.cut(site, "the call leads to more code than can be evaluated")
}

// mark is how far an evaluation had come.
type mark struct {
	st               *State
	limit            int
	tests, checks    int
	effects          int
	unawaited, exits int
	try              *tryFrame // around it, nil for none
	throws           int       // of that
}

func (ev *eval) mark() mark {
	m := mark{st: ev.st.fork(), limit: ev.limit, tests: len(ev.tests), checks: len(ev.checks),
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
