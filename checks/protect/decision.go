package protect

import (
	"slices"

	"github.com/authdiff/authdiff/checks/ordered"
)

// decision is the set of alternatives of a Point that are still possible.
type decision struct {
	at   *Point
	left uint32
}

// decisions are what was decided of Points. Those that lie within others are apart,
// since what is left of these depends on them, too.
type decisions struct {
	plain, nested ordered.Map[decision]
	own           bool // plain's memory is these decisions' alone
}

// share gives decisions that are the same, each of which is written to by itself.
func (d *decisions) share() decisions {
	d.own = false
	return *d
}

// of is what was decided of a Point, and whether something was.
func (d *decisions) of(p *Point) (left uint32, ok bool) {
	m := d.kind(p)
	found, ok := m.Get(p.n)
	return found.left, ok
}

func (d *decisions) set(p *Point, left uint32) {
	n, now := p.number(), decision{p, left}
	switch before := d.plain; {
	case p.depth > 0:
		d.nested = d.nested.With(n, now)
	case d.own:
		d.plain = d.plain.Set(n, now)
	default:
		d.plain = d.plain.With(n, now)
		d.own = d.plain != before
	}
}

func (d *decisions) drop(p *Point) {
	m := d.kind(p)
	*m = m.Without(p.n)
	d.own = false
}

func (d *decisions) kind(p *Point) *ordered.Map[decision] {
	if p.depth > 0 {
		return &d.nested
	}
	return &d.plain
}

// since calls visit for each decision that differs from what another has decided, and
// for those of Points within which lies one that is decided otherwise.
func (d *decisions) since(other *decisions, visit func(decision)) {
	var changed []*Point
	note := func(mine, theirs *decision) {
		if mine == nil {
			mine = theirs
		}
		changed = append(changed, mine.at)
	}
	ordered.Differ(d.plain, other.plain, func(mine, theirs *decision) {
		note(mine, theirs)
		if mine != nil {
			visit(*mine)
		}
	})
	ordered.Differ(d.nested, other.nested, note)
	if changed == nil {
		return
	}
	for mine := range d.nested.Values() {
		if slices.ContainsFunc(changed, func(p *Point) bool { return p == mine.at || slices.Contains(mine.at.within, p) }) {
			visit(mine)
		}
	}
}

// joinMasks leaves what is left in some state.
func joinMasks(out *State, states []*State) {
	var points []*Point
	for _, s := range states[1:] {
		states[0].mask.since(&s.mask, func(d decision) { points = append(points, d.at) })
	}
	for _, p := range points {
		m := uint32(0)
		for _, s := range states {
			m |= s.left(p)
		}
		if m == uint32(1)<<len(p.alts)-1 {
			out.mask.drop(p)
		} else if now, _ := out.mask.of(p); now != m {
			out.mask.set(p, m)
		}
	}
}

// differing is what a state had decided and the join of all has not: a Point that
// lies within others comes before them, since what is left of those follows from it.
func differing(s, out *State) []decision {
	var list []decision
	s.mask.since(&out.mask, func(d decision) {
		if out.left(d.at) != d.left {
			list = append(list, d)
		}
	})
	slices.SortStableFunc(list, func(a, b decision) int { return a.at.depth - b.at.depth })
	return list
}
