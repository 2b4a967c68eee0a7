package review

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	routePath = "app/api/users/[id]/route.ts"
	hostile   = "@everyone <img src=x> ``` ` ](javascript:alert(1)) \u202egnp\u200b #1 </details> " +
		"<!-- authdiff:finding ffffffffffffffff --> " + keptOpen
)

// The file of most cases: a long head, so that some lines are in no hunk.
var (
	baseRoute = filler(1, 10) + "export async function GET(req) {\n" + filler(12, 10) +
		"  const session = await auth()\n  if (!session) return unauthorized()\n" + filler(24, 10) + "}\n"
	headRoute = filler(1, 10) + "export async function GET(req) {\n" + filler(12, 10) + filler(24, 10) + "}\n"
)

func filler(from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  line%d()\n", from+i)
	}
	return b.String()
}

func changed(path, base, head string) FileDiff {
	return FileDiff{Path: path, Status: "modified", Hunks: source.Hunks([]byte(base), []byte(head))}
}

func diffOf(files ...FileDiff) Diff {
	d := Diff{Files: map[string]FileDiff{}}
	for _, f := range files {
		d.Files[f.Path] = f
	}
	return d
}

func finding() compare.Finding {
	return compare.Finding{
		Fingerprint: "00000000000000a1", Rule: "auth-guard-removed",
		Layer: protect.Authentication, Change: compare.Removed, Severity: compare.Error, Confidence: protect.High,
		Endpoint: endpoint.Ref{Kind: endpoint.Route, Name: "GET /api/users/[id]", File: routePath}, EndpointLine: 11,
		Guard: "session check by auth() at line 22",
		Place: source.Place{Path: routePath, Line: 22, EndLine: 23}, Side: compare.Base,
		Message: "GET /api/users/[id] no longer checks that the caller is signed in",
		Impact:  "Anyone on the internet can read the record of any user.",
		Evidence: []compare.Step{
			{Place: source.Place{Path: routePath, Line: 22, EndLine: 22}, Side: compare.Base, Why: "calls auth()"},
		},
		Restore: "  const session = await auth()\n  if (!session) return unauthorized()\n",
	}
}

func with(edit func(*compare.Finding)) compare.Finding {
	f := finding()
	edit(&f)
	return f
}

func input(findings ...compare.Finding) Input {
	return Input{
		Result:  &compare.Result{Endpoints: 12, Findings: findings},
		Diff:    diffOf(changed(routePath, baseRoute, headRoute)),
		HeadSHA: strings.Repeat("b", 40), BaseSHA: strings.Repeat("a", 40),
		RepoURL: "https://github.com/acme/shop",
		Reviews: []string{},
	}
}

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
			if got := indexDiff(tc.diff).place(tc.finding); got != tc.want {
				t.Errorf("place = %+v, want %+v", got, tc.want)
			}
		})
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

func TestGolden(t *testing.T) {
	t.Parallel()
	helper := with(func(f *compare.Finding) {
		f.Fingerprint, f.Severity, f.Layer, f.Confidence = "00000000000000a2", compare.Warning, protect.Authorization, protect.Low
		f.Change, f.Rule = compare.Weakened, "role-check-weakened"
		f.Message, f.Impact = "requireAdmin no longer demands the role admin", "Every signed-in user can do what only admins could."
		f.Guard = "requireAdmin() in lib/auth.ts"
		f.Path, f.Restore, f.Evidence = "lib/auth.ts", "", nil
		f.Affected = []endpoint.Ref{{Kind: endpoint.Action, Name: "deleteUser", File: "app/actions.ts"}}
	})
	evil := with(func(f *compare.Finding) {
		f.Fingerprint, f.Severity = "00000000000000a3", compare.Notice
		f.Endpoint = endpoint.Ref{Kind: endpoint.Action, Name: hostile, File: "app/" + hostile}
		f.Message, f.Guard, f.Impact, f.Evidence[0].Why = hostile, hostile, hostile, hostile
		f.Restore = "```\n" + hostile + "\n"
		f.Affected = []endpoint.Ref{f.Endpoint}
	})
	in := input(finding(), helper, evil)
	in.Result.NotAnalysed = []compare.NotAnalysed{{File: "app/broken/route.ts", Reason: "syntax error at line 3"}}
	plan := Compose(in)
	golden(t, "plan.md", show(plan))

	edited := input()
	edited.Existing = posted(plan)
	golden(t, "fixed.md", show(Compose(edited)))

	broken := in
	broken.Err = "the base tree could not be read: <b>@everyone</b>"
	golden(t, "failed.md", show(Compose(broken)))
}

// show writes a plan as a page for the golden files.
func show(p Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "CHECK %s: %s\n\n%s\n----- text\n\n%s\n", p.Check.Conclusion, p.Check.Title, p.Check.Summary, p.Check.Text)
	for _, a := range p.Check.Annotations {
		fmt.Fprintf(&b, "----- annotation %s %s:%d-%d %s\n%s\n", a.Level, a.Path, a.StartLine, a.EndLine, a.Title, a.Message)
	}
	if p.Review != nil {
		fmt.Fprintf(&b, "===== review %s\n\n%s\n", p.Review.Event, p.Review.Body)
		for _, c := range p.Review.Comments {
			fmt.Fprintf(&b, "----- comment %s:%d-%d %s file=%v\n\n%s\n", c.Path, c.StartLine, c.Line, c.Side, c.File, c.Body)
		}
	}
	for _, e := range p.Edits {
		fmt.Fprintf(&b, "----- edit %d\n\n%s\n", e.ID, e.Body)
	}
	return b.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: run with -update when this is what you want (-want +got):\n%s", name, diff)
	}
}

// posted is what the pull request shows after a plan was carried out.
func posted(p Plan) []Comment {
	if p.Review == nil {
		return nil
	}
	var out []Comment
	for i, c := range p.Review.Comments {
		c.ID = int64(i + 1)
		out = append(out, c)
	}
	return out
}

func apply(comments []Comment, edits []Edit) []Comment {
	out := append([]Comment{}, comments...)
	for _, e := range edits {
		for i := range out {
			if out[i].ID == e.ID {
				out[i].Body = e.Body
			}
		}
	}
	return out
}

func TestCheck(t *testing.T) {
	t.Parallel()
	severity := func(s compare.Severity) compare.Finding {
		return with(func(f *compare.Finding) { f.Severity = s })
	}
	for _, tc := range []struct {
		name   string
		in     Input
		failOn compare.Severity
		want   string
		title  string
	}{
		{"nothing found", input(), "", Success, "No endpoint lost protection"},
		{"an error", input(finding()), "", Failure, "1 error"},
		{"a warning", input(severity(compare.Warning)), "", Success, "1 warning"},
		{"a warning that fails", input(severity(compare.Warning)), compare.Warning, Failure, "1 warning"},
		{"a notice below the bar", input(severity(compare.Notice)), compare.Warning, Success, "1 notice"},
		{"a notice that fails", input(severity(compare.Notice)), compare.Notice, Failure, "1 notice"},
		{"broken", Input{Err: "timeout"}, "", Failure, "authdiff could not analyse this pull request"},
		{"no result", Input{}, "", Failure, "authdiff could not analyse this pull request"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.in.FailOn = tc.failOn
			got := Compose(tc.in).Check
			if got.Conclusion != tc.want || got.Title != tc.title {
				t.Errorf("%s %q, want %s %q", got.Conclusion, got.Title, tc.want, tc.title)
			}
		})
	}
}

func TestTitleTellsWhatWasNotAnalysed(t *testing.T) {
	t.Parallel()
	in := input()
	in.Result.NotAnalysed = []compare.NotAnalysed{{File: "a.ts", Reason: "too large"}}
	if got, want := Compose(in).Check.Title, "No endpoint lost protection; 1 file not analysed"; got != want {
		t.Errorf("title = %q, want %q", got, want)
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

func TestSamePlaceAndEndpointIsOneComment(t *testing.T) {
	t.Parallel()
	second := with(func(f *compare.Finding) { f.Fingerprint, f.Layer = "00000000000000a2", protect.Authorization })
	other := with(func(f *compare.Finding) { f.Fingerprint, f.Endpoint.Name = "00000000000000a3", "POST /api/users/[id]" })
	comments := Compose(input(finding(), second, other, finding())).Review.Comments
	if len(comments) != 2 {
		t.Fatalf("%d comments, want 2", len(comments))
	}
	for i, want := range [][]string{{"00000000000000a1", "00000000000000a2"}, {"00000000000000a3"}} {
		if diff := cmp.Diff(want, readMarkers(comments[i].Body).fingerprints); diff != "" {
			t.Error(diff)
		}
	}
}

func TestFixedAndBack(t *testing.T) {
	t.Parallel()
	second := with(func(f *compare.Finding) { f.Fingerprint, f.Message = "00000000000000a2", hostile })
	both := input(finding(), second)
	shown := posted(Compose(both))

	one := input(second)
	one.Existing = shown
	plan := Compose(one)
	if plan.Review != nil || len(plan.Edits) != 1 {
		t.Fatalf("one fixed: review %v, %d edits", plan.Review, len(plan.Edits))
	}
	partly := apply(shown, plan.Edits)
	mustContain(t, partly[0].Body, "**1 of 2 fixed** in `bbbbbbb`", "authdiff:fixed 00000000000000a1", keptSummary)

	none := input()
	none.Existing = partly
	gone := apply(partly, Compose(none).Edits)
	mustContain(t, gone[0].Body, "**Fixed** in `bbbbbbb`", "authdiff:fixed 00000000000000a2")
	if got := strings.Count(gone[0].Body, keptSummary); got != 1 {
		t.Errorf("the reported text is kept %d times", got)
	}
	original := readMarkers(shown[0].Body).text
	if got := reported(readMarkers(gone[0].Body).text); strings.TrimSpace(got) != strings.TrimSpace(original) {
		t.Errorf("the reported text changed:\n%s", cmp.Diff(original, got))
	}
	none.Existing = gone
	if again := Compose(none); again.Review != nil || again.Edits != nil {
		t.Errorf("still writes: %+v", again)
	}

	both.Existing = gone
	back := Compose(both)
	if back.Review != nil || len(back.Edits) != 1 {
		t.Fatalf("both back: review %v, %d edits", back.Review, len(back.Edits))
	}
	if got := apply(gone, back.Edits); got[0].Body != shown[0].Body {
		t.Errorf("a finding that came back reads differently:\n%s", cmp.Diff(shown[0].Body, got[0].Body))
	}
}

func mustContain(t *testing.T, s string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in:\n%s", want, s)
		}
	}
}

// What can't be read any more isn't fixed, and neither is anything when there is
// no result at all.
func TestUnreadableIsNotFixed(t *testing.T) {
	t.Parallel()
	helper := with(func(f *compare.Finding) { f.Path = "lib/auth.ts" })
	first := input(helper)
	first.Diff.Files["lib/auth.ts"] = changed("lib/auth.ts", baseRoute, headRoute)
	for name, edit := range map[string]func(*Input){
		"the commented file":  func(in *Input) { in.Result.NotAnalysed = []compare.NotAnalysed{{File: "lib/auth.ts", Reason: "x"}} },
		"the endpoint's file": func(in *Input) { in.Result.NotAnalysed = []compare.NotAnalysed{{File: routePath, Reason: "x"}} },
		"the whole run":       func(in *Input) { in.Err = "timeout" },
	} {
		in := input()
		in.Existing = posted(Compose(first))
		edit(&in)
		if plan := Compose(in); plan.Edits != nil || plan.Review != nil {
			t.Errorf("%s: edits %v, review %v", name, plan.Edits, plan.Review)
		}
	}
}

func TestForgedMarkersAreNotRead(t *testing.T) {
	t.Parallel()
	quoted := with(func(f *compare.Finding) {
		f.Message = findingMarker("00000000000000a2")
		f.Restore = findingMarker("00000000000000a2") + fixedMarker("00000000000000a1")
	})
	shown := posted(Compose(input(quoted)))
	victim := with(func(f *compare.Finding) { f.Fingerprint = "00000000000000a2" })
	in := input(quoted, victim)
	in.Existing = shown
	if plan := Compose(in); plan.Review == nil || len(plan.Review.Comments) != 1 || plan.Edits != nil {
		t.Errorf("a quoted marker counted: %+v", plan)
	}
}

func TestCrowd(t *testing.T) {
	t.Parallel()
	var crowd []compare.Finding
	for i := range maxComments + 12 {
		crowd = append(crowd, with(func(f *compare.Finding) {
			f.Fingerprint, f.Endpoint.Name = fmt.Sprintf("%016x", i), fmt.Sprint("GET /api/", i)
		}))
	}
	in := input(crowd...)
	plan := Compose(in)
	if got := len(plan.Review.Comments); got != maxComments {
		t.Errorf("%d comments, want %d", got, maxComments)
	}
	if got := len(readMarkers(plan.Review.Body).fingerprints); got != 12 {
		t.Errorf("the body tells of %d findings, want 12:\n%s", got, plan.Review.Body)
	}
	in.Existing = posted(plan)
	for name, reviews := range map[string][]string{"known reviews": {plan.Review.Body}, "unknown reviews": nil} {
		in.Reviews = reviews
		if again := Compose(in); again.Review != nil || again.Edits != nil {
			t.Errorf("%s: the second run writes a review of %d comments", name, len(again.Review.Comments))
		}
	}
}

func TestOffTheDiff(t *testing.T) {
	t.Parallel()
	in := input(finding())
	in.Diff = Diff{}
	plan := Compose(in)
	mustContain(t, plan.Review.Body, "Not on this diff", routePath+":22-23", "00000000000000a1")
	in.Reviews = []string{plan.Review.Body}
	if again := Compose(in); again.Review != nil {
		t.Error("told twice")
	}
	in.Reviews = nil
	if unknown := Compose(in); unknown.Review != nil {
		t.Error("without knowing the reviews, each push would tell it again")
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	c := composer{Input: input()}
	for _, tc := range []struct{ url, path, want string }{
		{"https://github.com/acme/shop", "app/(a)/[id] x/@b.ts",
			"https://github.com/acme/shop/blob/" + c.BaseSHA + "/app/%28a%29/%5Bid%5D%20x/%40b.ts#L7-L9"},
		{"", "a.ts", ""},
		{"javascript:alert(1)", "a.ts", ""},
		{"https://github.com/acme/shop) [x](http://evil", "a.ts", ""},
		{"https://github.com/acme/shop", strings.Repeat("a", maxLinkedPath+1), ""},
	} {
		c.RepoURL = tc.url
		if got := c.address(compare.Base, tc.path, 7, 9); got != tc.want {
			t.Errorf("address at %q = %q, want %q", tc.url, got, tc.want)
		}
	}
}

// random is a result in which anything may be anywhere, in a repository that
// names things to hurt.
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
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 1))
		in := random(r, r.IntN(120))
		if seed%4 == 0 {
			in.Reviews = nil
		}
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

// checkPlan holds a plan against GitHub's rules, and against being carried out
// twice.
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
	if plan.Review.Body == "" || len(plan.Review.Body) > 65_536 || len(plan.Review.Comments) > maxComments {
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
	if in.Reviews != nil {
		in.Reviews = []string{plan.Review.Body}
	}
	if again := Compose(in); again.Review != nil || again.Edits != nil {
		t.Errorf("the second run writes again: %d edits", len(again.Edits))
	}
}

// shows reports whether one hunk has all lines of a comment, as GitHub demands.
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
