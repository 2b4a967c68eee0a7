package webhook

import (
	"errors"
	"regexp"

	"github.com/google/go-github/v60/github"
)

// command finds what may be a command in a reply. The job reads the replies
// themselves; this only leaves out the many that ask for nothing.
var command = regexp.MustCompile(`(?im)^\s*/authdiff\b`)

// decideComment looks at replies to review comments: one with a command, or one
// that had a command and was changed or taken back, asks for another look.
func decideComment(e *github.PullRequestReviewCommentEvent) (Decision, error) {
	texts := e.GetComment().GetBody() + "\n" + e.GetChanges().GetBody().GetFrom()
	switch {
	case e.GetComment().GetInReplyTo() == 0:
		return Decision{Reason: "the review comment is no reply"}, nil
	case !command.MatchString(texts):
		return Decision{Reason: "the reply has no command"}, nil
	case e.GetInstallation().GetID() == 0:
		return Decision{Reason: notTheApps}, nil
	}
	args := reviewOf(e.GetInstallation(), e.GetRepo(), e.GetPullRequest())
	args.Again = true
	if args.Owner == "" || args.Repo == "" || args.Number <= 0 {
		return Decision{}, errors.New("the pull_request_review_comment event names no repository or number")
	}
	return Decision{Job: args, Reason: "reply " + e.GetAction()}, nil
}
