// Package job holds the work that the App has promised to do, until it is done:
// the jobs, the durable queue that keeps them over restarts, and the rules of
// retrying. It knows neither GitHub nor the analysis; a Reviewer does the work.
//
// A job is a hint to look, not a description of what to do: the Reviewer reads
// the pull request's present state and makes GitHub match it. So jobs may run
// twice, late, or in another order than their events.
//
// What the queue promises on top of River: a delivery is accepted once; jobs of
// one subject (a pull request) never run at the same time, on however many
// replicas; one that hasn't begun takes up later events, and one that works on
// an older head is stopped; one installation
// doesn't starve the others; what a killed process left behind runs again within
// a minute, and at once when the database is SQLite.
package job

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/riverqueue/river"
)

// Args is what a job is asked to do. The types of this package implement it.
type Args interface {
	river.JobArgs
	subject() subject
}

// subject is what the queue needs to know of a job.
type subject struct {
	name         string // jobs of one name run one at a time
	delivery     string // id of GitHub's delivery, empty when none asked for it
	installation int64  // which shares the workers with others
	priority     int
	updated      time.Time // when what the event saw was made
	head         string    // commit that the event saw, empty when it saw none in particular
	alone        bool      // does something that other events don't ask for
	trace        string    // that the job goes on with

	// What the log calls it.
	kind, label string
}

// ReviewPull asks for the review of one pull request.
type ReviewPull struct {
	InstallationID int64  `json:"installation_id"`
	RepoID         int64  `json:"repo_id,omitempty"` // 0 when only the name is known
	Owner          string `json:"owner"`
	Repo           string `json:"repo"`
	Number         int    `json:"number"`

	// What the event saw. The job works on what it finds, and these tell it when
	// that is older than the event.
	HeadSHA   string    `json:"head_sha"`
	BaseRef   string    `json:"base_ref"`
	UpdatedAt time.Time `json:"updated_at"`

	// Again asks for a review also where the check of the head is complete:
	// something that it depends on beside the commits has changed.
	Again bool `json:"again,omitempty"`
	// Button is the identifier of the check run's button that was pressed, and
	// Sender the login of who did. Both are empty for other events.
	Button string `json:"button,omitempty"`
	Sender string `json:"sender,omitempty"`

	// Delivery is the id of GitHub's delivery, for the log; empty when no event
	// asked for the review.
	Delivery string `json:"delivery"`
	// Trace is that of the delivery, as telemetry.Traceparent gives it.
	Trace string `json:"trace,omitempty"`
}

// Kind names the job in the database, for ever.
func (ReviewPull) Kind() string { return "review_pull" }

func (a ReviewPull) subject() subject {
	priority := pullPriority
	if a.Delivery == "" {
		priority = reconcilePriority
	}
	return subject{
		// GitHub ignores the case of names.
		name:     strings.ToLower(fmt.Sprintf("pull/%d/%s/%s/%d", a.InstallationID, a.Owner, a.Repo, a.Number)),
		delivery: a.Delivery, installation: a.InstallationID, priority: priority, updated: a.UpdatedAt, head: a.HeadSHA,
		alone: a.Again, trace: a.Trace,
		kind: "pull", label: fmt.Sprintf("%s/%s#%d", a.Owner, a.Repo, a.Number),
	}
}

// Reviewer does the work of a job. Its methods are called from several
// goroutines, never at the same time for the same pull request.
type Reviewer interface {
	// Review makes the pull request's review and check run match its present
	// state. An error means that it must be tried again; one that has a method
	// RetryAt() time.Time says when, and does not count as a failed attempt.
	Review(ctx context.Context, args ReviewPull) error

	// GiveUp ends what Review may have begun, when no attempt is left: the check
	// run must not stay in progress. An error that has a method Permanent() bool
	// answering true means that there is nothing left to end.
	GiveUp(ctx context.Context, args ReviewPull, cause error) error
}
