package review

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
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
		Signer:  testSigner, Author: "ada",
	}
}

var testSigner = NewSigner([][]byte{[]byte("secret")}, 1, 7)

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

func TestCheck(t *testing.T) {
	t.Parallel()
	severity := func(s compare.Severity) compare.Finding {
		return with(func(f *compare.Finding) { f.Severity = s })
	}
	for _, tc := range []struct {
		name   string
		in     Input
		failOn settings.Level
		want   string
		title  string
	}{
		{"nothing found", input(), "", Success, "No endpoint lost protection"},
		{"an error", input(finding()), "", Failure, "1 error"},
		{"a warning", input(severity(compare.Warning)), "", Success, "1 warning"},
		{"a warning that fails", input(severity(compare.Warning)), settings.Warning, Failure, "1 warning"},
		{"a notice below the bar", input(severity(compare.Notice)), settings.Warning, Success, "1 notice"},
		{"a notice that fails", input(severity(compare.Notice)), settings.Notice, Failure, "1 notice"},
		{"a bar that nothing reaches", input(finding()), settings.Never, Success, "1 error"},
		{"broken", Input{Err: "timeout"}, "", Failure, "authdiff could not analyse this pull request"},
		{"no result", Input{}, "", Failure, "authdiff could not analyse this pull request"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			tc.in.Settings = settings.Default()
			if tc.failOn != "" {
				tc.in.Settings.FailOn = tc.failOn
			}
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

func TestSamePlaceAndEndpointIsOneComment(t *testing.T) {
	t.Parallel()
	second := with(func(f *compare.Finding) { f.Fingerprint, f.Layer = "00000000000000a2", protect.Authorization })
	other := with(func(f *compare.Finding) { f.Fingerprint, f.Endpoint.Name = "00000000000000a3", "POST /api/users/[id]" })
	comments := Compose(input(finding(), second, other, finding())).Review.Comments
	if len(comments) != 2 {
		t.Fatalf("%d comments, want 2", len(comments))
	}
	for i, want := range [][]string{{"00000000000000a1", "00000000000000a2"}, {"00000000000000a3"}} {
		if diff := cmp.Diff(want, testSigner.read(comments[i].Body).fingerprints); diff != "" {
			t.Error(diff)
		}
	}
}

// What can't be read any more isn't fixed, and neither is anything when there is
// no result at all.
func TestCrowd(t *testing.T) {
	t.Parallel()
	var crowd []compare.Finding
	for i := range settings.Default().MaxComments + 12 {
		crowd = append(crowd, with(func(f *compare.Finding) {
			f.Fingerprint, f.Endpoint.Name = fmt.Sprintf("%016x", i), fmt.Sprint("GET /api/", i)
		}))
	}
	in := input(crowd...)
	plan := Compose(in)
	if got := len(plan.Review.Comments); got != settings.Default().MaxComments {
		t.Errorf("%d comments, want %d", got, settings.Default().MaxComments)
	}
	if got := len(testSigner.read(plan.Review.Body).fingerprints); got != 12 {
		t.Errorf("the body tells of %d findings, want 12:\n%s", got, plan.Review.Body)
	}
	in.Existing = posted(plan)
	in.Reviews = []Said{{Body: plan.Review.Body}}
	if again := Compose(in); again.Review != nil || again.Edits != nil {
		t.Errorf("the second run writes again: %+v", again.Review)
	}
}

func TestOffTheDiff(t *testing.T) {
	t.Parallel()
	in := input(finding())
	in.Diff = Diff{}
	plan := Compose(in)
	mustContain(t, plan.Review.Body, "Not on this diff", routePath+":22-23", "00000000000000a1")
	in.Reviews = []Said{{Body: plan.Review.Body}}
	if again := Compose(in); again.Review != nil {
		t.Error("told twice")
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
// checkPlan holds a plan against GitHub's rules, and against being carried out
// twice.
// shows reports whether one hunk has all lines of a comment, as GitHub demands.
