package review

import (
	"fmt"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/report"
)

// What stands around the text that a comment had before its finding was fixed.
// The kept text is the last thing in a body, and keptSummary stands only there.
const (
	keptSummary = "<summary>What was reported</summary>"
	keptOpen    = "<details>" + keptSummary + "\n\n"
	keptClose   = "\n</details>"
)

// edits brings comments up to date whose findings were fixed, or came back. A
// finding that is gone only because its file can't be read any more isn't
// fixed: its comment stays as it is.
func (c composer) edits() []Edit {
	current := map[string]compare.Finding{}
	for _, f := range c.Result.Findings {
		if _, ok := current[f.Fingerprint]; !ok {
			current[f.Fingerprint] = f
		}
	}
	var edits []Edit
	for _, comment := range c.told.comments {
		var open []compare.Finding
		changed := false
		for _, fingerprint := range comment.fingerprints {
			f, there := current[fingerprint]
			if there {
				open = append(open, f)
			}
			changed = changed || there == comment.fixed[fingerprint]
		}
		if !changed || len(open) < len(comment.fingerprints) && c.unreadable(comment) {
			continue
		}
		edits = append(edits, Edit{ID: comment.ID, Body: c.editedBody(comment, open)})
	}
	return edits
}

// unreadable reports whether a file that the comment is about, or names, wasn't
// analysed.
func (c composer) unreadable(comment markedComment) bool {
	for _, n := range c.Result.NotAnalysed {
		if n.File == comment.Path || strings.Contains(comment.text, report.Visible(n.File)) {
			return true
		}
	}
	return false
}

func (c composer) editedBody(comment markedComment, open []compare.Finding) string {
	fingerprints := comment.fingerprints
	var b strings.Builder
	for _, fingerprint := range fingerprints {
		b.WriteString(findingMarker(fingerprint))
	}
	if len(open) == len(fingerprints) {
		return b.String() + c.sections(open, "")
	}
	for _, fingerprint := range fingerprints {
		if !contains(open, fingerprint) {
			b.WriteString(fixedMarker(fingerprint))
		}
	}
	b.WriteString(c.fixedNotice(len(fingerprints), len(open)))
	if len(open) > 0 {
		b.WriteString(c.sections(open, "") + "\n")
	}
	kept := keptOpen + reported(comment.text) + keptClose + "\n"
	if b.Len()+len(kept) <= maxBody {
		b.WriteString(kept)
	}
	return b.String()
}

func (c composer) fixedNotice(all, open int) string {
	where := ""
	if commit.MatchString(c.HeadSHA) {
		where = " in " + report.Code(c.HeadSHA[:7])
	}
	if open == 0 {
		return "**Fixed**" + where + ": the head no longer has this finding.\n\n"
	}
	return fmt.Sprintf("**%d of %d fixed**%s. Still there:\n\n", all-open, all, where)
}

// reported is what the comment said before it was first edited.
func reported(text string) string {
	_, kept, edited := strings.Cut(text, keptOpen)
	if !edited {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(kept, "\n"), keptClose)
}

func contains(findings []compare.Finding, fingerprint string) bool {
	for _, f := range findings {
		if f.Fingerprint == fingerprint {
			return true
		}
	}
	return false
}
