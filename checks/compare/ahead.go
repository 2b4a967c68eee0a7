package compare

import (
	"context"
	"iter"
	"sync"
)

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
