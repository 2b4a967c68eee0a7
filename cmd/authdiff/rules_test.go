package main

import (
	"flag"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the documentation anew")

// TestRulesDocument holds the document to what the command prints. To write it
// anew: go test ./cmd/authdiff -run TestRulesDocument -update
func TestRulesDocument(t *testing.T) {
	t.Parallel()
	wantDocument(t, "../../deploy/docs/rules.md", invoke(t.Context(), "rules", "--format", "markdown"))
}

func TestRulesNames(t *testing.T) {
	t.Parallel()
	got := invoke(t.Context(), "rules", "owner-scope-removed")
	if got.status != statusClean || !strings.Contains(got.out, "good, in app/api/posts/[id]/route.ts") {
		t.Errorf("status %d:\n%s", got.status, got.out)
	}
	wantFailure(t, invoke(t.Context(), "rules", "owner-scop-removed"), "is owner-scope-removed meant?")
}
