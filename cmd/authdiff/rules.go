package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/checks/near"
	"github.com/authdiff/authdiff/checks/report"
	"github.com/authdiff/authdiff/checks/rules"
)

func newRules(sh shell) *cobra.Command {
	format := choice{value: "text", allowed: []string{"text", "markdown"}}
	cmd := &cobra.Command{
		Use:   "rules [RULE]",
		Short: "Say what each rule reports, why, with an example, and how to accept it",
		Long: `Lists the rules, or says everything of one: what it reports, why it matters, an
example of good and bad, and how a finding is accepted.`,
		Example: `  authdiff rules
  authdiff rules owner-scope-removed
  authdiff rules --format markdown`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			list := rules.All
			if len(args) == 1 {
				r, ok := rules.Find(args[0])
				if !ok {
					return unknownRule(args[0])
				}
				list = []rules.Rule{r}
			}
			if format.value == "markdown" {
				return report.RulesMarkdown(sh.out, list)
			}
			return report.RulesText(sh.out, list, textOptions(sh))
		},
	}
	format.register(cmd, "format", "how to print them")
	return cmd
}

func ruleNames() []string {
	var names []string
	for _, r := range rules.All {
		names = append(names, r.ID)
	}
	return names
}

func unknownRule(name string) error {
	if like := near.Word(name, ruleNames()); like != "" {
		return fmt.Errorf("there is no rule %q; is %s meant?", name, like)
	}
	return fmt.Errorf("there is no rule %q; `authdiff rules` lists them", name)
}
