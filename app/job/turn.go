package job

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/riverqueue/river/riverdriver"
)

// A turn is the right to work on a subject. It is a lease in the database, so
// that it holds over replicas, and ends by itself with the process that had it.
const (
	turnLease  = 30 * time.Second
	turnRenew  = 5 * time.Second
	turnMargin = 5 * time.Second // to stop in, before others may begin
	dbTimeout  = 5 * time.Second
)

// Why the work of a turn is stopped.
var (
	errTurnLost = errors.New("the database could not be reached to keep the turn")
	errOldHead  = errors.New("the pull request has a newer head")
)

// States of a job that hasn't ended, for its installation's share.
const (
	stateHeld   = "held"   // waits until the installation has room
	stateActive = "active" // counts
	stateLoose  = "loose"  // waits for something of its own; doesn't count
)

type turn struct {
	queue   *Queue
	subject subject
	job     int64
	holder  int64
	latest  int64    // the newest job of the subject
	heads   []string // commits whose check may be unfinished
	lost    context.CancelCauseFunc
	done    chan struct{}

	mu      sync.Mutex
	head    string    // that the work is on, empty until Begin
	updated time.Time // of the state that the work has read
}

type turnKey struct{}

// take gives the turn, nil when another has it. The context ends when the turn
// is lost; the turn is kept until end.
func (q *Queue) take(ctx context.Context, job int64, s subject) (context.Context, *turn, error) {
	t := &turn{queue: q, subject: s, job: job, holder: 1 + rand.Int64N(1<<62), done: make(chan struct{})}
	var heads string
	err := q.db.row(ctx, q.db.executor,
		`INSERT INTO authdiff_subject (name, waiting, latest, running, holder, until, heads)
		VALUES (?, 0, ?, ?, ?, NOW + ?, '')
		ON CONFLICT (name) DO UPDATE SET running = excluded.running, holder = excluded.holder, until = excluded.until,
			waiting = CASE WHEN authdiff_subject.waiting = excluded.running THEN 0 ELSE authdiff_subject.waiting END
		WHERE authdiff_subject.until < NOW
		RETURNING latest, heads`,
		s.name, job, job, t.holder, turnLease.Milliseconds()).Scan(&t.latest, &heads)
	if errors.Is(err, sql.ErrNoRows) {
		return ctx, nil, nil
	}
	if err != nil {
		return ctx, nil, err
	}
	t.heads = strings.Fields(heads)
	ctx, t.lost = context.WithCancelCause(context.WithValue(ctx, turnKey{}, t))
	q.turns.Store(s.name, t)
	go t.keep(context.WithoutCancel(ctx))
	return ctx, t, nil
}

// keep renews the lease until the end, and ends the work in time when that
// fails.
func (t *turn) keep(ctx context.Context) {
	ticker := time.NewTicker(turnRenew)
	defer ticker.Stop()
	deadline := time.Now().Add(turnLease - turnMargin)
	for {
		select {
		case <-t.done:
			return
		case now := <-ticker.C:
			held, err := t.renew(ctx)
			switch {
			case err == nil && held:
				deadline = now.Add(turnLease - turnMargin)
				t.look(ctx) // for what other replicas accepted
			case err == nil || time.Now().After(deadline):
				t.lost(errTurnLost)
				return
			}
		}
	}
}

func (t *turn) renew(ctx context.Context) (held bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, dbTimeout)
	defer cancel()
	_, held, err = t.queue.db.found(ctx, t.queue.db.executor,
		`UPDATE authdiff_subject SET until = NOW + ? WHERE name = ? AND holder = ? RETURNING 1`,
		turnLease.Milliseconds(), t.subject.name, t.holder)
	return held, err
}

// newer stops the work when an event tells of a newer head. One that is older, or
// of the same head, leaves it alone; so does one of the same second, for the work
// looks again before it says anything.
func (t *turn) newer(head string, updated time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.head != "" && head != "" && head != t.head && updated.After(t.updated) {
		t.lost(errOldHead)
	}
}

// look finds out what the job that waits for the turn was asked for. When the
// database can't tell, the work goes on.
func (t *turn) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, dbTimeout)
	defer cancel()
	var head, updated string
	err := t.queue.db.row(ctx, t.queue.db.executor,
		`SELECT coalesce(args ->> 'head_sha', ''), coalesce(args ->> 'updated_at', '') FROM river_job
		WHERE id = (SELECT waiting FROM authdiff_subject WHERE name = ?)`, t.subject.name).Scan(&head, &updated)
	if err != nil {
		return
	}
	if at, err := time.Parse(time.RFC3339, updated); err == nil {
		t.newer(head, at)
	}
}

// Begin notes that the check of a commit is about to be made, as of a state of
// the pull request that was made at updated, and returns the other commits whose
// check earlier attempts may have left unfinished: the caller ends those. From
// then on the context ends when an event tells of a newer head. It must be called
// with the context of a job's work; with another it does nothing.
func Begin(ctx context.Context, head string, updated time.Time) (left []string, err error) {
	t, ok := ctx.Value(turnKey{}).(*turn)
	if !ok {
		return nil, nil
	}
	t.mu.Lock()
	t.head, t.updated = head, updated
	t.mu.Unlock()
	t.look(ctx)
	for _, h := range t.heads {
		if h != head {
			left = append(left, h)
		}
	}
	if slices.Contains(t.heads, head) {
		return left, nil
	}
	t.heads = append(t.heads, head)
	return left, t.queue.db.exec(ctx, t.queue.db.executor,
		`UPDATE authdiff_subject SET heads = ? WHERE name = ? AND holder = ?`, strings.Join(t.heads, " "), t.subject.name, t.holder)
}

// next says how an attempt left its job.
type next int

const (
	ended      next = iota // the job is over, and so are its checks
	superseded             // the job is over; a newer one does the work
	kept                   // the job goes on: GitHub limits its installation, or the process stops
	later                  // the job waits for something of its own
)

// end gives the turn back and lets another job of the installation go on.
func (t *turn) end(ctx context.Context, how next) error {
	close(t.done)
	t.queue.turns.CompareAndDelete(t.subject.name, t)
	t.lost(nil)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), dbTimeout)
	defer cancel()
	db := t.queue.db
	return db.inTx(ctx, func(tx riverdriver.ExecutorTx) error {
		heads := strings.Join(t.heads, " ")
		if how == ended {
			heads = ""
		}
		if err := db.exec(ctx, tx, `UPDATE authdiff_subject SET running = 0, holder = 0, until = 0, heads = ? WHERE name = ? AND holder = ?`,
			heads, t.subject.name, t.holder); err != nil {
			return err
		}
		if err := t.queue.settle(ctx, tx, t, how); err != nil {
			return err
		}
		_, err := t.queue.promote(ctx, tx, t.subject.installation)
		return err
	})
}

// settle notes what became of the job.
func (q *Queue) settle(ctx context.Context, tx riverdriver.ExecutorTx, t *turn, how next) error {
	switch how {
	case kept:
		return nil // it keeps its place, so that the others don't run into the limit
	case later:
		return q.db.exec(ctx, tx, `UPDATE authdiff_job SET state = ? WHERE job = ?`, stateLoose, t.job)
	}
	if err := q.db.exec(ctx, tx, `DELETE FROM authdiff_job WHERE job = ?`, t.job); err != nil {
		return err
	}
	return q.db.exec(ctx, tx, `DELETE FROM authdiff_subject WHERE name = ? AND holder = 0 AND waiting = 0 AND latest = ? AND heads = ''`,
		t.subject.name, t.job)
}

// promote lets the next job of an installation run, when it holds some back and
// has room.
func (q *Queue) promote(ctx context.Context, tx riverdriver.ExecutorTx, installation int64) (bool, error) {
	id, ok, err := q.db.found(ctx, tx,
		`UPDATE authdiff_job SET state = 'active' WHERE state = 'held'
			AND job = (SELECT job FROM authdiff_job WHERE installation = ? AND state = 'held' ORDER BY priority, job LIMIT 1)
			AND (SELECT count(*) FROM authdiff_job WHERE installation = ? AND state = 'active') < ?
		RETURNING job`, installation, installation, q.share)
	if err != nil || !ok {
		return false, err
	}
	// River serves in the order of this time: the job lines up behind those that
	// other installations have asked for meanwhile.
	return true, q.db.exec(ctx, tx, `UPDATE river_job SET state = 'available', scheduled_at = MOMENT WHERE id = ? AND state = 'pending'`, id)
}
