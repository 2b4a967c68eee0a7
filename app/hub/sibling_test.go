package hub

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/app/sandbox"
)

// twins opens a second pull request of the same head on another base.
func twins(t *testing.T) (w *world, first, second *Pull) {
	t.Helper()
	w = small(t)
	first = w.pull(t)
	base, err := w.onHub.Push("harmless", map[string]string{"a.ts": "elsewhere\n"})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := w.onHub.OpenPull(sandbox.PullSpec{BaseRef: "harmless", HeadRef: "twin", Commit: first.HeadSHA})
	if err != nil {
		t.Fatal(err)
	}
	w.number = int(opened.Number)
	second = w.pull(t)
	if second.HeadSHA != first.HeadSHA || second.BaseSHA != base {
		t.Fatalf("the second pull request is %+v", second)
	}
	return w, first, second
}

func failed() review.Check {
	return review.Check{Conclusion: review.Failure, Title: "1 error", Summary: "1 endpoint lost protection"}
}

func (w *world) finish(t *testing.T, p *Pull, c *Check, output review.Check) {
	t.Helper()
	if err := w.repo.CompleteCheck(t.Context(), p, c, output); err != nil {
		t.Fatal(err)
	}
}

// newest is the run that GitHub takes for the commit's verdict.
func (w *world) newest(sha string) sandbox.CheckRun {
	var newest sandbox.CheckRun
	for _, run := range w.onHub.CheckRuns(sha) {
		if run.ID > newest.ID {
			newest = run
		}
	}
	return newest
}

func TestCommitHasOneVerdict(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		act  func(t *testing.T, w *world, first, second *Pull)
		want string
	}{
		{"the first fails, then the second passes", func(t *testing.T, w *world, first, second *Pull) {
			w.finish(t, first, w.start(t, first), failed())
			w.finish(t, second, w.start(t, second), passed())
		}, "failure"},
		// Whoever comes later waits for the earlier one.
		{"the second would pass while the first isn't done", func(t *testing.T, w *world, first, second *Pull) {
			one, two := w.start(t, first), w.start(t, second)
			var busy *BusyError
			if err := w.repo.CompleteCheck(t.Context(), second, two, passed()); !errors.As(err, &busy) || busy.Pull != first.Number {
				t.Fatalf("the second check: %v", err)
			}
			w.finish(t, first, one, failed())
			w.finish(t, second, w.start(t, second), passed())
		}, "failure"},
		{"the second needs no analysis while the first isn't done", func(t *testing.T, w *world, first, second *Pull) {
			two, err := w.repo.FindCheck(t.Context(), second)
			if err != nil {
				t.Fatal(err)
			}
			one := w.start(t, first)
			var busy *BusyError
			if err := w.repo.CompleteCheck(t.Context(), second, two, passed()); !errors.As(err, &busy) {
				t.Fatalf("the second check: %v", err)
			}
			if run := w.newest(second.HeadSHA); run.Status != "in_progress" {
				t.Errorf("while it waits the check is %s", run.Status)
			}
			w.finish(t, first, one, failed())
			w.finish(t, second, w.start(t, second), passed())
		}, "failure"},
		{"the first was left behind", func(t *testing.T, w *world, first, second *Pull) {
			one := w.start(t, first)
			now := time.Now().Add(siblingMost + time.Minute)
			w.hub.now = func() time.Time { return now }
			w.finish(t, second, w.start(t, second), passed())
			if run := w.newest(second.HeadSHA); run.Conclusion != "failure" {
				t.Errorf("the second check is %s", run.Conclusion)
			}
			w.finish(t, first, one, failed())
		}, "failure"},
		{"both pass", func(t *testing.T, w *world, first, second *Pull) {
			w.finish(t, first, w.start(t, first), passed())
			w.finish(t, second, w.start(t, second), passed())
		}, "success"},
		{"the first fails and is closed, then the second passes", func(t *testing.T, w *world, first, second *Pull) {
			w.finish(t, first, w.start(t, first), failed())
			if err := w.onHub.EditPull(int64(first.Number), func(p *sandbox.Pull) { p.State = "closed" }); err != nil {
				t.Fatal(err)
			}
			w.finish(t, second, w.start(t, second), passed())
		}, "success"},
		// One that failed only for the other's sake doesn't hold the other back.
		{"the first fails, the second with it, then the first is fixed", func(t *testing.T, w *world, first, second *Pull) {
			w.finish(t, first, w.start(t, first), failed())
			w.finish(t, second, w.start(t, second), passed())
			first.BaseSHA = strings.Repeat("b", 40)
			w.finish(t, first, w.start(t, first), passed())
			w.finish(t, second, w.start(t, second), passed())
		}, "success"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w, first, second := twins(t)
			tt.act(t, w, first, second)
			if run := w.newest(first.HeadSHA); run.Conclusion != tt.want {
				t.Errorf("the commit's verdict is %s (%s), want %s", run.Conclusion, run.Title, tt.want)
			}
			for _, run := range w.onHub.CheckRuns(first.HeadSHA) {
				if run.Status != "completed" {
					t.Errorf("run %d is %s", run.ID, run.Status)
				}
			}
		})
	}
}
