package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/audit"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
)

// AuditDocument is the object that AuditJSON writes. Fields may be added to it.
type AuditDocument struct {
	Version     int                   `json:"version"`
	Rev         string                `json:"rev"`
	Endpoints   []AuditedEndpoint     `json:"endpoints"`
	NotAnalysed []compare.NotAnalysed `json:"not_analysed"`
}

// AuditedEndpoint is an endpoint as it stands in the JSON of an audit.
type AuditedEndpoint struct {
	endpoint.Ref
	Line       int              `json:"line"`
	Effects    []AuditedEffect  `json:"effects"`
	Protection AuditedLayers    `json:"protection"`
	Verdict    audit.Verdict    `json:"verdict"`
	Reason     string           `json:"reason"`
	Severity   compare.Severity `json:"severity,omitempty"`
	Personal   bool             `json:"personal"`
}

// AuditedEffect is an effect as it stands there; Open says that it is done for
// anybody.
type AuditedEffect struct {
	Kind string `json:"kind"`
	What string `json:"what"`
	File string `json:"file"`
	Line int    `json:"line"`
	Open bool   `json:"open"`
}

// AuditedLayers are the guards of each layer; none is an empty array.
type AuditedLayers struct {
	Authentication []AuditedGuard `json:"authentication"`
	Authorization  []AuditedGuard `json:"authorization"`
	Ownership      []AuditedGuard `json:"ownership"`
	Validation     []AuditedGuard `json:"validation"`
}

// AuditedGuard is a guard as it stands there.
type AuditedGuard struct {
	Guard      string             `json:"guard"`
	File       string             `json:"file"`
	Line       int                `json:"line"`
	Confidence protect.Confidence `json:"confidence"`
	Middleware bool               `json:"middleware"`
}

// AuditJSON writes the audit of a revision, empty for the working tree, as
// audit.schema.json describes. An error is the writer's.
func AuditJSON(w io.Writer, rev string, a *audit.Audit) error {
	d := AuditDocument{Version: 1, Rev: rev, Endpoints: []AuditedEndpoint{}, NotAnalysed: append([]compare.NotAnalysed{}, a.NotAnalysed...)}
	for i := range a.Endpoints {
		d.Endpoints = append(d.Endpoints, audited(&a.Endpoints[i]))
	}
	return writeJSON(w, d)
}

func audited(e *audit.Endpoint) AuditedEndpoint {
	out := AuditedEndpoint{Ref: e.Ref, Line: e.Line, Effects: []AuditedEffect{}, Verdict: e.Verdict, Reason: e.Reason,
		Severity: e.Severity(), Personal: e.Personal}
	for _, x := range e.Effects {
		out.Effects = append(out.Effects, AuditedEffect(x))
	}
	guards := func(l protect.Layer) []AuditedGuard {
		list := []AuditedGuard{}
		for _, g := range e.Protection[l] {
			list = append(list, AuditedGuard{Guard: g.What, File: g.File, Line: g.Line, Confidence: g.Confidence, Middleware: g.Middleware})
		}
		return list
	}
	out.Protection = AuditedLayers{guards(protect.Authentication), guards(protect.Authorization), guards(protect.Ownership), guards(protect.Validation)}
	return out
}

// ReadAudit reads what AuditJSON wrote. The error says what is wrong with it.
func ReadAudit(r io.Reader) (*audit.Audit, error) {
	var d AuditDocument
	if err := json.NewDecoder(r).Decode(&d); err != nil {
		return nil, fmt.Errorf("not the JSON of an audit: %w", err)
	}
	if d.Version != 1 || d.Endpoints == nil {
		return nil, errors.New("not the JSON of an audit: make it with `authdiff audit --format json`")
	}
	a := &audit.Audit{NotAnalysed: d.NotAnalysed}
	for _, e := range d.Endpoints {
		one := audit.Endpoint{Ref: e.Ref, Line: e.Line, Verdict: e.Verdict, Reason: e.Reason, Personal: e.Personal, Protection: map[protect.Layer][]audit.Guard{}}
		for _, x := range e.Effects {
			one.Effects = append(one.Effects, audit.Effect(x))
		}
		for l, list := range map[protect.Layer][]AuditedGuard{
			protect.Authentication: e.Protection.Authentication, protect.Authorization: e.Protection.Authorization,
			protect.Ownership: e.Protection.Ownership, protect.Validation: e.Protection.Validation,
		} {
			for _, g := range list {
				one.Protection[l] = append(one.Protection[l], audit.Guard{What: g.Guard, File: g.File, Line: g.Line, Confidence: g.Confidence, Middleware: g.Middleware})
			}
		}
		a.Endpoints = append(a.Endpoints, one)
	}
	return a, nil
}

// layerMarks are the heads of a table's columns, one for each layer.
var layerMarks = []string{"sign-in", "role", "owner", "input"}

// AuditText writes the audit as a table for a person at a terminal. When it is
// verbose, the guards and their places follow each row. An error is the
// writer's.
func AuditText(w io.Writer, a *audit.Audit, o Options) error {
	p := &textPrinter{color: o.Color}
	t := auditTable{textPrinter: p, width: cmp.Or(max(o.Width, 0), textWidth), verbose: o.Verbose}
	for _, v := range audit.Verdicts {
		t.section(v, slices.DeleteFunc(slices.Clone(a.Endpoints), func(e audit.Endpoint) bool { return e.Verdict != v }))
	}
	p.line(p.paint(bold, auditSum(a)))
	if _, err := io.WriteString(w, p.b.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// auditSum counts the endpoints of each verdict in words.
func auditSum(a *audit.Audit) string {
	parts := []string{}
	for _, v := range audit.Verdicts {
		if n := countVerdict(a, v); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	line := Plural(len(a.Endpoints), "endpoint")
	if len(parts) > 0 {
		line += ": " + strings.Join(parts, ", ")
	}
	return line
}

func countVerdict(a *audit.Audit, v audit.Verdict) int {
	n := 0
	for i := range a.Endpoints {
		if a.Endpoints[i].Verdict == v {
			n++
		}
	}
	return n
}

// auditTable lays out rows: the endpoint, what it does, and a mark for each
// layer.
type auditTable struct {
	*textPrinter
	width   int
	verbose bool
}

var verdictTitles = map[audit.Verdict]string{
	audit.Open: "open: anybody can call", audit.Unknown: "unknown: can't be judged",
	audit.Public: "public: open to anybody on purpose, or harmless", audit.Guarded: "guarded: asks who is calling",
}

// The widths of the columns at the right: what it does, and the marks.
const doesWidth = 20

var markWidths = []int{8, 5, 6, 5}

func (t *auditTable) section(v audit.Verdict, list []audit.Endpoint) {
	if len(list) == 0 {
		return
	}
	name := max(20, t.width-2-doesWidth-24)
	t.line(t.paint(bold, fmt.Sprintf("%s (%d)", verdictTitles[v], len(list))))
	t.line(t.paint(dim, "  "+columns(name, "endpoint", "does", layerMarks)))
	for i := range list {
		t.row(&list[i], name)
	}
	t.line("")
}

// columns lays out one row: the endpoint's name, which has the given width, what
// it does, and the marks.
func columns(width int, name, does string, marks []string) string {
	row := fmt.Sprintf("%-*s%-*s", width, ClipMiddle(name, width-1), doesWidth, Clip(does, doesWidth-1))
	for i, m := range marks {
		row += fmt.Sprintf("%-*s", markWidths[i], m)
	}
	return strings.TrimRight(row, " ")
}

func (t *auditTable) row(e *audit.Endpoint, name int) {
	label := e.Name
	if e.Kind != endpoint.Route && e.Kind != endpoint.PagesAPI {
		label = string(e.Kind) + " " + e.Name
	}
	marks := make([]string, len(protect.Layers))
	for i, l := range protect.Layers {
		marks[i] = "-"
		if len(e.Protection[l]) > 0 {
			marks[i] = "yes"
		}
	}
	t.line("  " + columns(name, Visible(label), Visible(does(e)), marks))
	if e.Verdict != audit.Guarded {
		t.indented(e.Reason)
	}
	if !t.verbose {
		return
	}
	t.indented(Position(e.File, e.Line))
	for _, l := range protect.Layers {
		for _, g := range e.Protection[l] {
			t.indented(string(l) + ": " + guardText(g))
		}
	}
}

func (t *auditTable) indented(s string) {
	for _, row := range wrap(Visible(s), t.width-6) {
		t.line("      " + t.paint(dim, row))
	}
}

// guardText names a guard, where it stands and what is uncertain about it.
func guardText(g audit.Guard) string {
	s := g.What
	if g.File != "" {
		s += ", " + Position(g.File, g.Line)
	}
	if g.Middleware {
		s += " (in the middleware)"
	}
	if g.Confidence == protect.Low {
		s += " (a guess from its name)"
	}
	return s
}

// does sums up what an endpoint does: "writes link, user; reads 3".
func does(e *audit.Endpoint) string {
	var writes []string
	reads := 0
	for _, x := range e.Effects {
		subject, _, _ := strings.Cut(x.What, ".")
		switch {
		case x.Kind == "read":
			reads++
		case x.Kind == "write":
			if !slices.Contains(writes, subject) {
				writes = append(writes, subject)
			}
		default:
			if !slices.Contains(writes, x.Kind) {
				writes = append(writes, x.Kind)
			}
		}
	}
	switch {
	case len(writes) > 0:
		return strings.Join(writes, ", ")
	case reads > 0:
		return "reads"
	}
	return ""
}

// ClipMiddle shortens text to at most limit characters by taking some out of its
// middle: the ends of a path tell most.
func ClipMiddle(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	head := limit / 3
	return string(runes[:head]) + "…" + string(runes[len(runes)-(limit-head-1):])
}

// maxAuditRows bounds the rows of each table in Markdown, which a comment or a
// job's summary must hold.
const maxAuditRows = 150

// AuditMarkdown writes the audit as tables. An error is the writer's.
func AuditMarkdown(w io.Writer, a *audit.Audit) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## authdiff audit: %s\n\n", auditSum(a))
	for _, v := range audit.Verdicts {
		auditSection(&b, v, a.Endpoints)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func auditSection(b *strings.Builder, v audit.Verdict, all []audit.Endpoint) {
	list := slices.DeleteFunc(slices.Clone(all), func(e audit.Endpoint) bool { return e.Verdict != v })
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "### %s (%d)\n\n| endpoint | does | %s | why | file |\n| --- | --- |%s --- | --- |\n", verdictTitles[v], len(list),
		strings.Join(layerMarks, " | "), strings.Repeat(" --- |", len(layerMarks)))
	for i := range list {
		if i == maxAuditRows {
			fmt.Fprintf(b, "\nand %d more\n", len(list)-i)
			break
		}
		e := &list[i]
		fmt.Fprintf(b, "| %s | %s |", Escape(Clip(e.Name, maxCodeWidth)), Escape(Clip(does(e), maxCodeWidth)))
		for _, l := range protect.Layers {
			b.WriteString(" " + layerCell(e.Protection[l]) + " |")
		}
		fmt.Fprintf(b, " %s | %s |\n", Escape(Clip(e.Reason, maxCodeWidth)), Escape(clipPath(Position(e.File, e.Line))))
	}
	b.WriteString("\n")
}

func layerCell(guards []audit.Guard) string {
	if len(guards) == 0 {
		return "no"
	}
	return Escape(Clip(guards[0].What, 60))
}
