package source

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// Git is a git repository's object database, read through the git program. It
// needs no checkout and changes nothing. Safe for concurrent use.
type Git struct {
	dir   string // the repository's git folder, absolute
	blobs reader
	last  atomic.Pointer[gitTree] // that was listed
}

// Dir is the repository's git folder, absolute.
func (g *Git) Dir() string { return g.dir }

// Close ends the git process that reads objects. One that isn't closed ends with
// this process. Git can be used again.
func (g *Git) Close() { g.blobs.close() }

// OpenGit opens the repository that holds the folder dir: a working tree, a
// folder below one, or a bare repository. An error is one line that says what
// to do.
func OpenGit(ctx context.Context, dir string) (*Git, error) {
	out, err := runGit(ctx, nil, "-C", dir, "rev-parse", "--absolute-git-dir")
	if err != nil {
		return nil, explainOpen(dir, err)
	}
	return &Git{dir: strings.TrimRight(string(out), "\r\n")}, nil
}

// explainOpen says why git would not open the folder as a repository.
func explainOpen(dir string, err error) error {
	failed := (*gitError)(nil)
	if !errors.As(err, &failed) {
		return fmt.Errorf("open %s: %w", dir, err)
	}
	switch {
	case strings.Contains(failed.all, "dubious ownership"):
		path := dir
		if absolute, err := filepath.Abs(dir); err == nil {
			path = absolute
		}
		return fmt.Errorf("open %s: git refuses a repository that another user owns; allow it with: git config --global --add safe.directory %s", dir, path)
	case strings.Contains(failed.all, "cannot change to"):
		return fmt.Errorf("open %s: there is no such folder", dir)
	case strings.Contains(failed.all, "not a git repository"):
		return fmt.Errorf("open %s: %w", dir, errNoRepository)
	}
	return fmt.Errorf("open %s: %w", dir, err)
}

// errNoRepository means that a folder lies in no git repository.
var errNoRepository = errors.New("not a git repository")

// run runs a git command on the repository. Naming the git folder spares git
// the search for it, and the check of its owner, which OpenGit went through.
func (g *Git) run(ctx context.Context, args ...string) ([]byte, error) {
	return runGit(ctx, nil, append([]string{"--git-dir", g.dir}, args...)...)
}

// Resolve returns the id of the commit that a revision names: a branch, a tag,
// an id, or any of git's notations, such as HEAD~2.
func (g *Git) Resolve(ctx context.Context, rev string) (string, error) {
	if rev == "" || strings.HasPrefix(rev, "-") || strings.ContainsAny(rev, "\x00\r\n") {
		return "", fmt.Errorf("%q is no revision: give a branch, a tag or a commit", rev)
	}
	out, err := g.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if failed := (*gitError)(nil); errors.As(err, &failed) {
		return "", fmt.Errorf("unknown revision %q: check its spelling, or fetch it first", rev)
	}
	if err != nil {
		return "", fmt.Errorf("resolve %q: %w", rev, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// MergeBase returns the best common ancestor of two commits.
func (g *Git) MergeBase(ctx context.Context, a, b string) (string, error) {
	if err := objectName(a, b); err != nil {
		return "", err
	}
	out, err := g.run(ctx, "merge-base", a, b)
	if failed := (*gitError)(nil); errors.As(err, &failed) && failed.status == 1 {
		return "", fmt.Errorf("%.12s and %.12s have no common ancestor here: use --two-dot, or fetch more history (git fetch --unshallow)", a, b)
	}
	if err != nil {
		return "", fmt.Errorf("merge base of %.12s and %.12s: %w", a, b, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// Rename is a file that git sees again under another path.
type Rename struct{ From, To string }

// renameLimit bounds how many files git compares with one another to find a
// rename; over it, git finds those of unchanged content only.
const renameLimit = "2000"

// Renames returns the files that the head has under another path than the base,
// as git sees them, sorted by the path in the head.
func (g *Git) Renames(ctx context.Context, base, head string) ([]Rename, error) {
	if err := objectName(base, head); err != nil {
		return nil, err
	}
	out, err := g.run(ctx, "diff-tree", "-r", "-z", "-M", "-l"+renameLimit, "--diff-filter=R", "--name-status", "--no-ext-diff", base, head)
	if err != nil {
		return nil, fmt.Errorf("renames between %.12s and %.12s: %w", base, head, err)
	}
	var renames []Rename
	fields := strings.Split(string(out), "\x00") // status, from, to, …, ""
	for ; len(fields) >= 3; fields = fields[3:] {
		renames = append(renames, Rename{From: fields[1], To: fields[2]})
	}
	sortRenames(renames)
	return renames, nil
}

// objectName refuses what is no full or shortened object id, so that no
// argument of ours can be taken for an option or a path.
func objectName(ids ...string) error {
	for _, id := range ids {
		if len(id) < 4 || len(id) > 64 || strings.Trim(id, "0123456789abcdef") != "" {
			return fmt.Errorf("%q is no commit id: resolve the revision first", id)
		}
	}
	return nil
}
