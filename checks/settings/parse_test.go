package settings

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
)

const whole = `# what authdiff can't know
fail_on: warning
severity:
  validation-removed: error
  user-fields-unselected: off
ignore:
  - examples/**
public:
  - GET /api/health
  - endpoint: /api/share/**
    reason: the share key is the credential
guards:
  - module: src/lib/auth.ts
    export: requireRole
    proves: role
    demands: "1"
  - module: '@acme/guard'
    export: Guard.new().user
    proves: session
    fails: null
    gives: "{user: identity}"
  - module: src/lib/with-key.ts
    export: withKey
    proves: token
    handler: "0"
    with: [request, identity]
effects:
  - module: src/lib/bank.ts
    export: transfer
    kind: write
    model: account
    where: ["0.from"]
    data: "0.amount"
comments: {max: 5}
on_failure: neutral
exceptions: {by: admin, author: true}
`

func TestParse(t *testing.T) {
	t.Parallel()
	got := Parse([]byte(whole))
	want := &Settings{
		FailOn:   Warning,
		Severity: map[string]Entry{"validation-removed": {"error", 4}, "user-fields-unselected": {"off", 5}},
		Ignore:   []Pattern{{Text: "examples/**", Line: 7}},
		Public: []Pattern{{Text: "GET /api/health", Line: 9},
			{Text: "/api/share/**", Reason: "the share key is the credential", Line: 10}},
		Guards: []Guard{
			{Module: "src/lib/auth.ts", Export: "requireRole", Proves: "role", Demands: []string{"1"}, Fails: Throws, Gives: "identity", Line: 13},
			{Module: "@acme/guard", Export: "Guard.new().user", Proves: "session", Fails: "null", Gives: "{user: identity}", Line: 17},
			{Module: "src/lib/with-key.ts", Export: "withKey", Proves: "token", Fails: Throws, Gives: "identity", Handler: "0",
				With: []string{"request", "identity"}, Line: 22},
		},
		Effects: []Effect{{Module: "src/lib/bank.ts", Export: "transfer", Kind: catalog.Write, Model: "account",
			Where: []string{"0.from"}, Data: []string{"0.amount"}, Line: 28}},
		MaxComments: 5, OnFailure: Neutral, Exceptions: Accepted{Admin, true},
		Lines: map[string]int{"fail_on": 2, "severity": 3, "ignore": 6, "public": 8, "guards": 12, "effects": 27,
			"comments": 34, "on_failure": 35, "exceptions": 36},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestEmptyFilesHaveTheDefaults(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# nothing yet\n", "---\n", "{}", "null"} {
		if diff := cmp.Diff(Default(), Parse([]byte(text))); diff != "" {
			t.Errorf("%q:\n%s", text, diff)
		}
	}
}

// good and bad are files that the parser and the schema must agree about. What
// follows # in the first line of a bad one is the parser's first problem.
var good = []string{
	whole, "", "fail_on: never", "severity: {}", "public: []", "ignore: ['**/*.generated.ts']", "comments: {}", "exceptions: {by: nobody}",
	"public: ['**', post.list, 'post.*', signUp, 'app/(public)/**', 'DELETE /api/x/[id]', '/api/[...all]']",
	"guards: [{module: a, export: b, proves: session, fails: false, gives: true}]",
	"guards: [{module: a, export: b, proves: permission, demands: ['0', 1.role]}]",
	"guards: [{module: a, export: b, proves: session, handler: '0', fails: throws}]",
	"effects: [{module: a, export: 'b()', kind: mail}]",
}

var bad = []string{
	"# 2:1: the file: want keys and values\n- a",
	"# 2:1: the file: unknown key \"fail-on\"; is \"fail_on\" meant?\nfail-on: error",
	"# 2:10: fail_on: \"fatal\" isn't one of error, warning, notice, never\nfail_on: fatal",
	"# 2:10: fail_on: want one of error, warning, notice, never\nfail_on: [error]",
	"# 3:3: severity: unknown key \"auth-guard-remove\"; is \"auth-guard-removed\" meant?\nseverity:\n  auth-guard-remove: off",
	"# 2:32: validation-removed: \"never\" isn't one of error, warning, notice, off\nseverity: {validation-removed: never}",
	"# 2:9: ignore: want a list\nignore: examples/**",
	"# 2:10: ignore: want a text, not 7; write it in quotes if it is meant so\nignore: [7]",
	"# 2:10: ignore: a pattern knows `*` and `**` only\nignore: ['a{b,c}']",
	"# 2:10: public: a method is followed by a path: `GET /api/health`\npublic: [GET health]",
	"# 2:10: public: want a text, not an empty one\npublic: ['']",
	"# 2:10: public: a pattern holds no blank but the one after a method: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\npublic: [get /api]",
	"# 2:10: public: the key \"endpoint\" is missing\npublic: [{reason: because}]",
	"# 2:10: a guard: the key \"proves\" is missing\nguards: [{module: a, export: b}]",
	"# 2:41: proves: \"magic\" isn't one of session, token, secret, signature, capability, role, permission, ownership, validation\n" +
		"guards: [{module: a, export: b, proves: magic}]",
	"# 2:19: module: name a file by its path from the repository's root, src/lib/auth.ts, or a package\nguards: [{module: ./a, export: b, proves: token}]",
	"# 2:30: export: want the name of an export, which .name, () and .new() may follow: requireUser, Guard.new().check\n" +
		"guards: [{module: a, export: b..c, proves: token}]",
	"# 2:56: \"x\" names no argument: want its number from 0, and in it a member: \"0\", \"1.role\"\nguards: [{module: a, export: b, proves: role, demands: x}]",
	"# 2:55: gives: shape \"user\": want a shape at byte 4\nguards: [{module: a, export: b, proves: token, gives: user}]",
	"# 2:10: a guard: \"with\" needs \"handler\", the argument that it is given to\nguards: [{module: a, export: b, proves: token, with: [request]}]",
	"# 2:10: a guard: \"fails\" isn't for one with \"handler\": it doesn't call the handler when it fails\n" +
		"guards: [{module: a, export: b, proves: token, handler: '0', fails: null}]",
	"# 2:40: kind: \"delete\" isn't one of read, write, service, mail, file\neffects: [{module: a, export: b, kind: delete}]",
	"# 2:17: max: want a number from 0 to 100\ncomments: {max: 1000}",
	"# 2:17: max: want a number from 0 to 100\ncomments: {max: '5'}",
	"# 2:22: author: want true or false\nexceptions: {author: yes please}",
}

func TestProblemsSayWhere(t *testing.T) {
	t.Parallel()
	for _, text := range bad {
		want, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
		s := Parse([]byte(text))
		problems := s.Problems
		if len(problems) == 0 {
			t.Errorf("%s\nno problem, want %s", text, want)
			continue
		}
		if got := strings.TrimPrefix(problems[0].String(), Path+":"); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
		if diff := cmp.Diff(unreadable(problems...), s); diff != "" {
			t.Errorf("%s\na file with a problem says something:\n%s", text, diff)
		}
	}
}

func TestProblemsAreToldTogether(t *testing.T) {
	t.Parallel()
	problems := Parse([]byte("fail_on: x\non_failure: y\nnope: 1\nfail_on: error\n")).Problems
	var lines []int
	for _, p := range problems {
		lines = append(lines, p.Line)
	}
	if !slices.Equal(lines, []int{1, 2, 3, 4}) {
		t.Errorf("problems at lines %v", lines)
	}
}

// TestHostileFiles: each ends with a problem, and at once.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 9) + "]\n"
	}
	for name, text := range map[string]string{
		"an alias bomb":    bomb,
		"a cycle":          "public: &a [*a]",
		"a merge":          "guards: [&g {module: a, export: b, proves: token}, {<<: *g}]",
		"an alias":         "public: [&a /x, *a]",
		"nesting":          "public: " + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
		"nested objects":   strings.Repeat("{a: ", 15_000),
		"indentation":      strings.Repeat("- ", 30_000),
		"size":             "# " + strings.Repeat("x", maxFile),
		"many entries":     "public: [" + strings.Repeat("/a,", 5_000) + "]",
		"many problems":    strings.Repeat("? x\n", 10_000),
		"a long pattern":   "public: [/" + strings.Repeat("a", 300) + "]",
		"stars":            "public: ['**/a/**/b/**/c/**']",
		"a deep shape":     "guards: [{module: a, export: b, proves: token, gives: '" + strings.Repeat("{a: ", 50) + "'}]",
		"another's shape":  `guards: [{module: a, export: b, proves: token, gives: '@"next-auth:auth"'}]`,
		"two documents":    "fail_on: error\n---\nfail_on: never\n",
		"broken YAML":      "public: [\n",
		"tabs":             "public:\n\t- /api\n",
		"invalid UTF-8":    "public: [\xff\xfe]",
		"NUL":              "public: [a\x00b]",
		"a way out":        "ignore: [../**]",
		"a way out within": "ignore: [a/../../**]",
		"a binary":         "public: [!!binary aGVsbG8=]",
		"a key that isn't": "[a, b]: c",
	} {
		s := Parse([]byte(text))
		problems := s.Problems
		if len(problems) == 0 || len(problems) > maxProblems {
			t.Errorf("%s: %d problems", name, len(problems))
		}
		if diff := cmp.Diff(unreadable(problems...), s); diff != "" {
			t.Errorf("%s says something:\n%s", name, diff)
		}
	}
}

// TestSchemaAgrees: the schema and the parser take and refuse the same files,
// and know the same keys.
func TestSchemaAgrees(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	for _, text := range good {
		if problems := Parse([]byte(text)).Problems; len(problems) > 0 {
			t.Errorf("the parser refuses %s\n%v", text, problems)
		}
		if err := schema.Validate(generic(t, text)); err != nil {
			t.Errorf("the schema refuses %s\n%v", text, err)
		}
	}
	for _, text := range bad {
		if strings.Contains(text, "want a shape") {
			continue // the language of shapes is the parser's alone
		}
		if schema.Validate(generic(t, text)) == nil {
			t.Errorf("the schema takes %s", text)
		}
	}
}

func TestSchemaKnowsTheKeys(t *testing.T) {
	t.Parallel()
	var schema struct {
		Properties map[string]struct {
			Properties map[string]any
		}
		Defs map[string]struct {
			Properties map[string]any
			Enum       []string
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema, &schema); err != nil {
		t.Fatal(err)
	}
	for key, sub := range schema.Properties {
		for _, p := range Parse([]byte(key + ": 1")).Problems {
			if strings.Contains(p.Message, "unknown key") {
				t.Errorf("the parser doesn't know %s of the schema", key)
			}
		}
		if key != "severity" {
			continue
		}
		rules := slices.Sorted(maps.Keys(sub.Properties))
		if diff := cmp.Diff(slices.Sorted(maps.Keys(Rules)), rules); diff != "" {
			t.Errorf("rules (-parser +schema):\n%s", diff)
		}
	}
	problems := Parse([]byte("nope: 1")).Problems
	_, known, _ := strings.Cut(problems[0].Message, "known are ")
	if want := slices.Sorted(maps.Keys(schema.Properties)); known != strings.Join(want, ", ") {
		t.Errorf("the parser knows %s, the schema %v", known, want)
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("settings.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("settings.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// generic gives a YAML text as JSON would have it.
func generic(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLoad(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text     string
		fail     Level
		problems int
	}{
		"none":      {"", Error, 0},
		"one":       {"fail_on: notice", Notice, 0},
		"a bad one": {"fail_on: x", Error, 1},
		"a binary":  {"fail_on: notice\x00", Error, 1},
		"a big one": {"fail_on: notice\n# " + strings.Repeat("x", source.MaxFileSize), Error, 1},
	} {
		files := map[string]string{"app/page.tsx": ""}
		if c.text != "" {
			files[Path] = c.text
		}
		s, err := Load(t.Context(), source.NewMemory(files))
		if err != nil || len(s.Problems) != c.problems || s.FailOn != c.fail {
			t.Errorf("%s: fail_on %s, problems %v, error %v", name, s.FailOn, s.Problems, err)
		}
		repo, err := module.Open(t.Context(), source.NewMemory(files), module.NewCache())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, Of(repo)); diff != "" {
			t.Errorf("%s: another result from an opened repository:\n%s", name, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range slices.Concat(good, bad) {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := Parse(text)
		for _, p := range s.Problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Errorf("problem %+v", p)
			}
		}
		s.Ignores("app/api/x/route.ts")
		s.PublicEntry("GET /api/x", "app/api/x/route.ts")
		s.Libraries(func(*Guard) bool { return false })
	})
}

// TestDocumentedFileParses: the example of the documentation is one.
func TestDocumentedFileParses(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../deploy/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(doc), "```yaml\n")
	text, _, ok := strings.Cut(text, "\n```")
	if problems := Parse([]byte(text)).Problems; !ok || len(problems) > 0 {
		t.Errorf("example found: %v; problems: %v", ok, problems)
	}
}
