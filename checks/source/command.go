package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// maxGitOutput bounds, in bytes, what one git command may answer: the listing
// of a tree with some two million files.
const maxGitOutput = 256 << 20

// gitSettings hardens every call: the repository is untrusted, and its own
// settings may name programs to run. protocol.allow keeps a partial clone from
// fetching what it lacks.
var gitSettings = []string{
	"-c", "core.fsmonitor=false",
	"-c", "core.hooksPath=/dev/null",
	"-c", "core.quotePath=false",
	"-c", "protocol.allow=never",
}

// gitLocal lists the variables that tie a process to one repository. A hook
// runs with them set, and they would win over the folder that we were given.
// The two that name object directories stay: a server's pre-receive hook keeps
// the pushed objects there.
var gitLocal = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE",
	"GIT_EXTERNAL_DIFF", "GIT_CONFIG", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE",
	"GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_LITERAL_PATHSPECS", "GIT_ICASE_PATHSPECS",
}

// gitError is a git command that ended with a failure.
type gitError struct {
	status int    // its exit status, -1 when it has none
	first  string // what it says went wrong, one line
	all    string // everything it wrote there
}

func (e *gitError) Error() string {
	if e.first == "" {
		return fmt.Sprintf("git ended with status %d", e.status)
	}
	return "git: " + e.first
}

// errNoGit means that there is no git program to run.
var errNoGit = errors.New("git is not installed, or not in PATH")

// gitCommand prepares git with the hardened settings and environment.
func gitCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append(append([]string{}, gitSettings...), args...)...)
	cmd.Env = gitEnvironment(os.Environ())
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

func gitEnvironment(env []string) []string {
	kept := make([]string, 0, len(env)+5)
	for _, variable := range env {
		name, _, _ := strings.Cut(variable, "=")
		if !slices.Contains(gitLocal, strings.ToUpper(name)) {
			kept = append(kept, variable)
		}
	}
	return append(kept,
		"GIT_OPTIONAL_LOCKS=0",     // reading must not refresh the index
		"GIT_TERMINAL_PROMPT=0",    // never ask
		"GIT_NO_LAZY_FETCH=1",      // never fetch
		"GIT_NO_REPLACE_OBJECTS=1", // an id must mean its own bytes
		"LC_ALL=C",                 // messages that we recognise
	)
}

// runGit runs a git command to its end and returns what it wrote to standard
// output. A failure of git is a *gitError.
func runGit(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	cmd := gitCommand(ctx, args...)
	out := &boundedBuffer{max: maxGitOutput}
	errs := &firstBytes{max: 4096}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, out, errs
	err := cmd.Run()
	if out.over {
		return nil, fmt.Errorf("git answered with more than %d MiB", maxGitOutput>>20)
	}
	return out.text.Bytes(), explainGit(ctx, err, errs.text.String())
}

// explainGit turns the error of a finished git process into one line.
func explainGit(ctx context.Context, err error, stderr string) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, exec.ErrNotFound) {
		return errNoGit
	}
	status := -1
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		status = exit.ExitCode()
	} else if stderr == "" {
		return fmt.Errorf("run git: %w", err)
	}
	return newGitError(status, stderr)
}

// adviceOnPartial says what to do about a partial clone that lacks content.
const adviceOnPartial = "complete the partial clone first (git fetch --refetch --no-filter)"

// promisor tells, in what git writes to standard error, that a partial clone
// lacks an object.
const promisor = "promisor remote"

// newGitError picks the line of git's standard error that says what went wrong.
func newGitError(status int, stderr string) *gitError {
	e := &gitError{status: status, all: stderr}
	if strings.Contains(stderr, promisor) {
		e.first = "a file's content was never fetched; " + adviceOnPartial
		return e
	}
	for line := range strings.SplitSeq(strings.TrimSpace(stderr), "\n") {
		if message, fatal := strings.CutPrefix(line, "fatal: "); fatal {
			e.first = message
			return e
		}
	}
	e.first, _, _ = strings.Cut(strings.TrimSpace(stderr), "\n")
	e.first = strings.TrimPrefix(e.first, "error: ")
	return e
}

// boundedBuffer keeps what is written to it and refuses to grow over max bytes.
// It doesn't embed the buffer, whose ReadFrom would go round the bound.
type boundedBuffer struct {
	text bytes.Buffer
	max  int
	over bool
}

func (b *boundedBuffer) Write(p []byte) (int, error) {
	if b.text.Len()+len(p) > b.max {
		b.over = true
		return 0, errors.New("too much output")
	}
	return b.text.Write(p)
}

// firstBytes keeps the first max bytes written to it and forgets the rest.
type firstBytes struct {
	text strings.Builder
	max  int
}

func (t *firstBytes) Write(p []byte) (int, error) {
	t.text.Write(p[:min(len(p), t.max-t.text.Len())])
	return len(p), nil
}
