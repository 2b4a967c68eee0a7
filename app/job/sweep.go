package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// What a sweep looks at.
const (
	SweepDeliveries    = "deliveries"    // deliveries that failed
	SweepInstallations = "installations" // makes a SweepPulls for each
	SweepPulls         = "pulls"         // open pull requests of an installation
)

// How often, beside the start.
const (
	deliveriesEvery    = 5 * time.Minute
	installationsEvery = 30 * time.Minute
)

// Sweep asks for a look at what events didn't tell.
type Sweep struct {
	What         string `json:"what"`
	Installation int64  `json:"installation_id,omitempty"`
}

// Kind names the job in the database, for ever.
func (Sweep) Kind() string { return "sweep" }

func (a Sweep) subject() subject {
	return subject{
		name: fmt.Sprintf("sweep/%s/%d", a.What, a.Installation), installation: a.Installation, priority: sweepPriority,
		kind: "sweep", label: a.What,
	}
}

// Sweeper does the work of sweeps, one at a time of each.
type Sweeper interface {
	// Sweep looks once. Its errors are as those of Reviewer.Review.
	Sweep(ctx context.Context, args Sweep) error
}

// sweepEvery says how often what is swept.
var sweepEvery = map[string]time.Duration{SweepDeliveries: deliveriesEvery, SweepInstallations: installationsEvery}

// addSweeps lets the replica that leads sweep on a timer.
func addSweeps(config *river.Config) {
	for what, every := range sweepEvery {
		config.PeriodicJobs = append(config.PeriodicJobs, river.NewPeriodicJob(
			river.PeriodicInterval(every),
			func() (river.JobArgs, *river.InsertOpts) { return Sweep{What: what}, sweepOnce() },
			&river.PeriodicJobOpts{ID: "sweep_" + what},
		))
	}
}

// sweep asks for the sweeps that each start makes: a replica that was away may
// have missed deliveries, whoever leads the others.
func (q *Queue) sweep(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dbTimeout)
	defer cancel()
	return q.db.inTx(ctx, func(tx riverdriver.ExecutorTx) error {
		for what := range sweepEvery {
			if _, err := q.client.insert(ctx, tx, Sweep{What: what}, sweepOnce()); err != nil {
				return err
			}
		}
		return nil
	})
}

// sweepOnce makes no second sweep beside one that waits or is at work.
func sweepOnce() *river.InsertOpts {
	return &river.InsertOpts{Priority: sweepPriority, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished}}
}

// unfinished are the states of a job that hasn't ended.
var unfinished = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// Place returns where a sweep has to go on, empty at its beginning.
func (q *Queue) Place(ctx context.Context, name string) (place string, err error) {
	err = q.db.row(ctx, q.db.executor, `SELECT place FROM authdiff_sweep WHERE name = ?`, name).Scan(&place)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return place, err
}

// SetPlace notes where a sweep has to go on.
func (q *Queue) SetPlace(ctx context.Context, name, place string) error {
	return q.db.exec(ctx, q.db.executor,
		`INSERT INTO authdiff_sweep (name, place) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET place = excluded.place`, name, place)
}
