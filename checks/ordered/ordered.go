// Package ordered has a map that never changes, in the order of its keys: writing
// makes a new one, which shares most of its memory with the old. A copy costs nothing,
// and two maps that come from one are compared without looking at what they share.
//
// It is made for maps of some ten keys, of which there are very many; one of a hundred
// thousand still is written to in microseconds.
package ordered

import (
	"iter"
	"slices"
)

// Map maps numbers to values. The zero Map is empty. It is safe for concurrent use.
type Map[V comparable] struct{ root *node[V] }

// node is a part of a map: keys that follow one another, at least one, or the parts
// of a map that is larger.
type node[V comparable] struct {
	entries []entry[V]
	parts   []*node[V] // none of which has parts
}

type entry[V comparable] struct {
	key   uint64
	value V
}

// maxEntries bounds a part. One that is full is halved.
const maxEntries = 32

// part is where the part stands that holds a key, or would.
func (n *node[V]) part(key uint64) int {
	low, high := 1, len(n.parts)
	for low < high {
		if mid := (low + high) / 2; n.parts[mid].entries[0].key <= key {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low - 1
}

// find is where a key stands among entries, or would.
func (n *node[V]) find(key uint64) (int, bool) {
	low, high := 0, len(n.entries)
	for low < high {
		if mid := (low + high) / 2; n.entries[mid].key < key {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, low < len(n.entries) && n.entries[low].key == key
}

// Get is the value of a key, and whether there is one.
func (m Map[V]) Get(key uint64) (value V, ok bool) {
	n := m.root
	if n == nil {
		return value, false
	}
	if n.parts != nil {
		n = n.parts[n.part(key)]
	}
	i, ok := n.find(key)
	if !ok {
		return value, false
	}
	return n.entries[i].value, true
}

// With is the map in which a key has a value.
func (m Map[V]) With(key uint64, value V) Map[V] {
	e := entry[V]{key, value}
	switch n := m.root; {
	case n == nil:
		return Map[V]{&node[V]{entries: []entry[V]{e}}}
	case n.parts != nil:
		at := n.part(key)
		return m.replace(at, n.parts[at].with(e))
	default:
		return rooted(n.with(e))
	}
}

// Set is With for a map whose memory is nobody else's: no other map came from it, or
// it from another, since With last made it. It may write there.
func (m Map[V]) Set(key uint64, value V) Map[V] {
	n := m.root
	if n == nil || n.parts != nil {
		return m.With(key, value)
	}
	switch i, there := n.find(key); {
	case there:
		n.entries[i].value = value
	case len(n.entries) == maxEntries:
		return m.With(key, value)
	default:
		n.entries = slices.Insert(n.entries, i, entry[V]{key, value})
	}
	return m
}

// with is a part with an entry, halved where it is full.
func (n *node[V]) with(e entry[V]) []*node[V] {
	i, there := n.find(e.key)
	if there && n.entries[i].value == e.value {
		return []*node[V]{n}
	}
	rest := n.entries[i:]
	if there {
		rest = rest[1:]
	}
	list := make([]entry[V], 0, i+1+len(rest))
	list = append(append(append(list, n.entries[:i]...), e), rest...)
	if len(list) <= maxEntries {
		return []*node[V]{{entries: list}}
	}
	half := len(list) / 2
	return []*node[V]{{entries: list[:half:half]}, {entries: list[half:]}}
}

// Without is the map that lacks a key.
func (m Map[V]) Without(key uint64) Map[V] {
	n, at := m.root, 0
	if n != nil && n.parts != nil {
		at = n.part(key)
		n = n.parts[at]
	}
	if n == nil {
		return m
	}
	i, there := n.find(key)
	if !there {
		return m
	}
	var left []*node[V]
	if len(n.entries) > 1 {
		left = []*node[V]{{entries: slices.Concat(n.entries[:i], n.entries[i+1:])}}
	}
	if n == m.root {
		return rooted(left)
	}
	return m.replace(at, left)
}

// Minus is the map that lacks the keys of another.
func (m Map[V]) Minus(o Map[V]) Map[V] {
	switch {
	case m.root == nil || o.root == nil:
		return m
	case m.root == o.root:
		return Map[V]{}
	}
	var parts []*node[V]
	same := true
	for _, n := range m.leaves() {
		left := n.minus(o)
		if same = same && left == n; left != nil {
			parts = append(parts, left)
		}
	}
	if same {
		return m
	}
	return rooted(parts)
}

// minus is a part without the keys of a map; nil when nothing is left.
func (n *node[V]) minus(o Map[V]) *node[V] {
	list := o.leaves()
	if o.root.parts != nil {
		list = list[o.root.part(n.entries[0].key):]
	}
	if list[0] == n {
		return nil
	}
	var left []entry[V]
	w := walk[V]{parts: list}
	for i, e := range n.entries {
		for w.entry() != nil && w.entry().key < e.key {
			w.next()
		}
		gone := w.entry() != nil && w.entry().key == e.key
		switch {
		case gone && left == nil:
			left = append(make([]entry[V], 0, len(n.entries)-1), n.entries[:i]...)
		case !gone && left != nil:
			left = append(left, e)
		}
	}
	switch {
	case left == nil:
		return n
	case len(left) == 0:
		return nil
	}
	return &node[V]{entries: left}
}

// replace is the map that has other parts in the place of one.
func (m Map[V]) replace(at int, by []*node[V]) Map[V] {
	if len(by) == 1 && by[0] == m.root.parts[at] {
		return m
	}
	return rooted(slices.Concat(m.root.parts[:at], by, m.root.parts[at+1:]))
}

// rooted is the map of some parts.
func rooted[V comparable](parts []*node[V]) Map[V] {
	switch len(parts) {
	case 0:
		return Map[V]{}
	case 1:
		return Map[V]{parts[0]}
	}
	return Map[V]{&node[V]{parts: parts}}
}

// leaves are the parts that have entries.
func (m Map[V]) leaves() []*node[V] {
	switch {
	case m.root == nil:
		return nil
	case m.root.parts != nil:
		return m.root.parts
	}
	return []*node[V]{m.root}
}

// Values gives the values by ascending key.
func (m Map[V]) Values() iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, n := range m.leaves() {
			for i := range n.entries {
				if !yield(n.entries[i].value) {
					return
				}
			}
		}
	}
}

// Differ calls visit, by ascending key, for each key whose value differs in two maps,
// with its value in each; nil where a map hasn't the key.
func Differ[V comparable](a, b Map[V], visit func(inA, inB *V)) {
	if a.root == b.root {
		return
	}
	x, y := walk[V]{parts: a.leaves()}, walk[V]{parts: b.leaves()}
	for {
		if x.i == 0 && y.i == 0 && len(x.parts) > 0 && len(y.parts) > 0 && x.parts[0] == y.parts[0] {
			x.parts, y.parts = x.parts[1:], y.parts[1:]
			continue
		}
		e, f := x.entry(), y.entry()
		switch {
		case e == nil && f == nil:
			return
		case f == nil || e != nil && e.key < f.key:
			visit(&e.value, nil)
			x.next()
		case e == nil || f.key < e.key:
			visit(nil, &f.value)
			y.next()
		default:
			if e.value != f.value {
				visit(&e.value, &f.value)
			}
			x.next()
			y.next()
		}
	}
}

// walk goes through a map.
type walk[V comparable] struct {
	parts []*node[V]
	i     int // in the first of them
}

func (w *walk[V]) entry() *entry[V] {
	if len(w.parts) == 0 {
		return nil
	}
	return &w.parts[0].entries[w.i]
}

func (w *walk[V]) next() {
	if w.i++; w.i == len(w.parts[0].entries) {
		w.parts, w.i = w.parts[1:], 0
	}
}
