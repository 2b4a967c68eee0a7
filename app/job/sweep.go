package job

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
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

// addSweeps lets one of the replicas sweep at its start and on a timer.
func addSweeps(config *river.Config) {
	for what, every := range map[string]time.Duration{SweepDeliveries: deliveriesEvery, SweepInstallations: installationsEvery} {
		config.PeriodicJobs = append(config.PeriodicJobs, river.NewPeriodicJob(
			river.PeriodicInterval(every),
			func() (river.JobArgs, *river.InsertOpts) {
				return Sweep{What: what}, &river.InsertOpts{
					Priority: sweepPriority,
					// One that waits or is at work is enough.
					UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unfinished},
				}
			},
			&river.PeriodicJobOpts{ID: "sweep_" + what, RunOnStart: true},
		))
	}
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
