package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/checks/compare"
)

// choice is a flag that takes one word of a list. It implements pflag.Value.
type choice struct {
	value   string
	allowed []string
}

// severityChoice is the flag --fail-on.
func severityChoice() choice {
	return choice{value: string(compare.Error), allowed: []string{
		string(compare.Error), string(compare.Warning), string(compare.Notice), never,
	}}
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return "word" }

// Set refuses a word that is not of the list, and names those that are.
func (c *choice) Set(word string) error {
	if !slices.Contains(c.allowed, word) {
		return fmt.Errorf("must be one of %s", strings.Join(c.allowed, ", "))
	}
	c.value = word
	return nil
}

// register adds the flag to a command, with its words for shell completion.
func (c *choice) register(cmd *cobra.Command, name, usage string) {
	cmd.Flags().Var(c, name, fmt.Sprintf("%s: %s", usage, strings.Join(c.allowed, ", ")))
	err := cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(c.allowed, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag exists since the line above: only a programming error leads here
	}
}
