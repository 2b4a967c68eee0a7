package hub

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/app/sandbox"
)

func comment(path string, line int, body string) review.Comment {
	return review.Comment{
		Path: path, Side: review.Left, Line: line, Body: body,
		Else: []review.Comment{{Path: path, File: true, Body: body}},
	}
}

func planOf(body string, comments ...review.Comment) review.Plan {
	return review.Plan{Check: passed(), Review: &review.Review{Event: "COMMENT", Body: body, Comments: comments}}
}

// publish carries out the plan on a fresh world, and returns what GitHub shows:
// comments as "path:line side body", reviews as their bodies.
func publish(t *testing.T, w *world, plan review.Plan) (comments, reviews []string) {
	t.Helper()
	p := w.pull(t)
	if err := w.repo.Publish(t.Context(), p, w.start(t, p), plan); err != nil {
		t.Fatal(err)
	}
	if runs := w.onHub.CheckRuns(p.HeadSHA); len(runs) != 1 || runs[0].Status != "completed" {
		t.Errorf("check runs: %+v", runs)
	}
	for _, c := range w.onHub.Comments(int64(w.number)) {
		where := fmt.Sprintf("%s:%d %s", c.Path, c.Line, c.Side)
		if c.File {
			where = c.Path + " file"
		}
		comments = append(comments, where+" "+c.Body)
	}
	for _, v := range w.onHub.Reviews(int64(w.number)) {
		if v.Body != "" {
			reviews = append(reviews, v.Body)
		}
	}
	return comments, reviews
}

func TestPublishPlaces(t *testing.T) {
	t.Parallel()
	file := review.Comment{Path: "a.ts", File: true, Body: "on the file"}
	tests := []struct {
		name              string
		plan              review.Plan
		comments, reviews []string
	}{
		{"nothing new", review.Plan{Check: passed()}, nil, nil},
		{"one line", planOf("", comment("a.ts", 21, "x")), []string{"a.ts:21 LEFT x"}, nil},
		{"with a body", planOf("two", comment("a.ts", 21, "x"), comment("a.ts", 22, "y")),
			[]string{"a.ts:21 LEFT x", "a.ts:22 LEFT y"}, []string{"two"}},
		{"a body alone", planOf("nowhere to stand"), nil, []string{"nowhere to stand"}},
		{"a file", planOf("", file), []string{"a.ts file on the file"}, nil},
		{"a line and a file", planOf("", comment("a.ts", 21, "x"), file), []string{"a.ts:21 LEFT x", "a.ts file on the file"}, nil},
		{"a range", planOf("", review.Comment{Path: "a.ts", Side: review.Left, StartLine: 20, Line: 21, Body: "x"}),
			[]string{"a.ts:21 LEFT x"}, nil},
		{"one line is not in the diff", planOf("body", comment("a.ts", 21, "x"), comment("a.ts", 3, "y")),
			[]string{"a.ts:21 LEFT x", "a.ts file y"}, []string{"body"}},
		{"one file is not in the diff", planOf("", comment("a.ts", 21, "x"), comment("b.ts", 1, "<!-- m -->\ny")),
			[]string{"a.ts:21 LEFT x"}, []string{"<!-- m -->\ny"}},
		{"no file is in the diff", planOf("<!-- n -->\nbody", comment("b.ts", 1, "<!-- m -->\ny"), comment("c.ts", 1, "z")),
			nil, []string{"<!-- n -->\n<!-- m -->\nbody\n\n---\n\ny\n\n---\n\nz"}},
		{"a file comment without its file", planOf("", review.Comment{Path: "b.ts", File: true, Body: "z"}), nil, []string{"z"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			comments, reviews := publish(t, small(t), tt.plan)
			if fmt.Sprintf("%q", comments) != fmt.Sprintf("%q", tt.comments) {
				t.Errorf("comments\n got %q\nwant %q", comments, tt.comments)
			}
			if fmt.Sprintf("%q", reviews) != fmt.Sprintf("%q", tt.reviews) {
				t.Errorf("reviews\n got %q\nwant %q", reviews, tt.reviews)
			}
		})
	}
}

func TestPublishIsForALiveHead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		happen func(w *world) error
		moved  bool
	}{
		{"pushed meanwhile", func(w *world) error {
			_, err := w.onHub.PushHead(int64(w.number), map[string]string{"a.ts": "c\n"})
			return err
		}, true},
		{"closed meanwhile", func(w *world) error {
			return w.onHub.EditPull(int64(w.number), func(p *sandbox.Pull) { p.State = "closed" })
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := small(t)
			p := w.pull(t)
			check := w.start(t, p)
			if err := tt.happen(w); err != nil {
				t.Fatal(err)
			}
			err := w.repo.Publish(t.Context(), p, check, planOf("", comment("a.ts", 21, "x")))
			var moved *MovedError
			if errors.As(err, &moved) != tt.moved || err != nil && moved == nil {
				t.Fatal(err)
			}
			if n := len(w.onHub.Comments(int64(w.number))); n != 0 {
				t.Errorf("%d comments on a head that nobody looks at", n)
			}
			run := w.onHub.CheckRuns(p.HeadSHA)[0]
			if run.Status != "completed" || (run.Conclusion == "cancelled") != tt.moved {
				t.Errorf("the old head's check is %s, %s", run.Status, run.Conclusion)
			}
		})
	}
}

// What GitHub refuses for good must not keep the check from its end; what it
// can't do now is tried again, before the check is complete.
func TestPublishWithTrouble(t *testing.T) {
	t.Parallel()
	locked := &sandbox.Response{Status: 403, Body: []byte(`{"message":"Resource not accessible by integration"}`)}
	edit := review.Plan{Check: passed(), Edits: []review.Edit{{ID: 404404, Body: "fixed"}}}
	tests := []struct {
		name         string
		plan         review.Plan
		method, path string
		answer       *sandbox.Response
		done         bool
	}{
		{"the conversation is locked", planOf("", comment("a.ts", 21, "x")), "POST", "/reviews", locked, true},
		{"the comment to edit is gone", edit, "POST", "/nothing", nil, true},
		{"outage on the review", planOf("", comment("a.ts", 21, "x")), "POST", "/reviews", sandbox.Failure(502), false},
		{"outage on an edit", edit, "PATCH", "/comments/", sandbox.Failure(502), false},
		{"limit on a file comment", planOf("", review.Comment{Path: "a.ts", File: true, Body: "x"}), "POST", "/comments", sandbox.SecondaryLimit(0), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := small(t)
			p := w.pull(t)
			check := w.start(t, p)
			w.fail(tt.method, tt.path, tt.answer)
			err := w.repo.Publish(t.Context(), p, check, tt.plan)
			completed := w.onHub.CheckRuns(p.HeadSHA)[0].Status == "completed"
			if completed != tt.done || (err == nil) != tt.done {
				t.Errorf("completed: %v, error: %v", completed, err)
			}
		})
	}
}

func TestToldIsOurOwn(t *testing.T) {
	t.Parallel()
	w := small(t)
	publish(t, w, planOf("ours", comment("a.ts", 21, "x"), review.Comment{Path: "a.ts", File: true, Body: "f"}))
	ours := w.onHub.Comments(int64(w.number))
	if _, err := w.onHub.Reply(int64(w.number), ours[0].ID, "mallory", "<!-- authdiff:finding 0123456789abcdef -->"); err != nil {
		t.Fatal(err)
	}
	told, err := w.repo.Told(t.Context(), w.pull(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []review.Comment{
		{ID: ours[0].ID, Path: "a.ts", Side: review.Left, Line: 21, Body: "x"},
		{ID: ours[1].ID, Path: "a.ts", File: true, Body: "f"},
	}
	if len(told.Comments) != 2 || !cmp.Equal(told.Comments[0], want[0]) || told.Comments[1].ID != want[1].ID || !told.Comments[1].File {
		t.Errorf("comments\n got %+v\nwant %+v", told.Comments, want)
	}
	if len(told.Reviews) != 1 || told.Reviews[0].Body != "ours" {
		t.Errorf("reviews %+v", told.Reviews)
	}

	edits := review.Plan{Check: passed(), Edits: []review.Edit{{ID: ours[0].ID, Body: "fixed"}}}
	p := w.pull(t)
	if err := w.repo.Publish(t.Context(), p, w.start(t, p), edits); err != nil {
		t.Fatal(err)
	}
	if body := w.onHub.Comments(int64(w.number))[0].Body; body != "fixed" {
		t.Errorf("the edited comment says %q", body)
	}
}

func TestGatherStaysInBounds(t *testing.T) {
	t.Parallel()
	var comments []review.Comment
	for range 40 {
		comments = append(comments, review.Comment{Body: "<!-- m -->\n" + strings.Repeat("x", 4000)})
	}
	body := gather("top", comments)
	if len(body) > maxReviewBody || !strings.HasPrefix(body, "<!-- m -->\n<!-- m -->\n") {
		t.Errorf("%d bytes, beginning with %.40q", len(body), body)
	}
	if got := gather("<!-- not closed\nx", nil); got != "<!-- not closed\nx" {
		t.Errorf("got %q", got)
	}
}
