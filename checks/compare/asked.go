package compare

import (
	"slices"

	"github.com/authdiff/authdiff/checks/protect"
)

// noLongerAsked finds a guard that the base asks for on some ways and the head on
// none: it held at no effect for certain, so that nothing else misses it. The
// change must have touched the code that asked; what another check of the same
// question replaced is not judged, nor what ties the effects to the caller better.
func (d *difference) noLongerAsked(ms []match) {
	if slices.ContainsFunc(d.out, func(l *loss) bool { return l.layer != protect.Validation && l.severity != Notice }) {
		return
	}
	if slices.ContainsFunc(ms, bound) {
		return
	}
	base, head := EverAsked(d.base), EverAsked(d.head)
	for _, layer := range []protect.Layer{protect.Authorization, protect.Ownership} {
		if layer == protect.Ownership && d.allOwned() {
			continue
		}
		for _, f := range d.base.Asked {
			if f.Layer != layer || protect.Entails(head, f) || sameRoles(base, head, f) || !d.askedInChange(f) || replaced(base, head, f) {
				continue
			}
			l := d.lostFact(match{base: []*protect.Effect{{}}, head: &protect.Effect{Facts: d.head.Asked}}, f)
			l.confidence, l.effect = protect.Low, nil
			d.add(l)
			break
		}
	}
}

// bound reports whether an effect is tied to the caller by what the base took
// from elsewhere: the record that a check gave, say, of which less was known.
func bound(m match) bool {
	if len(m.base) != 1 || m.fresh {
		return false
	}
	b := m.base[0]
	if m.head.Scope > b.Scope && m.head.Owned() {
		return true
	}
	return slices.ContainsFunc(sortedFields(m.head.DataStanding), func(field string) bool {
		is := m.head.DataStanding[field]
		return is >= protect.Belonging && is > b.DataStanding[field] && ownerField.MatchString(field)
	})
}

// EverAsked is what an endpoint's checks show, anywhere.
func EverAsked(p *protect.Protection) []*protect.Fact {
	out := slices.Concat(p.Asked, p.End)
	for _, e := range append(slices.Clone(p.Effects), p.Exit) {
		if e != nil {
			out = append(out, e.Facts...)
		}
	}
	return out
}

// sameRoles: the head asks for a role among those that the base asks for, on one
// way or another.
func sameRoles(base, head []*protect.Fact, f *protect.Fact) bool {
	now := rolesAsked(head, f)
	before := rolesAsked(base, f)
	return len(now) > 0 && !slices.ContainsFunc(now, func(r string) bool { return !slices.Contains(before, r) })
}

func rolesAsked(facts []*protect.Fact, like *protect.Fact) []string {
	var out []string
	for _, f := range facts {
		if f.Kind == protect.Role && like.Kind == f.Kind && f.Key == like.Key {
			out = append(out, f.Set...)
		}
	}
	return out
}

// replaced reports whether the head asks something of a fact's layer that the
// base didn't, and that isn't the same with less in it.
func replaced(base, head []*protect.Fact, f *protect.Fact) bool {
	return slices.ContainsFunc(head, func(h *protect.Fact) bool {
		return h.Layer == f.Layer && (h.Kind != f.Kind || h.Key != f.Key || h.Kind == protect.Permission) && !protect.Entails(base, h)
	})
}

// maxAskedLines bounds the lines of a place that count for what was asked there:
// of a longer one, a call with a function in it, only the first does.
const maxAskedLines = 8

// askedInChange reports whether the change touched a line that asked for a fact,
// or that led to it.
func (d *difference) askedInChange(f *protect.Fact) bool { return d.touches(f.Evidence) }

func (d *difference) touches(sites []protect.Site) bool {
	return slices.ContainsFunc(sites, func(s protect.Site) bool {
		if s.File == nil || s.Span == d.base.Entry.Span || d.comparison.base.repo.Blob(s.File.Path) == "" {
			return false
		}
		fd := d.diffOf(s.File.Path)
		first, last := s.Lines()
		if last-first > maxAskedLines {
			last = first
		}
		for n := first; n <= last; n++ {
			if fd.changed(n) {
				return true
			}
		}
		return false
	})
}

// lostLayer is the layer of what of an alternative the head's effects lack,
// where that is one. A role, or else that something is the caller's, is a right.
func (d *difference) lostLayer(m match, f *protect.Fact) protect.Layer {
	if f.Layer == protect.Ownership && slices.ContainsFunc(f.Any, func(alt []*protect.Fact) bool {
		return protect.Holds(alt, protect.Authorization) && !protect.Holds(alt, protect.Ownership)
	}) {
		return protect.Authorization
	}
	var head []*protect.Fact
	for _, h := range m.head.Facts {
		head = append(head, h)
		for _, alt := range h.Any {
			head = append(head, alt...)
		}
	}
	layer := protect.Layer("")
	for _, alt := range f.Any {
		for _, g := range alt {
			if g.Layer == "" || protect.Entails(head, g) {
				continue
			}
			if layer != "" && layer != g.Layer {
				return f.Layer
			}
			layer = g.Layer
		}
	}
	if layer == "" {
		return f.Layer
	}
	return layer
}
