package sweep

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/hub"
	"github.com/authdiff/authdiff/app/job"
	"github.com/authdiff/authdiff/app/sandbox"
)

type idle struct{}

func (idle) Review(context.Context, job.ReviewPull) error        { return nil }
func (idle) GiveUp(context.Context, job.ReviewPull, error) error { return nil }

// bench is a sandbox with a repository, and a sweeper whose queue isn't started.
type bench struct {
	*Sweeper
	github *sandbox.Server
	repo   *sandbox.Repository
	ago    *atomic.Int64 // by which GitHub's clock is behind, to make old things
}

func newBench(t *testing.T) *bench {
	t.Helper()
	var ago atomic.Int64
	github, err := sandbox.New(sandbox.Options{Now: func() time.Time { return time.Now().Add(-time.Duration(ago.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = github.Close() })
	api, err := url.Parse(github.URL())
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	h, err := hub.New(hub.Options{AppID: github.AppID(), PrivateKey: github.PrivateKey(), APIURL: api, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	sweeper := &Sweeper{Hub: h, Log: log, Now: time.Now}
	queue, err := job.Open(t.Context(), job.Options{Dir: t.TempDir(), Reviewer: idle{}, Sweeper: sweeper, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = queue.Stop(context.WithoutCancel(t.Context())) })
	sweeper.Queue = queue
	b := &bench{Sweeper: sweeper, github: github, ago: &ago}
	b.repo = b.repository(t, "shop")
	return b
}

func (b *bench) repository(t *testing.T, name string) *sandbox.Repository {
	t.Helper()
	r, err := b.github.AddRepository(sandbox.RepositorySpec{Owner: "acme", Name: name, Files: map[string]string{"a.ts": "1\n"}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b *bench) open(t *testing.T, r *sandbox.Repository) sandbox.Pull {
	t.Helper()
	p, err := r.OpenPull(sandbox.PullSpec{Files: map[string]string{"a.ts": "2\n"}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (b *bench) event(t *testing.T, number int64) sandbox.Delivery {
	t.Helper()
	d, err := b.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: number})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (b *bench) requests(method, part string) (n int) {
	for _, r := range b.github.Requests() {
		if r.Method == method && strings.Contains(r.Path, part) {
			n++
		}
	}
	return n
}

// Attempts are grouped by the event: one that succeeded in the end isn't asked
// for again, nor one that failed too often, nor one that GitHub refuses as too
// old.
func TestOnlyEventsThatNeverCameAreAskedForAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	number := b.open(t, b.repo).Number
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	defer app.Close()

	b.ago.Store(int64(4 * 24 * time.Hour))
	b.github.Miss(b.event(t, number))
	b.ago.Store(int64(2 * 24 * time.Hour))
	late, hopeless, lost := b.event(t, number), b.event(t, number), b.event(t, number)
	b.github.Miss(late)
	for range attemptsAtMost {
		b.github.Miss(hopeless)
	}
	b.github.Miss(lost)
	b.ago.Store(0)
	if _, _, err := b.github.Deliver(t.Context(), app.URL, late); err != nil {
		t.Fatal(err)
	}
	failed, err := b.failed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(failed) != 1 || failed[0].GUID != lost.Header.Get("X-GitHub-Delivery") {
		t.Fatalf("failed %+v, want the one that never came", failed)
	}
	for range 2 { // the second sweep finds that it came
		if err := b.Sweep(t.Context(), job.Sweep{What: job.SweepDeliveries}); err != nil {
			t.Fatal(err)
		}
		if err := b.github.Wait(t.Context(), func() bool { return b.delivered(t) == 2 }); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.requests(http.MethodPost, "/attempts"); n != 1 {
		t.Errorf("%d redeliveries were asked for, want 1", n)
	}
}

// delivered counts the attempts that succeeded.
func (b *bench) delivered(t *testing.T) int {
	t.Helper()
	list, _, err := b.Hub.Deliveries(context.WithoutCancel(t.Context()), "")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, d := range list {
		if d.OK {
			n++
		}
	}
	return n
}

// A sweep makes jobs for what has no finished check, and costs what it may; it
// goes on behind the place that it reached.
func TestASweepOfPullsIsBoundedAndGoesOn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var repositories []hub.RepositoryName
	for i := range 3 {
		r := b.repository(t, fmt.Sprintf("repo%d", i))
		for range 3 {
			b.open(t, r)
		}
		repositories = append(repositories, hub.RepositoryName{Owner: "acme", Name: fmt.Sprintf("repo%d", i)})
	}
	r := &round{sweeper: b.Sweeper, installation: b.repo.Installation(), github: b.Hub.Installation(b.repo.Installation()), left: 6}
	before := b.requests(http.MethodGet, "/")
	reached, err := r.sweep(t.Context(), repositories)
	if err != nil {
		t.Fatal(err)
	}
	if n := b.requests(http.MethodGet, "/") - before; n > 6 {
		t.Errorf("%d requests, want 6 at most", n)
	}
	if reached != "acme/repo0" {
		t.Errorf("reached %q, want acme/repo0", reached)
	}
	if got := after(repositories, reached); got[0].Name != "repo1" || got[2].Name != "repo0" {
		t.Errorf("goes on with %+v", got)
	}
	if err := b.Sweep(t.Context(), job.Sweep{What: job.SweepPulls, Installation: b.repo.Installation()}); err != nil {
		t.Fatal(err)
	}
	state, err := b.Queue.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if state.Waiting["reconcile"] != 9 {
		t.Errorf("%d jobs, want one for each of 9 pull requests", state.Waiting["reconcile"])
	}
	if place, err := b.Queue.Place(t.Context(), fmt.Sprintf("pulls/%d", b.repo.Installation())); err != nil || place != "" {
		t.Errorf("after a whole sweep the place is %q (%v)", place, err)
	}
}

func TestEveryInstallationGetsASweep(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if _, err := b.github.AddRepository(sandbox.RepositorySpec{Owner: "other", Name: "blog", Files: map[string]string{"a.ts": "1\n"}}); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a sweep that waits is enough
		if err := b.Sweep(t.Context(), job.Sweep{What: job.SweepInstallations}); err != nil {
			t.Fatal(err)
		}
	}
	state, err := b.Queue.State(t.Context())
	if err != nil || state.Waiting["sweep"] != 2 {
		t.Errorf("%d sweeps wait, want 2 (%v)", state.Waiting["sweep"], err)
	}
}
