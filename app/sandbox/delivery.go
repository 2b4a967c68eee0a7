package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// redeliveryWindow is how far back GitHub redelivers.
// https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
const redeliveryWindow = 3 * 24 * time.Hour

// answerTime is how long GitHub waits for the App's answer.
const answerTime = 10 * time.Second

// maxAnswer bounds what is read of the App's answer, in bytes.
const maxAnswer = 64 << 10

// attempt is one try to deliver, as GitHub's list of deliveries has it.
type attempt struct {
	id         int64
	delivery   Delivery
	at         time.Time
	redelivery bool
	duration   time.Duration
	code       int
	status     string
}

// Deliver posts the delivery to the App's address and returns the status and
// the body of its answer. The attempt stands in the App's list of deliveries,
// also one that fails; redeliveries go to the address that was used last.
func (s *Server) Deliver(ctx context.Context, url string, d Delivery) (status int, answer []byte, err error) {
	s.mu.Lock()
	s.hook = url
	s.mu.Unlock()
	return s.attempt(ctx, d, false)
}

// Miss notes a delivery that failed, without trying it: the App was down.
func (s *Server) Miss(d Delivery) {
	s.note(attempt{delivery: d, code: http.StatusBadGateway, status: "failed to connect to host"})
}

// SetHook sets the App's address for redeliveries.
func (s *Server) SetHook(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = url
}

func (s *Server) attempt(ctx context.Context, d Delivery, again bool) (status int, answer []byte, err error) {
	s.mu.Lock()
	url := s.hook
	s.mu.Unlock()
	began := time.Now()
	status, answer, err = post(ctx, url, d)
	a := attempt{delivery: d, redelivery: again, duration: time.Since(began), code: status, status: http.StatusText(status)}
	if err != nil {
		a.code, a.status = http.StatusBadGateway, "failed to connect to host"
	}
	s.note(a)
	return status, answer, err
}

func (s *Server) note(a attempt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.id, a.at = s.id(), s.now()
	s.attempts = append(s.attempts, a)
	s.touch()
}

func post(ctx context.Context, url string, d Delivery) (status int, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(d.Body))
	if err != nil {
		return 0, nil, fmt.Errorf("deliver to %s: %w", url, err)
	}
	request.Header = d.Header.Clone()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, fmt.Errorf("deliver to %s: %w", url, err)
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return 0, nil, fmt.Errorf("read the answer of %s: %w", url, err)
	}
	return response.StatusCode, answer, nil
}

// listDeliveries lists the attempts, newest first, from a cursor on. A cursor that
// is none fails the validation (422).
// https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook
func listDeliveries(c *call) (any, error) {
	query := c.request.URL.Query()
	size, err := strconv.Atoi(query.Get("per_page"))
	if err != nil || size < 1 {
		size = 30
	}
	size = min(size, c.server.limits.PerPage)
	before := int64(1) << 62
	if query.Has("cursor") {
		if before, err = strconv.ParseInt(query.Get("cursor"), 10, 64); err != nil {
			return nil, unprocessable("Invalid cursor")
		}
	}
	list := []shape.Object{}
	for _, a := range slices.Backward(c.server.attempts) {
		if a.id > before {
			continue
		}
		if len(list) == size {
			query.Set("cursor", strconv.FormatInt(a.id, 10))
			c.header.Set("Link", fmt.Sprintf(`<%s%s?%s>; rel="next"`, c.server.site.API, c.request.URL.EscapedPath(), query.Encode()))
			break
		}
		list = append(list, a.object())
	}
	return list, nil
}

func (a attempt) object() shape.Object {
	var payload struct {
		Action       *string          `json:"action"`
		Installation struct{ ID any } `json:"installation"`
		Repository   struct{ ID any } `json:"repository"`
	}
	// The sandbox wrote the body itself.
	_ = json.Unmarshal(a.delivery.Body, &payload)
	return shape.Object{
		"id": a.id, "guid": a.delivery.Header.Get("X-GitHub-Delivery"), "delivered_at": shape.Time(a.at),
		"redelivery": a.redelivery, "duration": a.duration.Seconds(), "status": a.status, "status_code": a.code,
		"event": a.delivery.Header.Get("X-GitHub-Event"), "action": payload.Action,
		"installation_id": payload.Installation.ID, "repository_id": payload.Repository.ID,
	}
}

// redeliver tries a delivery again, in its own time, when it is of the past three
// days.
// https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
func redeliver(c *call) (any, error) {
	id, err := c.number("delivery_id")
	if err != nil {
		return nil, err
	}
	for _, a := range c.server.attempts {
		if a.id != id {
			continue
		}
		if c.server.now().Sub(a.at) > redeliveryWindow {
			return nil, unprocessable("The delivery is too old to be redelivered.")
		}
		// How it ends stands in the list.
		go func() { _, _, _ = c.server.attempt(context.Background(), a.delivery, true) }()
		c.status = http.StatusAccepted
		return shape.Object{}, nil
	}
	return nil, errNotFound
}

// getMeta tells the addresses that deliveries come from: the sandbox's own.
func getMeta(*call) (any, error) {
	return shape.Object{"verifiable_password_authentication": false, "hooks": []string{"127.0.0.1/32", "::1/128"}}, nil
}
