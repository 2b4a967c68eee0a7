package protect

// fresh is a new value of some origin.
func (ev *eval) fresh(o Origin, label string) *Opaque {
	return &Opaque{Root: &Root{Origin: o, Label: label}}
}

// derive is a value computed from others: it comes from where the most telling
// of them does.
func (ev *eval) derive(step string, vals ...Value) Value {
	best := unknown
	for _, v := range vals {
		o := ev.telling(v, 0)
		if o == nil || derivedRank(o) <= derivedRank(best) {
			continue
		}
		best = o
		if x, ok := ev.st.see(v).(*Extern); ok && o.Root.Origin == FromSecret && signs(x) {
			best = &Opaque{Root: o.Root, Path: clip(o.Path + signed)}
		}
	}
	if best.Root.Origin == FromUnknown {
		return &Opaque{Root: unknownRoot, Path: clip(step)}
	}
	if step == "" {
		step = "value"
	}
	return &Opaque{Root: best.Root, Path: clip(best.Path + "~" + step)}
}

// signed ends the path of what was made with a secret to prove something.
const signed = "~signed"

const maxPath = 160

func clip(p string) string {
	if len(p) > maxPath {
		return p[:maxPath]
	}
	return p
}

// derivedRank orders origins for derive: a signature made with a secret is not
// the caller's to choose.
func derivedRank(o *Opaque) int {
	switch o.Root.Origin {
	case FromIdentity:
		return 4
	case FromSecret:
		return 3
	case FromRequest:
		return 2
	case FromResource:
		return 1
	}
	return 0
}

// telling is what of a value says most of where it comes from; nil when nothing does.
func (ev *eval) telling(v Value, depth int) *Opaque {
	if ev.steps++; depth > maxChoiceDepth+2 || ev.steps > ev.limit {
		return nil
	}
	var best *Opaque
	take := func(x Value) { best = moreTelling(best, ev.telling(x, depth+1)) }
	switch v := ev.st.see(v).(type) {
	case *Opaque:
		return v
	case *Promise:
		take(v.Of)
	case *Choice:
		for _, x := range v.Vals {
			take(x)
		}
	case *Object:
		c := ev.st.content(v)
		for _, n := range c.names {
			take(c.fields[n])
		}
		for _, x := range c.elems {
			take(x)
		}
		if c.rest != nil {
			take(c.rest)
		}
	case *Extern:
		return ev.origin(v)
	}
	return best
}

// origin is telling of a package's value, by what it was made with. It's remembered: the
// options of one may be a thousand, and each of its members is asked.
func (ev *eval) origin(x *Extern) *Opaque {
	if x.told {
		return x.tells
	}
	x.told = true // while it's asked itself, it says nothing
	var best *Opaque
	for _, a := range x.Args {
		best = moreTelling(best, ev.telling(a, 0))
	}
	if x.Prev != nil {
		if o := ev.origin(x.Prev); o != nil && (o.Root.Origin != FromSecret || signs(x)) {
			best = moreTelling(best, o)
		}
	}
	x.tells, x.told = best, ev.steps <= ev.limit
	return best
}

// moreTelling is the one of two that says more; either may be nil.
func moreTelling(a, b *Opaque) *Opaque {
	if a == nil || b != nil && derivedRank(b) > derivedRank(a) {
		return b
	}
	return a
}

// signing are the names of functions that make a signature, or a salted hash.
var signing = newVocabulary(`(?i)digest|sign|hash|h?mac$|encrypt|derive|pbkdf|scrypt`)

// signs reports whether a value was made by signing something. What a client answers
// is no secret, although the client was made with one.
func signs(x *Extern) bool {
	for ; x != nil; x = x.Prev {
		if signing.MatchString(x.Step) {
			return true
		}
	}
	return false
}
