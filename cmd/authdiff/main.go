// Command authdiff compares the auth checks of every endpoint of a Next.js
// application between two revisions: as a command on a local git repository,
// and as a GitHub App on pull requests.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// shell is what a command may touch of the process around it.
type shell struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	say      *say // filled from the flags, before a command runs
}

func main() {
	collectLate()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the process at once, should stopping take too long.
	context.AfterFunc(ctx, stop)
	status := run(ctx, os.Args[1:], shell{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv})
	stop()
	os.Exit(status)
}

// run carries out one command line and returns the exit status. It is safe for
// concurrent use as long as the shells differ.
func run(ctx context.Context, args []string, sh shell) int {
	root := newRoot(sh)
	root.SetArgs(args)
	return exitStatus(sh.err, root.ExecuteContext(ctx))
}

func newRoot(sh shell) *cobra.Command {
	sh.say = &say{}
	root := &cobra.Command{
		Use:   "authdiff",
		Short: "Is every endpoint still protected by what protected it before?",
		Long: `authdiff compares the auth checks of every endpoint of a Next.js application
between two revisions, and reports protection that the head has lost: session
checks, role checks, ownership in queries, input validation.

Exit status: 0 when nothing was found at or above --fail-on, 1 when something
was, 2 when the run itself failed.`,
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(sh.in)
	root.SetOut(sh.out)
	root.SetErr(sh.err)
	root.SetFlagErrorFunc(usageError)
	root.PersistentFlags().BoolVarP(&sh.say.quiet, "quiet", "q", false, "write the result alone: no progress")
	root.PersistentFlags().BoolVarP(&sh.say.verbose, "verbose", "v", false, "say more, to tell why")
	root.PersistentFlags().BoolVar(&sh.say.noCache, "no-cache", false, "use nothing that earlier runs worked out, and keep nothing")
	root.MarkFlagsMutuallyExclusive("quiet", "verbose")
	root.AddCommand(newAudit(sh), newVerify(sh), newRules(sh), newDiff(sh), newExplain(sh), newHistory(sh), newServe(sh), newReplay(sh), newDemo(sh), newVersion(sh), newReference(sh))
	return root
}
