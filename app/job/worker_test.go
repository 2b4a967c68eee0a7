package job

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

type laterError struct{ at time.Time }

func (laterError) Error() string        { return "rate limited" }
func (e laterError) RetryAt() time.Time { return e.at }

type goneError struct{}

func (goneError) Error() string   { return "gone" }
func (goneError) Permanent() bool { return true }

var testNow = time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)

// end is how a job's work ended, for River.
type end struct {
	what  string // done, retry, snooze, cancel
	about time.Duration
}

func endOf(err error) end {
	var snooze *rivertype.JobSnoozeError
	var cancel *rivertype.JobCancelError
	switch {
	case err == nil:
		return end{what: "done"}
	case errors.As(err, &snooze):
		return end{"snooze", snooze.Duration}
	case errors.As(err, &cancel):
		return end{what: "cancel"}
	}
	return end{what: "retry"}
}

func TestWork(t *testing.T) {
	t.Parallel()
	failure := errors.New("no luck")
	tests := []struct {
		name    string
		attempt int
		age     time.Duration
		review  func(ReviewPull) error
		giveUp  error
		want    end
		gaveUp  bool
	}{
		{name: "success", attempt: 1, want: end{what: "done"}},
		{name: "first failure", attempt: 1, review: fail(failure), want: end{what: "retry"}},
		{name: "last failure", attempt: maxAttempts, review: fail(failure), want: end{what: "cancel"}, gaveUp: true},
		{name: "too slow once", attempt: 1, review: fail(context.DeadlineExceeded), want: end{what: "retry"}},
		{name: "too slow twice", attempt: 2, review: fail(context.DeadlineExceeded), want: end{what: "cancel"}, gaveUp: true},
		{name: "panic", attempt: 1, review: func(ReviewPull) error { panic("oops") }, want: end{what: "cancel"}, gaveUp: true},
		{name: "rate limit", attempt: 1, review: fail(laterError{testNow.Add(time.Minute)}), want: end{"snooze", time.Minute}},
		{name: "rate limit at the last attempt", attempt: maxAttempts, review: fail(laterError{testNow.Add(time.Minute)}), want: end{"snooze", time.Minute}},
		{name: "rate limit that is over", attempt: 1, review: fail(laterError{testNow.Add(-time.Hour)}), want: end{"snooze", time.Second}},
		{name: "rate limit without bound", attempt: 1, review: fail(laterError{testNow.Add(1000 * time.Hour)}), want: end{"snooze", longestWait}},
		{name: "killed each time", attempt: maxAttempts + 1, want: end{what: "cancel"}, gaveUp: true},
		{name: "end not told", attempt: maxAttempts, review: fail(failure), giveUp: failure, want: end{"snooze", giveUpWait}, gaveUp: true},
		{name: "end not told, rate limit", attempt: maxAttempts, review: fail(failure), giveUp: laterError{testNow.Add(time.Minute)}, want: end{"snooze", time.Minute}, gaveUp: true},
		{name: "nobody to tell", attempt: maxAttempts, review: fail(failure), giveUp: goneError{}, want: end{what: "cancel"}, gaveUp: true},
		{name: "end not told for a day", attempt: maxAttempts, age: 25 * time.Hour, review: fail(failure), giveUp: failure, want: end{what: "cancel"}, gaveUp: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			gaveUp := false
			w := workerOf(reviewer{
				review: tt.review,
				giveUp: func(ReviewPull, error) error { gaveUp = true; return tt.giveUp },
			})
			w.now = func() time.Time { return testNow }
			_, err := w.attempt(t.Context(), jobOf(tt.attempt, testNow.Add(-tt.age)))
			got := endOf(err)
			if got.what != tt.want.what || got.about < tt.want.about || got.about > tt.want.about*11/10 {
				t.Errorf("ended in %v, want about %v", got, tt.want)
			}
			if gaveUp != tt.gaveUp {
				t.Errorf("gave up: %v, want %v", gaveUp, tt.gaveUp)
			}
		})
	}
}

type outageError struct{ laterError }

func (outageError) Outage() bool { return true }

// GitHub's limit is the installation's, so its other jobs wait as well; an
// outage may be the subject's own, and must not hold them up.
func TestWhatHoldsUpAnInstallation(t *testing.T) {
	t.Parallel()
	soon := laterError{testNow.Add(time.Minute)}
	for err, want := range map[error]next{soon: kept, outageError{soon}: later, errors.New("no luck"): later} {
		w := workerOf(reviewer{review: fail(err)})
		w.now = func() time.Time { return testNow }
		if got, _ := w.attempt(t.Context(), jobOf(1, testNow)); got != want {
			t.Errorf("%v leaves the job %d, want %d", err, got, want)
		}
	}
}

func fail(err error) func(ReviewPull) error { return func(ReviewPull) error { return err } }

func workerOf(r reviewer) *worker[ReviewPull] {
	return &worker[ReviewPull]{log: quietLog(), now: time.Now, work: r.Review, giveUp: r.GiveUp}
}

func jobOf(attempt int, created time.Time) *river.Job[ReviewPull] {
	return &river.Job[ReviewPull]{JobRow: &rivertype.JobRow{ID: 1, Attempt: attempt, CreatedAt: created}, Args: sample()}
}

func TestStopIsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := workerOf(reviewer{
		review: func(ReviewPull) error { cancel(); return errors.New("connection lost") },
		giveUp: func(ReviewPull, error) error { t.Error("gave up"); return nil },
	})
	if _, err := w.attempt(ctx, jobOf(maxAttempts, testNow)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v; River takes only a cancellation as interrupted", err)
	}
}
