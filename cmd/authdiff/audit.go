package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/audit"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/report"
)

// auditOptions are the flags of `audit`.
type auditOptions struct {
	place
	baseline       string
	format, failOn choice
}

func newAudit(sh shell) *cobra.Command {
	o := auditOptions{
		format: choice{value: "text", allowed: []string{"text", "json", "sarif", "markdown", "html"}},
		failOn: severityChoice(),
	}
	cmd := &cobra.Command{
		Use:   "audit [--rev REV]",
		Short: "List every endpoint with its protection, unguarded ones first",
		Long: `Lists every endpoint of one revision with what it does, the guards that protect it
layer by layer, and a verdict. Open endpoints come first, those that change
something before those that read, personal data before other; endpoints that are
public on purpose are told apart, with the reason. Without --rev the working tree
is read; of a bare repository, its HEAD.

With --baseline only what is worse than in an earlier audit is listed: endpoints
that opened, are new and open, or lost all guards of a layer.

For --fail-on, an open endpoint that changes something or touches personal data is
an error, another open one a warning, one that can't be judged a notice.`,
		Example: `  authdiff audit
  authdiff audit --verbose | less
  authdiff audit --format html > audit.html
  authdiff audit --format json > baseline.json
  authdiff audit --baseline baseline.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), sh) },
	}
	o.place.register(cmd)
	cmd.Flags().StringVar(&o.baseline, "baseline", "", "an earlier audit's JSON: list only what is worse")
	o.format.register(cmd, "format", "how to print the result")
	o.failOn.register(cmd, "fail-on", "the least severity that ends in exit status 1")
	return cmd
}

func (o *auditOptions) run(ctx context.Context, sh shell) error {
	before, err := o.readBaseline()
	if err != nil {
		return err
	}
	tree, rev, err := o.open(ctx)
	if err != nil {
		return err
	}
	bar := newProgress(sh, "audit")
	a, err := checks.Audit(ctx, tree, bar.at)
	bar.end()
	if err != nil {
		return err
	}
	if before != nil {
		a = audit.Worse(before, a)
	}
	if err := o.print(sh, rev, a); err != nil {
		return err
	}
	if o.failOn.value != never && a.Worst().Rank() >= compare.Severity(o.failOn.value).Rank() {
		return errFound
	}
	return nil
}

func (o *auditOptions) readBaseline() (*audit.Audit, error) {
	if o.baseline == "" {
		return nil, nil
	}
	f, err := os.Open(o.baseline)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	defer f.Close()
	a, err := report.ReadAudit(f)
	if err != nil {
		return nil, fmt.Errorf("--baseline %s: %w", o.baseline, err)
	}
	return a, nil
}

func (o *auditOptions) print(sh shell, rev string, a *audit.Audit) error {
	switch o.format.value {
	case "json":
		return report.AuditJSON(sh.out, rev, a)
	case "sarif":
		return report.AuditSARIF(sh.out, rev, a)
	case "markdown":
		return report.AuditMarkdown(sh.out, a)
	case "html":
		return report.AuditHTML(sh.out, rev, a)
	}
	return report.AuditText(sh.out, a, textOptions(sh))
}
