package preview

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

const (
	routePath = "app/api/users/[id]/route.ts"
	baseText  = "import { auth } from \"@/auth\"\n\nexport async function GET(req, { params }) {\n" +
		"  const session = await auth()\n  if (!session) return new Response(null, { status: 401 })\n" +
		"\treturn Response.json(await db.user.findUnique({ where: { id: params.id } }))\n}\n"
	headText = "export async function GET(req, { params }) {\n" +
		"\treturn Response.json(await db.user.findUnique({ where: { id: params.id } }))\n}\n"
	hostile = "<script>alert(1)</script> <img src=x onerror=alert(1)> \" onload=\"x ' </details> {{.Title}} \u202e"
)

func finding() compare.Finding {
	return compare.Finding{
		Fingerprint: "00000000000000a1", Rule: "auth-guard-removed",
		Layer: protect.Authentication, Change: compare.Removed, Severity: compare.Error, Confidence: protect.High,
		Endpoint: endpoint.Ref{Kind: endpoint.Route, Name: "GET /api/users/[id]", File: routePath}, EndpointLine: 1,
		Guard: "session check by auth() at line 4",
		Place: source.Place{Path: routePath, Line: 4, EndLine: 5}, Side: compare.Base,
		Message: "GET /api/users/[id] no longer checks that the caller is signed in",
		Impact:  "Anyone on the internet can read the record of any user.",
		Evidence: []compare.Step{
			{Place: source.Place{Path: routePath, Line: 4, EndLine: 4}, Side: compare.Base, Why: "calls auth()"},
		},
		Restore: "  const session = await auth()\n  if (!session) return new Response(null, { status: 401 })\n",
	}
}

// sample is a page as the App would fill it.
func sample(findings ...compare.Finding) Page {
	files := []File{
		{Path: routePath, Status: "modified", Hunks: source.Hunks([]byte(baseText), []byte(headText))},
		{Path: "lib/logo.png", Status: "modified"},
	}
	diff := review.Diff{Files: map[string]review.FileDiff{}}
	for _, f := range files {
		diff.Files[f.Path] = f
	}
	plan := review.Compose(review.Input{
		Result:  &compare.Result{Endpoints: 4, Findings: findings},
		Diff:    diff,
		Signer:  review.NewSigner([][]byte{[]byte("secret")}, 1, 7),
		HeadSHA: strings.Repeat("b", 40), BaseSHA: strings.Repeat("a", 40), RepoURL: "https://github.example/acme/shop",
	})
	p := Page{Title: "Simplify the user route", Number: 7, Author: "mallory", Base: "main", Head: "simplify", Check: plan.Check, Files: files}
	if plan.Review != nil {
		p.Comments, p.ReviewBody = plan.Review.Comments, plan.Review.Body
	}
	return p
}

func get(t *testing.T, p Page, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(p).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func body(t *testing.T, p Page) string {
	t.Helper()
	w := get(t, p, "/")
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestPageShowsTheReview(t *testing.T) {
	t.Parallel()
	page := body(t, sample(finding()))
	for _, want := range []string{
		"<!DOCTYPE html>", `<html lang="en">`, `<main id="main"`, "Simplify the user route", "#7", "mallory",
		"failed: 1 error", "1 annotation<", `<th>Endpoint</th>`,
		"<details><summary>How it was protected</summary>", "no longer checks that the caller is signed in",
		`<a href="#comment-1">`, "No lines to show.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	for _, unwanted := range []string{"authdiff:finding", "https://", "http://", "<script", "style=", "raw HTML omitted"} {
		if strings.Contains(page, unwanted) {
			t.Errorf("%q in the page", unwanted)
		}
	}
}

func TestCommentIsUnderItsLine(t *testing.T) {
	t.Parallel()
	rows := regexp.MustCompile(`(?s)<tr class="(\w+)">.*?</tr>`).FindAllString(body(t, sample(finding())), -1)
	for i, row := range rows {
		if !strings.Contains(row, `<tr class="comments">`) {
			continue
		}
		if above := rows[i-1]; !strings.Contains(above, `class="deleted"><td class="line">4</td><td class="line"></td>`) {
			t.Errorf("the comment stands under %s", above)
		}
		return
	}
	t.Error("no comment in the diff")
}

func TestSideDecidesWhereACommentStands(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		comment review.Comment
		above   string
	}{
		{"the base's side", review.Comment{Path: routePath, Side: review.Left, Line: 3}, `<td class="line">3</td><td class="line">1</td>`},
		{"the head's side", review.Comment{Path: routePath, Side: review.Right, Line: 3}, `<td class="line">7</td><td class="line">3</td>`},
		{"the last line of several", review.Comment{Path: routePath, Side: review.Left, StartLine: 4, Line: 5}, `<td class="line">5</td><td class="line"></td>`},
		{"the file", review.Comment{Path: routePath, File: true}, `</h3>`},
		{"a line that no hunk shows", review.Comment{Path: routePath, Side: review.Right, Line: 99}, `</h3>`},
		{"a file that isn't shown", review.Comment{Path: "other.ts", Side: review.Right, Line: 1}, `</article>`},
	} {
		p := sample()
		tc.comment.Body = "here it is"
		p.Comments, p.ReviewBody = []review.Comment{tc.comment}, "told"
		page := body(t, p)
		at := strings.Index(page, "here it is")
		if at < 0 || strings.Count(page, "here it is") != 1 {
			t.Errorf("%s: shown %d times", tc.name, strings.Count(page, "here it is"))
			continue
		}
		before := page[:at]
		if i := strings.LastIndex(before, tc.above); i < 0 || strings.Count(before[i:], "<tr") > 1 {
			t.Errorf("%s: not below %s", tc.name, tc.above)
		}
	}
}

func TestHostilePage(t *testing.T) {
	t.Parallel()
	f := finding()
	f.Message, f.Guard, f.Impact, f.Restore = hostile, hostile, hostile, hostile+"\n"
	f.Endpoint.Name, f.Endpoint.File, f.Evidence[0].Why = hostile, hostile, hostile
	p := sample(f)
	p.Title, p.Author, p.Base, p.Head = hostile, hostile, hostile, hostile
	p.Files[0].BasePath = hostile
	p.Files = append(p.Files, File{Path: hostile, Status: hostile, Hunks: source.Hunks(nil, []byte(hostile))})
	p.Comments = append(p.Comments, review.Comment{Path: hostile, Side: review.Right, Line: 1,
		Body: hostile + "\n\n<script>x</script>\n\n[x](javascript:alert(1)) ![y](http://evil.example) <http://evil.example>\n"})
	page := body(t, p)
	for _, tag := range regexp.MustCompile(`<[a-zA-Z/!][^>]*>`).FindAllString(page, -1) {
		if regexp.MustCompile(`(?i)<(script|img [^>]*onerror|a [^>]*(javascript|http))|\sonload=|href="http`).MatchString(tag) {
			t.Errorf("hostile tag %s", tag)
		}
	}
	if strings.ContainsRune(page, '\u202e') {
		t.Error("a character that turns text around reached the page's code or comments")
	}
	for _, element := range []string{"article", "section", "details", "table", "tbody", "tr", "td", "ul", "div", "pre"} {
		open := len(regexp.MustCompile("<"+element+`[\s>]`).FindAllString(page, -1))
		if closed := strings.Count(page, "</"+element+">"); open != closed {
			t.Errorf("<%s> opened %d times, closed %d times", element, open, closed)
		}
	}
}

func TestConclusions(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		review.Success: "✓ successful", review.Failure: "✕ failed", "": "● in progress", "cancelled": "● cancelled",
	} {
		p := sample()
		p.Check.Conclusion = given
		if !strings.Contains(body(t, p), want) {
			t.Errorf("%q isn't shown as %q", given, want)
		}
	}
}

func TestEmptyPage(t *testing.T) {
	t.Parallel()
	page := body(t, Page{})
	for _, want := range []string{"No review: there is nothing to tell.", "No files changed."} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestHeadersAndRoutes(t *testing.T) {
	t.Parallel()
	p := sample()
	for path, want := range map[string]string{
		"/": "text/html; charset=utf-8", "/style.css": "text/css; charset=utf-8", "/icon.svg": "image/svg+xml",
	} {
		w := get(t, p, path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none';") {
			t.Errorf("%s: policy %q", path, got)
		}
	}
	if w := get(t, p, "/etc/passwd"); w.Code != http.StatusNotFound {
		t.Errorf("unknown path: %d", w.Code)
	}
	w := httptest.NewRecorder()
	Handler(p).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}
