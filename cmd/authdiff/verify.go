package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/report"
)

// verifyOptions are the flags of `verify`.
type verifyOptions struct {
	place
	format choice
}

func newVerify(sh shell) *cobra.Command {
	o := verifyOptions{format: choice{value: "text", allowed: []string{"text", "json"}}}
	cmd := &cobra.Command{
		Use:   "verify [--rev REV]",
		Short: "Delete each guard in memory, and tell which losses would not be seen",
		Long: `Deletes each guard of a revision, one at a time and in memory alone, and looks
whether the comparison of an endpoint behind it speaks. It prints the share per
layer, and for each guard whose loss isn't seen the reason and the entry of
.github/authdiff.yml that would teach it, where one would. No file is touched.
Without --rev the working tree is read; of a bare repository, its HEAD.

A guard whose protection another one gives too is counted apart: without it
nothing is lost. Counted apart too, as unknown, is what looks like a guard and isn't
understood: functions that are known by their names only, refusals whose passing
shows nothing, endpoints that can't be followed. The first ten are listed, with
--verbose all.`,
		Example: `  authdiff verify
  authdiff verify --verbose | less
  authdiff verify --rev origin/main --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), sh) },
	}
	o.place.register(cmd)
	o.format.register(cmd, "format", "how to print the result")
	return cmd
}

func (o *verifyOptions) run(ctx context.Context, sh shell) error {
	tree, rev, err := o.open(ctx)
	if err != nil {
		return err
	}
	bar := newProgress(sh, "verify")
	r, err := checks.Verify(ctx, tree, bar.at)
	bar.end()
	if err != nil {
		return err
	}
	if o.format.value == "json" {
		return report.VerifyJSON(sh.out, rev, r)
	}
	return report.VerifyText(sh.out, r, textOptions(sh))
}
