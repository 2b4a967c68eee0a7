package job

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/authdiff/authdiff/app/testpg"
)

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
