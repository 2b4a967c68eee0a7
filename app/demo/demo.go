// Package demo plays one pull request through the whole App on one machine,
// with nothing to configure: package sandbox stands in for GitHub, everything
// else is the real thing. The server listens on loopback, gets a signed
// delivery, works it off from its durable queue, and writes a check run and a
// review; the demo prints them, and serves a page that shows them as a reviewer
// sees them.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os/exec"
	"slices"
	"time"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/checks/compare"
)

// Options say how to play.
type Options struct {
	Out io.Writer    // gets what happened
	Log *slog.Logger // gets the App's log
	// Wait keeps the page up until the context ends; without it Run returns once
	// it has printed.
	Wait bool
	// Addr is where the page is served; port 0 takes a free one.
	Addr string
}

// patience bounds the wait for the check run. It takes about a second; a busy
// machine may need more.
const patience = 2 * time.Minute

// story is what happened, as GitHub's stand-in holds it, and the findings that
// the App's analysis gave.
type story struct {
	repository string
	hook       string // the address that was told
	pull       sandbox.Pull
	files      []review.FileDiff
	check      sandbox.CheckRun
	result     *compare.Result
	reviews    []sandbox.Review
	comments   []sandbox.Comment
}

// Run plays the sample's pull request. An error means that the demo itself
// failed; findings are what it is for. Everything that it writes to disk is in
// temporary folders, which are gone when it returns.
func Run(ctx context.Context, o Options) error {
	if _, err := exec.LookPath("git"); err != nil {
		return errors.New("git is not installed, or not in PATH: the demo keeps its sample in a git repository")
	}
	told, err := play(ctx, sandbox.Options{}, o.Log)
	if err != nil {
		return err
	}
	if err := told.print(o.Out); err != nil || !o.Wait {
		return err
	}
	return servePage(ctx, o, told)
}

// play sets the stage, delivers the webhook, waits for the check run's end and
// clears the stage.
func play(ctx context.Context, o sandbox.Options, log *slog.Logger) (told *story, err error) {
	github, err := sandbox.New(o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, github.Close()) }()
	sample, err := openSample(github)
	if err != nil {
		return nil, err
	}
	server, err := startServer(ctx, github, log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	check, err := deliver(ctx, github, sample, server.hook())
	if err != nil {
		return nil, err
	}
	files, err := sample.changedFiles()
	if err != nil {
		return nil, err
	}
	return &story{
		repository: sample.repo.FullName(), hook: server.hook(), pull: sample.pull, files: files,
		check: check, result: server.result(),
		reviews: sample.repo.Reviews(sample.pull.Number), comments: sample.repo.Comments(sample.pull.Number),
	}, nil
}

// deliver tells the server of the pull request as GitHub does, and returns the
// check run when it is completed.
func deliver(ctx context.Context, github *sandbox.Server, sample *stage, hook string) (sandbox.CheckRun, error) {
	delivery, err := sample.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: sample.pull.Number})
	if err != nil {
		return sandbox.CheckRun{}, err
	}
	status, answer, err := github.Deliver(ctx, hook, delivery)
	if err != nil {
		return sandbox.CheckRun{}, err
	}
	if status != http.StatusAccepted {
		return sandbox.CheckRun{}, fmt.Errorf("the server refused the delivery with status %d: %s", status, answer)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var check sandbox.CheckRun
	err = github.Wait(ctx, func() bool {
		runs := sample.repo.CheckRuns(sample.pull.HeadSHA)
		i := slices.IndexFunc(runs, func(run sandbox.CheckRun) bool { return run.Status == "completed" })
		if i >= 0 {
			check = runs[i]
		}
		return i >= 0
	})
	if err != nil {
		return sandbox.CheckRun{}, fmt.Errorf("the check run did not complete: %w", err)
	}
	return check, nil
}
