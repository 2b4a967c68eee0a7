package hub

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/review"
)

// A check run belongs to a commit, and a commit may be the head of several pull
// requests, on several bases. Of runs with the same name GitHub requires the
// newest, whichever pull request it was made for: a second pull request on a
// harmless base would turn the check of the first one green. So the runs of a
// commit agree on the worst verdict of its open pull requests: one that would
// pass fails when another fails, and waits while an earlier one isn't done.
//
// Who announces its run and then sees no other needn't look again: whoever
// comes later sees it, and waits.

// siblingMost is how long a pull request waits for the check of another one. A
// run that takes longer was left behind, and counts as failed.
const siblingMost = 30 * time.Minute

// siblingWait is how long to wait before looking again.
const siblingWait = 5 * time.Second

// siblings looks for other open pull requests of the same head: the first one
// whose check failed, and the first one whose check was begun earlier and isn't
// done; 0 for none.
func (r *Repository) siblings(ctx context.Context, p *Pull, check *Check) (failing, busy int, err error) {
	runs, err := r.ownRuns(ctx, p.HeadSHA)
	if err != nil {
		return 0, 0, err
	}
	newest := newestByPull(runs)
	for _, number := range slices.Sorted(maps.Keys(newest)) {
		run := newest[number]
		failed := run.GetConclusion() == review.Failure && run.GetExternalID() != sharedID(number)
		began := run.GetStatus() != "completed" && (check.ID == 0 || run.GetID() < check.ID)
		if number == p.Number || !failed && !began {
			continue
		}
		sibling, err := r.Pull(ctx, number, time.Time{})
		if err != nil {
			return 0, 0, err
		}
		switch {
		case !sibling.Open || sibling.HeadSHA != p.HeadSHA:
		case failing == 0 && (failed || r.hub.now().Sub(run.GetStartedAt().Time) > siblingMost):
			failing = number
		case busy == 0 && !failed:
			busy = number
		}
	}
	return failing, busy, nil
}

// agree looks again after a run was completed: another job may have completed
// the run of a sibling at the same moment, and of the two at least one sees the
// other.
func (r *Repository) agree(ctx context.Context, p *Pull, check *Check, output review.Check) error {
	if output.Conclusion == review.Success {
		failing, busy, err := r.siblings(ctx, p, check)
		switch {
		case err != nil:
			return err
		case failing != 0:
			return r.conclude(ctx, check.ID, shadowed(output, failing), sharedID(p.Number))
		case busy != 0:
			check.running = false
			return errors.Join(r.BeginCheck(ctx, check), r.waitFor(busy))
		}
		return nil
	}
	runs, err := r.ownRuns(ctx, p.HeadSHA)
	if err != nil {
		return err
	}
	for number, run := range newestByPull(runs) {
		if number == p.Number || run.GetConclusion() != review.Success {
			continue
		}
		was := review.Check{Title: run.GetOutput().GetTitle(), Summary: run.GetOutput().GetSummary(), Text: run.GetOutput().GetText()}
		if err := r.conclude(ctx, run.GetID(), shadowed(was, p.Number), sharedID(number)); err != nil {
			return err
		}
	}
	return nil
}

func (r *Repository) waitFor(sibling int) error {
	return &BusyError{Pull: sibling, Until: r.hub.now().Add(siblingWait)}
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
		"has one verdict. Once #%d is fixed or closed, re-run this check.\n\n", by, by)
	if len(output.Summary) > most {
		output.Summary = ""
	}
	output.Conclusion = review.Failure
	output.Title = fmt.Sprintf("#%d has the same head commit, and fails", by)
	output.Summary = note + output.Summary
	return output
}
