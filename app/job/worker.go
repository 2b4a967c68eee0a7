package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/riverqueue/river"
)

// Waits, apart from River's retry policy.
const (
	turnWait    = time.Second      // another job has the pull request
	giveUpWait  = 10 * time.Minute // the end could not be told to GitHub
	longestWait = time.Hour        // GitHub's primary limits reset hourly
	giveUpAfter = 24 * time.Hour   // since the job was made: nobody waits for it any more
)

// errInterrupted is the cause when every attempt ended with the process.
var errInterrupted = errors.New("the analysis was interrupted each time it was tried")

// worker runs jobs: one pull request at a time, bounded in time, and with an
// end in every case.
type worker struct {
	river.WorkerDefaults[ReviewPull]
	reviewer Reviewer
	log      *slog.Logger
	now      func() time.Time
	turns    turns
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, j *river.Job[ReviewPull]) error {
	if !w.turns.take(j.Args) {
		return river.JobSnooze(turnWait)
	}
	defer w.turns.leave(j.Args)

	log := w.log.With("job", j.ID, "attempt", j.Attempt, "delivery", j.Args.Delivery,
		"pull", fmt.Sprintf("%s/%s#%d", j.Args.Owner, j.Args.Repo, j.Args.Number))
	err := errInterrupted
	if j.Attempt <= maxAttempts {
		err = w.review(ctx, j.Args)
	}
	switch {
	case err == nil:
		log.Info("reviewed")
		return nil
	case errors.Is(ctx.Err(), context.Canceled): // the process stops
		log.Info("interrupted, to be continued", "error", err)
		return fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	if at, ok := retryAt(err); ok {
		wait := w.until(at)
		log.Warn("waiting for GitHub", "wait", wait.String(), "error", err)
		return river.JobSnooze(wait)
	}
	var crash *panicError
	if j.Attempt < maxAttempts && !errors.As(err, &crash) {
		log.Warn("attempt failed, to be repeated", "error", err)
		return err
	}
	log.Error("giving up", "error", err, "stack", crash.trace())
	return w.giveUp(ctx, j, err)
}

// review runs one attempt, and makes an error of a panic.
func (w *worker) review(ctx context.Context, args ReviewPull) (err error) {
	ctx, cancel := context.WithTimeout(ctx, reviewTimeout)
	defer cancel()
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	return w.reviewer.Review(ctx, args)
}

// giveUp tells GitHub the end, also when the attempt used up the job's time. As
// long as that fails, the job stays.
func (w *worker) giveUp(ctx context.Context, j *river.Job[ReviewPull], cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpTimeout)
	defer cancel()
	err := w.reviewer.GiveUp(ctx, j.Args, cause)
	if err == nil || permanent(err) || w.now().Sub(j.CreatedAt) > giveUpAfter {
		return river.JobCancel(errors.Join(cause, err))
	}
	wait := giveUpWait
	if at, ok := retryAt(err); ok {
		wait = w.until(at)
	}
	w.log.Warn("the end of a job could not be told to GitHub", "job", j.ID, "wait", wait.String(), "error", err)
	return river.JobSnooze(wait)
}

// until turns a moment into a wait with bounds, spread a little so that jobs
// that were stopped by the same limit don't come back together.
func (w *worker) until(at time.Time) time.Duration {
	wait := min(max(at.Sub(w.now()), time.Second), longestWait)
	return wait + time.Duration(rand.Int64N(int64(wait)/10+1))
}

func retryAt(err error) (time.Time, bool) {
	var later interface {
		error
		RetryAt() time.Time
	}
	if !errors.As(err, &later) {
		return time.Time{}, false
	}
	return later.RetryAt(), true
}

func permanent(err error) bool {
	var final interface {
		error
		Permanent() bool
	}
	return errors.As(err, &final) && final.Permanent()
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

// turns lets one job at a time work on a pull request: two that publish at once
// would each post what the other is about to post.
type turns struct {
	mu   sync.Mutex
	held map[pull]bool
}

type pull struct {
	installation int64
	owner, repo  string
	number       int
}

func pullOf(a ReviewPull) pull { return pull{a.InstallationID, a.Owner, a.Repo, a.Number} }

func (t *turns) take(a ReviewPull) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held[pullOf(a)] {
		return false
	}
	if t.held == nil {
		t.held = map[pull]bool{}
	}
	t.held[pullOf(a)] = true
	return true
}

func (t *turns) leave(a ReviewPull) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.held, pullOf(a))
}
