package review

import (
	"fmt"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/report"
)

// What stands around the text that a comment had before it was first edited.
// The kept text is the last thing in a body, and keptSummary stands only there.
const (
	keptSummary = "<summary>What was reported</summary>"
	keptOpen    = "<details>" + keptSummary + "\n\n"
	keptClose   = "\n</details>"
)

// edits brings comments up to date whose findings were fixed, came back, or were
// accepted. A finding that is gone only because its file can't be read any more
// isn't fixed: its comment stays as it is.
func (c composer) edits() []Edit {
	current := map[string]compare.Finding{}
	for _, f := range c.Result.Findings {
		if _, ok := current[f.Fingerprint]; !ok {
			current[f.Fingerprint] = f
		}
	}
	var edits []Edit
	for _, comment := range c.told.comments {
		now, gone := c.state(comment, current)
		if gone && c.unreadable(comment) || now.same(comment.marked) {
			continue
		}
		edits = append(edits, Edit{ID: comment.ID, Body: c.editedBody(now, current)})
	}
	return edits
}

// state is what the comment should say of its findings. gone tells that one of
// them is newly gone.
func (c composer) state(comment markedComment, current map[string]compare.Finding) (now marked, gone bool) {
	now = marked{
		fingerprints: comment.fingerprints, text: comment.text,
		fixed: map[string]string{}, accepted: map[string]string{}, revoked: map[string]string{},
	}
	for _, fingerprint := range comment.fingerprints {
		if at, known := c.exceptions.revoked[fingerprint]; known {
			now.revoked[fingerprint] = at
		}
		x, accepted := c.exceptions.holds[fingerprint]
		before, wasFixed := comment.fixed[fingerprint]
		switch _, there := current[fingerprint]; {
		case !there && wasFixed:
			now.fixed[fingerprint] = before
		case !there:
			now.fixed[fingerprint], gone = c.HeadSHA, true
		case accepted:
			now.accepted[fingerprint] = x.source
		}
	}
	return now, gone
}

// same reports whether a body says the same of its findings already.
func (m marked) same(as marked) bool {
	for _, fingerprint := range m.fingerprints {
		_, fixed := m.fixed[fingerprint]
		if _, wasFixed := as.fixed[fingerprint]; fixed != wasFixed ||
			m.accepted[fingerprint] != as.accepted[fingerprint] || m.revoked[fingerprint] != as.revoked[fingerprint] {
			return false
		}
	}
	return true
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

func (c composer) editedBody(now marked, current map[string]compare.Finding) string {
	var open []compare.Finding
	var hidden, notices strings.Builder
	for _, fingerprint := range now.fingerprints {
		hidden.WriteString(c.Signer.line(marker{kind: kindFinding, value: fingerprint}))
		if at, ok := now.revoked[fingerprint]; ok {
			hidden.WriteString(c.Signer.line(marker{kindRevoked, fingerprint, at}))
		}
		notice := ""
		if commit, ok := now.fixed[fingerprint]; ok {
			hidden.WriteString(c.Signer.line(marker{kindFixed, fingerprint, commit}))
			notice = "**Fixed**" + c.in(commit) + ": the head no longer has this finding."
		} else if source, ok := now.accepted[fingerprint]; ok {
			hidden.WriteString(c.Signer.line(marker{kindAccepted, fingerprint, source}))
			notice = "**Accepted** " + c.exceptions.holds[fingerprint].words() + ". Reply `/authdiff revoke` to take that back."
		} else {
			open = append(open, current[fingerprint])
			continue
		}
		if len(now.fingerprints) > 1 {
			notice = "- " + report.Code(fingerprint) + " " + notice
		}
		notices.WriteString(notice + "\n")
	}
	if len(open) == len(now.fingerprints) {
		return hidden.String() + c.sections(open, "") + c.footer()
	}
	body := hidden.String() + notices.String() + "\n"
	if len(open) > 0 {
		body += "Still there:\n\n" + c.sections(open, "") + c.footer() + "\n"
	}
	if kept := keptOpen + reported(now.text) + keptClose + "\n"; len(body)+len(kept) <= maxBody {
		body += kept
	}
	return body
}

// in names the commit, with its page where that is known.
func (c composer) in(sha string) string {
	if !commit.MatchString(sha) {
		return ""
	}
	name := report.Code(sha[:7])
	if !repository.MatchString(c.RepoURL) {
		return " in " + name
	}
	return fmt.Sprintf(" in [%s](%s/commit/%s)", name, c.RepoURL, sha)
}

// words say who accepted, and why.
func (x exception) words() string {
	return "by " + report.Code(x.by) + ": " + report.Escape(report.Clip(x.reason, maxReason))
}

// reported is what the comment said before it was first edited.
func reported(text string) string {
	_, kept, edited := strings.Cut(text, keptOpen)
	if !edited {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(kept, "\n"), keptClose)
}
