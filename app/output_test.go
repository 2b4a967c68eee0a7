package app

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"

	"github.com/authdiff/authdiff/app/sandbox"
)

// More findings than GitHub takes in one request, than comments are written, and
// than its longest text holds in full: each is an annotation, once, although an
// answer is lost in the middle, and the check's texts stay within GitHub's bounds.
// There is one review, also after the next push: what that had no room for is left
// to the check.
func TestManyFindings(t *testing.T) {
	t.Parallel()
	const routes = 400
	base := shop()
	head := maps.Clone(base)
	for i := range routes {
		path := fmt.Sprintf("app/api/%s/%d/route.ts", strings.Repeat("long", 20), i)
		base[path], head[path] = handler(i, true), handler(i, false)
	}
	s := stageOf(t, setting{base: base, head: head})
	var updates atomic.Int32
	s.github.Intercept(func(r *http.Request) *sandbox.Response {
		if r.Method != http.MethodPatch || !strings.Contains(r.URL.Path, "/check-runs/") {
			return nil
		}
		if updates.Add(1) == 3 {
			return sandbox.LostAnswer()
		}
		return nil
	})
	s.deliver(t, "opened")
	s.ended(t)
	run := s.only(t, s.pull.HeadSHA, "failure")
	told := map[sandbox.Annotation]bool{}
	for _, a := range run.Annotations {
		told[a] = true
	}
	if len(told) != routes || len(run.Annotations) != routes {
		t.Errorf("%d annotations, %d of them different, want %d", len(run.Annotations), len(told), routes)
	}
	if !strings.HasPrefix(run.Title, fmt.Sprint(routes)) {
		t.Errorf("the title is %q", run.Title)
	}
	for _, text := range []string{run.Summary, run.Text} {
		if !utf8.ValidString(text) || strings.Count(text, "<details>") != strings.Count(text, "</details>") {
			t.Errorf("a text of the check was cut badly: …%s", text[max(0, len(text)-200):])
		}
	}
	if n := strings.Count(run.Summary, "\n- "); n < routes {
		t.Errorf("the summary lists %d of %d findings", n, routes)
	}
	comments := len(s.repo.Comments(s.pull.Number))
	if n := len(s.repo.Reviews(s.pull.Number)); n != 1 || comments == 0 || comments >= routes {
		t.Errorf("%d reviews with %d comments", n, comments)
	}
	if _, err := s.repo.PushHead(s.pull.Number, withFile(head, "docs/a.md", "# a\n")); err != nil {
		t.Fatal(err)
	}
	s.deliver(t, "synchronize")
	s.ended(t)
	if r, c := len(s.repo.Reviews(s.pull.Number)), len(s.repo.Comments(s.pull.Number)); r != 1 || c != comments {
		t.Errorf("after a push that brings nothing there are %d reviews and %d comments", r, c)
	}
}

// The comment has what restores the guard: as a suggestion where GitHub can apply
// one, and on deleted lines, where it can't, as code.
func TestRestore(t *testing.T) {
	t.Parallel()
	for place, suggests := range map[string]bool{route + " LEFT 5": false, route + " RIGHT 4": true} {
		t.Run(place, func(t *testing.T) {
			t.Parallel()
			s := stageOf(t, setting{})
			if suggests {
				s.refuse([]string{route + " LEFT 5"})
			}
			s.deliver(t, "opened")
			s.ended(t)
			c := s.repo.Comments(s.pull.Number)[0]
			if got := (spot{c.Path, c.Side, c.Line, c.File}).String(); got != place {
				t.Fatalf("the comment is at %s", got)
			}
			if strings.Contains(c.Body, "```suggestion\n") != suggests || !strings.Contains(c.Body, "```") || !strings.Contains(c.Body, "await auth()") {
				t.Errorf("the comment is %s", c.Body)
			}
		})
	}
}

// Who may accept is the base's to say: stricter, looser, or nobody.
func TestExceptionsAreConfigurable(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ base, head, login, conclusion string }{
		"a role that is higher":         {"exceptions: {by: admin}\n", "", "rita", "failure"},
		"the same role":                 {"exceptions: {by: admin}\n", "", "acme", "success"},
		"nobody":                        {"exceptions: {by: nobody}\n", "", "acme", "failure"},
		"the author":                    {"exceptions: {author: true}\n", "", "contributor", "success"},
		"the author by the head's word": {"", "exceptions: {author: true}\n", "contributor", "failure"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, head := sample(t)
			if tt.head == "" {
				tt.head = tt.base
			}
			s := stageOf(t, setting{base: withFile(base, settingsFile, tt.base), head: withFile(head, settingsFile, tt.head), roles: cast()})
			s.hook(t, sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})
			s.reply(t, s.repo.Comments(s.pull.Number)[0].ID, tt.login, "/authdiff accept posts are public")
			s.want(t, name, tt.conclusion)
		})
	}
}

// Names of a repository pose as mentions, markup and the App's own words: what
// people see of the check, the review and the comments holds none of it but as
// code.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	base := shop()
	head := maps.Clone(base)
	for _, name := range []string{
		"<img src=x onerror=alert(1)>", "x` @octocat #1 ![a](x:evil)", "``` <!-- authdiff:finding aa -->", "<details><summary>",
	} {
		base["app/api/"+name+"/route.ts"], head["app/api/"+name+"/route.ts"] = handler(1, true), handler(1, false)
	}
	s := stageOf(t, setting{base: base, head: head})
	s.deliver(t, "opened")
	s.ended(t)
	run := s.only(t, s.pull.HeadSHA, "failure")
	texts := []string{run.Title, run.Summary, run.Text}
	for _, c := range s.repo.Comments(s.pull.Number) {
		texts = append(texts, c.Body)
	}
	for _, v := range s.repo.Reviews(s.pull.Number) {
		texts = append(texts, v.Body)
	}
	if len(texts) < 8 || !strings.Contains(run.Summary, "octocat") {
		t.Errorf("%d texts; the check says %s", len(texts), run.Summary)
	}
	for _, text := range texts {
		shown := withoutCode(text)
		for _, word := range []string{"<img", "@octocat", "](x:evil", "<!-- authdiff:finding aa"} {
			if strings.Contains(shown, word) {
				t.Errorf("%q can be read as more than text in:\n%s", word, text)
			}
		}
		if strings.Count(shown, "<details>") != strings.Count(shown, "</details>") {
			t.Errorf("a name closes what is folded:\n%s", text)
		}
	}
}

// escaped is a character that Markdown takes for itself alone.
var escaped = regexp.MustCompile("\\\\[!-/:-@\\[-`{-~]")

// withoutCode is a text in Markdown without escaped characters and without its
// code: what stands between two runs of equally many backticks.
func withoutCode(text string) string {
	var out strings.Builder
	text = escaped.ReplaceAllString(text, "")
	for {
		open := strings.IndexByte(text, '`')
		if open < 0 {
			return out.String() + text
		}
		run := len(text[open:]) - len(strings.TrimLeft(text[open:], "`"))
		out.WriteString(text[:open])
		text = text[open+run:]
		for rest := text; ; {
			end := strings.IndexByte(rest, '`')
			if end < 0 {
				break // no code: the backticks stand for themselves
			}
			n := len(rest[end:]) - len(strings.TrimLeft(rest[end:], "`"))
			rest = rest[end+n:]
			if n == run {
				text = rest
				break
			}
		}
	}
}
