package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/authdiff/authdiff/app/telemetry"
)

// Bounds of the work. River takes up what a killed process left behind after
// rescueAfter; the queue's own upkeep is faster, this is what remains when it
// can't. It must exceed jobTimeout, or a job could run twice at a time.
const (
	defaultWorkers = 4
	maxAttempts    = 1 + len(retryWaits)
	slowAttempts   = 2 // of those that take all their time
	reviewTimeout  = 100 * time.Second
	giveUpTimeout  = 20 * time.Second
	jobTimeout     = reviewTimeout + giveUpTimeout + 10*time.Second
	rescueAfter    = jobTimeout + 20*time.Second
	softStop       = 20 * time.Second
)

// retryWaits are the pauses after attempts that failed: people wait for a
// required check, so the first come at once; what GitHub doesn't get back from
// within twenty minutes in all ends, and says so.
var retryWaits = [...]time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute,
}

// Options says what a queue works with.
type Options struct {
	// DatabaseURL is the address of a PostgreSQL database; empty means SQLite in
	// Dir.
	DatabaseURL string
	Dir         string // folder of the SQLite database; made when missing
	Reviewer    Reviewer
	Commits     CommitReviewer // nil: no jobs about commits
	Sweeper     Sweeper        // nil: no sweeps
	Log         *slog.Logger
	Meter       *telemetry.Meter // nil: nothing is measured
	Workers     int              // jobs at a time; 0 means 4

	// quick leaves out the start's random delays and polls often, for tests.
	quick bool
}

// Queue is the durable queue with its workers. Its methods are safe for
// concurrent use.
type Queue struct {
	db      *database
	client  client
	log     *slog.Logger
	meter   *telemetry.Meter
	share   int  // of an installation, in jobs that may run
	sweeps  bool // there is a Sweeper
	running atomic.Bool
	turns   sync.Map // subject → *turn that this process has

	stopUpkeep context.CancelFunc // nil before Start
	upkept     chan struct{}      // closed when upkeep has ended
}

// Open opens the database and brings its tables up to date; replicas that start
// at once do that one after the other. The queue accepts jobs from then on and
// works on them after Start. The error is one line that names the setting.
func Open(ctx context.Context, o Options) (*Queue, error) {
	if o.Workers == 0 {
		o.Workers = defaultWorkers
	}
	db, err := openDatabase(ctx, o)
	if err != nil {
		return nil, err
	}
	// Twice the workers keep them busy while the next jobs are on their way.
	q := &Queue{db: db, log: telemetry.Logger(o.Log), meter: o.Meter, share: 2 * o.Workers, sweeps: o.Sweeper != nil, upkept: make(chan struct{})}
	if q.client, err = db.client(q.config(o)); err != nil {
		return nil, errors.Join(fmt.Errorf("set up the job queue: %w", err), db.close())
	}
	return q, nil
}

func openDatabase(ctx context.Context, o Options) (*database, error) {
	if o.DatabaseURL != "" {
		return openPostgres(ctx, o.DatabaseURL, o.Workers)
	}
	return openSQLite(ctx, o.Dir)
}

func (q *Queue) config(o Options) *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker[ReviewPull]{
		queue: q, log: q.log, now: time.Now, work: o.Reviewer.Review, giveUp: o.Reviewer.GiveUp,
	})
	if o.Commits != nil {
		river.AddWorker(workers, &worker[ReviewGroup]{
			queue: q, log: q.log, now: time.Now, work: o.Commits.ReviewGroup, giveUp: o.Commits.GiveUpGroup,
		})
		river.AddWorker(workers, &worker[Rerun]{
			queue: q, log: q.log, now: time.Now, work: o.Commits.Rerun,
			giveUp: func(context.Context, Rerun, error) error { return nil }, // the checks stay as they are
		})
	}
	if o.Sweeper != nil {
		river.AddWorker(workers, &worker[Sweep]{
			queue: q, log: q.log, now: time.Now, work: o.Sweeper.Sweep,
			giveUp: func(context.Context, Sweep, error) error { return nil }, // the next one comes by itself
		})
	}
	config := &river.Config{
		Logger:               q.log.With("component", "queue"),
		JobTimeout:           jobTimeout,
		MaxAttempts:          math.MaxInt16, // the worker counts, and tells GitHub the end
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: o.Workers}},
		RescueStuckJobsAfter: rescueAfter,
		RetryPolicy:          retryPolicy{},
		SoftStopTimeout:      softStop,
		TestOnly:             o.quick,
		Workers:              workers,
	}
	if o.Sweeper != nil {
		addSweeps(config)
	}
	if o.quick {
		config.FetchCooldown = 5 * time.Millisecond
		config.FetchPollInterval = 10 * time.Millisecond
	}
	return config
}

// retryPolicy implements river.ClientRetryPolicy.
type retryPolicy struct{}

// NextRetry implements river.ClientRetryPolicy.
func (retryPolicy) NextRetry(j *rivertype.JobRow) time.Time {
	wait := retryWaits[min(max(j.Attempt, 1), len(retryWaits))-1]
	return time.Now().Add(wait + time.Duration(rand.Int64N(int64(wait)/4)))
}

// Start begins to work off the jobs. ctx bounds the start alone; Stop ends the
// work.
func (q *Queue) Start(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	// Before River looks for what was left: it would let such jobs wait as if they
	// had failed. While the database is away, the upkeep comes to it later.
	if err := q.repair(ctx); err != nil {
		q.log.Warn("the queue's upkeep failed, to be repeated", "error", err)
	}
	if err := q.client.Start(ctx); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	upkeep, stop := context.WithCancel(ctx)
	q.stopUpkeep = stop
	go q.upkeep(upkeep)
	q.running.Store(true)
	return nil
}

// Drain ends the readiness; everything else goes on. It is what Finish begins
// with.
func (q *Queue) Drain() { q.running.Store(false) }

// Finish begins no further job and lets running ones finish, for a bounded time.
// What doesn't, or when ctx ends before, is handed back: it is taken up by the
// next process, or another replica. Jobs are still accepted.
func (q *Queue) Finish(ctx context.Context) error {
	q.Drain()
	if q.stopUpkeep == nil {
		return nil
	}
	err := q.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		err = q.client.StopAndCancel(context.WithoutCancel(ctx))
	}
	q.stopUpkeep()
	<-q.upkept
	q.stopUpkeep = nil
	if err != nil {
		return fmt.Errorf("stop the job queue: %w", err)
	}
	return nil
}

// Stop finishes, and closes the database.
func (q *Queue) Stop(ctx context.Context) error {
	err := q.Finish(ctx)
	if closed := q.db.close(); closed != nil {
		err = errors.Join(err, fmt.Errorf("close the job queue: %w", closed))
	}
	return err
}

// Ready says why jobs can't be accepted and worked off, or nil.
func (q *Queue) Ready(ctx context.Context) error {
	if !q.running.Load() {
		return errors.New("the job queue is not running")
	}
	if err := q.db.ping(ctx); err != nil {
		return fmt.Errorf("the job database cannot be reached: %w", err)
	}
	return nil
}

// oneLine tells an error in one line, however many it has.
func oneLine(err error) error {
	return errors.New(strings.Join(strings.Fields(err.Error()), " "))
}
