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
	"github.com/authdiff/authdiff/app/telemetry"
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
	Meter   *telemetry.Meter // nil: nothing is counted
	Allow   *Allow           // nil: everybody may deliver
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
	delivery, event := request.Header.Get("X-GitHub-Delivery"), request.Header.Get("X-GitHub-Event")
	ctx := telemetry.With(request.Context(), "delivery", delivery, "event", event)
	ctx, end := r.Meter.Span(ctx, "delivery", "", "delivery", delivery, "event", event)
	status, a, err := r.take(ctx, c.Response(), request)
	end(err)
	return c.JSON(status, a)
}

// take decides and enqueues.
func (r *Receiver) take(ctx context.Context, w http.ResponseWriter, request *http.Request) (int, answer, error) {
	body, refused := r.read(w, request)
	if refused != nil {
		r.Log.WarnContext(ctx, "delivery refused", "status", refused.status, "reason", refused.reason)
		r.Meter.Delivery("unknown", "refused")
		return refused.status, answer{"refused", refused.reason}, errors.New(refused.reason)
	}
	event := request.Header.Get("X-GitHub-Event")
	decision, err := Decide(event, body)
	if !events[event] {
		event = "other" // the header isn't signed: it must not make metrics of its own
	}
	if err != nil {
		r.Log.WarnContext(ctx, "delivery refused", "status", http.StatusBadRequest, "reason", err)
		r.Meter.Delivery(event, "refused")
		return http.StatusBadRequest, answer{"refused", err.Error()}, err
	}
	if decision.Job == nil {
		r.Log.InfoContext(ctx, "delivery ignored", "reason", decision.Reason)
		r.Meter.Delivery(event, "ignored")
		return http.StatusAccepted, answer{"ignored", decision.Reason}, nil
	}
	kind, label := job.Label(decision.Job)
	ctx = telemetry.With(ctx, kind, label)
	outcome, err := r.Queue.Enqueue(ctx, job.Accept(decision.Job, request.Header.Get("X-GitHub-Delivery"), telemetry.Traceparent(ctx)))
	if err != nil {
		r.Log.ErrorContext(ctx, "delivery not kept", "error", err)
		r.Meter.Delivery(event, "failed")
		return http.StatusServiceUnavailable, answer{"failed", "the job could not be kept; redeliver later"}, err
	}
	r.Log.InfoContext(ctx, "delivery accepted", "reason", decision.Reason, "outcome", outcome)
	r.Meter.Delivery(event, string(outcome))
	return http.StatusAccepted, answer{string(outcome), meanings[outcome]}, nil
}

// events are those that the metrics count one by one.
var events = map[string]bool{
	"pull_request": true, "pull_request_review_comment": true, "check_run": true, "check_suite": true,
	"merge_group": true, "installation": true, "installation_repositories": true, "ping": true,
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
	if r.Allow != nil {
		switch allowed, known := r.Allow.allows(request); {
		case !known:
			return nil, &refusal{http.StatusServiceUnavailable, "GitHub's addresses are not known yet; redeliver later"}
		case !allowed:
			return nil, &refusal{http.StatusForbidden, "the sender's address is not one that may deliver: see WEBHOOK_ALLOW and TRUSTED_PROXIES"}
		}
	}
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
