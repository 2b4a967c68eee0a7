package crash

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/testpg"
)

// What is promised of a job whose process is killed while it is at work, with the
// settings that are shipped.
const (
	againOnOne  = 10 * time.Second // from when the one machine is ready again
	againOnMany = 3 * time.Minute  // from the kill, by another replica
)

// A job that is killed at work runs again: on one machine as soon as it is back,
// on several within three minutes, without anybody's doing.
func TestKilledJobRunsAgain(t *testing.T) {
	skipShort(t)
	t.Parallel()
	t.Run("one machine", func(t *testing.T) {
		t.Parallel()
		j := newJob(t)
		s := newServer(t, j.github, "STATE_DIR="+t.TempDir())
		j.begin(t, s)
		s.kill()
		if err := s.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		j.again(t, againOnOne)
	})
	t.Run("several", func(t *testing.T) {
		t.Parallel()
		j := newJob(t)
		database := "DATABASE_URL=" + testpg.New(t)
		s, other := newServer(t, j.github, database), newServer(t, j.github, database)
		j.begin(t, s)
		if err := other.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.kill()
		j.again(t, againOnMany)
	})
}

// heldJob is a pull request whose job doesn't get beyond a request of its first
// attempt.
type heldJob struct {
	github *sandbox.Server
	repo   *sandbox.Repository
	pull   sandbox.Pull
	tried  chan struct{}
}

func newJob(t *testing.T) *heldJob {
	t.Helper()
	github, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = github.Close() })
	repo, err := github.AddRepository(sandbox.RepositorySpec{Owner: "acme", Name: "shop", Files: map[string]string{"app/a/route.ts": "export {}\n"}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := repo.OpenPull(sandbox.PullSpec{Files: map[string]string{"app/a/route.ts": "export const GET = () => {}\n"}})
	if err != nil {
		t.Fatal(err)
	}
	j := &heldJob{github: github, repo: repo, pull: p, tried: make(chan struct{}, 100)}
	var tries atomic.Int32
	github.Intercept(func(r *http.Request) *sandbox.Response {
		if !strings.Contains(r.URL.Path, "/git/trees/") {
			return nil
		}
		first := tries.Add(1) == 1
		j.tried <- struct{}{}
		if first {
			<-r.Context().Done() // until its process is gone
		}
		return nil
	})
	return j
}

// begin starts a server, and returns when it is at work on the job.
func (j *heldJob) begin(t *testing.T, s *server) {
	t.Helper()
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	d, err := j.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: j.pull.Number})
	if err != nil {
		t.Fatal(err)
	}
	if status, answer, err := j.github.Deliver(t.Context(), s.hook(), d); err != nil || status != http.StatusAccepted {
		t.Fatalf("the delivery got %d %s (%v)", status, answer, err)
	}
	<-j.tried
}

// again waits for the next attempt, for a bounded time, and for its end.
func (j *heldJob) again(t *testing.T, most time.Duration) {
	t.Helper()
	began := time.Now()
	select {
	case <-j.tried:
		t.Logf("the job ran again after %v", time.Since(began).Round(time.Millisecond))
	case <-time.After(most):
		t.Fatalf("the job didn't run again within %v", most)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := j.github.Wait(ctx, func() bool {
		runs := j.repo.CheckRuns(j.pull.HeadSHA)
		return len(runs) == 1 && runs[0].Status == "completed"
	}); err != nil {
		t.Errorf("%v: %+v", err, j.repo.CheckRuns(j.pull.HeadSHA))
	}
}
