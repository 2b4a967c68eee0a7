// Package app is the GitHub App: it takes GitHub's deliveries, keeps the jobs
// that they ask for, and makes each pull request show what the comparison of
// its two trees found. One job from start to end is [App.Review]; the packages
// below are its steps, and README.md lists them.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/hub"
	"github.com/authdiff/authdiff/app/job"
	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/app/telemetry"
	"github.com/authdiff/authdiff/app/webhook"
	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/settings"
)

// Analyse compares two trees; checks.Compare is the real one.
type Analyse func(ctx context.Context, in checks.Input) (*compare.Result, error)

// App is one running GitHub App.
type App struct {
	hub     *hub.Hub
	queue   *job.Queue
	meter   *telemetry.Meter
	analyse Analyse
	secrets [][]byte       // of the webhook, the present one first
	allow   *webhook.Allow // nil: everybody may deliver
	handler http.Handler
}

var _ job.Reviewer = (*App)(nil)

// New builds the App from settings that have credentials, and opens its
// database. It opens no port and begins no work: Start does the latter. Stop
// must be called in the end, started or not. A nil analyse is checks.Compare.
func New(ctx context.Context, s config.Settings, log *slog.Logger, analyse Analyse) (*App, error) {
	return build(ctx, s, log, options{analyse: analyse})
}

// Handler serves the App's public routes.
func (a *App) Handler() http.Handler { return a.handler }

// Start begins to work off jobs; ctx bounds the start alone.
func (a *App) Start(ctx context.Context) error { return a.queue.Start(ctx) }

// Stop lets running jobs finish until ctx ends, and closes the database. What
// is left is taken up by the next process.
func (a *App) Stop(ctx context.Context) error { return a.queue.Stop(ctx) }

// Review is the story of one job: it makes the pull request, as it is now, show
// what became of its endpoints' protection. Done twice, it changes nothing the
// second time. It implements job.Reviewer.
func (a *App) Review(ctx context.Context, args job.ReviewPull) error {
	phase := a.meter.Phases(ctx, "open")
	defer phase.End()
	repo := a.hub.RepositoryByID(args.InstallationID, args.RepoID, args.Owner, args.Repo)
	pull, err := repo.Pull(ctx, args.Number, args.UpdatedAt)
	if err != nil {
		return err
	}
	check, err := find(ctx, repo, pull)
	switch {
	case err != nil || check.Done && (!args.Again || !pull.Open):
		return err
	case !pull.Open:
		return repo.CancelCheck(ctx, pull, check, "The pull request is closed", "It was closed before this commit was compared.")
	}
	phase.Next("compare")
	if args.Button == webhook.RerunButton {
		check.Done = false
	}
	open := func() (*hub.Trees, error) { return repo.Trees(ctx, pull, module.Reads) }
	rules := func() (*settings.Settings, error) { return repo.Settings(ctx, pull) }
	found, err := a.compare(ctx, repo, check, open, rules)
	if err != nil {
		return err
	}
	a.count(found.result)
	phase.Next("read")
	in := review.Input{
		Result: found.result, Settings: found.settings, Press: press(args, pull),
		HeadSHA: pull.HeadSHA, BaseSHA: found.trees.MergeBase,
	}
	if err := a.listen(ctx, repo, pull, found, &in); err != nil {
		return err
	}
	phase.Next("publish")
	return repo.Publish(ctx, pull, check, review.Compose(in))
}

// listen adds what the pull request shows, and what was said there.
func (a *App) listen(ctx context.Context, repo *hub.Repository, pull *hub.Pull, found compared, in *review.Input) error {
	var err error
	if in.Diff, err = repo.Diff(ctx, pull, found.trees, places(found.result)); err != nil {
		return err
	}
	told, err := repo.Told(ctx, pull)
	if err != nil {
		return err
	}
	in.Existing, in.Reviews, in.Replies = told.Comments, told.Reviews, told.Replies
	in.Author, in.RepoURL, in.Signer = pull.Author, pull.RepoURL, review.NewSigner(a.secrets, pull.RepoID, pull.Number)
	in.Roles, err = repo.Roles(ctx, review.Asking(*in))
	return err
}

// press is the button that was pressed for the job. One on an older head's check
// counts for nothing: who pressed it saw other findings.
func press(args job.ReviewPull, pull *hub.Pull) review.Press {
	if args.Button == "" || args.HeadSHA != pull.HeadSHA {
		return review.Press{}
	}
	return review.Press{Button: args.Button, Login: args.Sender}
}

// noTime takes any answer for a pull request's state.
var noTime time.Time

// GiveUp ends the check run of a pull request that couldn't be reviewed: as a
// failure, for a gate that opens when it breaks is none. It implements
// job.Reviewer.
func (a *App) GiveUp(ctx context.Context, args job.ReviewPull, cause error) error {
	repo := a.hub.RepositoryByID(args.InstallationID, args.RepoID, args.Owner, args.Repo)
	pull, err := repo.Pull(ctx, args.Number, noTime)
	if err != nil {
		return err
	}
	check, err := find(ctx, repo, pull)
	if err != nil || check.Done {
		return err
	}
	// Settings that can't be read relax nothing.
	rules, err := repo.Settings(ctx, pull)
	if err != nil {
		rules = settings.Default()
	}
	return repo.FailCheck(ctx, pull, check, review.Compose(review.Input{Err: reason(cause), Settings: rules}).Check)
}

// find looks for the head's check run, and sees to it that no other commit keeps
// an unfinished one of the pull request's.
func find(ctx context.Context, repo *hub.Repository, pull *hub.Pull) (*hub.Check, error) {
	left, err := job.Begin(ctx, pull.HeadSHA, pull.UpdatedAt)
	if err != nil {
		return nil, err
	}
	if err := repo.EndLeft(ctx, pull, left); err != nil {
		return nil, err
	}
	return repo.FindCheck(ctx, pull)
}

// compared is what a comparison was made of, and what it gave.
type compared struct {
	trees    *hub.Trees
	settings *settings.Settings // of the repository; nil where nothing had to be analysed
	result   *compare.Result
}

// compare finds the two sides and what became of the endpoints between them. The
// check is in progress before anything is analysed, and before anything that
// failed is tried again; where no file that matters has changed there is nothing
// to analyse, and no file is read.
func (a *App) compare(ctx context.Context, repo *hub.Repository, check *hub.Check,
	open func() (*hub.Trees, error), rules func() (*settings.Settings, error)) (compared, error) {
	trees, err := open()
	touches := true
	if err == nil {
		touches, err = trees.Touches(ctx, module.Reads)
	}
	if touches && !check.Done {
		err = errors.Join(err, repo.BeginCheck(ctx, check))
	}
	c := compared{trees: trees, result: &compare.Result{}}
	if err != nil || !touches {
		return c, err
	}
	if c.settings, err = rules(); err != nil {
		return c, err
	}
	c.result, err = a.analyse(ctx, checks.Input{Base: trees.Base, Head: trees.Head, Settings: c.settings})
	if err != nil {
		return c, fmt.Errorf("compare the trees: %w", err)
	}
	return c, nil
}

// count tells the meter what a comparison gave.
func (a *App) count(result *compare.Result) {
	for _, f := range result.Findings {
		a.meter.Finding(string(f.Severity), string(f.Layer))
	}
	a.meter.NotAnalysed(len(result.NotAnalysed))
}

// places lists the files on which comments may have to stand.
func places(result *compare.Result) []string {
	var paths []string
	for _, f := range result.Findings {
		paths = append(paths, f.Path, f.Endpoint.File)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// reason tells a cause in one line.
func reason(cause error) string {
	if errors.Is(cause, context.DeadlineExceeded) {
		return "it took longer than it may"
	}
	return strings.Join(strings.Fields(cause.Error()), " ")
}
