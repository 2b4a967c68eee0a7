package webhook

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/job"
)

// Decision is what an event asks for: a job, or nothing.
type Decision struct {
	Job    job.Args // nil when there is nothing to do
	Reason string   // why, for the log
}

// notTheApps is why a delivery without an installation asks for nothing.
const notTheApps = "the delivery is of a repository's or organisation's webhook, not of the App's"

// Decide maps an event to a decision. An error means that the payload is not
// what GitHub sends for the event.
func Decide(event string, payload []byte) (Decision, error) {
	if !json.Valid(payload) {
		return Decision{}, errors.New("the body is not JSON")
	}
	switch event {
	case "pull_request":
		return decideEvent(event, payload, decidePull)
	case "pull_request_review_comment":
		return decideEvent(event, payload, decideComment)
	case "check_run":
		return decideEvent(event, payload, decideRun)
	case "check_suite":
		return decideEvent(event, payload, decideSuite)
	case "merge_group":
		return decideEvent(event, payload, decideGroup)
	}
	return Decision{Reason: fmt.Sprintf("event %q asks for nothing", event)}, nil
}

func decideEvent[E any](event string, payload []byte, decide func(*E) (Decision, error)) (Decision, error) {
	var e E
	if err := json.Unmarshal(payload, &e); err != nil {
		return Decision{}, fmt.Errorf("the body is not a %s event", event)
	}
	return decide(&e)
}

// reviewOf is the job that looks at a pull request as an event shows it.
func reviewOf(installation *github.Installation, repo *github.Repository, pull *github.PullRequest) job.ReviewPull {
	return job.ReviewPull{
		InstallationID: installation.GetID(),
		RepoID:         repo.GetID(),
		Owner:          repo.GetOwner().GetLogin(),
		Repo:           repo.GetName(),
		Number:         pull.GetNumber(),
		HeadSHA:        pull.GetHead().GetSHA(),
		BaseRef:        pull.GetBase().GetRef(),
	}
}

func decidePull(e *github.PullRequestEvent) (Decision, error) {
	action := e.GetAction()
	switch action {
	case "opened", "synchronize", "reopened", "ready_for_review":
	case "edited":
		if e.GetChanges().GetBase() == nil {
			return Decision{Reason: "pull_request edited, but not its base"}, nil
		}
	default:
		return Decision{Reason: fmt.Sprintf("pull_request action %q asks for nothing", action)}, nil
	}
	if e.GetInstallation().GetID() == 0 {
		return Decision{Reason: notTheApps}, nil
	}
	args := reviewOf(e.GetInstallation(), e.GetRepo(), e.GetPullRequest())
	args.UpdatedAt = e.GetPullRequest().GetUpdatedAt().UTC()
	if args.Owner == "" || args.Repo == "" || args.Number <= 0 || args.HeadSHA == "" {
		return Decision{}, errors.New("the pull_request event names no repository, number or head")
	}
	return Decision{Job: args, Reason: "pull_request " + action}, nil
}
