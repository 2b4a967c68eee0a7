package main

import (
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/app/demo"
)

func newDemo(sh shell) *cobra.Command {
	var o demo.Options
	var noWait bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the whole App on this machine, with nothing to configure",
		Long: `Shows the whole App on this machine: an embedded stand-in for GitHub with a sample
repository and a pull request that loses protection in four ways, a real signed
webhook, and the real server. It prints what happened, then serves a page that
shows the pull request with the review and the check run.

It needs git, and neither network nor credentials; everything it writes is in a
temporary folder that it removes.`,
		Example: `  authdiff demo
  authdiff demo --no-wait
  authdiff demo --addr 127.0.0.1:8080`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Out = sh.out
			o.Log = slog.New(slog.NewTextHandler(sh.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
			o.Wait = !noWait
			return demo.Run(cmd.Context(), o)
		},
	}
	cmd.Flags().StringVar(&o.Addr, "addr", "127.0.0.1:0", "where to serve the page; port 0 takes a free one")
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "end after printing, without the page")
	return cmd
}
