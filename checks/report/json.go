package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
)

// Document is the object that JSON writes. Fields may be added to it; renaming
// one, or changing what it means, takes a new version.
type Document struct {
	Version           int                   `json:"version"`
	Base              string                `json:"base"`
	Head              string                `json:"head"`
	MergeBase         string                `json:"merge_base"`
	EndpointsCompared int                   `json:"endpoints_compared"`
	Findings          []Finding             `json:"findings"`
	NotAnalysed       []compare.NotAnalysed `json:"not_analysed"`
}

// Finding is a finding as it stands in JSON.
type Finding struct {
	Fingerprint string             `json:"fingerprint"`
	Rule        string             `json:"rule"`
	Layer       protect.Layer      `json:"layer"`
	Change      compare.Change     `json:"change"`
	Severity    compare.Severity   `json:"severity"`
	Confidence  protect.Confidence `json:"confidence"`
	Endpoint    endpoint.Ref       `json:"endpoint"`
	Guard       string             `json:"guard"`
	File        string             `json:"file"`
	Line        int                `json:"line"`
	EndLine     int                `json:"end_line"`
	Side        compare.Side       `json:"side"`
	Message     string             `json:"message"`
	Affected    []endpoint.Ref     `json:"affected"`
}

// JSON writes the run as one indented object and a line break, as schema.json
// describes. An error is the writer's.
func JSON(w io.Writer, r Run) error {
	result := r.result()
	return writeJSON(w, Document{
		Version: 1,
		Base:    r.Base, Head: r.Head, MergeBase: r.MergeBase,
		EndpointsCompared: result.Endpoints,
		Findings:          Findings(result.Findings),
		NotAnalysed:       append([]compare.NotAnalysed{}, result.NotAnalysed...),
	})
}

// Findings are findings as they stand in JSON, in the same order; never nil, so
// that none is an empty array.
func Findings(findings []compare.Finding) []Finding {
	out := make([]Finding, 0, len(findings))
	for _, f := range findings {
		out = append(out, Finding{
			Fingerprint: f.Fingerprint,
			Rule:        f.Rule,
			Layer:       f.Layer,
			Change:      f.Change,
			Severity:    f.Severity,
			Confidence:  f.Confidence,
			Endpoint:    f.Endpoint,
			Guard:       f.Guard,
			File:        f.Path,
			Line:        f.Line,
			EndLine:     f.EndLine,
			Side:        f.Side,
			Message:     f.Message,
			Affected:    append([]endpoint.Ref{}, f.Affected...),
		})
	}
	return out
}

// writeJSON writes v as an indented object.
func writeJSON(w io.Writer, v any) error { return encode(w, v, "  ") }

// writeLine writes v as an object on one line.
func writeLine(w io.Writer, v any) error { return encode(w, v, "") }

// encode writes v for machines that people look over the shoulder of: no HTML
// escapes, and hidden characters as \u escapes, which mean the same.
func encode(w io.Writer, v any, indent string) error {
	var plain bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode report: %w", err)
	}
	var out bytes.Buffer
	for _, r := range plain.String() {
		if r == '\n' || !hidden(r) {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
