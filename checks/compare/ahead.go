package compare

import (
	"context"
	"iter"
	"sync"

	"github.com/authdiff/authdiff/checks/protect"
)

// sides are an endpoint's protection in the base, and in the head once that is asked
// for.
type sides struct {
	base *protect.Protection
	head func() *protect.Protection
}

// fewPairs are so few that most of them differ: nobody waits for the base's side to
// learn whether the head's needs to be evaluated.
const fewPairs = 16

// evaluated gives the sides of pairs, in their order.
func (c *comparison) evaluated(ctx context.Context, pairs []pair) iter.Seq2[int, sides] {
	base := func(p pair) *protect.Protection { return c.base.world.Protect(p.base) }
	head := func(p pair) *protect.Protection { return c.head.world.Protect(p.head) }
	if len(pairs) > fewPairs {
		return func(yield func(int, sides) bool) {
			for i, b := range ahead(ctx, pairs, base) {
				if !yield(i, sides{b, func() *protect.Protection { return head(pairs[i]) }}) {
					return
				}
			}
		}
	}
	return func(yield func(int, sides) bool) {
		bases, heads := make([]*protect.Protection, len(pairs)), make([]*protect.Protection, len(pairs))
		var both sync.WaitGroup
		both.Go(func() {
			for i, p := range pairs {
				bases[i] = base(p)
			}
		})
		for i, p := range pairs {
			heads[i] = head(p)
		}
		both.Wait()
		for i := range pairs {
			if !yield(i, sides{bases[i], func() *protect.Protection { return heads[i] }}) {
				return
			}
		}
	}
}

// maxAhead bounds how many results wait to be taken.
const maxAhead = 8

// ahead works on a list in a goroutine of its own while the caller takes the
// results, in the list's order. The base's side of a comparison is evaluated so,
// ahead of the head's: the two trees share nothing but what was read and parsed.
// It ends early when ctx does.
func ahead[In, Out any](ctx context.Context, list []In, work func(In) Out) iter.Seq2[int, Out] {
	return func(yield func(int, Out) bool) {
		ctx, stop := context.WithCancel(ctx)
		results := make(chan Out, maxAhead)
		var done sync.WaitGroup
		done.Go(func() {
			defer close(results)
			for _, in := range list {
				select {
				case results <- work(in):
				case <-ctx.Done():
					return
				}
			}
		})
		defer done.Wait()
		defer stop()
		i := 0
		for out := range results {
			if !yield(i, out) {
				return
			}
			i++
		}
	}
}
