package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/report"
	"github.com/authdiff/authdiff/checks/settings"
)

// maxDeclined is how many refused requests the check run names.
const maxDeclined = 10

// accepted are the findings of the head that an exception lets stand.
func (c composer) accepted() []compare.Finding {
	var out []compare.Finding
	for _, f := range c.Result.Findings {
		if _, ok := c.exceptions.holds[f.Fingerprint]; ok {
			out = append(out, f)
		}
	}
	return out
}

// exceptionsMarkdown tells, for the check's summary, what was accepted by whom
// and why, and which requests don't count. Empty when nobody asked.
func (c composer) exceptionsMarkdown() string {
	var b strings.Builder
	if accepted := c.accepted(); len(accepted) > 0 {
		var items [][]string
		for _, f := range accepted {
			by := "- Accepted " + c.exceptions.holds[f.Fingerprint].words() + ". "
			items = append(items, []string{by + report.FindingLine(f, nil) + "\n", by + shortest(f) + "\n"})
		}
		text, left := fit(items, maxOutput/4)
		b.WriteString("**Exceptions**\n\n" + text + leftOut(left) + "\n")
	}
	if len(c.exceptions.declined) > 0 {
		b.WriteString("**Requests that don't count**\n\n")
		for _, d := range c.exceptions.declined[max(0, len(c.exceptions.declined)-maxDeclined):] {
			fmt.Fprintf(&b, "- %s: %s\n", report.Code(report.Clip(d.by, maxName)), report.Escape(d.why))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// maxName is more than any login has, in characters.
const maxName = 60

// buttons are those of the check run: accept where a finding fails it, revoke
// where an exception holds.
func (c composer) buttons() []Button {
	var list []Button
	if len(c.failing()) > 0 && c.Settings.Exceptions.By != settings.Nobody {
		list = append(list, Button{"Accept findings", "As they are meant to be, by a reviewer", ButtonAccept})
	}
	if len(c.accepted()) > 0 {
		list = append(list, Button{"Revoke exceptions", "Let the accepted findings count again", ButtonRevoke})
	}
	return list
}

// record is the body of the review that keeps what the button was pressed for.
func (c composer) record() string {
	var listed []compare.Finding
	var hidden strings.Builder
	did, by := "accepted", ""
	for _, m := range c.exceptions.record {
		i := slices.IndexFunc(c.Result.Findings, func(f compare.Finding) bool { return f.Fingerprint == m.value })
		if i < 0 || hidden.Len() > maxBody/3 {
			continue
		}
		hidden.WriteString(c.Signer.line(m))
		listed = append(listed, c.Result.Findings[i])
		if by = strings.TrimPrefix(m.detail, buttonSource); m.kind == kindRevoked {
			did = "revoked the exception for"
		}
	}
	if len(listed) == 0 {
		return ""
	}
	top := fmt.Sprintf("**authdiff:** %s %s %s with the check's button.\n\n", report.Code(by), did, report.Plural(len(listed), "finding"))
	text, left := fit(c.listItems(listed), maxBody-hidden.Len()-len(top))
	return hidden.String() + top + text + leftOut(left)
}
