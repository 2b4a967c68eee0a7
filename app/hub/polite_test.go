package hub

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"
	"golang.org/x/sync/errgroup"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/app/sandbox"
)

// A limit holds for the whole installation, and what it forbids isn't sent.
func TestLimitIsKept(t *testing.T) {
	t.Parallel()
	w := small(t)
	if _, err := w.github.AddRepository(sandbox.RepositorySpec{Owner: "acme", Name: "other", Files: map[string]string{"a.ts": "a"}}); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	w.hub.now = func() time.Time { return now }
	w.fail("POST", "/graphql", sandbox.SecondaryLimit(90*time.Second))
	if _, err := w.repo.Pull(t.Context(), w.number, time.Time{}); err == nil {
		t.Fatal("the limit was not seen")
	}
	w.github.Intercept(nil)
	sent := len(w.github.Requests())
	other := w.hub.Repository(w.onHub.Installation(), "acme", "other")
	var limit *LimitError
	if _, err := other.Pull(t.Context(), 1, time.Time{}); !errors.As(err, &limit) || limit.RetryAt().Sub(now).Round(time.Second) != 90*time.Second {
		t.Errorf("another repository of the installation: %v", err)
	}
	if n := len(w.github.Requests()); n != sent {
		t.Errorf("%d requests were sent although GitHub asked to wait", n-sent)
	}
	now = now.Add(2 * time.Minute)
	fresh := newHub(t, w.github)
	fresh.limits, fresh.now = w.hub.limits, w.hub.now
	if _, err := fresh.Repository(w.onHub.Installation(), "acme", "shop").Pull(t.Context(), w.number, time.Time{}); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// Limits in a row that don't say how long they last are waited for longer each
// time.
func TestWaitsGrow(t *testing.T) {
	t.Parallel()
	now := time.Now()
	p := newLimits(func() time.Time { return now })
	for i, want := range []time.Duration{1, 2, 4, 8, 15, 15} {
		p.heed(&http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{}})
		if got := p.until.Sub(now); got != want*time.Minute {
			t.Errorf("limit %d: waits %s, want %d minutes", i+1, got, want)
		}
		now = p.until
	}
	p.heed(&http.Response{StatusCode: http.StatusOK, Header: http.Header{}})
	p.heed(&http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{}})
	if got := p.until.Sub(now); got != time.Minute {
		t.Errorf("after a good answer: waits %s", got)
	}
}

// Of one installation, one write is under way at a time; others go on.
func TestWritesAreSerial(t *testing.T) {
	t.Parallel()
	w := small(t)
	p := w.pull(t)
	check := w.start(t, p)
	var under, most atomic.Int32
	w.github.Intercept(func(r *http.Request) *sandbox.Response {
		if r.Method == http.MethodPatch {
			most.Store(max(most.Load(), under.Add(1)))
			defer under.Add(-1)
			for range 1000 {
				runtime.Gosched() // others would arrive meanwhile, were they let in
			}
		}
		return nil
	})
	var group errgroup.Group
	for range 8 {
		group.Go(func() error {
			return w.repo.updateCheck(t.Context(), check, outputOf(review.Check{Title: "t", Summary: "s"}, nil), github.UpdateCheckRunOptions{})
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	if most.Load() != 1 {
		t.Errorf("%d writes were under way at once", most.Load())
	}
}

// A token opens one repository, and only what the jobs do there; the owner's .github
// repository is read with one of its own.
func TestTokenIsNarrow(t *testing.T) {
	t.Parallel()
	w := small(t)
	if _, err := w.repo.Settings(t.Context(), w.pull(t)); err != nil {
		t.Fatal(err)
	}
	id := w.onHub.ID()
	if _, err := w.hub.RepositoryByID(w.onHub.Installation(), id, "acme", "old-name").Pull(t.Context(), w.number, time.Time{}); err == nil {
		t.Error("a repository was found under a name that it never had")
	}
	var asked []string
	for _, r := range w.github.Requests() {
		if strings.HasSuffix(r.Path, "/access_tokens") {
			asked = append(asked, strings.TrimSpace(string(r.Body)))
		}
	}
	const permissions = `"permissions":{"checks":"write","contents":"read","metadata":"read","pull_requests":"write"}}`
	if want := []string{
		`{"repositories":["shop"],` + permissions,
		`{"repositories":[".github"],"permissions":{"contents":"read","metadata":"read"}}`,
		fmt.Sprintf(`{"repository_ids":[%d],`, id) + permissions,
	}; !slices.Equal(asked, want) {
		t.Errorf("tokens were asked for by %q, want %q", asked, want)
	}
}

// A name may be another repository's by the time that a job comes to it, and where
// that is public every token reads it.
func TestNameThatAnotherRepositoryTook(t *testing.T) {
	t.Parallel()
	w := small(t)
	files := map[string]string{"a.ts": "1\n"}
	taken, err := w.github.AddRepository(sandbox.RepositorySpec{Owner: "acme", Name: "store", Public: true, Files: files})
	if err != nil {
		t.Fatal(err)
	}
	pull, err := taken.OpenPull(sandbox.PullSpec{Files: map[string]string{"a.ts": "2\n"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.hub.RepositoryByID(w.onHub.Installation(), w.onHub.ID(), "acme", "store").Pull(t.Context(), int(pull.Number), time.Time{})
	var gone interface{ Gone() bool }
	if !errors.As(err, &gone) || !gone.Gone() || !strings.Contains(err.Error(), "another repository") {
		t.Errorf("got %v", err)
	}
}
