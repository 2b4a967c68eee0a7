package protect

import "testing"

// What a state had decided is told in one order, however its map is walked: an
// evaluation that runs out of steps would end at another place each time.
func TestDecisionsComeInOneOrder(t *testing.T) {
	t.Parallel()
	two := func(depth int) *Point {
		return &Point{flat: depth > 0, depth: depth, alts: []*assumption{{}, {}}}
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
