package protect

const maxTermDepth = 6

// terms flattens a condition: an object's members, nested relations, AND and OR.
func (ev *eval) terms(v Value, field string, depth int) []Term {
	v = ev.st.see(v)
	if depth > maxTermDepth {
		return []Term{{Field: field, Value: v}}
	}
	switch v := v.(type) {
	case *CondValue:
		return v.Terms
	case *Object:
		if v.List {
			return ev.listTerms(v, field, depth)
		}
		return ev.objectTerms(v, field, depth)
	case *Choice:
		if o := ev.choiceTerms(v, field, depth); o != nil {
			return o
		}
	case Null:
		if v.Undefined {
			return nil
		}
	}
	return []Term{{Field: field, Value: v}}
}

func (ev *eval) listTerms(l *Object, field string, depth int) []Term {
	c := ev.st.content(l)
	var out []Term
	for _, e := range c.elems {
		out = append(out, ev.terms(e, field, depth+1)...)
	}
	if c.rest != nil {
		out = append(out, ev.terms(c.rest, field, depth+1)...)
	}
	return out
}

func (ev *eval) choiceTerms(c *Choice, field string, depth int) []Term {
	var alts [][]Term
	for i, x := range c.Vals {
		if ev.st.left(c.P)&(1<<i) == 0 {
			continue
		}
		switch y := ev.st.see(x).(type) {
		case *Object, *CondValue:
			alts = append(alts, ev.terms(y, field, depth+1))
		case Null:
		default:
			return nil
		}
	}
	switch len(alts) {
	case 0:
		return nil
	case 1:
		return alts[0]
	}
	return []Term{{Field: field, Or: alts}}
}

func (ev *eval) objectTerms(o *Object, field string, depth int) []Term {
	c := ev.st.content(o)
	var out []Term
	for _, n := range c.names {
		v := c.fields[n]
		switch n {
		case "AND", "$and", "some", "is", "equals", "in", "$in", "$eq", "every", "every_", "data", "create", "connect", "hasSome", "has":
			out = append(out, ev.terms(v, field, depth+1)...)
		case "OR", "$or":
			out = append(out, ev.orTerms(v, field, depth)...)
		case "NOT", "not", "notIn", "none", "$ne", "$nin", "isNot", "gt", "gte", "lt", "lte", "contains", "startsWith", "mode":
		default:
			out = append(out, ev.terms(v, joinField(field, n), depth+1)...)
		}
	}
	if c.rest != nil {
		out = append(out, Term{Field: joinField(field, "*"), Value: c.rest})
	}
	return out
}

func joinField(a, b string) string {
	if a == "" {
		return b
	}
	return a + "." + b
}

func (ev *eval) orTerms(v Value, field string, depth int) []Term {
	elems, ok := ev.elements(v)
	if !ok {
		return nil
	}
	t := Term{Field: field}
	for _, e := range elems {
		t.Or = append(t.Or, ev.terms(e, field, depth+1))
	}
	return []Term{t}
}
