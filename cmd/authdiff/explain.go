package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/report"
)

// explainOptions are the flags of `explain`.
type explainOptions struct {
	place
	format choice
}

func newExplain(sh shell) *cobra.Command {
	o := explainOptions{format: choice{value: "text", allowed: []string{"text", "json"}}}
	cmd := &cobra.Command{
		Use:   "explain ENDPOINT [--rev REV]",
		Short: "Show how one endpoint is protected: from its entry to the check and the effect",
		Long: `Shows the evidence chain of one endpoint: what it does, by which wrappers and
helpers the checks are reached that stand before, where they are, where it
refuses, and what of it isn't known, with the reason.

The endpoint is named as a finding names it. The method, or the beginning of the
name, may be left out when only one is meant; FILE#NAME tells namesakes apart.
Without --rev the working tree is read; of a bare repository, its HEAD.`,
		Example: `  authdiff explain "GET /api/posts/[id]"
  authdiff explain updateProfile --rev origin/main
  authdiff explain app/actions.ts#updateProfile --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return o.run(cmd.Context(), sh, args[0]) },
	}
	o.place.register(cmd)
	o.format.register(cmd, "format", "how to print the result")
	return cmd
}

func (o *explainOptions) run(ctx context.Context, sh shell, name string) error {
	tree, rev, err := o.open(ctx)
	if err != nil {
		return err
	}
	x, err := checks.Explain(ctx, tree, name)
	if err != nil {
		return err
	}
	if o.format.value == "json" {
		return report.ExplainJSON(sh.out, rev, x)
	}
	return report.ExplainText(sh.out, x, textOptions(sh))
}
