package report

import (
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/authdiff/authdiff/checks/audit"
	"github.com/authdiff/authdiff/checks/compare"
)

// The rules of an audit's results.
const (
	ruleOpen    = "endpoint-open"
	ruleUnknown = "endpoint-unknown"
)

// AuditSARIF writes the open endpoints of an audit, and those that can't be
// judged, as a SARIF 2.1.0 log. An error is the writer's.
func AuditSARIF(w io.Writer, rev string, a *audit.Audit) error {
	run := sarifRun{
		Tool:        sarifTool{Driver: sarifDriver{Name: "authdiff", InformationURI: informationURI, Rules: auditRules()}},
		Invocations: []sarifInvocation{{ExecutionSuccessful: true, Notifications: sarifNotifications(a.NotAnalysed)}},
		Results:     []sarifResult{},
		ColumnKind:  "unicodeCodePoints",
		Properties:  map[string]string{"rev": rev},
	}
	for i := range a.Endpoints {
		e := &a.Endpoints[i]
		if e.Severity() == "" {
			continue
		}
		rule := 0
		if e.Verdict == audit.Unknown {
			rule = 1
		}
		out := sarifResult{
			RuleID: run.Tool.Driver.Rules[rule].ID, RuleIndex: rule, Level: sarifLevel(e.Severity()),
			Message:             sarifMessage{Text: Visible(e.Name + ": " + e.Reason + ".")},
			Locations:           []sarifLocation{location(e.File, e.Line, 0)},
			PartialFingerprints: map[string]string{"authdiff/v1": auditFingerprint(e)},
			Properties:          map[string]string{"verdict": string(e.Verdict), "endpointKind": string(e.Kind), "endpoint": e.Name, "endpointFile": e.File},
		}
		for _, x := range e.Effects {
			if x.Open && x.File != "" && len(out.RelatedLocations) < maxEvidence {
				l := location(x.File, x.Line, 0)
				l.ID, l.Message = len(out.RelatedLocations)+1, &sarifMessage{Text: Visible("Done for anybody: " + x.What)}
				out.RelatedLocations = append(out.RelatedLocations, l)
			}
		}
		run.Results = append(run.Results, out)
	}
	return writeSARIF(w, run)
}

// auditFingerprint is stable as long as the endpoint has its name and verdict.
func auditFingerprint(e *audit.Endpoint) string {
	sum := sha256.Sum256([]byte(string(e.Verdict) + "\x00" + string(e.Kind) + "\x00" + e.Name))
	return hex.EncodeToString(sum[:8])
}

func auditRules() []sarifRule {
	rule := func(id, short, help string, s compare.Severity) sarifRule {
		return sarifRule{
			ID: id, Short: sarifMessage{Text: short}, Full: &sarifMessage{Text: help},
			Help:       &sarifHelp{Text: help, Markdown: help},
			Default:    &sarifConfiguration{Level: sarifLevel(s)},
			Properties: sarifRuleProperties{Tags: []string{"security", "authentication"}, SecuritySeverity: securitySeverity(s)},
		}
	}
	return []sarifRule{
		rule(ruleOpen, "Endpoint open to anybody",
			"The endpoint does something without asking who is calling. Ask for the session before it, or name the endpoint under "+
				"`public` in .github/authdiff.yml if it is meant to be open.", compare.Error),
		rule(ruleUnknown, "Endpoint that can't be judged",
			"What protects the endpoint isn't known. Where a guard of your own can't be read, describe it under `guards` in "+
				".github/authdiff.yml.", compare.Notice),
	}
}
