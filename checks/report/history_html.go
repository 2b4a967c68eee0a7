package report

import (
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/history"
	"github.com/authdiff/authdiff/checks/protect"
)

// Bounds of what the page shows of one step.
const (
	maxStepFindings = 50
	maxStepUnread   = 20
)

// quiet is the group of the steps without findings; those of the others are their
// gravest severity.
const quiet = "quiet"

// HistoryHTML writes a history as one page that asks for nothing from elsewhere:
// a chart over time, and a table of the steps with filter and search. It keeps the
// steps until Close, since the newest comes first.
type HistoryHTML struct {
	w       io.Writer
	sum     historySum
	page    historyPage
	moments []moment
}

type historyPage struct {
	Style       template.CSS
	Script      template.JS
	Sum, Newest string
	Chart       *chart
	Groups      []pageGroup
	Layers      []protect.Layer
	Steps       []pageStep
}

type pageGroup struct {
	Name, Label string
	Count       int
	Shown       bool
}

type pageStep struct {
	Date, Commit, Title string
	Text, Layers, When  string // what the filter looks at
	Group               string
	Endpoints           int
	Findings            []pageFinding
	More                string
	Unread              string
	NotAnalysed         []compare.NotAnalysed
}

type pageFinding struct {
	Severity             compare.Severity
	Message, Place, Rule string
}

// NewHistoryHTML returns a writer of a history.
func NewHistoryHTML(w io.Writer) *HistoryHTML { return &HistoryHTML{w: w} }

// Step adds a step. It never fails.
func (h *HistoryHTML) Step(s history.Step) error {
	h.sum.add(s)
	if h.page.Newest == "" {
		h.page.Newest = Visible(short(s.ID))
	}
	h.page.Steps = append(h.page.Steps, stepOnPage(s))
	m := moment{at: s.Date.UTC(), counts: map[compare.Severity]int{}}
	for _, f := range s.Result.Findings {
		m.counts[f.Severity]++
	}
	h.moments = append(h.moments, m)
	return nil
}

// Close writes the page. An error is the writer's.
func (h *HistoryHTML) Close() error {
	page := &h.page
	page.Style, page.Script = template.CSS(asset("style.css")), template.JS(asset("filter.js")) // #nosec G203: both are ours
	page.Sum, page.Layers = h.sum.String(), protect.Layers
	var by period
	page.Chart, by = newChart(h.moments)
	count := map[string]int{}
	for i := range page.Steps {
		page.Steps[i].When = by.start(h.moments[i].at).Format(by.format)
		count[page.Steps[i].Group]++
	}
	for _, s := range severities {
		page.Groups = append(page.Groups, pageGroup{string(s), string(s), count[string(s)], true})
	}
	page.Groups = append(page.Groups, pageGroup{quiet, "none", count[quiet], h.sum.loud == 0})
	return writePage(h.w, "history.html", page)
}

func stepOnPage(s history.Step) pageStep {
	out := pageStep{Date: s.Date.UTC().Format(time.DateOnly), Commit: Visible(short(s.ID)), Title: Visible(s.Title),
		Group: quiet, Endpoints: s.Result.Endpoints}
	words := []string{out.Date, out.Commit, out.Title}
	var layers []string
	for i, f := range s.Result.Findings {
		if out.Group == quiet || f.Severity.Rank() > compare.Severity(out.Group).Rank() {
			out.Group = string(f.Severity)
		}
		if !slices.Contains(layers, string(f.Layer)) {
			layers = append(layers, string(f.Layer))
		}
		if i < maxStepFindings {
			one := pageFinding{f.Severity, Visible(f.Message), Visible(lostAt(f)), f.Rule}
			out.Findings = append(out.Findings, one)
			words = append(words, one.Message, one.Place, one.Rule, Visible(f.Endpoint.File))
		}
	}
	if n := len(s.Result.Findings) - maxStepFindings; n > 0 {
		out.More = fmt.Sprintf("and %d more", n)
	}
	if n := len(s.Result.NotAnalysed); n > 0 {
		out.Unread = fmt.Sprintf("%d not analysed", n)
	}
	for _, n := range s.Result.NotAnalysed[:min(maxStepUnread, len(s.Result.NotAnalysed))] {
		out.NotAnalysed = append(out.NotAnalysed, compare.NotAnalysed{File: Visible(n.File), Reason: Visible(n.Reason)})
	}
	out.Text, out.Layers = strings.ToLower(strings.Join(words, " ")), strings.Join(layers, " ")
	return out
}
