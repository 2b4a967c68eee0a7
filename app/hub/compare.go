package hub

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/checks/source"
)

// Trees are the two sides of a pull request's diff.
type Trees struct {
	Base, Head source.Tree
	MergeBase  string // commit of Base

	listed []string // paths that differ, nil when GitHub's list may not be whole
}

// mostCompared is how many files GitHub lists of a comparison.
// https://docs.github.com/en/rest/commits/commits#compare-two-commits
const mostCompared = 300

// Trees finds the two sides as GitHub does: the head, and the commit where it
// left the base branch. The files are read when they are asked for. The commits
// of a fork are read through the base repository, which shares its objects.
func (r *Repository) Trees(ctx context.Context, p *Pull) (*Trees, error) {
	trees, err := r.compare(ctx, p.BaseSHA, p.HeadSHA, p.headTree)
	if err != nil {
		return nil, err
	}
	// Both counts come from the same diff: where they disagree, one was cut off.
	if len(trees.listed) < p.files {
		trees.listed = nil
	}
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
	before := &tree{repo: r, commit: base.GetSHA(), id: base.GetCommit().GetTree().GetSHA()}
	after := &tree{repo: r, commit: headSHA, id: headTree, twin: before}
	before.twin = after
	return &Trees{Base: before, Head: after, MergeBase: base.GetSHA(), listed: listedPaths(comparison.Files)}, nil
}

// listedPaths are the paths of both sides of a whole list, nil when it was cut
// off. Only its names are believed: counts and patches are left out without a
// word when a diff is large.
func listedPaths(files []*github.CommitFile) []string {
	if len(files) >= mostCompared {
		return nil
	}
	paths := []string{}
	for _, f := range files {
		paths = append(paths, f.GetFilename())
		if f.GetPreviousFilename() != "" {
			paths = append(paths, f.GetPreviousFilename())
		}
	}
	return paths
}

// Touches reports whether a file differs whose path matters. It lists the trees
// only when GitHub's own list of changed files isn't whole, and reads no file.
func (t *Trees) Touches(ctx context.Context, matters func(path string) bool) (bool, error) {
	if t.listed != nil {
		for _, path := range t.listed {
			if matters(path) {
				return true, nil
			}
		}
		return false, nil
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
