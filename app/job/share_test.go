package job

import (
	"fmt"
	"strconv"
	"testing"
)

// fill enqueues reviews of n pull requests of an installation.
func fill(t *testing.T, q *Queue, installation int64, n int) {
	t.Helper()
	for i := range n {
		a := sample()
		a.InstallationID, a.Number, a.Delivery = installation, i+1, fmt.Sprintf("%d-%d", installation, i)
		enqueue(t, q, a)
	}
}

// An installation with a thousand jobs lets one with a single job wait for its
// share at most, and not for all.
func TestABusyInstallationDoesNotStarveOthers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		const busy = 60
		order := make(chan int64, busy+1)
		at.Workers = 1
		q := open(t, at, reviewer{review: func(a ReviewPull) error { order <- a.InstallationID; return nil }})
		fill(t, q, 1, busy)
		fill(t, q, 2, 1)
		start(t, q)
		defer stop(t, q)
		place := 0
		for i := range busy + 1 {
			if receive(t, order) == 2 {
				place = i
			}
		}
		if place > q.share {
			t.Errorf("the other installation's job ran after %d jobs of the busy one, want %d at most", place, q.share)
		}
	})
}

// With GitHub limiting an installation, its jobs wait where they don't run into
// the limit one by one.
func TestALimitedInstallationHoldsItsJobsBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		at.Workers = 1
		tried := make(chan int, 10)
		q := open(t, at, reviewer{review: func(a ReviewPull) error {
			if a.InstallationID == 2 {
				return nil
			}
			tried <- a.Number
			return laterError{testNow.AddDate(10, 0, 0)}
		}})
		fill(t, q, 1, 10)
		fill(t, q, 2, 5)
		start(t, q)
		wait(t, func() bool { return number(t, q, `SELECT count(*) FROM authdiff_job WHERE installation = 2`) == 0 })
		stop(t, q)
		if len(tried) != q.share {
			t.Errorf("%d jobs were tried, want %d", len(tried), q.share)
		}
	})
}

// What a process that died didn't let run is let run by upkeep.
func TestUpkeepLetsHeldJobsRun(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		at.Workers = 1
		q := open(t, at, reviewer{})
		defer stop(t, q)
		fill(t, q, 1, 5)
		if n := number(t, q, `SELECT count(*) FROM river_job WHERE state = 'pending'`); n != 3 {
			t.Fatalf("%d jobs are held back, want 3", n)
		}
		statement(t, q, `DELETE FROM authdiff_job WHERE state = 'active'`)
		if err := q.repair(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := number(t, q, `SELECT count(*) FROM river_job WHERE state = 'pending'`); n != 1 {
			t.Errorf("%d jobs are held back, want 1", n)
		}
	})
}

func TestPriorities(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		q := open(t, at, reviewer{})
		defer stop(t, q)
		asked := sample()
		swept := sample()
		swept.Number, swept.Delivery = 13, ""
		both := sample()
		both.Number, both.Delivery = 14, ""
		for _, a := range []ReviewPull{swept, both, asked} {
			enqueue(t, q, a)
		}
		both.Delivery = "d3" // an event for what a sweep has found
		if got := enqueue(t, q, both); got != Collapsed {
			t.Fatalf("the event is %s", got)
		}
		for pull, want := range map[int]int64{12: pullPriority, 13: reconcilePriority, 14: pullPriority} {
			if got := number(t, q, `SELECT priority FROM river_job WHERE args ->> 'number' = ?`, sqlNumber(at, pull)); got != want {
				t.Errorf("pull request %d has priority %d, want %d", pull, got, want)
			}
		}
	})
}

// sqlNumber is a number as ->> gives it: text in PostgreSQL.
func sqlNumber(at where, n int) any {
	if at.DatabaseURL != "" {
		return strconv.Itoa(n)
	}
	return n
}
