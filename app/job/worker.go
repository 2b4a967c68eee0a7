package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"

	"github.com/authdiff/authdiff/app/telemetry"
)

// Waits, apart from River's retry policy.
const (
	turnWait    = time.Second      // another job has the subject
	giveUpWait  = 10 * time.Minute // the end could not be told to GitHub
	longestWait = time.Hour        // GitHub's primary limits reset hourly
	giveUpAfter = 24 * time.Hour   // since the job was made: nobody waits for it any more
	// An outage is waited for in steps of half the job's age, so that they grow.
	longestOutage = 5 * time.Minute
	patience      = 6 * time.Hour // since the job was made: GitHub's limits last an hour at most
)

// errInterrupted is the cause when every attempt ended with the process.
var errInterrupted = errors.New("the analysis was interrupted each time it was tried")

// worker runs the jobs of one kind: one at a time for each subject, bounded in
// time, and with an end in every case.
type worker[A Args] struct {
	river.WorkerDefaults[A]
	queue  *Queue
	work   func(ctx context.Context, args A) error
	giveUp func(ctx context.Context, args A, cause error) error
	log    *slog.Logger
	now    func() time.Time
}

// Work implements river.Worker.
func (w *worker[A]) Work(ctx context.Context, j *river.Job[A]) error {
	s := j.Args.subject()
	ctx = telemetry.With(ctx, "delivery", s.delivery, s.kind, s.label, "job", j.ID, "attempt", j.Attempt)
	ctx, turn, err := w.queue.take(ctx, j.ID, s)
	if err != nil {
		return fmt.Errorf("take the turn: %w", err)
	}
	if turn == nil {
		return river.JobSnooze(turnWait)
	}
	ctx, measured := w.queue.meter.Job(ctx, j.Kind, s.trace, s.kind, s.label, "delivery", s.delivery)
	var how next
	if !s.alone && turn.latest != j.ID {
		w.log.InfoContext(ctx, "left to a newer job", "newer", turn.latest)
		how = superseded
	} else {
		how, err = w.attempt(ctx, j)
	}
	measured(outcomeOf(how, err), err)
	if lost := turn.end(ctx, how); lost != nil {
		w.log.WarnContext(ctx, "the turn could not be given back; it ends by itself", "error", lost)
	}
	return err
}

// outcomeOf names how an attempt ended, for the metrics.
func outcomeOf(how next, err error) string {
	switch {
	case how == superseded:
		return "superseded"
	case how == kept:
		return "waiting"
	case how == later:
		return "failed"
	case err != nil:
		return "gave up"
	}
	return "done"
}

// attempt runs one attempt and says what becomes of the job, to the queue and to
// River.
func (w *worker[A]) attempt(ctx context.Context, j *river.Job[A]) (next, error) {
	err := errInterrupted
	if j.Attempt <= maxAttempts {
		err = w.review(ctx, j.Args)
	}
	switch {
	case err == nil:
		w.log.InfoContext(ctx, "job done")
		return ended, nil
	case errors.Is(context.Cause(ctx), errOldHead):
		w.log.InfoContext(ctx, "stopped for a newer head")
		return superseded, nil
	case errors.Is(context.Cause(ctx), errTurnLost):
		w.log.WarnContext(ctx, "interrupted, to be repeated", "error", errTurnLost)
		return later, river.JobSnooze(turnWait)
	case errors.Is(ctx.Err(), context.Canceled): // the process stops
		w.log.InfoContext(ctx, "interrupted, to be continued", "error", err)
		return kept, fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	if is(err, gone) {
		w.log.InfoContext(ctx, "nothing is left to do", "error", err)
		return ended, river.JobCancel(err)
	}
	age := w.now().Sub(j.CreatedAt)
	if at, ok := retryAt(err); ok && age < patience {
		how := kept
		if is(err, outage) {
			how = later // it may be this subject's alone
			at = w.now().Add(max(at.Sub(w.now()), min(age/2, longestOutage)))
		}
		wait := w.until(at)
		w.log.WarnContext(ctx, "waiting for GitHub", "wait", wait.String(), "error", err)
		return how, river.JobSnooze(wait)
	}
	var crash *panicError
	slow := errors.Is(err, context.DeadlineExceeded) && j.Attempt >= slowAttempts
	if j.Attempt < maxAttempts && !slow && !errors.As(err, &crash) {
		w.log.WarnContext(ctx, "attempt failed, to be repeated", "error", err)
		return later, err
	}
	w.log.ErrorContext(ctx, "giving up", "error", err, "stack", crash.trace())
	return w.end(ctx, j, err)
}

// review runs one attempt, and makes an error of a panic.
func (w *worker[A]) review(ctx context.Context, args A) (err error) {
	ctx, cancel := context.WithTimeout(ctx, reviewTimeout)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	return w.work(ctx, args)
}

// end tells GitHub the end, also when the attempt used up the job's time. As
// long as that fails, the job stays.
func (w *worker[A]) end(ctx context.Context, j *river.Job[A], cause error) (next, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpTimeout)
	defer cancel()
	err := w.giveUp(ctx, j.Args, cause)
	if err == nil || is(err, permanent) || w.now().Sub(j.CreatedAt) > giveUpAfter {
		return ended, river.JobCancel(errors.Join(cause, err))
	}
	wait := giveUpWait
	if at, ok := retryAt(err); ok {
		wait = w.until(at)
	}
	w.log.WarnContext(ctx, "the end of a job could not be told to GitHub", "wait", wait.String(), "error", err)
	return later, river.JobSnooze(wait)
}

// until turns a moment into a wait with bounds, spread a little so that jobs
// that were stopped by the same limit don't come back together.
func (w *worker[A]) until(at time.Time) time.Duration {
	wait := min(max(at.Sub(w.now()), time.Second), longestWait)
	return wait + time.Duration(rand.Int64N(int64(wait)/10+1))
}

func retryAt(err error) (time.Time, bool) {
	var wait interface {
		error
		RetryAt() time.Time
	}
	if !errors.As(err, &wait) {
		return time.Time{}, false
	}
	return wait.RetryAt(), true
}

// What an error may say of itself.
var (
	permanent = func(e interface{ Permanent() bool }) bool { return e.Permanent() } // the same will be refused again
	gone      = func(e interface{ Gone() bool }) bool { return e.Gone() }           // there is nothing left to work on
	outage    = func(e interface{ Outage() bool }) bool { return e.Outage() }       // nobody knows how long it lasts
)

// is reports whether an error says something of itself.
func is[E any](err error, says func(E) bool) bool {
	var e E
	return errors.As(err, &e) && says(e)
}

// panicError is a panic of the Reviewer. Its text leaves the stack out: it may
// be shown on GitHub.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("internal error: %v", e.value) }

func (e *panicError) trace() string {
	if e == nil {
		return ""
	}
	return string(e.stack)
}
