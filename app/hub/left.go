package hub

import (
	"context"

	"github.com/authdiff/authdiff/app/review"
)

// What a run says that ended because the pull request has a newer head.
const (
	supersededTitle   = "A newer commit is checked instead"
	supersededSummary = "The pull request's head changed before this commit was compared."
)

// EndLeft ends the runs that an interrupted attempt left unfinished on commits
// that are no longer the pull request's head. They say nothing of the code, and
// must not pass: a commit may be the head of another pull request, too.
func (r *Repository) EndLeft(ctx context.Context, p *Pull, commits []string) error {
	for _, sha := range commits {
		runs, err := r.ownRuns(ctx, sha)
		if _, gone := refused(err); gone {
			continue
		}
		if err != nil {
			return err
		}
		run := newestByPull(runs)[p.Number]
		if run == nil || run.GetStatus() == "completed" {
			continue
		}
		output := review.Check{Conclusion: review.Cancelled, Title: supersededTitle, Summary: supersededSummary}
		if err := r.conclude(ctx, run.GetID(), output, failedID(p)); err != nil {
			return err
		}
	}
	return nil
}
