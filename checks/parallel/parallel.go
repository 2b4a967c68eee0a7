// Package parallel shares work out to the machine's processors.
package parallel

import (
	"context"
	"runtime"
	"sync"
)

// Each does n pieces of work on all processors. Each processor takes a run of
// neighbours, which tend to need the same, with a worker of its own, so that a
// worker needn't be safe for concurrent use. It returns ctx's error, after which
// some pieces may not have been done.
func Each(ctx context.Context, n int, worker func() func(i int)) error {
	var workers sync.WaitGroup
	parts := min(n, runtime.GOMAXPROCS(0))
	for part := range parts {
		workers.Go(func() {
			work := worker()
			for i := n * part / parts; i < n*(part+1)/parts && ctx.Err() == nil; i++ {
				work(i)
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}
