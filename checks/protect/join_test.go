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
