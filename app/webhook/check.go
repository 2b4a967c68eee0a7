package webhook

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/job"
)

// RerunButton is the identifier of the check run's button that asks for another
// analysis. GitHub's own "Re-run" sends another event that asks for the same.
const RerunButton = "rerun"

// decideRun looks at the buttons of a check run. The run's external id says
// which pull request, or which merge group, it was made for: the list of pull
// requests in the event is empty for those of forks. GitHub sends these actions
// to the App that made the run, and to no other.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#check_run
func decideRun(e *github.CheckRunEvent) (Decision, error) {
	button := ""
	switch {
	case e.GetAction() == "rerequested":
		button = RerunButton
	case e.GetAction() == "requested_action" && e.RequestedAction != nil:
		button = e.RequestedAction.Identifier
	default:
		return Decision{Reason: fmt.Sprintf("check_run action %q asks for nothing", e.GetAction())}, nil
	}
	if e.GetInstallation().GetID() == 0 {
		return Decision{Reason: notTheApps}, nil
	}
	args := job.ReviewPull{
		InstallationID: e.GetInstallation().GetID(),
		RepoID:         e.GetRepo().GetID(),
		Owner:          e.GetRepo().GetOwner().GetLogin(),
		Repo:           e.GetRepo().GetName(),
		HeadSHA:        e.GetCheckRun().GetHeadSHA(),
		Again:          true,
		Button:         button,
		Sender:         e.GetSender().GetLogin(),
	}
	if args.Owner == "" || args.Repo == "" || args.HeadSHA == "" || args.Sender == "" {
		return Decision{}, errors.New("the check_run event names no repository, head or sender")
	}
	reason := "button " + strings.ToLower(button)
	if _, err := fmt.Sscanf(e.GetCheckRun().GetExternalID(), "pull/%d/", &args.Number); err == nil {
		return Decision{Job: args, Reason: reason}, nil
	}
	rest, isGroup := strings.CutPrefix(e.GetCheckRun().GetExternalID(), "group/")
	if !isGroup || button != RerunButton {
		return Decision{Reason: "the check run is not one of a pull request"}, nil
	}
	base, number, _ := strings.Cut(rest, "/")
	group := job.ReviewGroup{
		InstallationID: args.InstallationID, RepoID: args.RepoID, Owner: args.Owner, Repo: args.Repo, Again: true,
		HeadSHA: args.HeadSHA, BaseSHA: base,
	}
	_, _ = fmt.Sscanf(number, "%d", &group.Number) // which stays 0 where there is none
	return Decision{Job: group, Reason: reason}, nil
}

// decideSuite looks at "Re-run all checks". The pull requests that the event
// names aren't asked: it names none of forks. That a suite was requested for a
// push asks for nothing: what a pull request needs its own events tell, and no
// suite is requested for a fork's.
// https://docs.github.com/en/rest/guides/using-the-rest-api-to-interact-with-checks
func decideSuite(e *github.CheckSuiteEvent) (Decision, error) {
	if e.GetAction() != "rerequested" {
		return Decision{Reason: fmt.Sprintf("check_suite action %q asks for nothing", e.GetAction())}, nil
	}
	if e.GetInstallation().GetID() == 0 {
		return Decision{Reason: notTheApps}, nil
	}
	args := job.Rerun{
		InstallationID: e.GetInstallation().GetID(),
		RepoID:         e.GetRepo().GetID(),
		Owner:          e.GetRepo().GetOwner().GetLogin(),
		Repo:           e.GetRepo().GetName(),
		HeadSHA:        e.GetCheckSuite().GetHeadSHA(),
	}
	if args.Owner == "" || args.Repo == "" || args.HeadSHA == "" {
		return Decision{}, errors.New("the check_suite event names no repository or head")
	}
	return Decision{Job: args, Reason: "check_suite rerequested"}, nil
}

// queueRef is the branch of a merge group, which names its last pull request.
// https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/configuring-pull-request-merges/managing-a-merge-queue
var queueRef = regexp.MustCompile(`gh-readonly-queue/.+/pr-([0-9]+)-[0-9a-f]+$`)

// decideGroup looks at merge groups, which the merge queue makes.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#merge_group
func decideGroup(e *github.MergeGroupEvent) (Decision, error) {
	if e.GetAction() != "checks_requested" {
		return Decision{Reason: fmt.Sprintf("merge_group action %q asks for nothing", e.GetAction())}, nil
	}
	if e.GetInstallation().GetID() == 0 {
		return Decision{Reason: notTheApps}, nil
	}
	args := job.ReviewGroup{
		InstallationID: e.GetInstallation().GetID(),
		RepoID:         e.GetRepo().GetID(),
		Owner:          e.GetRepo().GetOwner().GetLogin(),
		Repo:           e.GetRepo().GetName(),
		HeadSHA:        e.GetMergeGroup().GetHeadSHA(),
		BaseSHA:        e.GetMergeGroup().GetBaseSHA(),
	}
	if m := queueRef.FindStringSubmatch(e.GetMergeGroup().GetHeadRef()); m != nil {
		args.Number, _ = strconv.Atoi(m[1]) // digits, unless there are too many
	}
	if args.Owner == "" || args.Repo == "" || args.HeadSHA == "" || args.BaseSHA == "" {
		return Decision{}, errors.New("the merge_group event names no repository, head or base")
	}
	return Decision{Job: args, Reason: "merge_group checks_requested"}, nil
}
