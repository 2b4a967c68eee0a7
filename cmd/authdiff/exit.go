package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	statusClean  = 0 // nothing at or above --fail-on
	statusFound  = 1 // at least one finding at or above --fail-on
	statusFailed = 2 // the run itself failed
)

// errFound ends a command that did its work and found something. The result
// is on standard output, so there is nothing to add.
var errFound = errors.New("findings at or above --fail-on")

// exitStatus prints what went wrong, one line per problem, and returns the
// process' exit status.
func exitStatus(w io.Writer, err error) int {
	switch {
	case err == nil:
		return statusClean
	case errors.Is(err, errFound):
		return statusFound
	case errors.Is(err, context.Canceled):
		err = errors.New("interrupted")
	}
	for _, problem := range problems(err) {
		fmt.Fprintf(w, "authdiff: %s\n", oneLine(problem.Error()))
	}
	return statusFailed
}

// problems takes apart what errors.Join put together.
func problems(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

// oneLine makes a message fit for a terminal: it may quote a revision, a path
// or another program's words, and none of them may break the line or send the
// terminal a control sequence.
func oneLine(message string) string {
	message = strings.Join(strings.Fields(message), " ")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '\uFFFD'
		}
		return r
	}, message)
}

// usageError adds to a message about flags where the right ones stand.
func usageError(cmd *cobra.Command, err error) error {
	return fmt.Errorf("%w; see `%s --help`", err, cmd.CommandPath())
}
