package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/authdiff/authdiff/app/job"
)

const testSecret = "It's a Secret to Everybody"

// The vector that GitHub publishes.
// https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
func TestPublishedSignature(t *testing.T) {
	t.Parallel()
	const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
	if !signed([]byte(testSecret), signature, []byte("Hello, World!")) {
		t.Error("the published signature is refused")
	}
	if signed([]byte(testSecret), signature, []byte("Hello, World?")) {
		t.Error("the signature of another body is accepted")
	}
}

// list is a Queue that keeps jobs in memory, or fails.
type list struct {
	jobs []job.ReviewPull
	err  error
}

func (l *list) Enqueue(_ context.Context, args job.Args) (job.Outcome, error) {
	if l.err != nil {
		return "", l.err
	}
	l.jobs = append(l.jobs, args.(job.ReviewPull))
	if len(l.jobs) > 1 {
		return job.Collapsed, nil
	}
	return job.Queued, nil
}

func sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func signSHA1(body []byte) string {
	mac := hmac.New(sha1.New, []byte(testSecret))
	mac.Write(body)
	return "sha1=" + hex.EncodeToString(mac.Sum(nil))
}

// delivery is a good one; each test spoils one thing.
func delivery(body []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, Path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-GitHub-Event", "pull_request")
	r.Header.Set("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
	r.Header.Set("X-Hub-Signature", signSHA1(body))
	r.Header.Set("X-Hub-Signature-256", sign(testSecret, body))
	return r
}

func serve(q Queue, secret string, r *http.Request) *httptest.ResponseRecorder {
	receiver := &Receiver{Secrets: [][]byte{[]byte(secret), nil}, Queue: q, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	e := echo.New()
	e.POST(Path, receiver.Receive)
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func TestReceive(t *testing.T) {
	t.Parallel()
	large := append(payload(), bytes.Repeat([]byte(" "), MaxBody)...)
	ping := []byte(`{"zen": "Design for failure."}`)
	tests := []struct {
		name   string
		body   []byte
		spoil  func(*http.Request)
		status int
		jobs   int
	}{
		{"accepted", payload(), func(*http.Request) {}, 202, 1},
		{"with a charset", payload(), func(r *http.Request) { r.Header.Set("Content-Type", "application/json; charset=utf-8") }, 202, 1},
		{"an event that asks for nothing", ping, func(r *http.Request) { r.Header.Set("X-GitHub-Event", "ping") }, 202, 0},
		{"no signature", payload(), func(r *http.Request) { r.Header.Del("X-Hub-Signature-256"); r.Header.Del("X-Hub-Signature") }, 401, 0},
		{"SHA-1 alone", payload(), func(r *http.Request) { r.Header.Del("X-Hub-Signature-256") }, 401, 0},
		{"SHA-1 in the other header", payload(), func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", signSHA1(payload())) }, 401, 0},
		{"another secret", payload(), func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", sign("guess", payload())) }, 401, 0},
		{"another body", payload(), func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", sign(testSecret, ping)) }, 401, 0},
		{"cut signature", payload(), func(r *http.Request) {
			r.Header.Set("X-Hub-Signature-256", sign(testSecret, payload())[:20])
		}, 401, 0},
		{"upper case", payload(), func(r *http.Request) {
			r.Header.Set("X-Hub-Signature-256", strings.ToUpper(sign(testSecret, payload())))
		}, 401, 0},
		{"too large", large, func(*http.Request) {}, 413, 0},
		{"too large, length unknown", large, func(r *http.Request) { r.ContentLength = -1 }, 413, 0},
		{"form", payload(), func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }, 415, 0},
		{"no content type", payload(), func(r *http.Request) { r.Header.Del("Content-Type") }, 415, 0},
		{"malformed JSON", payload()[:50], func(*http.Request) {}, 400, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := delivery(tt.body)
			tt.spoil(r)
			q := &list{}
			w := serve(q, testSecret, r)
			if w.Code != tt.status {
				t.Errorf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
			if len(q.jobs) != tt.jobs {
				t.Errorf("%d jobs, want %d", len(q.jobs), tt.jobs)
			}
		})
	}
}

func TestReceiveKeepsTheDelivery(t *testing.T) {
	t.Parallel()
	q := &list{}
	serve(q, testSecret, delivery(payload()))
	want := wanted()
	want.Delivery = "72d3162e-cc78-11e3-81ab-4c9367dc0958"
	if len(q.jobs) != 1 || q.jobs[0] != want {
		t.Errorf("kept %+v, want %+v", q.jobs, want)
	}
	again := serve(q, testSecret, delivery(payload()))
	if again.Code != 202 || !strings.Contains(again.Body.String(), "a waiting job does the same") {
		t.Errorf("the second delivery got %d %s", again.Code, again.Body)
	}
}

func TestReceiveWithoutDatabase(t *testing.T) {
	t.Parallel()
	w := serve(&list{err: errors.New("disk full at /secret/path")}, testSecret, delivery(payload()))
	if w.Code != 503 {
		t.Errorf("status %d, want 503", w.Code)
	}
	if strings.Contains(w.Body.String(), "/secret/path") {
		t.Errorf("the answer tells the error: %s", w.Body)
	}
}

func TestTwoSecretsWhileOneIsRotated(t *testing.T) {
	t.Parallel()
	receiver := &Receiver{Secrets: [][]byte{[]byte("new"), []byte("old")}, Queue: &list{}, Log: slog.New(slog.DiscardHandler)}
	e := echo.New()
	e.POST(Path, receiver.Receive)
	for secret, want := range map[string]int{"new": 202, "old": 202, "older": 401, "": 401} {
		r := delivery(payload())
		r.Header.Set("X-Hub-Signature-256", sign(secret, payload()))
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("signed with %q: %d, want %d", secret, w.Code, want)
		}
	}
}

func TestReceiveWithoutSecret(t *testing.T) {
	t.Parallel()
	r := delivery(payload())
	r.Header.Set("X-Hub-Signature-256", sign("", payload()))
	q := &list{}
	if w := serve(q, "", r); w.Code != 401 || len(q.jobs) != 0 {
		t.Errorf("status %d, %d jobs; an empty secret must refuse everything", w.Code, len(q.jobs))
	}
}
