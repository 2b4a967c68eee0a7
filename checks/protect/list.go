package protect

import (
	"strconv"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// maxTable bounds the elements of a known list that is worked through by filter,
// map, find and their like: tables of roles and permissions are longer than what
// a loop is unrolled for.
const maxTable = 300

// table gives the content of a wholly known list of bounded length.
func (ev *eval) table(v Value) *content {
	o, ok := ev.st.see(v).(*Object)
	if !ok || !o.List {
		return nil
	}
	if c := ev.st.content(o); c.rest == nil && len(c.elems) <= maxTable {
		return c
	}
	return nil
}

func (ev *eval) mapList(l *Object, f Value, site Site) Value {
	out := newList()
	c := ev.table(l)
	if c == nil {
		out.init.rest = ev.call(f, undefined, []Value{ev.element(l), unknown}, site)
		return out
	}
	for i, e := range c.elems {
		out.init.elems = append(out.init.elems, ev.call(f, undefined, []Value{e, number(i)}, site))
		if ev.st.dead {
			return out
		}
	}
	out.init.maybe = c.maybe
	return out
}

func number(i int) Value { return Const{Kind: syntax.Number, Text: strconv.Itoa(i)} }

// filterList keeps of a list what a callback is true of: each element is there
// under what its being true shows.
func (ev *eval) filterList(l *Object, f Value, site Site) Value {
	c := ev.table(l)
	if !isFunction(f) {
		return l
	}
	out := &Object{List: true, Site: l.Site, init: newContent()}
	if c == nil {
		return ev.filterOrigin(l, f, site)
	}
	before, from := ev.st, len(ev.tests)
	for i, e := range c.elems {
		ev.st = before.fork()
		v := ev.call(f, undefined, []Value{e, number(i)}, site)
		ev.noteUnawaited(v, site)
		if ev.st.dead {
			continue
		}
		in, not := ev.test(v, site)
		if in.dead {
			continue
		}
		p := presence{}
		if !not.dead {
			p = presence{when: beyond(in, before), unless: beyond(not, before)}
		}
		if c.maybe != nil && c.maybe[i].when != nil {
			p.when = both(p.when, c.maybe[i].when)
			p.unless = &assumption{}
		}
		out.init.elems = append(out.init.elems, e)
		out.init.maybe = append(out.init.maybe, p)
	}
	ev.st = before
	out.init.tests = ev.since(from)
	return out
}

// filterOrigin filters a list of unknown length: what remains is there under
// what the callback shows of an element.
func (ev *eval) filterOrigin(list, f Value, site Site) Value {
	before, from := ev.st, len(ev.tests)
	ev.st = before.fork()
	v := ev.call(f, undefined, []Value{ev.element(list), unknown}, site)
	ev.noteUnawaited(v, site)
	if ev.st.dead {
		ev.st = before
		return list
	}
	in, _ := ev.test(v, site)
	ev.st = before
	if in.dead {
		return newList()
	}
	return &Choice{P: &Point{alts: []*assumption{beyond(in, before), {}}, tests: ev.since(from)}, Vals: []Value{list, newList()}}
}

// beyond is what a state knows more than another.
func beyond(s, than *State) *assumption {
	return &assumption{facts: without(s.facts, than.facts), mask: differing(s, than), trust: s.trust}
}

func both(a, b *assumption) *assumption {
	if a == nil {
		return b
	}
	out := &assumption{trust: map[trustKey]bool{}, mask: a.mask}
	out.facts = append(append(out.facts, a.facts...), b.facts...)
	for _, x := range []*assumption{a, b} {
		for k := range x.trust {
			out.trust[k] = true
		}
	}
	return out
}

// filteredLength is the length of a list whose elements may be missing: none is
// there only if each condition failed.
func (ev *eval) filteredLength(c *content) Value {
	none := &assumption{}
	for _, p := range c.maybe {
		if p.when == nil {
			return unknown
		}
		none = both(none, p.unless)
	}
	return &Choice{P: &Point{alts: []*assumption{{}, none}, tests: c.tests}, Vals: []Value{&Opaque{Root: positiveRoot}, number(0)}}
}

// positiveRoot stands for numbers above zero.
var positiveRoot = &Root{Origin: FromUnknown, Label: "a positive number"}

// positive reports whether a number is above zero: the length of a list, or a
// count, where having none is another alternative.
func positive(o *Opaque) bool {
	if o.Root == positiveRoot {
		return true
	}
	last := lastStep(o.Path)
	return o.Root.effect != nil && (last == "count" || last == "length" && strings.Count(o.Path, ".") <= 2)
}

// hasElement is whether a filtered list has a constant.
func (ev *eval) hasElement(c *content, k Const) Value {
	for i, e := range c.elems {
		if x, ok := ev.st.see(e).(Const); ok && x == k {
			p := c.maybe[i]
			if p.when == nil {
				return yes
			}
			return &Choice{P: &Point{alts: []*assumption{p.when, p.unless}}, Vals: []Value{yes, no}}
		}
	}
	return no
}

// tableOf looks up a table by the caller's role: which entry it is says what the
// role is (the table is taken to know every role). Nil when the value isn't the caller's, or the table is no such.
func (ev *eval) tableOf(t *Object, c *content, o *Opaque) Value {
	if len(c.names) == 0 || len(c.names) >= maxAlternatives || c.rest != nil || ev.roleFact(ev.st, o, c.names[0]) == nil {
		return nil
	}
	p := &Point{}
	out := &Choice{P: p}
	for _, n := range c.names {
		f := ev.roleFact(ev.st, o, n)
		if t.Site.File != nil {
			f.Evidence = append(f.Evidence, t.Site)
		}
		p.alts = append(p.alts, &assumption{facts: []*Fact{f}})
		out.Vals = append(out.Vals, c.fields[n])
	}
	return out
}
