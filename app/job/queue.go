package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Bounds of the work. A job that a killed process left behind is taken up again
// after rescueAfter at the latest; it must exceed jobTimeout, or a job could run
// twice at a time.
const (
	defaultWorkers = 4
	maxAttempts    = 5 // with River's policy: 1, 16, 81 and 256 seconds apart
	reviewTimeout  = 5 * time.Minute
	giveUpTimeout  = 30 * time.Second
	jobTimeout     = reviewTimeout + giveUpTimeout + 10*time.Second
	rescueAfter    = 2 * jobTimeout
	softStop       = 20 * time.Second
)

// Options says what a queue works with.
type Options struct {
	Dir      string // folder of the database; made when missing
	Reviewer Reviewer
	Log      *slog.Logger
	Workers  int // jobs at a time; 0 means 4

	// quick leaves out the start's random delays and polls often, for tests.
	quick bool
}

// Queue is the durable queue with its workers. Its methods are safe for
// concurrent use.
type Queue struct {
	db      *sql.DB
	client  *river.Client[*sql.Tx]
	log     *slog.Logger
	running atomic.Bool
}

// Open opens the database, brings its tables up to date and takes back the jobs
// that an earlier process left running. The queue accepts jobs from then on and
// works on them after Start.
func Open(ctx context.Context, o Options) (*Queue, error) {
	store, err := openStore(ctx, o.Dir)
	if err != nil {
		return nil, err
	}
	client, err := newClient(store, o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("set up the job queue: %w", err), store.db.Close())
	}
	return &Queue{db: store.db, client: client, log: o.Log}, nil
}

func newClient(store *store, o Options) (*river.Client[*sql.Tx], error) {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{reviewer: o.Reviewer, log: o.Log, now: time.Now})
	limit := o.Workers
	if limit == 0 {
		limit = defaultWorkers
	}
	config := &river.Config{
		Logger:               o.Log.With("component", "queue"),
		JobTimeout:           jobTimeout,
		MaxAttempts:          maxAttempts,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: limit}},
		RescueStuckJobsAfter: rescueAfter,
		SoftStopTimeout:      softStop,
		TestOnly:             o.quick,
		Workers:              workers,
	}
	if o.quick {
		config.FetchCooldown = 5 * time.Millisecond
		config.FetchPollInterval = 10 * time.Millisecond
	}
	return river.NewClient(store.driver, config)
}

// Start begins to work off the jobs. ctx bounds the start alone; Stop ends the
// work.
func (q *Queue) Start(ctx context.Context) error {
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	q.running.Store(true)
	return nil
}

// Stop lets running jobs finish, for a bounded time, and closes the database.
// What didn't finish, or when ctx ends before, is taken up by the next process.
func (q *Queue) Stop(ctx context.Context) error {
	var err error
	if q.running.Swap(false) {
		err = q.client.Stop(ctx)
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			err = q.client.StopAndCancel(context.WithoutCancel(ctx))
		}
	}
	if err = errors.Join(err, q.db.Close()); err != nil {
		return fmt.Errorf("stop the job queue: %w", err)
	}
	return nil
}

// Ready says why jobs can't be accepted and worked off, or nil.
func (q *Queue) Ready(ctx context.Context) error {
	if !q.running.Load() {
		return errors.New("the job queue is not running")
	}
	if err := q.db.PingContext(ctx); err != nil {
		return fmt.Errorf("the job database cannot be reached: %w", err)
	}
	return nil
}

// Enqueue keeps the job durably. added is false when a job that hasn't begun
// will see the same state anyway.
//
// A running job doesn't count as one: it may have read the pull request before
// the event. River's own uniqueness can't leave running jobs out, hence the
// look-up in the same transaction. What somebody asked for beside the commits
// is never the same as a waiting job.
func (q *Queue) Enqueue(ctx context.Context, args ReviewPull) (added bool, err error) {
	tx, err := q.db.BeginTx(ctx, nil)
	if err != nil {
		return false, fmt.Errorf("enqueue: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // without effect after the commit

	if !args.Again {
		waiting, err := q.client.JobListTx(ctx, tx, waitingFor(args))
		if err != nil {
			return false, fmt.Errorf("enqueue: look for a waiting job: %w", err)
		}
		if len(waiting.Jobs) > 0 {
			return false, nil
		}
	}
	if _, err := q.client.InsertTx(ctx, tx, args, nil); err != nil {
		return false, fmt.Errorf("enqueue: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return false, fmt.Errorf("enqueue: %w", err)
	}
	return true, nil
}

// waitingFor selects the jobs that haven't begun and were asked for by an event
// that saw the same head on the same base. Retries are left out: they may be
// minutes away, and an event is a reason to look now.
func waitingFor(args ReviewPull) *river.JobListParams {
	return river.NewJobListParams().
		Kinds(args.Kind()).
		States(rivertype.JobStateAvailable, rivertype.JobStateScheduled).
		Where(`args ->> 'installation_id' = @installation AND args ->> 'owner' = @owner AND args ->> 'repo' = @repo
			AND args ->> 'number' = @number AND args ->> 'head_sha' = @head AND args ->> 'base_ref' = @base`,
			river.NamedArgs{
				"installation": args.InstallationID,
				"owner":        args.Owner,
				"repo":         args.Repo,
				"number":       args.Number,
				"head":         args.HeadSHA,
				"base":         args.BaseRef,
			}).
		First(1)
}
