// Package compare pairs the endpoints of two trees and says what protection the
// base has that the head lacks.
package compare

import (
	"slices"
	"sort"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
)

// Severity is how much a finding matters. The command line's exit status and
// the check run's conclusion depend on it.
type Severity string

// The severities, as CONTRIBUTING and the README explain them.
const (
	Error   Severity = "error"   // protection is lost, and the analysis can show it
	Warning Severity = "warning" // the same with a guessed link; validation; an unguarded newcomer
	Notice  Severity = "notice"  // worth a look
)

// Rank orders severities: Error 3, Warning 2, Notice 1, anything else 0.
func (s Severity) Rank() int {
	switch s {
	case Error:
		return 3
	case Warning:
		return 2
	case Notice:
		return 1
	}
	return 0
}

// Change is what happened to the protection.
type Change string

// The changes.
const (
	Removed        Change = "removed"         // the guard is gone
	Weakened       Change = "weakened"        // a weaker guard stands in its place
	Bypassed       Change = "bypassed"        // the guard is there, and the effect runs without it
	AddedUnguarded Change = "added-unguarded" // a new endpoint lacks what its siblings have
)

// Side says on which tree a place is.
type Side string

// The sides.
const (
	Base Side = "base"
	Head Side = "head"
)

// Step is one link of the evidence: a place and what happens there, in a few
// words ("calls requireAdmin", "throws when the session is null").
type Step struct {
	source.Place
	Side Side
	Why  string
}

// Finding is protection that the base has and the head lacks.
type Finding struct {
	// Fingerprint is stable across pushes, line moves and re-formatting: 16
	// lower-case hexadecimal digits.
	Fingerprint string
	Rule        string // "auth-guard-removed"
	Layer       protect.Layer
	Change      Change
	Severity    Severity
	Confidence  protect.Confidence
	Endpoint    endpoint.Ref
	// EndpointLine is the line of the endpoint's declaration in the head file
	// Endpoint.File, 0 when the head has none.
	EndpointLine int
	Guard        string // what protected it: "session check by auth() at line 7"
	source.Place        // where it was lost
	Side         Side   // on which tree Place is
	// Gap is the head's line at which a place of the base was lost; zero when Place
	// is the head's, or the head has no such file.
	Gap      source.Place
	Message  string // one plain sentence, without a full stop at its end
	Impact   string // what an attacker can do now, one sentence
	Evidence []Step // how the base was protected, from the entry to the check
	Restore  string // base text of the guard's lines, whole lines; may be empty
	// Affected lists the other endpoints that lost the same protection when the
	// change is in shared code; sorted.
	Affected []endpoint.Ref
}

// NotAnalysed says of a file, or of an endpoint in it, why nothing is known.
type NotAnalysed struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
	// Blind means that an endpoint which the change touches was guarded in the
	// base, and can't be followed in the head: it may have lost its protection.
	// What was as unknown before, or isn't touched, is no reason to worry.
	Blind bool `json:"-"`
}

// Result is the answer to one comparison. Findings are sorted by severity
// (gravest first), then place; NotAnalysed by file.
type Result struct {
	Endpoints   int // how many endpoints stand on either side
	Findings    []Finding
	NotAnalysed []NotAnalysed
	// Settings are what the comparison went by; nil when nothing was compared.
	Settings *settings.Settings
}

// Note adds to what was not analysed, and keeps its order; what is there twice
// stands once.
func (r *Result) Note(more ...NotAnalysed) {
	r.NotAnalysed = append(r.NotAnalysed, more...)
	sort.Slice(r.NotAnalysed, func(i, j int) bool {
		a, b := r.NotAnalysed[i], r.NotAnalysed[j]
		if a.File != b.File {
			return a.File < b.File
		}
		return a.Reason < b.Reason || a.Reason == b.Reason && a.Blind && !b.Blind
	})
	r.NotAnalysed = slices.CompactFunc(r.NotAnalysed, func(a, b NotAnalysed) bool { return a.File == b.File && a.Reason == b.Reason })
}

// Worst returns the gravest severity of the findings, empty when there is none.
func (r *Result) Worst() Severity {
	var worst Severity
	for _, f := range r.Findings {
		if f.Severity.Rank() > worst.Rank() {
			worst = f.Severity
		}
	}
	return worst
}
