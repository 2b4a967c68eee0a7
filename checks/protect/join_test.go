package protect

import "testing"

// A Point within others is decided before them, however the map of decisions is
// walked: else an evaluation takes more steps one time than another, and one that
// runs out of them ends at another place each time.
func TestInnerDecisionsComeFirst(t *testing.T) {
	t.Parallel()
	two := func(depth int) *Point {
		return &Point{depth: depth, alts: []*assumption{{}, {}}}
	}
	for range 20 {
		s := &State{mask: map[*Point]uint32{two(2): 1, two(0): 1, two(1): 1, two(3): 1}}
		for i, d := range differing(s, &State{}) {
			if d.at.depth != i {
				t.Fatalf("decision %d is on a point of depth %d", i, d.at.depth)
			}
		}
	}
}
