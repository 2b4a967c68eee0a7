// Package sweep heals what events didn't: deliveries that failed are asked for
// again, and open pull requests whose head has no finished check get a job,
// whatever the reason. It looks at what is, not at what happened, so that no
// outage needs a person afterwards.
//
// Each sweep is bounded in requests to GitHub; one that doesn't get through goes
// on at the same place the next time.
package sweep

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/authdiff/authdiff/app/hub"
	"github.com/authdiff/authdiff/app/job"
)

// Bounds of one sweep, in requests. An installation has 5,000 an hour, and its
// pull requests are swept twice an hour: a tenth at most.
const (
	deliveryPages   = 50  // of 100 attempts each
	redeliveries    = 200 // in five minutes; GitHub takes 80 writes a minute
	pullRequests    = 250 // requests, for the repositories of an installation
	attemptsAtMost  = 5   // of one event, then only the other sweep is left
	cloudWindow     = 3 * 24 * time.Hour
	enterpriseReach = 7 * 24 * time.Hour
)

// Sweeper sweeps. Its methods are called by the queue's workers.
type Sweeper struct {
	Hub   *hub.Hub
	Queue *job.Queue
	Log   *slog.Logger
	// Enterprise says that GitHub is an Enterprise Server, which redelivers for
	// longer.
	Enterprise bool
	Now        func() time.Time
}

// Sweep implements job.Sweeper.
func (s *Sweeper) Sweep(ctx context.Context, args job.Sweep) error {
	switch args.What {
	case job.SweepDeliveries:
		return s.deliveries(ctx)
	case job.SweepInstallations:
		return s.installations(ctx)
	case job.SweepPulls:
		return s.pulls(ctx, args.Installation)
	}
	return fmt.Errorf("nothing is known of a sweep of %q", args.What)
}

// deliveries asks again for the events of which no attempt succeeded, the
// oldest first.
func (s *Sweeper) deliveries(ctx context.Context) error {
	failed, err := s.failed(ctx)
	if err != nil {
		return err
	}
	for i, d := range failed {
		if i == redeliveries {
			break
		}
		if err := s.Hub.Redeliver(ctx, d.ID); err != nil {
			return err
		}
	}
	if len(failed) > 0 {
		s.Log.InfoContext(ctx, "asked for failed deliveries again", "failed", len(failed), "asked", min(len(failed), redeliveries))
	}
	return nil
}

// failed lists the newest attempt of each event that no attempt has delivered.
func (s *Sweeper) failed(ctx context.Context) ([]hub.Delivery, error) {
	window := cloudWindow
	if s.Enterprise {
		window = enterpriseReach
	}
	// GitHub refuses what is older; a few minutes are for the way there.
	oldest := s.Now().Add(10*time.Minute - window)
	attempts := map[string]int{}
	delivered := map[string]bool{}
	newest := map[string]hub.Delivery{}
	for page, cursor := 0, ""; page < deliveryPages; page++ {
		list, next, err := s.Hub.Deliveries(ctx, cursor)
		if err != nil {
			return nil, err
		}
		for _, d := range list {
			attempts[d.GUID]++
			delivered[d.GUID] = delivered[d.GUID] || d.OK
			if newest[d.GUID].ID == 0 {
				newest[d.GUID] = d
			}
		}
		if cursor = next; next == "" || list[len(list)-1].At.Before(oldest) {
			break
		}
	}
	var failed []hub.Delivery
	for guid, d := range newest {
		if !delivered[guid] && attempts[guid] < attemptsAtMost && d.At.After(oldest) {
			failed = append(failed, d)
		}
	}
	slices.SortFunc(failed, func(a, b hub.Delivery) int { return a.At.Compare(b.At) })
	return failed, nil
}

// installations makes a sweep of its own for each installation, so that they
// share the workers and the requests fairly.
func (s *Sweeper) installations(ctx context.Context) error {
	for page := 1; page != 0; {
		ids, next, err := s.Hub.Installations(ctx, page)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := s.Queue.Enqueue(ctx, job.Sweep{What: job.SweepPulls, Installation: id}); err != nil {
				return err
			}
		}
		page = next
	}
	return nil
}
