package app

import (
	"context"
	"errors"

	"github.com/authdiff/authdiff/app/hub"
	"github.com/authdiff/authdiff/app/job"
	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/app/webhook"
	"github.com/authdiff/authdiff/checks/settings"
)

var _ job.CommitReviewer = (*App)(nil)

// ReviewGroup makes the check of a merge group: the group's head against its
// base, which shows what two pull requests do together that neither does alone.
// It says nothing on the pull request; exceptions that were accepted there hold.
// It implements job.CommitReviewer.
func (a *App) ReviewGroup(ctx context.Context, args job.ReviewGroup) error {
	repo := a.hub.RepositoryByID(args.InstallationID, args.RepoID, args.Owner, args.Repo)
	group := hub.Group{HeadSHA: args.HeadSHA, BaseSHA: args.BaseSHA, Number: args.Number}
	check, err := repo.FindGroupCheck(ctx, group)
	if err != nil || check.Done && !args.Again {
		return err
	}
	if err := repo.BeginCheck(ctx, check); err != nil {
		return err
	}
	var pull *hub.Pull
	if group.Number != 0 {
		if pull, err = repo.Pull(ctx, group.Number, noTime); err != nil {
			return err
		}
	}
	open := func() (*hub.Trees, error) { return repo.GroupTrees(ctx, group) }
	rules := func() (*settings.Settings, error) {
		if pull == nil {
			return nil, nil // the comparison goes by its base's
		}
		return repo.Settings(ctx, pull)
	}
	found, err := a.compare(ctx, repo, check, open, rules)
	if err != nil {
		return err
	}
	in := review.Input{
		Result: found.result, Settings: found.settings, HeadSHA: group.HeadSHA, BaseSHA: found.trees.MergeBase,
		Signer: review.NewSigner(a.secrets, 0, 0),
	}
	if in.Settings == nil {
		in.Settings = found.result.Settings
	}
	if pull != nil {
		if err := a.listen(ctx, repo, pull, found, &in); err != nil {
			return err
		}
	}
	output := review.Compose(in).Check
	output.Buttons = nil // what they ask for is asked for on the pull request
	return repo.CompleteGroup(ctx, group, check, output)
}

// GiveUpGroup answers the queue when there is no result: a group that waits for
// an answer holds up all others. It implements job.CommitReviewer.
func (a *App) GiveUpGroup(ctx context.Context, args job.ReviewGroup, cause error) error {
	repo := a.hub.RepositoryByID(args.InstallationID, args.RepoID, args.Owner, args.Repo)
	group := hub.Group{HeadSHA: args.HeadSHA, BaseSHA: args.BaseSHA, Number: args.Number}
	check, err := repo.FindGroupCheck(ctx, group)
	if err != nil || check.Done {
		return err
	}
	output := review.Compose(review.Input{Err: reason(cause)}).Check
	output.Buttons = nil
	return repo.FailGroup(ctx, group, check, output)
}

// Rerun asks for each check that a commit has. It implements job.CommitReviewer.
func (a *App) Rerun(ctx context.Context, args job.Rerun) error {
	repo := a.hub.RepositoryByID(args.InstallationID, args.RepoID, args.Owner, args.Repo)
	checked, err := repo.CheckedOn(ctx, args.HeadSHA)
	if err != nil {
		return err
	}
	var failed error
	for _, number := range checked.Pulls {
		_, err := a.queue.Enqueue(ctx, job.ReviewPull{
			InstallationID: args.InstallationID, RepoID: args.RepoID, Owner: args.Owner, Repo: args.Repo,
			Number: number, HeadSHA: args.HeadSHA, Again: true, Button: webhook.RerunButton,
		})
		failed = errors.Join(failed, err)
	}
	for _, group := range checked.Groups {
		_, err := a.queue.Enqueue(ctx, job.ReviewGroup{
			InstallationID: args.InstallationID, RepoID: args.RepoID, Owner: args.Owner, Repo: args.Repo,
			HeadSHA: group.HeadSHA, BaseSHA: group.BaseSHA, Number: group.Number, Again: true,
		})
		failed = errors.Join(failed, err)
	}
	return failed
}
