package ordered

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// pair is a value that knows its key.
type pair struct{ key, value uint64 }

func collect(m Map[pair]) map[uint64]uint64 {
	out := map[uint64]uint64{}
	for p := range m.Values() {
		out[p.key] = p.value
	}
	return out
}

// Maps that are written at random, and parted now and then, answer as Go's do.
func TestMapAnswersAsGosDoes(t *testing.T) {
	t.Parallel()
	for _, keys := range []uint64{1, 3, 40, 500, 1 << 63} {
		random := rand.New(rand.NewPCG(1, keys))
		var m, old Map[pair]
		want, was := map[uint64]uint64{}, map[uint64]uint64{}
		for i := range uint64(3000) {
			switch key := random.Uint64N(keys); random.IntN(4) {
			case 0:
				m = m.Without(key)
				delete(want, key)
			case 1:
				if random.IntN(20) == 0 {
					old, was = m, maps.Clone(want)
				}
			default:
				m, want[key] = m.With(key, pair{key, i}), i
			}
			key := random.Uint64N(keys)
			got, ok := m.Get(key)
			if v, there := want[key]; ok != there || got.value != v {
				t.Fatalf("of %d keys: Get(%d) = %v, %t; want %d, %t", keys, key, got, ok, v, there)
			}
			if i%50 == 0 {
				compare(t, old, m, was, want)
			}
		}
	}
}

// compare checks what both maps hold, and how they differ.
func compare(t *testing.T, a, b Map[pair], inA, inB map[uint64]uint64) {
	t.Helper()
	if got := collect(a); !maps.Equal(got, inA) {
		t.Fatalf("a map that was written to holds %v, want %v", got, inA)
	}
	if got := collect(b); !maps.Equal(got, inB) {
		t.Fatalf("a map holds %v, want %v", got, inB)
	}
	var want, seen []uint64
	all := maps.Clone(inA)
	maps.Copy(all, inB)
	for key := range all {
		v, in := inA[key]
		if w, there := inB[key]; in != there || v != w {
			want = append(want, key)
		}
	}
	slices.Sort(want)
	Differ(a, b, func(x, y *pair) {
		p := x
		if p == nil {
			p = y
		}
		seen = append(seen, p.key)
		_, in := inA[p.key]
		_, there := inB[p.key]
		if in != (x != nil) || there != (y != nil) || in && x.value != inA[p.key] || there && y.value != inB[p.key] {
			t.Fatalf("Differ tells %v and %v of %d", x, y, p.key)
		}
	})
	if !slices.Equal(seen, want) {
		t.Fatalf("Differ tells %v, want %v", seen, want)
	}
}

// What one map has and another hasn't is what Go's maps say.
func TestMinus(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(2, 3))
	for range 300 {
		var a, b Map[pair]
		want := map[uint64]uint64{}
		size := random.IntN(400)
		for range size {
			key := random.Uint64N(500)
			a, want[key] = a.With(key, pair{key, 1}), 1
		}
		for range random.IntN(max(1, size/(1+random.IntN(40)))) {
			key := random.Uint64N(500)
			b = b.With(key, pair{key, 2})
			delete(want, key)
		}
		if got := collect(a.Minus(b)); !maps.Equal(got, want) {
			t.Fatalf("%v without %v is %v, want %v", collect(a), collect(b), got, want)
		}
	}
	a := large()
	if a.Minus(Map[pair]{}).root != a.root || a.Minus(Map[pair]{}.With(20_000, pair{})).root != a.root {
		t.Error("a map without what it hasn't is another one")
	}
}

// large is a map of ten thousand keys.
func large() Map[pair] {
	var m Map[pair]
	for i := range uint64(10_000) {
		m = m.With(i, pair{i, i})
	}
	return m
}

// A write copies a small part of a large map, and what is compared shares the rest.
func TestLargeMapsShare(t *testing.T) {
	t.Parallel()
	m := large()
	n := m.With(77, pair{77, 0})
	shared := 0
	for i := range m.root.parts {
		if m.root.parts[i] == n.root.parts[i] {
			shared++
		}
	}
	if shared != len(m.root.parts)-1 || len(m.root.parts) < 10_000/maxEntries {
		t.Errorf("of %d chunks, %d are shared after a write", len(m.root.parts), shared)
	}
}

func BenchmarkWith(b *testing.B) {
	for _, size := range []uint64{10, 1000, 100_000} {
		var m Map[pair]
		for i := range size {
			m = m.With(i, pair{i, i})
		}
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.ReportAllocs()
			for i := range b.N {
				m = m.With(uint64(i)%size, pair{0, uint64(i)})
			}
		})
	}
}
