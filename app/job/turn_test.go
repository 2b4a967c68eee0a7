package job

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/testpg"
)

// Two replicas never review the same pull request at once either.
func TestATurnHoldsOverReplicas(t *testing.T) {
	t.Parallel()
	at := where{DatabaseURL: testpg.New(t)}
	one, two := open(t, at, reviewer{}), open(t, at, reviewer{})
	defer stop(t, one)
	defer stop(t, two)
	s := sample().subject()
	_, first, err := one.take(t.Context(), 1, s)
	if err != nil || first == nil {
		t.Fatalf("no turn: %v", err)
	}
	if _, second, err := two.take(t.Context(), 2, s); err != nil || second != nil {
		t.Fatalf("a second turn was given (%v)", err)
	}
	if held, err := first.renew(t.Context()); err != nil || !held {
		t.Errorf("the turn could not be renewed: %v", err)
	}
	if err := first.end(t.Context(), ended); err != nil {
		t.Fatal(err)
	}
	_, second, err := two.take(t.Context(), 2, s)
	if err != nil || second == nil {
		t.Fatalf("the turn was not given back: %v", err)
	}
	statement(t, two, `UPDATE authdiff_subject SET until = NOW - 1`) // as if its replica had died
	_, third, err := one.take(t.Context(), 3, s)
	if err != nil || third == nil {
		t.Fatalf("a turn that ran out was not given to another: %v", err)
	}
	if held, err := second.renew(t.Context()); err != nil || held {
		t.Errorf("who lost the turn was not told (%v)", err)
	}
	_ = second.end(t.Context(), ended)
	if held, err := third.renew(t.Context()); err != nil || !held {
		t.Errorf("who lost the turn took it from another: %v", err)
	}
	_ = third.end(t.Context(), ended)
}

func TestJobsOfAKilledProcessAreTakenBack(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		first := open(t, at, reviewer{})
		enqueue(t, first, sample())
		statement(t, first, `UPDATE river_job SET state = 'running', attempt = 10, attempted_at = '2026-01-01 00:00:00'`)
		statement(t, first, `UPDATE authdiff_subject SET running = latest, holder = 5, until = NOW - 1`)
		stop(t, first)

		gaveUp := make(chan error, 1)
		second := open(t, at, reviewer{
			review: func(ReviewPull) error { t.Error("another attempt was made"); return nil },
			giveUp: func(_ ReviewPull, cause error) error { gaveUp <- cause; return nil },
		})
		start(t, second)
		defer stop(t, second)
		if cause := receive(t, gaveUp); cause != errInterrupted {
			t.Errorf("cause = %v", cause)
		}
	})
}

// What another replica works on is left alone.
func TestRescueTakesOnlyWhatNobodyHolds(t *testing.T) {
	t.Parallel()
	at := where{DatabaseURL: testpg.New(t)}
	q := open(t, at, reviewer{})
	defer stop(t, q)
	for i, age := range []string{"1 hour", "1 hour", "1 second"} {
		a := sample()
		a.Number, a.Delivery = i+1, strconv.Itoa(i)
		enqueue(t, q, a)
		statement(t, q, `UPDATE river_job SET state = 'running', attempted_at = now() - CAST(? AS interval) WHERE args ->> 'number' = ?`,
			age, strconv.Itoa(i+1))
	}
	statement(t, q, `UPDATE authdiff_subject SET running = latest, holder = 5, until = NOW + 10000 WHERE name LIKE '%/1'`)
	if err := q.rescue(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"running", "available", "running"} {
		if n := number(t, q, `SELECT count(*) FROM river_job WHERE args ->> 'number' = ? AND CAST(state AS TEXT) = ?`, strconv.Itoa(i+1), want); n != 1 {
			t.Errorf("job %d isn't %s", i+1, want)
		}
	}
}

// A job that waits (for GitHub's limit, say) is over when a newer one exists,
// and the newer one learns which checks it left unfinished.
func TestANewerJobSupersedesOneThatHasBegun(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		type run struct {
			head string
			left []string
		}
		runs := make(chan run, 4)
		limits := true
		q := open(t, at, contextReviewer(func(ctx context.Context, a ReviewPull) error {
			left, err := Begin(ctx, a.HeadSHA, a.UpdatedAt)
			runs <- run{a.HeadSHA, left}
			if limits {
				limits = false
				return laterError{time.Now().Add(time.Hour)}
			}
			return err
		}))
		start(t, q)
		enqueue(t, q, sample())
		receive(t, runs)
		wait(t, func() bool { return number(t, q, `SELECT count(*) FROM river_job WHERE state = 'scheduled'`) == 1 })
		newer := sample()
		newer.HeadSHA, newer.Delivery = "bb", "d2"
		if got := enqueue(t, q, newer); got != Queued {
			t.Fatalf("the newer head is %s", got)
		}
		if got := receive(t, runs); got.head != "bb" || !slices.Equal(got.left, []string{"aa"}) {
			t.Errorf("the newer job has %+v, want head bb and aa left", got)
		}
		wait(t, func() bool { return number(t, q, `SELECT count(*) FROM authdiff_subject`) == 0 })
		statement(t, q, `UPDATE authdiff_job SET state = 'active'`)
		stop(t, q)
	})
}

// told is the sample's pull request as another event tells of it.
func told(delivery, head string, by time.Duration) ReviewPull {
	a := sample()
	a.Delivery, a.HeadSHA, a.UpdatedAt = delivery, head, a.UpdatedAt.Add(by)
	return a
}

// Work on a head that is none any more is stopped at once; the newer job learns
// which check it left. Other events of the pull request don't stop it.
func TestANewerHeadStopsTheWork(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		type run struct {
			ctx  context.Context
			left []string
		}
		runs := make(chan run, 2)
		q := open(t, at, contextReviewer(func(ctx context.Context, a ReviewPull) error {
			left, err := Begin(ctx, a.HeadSHA, a.UpdatedAt)
			runs <- run{ctx, left}
			if a.HeadSHA == "bb" {
				return err
			}
			<-ctx.Done()
			return ctx.Err()
		}))
		start(t, q)
		defer stop(t, q)
		enqueue(t, q, sample())
		first := receive(t, runs)
		enqueue(t, q, told("d2", "aa", time.Minute))
		enqueue(t, q, told("d3", "00", -time.Minute))
		enqueue(t, q, told("d4", "bb", 0))
		if err := context.Cause(first.ctx); err != nil {
			t.Fatalf("the work was stopped, though no event told of a newer head: %v", err)
		}
		enqueue(t, q, told("d5", "bb", time.Hour))
		<-first.ctx.Done()
		second := receive(t, runs)
		if err := context.Cause(first.ctx); !errors.Is(err, errOldHead) {
			t.Errorf("the work was stopped for %v", err)
		}
		if !slices.Equal(second.left, []string{"aa"}) {
			t.Errorf("the newer job has %q left", second.left)
		}
	})
}

// The newer head may have been told to another replica, or before the work had
// read the pull request.
func TestANewerHeadOfAnotherReplicaStopsTheWork(t *testing.T) {
	t.Parallel()
	at := where{DatabaseURL: testpg.New(t)}
	one, two := open(t, at, reviewer{}), open(t, at, reviewer{})
	defer stop(t, one)
	defer stop(t, two)
	a := sample()
	ctx, turn, err := one.take(t.Context(), 1, a.subject())
	if err != nil || turn == nil {
		t.Fatalf("no turn: %v", err)
	}
	defer func() { _ = turn.end(t.Context(), superseded) }()
	if _, err := Begin(ctx, a.HeadSHA, a.UpdatedAt); err != nil {
		t.Fatal(err)
	}
	enqueue(t, two, told("d2", "bb", time.Minute))
	if err := context.Cause(ctx); err != nil {
		t.Fatalf("it was stopped before it looked: %v", err)
	}
	turn.look(t.Context())
	if err := context.Cause(ctx); !errors.Is(err, errOldHead) {
		t.Errorf("the work was stopped for %v", err)
	}
}
