package parallel_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/authdiff/authdiff/checks/parallel"
)

func TestEach(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 7, 100} {
		done := make([]int, n)
		var workers atomic.Int64
		err := parallel.Each(t.Context(), n, func() func(int) {
			workers.Add(1)
			return func(i int) { done[i]++ }
		})
		if err != nil || int(workers.Load()) > n {
			t.Errorf("%d pieces: %d workers, error %v", n, workers.Load(), err)
		}
		for i, times := range done {
			if times != 1 {
				t.Errorf("piece %d of %d was done %d times", i, n, times)
			}
		}
	}
}

func TestEachEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := parallel.Each(ctx, 10, func() func(int) {
		return func(i int) { t.Errorf("piece %d was done", i) }
	})
	if err != context.Canceled {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}
