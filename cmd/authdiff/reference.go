package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newReference is for those who make the documentation, so that --help doesn't list
// it.
func newReference(sh shell) *cobra.Command {
	return &cobra.Command{
		Use:     "reference",
		Short:   "Print the reference of all commands as Markdown",
		Long:    "Prints the reference of all commands as Markdown, made from what --help says.",
		Hidden:  true,
		Example: `  authdiff reference > commands.md`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(sh.out, reference(cmd.Root()))
			return err
		},
	}
}

// reference is Markdown that says of each command what its help says.
func reference(root *cobra.Command) string {
	root.InitDefaultCompletionCmd()
	var b strings.Builder
	fmt.Fprintf(&b, "# Commands\n\nPrinted by `authdiff reference`.\n\n%s\n\n| command | job |\n| --- | --- |\n", root.Long)
	list := described(root)
	for _, c := range list {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", c.CommandPath(), strings.ReplaceAll(c.CommandPath(), " ", "-"), c.Short)
	}
	b.WriteString("\nEvery command takes:\n\n" + flagsText(root.PersistentFlags()))
	for _, c := range list {
		fmt.Fprintf(&b, "\n## %s\n\n```text\n%s\n\n%s\n```\n", c.CommandPath(), c.UseLine(), strings.TrimSpace(c.Long))
		if c.Example != "" {
			fmt.Fprintf(&b, "\n```sh\n%s\n```\n", unindented(c.Example))
		}
		if own := flagsText(c.NonInheritedFlags()); own != "" {
			b.WriteString("\n" + own)
		}
	}
	return b.String()
}

// described are the commands below one that help lists, in its order.
func described(c *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, sub := range c.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if !sub.HasAvailableSubCommands() {
			out = append(out, sub)
		}
		out = append(out, described(sub)...)
	}
	return out
}

func unindented(example string) string {
	var rows []string
	for row := range strings.Lines(example) {
		rows = append(rows, strings.TrimSpace(row))
	}
	return strings.Join(rows, "\n")
}

// flagsText is a table of flags; empty where there are none.
func flagsText(flags *pflag.FlagSet) string {
	var b strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		kind, usage := pflag.UnquoteUsage(f)
		if kind != "" {
			name += " " + kind
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name, cell(f.DefValue), strings.ReplaceAll(usage, "|", `\|`))
	})
	if b.Len() == 0 {
		return ""
	}
	return "| flag | default | meaning |\n| --- | --- | --- |\n" + b.String()
}

// cell is a flag's default; one that says nothing stays empty.
func cell(value string) string {
	if value == "" || value == "false" || value == "0" {
		return ""
	}
	return "`" + value + "`"
}
