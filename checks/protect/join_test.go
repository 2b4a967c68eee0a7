package protect

import "testing"

// A Point within others is decided before them: else an evaluation takes more steps
// than it needs.
func TestInnerDecisionsComeFirst(t *testing.T) {
	t.Parallel()
	s := &State{}
	for _, depth := range []int{2, 0, 1, 3} {
		s.mask.set(&Point{depth: depth, alts: []*assumption{{}, {}}}, 1)
	}
	for i, d := range differing(s, &State{}) {
		if d.at.depth != i {
			t.Fatalf("decision %d is on a point of depth %d", i, d.at.depth)
		}
	}
}

// An instance that one way made holds after it what it holds there: the other has none,
// and asking of it there would only multiply the ways.
func TestInstanceOfOneWayHoldsWhatItHoldsThere(t *testing.T) {
	t.Parallel()
	before := &State{}
	with, without := before.fork(), before.fork()
	o := &Object{Class: &Class{}, init: newContent()}
	with.edit(o).set("id", str("x"))
	out, _ := join([]*State{without, with}, nil)
	if v := out.content(o).fields["id"]; v != Value(str("x")) {
		t.Errorf("it holds %v, want x", v)
	}
}
