package source

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Commit is one step of a branch's history: what came onto the branch at once,
// be it a merged pull request or a commit of its own.
type Commit struct {
	ID, Parent string // the parent is the branch before; empty at the history's start
	Tree       string // the id of its tree
	Date       time.Time
	Title      string // one line: the pull request's where a merge names it
	Changes    []Change
}

// Change is a file that differs between a commit and its parent. A blob is empty
// where that side has no such regular file.
type Change struct {
	Path     string
	From, To Blob
}

// PastOptions choose a part of a history: at most Max commits, all for 0, and
// none before Since, if that is set.
type PastOptions struct {
	Max   int
	Since time.Time
}

// pastFormat gives the fields of a commit, each ended by a zero byte, which
// nothing in a commit may contain.
const (
	pastFormat = "%H%x00%T%x00%P%x00%cI%x00%s%x00%b%x00"
	pastFields = 6
)

// Past lists the history of a branch, given by its newest commit's id, as the
// branch went through it: following first parents, newest first.
func (g *Git) Past(ctx context.Context, commit string, o PastOptions) ([]Commit, error) {
	if err := objectName(commit); err != nil {
		return nil, err
	}
	args := []string{"log", "--first-parent", "-m", "--raw", "-r", "-z", "--no-renames", "--no-abbrev", "--root",
		"--no-ext-diff", "--no-color", "--no-show-signature", "--encoding=UTF-8", "--format=" + pastFormat}
	if o.Max > 0 {
		args = append(args, "--max-count="+strconv.Itoa(o.Max))
	}
	if !o.Since.IsZero() {
		args = append(args, "--since="+o.Since.Format(time.RFC3339))
	}
	out, err := g.run(ctx, append(args, commit, "--")...)
	if err != nil {
		return nil, fmt.Errorf("history of %.12s: %w", commit, err)
	}
	return parsePast(strings.Split(string(out), "\x00"))
}

// parsePast reads the commits and their changes: a header of pastFields fields,
// then for each change its modes and ids, and its path.
func parsePast(fields []string) ([]Commit, error) {
	var past []Commit
	for len(fields) > 0 {
		field := strings.TrimPrefix(fields[0], "\n")
		switch {
		case field == "":
			fields = fields[1:]
		case field[0] == ':' && len(fields) >= 2 && len(past) > 0:
			change, regular, err := parseChange(field, fields[1])
			if err != nil {
				return nil, err
			}
			if regular {
				last := &past[len(past)-1]
				last.Changes = append(last.Changes, change)
			}
			fields = fields[2:]
		case len(fields) >= pastFields && objectName(field) == nil:
			c, err := parseCommit(field, fields)
			if err != nil {
				return nil, err
			}
			past = append(past, c)
			fields = fields[pastFields:]
		default:
			return nil, fmt.Errorf("git printed what is no commit: %.80q", field)
		}
	}
	return past, nil
}

func parseCommit(id string, fields []string) (Commit, error) {
	date, err := time.Parse(time.RFC3339, fields[3])
	if err != nil {
		return Commit{}, fmt.Errorf("git printed a commit without a date: %.80q", fields[3])
	}
	parent, _, _ := strings.Cut(fields[2], " ")
	return Commit{ID: id, Tree: fields[1], Parent: parent, Date: date.UTC(), Title: title(fields[4], fields[5])}, nil
}

// parseChange reads `:mode mode id id status`; regular is false when neither side
// is a file.
func parseChange(record, path string) (change Change, regular bool, err error) {
	parts, err := rawChange(record)
	if err != nil {
		return Change{}, false, err
	}
	change.Path = path
	if regularMode(parts[0]) {
		change.From = Blob(parts[2])
	}
	if regularMode(parts[1]) {
		change.To = Blob(parts[3])
	}
	return change, change.From != change.To, nil
}

// rawChange cuts `:mode mode id id status` into its five parts.
func rawChange(record string) ([]string, error) {
	parts := strings.Fields(strings.TrimPrefix(record, ":"))
	if len(parts) != 5 || record[0] != ':' {
		return nil, fmt.Errorf("git printed what is no change: %.80q", record)
	}
	return parts, nil
}

// title is what a commit is about. A merge made by GitHub names the pull request
// in its first line, and says what it is about in the next.
func title(subject, body string) string {
	rest, merge := strings.CutPrefix(subject, "Merge pull request #")
	number, _, _ := strings.Cut(rest, " ")
	about, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
	if _, err := strconv.Atoi(number); !merge || err != nil || strings.TrimSpace(about) == "" {
		return subject
	}
	return strings.TrimSpace(about) + " (#" + number + ")"
}

// Before returns the tree of a commit's parent, made from the commit's own tree.
// It asks git for nothing.
func (g *Git) Before(tree Tree, c Commit) (Tree, error) {
	t, ok := tree.(*gitTree)
	if !ok || t.git != g {
		return nil, errors.New("the tree is none of this repository")
	}
	changed := make(map[string]bool, len(c.Changes))
	before := &gitTree{git: g, entries: make([]Entry, 0, len(t.entries)+len(c.Changes))}
	for _, change := range c.Changes {
		changed[change.Path] = true
		if change.From != "" {
			before.entries = append(before.entries, Entry{Path: change.Path, Blob: change.From, Size: -1})
		}
	}
	sortEntries(before.entries)
	before.entries = mergeEntries(before.entries, t.entries, changed)
	return before, nil
}

// mergeEntries merges two sorted lists, without those of the second whose paths
// are told to be left out.
func mergeEntries(own, rest []Entry, out map[string]bool) []Entry {
	merged := make([]Entry, 0, len(own)+len(rest))
	for _, e := range rest {
		if out[e.Path] {
			continue
		}
		for len(own) > 0 && own[0].Path < e.Path {
			merged, own = append(merged, own[0]), own[1:]
		}
		merged = append(merged, e)
	}
	return append(merged, own...)
}
