package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/checks/source"
)

// Pull is a pull request as GitHub tells it now.
type Pull struct {
	Number    int
	Open      bool
	URL       string
	RepoURL   string
	RepoID    int64
	Author    string // login of who opened it
	HeadSHA   string
	BaseSHA   string // tip of the base branch
	UpdatedAt time.Time
}

// How long an answer that is older than the event is not believed: GitHub's
// servers agree within seconds; after a minute the event's own time is in doubt.
const (
	staleWait = 2 * time.Second
	staleMost = time.Minute
)

// Pull reads a pull request. seen is when the newest state that is known of was
// made: an older answer is a StaleError, for the event of a push can arrive
// before every server of GitHub's knows the push. The zero time takes any
// answer.
func (r *Repository) Pull(ctx context.Context, number int, seen time.Time) (*Pull, error) {
	p, _, err := r.client.PullRequests.Get(ctx, r.owner, r.name, number)
	if err != nil {
		return nil, r.hub.failure(fmt.Sprintf("read pull request #%d", number), err)
	}
	now := r.hub.now()
	if p.GetUpdatedAt().Before(seen) && now.Sub(seen) < staleMost {
		return nil, &StaleError{Until: now.Add(staleWait)}
	}
	return &Pull{
		Number:    p.GetNumber(),
		Open:      p.GetState() == "open",
		URL:       p.GetHTMLURL(),
		RepoURL:   p.GetBase().GetRepo().GetHTMLURL(),
		RepoID:    p.GetBase().GetRepo().GetID(),
		Author:    p.GetUser().GetLogin(),
		HeadSHA:   p.GetHead().GetSHA(),
		BaseSHA:   p.GetBase().GetSHA(),
		UpdatedAt: p.GetUpdatedAt().Time,
	}, nil
}

// Trees are the two sides of a pull request's diff.
type Trees struct {
	Base, Head source.Tree
	MergeBase  string // commit of Base
}

// Trees finds the two sides as GitHub does: the head, and the commit where it
// left the base branch. The files are read when they are asked for. The commits
// of a fork are read through the base repository, which shares its objects.
func (r *Repository) Trees(ctx context.Context, p *Pull) (*Trees, error) {
	// Of the comparison only the merge base is wanted; its lists are cut off at
	// 250 commits and 300 files.
	comparison, _, err := r.client.Repositories.CompareCommits(ctx, r.owner, r.name, p.BaseSHA, p.HeadSHA, &github.ListOptions{PerPage: 1})
	if err != nil {
		return nil, r.hub.failure("find the merge base", err)
	}
	base := comparison.GetMergeBaseCommit()
	head, _, err := r.client.Git.GetCommit(ctx, r.owner, r.name, p.HeadSHA)
	if err != nil {
		return nil, r.hub.failure("read the head commit", err)
	}
	if base.GetSHA() == "" || base.GetCommit().GetTree().GetSHA() == "" || head.GetTree().GetSHA() == "" {
		return nil, fmt.Errorf("find the merge base: GitHub names no commit or tree")
	}
	before := &tree{repo: r, commit: base.GetSHA(), id: base.GetCommit().GetTree().GetSHA()}
	after := &tree{repo: r, commit: p.HeadSHA, id: head.GetTree().GetSHA(), twin: before}
	before.twin = after
	return &Trees{Base: before, Head: after, MergeBase: base.GetSHA()}, nil
}
