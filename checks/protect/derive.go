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

func (ev *eval) telling(v Value, depth int) *Opaque {
	if ev.steps++; depth > maxChoiceDepth+2 || ev.steps > ev.limit {
		return nil
	}
	var best *Opaque
	take := func(x Value) {
		if o := ev.telling(x, depth+1); o != nil && (best == nil || derivedRank(o) > derivedRank(best)) {
			best = o
		}
	}
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
		if o, known := v.told[depth]; known {
			return o
		}
		for _, a := range v.Args {
			take(a)
		}
		if v.Prev != nil {
			if o := ev.telling(v.Prev, depth+1); o != nil && (o.Root.Origin != FromSecret || signs(v)) {
				take(o)
			}
		}
		if v.told != nil && ev.steps <= ev.limit {
			v.told[depth] = best
		}
	}
	return best
}

// told is what telling gave of a package's value that a module makes when it loads, by
// how deep it was met: the options of one may be a thousand, and each of its members
// is asked, in each endpoint.
type told map[int]*Opaque

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
