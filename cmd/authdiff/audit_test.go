package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAudit(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	got := invoke(t.Context(), "audit", "--repo", dir, "--rev", "drop", "--format", "json")
	var d struct {
		Version   int
		Rev       string
		Endpoints []struct {
			Kind, Name, File, Verdict, Reason string
			Line                              int
			Effects                           []struct{ Kind, What, File string }
			Protection                        map[string][]struct{ Guard, File, Confidence string }
		}
	}
	if err := json.Unmarshal([]byte(got.out), &d); err != nil {
		t.Fatalf("status %d, %q: %v", got.status, got.err, err)
	}
	// An open read of nobody's data is a warning.
	if got.status != statusClean || d.Version != 1 || len(d.Rev) != 40 || len(d.Endpoints) != 1 {
		t.Fatalf("status %d: %+v", got.status, d)
	}
	e := d.Endpoints[0]
	if e.Name != "GET /api/posts" || e.Verdict != "open" || e.File != route || e.Line == 0 || len(e.Effects) != 1 || len(e.Protection) != 4 {
		t.Errorf("endpoint: %+v", e)
	}
	if got := invoke(t.Context(), "audit", "--repo", dir, "--rev", "drop", "--fail-on", "warning"); got.status != statusFound {
		t.Errorf("status %d with --fail-on warning", got.status)
	}
}

func TestAuditOfABareRepositoryReadsItsHead(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	got := invoke(t.Context(), "audit", "--repo", filepath.Join(dir, ".git"), "-v")
	if got.status != statusClean || !strings.Contains(got.out, "session check by auth(), "+route+":7") || !strings.Contains(got.out, "1 endpoint: 1 guarded") {
		t.Errorf("status %d, %q:\n%s", got.status, got.err, got.out)
	}
}

func TestAuditAgainstABaseline(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	file := filepath.Join(t.TempDir(), "baseline.json")
	before := invoke(t.Context(), "audit", "--repo", dir, "--rev", "main", "--format", "json")
	if err := os.WriteFile(file, []byte(before.out), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := invoke(t.Context(), "audit", "--repo", dir, "--rev", "main", "--baseline", file); got.status != statusClean || got.out != "0 endpoints\n" {
		t.Errorf("the same again: status %d:\n%s", got.status, got.out)
	}
	got := invoke(t.Context(), "audit", "--repo", dir, "--rev", "drop", "--baseline", file)
	if got.status != statusFound || !strings.Contains(got.out, "it lost its authentication: session check by auth()") {
		t.Errorf("status %d:\n%s", got.status, got.out)
	}
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantFailure(t, invoke(t.Context(), "audit", "--repo", dir, "--baseline", file), "not the JSON of an audit")
}

func TestAuditFormats(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	for format, part := range map[string]string{
		"sarif": `"ruleId": "endpoint-open"`, "markdown": "| GET /api/posts |", "html": "<title>authdiff audit</title>", "text": "GET /api/posts",
	} {
		got := invoke(t.Context(), "audit", "--repo", dir, "--rev", "drop", "--format", format)
		if got.status != statusClean || !strings.Contains(got.out, part) {
			t.Errorf("%s: status %d, %q, without %q:\n%s", format, got.status, got.err, part, got.out)
		}
		if format == "html" && strings.Contains(got.out, "http") {
			t.Error("the page names an address elsewhere")
		}
	}
}
