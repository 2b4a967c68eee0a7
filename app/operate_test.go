package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/webhook"
	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/compare"
)

// Two days down: one delivery failed, the other one never came (its payload was
// too large, say). Both pull requests are reviewed, without a person.
func TestDowntimeHealsByItself(t *testing.T) {
	t.Parallel()
	var ago atomic.Int64
	ago.Store(int64(48 * time.Hour))
	s := newStageOn(t, sandbox.Options{Now: func() time.Time { return time.Now().Add(-time.Duration(ago.Load())) }})
	_, head := sample(t)
	silent, err := s.repo.OpenPull(sandbox.PullSpec{Files: head})
	if err != nil {
		t.Fatal(err)
	}
	failed, err := s.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})
	if err != nil {
		t.Fatal(err)
	}
	s.github.Miss(failed)
	s.github.Miss(failed) // a person pressed "redeliver" in vain
	ago.Store(0)

	s.runWith(t, context.WithoutCancel(t.Context()), slog.New(slog.DiscardHandler), options{analyse: byText, sweeps: true})
	s.github.SetHook(s.url + webhook.Path)
	s.completed(t, s.pull.HeadSHA)
	s.completed(t, silent.HeadSHA)
	s.wait(t, func() bool { return s.redeliveries() == 1 })
	if comments := s.repo.Comments(s.pull.Number); len(comments) != 1 {
		t.Errorf("%d comments, want 1", len(comments))
	}
}

// redeliveries counts those that GitHub was asked for.
func (s *stage) redeliveries() (n int) {
	for _, r := range s.github.Requests() {
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/attempts") {
			n++
		}
	}
	return n
}

// What is in order isn't touched: sweeps read, and write nothing.
func TestSweepsLeaveFinishedChecksAlone(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	s.deliver(t, "opened")
	s.completed(t, s.pull.HeadSHA)
	s.stop()
	written := len(s.writes())
	s.runWith(t, context.WithoutCancel(t.Context()), slog.New(slog.DiscardHandler), options{analyse: byText, sweeps: true})
	s.wait(t, func() bool {
		swept := 0
		for _, r := range s.github.Requests() {
			if r.Path == "/app/hook/deliveries" || r.Path == "/repos/acme/shop/pulls" {
				swept++
			}
		}
		return swept >= 2
	})
	s.stop()
	if again := s.writes()[written:]; len(again) != 0 {
		t.Errorf("sweeps wrote %q", again)
	}
}

// lines is a log that many write to.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// The log tells which delivery and pull request each line is about, and never a
// secret, a token or what stands in the repository, also when things fail.
func TestLogsTellWhatTheyAreAboutAndNoSecret(t *testing.T) {
	t.Parallel()
	s := newStageOn(t, sandbox.Options{})
	var failed atomic.Bool
	s.github.Intercept(func(r *http.Request) *sandbox.Response {
		if strings.HasSuffix(r.URL.Path, "/reviews") && r.Method == http.MethodPost && !failed.Swap(true) {
			return sandbox.Failure(http.StatusBadGateway)
		}
		return nil
	})
	log := &lines{}
	s.runWith(t, context.WithoutCancel(t.Context()), slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), options{analyse: byText})
	d := s.deliver(t, "opened")
	s.completed(t, s.pull.HeadSHA)
	s.stop()

	about := 0
	for line := range strings.Lines(log.String()) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if fields["component"] == "queue" {
			continue // River's own, about no job in particular
		}
		about++
		if fields["delivery"] != d.Header.Get("X-GitHub-Delivery") || fields["pull"] != "acme/shop#1" {
			t.Errorf("a line without delivery or pull request: %s", line)
		}
	}
	if about < 3 {
		t.Errorf("only %d lines: %s", about, log)
	}
	for name, secret := range map[string]string{
		"token": "ghs_", "JSON web token": "eyJ", "webhook secret": s.github.WebhookSecret(), "key": "PRIVATE KEY",
		"source": "await auth()",
	} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds the %s: %s", name, log)
		}
	}
}

// One trace leads from the delivery over the job to GitHub.
func TestTraceFromDeliveryToCheckRun(t *testing.T) {
	t.Parallel()
	spans := tracetest.NewSpanRecorder()
	s := newStageOn(t, sandbox.Options{})
	s.runWith(t, context.WithoutCancel(t.Context()), slog.New(slog.DiscardHandler),
		options{analyse: byText, spans: sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))})
	s.deliver(t, "opened")
	s.completed(t, s.pull.HeadSHA)
	s.stop()

	traces := map[string]int{}
	names := map[string]bool{}
	for _, span := range spans.Ended() {
		traces[span.SpanContext().TraceID().String()]++
		names[span.Name()] = true
	}
	if len(traces) != 1 {
		t.Errorf("%d traces, want 1: %v", len(traces), names)
	}
	for _, want := range []string{"delivery", "review_pull", "open", "compare", "publish", "POST GitHub", "PATCH GitHub"} {
		if !names[want] {
			t.Errorf("no span %q among %v", want, names)
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	s.deliver(t, "opened")
	s.completed(t, s.pull.HeadSHA)
	s.deliver(t, "labeled")
	s.settle(t)
	admin := httptest.NewServer(s.app.admin())
	defer admin.Close()
	text := fetch(t, admin.URL+"/metrics")
	for _, want := range []string{
		`authdiff_deliveries_total{event="pull_request",outcome="queued"} 1`,
		`authdiff_deliveries_total{event="pull_request",outcome="ignored"} 1`,
		`authdiff_queue_jobs{class="pull_request",state="waiting"} 0`,
		`authdiff_queue_oldest_seconds{class="pull_request"} 0`,
		`authdiff_unfinished_checks 0`, `authdiff_queue_up 1`,
		`authdiff_job_seconds_count{kind="review_pull",outcome="done"} 1`,
		`authdiff_phase_seconds_count{phase="compare"} 1`,
		`authdiff_github_request_seconds_count{method="PATCH",status="200"} 1`,
		`authdiff_github_remaining{installation="`,
		`authdiff_findings_total{layer="authentication",severity="error"} 1`,
		`authdiff_not_analysed_total 0`, `process_resident_memory_bytes`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if !strings.Contains(fetch(t, admin.URL+"/debug/pprof/"), "goroutine") {
		t.Error("no profiles for operators")
	}
	for _, path := range []string{"/metrics", "/debug/pprof/"} {
		response, err := http.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusNotFound {
			t.Errorf("the public port answers %s with %d", path, response.StatusCode)
		}
	}
}

// settle waits until no job is left.
func (s *stage) settle(t *testing.T) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for tick := time.NewTicker(10 * time.Millisecond); ; {
		state, err := s.app.queue.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if state.Waiting["pull_request"]+state.Running["pull_request"] == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("jobs are left: %+v", state)
		}
	}
}

func fetch(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// What GitHub won't work with ends the start with one line; GitHub being away
// doesn't.
func TestStartUpChecks(t *testing.T) {
	t.Parallel()
	s := newStageOn(t, sandbox.Options{})
	fast := newStageOn(t, sandbox.Options{Wrap: dated(-5 * time.Minute)})
	slow := newStageOn(t, sandbox.Options{Wrap: dated(5 * time.Minute)})
	gone, err := url.Parse("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	other, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tests := []struct {
		name   string
		stage  *stage
		change func(*config.Settings)
		want   string
	}{
		{"all is well", s, func(*config.Settings) {}, ""},
		{"GitHub is away", s, func(c *config.Settings) { c.APIURL = gone }, ""},
		{"another App's key", s, func(c *config.Settings) { c.PrivateKey = config.Secret(other.PrivateKey()) }, "PRIVATE_KEY: GitHub refuses it"},
		{"another App's id", s, func(c *config.Settings) { c.AppID = 99 }, "APP_ID: GitHub knows no App 99"},
		{"the clock is ahead", fast, func(*config.Settings) {}, "clock is 5m0s ahead of GitHub's"},
		{"the clock is behind", slow, func(*config.Settings) {}, "clock is 5m0s behind GitHub's"},
		{"no database", s, func(c *config.Settings) { c.DatabaseURL = "postgres://127.0.0.1:1/x" }, "DATABASE_URL: the database at 127.0.0.1:1 cannot be reached"},
	}
	for _, tt := range tests {
		settings := tt.stage.settings
		settings.StateDir = t.TempDir()
		tt.change(&settings)
		log := slog.New(slog.DiscardHandler)
		a, err := build(t.Context(), settings, log, options{})
		if err == nil {
			err = a.checkSelf(t.Context(), log)
			_ = a.Stop(t.Context())
		}
		switch {
		case err == nil && tt.want == "":
		case err == nil || tt.want == "" || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n"):
			t.Errorf("%s: got %v, want one line with %q", tt.name, err, tt.want)
		}
	}
}

// dated changes the dates of GitHub's answers, and refuses the App as GitHub
// does when clocks disagree.
func dated(by time.Duration) func(http.Handler) http.Handler {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusUnauthorized)
		})
	}
}

// At the end readiness goes first, and deliveries are accepted until the jobs
// at work have ended.
func TestStopsInOrder(t *testing.T) {
	t.Parallel()
	begun, release := make(chan struct{}), make(chan struct{})
	s := newStage(t, func(ctx context.Context, in checks.Input) (*compare.Result, error) {
		close(begun)
		<-release
		return byText(ctx, in)
	})
	s.deliver(t, "opened")
	<-begun
	finished := make(chan error, 1)
	go func() { finished <- s.app.queue.Finish(context.WithoutCancel(t.Context())) }()
	for get := func() int { return status(t, s.url+"/readyz") }; get() != http.StatusServiceUnavailable; {
	}
	if got := status(t, s.url+"/healthz"); got != http.StatusOK {
		t.Errorf("while it stops, /healthz is %d", got)
	}
	s.deliver(t, "ready_for_review")
	close(release)
	if err := <-finished; err != nil {
		t.Fatal(err)
	}
	if run := s.repo.CheckRuns(s.pull.HeadSHA); len(run) != 1 || run[0].Status != "completed" {
		t.Errorf("the job at work didn't finish: %+v", run)
	}
}

func status(t *testing.T, address string) int {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}
