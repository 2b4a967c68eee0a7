package report

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// zeroWidth breaks up what GitHub recognises in rendered text after Markdown is
// done (mentions, references, addresses): a backslash or an entity for the
// character itself doesn't stop those.
const zeroWidth = "&#8203;"

// Escape makes text safe inside a line of GitHub Markdown: it renders as the
// same characters, and as nothing else: no markup, HTML, mention, reference,
// link, image or formula. Line breaks become spaces; invisible and direction
// changing characters become visible; spaces at the ends, which have a meaning
// at those of a line, go.
func Escape(s string) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(Visible(s)) {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '@', '#':
			b.WriteRune(r)
			b.WriteString(zeroWidth)
		case '\\', '`', '*', '_', '{', '}', '[', ']', '|', '~', '!', '$', '^':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return unlink(blockStart.ReplaceAllString(b.String(), `$1\$2`))
}

// blockStart finds what would open a list, a quote, a heading's underline or a
// rule when the text happens to stand at the start of a line.
var blockStart = regexp.MustCompile(`^([0-9]*)([-+=.)])`)

// The bare addresses and references that GitHub links in plain text.
var (
	scheme    = regexp.MustCompile(`://`)
	wwwHost   = regexp.MustCompile(`(?i)\b(www)\.`)
	reference = regexp.MustCompile(`(?i)\b(gh|ghsa|cve)-([0-9a-z])`)
	shortcode = regexp.MustCompile(`:([0-9A-Za-z_+-]+):`) // of an emoji
	mailto    = regexp.MustCompile(`(?i)\b(mailto|xmpp):`)
	commit    = regexp.MustCompile(`(?i)\b[0-9a-f]{7,}\b`)
	six       = regexp.MustCompile(`.{6}`) // digits, too few for a commit
)

func unlink(s string) string {
	s = scheme.ReplaceAllString(s, ":"+zeroWidth+"//")
	s = wwwHost.ReplaceAllString(s, "${1}"+zeroWidth+".")
	s = reference.ReplaceAllString(s, "${1}-"+zeroWidth+"${2}")
	for range 2 { // the colon that ends one may begin the next
		s = shortcode.ReplaceAllString(s, ":"+zeroWidth+"${1}:")
	}
	s = mailto.ReplaceAllString(s, "${1}"+zeroWidth+":")
	return commit.ReplaceAllStringFunc(s, func(id string) string { return six.ReplaceAllString(id, "${0}"+zeroWidth) })
}

// Code renders text as one code span whose delimiter is longer than any run of
// backticks inside. Not for table cells, where a pipe would end the cell.
func Code(s string) string {
	s = Visible(s)
	if s == "" {
		s = " "
	}
	tick := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") ||
		strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") && strings.TrimSpace(s) != "" {
		s = " " + s + " " // the renderer takes these two off again
	}
	return tick + s + tick
}

// Fence renders text as a fenced code block that no line of the text can close.
// The language is a word chosen by the caller. The block ends with a line break.
func Fence(language, text string) string {
	rows := lines(text)
	for i, row := range rows {
		rows[i] = visible(row, '\t')
	}
	body := strings.Join(rows, "\n")
	fence := strings.Repeat("`", max(3, longestRun(body, '`')+1))
	return fence + language + "\n" + body + "\n" + fence + "\n"
}

// Visible returns s in one line, valid UTF-8, and with every character that
// can't be seen, moves the cursor, or changes the direction of its neighbours
// written as U+XXXX in angle brackets. Line breaks and tabs become spaces.
func Visible(s string) string { return visible(s, -1) }

// visible is Visible that keeps one character: the tab, in blocks of code.
func visible(s string, keep rune) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range strings.ReplaceAll(s, "\r\n", "\n") {
		switch {
		case !hidden(r) || r == keep:
			b.WriteRune(r)
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		default:
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		}
	}
	return b.String()
}

// hidden tells the characters that a reader can't see, or that act on others:
// controls (terminal escapes among them), format characters (bidirectional
// overrides, zero widths, tags), line separators, and letters drawn as nothing.
func hidden(r rune) bool {
	if r < 0x7f { // most text ends here
		return r < ' '
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// Clip shortens text to at most limit characters, the last of which then is an
// ellipsis. Clip before escaping: it would cut an escape in two.
func Clip(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
