package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/history"
)

// HistoryLine is a step of a history as it stands in JSON, one object a line.
type HistoryLine struct {
	Commit            string                `json:"commit"`
	Base              string                `json:"base"`
	Date              string                `json:"date"`
	Title             string                `json:"title"`
	EndpointsCompared int                   `json:"endpoints_compared"`
	Findings          []Finding             `json:"findings"`
	NotAnalysed       []compare.NotAnalysed `json:"not_analysed"`
	Milliseconds      int64                 `json:"milliseconds"`
}

// HistoryJSON writes a step, and how long it took, as one line. An error is the
// writer's.
func HistoryJSON(w io.Writer, s history.Step, took time.Duration) error {
	return writeLine(w, HistoryLine{
		Commit: s.ID, Base: s.Parent, Date: s.Date.Format(time.RFC3339), Title: s.Title,
		EndpointsCompared: s.Result.Endpoints,
		Findings:          Findings(s.Result.Findings),
		NotAnalysed:       append([]compare.NotAnalysed{}, s.Result.NotAnalysed...),
		Milliseconds:      took.Milliseconds(),
	})
}

// HistoryText writes a history for a person at a terminal, step by step: those
// with findings, and the sum at the end.
type HistoryText struct {
	w       io.Writer
	color   bool
	verbose bool
	sum     historySum
}

// historySum counts what a history's steps said.
type historySum struct {
	steps, loud, unread int
	newest, oldest      string
	findings            []compare.Finding
}

func (s *historySum) add(step history.Step) {
	if s.steps == 0 {
		s.newest = step.Date.Format(time.DateOnly)
	}
	s.steps++
	s.oldest = step.Date.Format(time.DateOnly)
	s.findings = append(s.findings, step.Result.Findings...)
	if len(step.Result.Findings) > 0 {
		s.loud++
	}
	if len(step.Result.NotAnalysed) > 0 {
		s.unread++
	}
}

// NewHistoryText returns a writer of a history.
func NewHistoryText(w io.Writer, o Options) *HistoryText {
	return &HistoryText{w: w, color: o.Color, verbose: o.Verbose}
}

// Step writes a step if it has findings; when it is verbose every step, with what
// could not be analysed. An error is the writer's.
func (h *HistoryText) Step(s history.Step) error {
	h.sum.add(s)
	if len(s.Result.Findings) == 0 && !h.verbose {
		return nil
	}
	p := &textPrinter{color: h.color}
	p.line(p.paint(dim, s.Date.Format(time.DateOnly)+"  "+Visible(short(s.ID))+"  ") + p.paint(bold, Clip(Visible(s.Title), textWidth-24)))
	for _, f := range s.Result.Findings {
		lead := fmt.Sprintf("  %-9s", string(f.Severity)+":")
		for i, row := range wrap(Visible(f.Message), textWidth-len(lead)) {
			if i > 0 {
				lead = strings.Repeat(" ", len(lead))
			}
			p.line(p.paint(severityColor(f.Severity), lead) + row)
		}
		p.line(strings.Repeat(" ", len(lead)) + p.paint(dim, Visible(lostAt(f))))
	}
	if h.verbose {
		p.line(p.paint(dim, "  "+Plural(s.Result.Endpoints, "endpoint")+" compared"))
		for _, n := range s.Result.NotAnalysed {
			p.line(p.paint(dim, "  not analysed: "+Visible(n.File+": "+n.Reason)))
		}
	}
	p.line("")
	return h.write(p)
}

// Close writes the sum. An error is the writer's.
func (h *HistoryText) Close() error {
	p := &textPrinter{color: h.color}
	p.line(p.paint(bold, h.sum.String()))
	return h.write(p)
}

func (s *historySum) String() string {
	if s.steps == 0 {
		return "no commits"
	}
	line := fmt.Sprintf("%s from %s to %s: %s", Plural(s.steps, "commit"), s.oldest, s.newest, Tally(s.findings))
	if s.loud > 0 {
		line += " in " + Plural(s.loud, "commit")
	}
	if s.unread > 0 {
		line += fmt.Sprintf("; in %d something could not be analysed", s.unread)
	}
	return line
}

func (h *HistoryText) write(p *textPrinter) error {
	if _, err := io.WriteString(h.w, p.b.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
