package review

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
)

func random(r *rand.Rand, n int) Input {
	paths := []string{routePath, "lib/auth.ts", "gone.ts", "elsewhere.ts", hostile + ".ts"}
	sides := []compare.Side{compare.Base, compare.Head}
	in := input()
	in.Diff.Files["lib/auth.ts"] = changed("lib/auth.ts", headRoute, baseRoute)
	in.Diff.Files["gone.ts"] = FileDiff{Path: "gone.ts", Status: "removed", Hunks: source.Hunks([]byte(baseRoute), nil)}
	in.Diff.Files[paths[4]] = changed(paths[4], baseRoute, headRoute)
	for i := range n {
		in.Result.Findings = append(in.Result.Findings, with(func(f *compare.Finding) {
			f.Fingerprint = fmt.Sprintf("%015x%x", i, r.IntN(16))
			f.Severity = []compare.Severity{compare.Error, compare.Warning, compare.Notice}[r.IntN(3)]
			f.Path, f.Side = paths[r.IntN(len(paths))], sides[r.IntN(2)]
			f.Line = 1 + r.IntN(40)
			f.EndLine = f.Line + r.IntN(3)
			f.Endpoint.File, f.EndpointLine = paths[r.IntN(len(paths))], r.IntN(40)
			f.Endpoint.Name = strings.Repeat(hostile, r.IntN(3))
			f.Message = strings.Repeat(hostile, r.IntN(20))
			f.Restore = strings.Repeat(hostile+"\n", r.IntN(8))
			for range r.IntN(80) {
				f.Affected = append(f.Affected, f.Endpoint)
			}
		}))
	}
	return in
}

func TestNoFindingIsLost(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 1))
		in := random(r, r.IntN(80))
		plan := Compose(in)
		told := plan.Check.Text
		if plan.Review != nil {
			told += plan.Review.Body
			for _, c := range plan.Review.Comments {
				told += c.Body
			}
		}
		for _, f := range in.Result.Findings {
			if !strings.Contains(told, f.Fingerprint) {
				t.Errorf("seed %d: %s is lost", seed, f.Fingerprint)
			}
		}
		checkPlan(t, in, plan)
	}
}

func checkPlan(t *testing.T, in Input, plan Plan) {
	t.Helper()
	if len(plan.Check.Summary) > maxOutput || len(plan.Check.Text) > maxOutput || len(plan.Check.Title) > 255 {
		t.Errorf("output of %d, %d and %d bytes", len(plan.Check.Summary), len(plan.Check.Text), len(plan.Check.Title))
	}
	for _, a := range plan.Check.Annotations {
		if a.StartLine < 1 || a.EndLine < a.StartLine || a.Path == "" {
			t.Errorf("annotation on %s:%d-%d", a.Path, a.StartLine, a.EndLine)
		}
	}
	if plan.Review == nil {
		return
	}
	if plan.Review.Body == "" || len(plan.Review.Body) > 65_536 || len(plan.Review.Comments) > settings.Default().MaxComments {
		t.Errorf("review of %d bytes and %d comments", len(plan.Review.Body), len(plan.Review.Comments))
	}
	for _, c := range plan.Review.Comments {
		if len(c.Body) > 65_536 {
			t.Errorf("comment of %d bytes", len(c.Body))
		}
		if file, ok := in.Diff.Files[c.Path]; !ok || !c.File && !shows(file, c) {
			t.Errorf("comment off the diff: %s:%d-%d %s", c.Path, c.StartLine, c.Line, c.Side)
		}
	}
	in.Existing = posted(plan)
	in.Reviews = []Said{{Body: plan.Review.Body}}
	if again := Compose(in); again.Review != nil || again.Edits != nil {
		t.Errorf("the second run writes again: %d edits", len(again.Edits))
	}
}

func shows(file FileDiff, c Comment) bool {
	start := c.StartLine
	if start == 0 {
		start = c.Line
	}
	for _, h := range file.Hunks {
		n := 0
		for _, l := range h.Lines {
			line := l.Head
			if c.Side == Left {
				line = l.Base
			}
			if line >= start && line <= c.Line {
				n++
			}
		}
		if n == c.Line-start+1 {
			return true
		}
	}
	return false
}

func TestFit(t *testing.T) {
	t.Parallel()
	item := func(lens ...int) (out []string) {
		for _, n := range lens {
			out = append(out, strings.Repeat("x", n))
		}
		return out
	}
	for _, tc := range []struct {
		name      string
		items     [][]string
		limit     int
		size, cut int
	}{
		{"nothing", nil, 10, 0, 0},
		{"all in full", [][]string{item(5, 1), item(5, 1)}, 10, 10, 0},
		{"the first in full", [][]string{item(5, 1), item(5, 1)}, 9, 6, 0},
		{"all short", [][]string{item(5, 1), item(5, 1)}, 2, 2, 0},
		{"one left out", [][]string{item(5, 1), item(5, 1)}, 1, 1, 1},
		{"no room", [][]string{item(5, 1), item(5, 1)}, 0, 0, 2},
		{"lines before full texts", [][]string{item(50, 5, 1), item(50, 5, 1), item(50, 5, 1)}, 20, 15, 0},
	} {
		text, left := fit(tc.items, tc.limit+noteRoom)
		if len(text) != tc.size || left != tc.cut {
			t.Errorf("%s: %d bytes and %d left out, want %d and %d", tc.name, len(text), left, tc.size, tc.cut)
		}
	}
}
