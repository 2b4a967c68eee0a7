package hub

import (
	"context"
	"fmt"
	"time"

	"github.com/google/go-github/v60/github"
)

// Installation is one installation of the App, with read-only access to what
// tells which checks are missing: it looks after all its repositories at once.
type Installation struct {
	hub    *Hub
	client *github.Client
}

// Installations lists a page of the installations that can be used, and the
// number of the next page, 0 after the last.
func (h *Hub) Installations(ctx context.Context, page int) (ids []int64, next int, err error) {
	list, response, err := h.newClient(h.appTransport(0)).Apps.ListInstallations(ctx, &github.ListOptions{Page: page, PerPage: perPage})
	if err != nil {
		return nil, 0, h.failure("list the installations", err)
	}
	for _, i := range list {
		if i.SuspendedAt == nil {
			ids = append(ids, i.GetID())
		}
	}
	return ids, response.NextPage, nil
}

// Installation returns the installation, without asking GitHub whether it
// exists.
func (h *Hub) Installation(id int64) *Installation {
	read := github.String("read")
	return &Installation{hub: h, client: h.newClient(h.installationTransport(id, &github.InstallationTokenOptions{
		Permissions: &github.InstallationPermissions{Metadata: read, PullRequests: read, Checks: read},
	}))}
}

// RepositoryName says which repository something is in.
type RepositoryName struct{ Owner, Name string }

// Repositories lists a page of the installation's repositories, and the number
// of the next page, 0 after the last. Archived ones are left out: nothing can
// be written there.
func (i *Installation) Repositories(ctx context.Context, page int) (list []RepositoryName, next int, err error) {
	got, response, err := i.client.Apps.ListRepos(ctx, &github.ListOptions{Page: page, PerPage: perPage})
	if err != nil {
		return nil, 0, i.hub.failure("list the installation's repositories", err)
	}
	for _, r := range got.Repositories {
		if !r.GetArchived() && !r.GetDisabled() {
			list = append(list, RepositoryName{r.GetOwner().GetLogin(), r.GetName()})
		}
	}
	return list, response.NextPage, nil
}

// OpenPull is an open pull request in a list.
type OpenPull struct {
	Number           int
	HeadSHA, BaseRef string
	UpdatedAt        time.Time
}

// OpenPulls lists a page of a repository's open pull requests, the one that was
// updated last first, and the number of the next page, 0 after the last.
func (i *Installation) OpenPulls(ctx context.Context, r RepositoryName, page int) (list []OpenPull, next int, err error) {
	got, response, err := i.client.PullRequests.List(ctx, r.Owner, r.Name, &github.PullRequestListOptions{
		State: "open", Sort: "updated", Direction: "desc", ListOptions: github.ListOptions{Page: page, PerPage: perPage},
	})
	if err != nil {
		return nil, 0, i.hub.failure(fmt.Sprintf("list the open pull requests of %s/%s", r.Owner, r.Name), err)
	}
	for _, p := range got {
		list = append(list, OpenPull{p.GetNumber(), p.GetHead().GetSHA(), p.GetBase().GetRef(), p.GetUpdatedAt().Time})
	}
	return list, response.NextPage, nil
}

// Finished reports whether the pull request's head has a finished check.
func (i *Installation) Finished(ctx context.Context, r RepositoryName, p OpenPull) (bool, error) {
	runs, err := (&Repository{hub: i.hub, client: i.client, owner: r.Owner, name: r.Name}).ownRuns(ctx, p.HeadSHA)
	if err != nil {
		return false, err
	}
	return newestByPull(runs)[p.Number].GetStatus() == "completed", nil
}
