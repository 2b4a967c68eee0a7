package report

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
)

// Options are the choices of the text form.
type Options struct {
	// Color switches ANSI colours on. The caller knows whether it writes to a
	// terminal and what the user asked for.
	Color bool
	// Width is the terminal's, in characters; 0 when it isn't known.
	Width int
	// Verbose adds what a reader needs only to find out why.
	Verbose bool
}

// What the text form shows of one finding before it counts the rest, and how
// wide it is: labels end before column 16, and 96 columns fit the terminals in
// use. Source lines are clipped and not wrapped.
const (
	textWidth    = 96
	textIndent   = 16
	maxAffected  = 10
	maxEvidence  = 8
	maxLostLines = 20
	maxLostWidth = 160
)

// Text writes the run for a person at a terminal: each finding in full, then
// what wasn't analysed, then one line with the sum. An error is the writer's.
func Text(w io.Writer, r Run, o Options) error {
	p := &textPrinter{color: o.Color, all: o.Verbose}
	result := r.result()
	for _, f := range result.Findings {
		p.finding(f)
	}
	p.notAnalysed(result.NotAnalysed)
	p.line(p.paint(bold, Conclusion(result)) + p.paint(dim, revisions(r)))
	if _, err := io.WriteString(w, p.b.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func revisions(r Run) string {
	if r.MergeBase == "" {
		return ""
	}
	head := short(r.Head)
	if head == "" {
		head = "working tree"
	}
	return fmt.Sprintf(" (%s to %s)", Visible(short(r.MergeBase)), Visible(head))
}

// textPrinter collects the text, so that a report is written whole or not.
type textPrinter struct {
	b     strings.Builder
	color bool
	all   bool // what is cut short otherwise, too
}

func (p *textPrinter) finding(f compare.Finding) {
	p.headline(f)
	p.labelled("endpoint", endpointText(f.Endpoint, f.EndpointLine))
	p.labelled("protected by", f.Guard)
	for i, step := range f.Evidence {
		if i == maxEvidence && !p.all {
			p.labelled("", fmt.Sprintf("and %d more", len(f.Evidence)-i))
			break
		}
		p.labelled("", Position(step.Path, step.Line)+"  "+step.Why)
	}
	p.labelled("lost at", lostAt(f))
	p.labelled("impact", f.Impact)
	p.affected(f.Affected)
	p.lost(f.Restore)
	p.line("")
}

// headline writes the severity, the message and the rule.
func (p *textPrinter) headline(f compare.Finding) {
	lead := string(f.Severity) + ": "
	for i, row := range wrap(Visible(f.Message), textWidth-len(lead)) {
		if i == 0 {
			p.line(p.paint(severityColor(f.Severity), lead) + p.paint(bold, row))
			continue
		}
		p.line(strings.Repeat(" ", len(lead)) + p.paint(bold, row))
	}
	p.labelled("rule", fmt.Sprintf("%s (%s, confidence %s)", f.Rule, f.Layer, f.Confidence))
}

func (p *textPrinter) affected(refs []endpoint.Ref) {
	label := "also affects"
	for i, ref := range refs {
		if i == maxAffected && !p.all {
			p.labelled("", fmt.Sprintf("and %d more", len(refs)-i))
			return
		}
		p.labelled(label, endpointText(ref, 0))
		label = ""
	}
}

// lost shows the lines that the head lacks, as a diff would.
func (p *textPrinter) lost(restore string) {
	rows := lines(restore)
	if len(rows) == 0 {
		return
	}
	p.line("")
	for i, row := range rows {
		if i == maxLostLines && !p.all {
			p.line(p.paint(dim, fmt.Sprintf("    and %s more", Plural(len(rows)-i, "line"))))
			return
		}
		row = strings.ReplaceAll(row, "\t", "  ")
		p.line(p.paint(red, "    - "+Clip(Visible(row), maxLostWidth)))
	}
}

func (p *textPrinter) notAnalysed(list []compare.NotAnalysed) {
	if len(list) == 0 {
		return
	}
	p.line(p.paint(yellow, "not analysed:"))
	for _, n := range list {
		p.line("  " + Visible(n.File) + ": " + Visible(n.Reason))
	}
	p.line("")
}

// labelled writes a label and its value, wrapped; nothing for an empty value.
func (p *textPrinter) labelled(label, value string) {
	for i, row := range wrap(Visible(value), textWidth-textIndent) {
		if i > 0 {
			label = ""
		}
		p.line(fmt.Sprintf("  %s%s", p.paint(dim, fmt.Sprintf("%-*s", textIndent-2, label)), row))
	}
}

func (p *textPrinter) line(s string) {
	p.b.WriteString(s)
	p.b.WriteByte('\n')
}

// The ANSI codes in use.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	yellow = "33"
	blue   = "34"
)

func (p *textPrinter) paint(code, s string) string {
	if !p.color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func severityColor(s compare.Severity) string {
	switch s {
	case compare.Error:
		return red
	case compare.Warning:
		return yellow
	case compare.Notice:
		return blue
	}
	return bold
}

// Position writes a place as editors and terminals recognise it.
func Position(path string, line int) string {
	if line <= 0 {
		return path
	}
	return fmt.Sprintf("%s:%d", path, line)
}

// endpointText names an endpoint, its kind, and where it stands. An HTTP
// endpoint's name tells its kind already.
func endpointText(ref endpoint.Ref, line int) string {
	name := ref.Name
	if ref.Kind != endpoint.Route && ref.Kind != endpoint.PagesAPI {
		name = strings.TrimSpace(string(ref.Kind) + " " + name)
	}
	return name + " in " + Position(ref.File, line)
}

// lostAt says where the protection was lost, and on which side that place is.
func lostAt(f compare.Finding) string {
	at := Position(f.Path, f.Line)
	if f.EndLine > f.Line {
		at += fmt.Sprintf("-%d", f.EndLine)
	}
	return at + " (" + string(f.Side) + ")"
}

// wrap breaks text at spaces so that no row is wider than width characters,
// apart from single words that are. No row for an empty text.
func wrap(s string, width int) []string {
	var rows []string
	for len(s) > 0 {
		if utf8.RuneCountInString(s) <= width {
			return append(rows, s)
		}
		cut := strings.LastIndexByte(string([]rune(s)[:width+1]), ' ')
		if cut <= 0 {
			if cut = strings.IndexByte(s, ' '); cut < 0 {
				return append(rows, s)
			}
		}
		rows = append(rows, strings.TrimRight(s[:cut], " "))
		s = strings.TrimLeft(s[cut:], " ")
	}
	return rows
}
