package job

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

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

func TestJobsSurviveTheProcess(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		first := open(t, at, reviewer{})
		if got := enqueue(t, first, sample()); got != Queued {
			t.Fatalf("the first job is %s", got)
		}
		stop(t, first)

		done := make(chan ReviewPull, 1)
		second := open(t, at, reviewer{review: func(a ReviewPull) error { done <- a; return nil }})
		start(t, second)
		defer stop(t, second)
		if got := receive(t, done); got != sample() {
			t.Errorf("got  %+v\nwant %+v", got, sample())
		}
	})
}

func TestADeliveryIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		q := open(t, at, reviewer{})
		defer stop(t, q)
		outcomes := make(chan Outcome, 20)
		var group errgroup.Group
		for range cap(outcomes) {
			group.Go(func() error {
				outcome, err := q.Enqueue(t.Context(), sample())
				outcomes <- outcome
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		close(outcomes)
		got := map[Outcome]int{}
		for o := range outcomes {
			got[o]++
		}
		if got[Queued] != 1 || got[Duplicate] != 19 {
			t.Errorf("20 times the same delivery is %v", got)
		}
		if n := number(t, q, `SELECT count(*) FROM river_job`); n != 1 {
			t.Errorf("%d jobs", n)
		}
	})
}

// GitHub redelivers for 3 days, GitHub Enterprise Server for 7.
func TestDeliveriesAreRememberedForLongerThanGitHubRedelivers(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		q := open(t, at, reviewer{})
		defer stop(t, q)
		const day = 24 * 60 * 60 * 1000
		for id, age := range map[string]int{"old": 9 * day, "young": 7*day + day/2} {
			statement(t, q, `INSERT INTO authdiff_delivery (id, received) VALUES (?, NOW - ?)`, id, age)
		}
		if err := q.tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := number(t, q, `SELECT count(*) FROM authdiff_delivery WHERE id = 'young'`); n != 1 {
			t.Error("a delivery that may come again was forgotten")
		}
		if n := number(t, q, `SELECT count(*) FROM authdiff_delivery`); n != 1 {
			t.Errorf("%d deliveries are kept, want 1", n)
		}
	})
}

func TestWaitingJobsCollapse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*ReviewPull)
		want   Outcome
	}{
		{"redelivered", func(a *ReviewPull) { a.Delivery = "d1" }, Duplicate},
		{"another event of the same state", func(a *ReviewPull) { a.UpdatedAt = time.Time{} }, Collapsed},
		{"another head", func(a *ReviewPull) { a.HeadSHA = "bb" }, Collapsed},
		{"another base", func(a *ReviewPull) { a.BaseRef = "next" }, Collapsed},
		{"the repository in other letters", func(a *ReviewPull) { a.Owner = "Acme" }, Collapsed},
		{"another pull request", func(a *ReviewPull) { a.Number = 1 }, Queued},
		{"another repository", func(a *ReviewPull) { a.Repo = "blog" }, Queued},
		{"another owner", func(a *ReviewPull) { a.Owner = "acme's" }, Queued},
		{"another installation", func(a *ReviewPull) { a.InstallationID = 8 }, Queued},
	}
	onBoth(t, func(t *testing.T, at where) {
		q := open(t, at, reviewer{})
		defer stop(t, q)
		enqueue(t, q, sample())
		for _, tt := range tests {
			again := sample()
			again.Delivery = tt.name
			tt.change(&again)
			if got := enqueue(t, q, again); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
			}
		}
	})
}

// Whatever the order in which events come, the waiting job knows the newest.
func TestAWaitingJobTakesUpTheNewestEvent(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		done := make(chan ReviewPull, 3)
		q := open(t, at, reviewer{review: func(a ReviewPull) error { done <- a; return nil }})
		defer stop(t, q)
		newest := sample()
		for i, minutes := range []int{1, 3, 2} {
			a := sample()
			a.HeadSHA, a.Delivery = strings.Repeat("abc"[i:i+1], 2), string(rune('1'+i))
			a.UpdatedAt = a.UpdatedAt.Add(time.Duration(minutes) * time.Minute)
			enqueue(t, q, a)
			if minutes == 3 {
				newest = a
			}
		}
		start(t, q)
		if got := receive(t, done); got != newest {
			t.Errorf("got  %+v\nwant %+v", got, newest)
		}
		if n := number(t, q, `SELECT count(*) FROM river_job WHERE kind = 'review_pull'`); n != 1 {
			t.Errorf("%d jobs", n)
		}
	})
}

// An event that comes while its pull request is being reviewed may be newer
// than what the review has read, so it gets a job of its own, after it.
func TestEventDuringReviewIsKept(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		begun, release := make(chan ReviewPull, 2), make(chan struct{})
		var atOnce atomic.Int32
		q := open(t, at, reviewer{review: func(a ReviewPull) error {
			if atOnce.Add(1) > 1 {
				t.Error("two jobs work on the pull request at once")
			}
			defer atOnce.Add(-1)
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
		if got := enqueue(t, q, again); got != Queued {
			t.Fatalf("the event is %s", got)
		}
		close(release)
		if got := receive(t, begun); got.Delivery != "d2" {
			t.Errorf("second job is of delivery %q", got.Delivery)
		}
	})
}

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
		statement(t, first, `UPDATE authdiff_subject SET running = latest, holder = 5, until = NOW + 100`)
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
			left, err := Begin(ctx, a.HeadSHA)
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

func TestReady(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, at where) {
		q := open(t, at, reviewer{})
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
	})
}

func TestMigrationsAreSafeWithReplicasStartingAtOnce(t *testing.T) {
	t.Parallel()
	at := where{DatabaseURL: testpg.New(t)}
	var group errgroup.Group
	for range 6 {
		group.Go(func() error {
			o := Options(at)
			o.Reviewer, o.Log = reviewer{}, quietLog()
			q, err := Open(t.Context(), o)
			if err != nil {
				return err
			}
			return q.Stop(t.Context())
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	taken := t.TempDir()
	holder := open(t, where{Dir: taken}, reviewer{})
	t.Cleanup(func() { stop(t, holder) })
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, databaseFile), bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		at   where
		want string
	}{
		{"a folder that cannot be made", where{Dir: "/dev/null/state"}, "STATE_DIR: make the state directory"},
		{"a file that is no database", where{Dir: broken}, "STATE_DIR: prepare"},
		{"a file that another process has", where{Dir: taken}, "is in use by another process: stop that, or set DATABASE_URL"},
		{"an address that is none", where{DatabaseURL: "postgres://u:hunter2@h:port/d"}, "DATABASE_URL: it cannot be read: set it to"},
		{"a database that is not there", where{DatabaseURL: "postgres://u:hunter2@127.0.0.1:1/d"}, "DATABASE_URL: the database at 127.0.0.1:1 cannot be reached"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := Options(tt.at)
			o.Reviewer, o.Log = reviewer{}, quietLog()
			_, err := Open(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v, want one line with %q", err, tt.want)
			}
		})
	}
}
