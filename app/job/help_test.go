package job

import (
	"context"
	"io"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/testpg"
)

// reviewer is a Reviewer made of functions; a nil one succeeds.
type reviewer struct {
	review func(ReviewPull) error
	giveUp func(ReviewPull, error) error
}

func (r reviewer) Review(_ context.Context, args ReviewPull) error {
	if r.review == nil {
		return nil
	}
	return r.review(args)
}

func (r reviewer) GiveUp(_ context.Context, args ReviewPull, cause error) error {
	if r.giveUp == nil {
		return nil
	}
	return r.giveUp(args, cause)
}

// contextReviewer is a Reviewer whose reviews need the context.
type contextReviewer func(context.Context, ReviewPull) error

func (f contextReviewer) Review(ctx context.Context, args ReviewPull) error { return f(ctx, args) }

func (contextReviewer) GiveUp(context.Context, ReviewPull, error) error { return nil }

// wait looks again until the condition holds.
func wait(t *testing.T, holds func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for tick := time.NewTicker(5 * time.Millisecond); !holds(); {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it didn't come to hold within 30 s")
		}
	}
}

func quietLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func TestMain(m *testing.M) { os.Exit(testpg.Main(m)) }

// where is a database: the options that choose it.
type where Options

// onBoth runs a test over both databases.
func onBoth(t *testing.T, f func(t *testing.T, at where)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, where{Dir: t.TempDir()})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, where{DatabaseURL: testpg.New(t)})
	})
}

func open(t *testing.T, at where, r Reviewer) *Queue {
	t.Helper()
	o := Options(at)
	o.Reviewer, o.Log, o.quick = r, quietLog(), true
	q, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func start(t *testing.T, q *Queue) {
	t.Helper()
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func stop(t *testing.T, q *Queue) {
	t.Helper()
	if err := q.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
}

func enqueue(t *testing.T, q *Queue, args Args) Outcome {
	t.Helper()
	outcome, err := q.Enqueue(t.Context(), args)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func statement(t *testing.T, q *Queue, text string, args ...any) {
	t.Helper()
	if err := q.db.exec(t.Context(), q.db.executor, text, args...); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, q *Queue, text string, args ...any) int64 {
	t.Helper()
	n, _, err := q.db.found(t.Context(), q.db.executor, text, args...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func receive[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came within 30 s")
		panic("unreachable")
	}
}

func sample() ReviewPull {
	return ReviewPull{
		InstallationID: 7, Owner: "acme", Repo: "shop", Number: 12, HeadSHA: "aa", BaseRef: "main",
		UpdatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Delivery: "d1",
	}
}
