package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

var update = flag.Bool("update", false, "write the golden files anew")

// hostile carries what a repository could try to put into a report.
const hostile = "@everyone <img src=x onerror=alert(1)> ``` ` ](javascript:alert(1)) ![x](http://evil.example/p.png)" +
	" \x1b[31m\u202egnp.exe\u200b #1 GH-2 www.evil.example </details> <!-- x --> $x^2$ deadbeefdeadbeef \xff"

var usersRoute = endpoint.Ref{Kind: endpoint.Route, Name: "GET /api/users/[id]", File: "app/api/users/[id]/route.ts"}

func removed() compare.Finding {
	return compare.Finding{
		Fingerprint: "00112233445566aa", Rule: "auth-guard-removed",
		Layer: protect.Authentication, Change: compare.Removed, Severity: compare.Error, Confidence: protect.High,
		Endpoint: usersRoute, EndpointLine: 5,
		Guard:   "session check by auth() at line 7",
		Place:   source.Place{Path: usersRoute.File, Line: 7, EndLine: 8},
		Side:    compare.Base,
		Gap:     source.Place{Path: usersRoute.File, Line: 7, EndLine: 7},
		Message: "GET /api/users/[id] no longer checks that the caller is signed in",
		Impact:  "Anyone on the internet can read the record of any user.",
		Evidence: []compare.Step{
			{Place: source.Place{Path: usersRoute.File, Line: 7, EndLine: 7}, Side: compare.Base, Why: "calls auth()"},
			{Place: source.Place{Path: usersRoute.File, Line: 8, EndLine: 8}, Side: compare.Base, Why: "returns 401 when the session is null"},
		},
		Restore: "  const session = await auth()\n  if (!session) return new Response(null, { status: 401 })\n",
	}
}

func weakened() compare.Finding {
	f := removed()
	f.Fingerprint, f.Rule = "00112233445566bb", "role-check-weakened"
	f.Layer, f.Change, f.Severity, f.Confidence = protect.Authorization, compare.Weakened, compare.Warning, protect.Low
	f.Endpoint = endpoint.Ref{Kind: endpoint.Action, Name: "deleteUser", File: "app/actions.ts"}
	f.EndpointLine = 12
	f.Guard = "requireAdmin() in lib/auth.ts, which demanded the role admin"
	f.Place, f.Side = source.Place{Path: "lib/auth.ts", Line: 20, EndLine: 20}, compare.Head
	f.Message = "requireAdmin no longer demands the role admin"
	f.Impact = "Every signed-in user can do what only admins could."
	f.Evidence, f.Restore = nil, ""
	for _, name := range []string{"DELETE /api/teams", "GET /api/admin", "POST /api/admin"} {
		f.Affected = append(f.Affected, endpoint.Ref{Kind: endpoint.Route, Name: name, File: "app/api/admin/route.ts"})
	}
	return f
}

func nasty() compare.Finding {
	f := removed()
	f.Fingerprint, f.Severity = "00112233445566cc", compare.Notice
	f.Rule = "auth-guard-removed"
	f.Endpoint = endpoint.Ref{Kind: endpoint.Action, Name: hostile, File: "app/" + hostile}
	f.Guard, f.Message, f.Impact = hostile, hostile, hostile
	f.Path = "app/" + hostile
	f.Gap.Path = f.Path
	f.Restore = "```\n" + hostile + "\n</details>\n"
	f.Affected = []endpoint.Ref{f.Endpoint}
	f.Evidence[0].Why = hostile
	return f
}

func fullRun() Run {
	return Run{
		Base: strings.Repeat("a", 40), Head: strings.Repeat("b", 40), MergeBase: strings.Repeat("c", 40),
		Result: &compare.Result{
			Endpoints:   12,
			Findings:    []compare.Finding{removed(), weakened(), nasty()},
			NotAnalysed: []compare.NotAnalysed{{File: "app/api/broken/route.ts", Reason: "syntax error at line 3"}},
		},
	}
}

func manyAffected(n int) compare.Finding {
	f := weakened()
	f.Affected = nil
	for range n {
		f.Affected = append(f.Affected, usersRoute)
	}
	return f
}

// forms are the renderers, so that what must hold of each is said once.
var forms = map[string]func(io.Writer, Run) error{
	"json": JSON, "sarif": SARIF, "markdown": Markdown, "annotations": Annotations,
	"text":  func(w io.Writer, r Run) error { return Text(w, r, Options{}) },
	"color": func(w io.Writer, r Run) error { return Text(w, r, Options{Color: true}) },
}

func render(t *testing.T, form string, r Run) string {
	t.Helper()
	var b bytes.Buffer
	if err := forms[form](&b, r); err != nil {
		t.Fatalf("%s: %v", form, err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for form := range forms {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			got := render(t, form, fullRun())
			if again := render(t, form, fullRun()); again != got {
				t.Error("the same run gave other bytes")
			}
			path := filepath.Join("testdata", "full."+form+".golden")
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
				t.Errorf("run with -update when this is what you want (-want +got):\n%s", diff)
			}
		})
	}
}

// Nothing of a repository may act on the terminal, and no form may hold
// characters that a reader can't see.
func TestNoHiddenCharacters(t *testing.T) {
	t.Parallel()
	for form := range forms {
		if form == "color" {
			continue
		}
		out := render(t, form, fullRun())
		if !utf8.ValidString(out) {
			t.Errorf("%s: not UTF-8", form)
		}
		if i := strings.IndexFunc(out, func(r rune) bool { return r != '\n' && hidden(r) }); i >= 0 {
			t.Errorf("%s: hidden character %+q at %d", form, out[i:min(i+4, len(out))], i)
		}
	}
	colored := render(t, "color", fullRun())
	for _, seq := range strings.Split(colored, "\x1b")[1:] {
		if end := strings.IndexByte(seq, 'm'); end < 0 || strings.Trim(seq[1:end], "0123456789") != "" {
			t.Errorf("unknown escape sequence %q", seq[:min(8, len(seq))])
		}
	}
	if strings.Contains(colored, "\x1b[31m\u202e") {
		t.Error("the repository's own escape reached the terminal")
	}
}

func TestEmptyRun(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]Run{"no result": {}, "empty result": {Result: &compare.Result{}}} {
		var doc map[string]json.RawMessage
		if err := json.Unmarshal([]byte(render(t, "json", r)), &doc); err != nil {
			t.Fatal(err)
		}
		for _, field := range []string{"findings", "not_analysed"} {
			if string(doc[field]) != "[]" {
				t.Errorf("%s: %s = %s, want an empty array", name, field, doc[field])
			}
		}
		if got, want := render(t, "text", r), "no findings in 0 endpoints\n"; got != want {
			t.Errorf("%s: text = %q, want %q", name, got, want)
		}
		validate(t, "schema.json", render(t, "json", r))
		validate(t, "testdata/sarif-profile.schema.json", render(t, "sarif", r))
	}
}

func TestOutputMatchesSchema(t *testing.T) {
	t.Parallel()
	validate(t, "schema.json", render(t, "json", fullRun()))
	validate(t, "testdata/sarif-profile.schema.json", render(t, "sarif", fullRun()))
}

// A schema that accepts everything would prove nothing.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	good := render(t, "json", fullRun())
	for name, bad := range map[string]string{
		"no affected":      strings.Replace(good, `"affected"`, `"affects"`, 1),
		"unknown severity": strings.Replace(good, `"severity": "error"`, `"severity": "fatal"`, 1),
		"null findings":    `{"version":1,"base":"","head":"","merge_base":"","endpoints_compared":0,"findings":null,"not_analysed":[]}`,
		"other version":    strings.Replace(good, `"version": 1`, `"version": 2`, 1),
		"line zero":        strings.Replace(good, `"line": 7`, `"line": 0`, 1),
	} {
		if bad == good {
			t.Errorf("%s: the case changes nothing", name)
		}
		if err := check(t, "schema.json", bad); err == nil {
			t.Errorf("%s: the schema accepts it", name)
		}
	}
}

func validate(t *testing.T, schema, document string) {
	t.Helper()
	if err := check(t, schema, document); err != nil {
		t.Errorf("%s: %v", schema, err)
	}
}

func check(t *testing.T, path, document string) error {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(value)
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestWriterError(t *testing.T) {
	t.Parallel()
	for form, write := range forms {
		if err := write(brokenWriter{}, fullRun()); err == nil || !strings.Contains(err.Error(), "write report") {
			t.Errorf("%s: error = %v", form, err)
		}
	}
}

func TestTextBounds(t *testing.T) {
	t.Parallel()
	f := manyAffected(25)
	f.Restore = strings.Repeat("line\n", 33)
	out := render(t, "text", Run{Result: &compare.Result{Endpoints: 1, Findings: []compare.Finding{f}}})
	for _, want := range []string{"and 15 more\n", "and 13 lines more\n", "1 warning in 1 endpoint\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in:\n%s", want, out)
		}
	}
	var all bytes.Buffer
	if err := Text(&all, Run{Result: &compare.Result{Findings: []compare.Finding{f}}}, Options{Verbose: true}); err != nil || strings.Contains(all.String(), "more\n") {
		t.Errorf("%v; what is asked for in full is cut short:\n%s", err, all.String())
	}
	for row := range strings.Lines(out) {
		if n := utf8.RuneCountInString(row); n > textWidth+1 {
			t.Errorf("%d columns: %s", n, row)
		}
	}
}

func TestMarkdownIsBounded(t *testing.T) {
	t.Parallel()
	f := manyAffected(5000)
	long := strings.Repeat(hostile, 1000)
	f.Endpoint.Name, f.Endpoint.File, f.Path, f.Guard, f.Message, f.Impact = long, long, long, long, long, long
	f.Restore = strings.Repeat(long+"\n", 100)
	for range 100 {
		f.Evidence = append(f.Evidence, compare.Step{Place: f.Place, Side: compare.Base, Why: long})
		f.Affected = append([]endpoint.Ref{f.Endpoint}, f.Affected...)
	}
	if got := len(FindingMarkdown(f, nil, "")); got > MaxFindingMarkdown {
		t.Errorf("a finding takes %d bytes, more than %d", got, MaxFindingMarkdown)
	}
	if got := len(FindingLine(f, nil)); got > 4096 || strings.ContainsRune(FindingLine(f, nil), '\n') {
		t.Errorf("a finding's line takes %d bytes", got)
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in    string
		width int
		want  []string
	}{
		{"", 10, nil},
		{"short", 10, []string{"short"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"averyverylongword and more", 5, []string{"averyverylongword", "and", "more"}},
		{"unbreakable", 4, []string{"unbreakable"}},
		{"ééé ééé", 4, []string{"ééé", "ééé"}},
	} {
		if diff := cmp.Diff(tc.want, wrap(tc.in, tc.width)); diff != "" {
			t.Errorf("wrap(%q, %d): %s", tc.in, tc.width, diff)
		}
	}
}
