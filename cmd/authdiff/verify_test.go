package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	got := invoke(t.Context(), "verify", "--repo", dir, "--rev", "main", "--format", "json")
	var d struct {
		Version, Guards, Seen int
		Layers                map[string]struct{ Guards, Seen int }
		Unseen                []any
	}
	if err := json.Unmarshal([]byte(got.out), &d); err != nil || got.status != statusClean {
		t.Fatalf("status %d, %q: %v", got.status, got.err, err)
	}
	if d.Version != 1 || d.Guards != 1 || d.Seen != 1 || len(d.Layers) != 4 || d.Layers["authentication"].Seen != 1 || d.Unseen == nil {
		t.Errorf("verify: %+v", d)
	}
	text := invoke(t.Context(), "verify", "--repo", dir, "--rev", "main")
	if text.status != statusClean || !strings.Contains(text.out, "authentication         1       1  100.0 %        0\n") {
		t.Errorf("status %d:\n%s", text.status, text.out)
	}
}
