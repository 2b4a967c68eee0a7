package job

import (
	"context"
	"time"

	"github.com/riverqueue/river/riverdriver"
)

const (
	upkeepEvery = 2 * time.Second
	// deliveriesKept exceeds the time for which GitHub redelivers: 3 days, 7 on
	// GitHub Enterprise Server.
	// https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
	deliveriesKept = 8 * 24 * time.Hour
	tidyEvery      = 10 * time.Minute
)

// upkeep repairs what processes that were killed left behind, until ctx ends. It
// asks for the sweeps of the start as soon as the database is there.
func (q *Queue) upkeep(ctx context.Context) {
	defer close(q.upkept)
	ticker := time.NewTicker(upkeepEvery)
	defer ticker.Stop()
	var tidied time.Time
	swept := !q.sweeps
	for {
		err := q.repair(ctx)
		if err == nil && !swept {
			err = q.sweep(ctx)
			swept = err == nil
		}
		if err == nil && time.Since(tidied) > tidyEvery {
			tidied = time.Now()
			err = q.tidy(ctx)
		}
		if err != nil && ctx.Err() == nil {
			q.log.Warn("the queue's upkeep failed, to be repeated", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// repair makes available what no process works on any more, and lets jobs run
// for which their installation has room.
func (q *Queue) repair(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*dbTimeout)
	defer cancel()
	if q.db.shared {
		if err := q.rescue(ctx); err != nil {
			return err
		}
	}
	for {
		installation, ok, err := q.db.found(ctx, q.db.executor,
			`SELECT installation FROM (SELECT DISTINCT installation FROM authdiff_job WHERE state = 'held') h
			WHERE (SELECT count(*) FROM authdiff_job a WHERE a.installation = h.installation AND a.state = 'active') < ? LIMIT 1`, q.share)
		if err != nil || !ok {
			return err
		}
		err = q.db.inTx(ctx, func(tx riverdriver.ExecutorTx) error {
			_, err := q.promote(ctx, tx, installation)
			return err
		})
		if err != nil {
			return err
		}
	}
}

// rescue takes back the jobs of replicas that are gone: they run, and nobody
// renews their turn. The attempts still count: a job that kills its process must
// come to an end.
func (q *Queue) rescue(ctx context.Context) error {
	return q.db.exec(ctx, q.db.executor,
		`UPDATE river_job SET state = 'available'
		WHERE state = 'running' AND extract(epoch FROM attempted_at) * 1000 < NOW - ?
			AND NOT EXISTS (SELECT 1 FROM authdiff_subject WHERE running = river_job.id AND until >= NOW)`,
		turnLease.Milliseconds())
}

// tidy forgets what is of no use any more.
func (q *Queue) tidy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := q.db.exec(ctx, q.db.executor, `DELETE FROM authdiff_delivery WHERE received < NOW - ?`, deliveriesKept.Milliseconds()); err != nil {
		return err
	}
	// Jobs that a person deleted in the database, or that ended without a turn.
	return q.db.exec(ctx, q.db.executor,
		`DELETE FROM authdiff_job WHERE NOT EXISTS (SELECT 1 FROM river_job
			WHERE id = job AND state IN ('available', 'pending', 'retryable', 'running', 'scheduled'))`)
}
