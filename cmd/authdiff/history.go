package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/checks/history"
	"github.com/authdiff/authdiff/checks/report"
	"github.com/authdiff/authdiff/checks/source"
)

// defaultPast is how many commits are replayed when the flags ask for no part of
// the history.
const defaultPast = 500

// historyOptions are the flags of `history`.
type historyOptions struct {
	repo, rev string
	since     day
	most      int
	format    choice
}

func newHistory(sh shell) *cobra.Command {
	o := historyOptions{format: choice{value: "text", allowed: []string{"text", "json", "html"}}}
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Replay merged pull requests: what would have been said on each",
		Long: fmt.Sprintf(`Replays the history of a branch, newest first: each merged pull request, and each
commit made on the branch itself, is compared with the branch as it was before,
as diff does it. The text form shows those with findings, and the sum; the HTML
page has all of them in a table, and a chart over time.

It reads git objects: nothing is checked out or changed, and the repository may
be bare. Without --since and --max it goes back %d commits. A shallow clone has
no history: fetch it first (git fetch --unshallow).

The exit status is 0 also when something was found: it is the past.`, defaultPast),
		Example: `  authdiff history
  authdiff history --since 2026-01-01
  authdiff history --max 1000 --format html > history.html
  authdiff history --rev origin/main --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("max") && o.since.IsZero() {
				o.most = defaultPast
			}
			return o.run(cmd.Context(), sh)
		},
	}
	registerRepo(cmd, &o.repo)
	flags := cmd.Flags()
	flags.StringVar(&o.rev, "rev", "HEAD", "the branch, or any commit to start from")
	flags.Var(&o.since, "since", "go back to this day, as in 2026-01-31")
	flags.IntVar(&o.most, "max", 0, "go back this many commits; 0 for all")
	o.format.register(cmd, "format", "how to print the result")
	return cmd
}

// run replays, and prints each step as it is known.
func (o *historyOptions) run(ctx context.Context, sh shell) error {
	if o.most < 0 {
		return fmt.Errorf("--max %d: give a number of commits, or 0 for all", o.most)
	}
	repo, err := source.OpenGit(ctx, o.repo)
	if err != nil {
		return err
	}
	defer repo.Close()
	newest, err := repo.Resolve(ctx, o.rev)
	if err != nil {
		return err
	}
	past, err := repo.Past(ctx, newest, source.PastOptions{Max: o.most, Since: o.since.Time})
	if err != nil {
		return err
	}
	bar := newProgress(sh, "history")
	defer bar.end()
	out := o.writer(sh, bar.under(sh.out))
	done := 0
	cache := openCache(sh, repo)
	for step, err := range history.Replay(ctx, repo, past, cache) {
		if err != nil {
			return err
		}
		if err := out.Step(step); err != nil {
			return err
		}
		done++
		bar.at(done, len(past))
	}
	saveCache(sh, cache)
	return out.Close()
}

// historyWriter takes the steps of a history as they become known.
type historyWriter interface {
	Step(history.Step) error
	Close() error
}

func (o *historyOptions) writer(sh shell, w io.Writer) historyWriter {
	switch o.format.value {
	case "json":
		return &historyLines{w: w, last: time.Now()}
	case "html":
		return report.NewHistoryHTML(w)
	}
	return report.NewHistoryText(w, textOptions(sh))
}

// historyLines writes each step as a line of JSON, with the time since the one
// before.
type historyLines struct {
	w    io.Writer
	last time.Time
}

func (h *historyLines) Step(s history.Step) error {
	now := time.Now()
	took := now.Sub(h.last)
	h.last = now
	return report.HistoryJSON(h.w, s, took)
}

func (h *historyLines) Close() error { return nil }

// day is a flag that takes a day. It implements pflag.Value.
type day struct{ time.Time }

func (d *day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

func (d *day) Type() string { return "day" }

// Set refuses what is no day.
func (d *day) Set(text string) error {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return fmt.Errorf("must be a day, as in 2026-01-31")
	}
	d.Time = t
	return nil
}
