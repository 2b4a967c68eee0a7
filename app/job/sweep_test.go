package job

import (
	"context"
	"testing"

	"github.com/authdiff/authdiff/app/testpg"
)

// sweeper is a Sweeper that tells what it is asked for.
type sweeper chan string

func (s sweeper) Sweep(_ context.Context, args Sweep) error {
	s <- args.What
	return nil
}

// A replica that comes back may have missed deliveries, also when another one
// has the lead and stays.
func TestEachStartSweeps(t *testing.T) {
	t.Parallel()
	database := testpg.New(t)
	asked := make(sweeper, 10)
	for range 2 {
		q, err := Open(t.Context(), Options{DatabaseURL: database, Reviewer: reviewer{}, Sweeper: asked, Log: quietLog(), quick: true})
		if err != nil {
			t.Fatal(err)
		}
		start(t, q)
		defer stop(t, q)
		got := map[string]bool{receive(t, asked): true, receive(t, asked): true}
		if !got[SweepDeliveries] || !got[SweepInstallations] {
			t.Fatalf("a start swept %v", got)
		}
		wait(t, func() bool {
			return number(t, q, `SELECT count(*) FROM river_job WHERE kind = 'sweep' AND finalized_at IS NULL`) == 0
		})
	}
}
