package main

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the documentation anew")

// TestRulesDocument holds the document to what the command prints. To write it
// anew: go test ./cmd/authdiff -run TestRulesDocument -update
func TestRulesDocument(t *testing.T) {
	t.Parallel()
	const file = "../../deploy/docs/rules.md"
	got := invoke(t.Context(), "rules", "--format", "markdown")
	if *update {
		if err := os.WriteFile(file, []byte(got.out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.out != string(want) {
		t.Errorf("%s isn't what `authdiff rules --format markdown` prints: run this test with -update", file)
	}
}

func TestRulesNames(t *testing.T) {
	t.Parallel()
	got := invoke(t.Context(), "rules", "owner-scope-removed")
	if got.status != statusClean || !strings.Contains(got.out, "good, in app/api/posts/[id]/route.ts") {
		t.Errorf("status %d:\n%s", got.status, got.out)
	}
	wantFailure(t, invoke(t.Context(), "rules", "owner-scop-removed"), "is owner-scope-removed meant?")
}
