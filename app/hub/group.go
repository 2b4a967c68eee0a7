package hub

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/review"
)

// Group is a merge group: what a branch would be once the merge queue has merged
// one more pull request.
type Group struct {
	HeadSHA, BaseSHA string
	Number           int // of the pull request, 0 when that isn't known
}

const groupPrefix = "group/"

// A run's external id has all that another attempt needs.
func groupID(g Group) string { return fmt.Sprintf("%s%s/%d", groupPrefix, g.BaseSHA, g.Number) }

// groupOf reads the external id of a merge group's run.
func groupOf(sha, external string) (g Group, ok bool) {
	rest, ok := strings.CutPrefix(external, groupPrefix)
	if !ok {
		return Group{}, false
	}
	parts := strings.Split(rest, "/")
	g = Group{HeadSHA: sha, BaseSHA: parts[0]}
	if len(parts) > 1 {
		g.Number, _ = strconv.Atoi(parts[1])
	}
	return g, true
}

// FindGroupCheck is FindCheck for a merge group.
func (r *Repository) FindGroupCheck(ctx context.Context, g Group) (*Check, error) {
	runs, err := r.ownRuns(ctx, g.HeadSHA)
	if err != nil {
		return nil, err
	}
	var last *github.CheckRun
	for _, run := range runs {
		if strings.HasPrefix(run.GetExternalID(), groupPrefix) && run.GetID() > last.GetID() {
			last = run
		}
	}
	return checkOf(last, g.HeadSHA, groupID(g)), nil
}

// GroupTrees are the two sides of what a merge group adds to its base.
func (r *Repository) GroupTrees(ctx context.Context, g Group) (*Trees, error) {
	return r.compare(ctx, g.BaseSHA, g.HeadSHA, "")
}

// CompleteGroup gives a merge group's run its result.
func (r *Repository) CompleteGroup(ctx context.Context, g Group, check *Check, output review.Check) error {
	return r.complete(ctx, check, output, groupID(g))
}

// FailGroup ends the run of a merge group without a result.
func (r *Repository) FailGroup(ctx context.Context, g Group, check *Check, output review.Check) error {
	return r.complete(ctx, check, output, groupID(g)+"/failed")
}

// Checked is whose checks a commit has, and those whose it should have.
type Checked struct {
	Pulls  []int
	Groups []Group
}

// CheckedOn lists for whom the App made checks on a commit. Where it made none,
// these are the open pull requests whose head it is.
func (r *Repository) CheckedOn(ctx context.Context, sha string) (Checked, error) {
	runs, err := r.ownRuns(ctx, sha)
	if err != nil {
		return Checked{}, err
	}
	var checked Checked
	for number := range newestByPull(runs) {
		checked.Pulls = append(checked.Pulls, number)
	}
	for _, run := range runs {
		if g, ok := groupOf(sha, run.GetExternalID()); ok && !slices.Contains(checked.Groups, g) {
			checked.Groups = append(checked.Groups, g)
		}
	}
	if len(runs) > 0 {
		return checked, nil
	}
	pulls, _, err := r.client.PullRequests.ListPullRequestsWithCommit(ctx, r.owner, r.name, sha, &github.ListOptions{PerPage: perPage})
	if err != nil {
		return Checked{}, r.hub.failure(fmt.Sprintf("list the pull requests of commit %s", sha), err)
	}
	for _, p := range pulls {
		if p.GetState() == "open" && p.GetHead().GetSHA() == sha {
			checked.Pulls = append(checked.Pulls, p.GetNumber())
		}
	}
	return checked, nil
}
