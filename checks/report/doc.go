// Package report renders the result of a comparison for its readers: text for a
// terminal, JSON for scripts, SARIF for code scanning, Markdown for comments.
//
// Everything that comes from the compared repository (names, paths, source
// lines) is hostile until it went through one of the doors of this package:
// Escape, Code and Fence for Markdown, the terminal's own neutraliser for text,
// encoding/json for the rest. The same result gives the same bytes: nothing
// here reads a clock, an environment or the order of a map.
package report

import (
	"fmt"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
)

// Run is one comparison: the revisions, as commit ids, and what was found.
// Head is empty when the comparison was with a working tree; MergeBase is the
// revision that was really compared with the head.
type Run struct {
	Base, Head, MergeBase string
	Result                *compare.Result
}

// result never is nil, so that a run without a result renders as an empty one.
func (r Run) result() *compare.Result {
	if r.Result == nil {
		return &compare.Result{}
	}
	return r.Result
}

// severities in the order in which they are shown, gravest first.
var severities = []compare.Severity{compare.Error, compare.Warning, compare.Notice}

// Tally counts findings per severity in words: "2 errors, 1 notice", or
// "no findings".
func Tally(findings []compare.Finding) string {
	count := map[compare.Severity]int{}
	for _, f := range findings {
		count[f.Severity]++
	}
	return tallyCounts(count)
}

func tallyCounts(count map[compare.Severity]int) string {
	var parts []string
	for _, s := range severities {
		if count[s] > 0 {
			parts = append(parts, Plural(count[s], string(s)))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}

// Plural is a count with its regular English noun: "1 file", "3 files".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Conclusion is the one line that closes a report: what was found, in how many
// endpoints, and how many files stayed unread.
func Conclusion(r *compare.Result) string {
	line := Tally(r.Findings) + " in " + Plural(r.Endpoints, "endpoint")
	if n := len(r.NotAnalysed); n > 0 {
		line += fmt.Sprintf("; %d not analysed", n)
	}
	return line
}

// short abbreviates a commit id as git does.
func short(revision string) string {
	if len(revision) > 10 {
		return revision[:10]
	}
	return revision
}

// lines splits whole lines and drops the end of the last one; none for "".
func lines(text string) []string {
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
