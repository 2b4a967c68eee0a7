package protect

import (
	"strconv"
	"strings"
)

// order compares by < and its like: a number with a bound, or a rank of the
// caller with a demanded one.
func (ev *eval) order(op string, l, r Value, site Site) Value {
	if c, ok := l.(*Choice); ok {
		return ev.overChoice(c, func(x Value) Value { return ev.order(op, x, r, site) })
	}
	if c, ok := r.(*Choice); ok {
		return ev.overChoice(c, func(x Value) Value { return ev.order(op, l, x, site) })
	}
	if v := decideOrder(op, l, r); v != nil {
		return v
	}
	from := len(ev.tests)
	ev.noteTests(site, l, r)
	t, f := ev.st.fork(), ev.st.fork()
	for i, v := range []Value{l, r} {
		o, ok := v.(*Opaque)
		if !ok {
			continue
		}
		other := []Value{r, l}[i]
		ev.learnOrder(t, o, other, op, i == 1, site)
		ev.learnOrder(f, o, other, negated[op], i == 1, site)
	}
	v := ev.joinValues([]*State{t, f}, []Value{yes, no})
	return ev.decides(v, from)
}

// decideOrder compares numbers that are known, or known to be above zero; nil
// when it can't.
func decideOrder(op string, l, r Value) Value {
	if _, ok := l.(Const); ok {
		if o, ok := r.(*Opaque); ok && positive(o) {
			return decideOrder(flipped[op], r, l)
		}
	}
	c, ok := r.(Const)
	if !ok {
		return nil
	}
	bound, err := strconv.ParseFloat(c.Text, 64)
	if err != nil {
		return nil
	}
	if o, ok := l.(*Opaque); ok && positive(o) {
		switch {
		case op == ">" && bound == 0, op == ">=" && bound <= 1:
			return yes
		case op == "<" && bound <= 1, op == "<=" && bound == 0:
			return no
		}
		return nil
	}
	k, ok := l.(Const)
	n, err := strconv.ParseFloat(k.Text, 64)
	if !ok || err != nil {
		return nil
	}
	return boolean(op == "<" && n < bound || op == "<=" && n <= bound || op == ">" && n > bound || op == ">=" && n >= bound)
}

func (ev *eval) learnOrder(s *State, o *Opaque, other Value, op string, flip bool, site Site) {
	if flip {
		op = flipped[op]
	}
	name := lastStep(o.Path)
	if st := s.standing(o); st < Belonging || name == "" || planName.MatchString(name) || formName.MatchString(name) {
		return
	}
	bound := "value"
	if c, ok := other.(Const); ok {
		bound = c.Text
	} else if p, ok := other.(*Opaque); ok && s.standing(p) >= Belonging && p.Root == o.Root {
		return
	}
	if !roleName.MatchString(o.Path) && !strings.Contains(strings.ToLower(o.Path), "rank") && !strings.Contains(strings.ToLower(o.Path), "level") {
		return
	}
	s.learn(&Fact{Layer: Authorization, Kind: Role, Key: name, Set: []string{op + bound}, Confidence: confidenceOf(o),
		What: "check of " + name, Evidence: ev.at(site, "")})
}
