package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/setup"
)

func TestReplay(t *testing.T) {
	t.Parallel()
	status := http.StatusAccepted
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Hub-Signature-256") == "" || r.Header.Get("X-GitHub-Event") != "ping" {
			t.Errorf("delivered with %v", r.Header)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"result":"ignored"}`)
	}))
	defer server.Close()
	dir := t.TempDir()
	env := map[string]string{"STATE_DIR": dir}
	file := filepath.Join(dir, "ping.json")
	if err := os.WriteFile(file, []byte(`{"zen":"x"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	wantFailure(t, invokeIn(t.Context(), env, "replay", file, "--event", "ping", "--to", server.URL), "WEBHOOK_SECRET")

	saved := setup.Credentials{AppID: 1, PrivateKey: "k", WebhookSecret: "s", APIURL: "https://api.github.com"}
	if err := saved.Save(dir); err != nil {
		t.Fatal(err)
	}
	got := invokeIn(t.Context(), env, "replay", file, "--event", "ping", "--to", server.URL)
	if got.status != 0 || got.out != "202 {\"result\":\"ignored\"}\n" {
		t.Errorf("status %d, %q, %q", got.status, got.out, got.err)
	}
	wantFailure(t, invokeIn(t.Context(), env, "replay", file, "--to", server.URL), "--event")
	wantFailure(t, invokeIn(t.Context(), env, "replay", filepath.Join(dir, "none.json")), "none.json")
	status = http.StatusUnauthorized
	wantFailure(t, invokeIn(t.Context(), env, "replay", file, "--event", "ping", "--to", server.URL), "401")
	server.Close()
	wantFailure(t, invokeIn(t.Context(), env, "replay", file, "--event", "ping", "--to", server.URL), "is the server running there?")
}

func TestServeRefusesABadChannel(t *testing.T) {
	t.Parallel()
	got := invokeIn(t.Context(), map[string]string{"STATE_DIR": t.TempDir()}, "serve", "--smee", "http://example.com/x")
	if wantFailure(t, got, "--smee"); !strings.Contains(got.err, "smee.io/new") {
		t.Errorf("says %q", got.err)
	}
}
