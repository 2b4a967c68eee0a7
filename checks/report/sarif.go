package report

import (
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/source"
)

// The SARIF 2.1.0 object model, as far as this package uses it.
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		ColumnKind  string            `json:"columnKind"`
		Properties  map[string]string `json:"properties"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID         string              `json:"id"`
		Short      sarifMessage        `json:"shortDescription"`
		Full       *sarifMessage       `json:"fullDescription,omitempty"`
		Help       *sarifHelp          `json:"help,omitempty"`
		Default    *sarifConfiguration `json:"defaultConfiguration,omitempty"`
		Properties sarifRuleProperties `json:"properties"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifConfiguration struct {
		Level string `json:"level"`
	}
	sarifRuleProperties struct {
		Tags             []string `json:"tags"`
		SecuritySeverity string   `json:"security-severity"`
	}
	sarifInvocation struct {
		ExecutionSuccessful bool                `json:"executionSuccessful"`
		Notifications       []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifResult struct {
		RuleID              string            `json:"ruleId"`
		RuleIndex           int               `json:"ruleIndex"`
		Level               string            `json:"level"`
		Message             sarifMessage      `json:"message"`
		Locations           []sarifLocation   `json:"locations"`
		RelatedLocations    []sarifLocation   `json:"relatedLocations,omitempty"`
		PartialFingerprints map[string]string `json:"partialFingerprints"`
		Properties          map[string]string `json:"properties"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Message  *sarifMessage `json:"message,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI       string `json:"uri"`
		URIBaseID string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
		EndLine   int `json:"endLine,omitempty"`
	}
)

// SARIF writes the run as a SARIF 2.1.0 log with one run. A result's location
// is on the head, since code scanning shows the head: the place itself, or else
// the endpoint; what stood in the base is a related location. An error is the
// writer's.
func SARIF(w io.Writer, r Run) error {
	result := r.result()
	rules := sarifRules(result.Findings)
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: "authdiff", InformationURI: informationURI, Rules: rules,
		}},
		Invocations: []sarifInvocation{{ExecutionSuccessful: true, Notifications: sarifNotifications(result.NotAnalysed)}},
		Results:     []sarifResult{},
		ColumnKind:  "unicodeCodePoints",
		Properties:  map[string]string{"base": r.Base, "head": r.Head, "mergeBase": r.MergeBase},
	}
	for _, f := range result.Findings {
		i := slices.IndexFunc(rules, func(r sarifRule) bool { return r.ID == f.Rule })
		run.Results = append(run.Results, sarifFinding(f, i))
	}
	return writeSARIF(w, run)
}

const informationURI = "https://github.com/authdiff/authdiff"

func writeSARIF(w io.Writer, run sarifRun) error {
	return writeJSON(w, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	})
}

// sarifRules lists the rules of the findings, sorted by id. A rule is as severe
// as its gravest finding.
func sarifRules(findings []compare.Finding) []sarifRule {
	gravest := map[string]compare.Finding{}
	for _, f := range findings {
		if g, ok := gravest[f.Rule]; !ok || f.Severity.Rank() > g.Severity.Rank() {
			gravest[f.Rule] = f
		}
	}
	rules := []sarifRule{}
	for id, f := range gravest {
		rules = append(rules, sarifRule{
			ID:    id,
			Short: sarifMessage{Text: Title(compare.Severity(f.Layer)) + " " + strings.ReplaceAll(string(f.Change), "-", " ")},
			Help:  ruleHelp(id),
			Properties: sarifRuleProperties{
				Tags:             []string{"security", string(f.Layer)},
				SecuritySeverity: securitySeverity(f.Severity),
			},
		})
	}
	slices.SortFunc(rules, func(a, b sarifRule) int { return strings.Compare(a.ID, b.ID) })
	return rules
}

func sarifFinding(f compare.Finding, rule int) sarifResult {
	text := Visible(f.Message) + "."
	if f.Impact != "" {
		text += " " + Visible(f.Impact)
	}
	if f.Guard != "" {
		text += " It was protected by: " + Visible(f.Guard) + "."
	}
	at := headPlace(f)
	out := sarifResult{
		RuleID: f.Rule, RuleIndex: rule,
		Level:               sarifLevel(f.Severity),
		Message:             sarifMessage{Text: text},
		Locations:           []sarifLocation{location(at.Path, at.Line, at.EndLine)},
		PartialFingerprints: map[string]string{"authdiff/v1": f.Fingerprint},
		Properties: map[string]string{
			"layer": string(f.Layer), "change": string(f.Change), "confidence": string(f.Confidence),
			"endpointKind": string(f.Endpoint.Kind), "endpoint": f.Endpoint.Name, "endpointFile": f.Endpoint.File,
		},
	}
	related := func(l sarifLocation, why string) {
		l.ID, l.Message = len(out.RelatedLocations)+1, &sarifMessage{Text: Visible(why)}
		out.RelatedLocations = append(out.RelatedLocations, l)
	}
	if f.Side == compare.Base {
		related(location(f.Path, f.Line, f.EndLine), "Lost here, in the base.")
	}
	if f.EndpointLine > 0 && at != (source.Place{Path: f.Endpoint.File, Line: f.EndpointLine}) {
		related(location(f.Endpoint.File, f.EndpointLine, 0), "The endpoint.")
	}
	for _, s := range f.Evidence {
		related(location(s.Path, s.Line, s.EndLine), "In the "+string(s.Side)+": "+s.Why)
	}
	for _, ref := range f.Affected {
		related(location(ref.File, 0, 0), "Also affected: "+string(ref.Kind)+" "+ref.Name)
	}
	return out
}

func sarifNotifications(list []compare.NotAnalysed) []sarifNotification {
	var out []sarifNotification
	for _, n := range list {
		out = append(out, sarifNotification{
			Level:     "warning",
			Message:   sarifMessage{Text: "Not analysed: " + Visible(n.Reason)},
			Locations: []sarifLocation{location(n.File, 0, 0)},
		})
	}
	return out
}

// headPlace is where the head shows the finding: the place itself, or the line at
// which it was lost, which the change's diff shows, or else the endpoint. The base's
// file, without a line, is the last resort: the path at least exists for a reader.
// Code scanning shows a result on a pull request where its lines are part of the
// diff.
// https://docs.github.com/en/code-security/code-scanning/managing-code-scanning-alerts/triaging-code-scanning-alerts-in-pull-requests
func headPlace(f compare.Finding) source.Place {
	switch {
	case f.Side == compare.Head:
		return f.Place
	case f.Gap.Line > 0:
		return f.Gap
	case f.EndpointLine > 0:
		return source.Place{Path: f.Endpoint.File, Line: f.EndpointLine}
	}
	return source.Place{Path: f.Path}
}

// location is a place in the repository; without a region when line is 0.
func location(path string, line, endLine int) sarifLocation {
	l := sarifLocation{Physical: sarifPhysical{
		Artifact: sarifArtifact{URI: PathURI(path), URIBaseID: "%SRCROOT%"},
	}}
	if line > 0 {
		l.Physical.Region = &sarifRegion{StartLine: line}
		if endLine > line {
			l.Physical.Region.EndLine = endLine
		}
	}
	return l
}

// PathURI writes a repository path as a relative URI reference: percent-encoded
// apart from its slashes, so that no character of a name has a meaning in it.
func PathURI(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = strings.ReplaceAll(url.QueryEscape(part), "+", "%20")
	}
	return strings.Join(parts, "/")
}

func sarifLevel(s compare.Severity) string {
	switch s {
	case compare.Error:
		return "error"
	case compare.Warning:
		return "warning"
	case compare.Notice:
		return "note"
	}
	return "none"
}

// securitySeverity is the score by which GitHub's code scanning sorts: high is
// 7.0 and more, medium 4.0 and more.
// https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
func securitySeverity(s compare.Severity) string {
	switch s {
	case compare.Error:
		return "8.0"
	case compare.Warning:
		return "5.0"
	case compare.Notice:
		return "2.0"
	}
	return "0.0"
}
