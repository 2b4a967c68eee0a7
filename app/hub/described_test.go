package hub

import (
	"fmt"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/sandbox/openapi"
)

// Every request that the hub makes, and every answer that it reads, is what
// GitHub's published description says.
func TestRequestsAreAsDescribed(t *testing.T) {
	t.Parallel()
	base := with(many(120), "old.ts", numbered("o", 30), "a.ts", numbered("a", 40), "b.ts", "b\n")
	head := with(base, "old.ts", "", "new.ts", numbered("o", 30)+"tail\n",
		"a.ts", strings.Replace(base["a.ts"], "a20 = 20", "a20 = 0", 1))
	w := newWorldOn(t, sandbox.Options{
		Wrap:   openapi.ForTest(t).Wrap(t),
		Limits: sandbox.Limits{TreeEntries: 60, PerPage: 3},
	}, base, head)
	p, trees := w.trees(t)
	wantFiles(t, readAll(t, trees.Base), base)
	wantFiles(t, readAll(t, trees.Head), head)
	if _, err := w.repo.Diff(t.Context(), p, trees, []string{"old.ts", "a.ts"}); err != nil {
		t.Fatal(err)
	}
	plan := planOf("body", comment("a.ts", 21, "x"), comment("a.ts", 3, "y"), comment("b.ts", 1, "z"),
		review.Comment{Path: "a.ts", Side: review.Left, StartLine: 20, Line: 21, Body: "range"},
		review.Comment{Path: "new.ts", File: true, Body: "file"})
	for i := range 51 {
		plan.Check.Annotations = append(plan.Check.Annotations, review.Annotation{
			Path: "a.ts", StartLine: 1, EndLine: 2, Level: "failure", Title: "t", Message: fmt.Sprint(i),
		})
	}
	plan.Check.Text = "text"
	check := w.start(t, p)
	if err := w.repo.Publish(t.Context(), p, check, plan); err != nil {
		t.Fatal(err)
	}
	told, err := w.repo.Told(t.Context(), w.pull(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(told.Comments) != 4 || len(told.Reviews) != 1 {
		t.Fatalf("told %+v", told)
	}
	edits := review.Plan{Check: failed(), Edits: []review.Edit{{ID: told.Comments[0].ID, Body: "fixed"}}}
	p.BaseSHA = trees.MergeBase[:39] + "0"
	if err := w.repo.Publish(t.Context(), p, w.start(t, p), edits); err != nil {
		t.Fatal(err)
	}
	if err := w.repo.FailCheck(t.Context(), p, w.start(t, p), failed()); err != nil {
		t.Fatal(err)
	}
}
