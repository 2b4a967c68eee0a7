package hub

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/review"
)

// CheckName is the name under which repositories require the check. It never
// changes: a required check of another name would wait for ever.
const CheckName = "authdiff"

// annotationsAtATime is how many annotations GitHub takes in one request; those
// of further requests are added to them.
// https://docs.github.com/en/rest/checks/runs#update-a-check-run
const annotationsAtATime = 50

// Check is the check run of a pull request's head.
type Check struct {
	ID int64
	// Done means that the run is complete and was made for the same head and
	// base: nothing remains to be said.
	Done bool
	// annotated is how many annotations the run has from an attempt that was
	// interrupted.
	annotated int
}

// A check run's external id says for which pull request and base it was made:
// a commit can be the head of several. It is how a later job recognises a run,
// also one that an earlier process left in progress.
func externalID(p *Pull) string { return externalPrefix(p) + p.BaseSHA }

const externalFormat = "pull/%d/"

func externalPrefix(p *Pull) string { return fmt.Sprintf(externalFormat, p.Number) }

// failedID marks a run without a result, so that the next job tries again.
func failedID(p *Pull) string { return externalPrefix(p) + "failed" }

// StartCheck makes sure that the head has a check run of ours: the one that is
// done, the one that an interrupted job left in progress, or a new one.
func (r *Repository) StartCheck(ctx context.Context, p *Pull) (*Check, error) {
	last, err := r.lastCheck(ctx, p)
	if err != nil {
		return nil, err
	}
	switch {
	case last == nil || last.GetStatus() == "completed" && last.GetExternalID() != externalID(p):
		return r.createCheck(ctx, p)
	case last.GetStatus() == "completed":
		return &Check{ID: last.GetID(), Done: true, annotated: last.GetOutput().GetAnnotationsCount()}, nil
	}
	return &Check{ID: last.GetID(), annotated: last.GetOutput().GetAnnotationsCount()}, nil
}

func (r *Repository) createCheck(ctx context.Context, p *Pull) (*Check, error) {
	run, _, err := r.client.Checks.CreateCheckRun(ctx, r.owner, r.name, github.CreateCheckRunOptions{
		Name:       CheckName,
		HeadSHA:    p.HeadSHA,
		ExternalID: github.String(externalID(p)),
		Status:     github.String("in_progress"),
		StartedAt:  &github.Timestamp{Time: r.hub.now()},
	})
	if err != nil {
		return nil, r.hub.failure("create the check run", err)
	}
	return &Check{ID: run.GetID()}, nil
}

// lastCheck finds the newest run that the App made for the pull request at its
// head, nil when there is none. Only the newest counts, as it does for GitHub:
// an older one of the same base says nothing once the base was another.
func (r *Repository) lastCheck(ctx context.Context, p *Pull) (*github.CheckRun, error) {
	runs, err := r.ownRuns(ctx, p.HeadSHA)
	if err != nil {
		return nil, err
	}
	return newestByPull(runs)[p.Number], nil
}

// ownRuns lists the runs that the App made for a commit.
func (r *Repository) ownRuns(ctx context.Context, sha string) ([]*github.CheckRun, error) {
	var own []*github.CheckRun
	for page := 1; page != 0 && page <= maxPages; {
		list, response, err := r.client.Checks.ListCheckRunsForRef(ctx, r.owner, r.name, sha, &github.ListCheckRunsOptions{
			CheckName:   github.String(CheckName),
			Filter:      github.String("all"),
			AppID:       github.Int64(r.hub.appID),
			ListOptions: github.ListOptions{Page: page, PerPage: perPage},
		})
		if err != nil {
			return nil, r.hub.failure("list the check runs", err)
		}
		for _, run := range list.CheckRuns {
			if run.GetApp().GetID() == r.hub.appID {
				own = append(own, run)
			}
		}
		page = response.NextPage
	}
	return own, nil
}

// newestByPull picks the newest run of each pull request.
func newestByPull(runs []*github.CheckRun) map[int]*github.CheckRun {
	newest := map[int]*github.CheckRun{}
	for _, run := range runs {
		var number int
		if _, err := fmt.Sscanf(run.GetExternalID(), externalFormat, &number); err != nil {
			continue
		}
		if newest[number] == nil || run.GetID() > newest[number].GetID() {
			newest[number] = run
		}
	}
	return newest
}

// CompleteCheck gives the run its result, in agreement with the runs of other
// pull requests that have the same head; see sibling.go.
func (r *Repository) CompleteCheck(ctx context.Context, p *Pull, check *Check, output review.Check) error {
	if output.Conclusion == review.Success {
		failing, err := r.failingSibling(ctx, p)
		if err != nil {
			return err
		}
		if failing != 0 {
			return r.complete(ctx, check, shadowed(output, failing), sharedID(p.Number))
		}
	}
	if err := r.complete(ctx, check, output, externalID(p)); err != nil {
		return err
	}
	return r.agree(ctx, p, check, output)
}

// FailCheck ends the run without a result. A later job of the same head doesn't
// take it for one.
func (r *Repository) FailCheck(ctx context.Context, p *Pull, check *Check, output review.Check) error {
	return r.complete(ctx, check, output, failedID(p))
}

// complete sends the annotations in portions, and completes with the last. What
// an interrupted attempt has sent isn't sent again: the order is always the
// same.
func (r *Repository) complete(ctx context.Context, check *Check, output review.Check, external string) error {
	rest := output.Annotations[min(check.annotated, len(output.Annotations)):]
	for len(rest) > annotationsAtATime {
		if err := r.updateCheck(ctx, check, outputOf(output, rest[:annotationsAtATime]), github.UpdateCheckRunOptions{}); err != nil {
			return err
		}
		rest = rest[annotationsAtATime:]
	}
	return r.updateCheck(ctx, check, outputOf(output, rest), github.UpdateCheckRunOptions{
		ExternalID:  github.String(external),
		Status:      github.String("completed"),
		Conclusion:  github.String(output.Conclusion),
		CompletedAt: &github.Timestamp{Time: r.hub.now()},
		Actions:     actionsOf(output.Buttons),
	})
}

func actionsOf(buttons []review.Button) []*github.CheckRunAction {
	var actions []*github.CheckRunAction
	for _, b := range buttons {
		actions = append(actions, &github.CheckRunAction{Label: b.Label, Description: b.Description, Identifier: b.Identifier})
	}
	return actions
}

func (r *Repository) updateCheck(ctx context.Context, check *Check, output *github.CheckRunOutput, options github.UpdateCheckRunOptions) error {
	options.Name, options.Output = CheckName, output
	if _, _, err := r.client.Checks.UpdateCheckRun(ctx, r.owner, r.name, check.ID, options); err != nil {
		return r.hub.failure("update the check run", err)
	}
	check.annotated += len(output.Annotations)
	return nil
}

func outputOf(output review.Check, annotations []review.Annotation) *github.CheckRunOutput {
	out := &github.CheckRunOutput{Title: github.String(output.Title), Summary: github.String(output.Summary)}
	if output.Text != "" {
		out.Text = github.String(output.Text)
	}
	for _, a := range annotations {
		out.Annotations = append(out.Annotations, &github.CheckRunAnnotation{
			Path:            github.String(a.Path),
			StartLine:       github.Int(a.StartLine),
			EndLine:         github.Int(a.EndLine),
			AnnotationLevel: github.String(a.Level),
			Title:           github.String(a.Title),
			Message:         github.String(a.Message),
		})
	}
	return out
}
