package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/authdiff/authdiff/checks/audit"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/published"
)

// officialSARIF is the JSON schema of SARIF 2.1.0 that its editors publish; rtm.5 is
// the name of the final text.
// https://github.com/oasis-tcs/sarif-spec
func officialSARIF(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := published.Read("@microsoft", "jest-sarif", "lib", "schemas", "sarif-2.1.0-rtm.5.json")
	published.Need(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	const address = "sarif.json"
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource(address, value); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(address)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFMatchesTheOfficialSchema(t *testing.T) {
	t.Parallel()
	schema := officialSARIF(t)
	var stock bytes.Buffer
	a := &audit.Audit{
		Endpoints: []audit.Endpoint{
			{Ref: usersRoute, Line: 5, Verdict: audit.Open, Reason: hostile, Effects: []audit.Effect{{Kind: "write", What: hostile, File: hostile, Line: 7, Open: true}}},
			{Ref: usersRoute, Line: 9, Verdict: audit.Unknown, Reason: "its code has a syntax error"},
		},
		NotAnalysed: []compare.NotAnalysed{{File: hostile, Reason: hostile}},
	}
	if err := AuditSARIF(&stock, "", a); err != nil {
		t.Fatal(err)
	}
	for name, log := range map[string]string{
		"a full run": render(t, "sarif", fullRun()), "an empty run": render(t, "sarif", Run{}), "an audit": stock.String(),
	} {
		if err := schema.Validate(decodeSARIF(t, log)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	broken := strings.Replace(render(t, "sarif", fullRun()), `"startLine": 5`, `"startLine": 0`, 1)
	if err := schema.Validate(decodeSARIF(t, broken)); err == nil {
		t.Error("the schema accepts a line 0: it proves nothing")
	}
}

func decodeSARIF(t *testing.T, log string) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(log))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
