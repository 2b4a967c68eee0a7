package job

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
)

// Outcome is what became of a job that was asked for. In each case the work is
// kept durably.
type Outcome string

// The outcomes.
const (
	Queued    Outcome = "queued"    // there is a job for it
	Collapsed Outcome = "collapsed" // a job that hasn't begun does it too
	Duplicate Outcome = "duplicate" // the delivery was accepted before
)

// enqueueTimeout is within the 10 s that GitHub waits for an answer: who asks
// is told that the database is stuck, and not left to guess.
const enqueueTimeout = 8 * time.Second

// Priorities of River's, the first served before the others.
const (
	groupPriority = 1 + iota
	pullPriority
	reconcilePriority // reviews that no event asked for
	sweepPriority
)

// Enqueue keeps the job durably, or says why it needs none: once it returns
// without an error, the work is committed.
//
// A job that hasn't begun takes up later events of the same pull request, so
// there is one at most, and it sees the newest. A running job doesn't: it may
// have read the pull request before the event. It is stopped when it works on an
// older head than the event's.
func (q *Queue) Enqueue(ctx context.Context, args Args) (outcome Outcome, err error) {
	ctx, cancel := context.WithTimeout(ctx, enqueueTimeout)
	defer cancel()
	err = q.db.inTx(ctx, func(tx riverdriver.ExecutorTx) error {
		outcome, err = q.keep(ctx, tx, args)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("enqueue: %w", err)
	}
	s := args.subject()
	if t, here := q.turns.Load(s.name); here && outcome != Duplicate {
		t.(*turn).newer(s.head, s.updated)
	}
	return outcome, nil
}

func (q *Queue) keep(ctx context.Context, tx riverdriver.ExecutorTx, args Args) (Outcome, error) {
	s := args.subject()
	if s.delivery != "" {
		_, fresh, err := q.db.found(ctx, tx,
			`INSERT INTO authdiff_delivery (id, received) VALUES (?, NOW) ON CONFLICT (id) DO NOTHING RETURNING 1`, s.delivery)
		if err != nil || !fresh {
			return Duplicate, err
		}
	}
	// The row stays locked until the end: nobody else adds a job meanwhile.
	waiting, _, err := q.db.found(ctx, tx,
		`INSERT INTO authdiff_subject (name, waiting, latest, running, holder, until, heads) VALUES (?, 0, 0, 0, 0, 0, '')
		ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING waiting`, s.name)
	if err != nil {
		return "", err
	}
	if waiting != 0 && !s.alone {
		if taken, err := q.takeUp(ctx, tx, waiting, args); err != nil || taken {
			return Collapsed, err
		}
	}
	return Queued, q.insert(ctx, tx, args)
}

// takeUp lets a job that hasn't begun do what args ask for, too. Events may come
// in another order than they happened: the newest counts.
func (q *Queue) takeUp(ctx context.Context, tx riverdriver.ExecutorTx, waiting int64, args Args) (bool, error) {
	text, err := json.Marshal(args)
	if err != nil {
		return false, err
	}
	s := args.subject()
	_, taken, err := q.db.found(ctx, tx,
		`UPDATE river_job SET
			args = CASE WHEN args ->> 'updated_at' <= ? THEN ? ELSE args END,
			priority = CASE WHEN priority > ? THEN ? ELSE priority END
		WHERE id = ? AND kind = ? AND state IN ('available', 'pending', 'scheduled', 'retryable') RETURNING 1`,
		s.updated.UTC().Format(time.RFC3339), string(text), s.priority, s.priority, waiting, args.Kind())
	return taken, err
}

// insert adds a job. What is more than an installation's share is held back
// until others of its jobs have ended; merge groups never are.
func (q *Queue) insert(ctx context.Context, tx riverdriver.ExecutorTx, args Args) error {
	s := args.subject()
	active, _, err := q.db.found(ctx, tx,
		`SELECT count(*) FROM authdiff_job WHERE installation = ? AND state = 'active'`, s.installation)
	if err != nil {
		return err
	}
	state := stateActive
	if active >= int64(q.share) && s.priority > groupPriority {
		state = stateHeld
	}
	id, err := q.client.insert(ctx, tx, args, &river.InsertOpts{Priority: s.priority, Pending: state == stateHeld})
	if err != nil {
		return err
	}
	waiting := id
	if s.alone {
		waiting = 0
	}
	if err := q.db.exec(ctx, tx,
		`UPDATE authdiff_subject SET latest = ?, waiting = CASE WHEN ? = 0 THEN waiting ELSE ? END WHERE name = ?`,
		id, waiting, waiting, s.name); err != nil {
		return err
	}
	return q.db.exec(ctx, tx,
		`INSERT INTO authdiff_job (job, installation, priority, state, since) VALUES (?, ?, ?, ?, NOW)
		ON CONFLICT (job) DO UPDATE SET installation = excluded.installation, priority = excluded.priority,
			state = excluded.state, since = excluded.since`,
		id, s.installation, s.priority, state)
}
