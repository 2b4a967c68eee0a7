package job

import (
	"context"
	"fmt"
	"strings"
)

// ReviewGroup asks for the check of a merge group: what a branch would be once
// the queue has merged a pull request.
type ReviewGroup struct {
	InstallationID int64  `json:"installation_id"`
	RepoID         int64  `json:"repo_id"`
	Owner          string `json:"owner"`
	Repo           string `json:"repo"`
	HeadSHA        string `json:"head_sha"`
	BaseSHA        string `json:"base_sha"`
	Number         int    `json:"number"`          // of the pull request, 0 when that isn't known
	Again          bool   `json:"again,omitempty"` // also where the check is complete
	Delivery       string `json:"delivery"`
	Trace          string `json:"trace,omitempty"`
}

// Kind names the job in the database, for ever.
func (ReviewGroup) Kind() string { return "review_group" }

// A queue waits for the answer, and merges nothing meanwhile.
func (a ReviewGroup) subject() subject {
	return commitSubject("group", a.InstallationID, a.Owner, a.Repo, a.HeadSHA, groupPriority, a.Delivery, a.Trace)
}

// Rerun asks to make all checks of a commit again.
type Rerun struct {
	InstallationID int64  `json:"installation_id"`
	RepoID         int64  `json:"repo_id"`
	Owner          string `json:"owner"`
	Repo           string `json:"repo"`
	HeadSHA        string `json:"head_sha"`
	Delivery       string `json:"delivery"`
	Trace          string `json:"trace,omitempty"`
}

// Kind names the job in the database, for ever.
func (Rerun) Kind() string { return "rerun" }

func (a Rerun) subject() subject {
	return commitSubject("rerun", a.InstallationID, a.Owner, a.Repo, a.HeadSHA, pullPriority, a.Delivery, a.Trace)
}

func commitSubject(kind string, installation int64, owner, repo, sha string, priority int, delivery, trace string) subject {
	return subject{
		name:     strings.ToLower(fmt.Sprintf("%s/%d/%s/%s/%s", kind, installation, owner, repo, sha)),
		delivery: delivery, installation: installation, priority: priority, trace: trace,
		kind: kind, label: fmt.Sprintf("%s/%s@%.7s", owner, repo, sha),
	}
}

// CommitReviewer does the work of jobs that are about a commit; errors mean what
// they mean to a Reviewer.
type CommitReviewer interface {
	ReviewGroup(ctx context.Context, args ReviewGroup) error
	GiveUpGroup(ctx context.Context, args ReviewGroup, cause error) error
	// Rerun finds out whose checks the commit has, and asks for each of them.
	Rerun(ctx context.Context, args Rerun) error
}

// Accept is the job that a delivery asked for.
func Accept(args Args, delivery, trace string) Args {
	switch a := args.(type) {
	case ReviewPull:
		a.Delivery, a.Trace = delivery, trace
		return a
	case ReviewGroup:
		a.Delivery, a.Trace = delivery, trace
		return a
	case Rerun:
		a.Delivery, a.Trace = delivery, trace
		return a
	}
	return args
}

// Label is what a job is about, for the log: its kind of subject and its name.
func Label(args Args) (kind, label string) {
	s := args.subject()
	return s.kind, s.label
}
