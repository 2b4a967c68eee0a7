package main

import (
	"strings"
	"testing"
)

func TestDemoWithoutWaiting(t *testing.T) {
	t.Parallel()
	got := invoke(t.Context(), "demo", "--no-wait")
	if got.status != statusClean || got.err != "" || !strings.Contains(got.out, "authdiff: failure") {
		t.Errorf("status %d, standard error %q, standard output:\n%s", got.status, got.err, got.out)
	}
}
