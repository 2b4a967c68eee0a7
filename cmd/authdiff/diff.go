package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/report"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
)

// never is the --fail-on that no finding reaches.
const never = "never"

// diffOptions are the flags of `diff`.
type diffOptions struct {
	repo, base, head string
	twoDot, staged   bool
	format, failOn   choice
	also             copies
	failOnGiven      bool
}

func newDiff(sh shell) *cobra.Command {
	o := diffOptions{
		format: choice{value: "text", allowed: []string{"text", "json", "sarif", "markdown"}},
		failOn: severityChoice(),
	}
	cmd := &cobra.Command{
		Use:   "diff --base REV [--head REV]",
		Short: "Compare the auth checks of two revisions of a local git repository",
		Long: `Compares the auth checks of every endpoint between two revisions of a local git
repository, and reports protection that the head has lost.

It reads git objects: neither revision is checked out, nothing is changed, and
the repository may be bare. Without --head the base is compared with the working
tree, or with what is staged. As a pull request does, it compares with the commit at which the head left
the base; --two-dot compares the two revisions themselves.

What the base's .github/authdiff.yml says holds; --fail-on goes before its
fail_on.`,
		Example: `  authdiff diff --base main
  authdiff diff --base HEAD --staged
  authdiff diff --base origin/main --head HEAD --format json
  authdiff diff --base v1.4.0 --head v1.5.0 --two-dot --fail-on warning`,
		Args: cobra.NoArgs,
		PreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := cmd.ValidateRequiredFlags(); err != nil {
				return usageError(cmd, err)
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.failOnGiven = cmd.Flags().Changed("fail-on")
			return o.run(cmd.Context(), sh)
		},
	}
	registerRepo(cmd, &o.repo)
	flags := cmd.Flags()
	flags.StringVar(&o.base, "base", "", "the revision that is compared against (required)")
	flags.StringVar(&o.head, "head", "", "the revision that is judged (default: the working tree)")
	flags.BoolVar(&o.staged, "staged", false, "judge what is staged for the next commit instead of the working tree")
	flags.BoolVar(&o.twoDot, "two-dot", false, "compare the revisions themselves, not from their merge base")
	o.format.register(cmd, "format", "how to print the result")
	flags.Var(&o.also, "also", "write the result to a file, too, in another format; annotations are those of GitHub Actions")
	o.failOn.register(cmd, "fail-on", "the least severity that ends in exit status 1")
	if err := cmd.MarkFlagRequired("base"); err != nil {
		panic(err) // the flag exists: only a programming error leads here
	}
	cmd.MarkFlagsMutuallyExclusive("head", "staged")
	return cmd
}

// run compares, prints the result, and says through its error how it ended.
func (o *diffOptions) run(ctx context.Context, sh shell) error {
	result, err := o.compare(ctx, sh)
	if err != nil {
		return err
	}
	if err := errors.Join(o.print(sh, result), o.also.write(result)); err != nil {
		return err
	}
	failOn := o.failOn.value
	if s := result.Result.Settings; s != nil && !o.failOnGiven {
		failOn = string(s.FailOn)
	}
	if failOn != never && result.Result.Worst().Rank() >= compare.Severity(failOn).Rank() {
		return errFound
	}
	return nil
}

// compare reads the two trees and compares them.
func (o *diffOptions) compare(ctx context.Context, sh shell) (report.Run, error) {
	repo, err := source.OpenGit(ctx, o.repo)
	if err != nil {
		return report.Run{}, err
	}
	defer repo.Close()
	r, err := o.revisions(ctx, repo)
	if err != nil {
		return report.Run{}, err
	}
	base, err := repo.Tree(ctx, r.MergeBase)
	if err != nil {
		return report.Run{}, err
	}
	head, err := o.headTree(ctx, repo, r.Head)
	if err != nil {
		return report.Run{}, err
	}
	bar := newProgress(sh, "diff")
	defer bar.end()
	in := checks.Input{Base: base, Head: head, Cache: openCache(sh, repo), Progress: bar.at}
	if in.Settings, err = settingsOf(ctx, repo, r); err != nil {
		return report.Run{}, err
	}
	if r.Result, err = checks.Compare(ctx, in); err == nil {
		saveCache(sh, in.Cache)
	}
	return r, err
}

// settingsOf reads the settings where the base is now: a branch that left it long
// ago isn't judged by what it said then. Nil leaves it to the tree that is
// compared with, which is the same one.
func settingsOf(ctx context.Context, repo *source.Git, r report.Run) (*settings.Settings, error) {
	if r.Base == r.MergeBase {
		return nil, nil
	}
	tree, err := repo.Tree(ctx, r.Base)
	if err != nil {
		return nil, err
	}
	return settings.Load(ctx, tree)
}

// revisions resolves the flags to commits. Head stays empty for the working
// tree, whose branch point is that of the commit that is checked out.
func (o *diffOptions) revisions(ctx context.Context, repo *source.Git) (report.Run, error) {
	base, err := repo.Resolve(ctx, o.base)
	if err != nil {
		return report.Run{}, err
	}
	r := report.Run{Base: base, MergeBase: base}
	rev := "HEAD"
	if o.head != "" {
		rev = o.head
	}
	if o.head == "" && o.twoDot {
		return r, nil
	}
	head, err := repo.Resolve(ctx, rev)
	if err != nil {
		return report.Run{}, err
	}
	if o.head != "" {
		r.Head = head
	}
	if o.twoDot {
		return r, nil
	}
	r.MergeBase, err = repo.MergeBase(ctx, base, head)
	return r, err
}

func (o *diffOptions) headTree(ctx context.Context, repo *source.Git, head string) (source.Tree, error) {
	switch {
	case o.staged:
		return repo.Index(ctx)
	case head == "":
		return source.OpenDir(o.repo)
	}
	return repo.Tree(ctx, head)
}

func (o *diffOptions) print(sh shell, r report.Run) error {
	switch o.format.value {
	case "json":
		return report.JSON(sh.out, r)
	case "sarif":
		return report.SARIF(sh.out, r)
	case "markdown":
		return report.Markdown(sh.out, r)
	}
	return report.Text(sh.out, r, textOptions(sh))
}
