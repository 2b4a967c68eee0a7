package review

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

func TestPlacement(t *testing.T) {
	t.Parallel()
	renamed := changed("app/api/(v2)/users/[id]/route.ts", baseRoute, headRoute)
	renamed.BasePath, renamed.Status = routePath, "renamed"
	removed := FileDiff{Path: "lib/auth.ts", Status: "removed", Hunks: source.Hunks([]byte(baseRoute), nil)}
	signature := changed(routePath, baseRoute, strings.Replace(baseRoute, "GET(req)", "GET(request)", 1))
	inside := changed(routePath, baseRoute, strings.Replace(baseRoute, "line16()", "other()", 1))
	after := changed(routePath, baseRoute+filler(40, 10), baseRoute+filler(40, 9)+"x\n")

	for _, tc := range []struct {
		name    string
		diff    Diff
		finding compare.Finding
		want    place
	}{
		{
			"a deleted line of the base",
			diffOf(changed(routePath, baseRoute, headRoute)), finding(),
			place{path: routePath, side: Left, line: 22},
		},
		{
			"a line of the base that is kept as context",
			diffOf(changed(routePath, baseRoute, headRoute)),
			with(func(f *compare.Finding) { f.Line, f.EndLine = 21, 21 }),
			place{path: routePath, side: Left, line: 21},
		},
		{
			"the first line of the range that shows",
			diffOf(changed(routePath, baseRoute, headRoute)),
			with(func(f *compare.Finding) { f.Line, f.EndLine = 15, 23 }),
			place{path: routePath, side: Left, line: 19},
		},
		{
			"a renamed file has the head's path",
			diffOf(renamed), with(func(f *compare.Finding) { f.Endpoint.File = renamed.Path }),
			place{path: renamed.Path, side: Left, line: 22},
		},
		{
			"a removed helper",
			diffOf(removed), with(func(f *compare.Finding) { f.Path = "lib/auth.ts" }),
			place{path: "lib/auth.ts", side: Left, line: 22},
		},
		{
			"a line of the head",
			diffOf(changed(routePath, headRoute, baseRoute)), with(func(f *compare.Finding) { f.Side = compare.Head }),
			place{path: routePath, side: Right, line: 22},
		},
		{
			"the endpoint's line when the place doesn't show",
			diffOf(signature), finding(),
			place{path: routePath, side: Right, line: 11},
		},
		{
			"the endpoint's line when the helper isn't in the diff",
			diffOf(signature), with(func(f *compare.Finding) { f.Path = "lib/auth.ts" }),
			place{path: routePath, side: Right, line: 11},
		},
		{
			"the nearest line inside the endpoint",
			diffOf(inside), finding(),
			place{path: routePath, side: Right, line: 19},
		},
		{
			"never a line that may be outside of the endpoint",
			diffOf(after), finding(),
			place{path: routePath, file: true},
		},
		{
			"the file when no line shows",
			diffOf(FileDiff{Path: routePath, Status: "modified"}), finding(),
			place{path: routePath, file: true},
		},
		{
			"the endpoint's file when the helper isn't in the diff",
			diffOf(FileDiff{Path: routePath, Status: "modified"}),
			with(func(f *compare.Finding) { f.Path = "lib/auth.ts" }),
			place{path: routePath, file: true},
		},
		{
			"an added file isn't the base's file of its path",
			diffOf(FileDiff{Path: "lib/auth.ts", Status: "added", Hunks: source.Hunks(nil, []byte(baseRoute))}),
			with(func(f *compare.Finding) { f.Path = "lib/auth.ts" }),
			place{},
		},
		{
			"nowhere",
			diffOf(changed("README.md", "a\n", "b\n")), finding(),
			place{},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := append(indexDiff(tc.diff).places(tc.finding), place{})[0]
			if got != tc.want {
				t.Errorf("place = %+v, want %+v", got, tc.want)
			}
		})
	}
}

// The ladder, rung by rung: what remains when GitHub refuses the rungs above.
func TestLadder(t *testing.T) {
	t.Parallel()
	const helper = "lib/auth.ts"
	route := FileDiff{Path: routePath, Status: "modified"}
	both := strings.Replace(headRoute, "GET(req)", "GET(request)", 1)
	elsewhere := with(func(f *compare.Finding) { f.Path = helper })
	for _, tc := range []struct {
		name    string
		diff    Diff
		finding compare.Finding
		want    []place
	}{
		{
			"every rung in one file",
			diffOf(changed(routePath, baseRoute, both)), finding(),
			[]place{
				{path: routePath, side: Left, line: 22}, // the guard's own line
				{path: routePath, side: Right, line: 22},
				{path: routePath, side: Right, line: 11}, // the endpoint's
				{path: routePath, file: true},
			},
		},
		{
			"the endpoint's file after the helper's",
			diffOf(changed(helper, baseRoute, headRoute), changed(routePath, baseRoute, both)), elsewhere,
			[]place{
				{path: helper, side: Left, line: 22},
				{path: helper, side: Right, line: 22},
				{path: routePath, side: Right, line: 11},
				{path: helper, file: true},
				{path: routePath, file: true},
			},
		},
		{
			"the line above where nothing is left below",
			diffOf(changed(helper, filler(1, 23), filler(1, 21))), elsewhere,
			[]place{
				{path: helper, side: Left, line: 22},
				{path: helper, side: Right, line: 21},
				{path: helper, file: true},
			},
		},
		{
			"no line of a file that GitHub shows no patch of",
			diffOf(changed(routePath, baseRoute, headRoute+filler(100, 3_000))), finding(),
			[]place{{path: routePath, file: true}},
		},
		{
			"no line of a file with a patch of many bytes",
			diffOf(changed(routePath, baseRoute, headRoute+strings.Repeat("x", 100<<10))), finding(),
			[]place{{path: routePath, file: true}},
		},
		{"no hunk", diffOf(route), finding(), []place{{path: routePath, file: true}}},
		{"not on the diff", Diff{}, finding(), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, indexDiff(tc.diff).places(tc.finding), cmp.AllowUnexported(place{})); diff != "" {
				t.Error(diff)
			}
			in := input(tc.finding)
			in.Diff = tc.diff
			plan := Compose(in)
			if len(tc.want) == 0 {
				if len(plan.Check.Annotations) != 1 || !strings.Contains(plan.Check.Summary, tc.finding.Fingerprint) {
					t.Errorf("off the diff, the check has %d annotations and says %s", len(plan.Check.Annotations), plan.Check.Summary)
				}
				return
			}
			if got := len(plan.Review.Comments[0].Else); got != len(tc.want)-1 {
				t.Errorf("the comment has %d other places, want %d", got, len(tc.want)-1)
			}
		})
	}
}

// Where neither side's place is left in the head, there is no annotation, and
// the summary alone tells.
func TestSummaryIsTheLastRung(t *testing.T) {
	t.Parallel()
	in := input(with(func(f *compare.Finding) { f.Path, f.EndpointLine = "lib/auth.ts", 0 }))
	in.Diff = diffOf(FileDiff{Path: "lib/auth.ts", Status: "removed"})
	check := Compose(in).Check
	if len(check.Annotations) != 0 || !strings.Contains(check.Summary, "00000000000000a1") {
		t.Errorf("%d annotations; summary %s", len(check.Annotations), check.Summary)
	}
}

func TestHeadLine(t *testing.T) {
	t.Parallel()
	base := filler(1, 40)
	head := strings.Replace(base, "  line10()\n  line11()\n", "", 1)
	head = strings.Replace(head, "  line30()\n", "  line30()\n  more()\n  more()\n  more()\n", 1)
	hunks := source.Hunks([]byte(base), []byte(head))
	for line, want := range map[int]int{1: 1, 9: 9, 10: 10, 11: 10, 12: 10, 20: 18, 30: 28, 31: 32, 40: 41} {
		if got := headLine(hunks, line); got != want {
			t.Errorf("base line %d is at %d, want %d", line, got, want)
		}
	}
	if got := headLine(source.Hunks([]byte(base), nil), 5); got != 0 {
		t.Errorf("a line of an emptied file is at %d", got)
	}
	if got := headLine(source.Hunks([]byte(base), []byte(filler(1, 38))), 40); got != 38 {
		t.Errorf("a line cut off at the end is at %d, want the last line", got)
	}
}

func TestSuggestion(t *testing.T) {
	t.Parallel()
	const base = "a\nb\n  where: { id, ownerId },\nc\nd\n"
	weakened := with(func(f *compare.Finding) {
		f.Side, f.Change, f.Layer = compare.Head, compare.Weakened, protect.Ownership
		f.Line, f.EndLine, f.Restore = 3, 3, "  where: { id, ownerId },\n"
	})
	long := weakened
	long.EndLine = 4
	for _, tc := range []struct {
		name       string
		head       string
		finding    compare.Finding
		want       bool
		start, end int
	}{
		{"one line replaced by one", "a\nb\n  where: { id },\nc\nd\n", weakened, true, 0, 3},
		{"one line replaced by two", "a\nb\n  where: {\n id },\nc\nd\n", long, true, 3, 4},
		{"the change is wider than the finding", "a\nb\n  where: { id },\nC\nd\n", weakened, false, 0, 3},
		{"another guard than the one that stood there", "a\nb\n  where: { id },\nc\nd\n",
			with(func(f *compare.Finding) { *f = weakened; f.Restore = "x\n" }), false, 0, 3},
		{"nothing to restore", "a\nb\n  where: { id },\nc\nd\n",
			with(func(f *compare.Finding) { *f = weakened; f.Restore = "" }), false, 0, 3},
		{"a deleted line can't carry one", "a\nb\nc\nd\n",
			with(func(f *compare.Finding) { *f = weakened; f.Side = compare.Base }), false, 0, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			in := input(tc.finding)
			in.Diff = diffOf(changed(routePath, base, tc.head))
			got := Compose(in).Review.Comments[0]
			if has := strings.Contains(got.Body, "```suggestion\n"); has != tc.want {
				t.Errorf("suggestion = %v, want %v in:\n%s", has, tc.want, got.Body)
			}
			if got.StartLine != tc.start || got.Line != tc.end {
				t.Errorf("lines %d to %d, want %d to %d", got.StartLine, got.Line, tc.start, tc.end)
			}
		})
	}
}

// A guard that was deleted is suggested on the next line that is left: deleted
// lines can't carry a suggestion.
func TestSuggestionBelowDeletedGuard(t *testing.T) {
	t.Parallel()
	const base = "a\nb\n  await guard()\n  check()\n  run()\nd\n"
	gone := with(func(f *compare.Finding) { f.Line, f.EndLine, f.Restore = 3, 4, "  await guard()\n  check()\n" })
	for _, tc := range []struct {
		name, head string
		finding    compare.Finding
		want       string
	}{
		{"deleted", "a\nb\n  run()\nd\n", gone, "```suggestion\n  await guard()\n  check()\n  run()\n```"},
		{"replaced", "a\nb\n  other()\n  run()\nd\n", gone, ""},
		{"more was deleted", "a\n  run()\nd\n", gone, ""},
		{"deleted at the end of the file", "a\nb\n", gone, ""},
		{"only a part is known", "a\nb\n  run()\nd\n",
			with(func(f *compare.Finding) { *f = gone; f.Restore = "  await guard()\n" }), ""},
	} {
		in := input(tc.finding)
		in.Diff = diffOf(changed(routePath, base, tc.head))
		first := Compose(in).Review.Comments[0]
		if strings.Contains(first.Body, "```suggestion") || first.Side != Left {
			t.Errorf("%s: the deleted line (%s) has a suggestion:\n%s", tc.name, first.Side, first.Body)
		}
		next := first.Else[0].Body
		if has := strings.Contains(next, "```suggestion"); has != (tc.want != "") || !strings.Contains(next, tc.want) {
			t.Errorf("%s: want %q in:\n%s", tc.name, tc.want, next)
		}
	}
}

func TestSuggestionHidesNothing(t *testing.T) {
	t.Parallel()
	sneaky := with(func(f *compare.Finding) {
		f.Side, f.Line, f.EndLine, f.Restore = compare.Head, 1, 1, "a\u202eb\n"
	})
	in := input(sneaky)
	in.Diff = diffOf(changed(routePath, "a\u202eb\n", "c\n"))
	if body := Compose(in).Review.Comments[0].Body; strings.Contains(body, "```suggestion") {
		t.Errorf("suggests text with hidden characters:\n%s", body)
	}
}

func TestAnnotationsAreOnTheHead(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		finding compare.Finding
		diff    Diff
		path    string
		line    int
	}{
		{"what took the deleted line's place", finding(), diffOf(changed(routePath, baseRoute, headRoute)), routePath, 22},
		{"an unchanged file", with(func(f *compare.Finding) { f.Path = "lib/auth.ts" }), Diff{}, "lib/auth.ts", 22},
		{"a removed file", with(func(f *compare.Finding) { f.Path = "lib/auth.ts" }),
			diffOf(FileDiff{Path: "lib/auth.ts", Status: "removed"}), routePath, 11},
	} {
		in := input(tc.finding)
		in.Diff = tc.diff
		got := Compose(in).Check.Annotations
		if len(got) != 1 || got[0].Path != tc.path || got[0].StartLine != tc.line {
			t.Errorf("%s: %+v, want %s:%d", tc.name, got, tc.path, tc.line)
		}
	}
}
