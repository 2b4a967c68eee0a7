package report

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	ghtml "github.com/yuin/goldmark/renderer/html"
)

// github renders as GitHub does as far as structure is concerned: GFM, and raw
// HTML let through, so that a hole shows.
func github(t *testing.T, markdown string) string {
	t.Helper()
	var b bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote),
		goldmark.WithRendererOptions(ghtml.WithUnsafe()))
	if err := md.Convert([]byte(markdown), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// attacks are texts that mean something to Markdown, HTML or GitHub.
var attacks = []string{
	hostile,
	"@everyone", "a@b.example", "@org/team",
	"<img src=x>", "<script>", "</details>", "<!-- authdiff:finding 00 -->", "&lt;b&gt; &#64;everyone",
	"`", "``", "```", "````\n```", "` `", " ` ", "a`b``c```", "`code`", " ",
	"[x](javascript:alert(1))", "](javascript:alert(1))", "![x](http://evil.example)", "[x]: http://evil.example", "[^1]",
	"<http://evil.example>", "http://evil.example", "https://evil.example/a_b_c", "www.evil.example", "mailto:a@b.example",
	"#1", "GH-1", "gh-22", "org/repo#3", "0123456789abcdef0123456789abcdef01234567",
	"# heading", "- item", "+ item", "* item", "1. item", "1) item", "> quote", "---", "===", "***", "    code", "\tcode",
	"| a | b |\n|---|---|\n| c | d |", "**bold**", "_em_", "~~gone~~", "$x$", "a\\", "\\", "line\nbreak", "line\r\n\r\n# next",
	"\u202eevil", "zero\u200bwidth", "\x1b[2J", "\x00", "\xff\xfe", "tag\U000E0041", "\u2028", "\u3164", ":+1:", "a:tada:b", ":a:b:c:d:", "GHSA-jfh8-c2jp-5v3q", "CVE-2026-1234",
	"[id]", "app/api/users/[id]/route.ts:7", "(group)/@modal/page.tsx", "{ a: 1 }",
}

var (
	anyTag      = regexp.MustCompile(`</?[a-zA-Z!][^>]*>`)
	mention     = regexp.MustCompile(`(^|[^a-zA-Z0-9])@[a-zA-Z0-9]`)
	issueNumber = regexp.MustCompile(`(?i)(#|gh-)[0-9]`)
)

func TestEscapeRendersAsItself(t *testing.T) {
	t.Parallel()
	for _, in := range attacks {
		for _, where := range []string{"", "text ", "- "} {
			page := github(t, where+Escape(in)+"\n")
			for _, tag := range anyTag.FindAllString(page, -1) {
				if !strings.Contains("<p></p><ul></ul><li></li>", tag) {
					t.Errorf("%q after %q renders %s:\n%s", in, where, tag, page)
				}
			}
			text := html.UnescapeString(anyTag.ReplaceAllString(page, ""))
			if mention.MatchString(text) || issueNumber.MatchString(text) ||
				strings.Contains(text, "://") || strings.Contains(text, "www.") {
				t.Errorf("%q: GitHub would link something in %q", in, text)
			}
			want := strings.Fields(strings.TrimPrefix(where, "- ") + Visible(in))
			if got := strings.Fields(strings.ReplaceAll(text, "\u200b", "")); strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%q after %q reads %q, want %q", in, where, got, want)
			}
		}
	}
}

func TestCodeRendersAsItself(t *testing.T) {
	t.Parallel()
	for _, in := range attacks {
		page := github(t, "x "+Code(in)+" y\n")
		if strings.Count(page, "<") != 4 || !strings.Contains(page, "<code>") {
			t.Errorf("%q renders more than one code span: %s", in, page)
			continue
		}
		got := html.UnescapeString(page[strings.Index(page, "<code>")+6 : strings.Index(page, "</code>")])
		if want := Visible(in); got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
}

func TestFenceRendersAsItself(t *testing.T) {
	t.Parallel()
	for _, in := range append(attacks, "a\n````\n```js\n~~~\nb", "<details>\n\n</details>") {
		page := github(t, "before\n\n"+Fence("ts", in)+"\nafter\n")
		body, ok := strings.CutPrefix(page, "<p>before</p>\n<pre><code class=\"language-ts\">")
		if !ok || !strings.HasSuffix(body, "</code></pre>\n<p>after</p>\n") || strings.Count(body, "<") != 4 {
			t.Errorf("%q breaks its fence:\n%s", in, page)
		}
	}
}

func TestCodeOfNothing(t *testing.T) {
	t.Parallel()
	if got := Code(""); got != "` `" {
		t.Errorf("Code of nothing = %q", got)
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in    string
		limit int
		want  string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"éééé", 3, "éé…"},
	} {
		if got := Clip(tc.in, tc.limit); got != tc.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", tc.in, tc.limit, got, tc.want)
		}
	}
}

// The markdown of a finding, rendered with raw HTML let through, has the tags
// that this package writes and no other.
func TestMarkdownOfHostileFinding(t *testing.T) {
	t.Parallel()
	page := github(t, render(t, "markdown", fullRun()))
	allowed := regexp.MustCompile(`^</?(h2|p|strong|ul|li|code|pre|details|summary|sub|code class="language-ts")>$`)
	for _, tag := range anyTag.FindAllString(page, -1) {
		if !allowed.MatchString(tag) {
			t.Errorf("unexpected %s", tag)
		}
	}
	if open, closed := strings.Count(page, "<details>"), strings.Count(page, "</details>"); open != closed {
		t.Errorf("%d details opened, %d closed", open, closed)
	}
}

// wouldLink finds what GitHub makes of rendered text when Markdown is done:
// mentions, references, addresses, commits, emoji.
var wouldLink = regexp.MustCompile(`(?i)(^|[^a-z0-9])@[a-z0-9]|(#|\bgh-)[0-9]|\b(ghsa|cve)-[0-9a-z]|://|\bwww\.|\b(mailto|xmpp):|\b[0-9a-f]{7,40}\b|:[a-z0-9_+-]+:`)

// The three doors, on any text and at any place where text stands: what was
// written is read, and nothing else is there.
func FuzzEscape(f *testing.F) {
	for _, in := range attacks {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		fuzzLine(t, in, "x ", "<p>x ", "</p>\n")
		fuzzLine(t, in, "- ", "<ul>\n<li>", "</li>\n</ul>\n")
		fuzzLine(t, in, "", "<p>", "</p>\n")

		page := github(t, "x "+Code(in)+"\n")
		body, ok := strings.CutPrefix(page, "<p>x <code>")
		if got := html.UnescapeString(strings.TrimSuffix(body, "</code></p>\n")); !ok || strings.Count(page, "<") != 4 || got != orSpace(Visible(in)) {
			t.Errorf("Code of %q renders %q", in, page)
		}
		page = github(t, Fence("ts", in)+"after\n")
		if !strings.HasPrefix(page, `<pre><code class="language-ts">`) || !strings.HasSuffix(page, "</code></pre>\n<p>after</p>\n") || strings.Count(page, "<") != 6 {
			t.Errorf("Fence of %q renders %q", in, page)
		}
	})
}

// fuzzLine holds that Escape's text after the start renders as itself between
// the tags that the start makes.
func fuzzLine(t *testing.T, in, start, open, closed string) {
	t.Helper()
	want := strings.Join(strings.Fields(Visible(in)), " ")
	if want == "" {
		return
	}
	page := github(t, start+Escape(in)+"\n")
	body, ok := strings.CutPrefix(page, open)
	body, closes := strings.CutSuffix(body, closed)
	text := html.UnescapeString(body)
	if !ok || !closes || strings.Contains(body, "<") {
		t.Errorf("Escape of %q after %q renders %q", in, start, page)
	}
	if got := strings.Join(strings.Fields(strings.ReplaceAll(text, "\u200b", "")), " "); got != want {
		t.Errorf("Escape of %q after %q reads %q, want %q", in, start, got, want)
	}
	if found := wouldLink.FindString(text); found != "" {
		t.Errorf("GitHub would make something of %q in the text of %q", found, in)
	}
}

func orSpace(s string) string {
	if s == "" {
		return " "
	}
	return s
}
