package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
)

// What the Markdown form shows of one finding before it counts the rest. A
// finding that reaches every bound takes at most MaxFindingMarkdown, so that it
// fits a GitHub comment (65,536 characters).
const (
	maxMarkdownAffected = 50
	maxMarkdownEvidence = 12
	maxMarkdownLost     = 30
	maxCodeWidth        = 200
	maxProse            = 600

	// MaxFindingMarkdown bounds what FindingMarkdown returns, in bytes, without
	// the addresses of places and the suggestion.
	MaxFindingMarkdown = 60_000
)

// Places turns a place on one side into the address of a page that shows it;
// empty when there is none. The address must be safe inside a Markdown link.
type Places func(side compare.Side, path string, line, endLine int) string

// Markdown writes the run as a comment on a pull request: the sum, each finding
// in full, then what wasn't analysed. An error is the writer's.
func Markdown(w io.Writer, r Run) error {
	var b strings.Builder
	result := r.result()
	fmt.Fprintf(&b, "## authdiff: %s\n\n", Tally(result.Findings))
	for _, f := range result.Findings {
		b.WriteString(FindingMarkdown(f, nil, "") + "\n")
	}
	b.WriteString(NotAnalysedMarkdown(result.NotAnalysed))
	b.WriteString(Conclusion(result) + " " + Escape(revisions(r)) + "\n")
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// FindingMarkdown is one finding in full: what is lost, what protected it and
// where, what an attacker can do now, the lines that are gone, and the other
// endpoints. A suggestion, when it isn't empty, stands for the lines that are
// gone: it is the text that GitHub puts in the place of the commented lines.
// Places may be nil. The text ends with a line break.
func FindingMarkdown(f compare.Finding, places Places, suggestion string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s:** %s\n\n", Title(f.Severity), prose(f.Message))
	item := func(label, value string) {
		if value != "" {
			fmt.Fprintf(&b, "- **%s:** %s\n", label, value)
		}
	}
	item("Endpoint", endpointMarkdown(f.Endpoint, f.EndpointLine, places))
	item("Protected by", prose(f.Guard))
	item("Lost at", placeMarkdown(f.Side, f.Path, f.Line, f.EndLine, places)+" ("+Escape(string(f.Side))+")")
	item("Now possible", prose(f.Impact))
	b.WriteString("\n")
	if suggestion != "" {
		b.WriteString("Restore it:\n\n" + Fence("suggestion", suggestion) + "\n")
	} else {
		b.WriteString(lostMarkdown(f.Restore))
	}
	b.WriteString(evidenceMarkdown(f.Evidence, places))
	b.WriteString(affectedMarkdown(f.Affected, places))
	fmt.Fprintf(&b, "<sub>%s, confidence %s, id %s</sub>\n",
		Code(Clip(f.Rule, maxCodeWidth)), Escape(string(f.Confidence)), Code(Clip(f.Fingerprint, maxCodeWidth)))
	return b.String()
}

// FindingLine is one finding in one bounded line without a line break:
// severity, message, place and id.
func FindingLine(f compare.Finding, places Places) string {
	return fmt.Sprintf("**%s:** %s, %s (id %s)", Title(f.Severity), Escape(Clip(f.Message, maxCodeWidth)),
		placeMarkdown(f.Side, f.Path, f.Line, f.EndLine, places), Code(Clip(f.Fingerprint, maxCodeWidth)))
}

// NotAnalysedMarkdown lists what nothing is known of; empty for none.
func NotAnalysedMarkdown(list []compare.NotAnalysed) string {
	if len(list) == 0 {
		return ""
	}
	const shown = 50
	var b strings.Builder
	b.WriteString("**Not analysed**\n\n")
	for i, n := range list {
		if i == shown {
			fmt.Fprintf(&b, "- and %d more\n", len(list)-i)
			break
		}
		fmt.Fprintf(&b, "- %s: %s\n", Code(Clip(n.File, maxCodeWidth)), Escape(Clip(n.Reason, maxCodeWidth)))
	}
	return b.String() + "\n"
}

// Title is a severity as a heading writes it: "Error".
func Title(s compare.Severity) string {
	if s == "" {
		return "Finding"
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

func lostMarkdown(restore string) string {
	rows := lines(restore)
	if len(rows) == 0 {
		return ""
	}
	more := ""
	if n := len(rows) - maxMarkdownLost; n > 0 {
		rows, more = rows[:maxMarkdownLost], "and "+Plural(n, "more line")+"\n\n"
	}
	for i, row := range rows {
		rows[i] = Clip(row, maxCodeWidth)
	}
	return "To restore it, put back what the base had:\n\n" + Fence("ts", strings.Join(rows, "\n")) + "\n" + more
}

func evidenceMarkdown(steps []compare.Step, places Places) string {
	if len(steps) == 0 {
		return ""
	}
	var items []string
	for _, s := range steps[:min(len(steps), maxMarkdownEvidence)] {
		items = append(items, fmt.Sprintf("%s (%s): %s",
			placeMarkdown(s.Side, s.Path, s.Line, s.EndLine, places), Escape(string(s.Side)), prose(s.Why)))
	}
	return details("How it was protected", items, len(steps))
}

func affectedMarkdown(refs []endpoint.Ref, places Places) string {
	if len(refs) == 0 {
		return ""
	}
	var items []string
	for _, ref := range refs[:min(len(refs), maxMarkdownAffected)] {
		items = append(items, endpointMarkdown(ref, 0, places))
	}
	return details(Plural(len(refs), "other endpoint")+" affected", items, len(refs))
}

// details is a list that the reader unfolds: the items that are shown, of all
// that there are. The blank lines end GitHub's HTML
// blocks, so that what is between them is Markdown.
func details(summary string, items []string, all int) string {
	more := ""
	if n := all - len(items); n > 0 {
		more = fmt.Sprintf("\n- and %d more", n)
	}
	return "<details><summary>" + summary + "</summary>\n\n- " +
		strings.Join(items, "\n- ") + more + "\n\n</details>\n\n"
}

func endpointMarkdown(ref endpoint.Ref, line int, places Places) string {
	name := Clip(ref.Name, maxCodeWidth)
	if ref.Kind != endpoint.Route && ref.Kind != endpoint.PagesAPI {
		return Escape(string(ref.Kind)) + " " + Code(name) + " in " + placeMarkdown(compare.Head, ref.File, line, 0, places)
	}
	return Code(name) + " in " + placeMarkdown(compare.Head, ref.File, line, 0, places)
}

func placeMarkdown(side compare.Side, path string, line, endLine int, places Places) string {
	text := Position(clipPath(path), line)
	if endLine > line && line > 0 {
		text += fmt.Sprintf("-%d", endLine)
	}
	if places == nil {
		return Code(text)
	}
	if address := places(side, path, line, endLine); address != "" {
		return "[" + Code(text) + "](" + address + ")"
	}
	return Code(text)
}

// clipPath keeps the end of a path, which tells more than its start.
func clipPath(path string) string {
	runes := []rune(path)
	if len(runes) <= maxCodeWidth {
		return path
	}
	return "…" + string(runes[len(runes)-maxCodeWidth:])
}

func prose(s string) string { return Escape(Clip(s, maxProse)) }
