package job

import (
	"context"
	"time"

	"github.com/authdiff/authdiff/app/telemetry"
)

// classes name the priorities, for operators.
var classes = map[int]string{
	groupPriority: "merge_group", pullPriority: "pull_request", reconcilePriority: "reconcile", sweepPriority: "sweep",
}

// State counts what hasn't ended.
func (q *Queue) State(ctx context.Context) (telemetry.Queue, error) {
	s := telemetry.Queue{Waiting: map[string]int{}, Running: map[string]int{}, Oldest: map[string]time.Duration{}}
	for priority, class := range classes {
		var all, running int
		var age int64
		err := q.db.row(ctx, q.db.executor,
			`SELECT count(*), count(s.running), coalesce(NOW - min(j.since), 0) FROM authdiff_job j
			LEFT JOIN authdiff_subject s ON s.running = j.job AND s.until >= NOW WHERE j.priority = ?`,
			priority).Scan(&all, &running, &age)
		if err != nil {
			return telemetry.Queue{}, err
		}
		s.Waiting[class], s.Running[class], s.Oldest[class] = all-running, running, time.Duration(age)*time.Millisecond
	}
	unfinished, _, err := q.db.found(ctx, q.db.executor, `SELECT count(*) FROM authdiff_subject WHERE heads <> ''`)
	s.UnfinishedChecks = int(unfinished)
	return s, err
}
