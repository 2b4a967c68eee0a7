package main

import (
	"strings"
	"testing"
)

func TestServeTellsEveryBadSetting(t *testing.T) {
	t.Parallel()
	const secret = "do-not-print"
	got := invokeIn(t.Context(), map[string]string{
		"STATE_DIR": t.TempDir(), "PORT": "many", "LOG_LEVEL": "loud", "WEBHOOK_SECRET": secret,
	}, "serve")
	if got.status != statusFailed || got.out != "" {
		t.Errorf("status %d, standard output %q", got.status, got.out)
	}
	for _, name := range []string{"PORT", "LOG_LEVEL", "APP_ID"} {
		if !strings.Contains(got.err, "authdiff: "+name+": ") {
			t.Errorf("standard error lacks a line on %s:\n%s", name, got.err)
		}
	}
	if strings.Contains(got.err, secret) {
		t.Errorf("standard error shows a secret:\n%s", got.err)
	}
}

func TestServeWithoutCredentialsOrSetup(t *testing.T) {
	t.Parallel()
	got := invokeIn(t.Context(), map[string]string{"STATE_DIR": t.TempDir(), "SETUP": "off"}, "serve")
	wantFailure(t, got, "APP_ID")
}
