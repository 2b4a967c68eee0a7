package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/review"
)

// A check run belongs to a commit, and a commit may be the head of several pull
// requests, on several bases. Of runs with the same name GitHub requires the
// newest, whichever pull request it was made for: a second pull request on a
// harmless base would turn the check of the first one green. So the runs of a
// commit agree on the worst verdict of its open pull requests.

// failingSibling returns the number of another open pull request of the same
// head whose check failed, 0 for none.
func (r *Repository) failingSibling(ctx context.Context, p *Pull) (int, error) {
	runs, err := r.ownRuns(ctx, p.HeadSHA)
	if err != nil {
		return 0, err
	}
	for number, run := range newestByPull(runs) {
		if number == p.Number || run.GetConclusion() != review.Failure || run.GetExternalID() == sharedID(number) {
			continue
		}
		sibling, err := r.Pull(ctx, number, time.Time{})
		if err != nil {
			return 0, err
		}
		if sibling.Open && sibling.HeadSHA == p.HeadSHA {
			return number, nil
		}
	}
	return 0, nil
}

// agree looks again after a run was completed: another job may have completed
// the run of a sibling at the same moment, and of the two at least one sees the
// other.
func (r *Repository) agree(ctx context.Context, p *Pull, check *Check, output review.Check) error {
	if output.Conclusion == review.Success {
		failing, err := r.failingSibling(ctx, p)
		if err != nil || failing == 0 {
			return err
		}
		return r.conclude(ctx, check.ID, shadowed(output, failing), sharedID(p.Number))
	}
	runs, err := r.ownRuns(ctx, p.HeadSHA)
	if err != nil {
		return err
	}
	for number, run := range newestByPull(runs) {
		if number == p.Number || run.GetConclusion() != review.Success || run.GetID() < check.ID {
			continue
		}
		was := review.Check{Title: run.GetOutput().GetTitle(), Summary: run.GetOutput().GetSummary(), Text: run.GetOutput().GetText()}
		if err := r.conclude(ctx, run.GetID(), shadowed(was, p.Number), sharedID(number)); err != nil {
			return err
		}
	}
	return nil
}

// conclude gives a complete run another verdict, and leaves its annotations.
func (r *Repository) conclude(ctx context.Context, id int64, output review.Check, external string) error {
	return r.updateCheck(ctx, &Check{ID: id}, outputOf(output, nil), github.UpdateCheckRunOptions{
		ExternalID:  github.String(external),
		Status:      github.String("completed"),
		Conclusion:  github.String(output.Conclusion),
		CompletedAt: &github.Timestamp{Time: r.hub.now()},
	})
}

// sharedID marks a run that failed for its sibling's sake alone: it is no
// verdict on its own pull request, and the next job decides anew.
func sharedID(number int) string { return fmt.Sprintf(externalFormat, number) + "shared" }

// shadowed is the output of a check that would have passed, had not another
// pull request of the same commit failed.
func shadowed(output review.Check, by int) review.Check {
	const most = 60_000 // of 65,535: the note comes on top
	note := fmt.Sprintf("**This check fails because that of #%d does.** Both pull requests have the same head commit, and a commit "+
		"has one verdict. Once #%d is fixed or closed, push to this pull request to have it checked again.\n\n", by, by)
	if len(output.Summary) > most {
		output.Summary = ""
	}
	output.Conclusion = review.Failure
	output.Title = fmt.Sprintf("#%d has the same head commit, and fails", by)
	output.Summary = note + output.Summary
	return output
}
