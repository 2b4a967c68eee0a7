// Package webhook answers GitHub's deliveries: it checks that GitHub signed
// them, decides what job they ask for, and accepts them once the job is kept.
// The work itself happens later, from the queue.
package webhook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/authdiff/authdiff/app/job"
)

// Path is where GitHub sends its deliveries.
const Path = "/api/github/webhooks"

// MaxBody bounds a delivery in bytes. GitHub caps a payload at 25 MB, and does
// not deliver what is larger.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap
const MaxBody = 25 << 20

// Queue keeps jobs durably.
type Queue interface {
	// Enqueue returns once the job is kept.
	Enqueue(ctx context.Context, args job.Args) (job.Outcome, error)
}

// Receiver takes deliveries.
type Receiver struct {
	// Secrets are those of the App's webhook: two while one replaces the other.
	// None, or an empty one, accepts nothing.
	Secrets [][]byte
	Queue   Queue
	Log     *slog.Logger
}

// answer is the body of every response, for whoever reads the App's list of
// deliveries on GitHub.
type answer struct {
	Result string `json:"result"`
	Reason string `json:"reason,omitempty"`
}

// Receive is the echo handler for Path. It answers 202 for what was enqueued or
// deliberately left alone, 401, 413, 415 and 400 for what GitHub wouldn't send,
// and 503 when the job couldn't be kept, so that the delivery counts as failed
// and can be redelivered.
func (r *Receiver) Receive(c echo.Context) error {
	request := c.Request()
	log := r.Log.With("delivery", request.Header.Get("X-GitHub-Delivery"), "event", request.Header.Get("X-GitHub-Event"))
	body, refused := r.read(c.Response(), request)
	if refused != nil {
		log.Warn("delivery refused", "status", refused.status, "reason", refused.reason)
		return c.JSON(refused.status, answer{"refused", refused.reason})
	}
	decision, err := Decide(request.Header.Get("X-GitHub-Event"), body)
	if err != nil {
		log.Warn("delivery refused", "status", http.StatusBadRequest, "reason", err)
		return c.JSON(http.StatusBadRequest, answer{"refused", err.Error()})
	}
	if decision.Job == nil {
		log.Info("delivery ignored", "reason", decision.Reason)
		return c.JSON(http.StatusAccepted, answer{"ignored", decision.Reason})
	}
	decision.Job.Delivery = request.Header.Get("X-GitHub-Delivery")
	outcome, err := r.Queue.Enqueue(request.Context(), *decision.Job)
	if err != nil {
		log.Error("delivery not kept", "error", err)
		return c.JSON(http.StatusServiceUnavailable, answer{"failed", "the job could not be kept; redeliver later"})
	}
	log.Info("delivery accepted", "reason", decision.Reason, "outcome", outcome,
		"owner", decision.Job.Owner, "repo", decision.Job.Repo, "number", decision.Job.Number, "head", decision.Job.HeadSHA)
	return c.JSON(http.StatusAccepted, answer{string(outcome), meanings[outcome]})
}

// meanings explains the outcomes that aren't a job of the delivery's own.
var meanings = map[job.Outcome]string{
	job.Collapsed: "a waiting job does the same",
	job.Duplicate: "the delivery was accepted before",
}

// refusal is why a request isn't a delivery of GitHub's.
type refusal struct {
	status int
	reason string
}

// read returns the body of a request that GitHub signed. A request without a
// signature is refused before its body is read.
func (r *Receiver) read(w http.ResponseWriter, request *http.Request) ([]byte, *refusal) {
	signature := request.Header.Get(signatureHeader)
	if signature == "" {
		return nil, &refusal{http.StatusUnauthorized, "no " + signatureHeader + " header: set a secret in the App's webhook settings"}
	}
	if request.ContentLength > MaxBody {
		return nil, &refusal{http.StatusRequestEntityTooLarge, "the body is larger than GitHub's payload cap"}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, MaxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &refusal{http.StatusRequestEntityTooLarge, "the body is larger than GitHub's payload cap"}
	case err != nil:
		return nil, &refusal{http.StatusBadRequest, "the body could not be read"}
	case !signedByAny(r.Secrets, signature, body):
		return nil, &refusal{http.StatusUnauthorized, "the signature does not match: compare WEBHOOK_SECRET with the App's webhook settings"}
	}
	if kind, _, err := mime.ParseMediaType(request.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &refusal{http.StatusUnsupportedMediaType, "the content type is not application/json: set it in the App's webhook settings"}
	}
	return body, nil
}
