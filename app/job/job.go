// Package job holds the work that the App has promised to do, until it is done:
// the jobs, the durable queue that keeps them over restarts, and the rules of
// retrying. It knows neither GitHub nor the analysis; a Reviewer does the work.
//
// A job is a hint to look, not a description of what to do: the Reviewer reads
// the pull request's present state and makes GitHub match it. So jobs may run
// twice, late, or in another order than their events.
package job

import (
	"context"
	"time"
)

// ReviewPull asks for the review of one pull request.
type ReviewPull struct {
	InstallationID int64  `json:"installation_id"`
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

	// Delivery is the id of GitHub's delivery, for the log.
	Delivery string `json:"delivery"`
}

// Kind names the job in the database, for ever.
func (ReviewPull) Kind() string { return "review_pull" }

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
