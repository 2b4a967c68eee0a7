package report

import (
	"fmt"
	"io"
	"strings"
)

// Annotations writes the run as workflow commands, which GitHub Actions shows on
// the lines of a pull request: one a finding, and one for each file that could not
// be analysed. Of each level GitHub shows the first ten of a step, so that the
// gravest come first. An error is the writer's.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func Annotations(w io.Writer, r Run) error {
	result := r.result()
	var out strings.Builder
	for _, f := range result.Findings {
		place := headPlace(f)
		text := Visible(f.Message) + "."
		if f.Impact != "" {
			text += " " + Visible(f.Impact)
		}
		where := "file=" + commandProperty(place.Path)
		if place.Line > 0 {
			where += fmt.Sprintf(",line=%d", place.Line)
		}
		if place.EndLine > place.Line {
			where += fmt.Sprintf(",endLine=%d", place.EndLine)
		}
		fmt.Fprintf(&out, "::%s %s,title=%s::%s\n", f.Severity, where, commandProperty("authdiff: "+f.Rule), commandData(text))
	}
	for _, n := range result.NotAnalysed {
		fmt.Fprintf(&out, "::warning file=%s,title=authdiff%%3A not analysed::%s\n", commandProperty(n.File), commandData(Visible(n.Reason)))
	}
	if _, err := io.WriteString(w, out.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// What workflow commands escape, in their text and in a property's value.
// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
var (
	dataEscaper     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscaper = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func commandData(s string) string     { return dataEscaper.Replace(s) }
func commandProperty(s string) string { return propertyEscaper.Replace(Visible(s)) }
