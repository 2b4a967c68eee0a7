package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/report"
	"github.com/authdiff/authdiff/checks/settings"
)

// GitHub's bounds on the output of a check run, and our own on a title, of
// which lists show only the start.
// https://docs.github.com/en/rest/checks/runs
const (
	maxOutput            = 65_535
	maxTitle             = 120
	maxAnnotationTitle   = 255
	maxAnnotationMessage = 4_000
	maxReason            = 1_000
)

// ButtonRerun is the identifier of the button that asks for another analysis.
const ButtonRerun = "rerun"

var rerun = Button{Label: "Re-run", Description: "Analyse the pull request again", Identifier: ButtonRerun}

// failedAnalysis is the check of a run that has no result. It fails, unless the
// settings say otherwise: a gate that opens when it breaks is none.
func failedAnalysis(reason string, on settings.Failure) Check {
	conclusion, therefore := Failure, "the check fails"
	if on == settings.Neutral {
		conclusion, therefore = Neutral, "the check is neutral, as the repository's settings ask"
	}
	return Check{
		Conclusion: conclusion,
		Title:      "authdiff could not analyse this pull request",
		Summary: "authdiff could not compare the endpoints of this pull request with its base, so nothing is known " +
			"about their protection and " + therefore + ".\n\n**Reason:** " +
			report.Escape(report.Clip(reason, maxReason)) + "\n\nRe-run the check, or push again, once the reason is gone.\n",
		Buttons: []Button{rerun},
	}
}

func (c composer) check() Check {
	out := Check{Conclusion: Success, Title: c.title(), Summary: c.summary(), Text: c.text(), Buttons: c.buttons()}
	switch {
	case len(c.failing()) > 0:
		out.Conclusion = Failure
	case len(c.blind()) > 0:
		out.Conclusion = Failure
		if c.Settings.OnFailure == settings.Neutral {
			out.Conclusion = Neutral
		}
		out.Buttons = append(out.Buttons, rerun)
	}
	for _, f := range c.Result.Findings {
		if a, ok := c.annotation(f); ok {
			out.Annotations = append(out.Annotations, a)
		}
	}
	return out
}

// blind are the endpoints that were guarded and of which nothing is known now.
// They fail the check like an analysis that failed: an endpoint must not pass
// because its code can't be read any more. Whatever else wasn't analysed is told,
// and fails nothing: it was as unknown before, or the change doesn't touch it.
func (c composer) blind() []compare.NotAnalysed {
	var out []compare.NotAnalysed
	for _, n := range c.Result.NotAnalysed {
		if n.Blind {
			out = append(out, n)
		}
	}
	return out
}

// failing are the findings that fail the check.
func (c composer) failing() []compare.Finding {
	var out []compare.Finding
	for _, f := range c.Result.Findings {
		if _, accepted := c.exceptions.holds[f.Fingerprint]; !accepted && c.fails(f) {
			out = append(out, f)
		}
	}
	return out
}

func (c composer) title() string {
	title := report.Tally(c.Result.Findings)
	switch blind := len(c.blind()); {
	case len(c.Result.Findings) == 0 && blind > 0:
		title = report.Plural(blind, "guarded endpoint") + " can't be followed any more"
	case len(c.Result.Findings) == 0:
		title = "No endpoint lost protection"
	}
	if n := len(c.accepted()); n > 0 {
		title += fmt.Sprintf("; %d accepted", n)
	}
	if n := len(c.Result.NotAnalysed); n > 0 {
		title += fmt.Sprintf("; %s not analysed", report.Plural(n, "file"))
	}
	return report.Clip(title, maxTitle)
}

// summary has the verdict, each finding in a line, the layers of each endpoint
// that changed, and what wasn't analysed. The counts stand in the title.
func (c composer) summary() string {
	var top strings.Builder
	fmt.Fprintf(&top, "%s compared", report.Plural(c.Result.Endpoints, "endpoint"))
	if commit.MatchString(c.BaseSHA) && commit.MatchString(c.HeadSHA) {
		fmt.Fprintf(&top, " between %s and %s", report.Code(c.BaseSHA[:7]), report.Code(c.HeadSHA[:7]))
	}
	fmt.Fprintf(&top, ". %s\n\n", c.verdict())
	top.WriteString(c.exceptionsMarkdown())
	notAnalysed := report.NotAnalysedMarkdown(c.Result.NotAnalysed)
	if len(notAnalysed) > maxOutput/2 {
		notAnalysed = fmt.Sprintf("**Not analysed:** %s\n", report.Plural(len(c.Result.NotAnalysed), "file"))
	}
	list, left := fit(c.listItems(c.Result.Findings), maxOutput-top.Len()-len(notAnalysed)-1)
	if list != "" {
		list += leftOut(left) + "\n"
	}
	table := c.table(maxOutput - top.Len() - len(list) - len(notAnalysed))
	return top.String() + list + table + notAnalysed
}

// verdict says in one sentence why the check ends as it does.
func (c composer) verdict() string {
	failing := len(c.failing())
	switch {
	case failing > 0:
		return fmt.Sprintf("The check fails because of %s of severity %s%s.",
			report.Plural(failing, "finding"), report.Escape(string(c.Settings.FailOn)), orGraver(c.Settings.FailOn))
	case len(c.blind()) > 0:
		therefore := "so the check fails"
		if c.Settings.OnFailure == settings.Neutral {
			therefore = "so the check is neutral, as the repository's settings ask"
		}
		return fmt.Sprintf("What protects %s that this pull request touches can't be followed any more, %s: see what was not analysed.",
			report.Plural(len(c.blind()), "endpoint"), therefore)
	case c.Settings.FailOn == settings.Never && len(c.Result.Findings) > 0:
		return "The repository's settings let every finding pass, so the check succeeds."
	case slices.ContainsFunc(c.accepted(), c.fails):
		return fmt.Sprintf("Every finding of severity %s%s was accepted, so the check succeeds.",
			report.Escape(string(c.Settings.FailOn)), orGraver(c.Settings.FailOn))
	case len(c.Result.Findings) > 0:
		return fmt.Sprintf("No finding is of severity %s%s, so the check succeeds.",
			report.Escape(string(c.Settings.FailOn)), orGraver(c.Settings.FailOn))
	}
	return "Every endpoint that was compared is still protected by what protected it before."
}

func orGraver(s settings.Level) string {
	if s == settings.Error {
		return ""
	}
	return " or graver"
}

// text has every finding in full, as far as there is room, and the others in a
// line each.
func (c composer) text() string {
	var items [][]string
	for _, f := range c.Result.Findings {
		items = append(items, []string{
			report.FindingMarkdown(f, c.address, "") + "\n---\n\n",
			report.FindingLine(f, nil) + "\n\n",
			shortest(f) + "\n\n",
		})
	}
	text, left := fit(items, maxOutput)
	return text + leftOut(left)
}

// annotation is the finding on the line of the head that is nearest to where
// the protection was lost; false when the head has no such line.
func (c composer) annotation(f compare.Finding) (Annotation, bool) {
	path, line := c.diff.headPlace(f)
	last := line
	if f.Side == compare.Head {
		last = max(line, f.EndLine)
	}
	if path == "" {
		path, line, last = f.Endpoint.File, f.EndpointLine, f.EndpointLine
	}
	if path == "" || line <= 0 {
		return Annotation{}, false
	}
	message := report.Visible(f.Message) + "."
	if f.Impact != "" {
		message += "\n" + report.Visible(f.Impact)
	}
	if f.Guard != "" {
		message += "\nIt was protected by: " + report.Visible(f.Guard)
	}
	return Annotation{
		Path: path, StartLine: line, EndLine: last,
		Level:   level(f.Severity),
		Title:   report.Clip(report.Visible(f.Endpoint.Name), maxAnnotationTitle),
		Message: report.Clip(message, maxAnnotationMessage),
	}, true
}

func level(s compare.Severity) string {
	switch s {
	case compare.Error:
		return "failure"
	case compare.Warning:
		return "warning"
	}
	return "notice"
}
