package table

import "slices"

// Gain is what a table gives to somebody who didn't have it.
type Gain struct {
	Who  string   // a role or plan
	What []string // what it gained, each once; of an order, whom it reached or passed
	Row  Row      // of the head, where it stands
	Base Row      // the same of the base
}

// Gains compares two forms of a table. What is new on either side is none: a role
// that nobody has yet, a permission that nothing asked for. A permission's list of
// roles is read as what each role gained.
func Gains(base, head Table) []Gain {
	if base.Kind == Ranks || head.Kind == Ranks {
		return risen(base, head)
	}
	known := map[string]bool{}
	for _, r := range base.Rows {
		for _, e := range r.Has {
			known[e] = true
		}
	}
	var out []Gain
	for _, h := range head.Rows {
		b, ok := row(base, h.Key)
		if !ok {
			continue
		}
		var gained []string
		for _, e := range h.Has {
			if (known[e] || e == "*" || e == "all" || IsRole(e)) && !slices.Contains(b.Has, e) && !slices.Contains(b.Has, "*") && !slices.Contains(gained, e) {
				gained = append(gained, e)
			}
		}
		if len(gained) == 0 {
			continue
		}
		if !IsRole(h.Key) && !IsPlan(h.Key) && !slices.ContainsFunc(gained, func(e string) bool { return !IsRole(e) }) {
			for _, role := range gained {
				out = append(out, Gain{Who: role, What: []string{h.Key}, Row: h, Base: b})
			}
			continue
		}
		out = append(out, Gain{Who: h.Key, What: gained, Row: h, Base: b})
	}
	return out
}

func row(t Table, key string) (Row, bool) {
	for _, r := range t.Rows {
		if r.Key == key {
			return r, true
		}
	}
	return Row{}, false
}

// risen lists the roles that reached or passed one that was above them.
func risen(base, head Table) []Gain {
	var out []Gain
	for _, h := range head.Rows {
		b, ok := row(base, h.Key)
		if !ok {
			continue
		}
		var passed []string
		for _, other := range head.Rows {
			was, ok := row(base, other.Key)
			if ok && b.Rank < was.Rank && h.Rank >= other.Rank {
				passed = append(passed, other.Key)
			}
		}
		if len(passed) > 0 {
			out = append(out, Gain{Who: h.Key, What: passed, Row: h, Base: b})
		}
	}
	return out
}
