package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/job"
	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/sandbox/openapi"
	"github.com/authdiff/authdiff/app/webhook"
	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

//go:embed testdata/guards_dropped.txtar
var guardsDropped []byte

const route = "app/api/posts/route.ts"

// sample gives the files of both sides of the archive.
func sample(t *testing.T) (base, head map[string]string) {
	t.Helper()
	base, head = map[string]string{}, map[string]string{}
	for _, f := range txtar.Parse(guardsDropped).Files {
		side, path, _ := strings.Cut(f.Name, "/")
		if side != "head" {
			base[path] = string(f.Data)
		}
		if side != "base" {
			head[path] = string(f.Data)
		}
	}
	return base, head
}

// testKey is made once: making one takes longer than most tests.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// stage is a sandbox with the sample's pull request and a running App.
type stage struct {
	github   *sandbox.Server
	repo     *sandbox.Repository
	pull     sandbox.Pull
	settings config.Settings
	app      *App
	url      string
	jobs     jobLog
	stop     func()
}

// setting is what a stage begins with. What is left out comes from the sample.
type setting struct {
	options    sandbox.Options
	base, head map[string]string
	dir        string // of a git repository in place of base, with its revision
	revision   string
	organised  bool // the owner is an organisation
	pull       sandbox.PullSpec
	roles      map[string]string // of people, besides the owner
	analyse    Analyse           // nil: the real one
}

func newStage(t *testing.T, analyse Analyse) *stage {
	t.Helper()
	return stageOf(t, setting{analyse: analyse})
}

// stageOf opens the pull request, and starts the App.
func stageOf(t *testing.T, o setting) *stage {
	t.Helper()
	s := emptyStage(t, o)
	s.run(t, context.WithoutCancel(t.Context()), o.analyse)
	return s
}

// newStageOn sets the stage without an App.
func newStageOn(t *testing.T, o sandbox.Options) *stage {
	t.Helper()
	return emptyStage(t, setting{options: o})
}

// emptyStage opens the pull request. Every request and answer is held against
// GitHub's published description.
func emptyStage(t *testing.T, o setting) *stage {
	t.Helper()
	o.options.Key = testKey()
	if o.options.Wrap == nil {
		o.options.Wrap = openapi.WrapIfPresent(t)
	}
	github, err := sandbox.New(o.options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = github.Close() })
	if o.base == nil && o.dir == "" {
		o.base, o.pull.Files = sample(t)
	}
	if o.head != nil {
		o.pull.Files = o.head
	}
	repo, err := github.AddRepository(sandbox.RepositorySpec{Owner: "acme", Name: "shop", Files: o.base, Dir: o.dir, Revision: o.revision, Organization: o.organised, Roles: o.roles})
	if err != nil {
		t.Fatal(err)
	}
	pull, err := repo.OpenPull(o.pull)
	if err != nil {
		t.Fatal(err)
	}
	api, err := url.Parse(github.URL())
	if err != nil {
		t.Fatal(err)
	}
	return &stage{github: github, repo: repo, pull: pull, jobs: make(jobLog, 1000), settings: config.Settings{
		AppID: github.AppID(), PrivateKey: config.Secret(github.PrivateKey()),
		WebhookSecret: config.Secret(github.WebhookSecret()), APIURL: api, StateDir: t.TempDir(),
	}}
}

// run starts an App on the stage; stopping bounds how long its jobs may go on
// once stop is called.
func (s *stage) run(t *testing.T, stopping context.Context, analyse Analyse) {
	t.Helper()
	s.runWith(t, stopping, slog.New(slog.NewTextHandler(s.jobs, nil)), options{analyse: analyse})
}

func (s *stage) runWith(t *testing.T, stopping context.Context, log *slog.Logger, o options) {
	t.Helper()
	a, err := build(t.Context(), s.settings, log, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler())
	s.app, s.url = a, server.URL
	s.stop = sync.OnceFunc(func() {
		server.Close()
		if err := a.Stop(stopping); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	t.Cleanup(s.stop)
}

// deliver sends the event of the pull request's present state.
func (s *stage) deliver(t *testing.T, action string) sandbox.Delivery {
	t.Helper()
	d, err := s.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: action, Pull: s.pull.Number})
	if err != nil {
		t.Fatal(err)
	}
	s.redeliver(t, d)
	return d
}

// send sends the event of a hook.
func (s *stage) send(t *testing.T, hook sandbox.Hook) {
	t.Helper()
	d, err := s.repo.Webhook(hook)
	if err != nil {
		t.Fatal(err)
	}
	s.redeliver(t, d)
}

func (s *stage) redeliver(t *testing.T, d sandbox.Delivery) {
	t.Helper()
	status, answer, err := s.github.Deliver(t.Context(), s.url+webhook.Path, d)
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("the delivery got %d %s (%v)", status, answer, err)
	}
}

// completed waits for the check of the commit to be complete.
func (s *stage) completed(t *testing.T, sha string) sandbox.CheckRun {
	t.Helper()
	var run sandbox.CheckRun
	s.wait(t, func() bool {
		for _, run = range s.repo.CheckRuns(sha) {
			if run.Status == "completed" {
				return true
			}
		}
		return false
	})
	return run
}

// ended waits until as many jobs have ended as this was called, so that every
// request of theirs is counted.
func (s *stage) ended(t *testing.T) {
	t.Helper()
	select {
	case <-s.jobs:
	case <-time.After(30 * time.Second):
		t.Fatal("no job ended")
	}
}

// jobLog passes on, from the App's log, that a job ended.
type jobLog chan struct{}

func (l jobLog) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("msg=\"job done\"")) || bytes.Contains(line, []byte(`msg="nothing is left to do"`)) {
		l <- struct{}{}
	}
	return len(line), nil
}

func (s *stage) wait(t *testing.T, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := s.github.Wait(ctx, holds); err != nil {
		t.Fatalf("%v; check runs: %+v", err, s.repo.CheckRuns(s.pull.HeadSHA))
	}
}

// writes lists the requests so far that change something, tokens and queries
// apart.
func (s *stage) writes() (list []string) {
	for _, r := range s.github.Requests() {
		if r.Method != http.MethodGet && !strings.HasSuffix(r.Path, "/access_tokens") && r.Path != "/graphql" {
			list = append(list, r.Method+" "+r.Path)
		}
	}
	return list
}

// byText is an analysis for the App's tests: a file whose base calls auth() and
// whose head doesn't has lost its guard.
func byText(ctx context.Context, in checks.Input) (*compare.Result, error) {
	result := &compare.Result{}
	head, err := in.Head.Entries(ctx)
	if err != nil {
		return nil, err
	}
	base, err := in.Base.Entries(ctx)
	if err != nil {
		return nil, err
	}
	before, err := in.Base.Read(ctx, base)
	if err != nil {
		return nil, err
	}
	after, err := in.Head.Read(ctx, head)
	if err != nil {
		return nil, err
	}
	headText := map[string][]byte{}
	for _, f := range after {
		headText[f.Path] = f.Text
	}
	for _, f := range before {
		at := bytes.Index(f.Text, []byte("await auth()"))
		if at < 0 || bytes.Contains(headText[f.Path], []byte("await auth()")) {
			continue
		}
		line := 1 + bytes.Count(f.Text[:at], []byte("\n"))
		result.Findings = append(result.Findings, compare.Finding{
			Fingerprint: fmt.Sprintf("%016x", len(f.Path)), Rule: "auth-guard-removed",
			Layer: protect.Authentication, Change: compare.Removed, Severity: compare.Error, Confidence: protect.High,
			Endpoint: endpoint.Ref{Kind: endpoint.Route, Name: "POST /api/posts", File: f.Path}, EndpointLine: 3,
			Guard: "session check by auth()", Place: source.Place{Path: f.Path, Line: line, EndLine: line}, Side: compare.Base,
			Message: "POST /api/posts no longer requires a session", Impact: "Anyone can create posts.",
		})
	}
	result.Endpoints = 2
	return result, nil
}

func TestDroppedGuardIsReported(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	delivery := s.deliver(t, "opened")
	run := s.completed(t, s.pull.HeadSHA)
	if run.Name != "authdiff" || run.Conclusion != "failure" || !strings.Contains(run.Text+run.Summary, route) {
		t.Errorf("check run %+v", run)
	}
	comments := s.repo.Comments(s.pull.Number)
	if len(comments) != 1 {
		t.Fatalf("%d comments, want 1", len(comments))
	}
	if c := comments[0]; c.Path != route || c.Line != 5 || c.Side != "LEFT" || !strings.Contains(c.Body, "no longer requires a session") {
		t.Errorf("the comment is at %s:%d %s: %s", c.Path, c.Line, c.Side, c.Body)
	}
	if reviews := s.repo.Reviews(s.pull.Number); len(reviews) != 1 || reviews[0].State != "COMMENTED" {
		t.Errorf("reviews %+v", reviews)
	}

	written := len(s.writes())
	s.redeliver(t, delivery)
	s.deliver(t, "ready_for_review")
	s.stop()
	if again := s.writes()[written:]; len(again) != 0 {
		t.Errorf("delivered again, the App wrote %q", again)
	}
}

func TestFindingComesAndGoes(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	base, dropped := sample(t)
	s.deliver(t, "opened")
	s.completed(t, s.pull.HeadSHA)

	push := func(files map[string]string) sandbox.CheckRun {
		head, err := s.repo.PushHead(s.pull.Number, files)
		if err != nil {
			t.Fatal(err)
		}
		s.deliver(t, "synchronize")
		return s.completed(t, head)
	}
	only := func() sandbox.Comment {
		comments := s.repo.Comments(s.pull.Number)
		if len(comments) != 1 {
			t.Fatalf("%d comments, want 1", len(comments))
		}
		return comments[0]
	}
	told := only().Body

	more := maps.Clone(dropped)
	more["lib/more.ts"] = "export const more = 1\n"
	if run := push(more); run.Conclusion != "failure" {
		t.Errorf("with the finding still there, the check is %s", run.Conclusion)
	}
	if body := only().Body; body != told {
		t.Errorf("an unchanged finding's comment was edited to %s", body)
	}
	if run := push(base); run.Conclusion != "success" {
		t.Errorf("with the guard restored, the check is %s", run.Conclusion)
	}
	if body := only().Body; !strings.Contains(body, "Fixed") {
		t.Errorf("the comment of a fixed finding says %s", body)
	}
	if run := push(dropped); run.Conclusion != "failure" {
		t.Errorf("with the guard dropped again, the check is %s", run.Conclusion)
	}
	if body := only().Body; strings.Contains(body, "Fixed") {
		t.Errorf("the comment of a finding that came back says %s", body)
	}
}

func TestCleanPullRequestGetsOnlyACheck(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(context.Context, checks.Input) (*compare.Result, error) {
		return &compare.Result{Endpoints: 2}, nil
	})
	s.deliver(t, "opened")
	if run := s.completed(t, s.pull.HeadSHA); run.Conclusion != "success" {
		t.Errorf("the check is %s", run.Conclusion)
	}
	if got, want := fmt.Sprint(s.writes()), "POST /repos/acme/shop/check-runs PATCH /repos/acme/shop/check-runs/"; !strings.HasPrefix(got, "["+want) || len(s.writes()) != 2 {
		t.Errorf("the App wrote %s, want %s…", got, want)
	}
}

func TestAnalysisThatFailsFailsTheCheck(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(context.Context, checks.Input) (*compare.Result, error) {
		panic("index out of <b>range</b>\n@everyone")
	})
	s.deliver(t, "opened")
	run := s.completed(t, s.pull.HeadSHA)
	if run.Conclusion != "failure" || !strings.Contains(run.Title, "could not analyse") {
		t.Errorf("check run %+v", run)
	}
	if strings.Contains(run.Summary, "<b>") || strings.Contains(run.Summary, "@everyone") {
		t.Errorf("the cause isn't escaped: %s", run.Summary)
	}
}

func TestOutageIsOvercome(t *testing.T) {
	t.Parallel()
	failed := false
	s := newStage(t, func(ctx context.Context, in checks.Input) (*compare.Result, error) {
		if !failed {
			failed = true
			return nil, errors.New("connection reset")
		}
		return byText(ctx, in)
	})
	s.deliver(t, "opened")
	if run := s.completed(t, s.pull.HeadSHA); run.Conclusion != "failure" || strings.Contains(run.Title, "could not") {
		t.Errorf("check run %+v", run)
	}
	if n := len(s.repo.CheckRuns(s.pull.HeadSHA)); n != 1 {
		t.Errorf("%d check runs for two attempts, want 1", n)
	}
}

func TestRestartTakesUpTheJob(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 1)
	s := newStage(t, nil)
	s.stop()
	now, cancel := context.WithCancel(t.Context())
	cancel()
	s.run(t, now, func(ctx context.Context, _ checks.Input) (*compare.Result, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	})
	s.deliver(t, "opened")
	<-begun
	s.stop()
	if run := s.repo.CheckRuns(s.pull.HeadSHA); len(run) != 1 || run[0].Status != "in_progress" {
		t.Fatalf("after the stop: %+v", run)
	}
	s.run(t, context.WithoutCancel(t.Context()), byText)
	if run := s.completed(t, s.pull.HeadSHA); run.Conclusion != "failure" {
		t.Errorf("check run %+v", run)
	}
	if n := len(s.repo.CheckRuns(s.pull.HeadSHA)); n != 1 {
		t.Errorf("%d check runs, want the one that was taken up", n)
	}
}

// A process that dies while it works on a head that is then pushed over leaves a
// check in progress there, which the next job ends.
func TestCheckOfAnOlderHeadIsEnded(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{}, 1)
	s := newStage(t, nil)
	s.stop()
	now, cancel := context.WithCancel(t.Context())
	cancel()
	s.run(t, now, func(ctx context.Context, _ checks.Input) (*compare.Result, error) {
		begun <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	})
	s.deliver(t, "opened")
	<-begun
	s.stop()
	base, _ := sample(t)
	head, err := s.repo.PushHead(s.pull.Number, base)
	if err != nil {
		t.Fatal(err)
	}
	s.run(t, context.WithoutCancel(t.Context()), byText)
	s.completed(t, head)
	runs := s.repo.CheckRuns(s.pull.HeadSHA)
	if len(runs) != 1 || runs[0].Status != "completed" || runs[0].Conclusion != "cancelled" {
		t.Errorf("the check of the older head is %+v", runs)
	}
}

// Where the App was removed there is no check to end: the job must be told, or
// it would try for ever.
func TestGivingUpWhereTheAppWasRemoved(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	s.github.Intercept(func(r *http.Request) *sandbox.Response {
		if strings.HasSuffix(r.URL.Path, "/access_tokens") {
			return &sandbox.Response{Status: 404, Body: []byte(`{"message":"Not Found"}`)}
		}
		return nil
	})
	args := job.ReviewPull{InstallationID: s.repo.Installation(), Owner: "acme", Repo: "shop", Number: int(s.pull.Number)}
	var final interface{ Permanent() bool }
	if err := s.app.GiveUp(t.Context(), args, errors.New("no luck")); !errors.As(err, &final) || !final.Permanent() {
		t.Errorf("got %v", err)
	}
}
