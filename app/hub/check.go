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

// Check is the check run of a pull request's head, or of a merge group's.
type Check struct {
	ID int64 // 0 when there is none yet
	// Done means that the run is complete and was made for the same head and
	// base: nothing remains to be said.
	Done bool

	head, external string // its commit, and the external id of its result
	running        bool
	annotated      int  // how many annotations it has
	alone          bool // no other pull request's run stood on the commit after this one was begun
}

// A check run's external id says for which pull request and base it was made:
// a commit can be the head of several. It is how a later job recognises a run,
// also one that an earlier process left in progress.
func externalID(p *Pull) string { return externalPrefix(p) + p.BaseSHA }

const externalFormat = "pull/%d/"

func externalPrefix(p *Pull) string { return fmt.Sprintf(externalFormat, p.Number) }

// failedID marks a run without a result, so that the next job tries again.
func failedID(p *Pull) string { return externalPrefix(p) + "failed" }

// StartCheck makes sure that the head has a check run of ours in progress,
// unless the one that it has is done.
func (r *Repository) StartCheck(ctx context.Context, p *Pull) (*Check, error) {
	check, err := r.FindCheck(ctx, p)
	if err != nil || check.Done {
		return check, err
	}
	return check, r.BeginCheck(ctx, check)
}

// FindCheck finds the head's run without writing anything: the one that is done,
// one that was made for another base or failed, one that an interrupted job left
// in progress, or none.
func (r *Repository) FindCheck(ctx context.Context, p *Pull) (*Check, error) {
	if p.runs == 0 {
		return &Check{head: p.HeadSHA, external: externalID(p)}, nil
	}
	last, err := r.lastCheck(ctx, p)
	if err != nil {
		return nil, err
	}
	return checkOf(last, p.HeadSHA, externalID(p)), nil
}

// checkOf is the run, nil for none, as a later attempt goes on with it.
func checkOf(run *github.CheckRun, head, external string) *Check {
	check := &Check{head: head, external: external}
	if run == nil {
		return check
	}
	ended := run.GetStatus() == "completed"
	same := run.GetExternalID() == external
	if ended && !same && run.GetOutput().GetAnnotationsCount() > 0 {
		// GitHub takes no annotation back, and these belong to another comparison.
		return check
	}
	check.ID, check.annotated = run.GetID(), run.GetOutput().GetAnnotationsCount()
	check.running, check.Done = !ended, ended && same
	return check
}

// BeginCheck makes the run show that it is in progress. A head keeps its one
// run: a new attempt resets it, as GitHub's documentation of re-requested runs
// suggests.
// https://docs.github.com/en/rest/checks/runs#rerequest-a-check-run
func (r *Repository) BeginCheck(ctx context.Context, check *Check) error {
	if check.running {
		return nil
	}
	started := &github.Timestamp{Time: r.hub.now()}
	if check.ID == 0 {
		run, _, err := r.client.Checks.CreateCheckRun(ctx, r.owner, r.name, github.CreateCheckRunOptions{
			Name: CheckName, HeadSHA: check.head, ExternalID: github.String(check.external),
			Status: github.String("in_progress"), StartedAt: started,
		})
		if err != nil {
			return r.hub.failure("create the check run", err)
		}
		check.ID, check.running = run.GetID(), true
		return nil
	}
	_, _, err := r.client.Checks.UpdateCheckRun(ctx, r.owner, r.name, check.ID, github.UpdateCheckRunOptions{
		Name: CheckName, ExternalID: github.String(check.external), Status: github.String("in_progress"),
	})
	if err != nil {
		return r.hub.failure("begin the check run again", err)
	}
	check.running, check.Done = true, false
	return nil
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
	if output.Conclusion == review.Success && !check.alone && p.runs != 0 {
		failing, busy, err := r.siblings(ctx, p, check)
		switch {
		case err != nil:
			return err
		case failing != 0:
			return r.complete(ctx, check, shadowed(output, failing), sharedID(p.Number))
		case busy != 0:
			return r.waitFor(busy)
		}
	}
	if err := r.complete(ctx, check, output, externalID(p)); err != nil {
		return err
	}
	if check.alone {
		return nil
	}
	return r.agree(ctx, p, check, output)
}

// FailCheck ends the run without a result. A later job of the same head doesn't
// take it for one.
func (r *Repository) FailCheck(ctx context.Context, p *Pull, check *Check, output review.Check) error {
	return r.complete(ctx, check, output, failedID(p))
}

// CancelCheck ends a run, if there is one in progress, that nobody waits for any
// more. It must not pass: the commit may be the head of another pull request.
func (r *Repository) CancelCheck(ctx context.Context, p *Pull, check *Check, title, why string) error {
	if !check.running {
		return nil
	}
	output := review.Check{Conclusion: review.Cancelled, Title: title, Summary: why}
	return r.complete(ctx, check, output, failedID(p))
}

// complete sends the annotations in portions, and completes with the last. What
// an interrupted attempt has sent isn't sent again.
func (r *Repository) complete(ctx context.Context, check *Check, output review.Check, external string) error {
	rest, err := r.missing(ctx, check, output.Annotations)
	if err != nil {
		return err
	}
	if check.ID == 0 && len(rest) <= annotationsAtATime {
		return r.createComplete(ctx, check, output, external)
	}
	if check.ID == 0 {
		if err := r.BeginCheck(ctx, check); err != nil {
			return err
		}
	}
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

// createComplete makes a run that is complete from the start: where there was
// nothing to analyse there is nothing to wait for.
func (r *Repository) createComplete(ctx context.Context, check *Check, output review.Check, external string) error {
	now := &github.Timestamp{Time: r.hub.now()}
	run, _, err := r.client.Checks.CreateCheckRun(ctx, r.owner, r.name, github.CreateCheckRunOptions{
		Name: CheckName, HeadSHA: check.head, ExternalID: github.String(external),
		Status: github.String("completed"), Conclusion: github.String(output.Conclusion), StartedAt: now, CompletedAt: now,
		Output: outputOf(output, output.Annotations), Actions: actionsOf(output.Buttons),
	})
	if err != nil {
		return r.hub.failure("create the check run", err)
	}
	check.ID = run.GetID()
	return nil
}

// missing are the annotations that the run doesn't have yet.
func (r *Repository) missing(ctx context.Context, check *Check, wanted []review.Annotation) ([]review.Annotation, error) {
	if check.annotated == 0 || len(wanted) == 0 {
		return wanted, nil
	}
	has := map[review.Annotation]bool{}
	for page := 1; page != 0 && page <= maxPages; {
		list, response, err := r.client.Checks.ListCheckRunAnnotations(ctx, r.owner, r.name, check.ID,
			&github.ListOptions{Page: page, PerPage: perPage})
		if err != nil {
			return nil, r.hub.failure("list the check run's annotations", err)
		}
		for _, a := range list {
			has[review.Annotation{
				Path: a.GetPath(), StartLine: a.GetStartLine(), EndLine: a.GetEndLine(), Level: a.GetAnnotationLevel(),
				Title: a.GetTitle(), Message: a.GetMessage(),
			}] = true
		}
		page = response.NextPage
	}
	var rest []review.Annotation
	for _, a := range wanted {
		if !has[a] {
			rest = append(rest, a)
		}
	}
	return rest, nil
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
