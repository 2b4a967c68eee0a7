package sweep

import (
	"context"
	"fmt"
	"strings"

	"github.com/authdiff/authdiff/app/hub"
	"github.com/authdiff/authdiff/app/job"
)

// round is one sweep through the repositories of an installation.
type round struct {
	sweeper      *Sweeper
	installation int64
	github       *hub.Installation
	left         int // requests
	found        int // pull requests that got a job
}

// pulls makes a job for each open pull request of the installation whose head
// has no finished check.
func (s *Sweeper) pulls(ctx context.Context, installation int64) error {
	r := &round{sweeper: s, installation: installation, github: s.Hub.Installation(installation), left: pullRequests}
	name := fmt.Sprintf("pulls/%d", installation)
	place, err := s.Queue.Place(ctx, name)
	if err != nil {
		return err
	}
	repositories, err := r.repositories(ctx)
	if err != nil {
		return err
	}
	reached, err := r.sweep(ctx, after(repositories, place))
	if r.found > 0 {
		s.Log.InfoContext(ctx, "pull requests without a finished check were found", "installation", installation, "pulls", r.found)
	}
	if err != nil {
		return err
	}
	return s.Queue.SetPlace(ctx, name, reached)
}

// repositories lists all of the installation's.
func (r *round) repositories(ctx context.Context) (all []hub.RepositoryName, err error) {
	for page := 1; page != 0; {
		r.left--
		list, next, err := r.github.Repositories(ctx, page)
		if err != nil {
			return nil, err
		}
		all, page = append(all, list...), next
	}
	return all, nil
}

// after turns the list so that it begins behind a place.
func after(list []hub.RepositoryName, place string) []hub.RepositoryName {
	for i, repository := range list {
		if placeOf(repository) == place {
			return append(list[i+1:len(list):len(list)], list[:i+1]...)
		}
	}
	return list
}

func placeOf(r hub.RepositoryName) string { return strings.ToLower(r.Owner + "/" + r.Name) }

// sweep goes through the repositories, and returns the place of the last one
// that it finished with, empty when it finished with all.
func (r *round) sweep(ctx context.Context, repositories []hub.RepositoryName) (reached string, err error) {
	for i, repository := range repositories {
		done, err := r.repository(ctx, repository)
		if err != nil {
			return "", err
		}
		// A repository that takes more than a whole round is left behind, too: its
		// newest pull requests were looked at.
		if !done && i > 0 {
			return reached, nil
		}
		reached = placeOf(repository)
		if !done {
			return reached, nil
		}
	}
	return "", nil
}

// repository makes the jobs of one repository; done is false when the requests
// of the round ran out.
func (r *round) repository(ctx context.Context, repository hub.RepositoryName) (done bool, err error) {
	for page := 1; page != 0; {
		if r.left <= 0 {
			return false, nil
		}
		r.left--
		list, next, err := r.github.OpenPulls(ctx, repository, page)
		if err != nil {
			return false, err
		}
		for _, p := range list {
			if r.left <= 0 {
				return false, nil
			}
			r.left--
			if err := r.pull(ctx, repository, p); err != nil {
				return false, err
			}
		}
		page = next
	}
	return true, nil
}

func (r *round) pull(ctx context.Context, repository hub.RepositoryName, p hub.OpenPull) error {
	finished, err := r.github.Finished(ctx, repository, p)
	if err != nil || finished {
		return err
	}
	r.found++
	_, err = r.sweeper.Queue.Enqueue(ctx, job.ReviewPull{
		InstallationID: r.installation, Owner: repository.Owner, Repo: repository.Name, Number: p.Number,
		HeadSHA: p.HeadSHA, BaseRef: p.BaseRef, UpdatedAt: p.UpdatedAt.UTC(),
	})
	return err
}
