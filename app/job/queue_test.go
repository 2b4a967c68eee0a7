package job

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"
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

func quietLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

func open(t *testing.T, dir string, r Reviewer) *Queue {
	t.Helper()
	q, err := Open(t.Context(), Options{Dir: dir, Reviewer: r, Log: quietLog(), quick: true})
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

func enqueue(t *testing.T, q *Queue, args ReviewPull) bool {
	t.Helper()
	added, err := q.Enqueue(t.Context(), args)
	if err != nil {
		t.Fatal(err)
	}
	return added
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

func TestJobsSurviveTheProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := open(t, dir, reviewer{})
	if !enqueue(t, first, sample()) {
		t.Fatal("the first job was not added")
	}
	stop(t, first)

	done := make(chan ReviewPull, 1)
	second := open(t, dir, reviewer{review: func(a ReviewPull) error { done <- a; return nil }})
	start(t, second)
	defer stop(t, second)
	if got := receive(t, done); got != sample() {
		t.Errorf("got  %+v\nwant %+v", got, sample())
	}
}

func TestWaitingDuplicatesCollapse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*ReviewPull)
		added  bool
	}{
		{"redelivered", func(*ReviewPull) {}, false},
		{"another event of the same state", func(a *ReviewPull) { a.Delivery, a.UpdatedAt = "d2", time.Time{} }, false},
		{"another head", func(a *ReviewPull) { a.HeadSHA = "bb" }, true},
		{"another base", func(a *ReviewPull) { a.BaseRef = "next" }, true},
		{"another pull request", func(a *ReviewPull) { a.Number = 1 }, true},
		{"another repository", func(a *ReviewPull) { a.Repo = "blog" }, true},
		{"another owner", func(a *ReviewPull) { a.Owner = "acme's" }, true},
		{"another installation", func(a *ReviewPull) { a.InstallationID = 8 }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			q := open(t, t.TempDir(), reviewer{})
			defer stop(t, q)
			enqueue(t, q, sample())
			again := sample()
			tt.change(&again)
			if added := enqueue(t, q, again); added != tt.added {
				t.Errorf("added = %v, want %v", added, tt.added)
			}
		})
	}
}

// An event that comes while its pull request is being reviewed may be newer
// than what the review has read, so it gets a job of its own, after it.
func TestEventDuringReviewIsKept(t *testing.T) {
	t.Parallel()
	begun, release := make(chan ReviewPull, 2), make(chan struct{})
	q := open(t, t.TempDir(), reviewer{review: func(a ReviewPull) error {
		begun <- a
		<-release
		return nil
	}})
	start(t, q)
	defer stop(t, q)

	enqueue(t, q, sample())
	receive(t, begun)
	again := sample()
	again.Delivery = "d2"
	if !enqueue(t, q, again) {
		t.Fatal("the event was dropped")
	}
	close(release)
	if got := receive(t, begun); got.Delivery != "d2" {
		t.Errorf("second job is of delivery %q", got.Delivery)
	}
}

func TestJobsOfAKilledProcessAreTakenBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := open(t, dir, reviewer{})
	enqueue(t, first, sample())
	if _, err := first.db.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 5`); err != nil {
		t.Fatal(err)
	}
	stop(t, first)

	gaveUp := make(chan error, 1)
	second := open(t, dir, reviewer{
		review: func(ReviewPull) error { t.Error("a sixth attempt was made"); return nil },
		giveUp: func(_ ReviewPull, cause error) error { gaveUp <- cause; return nil },
	})
	start(t, second)
	defer stop(t, second)
	if cause := receive(t, gaveUp); cause != errInterrupted {
		t.Errorf("cause = %v", cause)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	q := open(t, t.TempDir(), reviewer{})
	if q.Ready(t.Context()) == nil {
		t.Error("ready before the start")
	}
	start(t, q)
	if err := q.Ready(t.Context()); err != nil {
		t.Errorf("not ready after the start: %v", err)
	}
	stop(t, q)
	if q.Ready(t.Context()) == nil {
		t.Error("ready after the stop")
	}
	if _, err := q.Enqueue(t.Context(), sample()); err == nil {
		t.Error("a job was accepted after the stop")
	}
}

func TestOpenRefusesAFolderThatCannotBeMade(t *testing.T) {
	t.Parallel()
	if _, err := Open(t.Context(), Options{Dir: "/dev/null/state", Reviewer: reviewer{}, Log: quietLog()}); err == nil {
		t.Error("opened")
	}
}
