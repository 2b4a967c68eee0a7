package hub

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/checks/source"
)

// Trees are the two sides of a pull request's diff.
type Trees struct {
	Base, Head source.Tree
	MergeBase  string // commit of Base

	listed []string // paths that differ, as far as GitHub has told them
	whole  bool     // they are all
}

// mostCompared is how many files GitHub lists of a comparison.
// https://docs.github.com/en/rest/commits/commits#compare-two-commits
const mostCompared = 300

// Trees finds the two sides as GitHub does: the head, and the commit where it
// left the base branch. The files are read when they are asked for. The commits
// of a fork are read through the base repository, which shares its objects. It
// asks for a comparison only where what is known of the pull request doesn't tell
// both where the head left the base, and whether a path changed that matters.
func (r *Repository) Trees(ctx context.Context, p *Pull, matters func(path string) bool) (*Trees, error) {
	told := p.whole || p.files >= mostCompared || slices.ContainsFunc(p.changed, matters)
	if told && p.start != nil && p.headTree != "" {
		trees := r.trees(p.start.Oid, p.start.Tree.Oid, p.HeadSHA, p.headTree)
		trees.listed, trees.whole = p.changed, p.whole
		return trees, nil
	}
	trees, err := r.compare(ctx, p.BaseSHA, p.HeadSHA, p.headTree)
	if err != nil {
		return nil, err
	}
	// Both counts come from the same diff: where they disagree, one was cut off.
	trees.whole = trees.whole && len(trees.listed) >= p.files
	return trees, nil
}

// compare asks where head left base. headTree is asked for when it is empty.
func (r *Repository) compare(ctx context.Context, baseSHA, headSHA, headTree string) (*Trees, error) {
	// The list of commits isn't wanted; that of files comes with its first page.
	comparison, _, err := r.client.Repositories.CompareCommits(ctx, r.owner, r.name, baseSHA, headSHA, &github.ListOptions{PerPage: 1})
	if err != nil {
		return nil, r.hub.failure("find the merge base", err)
	}
	if headTree == "" {
		head, _, err := r.client.Git.GetCommit(ctx, r.owner, r.name, headSHA)
		if err != nil {
			return nil, r.hub.failure("read the head commit", err)
		}
		headTree = head.GetTree().GetSHA()
	}
	base := comparison.GetMergeBaseCommit()
	if base.GetSHA() == "" || base.GetCommit().GetTree().GetSHA() == "" || headTree == "" {
		return nil, fmt.Errorf("find the merge base: GitHub names no commit or tree")
	}
	trees := r.trees(base.GetSHA(), base.GetCommit().GetTree().GetSHA(), headSHA, headTree)
	trees.listed, trees.whole = listedPaths(comparison.Files), len(comparison.Files) < mostCompared
	return trees, nil
}

func (r *Repository) trees(base, baseTree, head, headTree string) *Trees {
	before := &tree{repo: r, commit: base, id: baseTree}
	after := &tree{repo: r, commit: head, id: headTree, twin: before}
	before.twin = after
	return &Trees{Base: before, Head: after, MergeBase: base}
}

// listedPaths are the paths of both sides. Only these are believed: counts and
// patches are left out without a word when a diff is large.
func listedPaths(files []*github.CommitFile) []string {
	var paths []string
	for _, f := range files {
		paths = append(paths, f.GetFilename())
		if f.GetPreviousFilename() != "" {
			paths = append(paths, f.GetPreviousFilename())
		}
	}
	return paths
}

// Touches reports whether a file differs whose path matters. It lists the trees
// only when what GitHub told of the changed files isn't all, and reads no file.
func (t *Trees) Touches(ctx context.Context, matters func(path string) bool) (bool, error) {
	if touched := slices.ContainsFunc(t.listed, matters); touched || t.whole {
		return touched, nil
	}
	base, err := t.Base.Entries(ctx)
	if err != nil {
		return false, err
	}
	head, err := t.Head.Entries(ctx)
	if err != nil {
		return false, err
	}
	return differs(base, head, matters), nil
}

// differs compares two lists, each sorted by path, by blob id.
func differs(base, head []source.Entry, matters func(path string) bool) bool {
	i, j := 0, 0
	for i < len(base) || j < len(head) {
		switch {
		case j == len(head) || i < len(base) && base[i].Path < head[j].Path:
			if matters(base[i].Path) {
				return true
			}
			i++
		case i == len(base) || head[j].Path < base[i].Path:
			if matters(head[j].Path) {
				return true
			}
			j++
		default:
			if base[i].Blob != head[j].Blob && matters(head[j].Path) {
				return true
			}
			i, j = i+1, j+1
		}
	}
	return false
}
