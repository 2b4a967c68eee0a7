package hub

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/app/sandbox"
)

func small(t *testing.T) *world {
	t.Helper()
	base := map[string]string{"a.ts": numbered("a", 40), "b.ts": "b\n"}
	return newWorld(t, sandbox.Limits{}, base, with(base, "a.ts", strings.Replace(base["a.ts"], "a20 = 20", "a20 = 0", 1)))
}

func (w *world) start(t *testing.T, p *Pull) *Check {
	t.Helper()
	p.runs = unknownRuns // as a later job would find it
	c, err := w.repo.StartCheck(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func passed() review.Check {
	return review.Check{Conclusion: review.Success, Title: "No endpoint lost protection", Summary: "12 endpoints compared"}
}

func TestCheckLife(t *testing.T) {
	t.Parallel()
	w := small(t)
	p := w.pull(t)
	first := w.start(t, p)
	runs := w.onHub.CheckRuns(p.HeadSHA)
	if len(runs) != 1 || runs[0].Name != "authdiff" || runs[0].Status != "in_progress" || runs[0].Started.IsZero() {
		t.Fatalf("after the start: %+v", runs)
	}
	if again := w.start(t, p); again.ID != first.ID || again.Done {
		t.Errorf("an interrupted run is not taken up: %+v", again)
	}
	output := passed()
	output.Text = "details"
	if err := w.repo.CompleteCheck(t.Context(), p, first, output); err != nil {
		t.Fatal(err)
	}
	run := w.onHub.CheckRuns(p.HeadSHA)[0]
	got := []string{run.Status, run.Conclusion, run.Title, run.Summary, run.Text}
	want := []string{"completed", "success", output.Title, output.Summary, "details"}
	if fmt.Sprint(got) != fmt.Sprint(want) || run.Completed.IsZero() {
		t.Errorf("completed as %q, want %q", got, want)
	}
	if again := w.start(t, p); again.ID != first.ID || !again.Done {
		t.Errorf("a complete run is not seen as done: %+v", again)
	}
}

// A head keeps its one run, whatever it is made for again.
func TestHeadKeepsItsRun(t *testing.T) {
	t.Parallel()
	remark := []review.Annotation{{Path: "a.ts", StartLine: 1, EndLine: 1, Level: "warning", Title: "t", Message: "m"}}
	tests := []struct {
		name   string
		happen func(t *testing.T, w *world, p *Pull, c *Check)
		fresh  bool
	}{
		{"after a failed analysis", func(t *testing.T, w *world, p *Pull, c *Check) {
			if err := w.repo.FailCheck(t.Context(), p, c, passed()); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"for another base", func(t *testing.T, w *world, p *Pull, c *Check) {
			w.finish(t, p, c, passed())
			p.BaseSHA = strings.Repeat("b", 40)
		}, false},
		// GitHub takes no annotation back.
		{"for another base, with annotations", func(t *testing.T, w *world, p *Pull, c *Check) {
			output := passed()
			output.Annotations = remark
			w.finish(t, p, c, output)
			p.BaseSHA = strings.Repeat("b", 40)
		}, true},
		{"for a base that it had before", func(t *testing.T, w *world, p *Pull, c *Check) {
			w.finish(t, p, c, passed())
			other := *p
			other.BaseSHA = strings.Repeat("b", 40)
			w.finish(t, &other, w.start(t, &other), passed())
		}, false},
		{"for another pull request of the same head", func(t *testing.T, w *world, p *Pull, c *Check) {
			w.finish(t, p, c, passed())
			p.Number++
		}, true},
		{"beside another App's", func(t *testing.T, w *world, p *Pull, c *Check) {
			if err := w.repo.FailCheck(t.Context(), p, c, passed()); err != nil {
				t.Fatal(err)
			}
			w.onHub.AddCheckRun("impostor", "authdiff", p.HeadSHA, "success")
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := small(t)
			p := w.pull(t)
			c := w.start(t, p)
			tt.happen(t, w, p, c)
			before := w.onHub.CheckRuns(p.HeadSHA)
			again := w.start(t, p)
			after := w.onHub.CheckRuns(p.HeadSHA)
			if again.Done || (again.ID != c.ID) != tt.fresh || (len(after) > len(before)) != tt.fresh {
				t.Errorf("got %+v and %d runs, had run %d and %d runs", again, len(after), c.ID, len(before))
			}
			for _, run := range after {
				if run.ID == again.ID && (run.Status != "in_progress" || run.Conclusion != "" || run.ExternalID != externalID(p)) {
					t.Errorf("the run is %+v", run)
				}
			}
		})
	}
}

// The answer to a write that GitHub did was lost: it must not be done twice.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	w := small(t)
	p := w.pull(t)
	output := failed()
	output.Annotations = []review.Annotation{{Path: "a.ts", StartLine: 1, EndLine: 1, Level: "failure", Title: "t", Message: "m"}}
	for _, method := range []string{"POST", "PATCH"} {
		var lost atomic.Bool
		w.github.Intercept(func(r *http.Request) *sandbox.Response {
			if lost.Load() || r.Method != method || !strings.Contains(r.URL.Path, "/check-runs") {
				return nil
			}
			lost.Store(true)
			return sandbox.LostAnswer()
		})
		p.runs = unknownRuns
		check, err := w.repo.StartCheck(t.Context(), p)
		if err == nil {
			err = w.repo.CompleteCheck(t.Context(), p, check, output)
		}
		if err == nil || !lost.Load() {
			t.Fatalf("%s: no answer was lost: %v", method, err)
		}
	}
	w.github.Intercept(nil)
	if check := w.start(t, p); !check.Done {
		w.finish(t, p, check, output)
	}
	runs := w.onHub.CheckRuns(p.HeadSHA)
	if len(runs) != 1 || runs[0].Conclusion != "failure" || len(runs[0].Annotations) != 1 {
		t.Errorf("%d runs, the first %s with %d annotations", len(runs), runs[0].Conclusion, len(runs[0].Annotations))
	}
}

func TestAnnotationsAreSentInPortions(t *testing.T) {
	t.Parallel()
	w := small(t)
	p := w.pull(t)
	output := passed()
	for i := range 120 {
		output.Annotations = append(output.Annotations, review.Annotation{
			Path: "a.ts", StartLine: i%40 + 1, EndLine: i%40 + 1, Level: "warning", Title: "t", Message: fmt.Sprintf("remark %d", i),
		})
	}
	// The first attempt is cut off after the first portion.
	var updates atomic.Int32
	w.github.Intercept(func(r *http.Request) *sandbox.Response {
		if r.Method != "PATCH" {
			return nil
		}
		if updates.Add(1) > 1 {
			return sandbox.Failure(502)
		}
		return nil
	})
	if err := w.repo.CompleteCheck(t.Context(), p, w.start(t, p), output); err == nil {
		t.Fatal("the outage was not seen")
	}
	w.github.Intercept(nil)
	if err := w.repo.CompleteCheck(t.Context(), p, w.start(t, p), output); err != nil {
		t.Fatal(err)
	}
	runs := w.onHub.CheckRuns(p.HeadSHA)
	if len(runs) != 1 || runs[0].Status != "completed" || len(runs[0].Annotations) != 120 {
		t.Fatalf("%d runs, the first %s with %d annotations", len(runs), runs[0].Status, len(runs[0].Annotations))
	}
	for i, a := range runs[0].Annotations {
		if a.Message != fmt.Sprintf("remark %d", i) {
			t.Fatalf("annotation %d is %q", i, a.Message)
		}
	}
}
