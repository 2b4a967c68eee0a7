package protect

import "sync/atomic"

// numbered is a thing that gets a number when it first comes into a state: there its
// place is by that.
type numbered struct{ n uint64 }

// numbers counts what was numbered. Evaluations that run at the same time share it:
// what counts is which of two things of one evaluation came first.
var numbers atomic.Uint64

// number is the thing's number.
func (n *numbered) number() uint64 {
	if n.n == 0 {
		n.n = numbers.Add(1)
	}
	return n.n
}
