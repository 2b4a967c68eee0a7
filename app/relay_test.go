package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/authdiff/authdiff/app/relay"
	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/webhook"
)

// A delivery that comes through a webhook proxy's channel is reviewed like one
// of GitHub's own.
func TestServeFollowsAChannel(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	s.stop()
	d, err := s.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})
	if err != nil {
		t.Fatal(err)
	}
	message := map[string]any{"body": json.RawMessage(d.Body), "timestamp": 1}
	for name := range d.Header {
		message[string(bytes.ToLower([]byte(name)))] = d.Header.Get(name)
	}
	text, err := json.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	channel := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "event: ready\ndata: {}\n\nid: 1\ndata: %s\n\n", text)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	admin, _ := freePort(t)
	settings := s.settings
	settings.Host, settings.AdminAddr, settings.StateDir = "127.0.0.1", admin, t.TempDir()
	_, settings.Port = freePort(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	log := newLogged()
	go func() { ended <- Serve(ctx, settings, slog.New(slog.NewTextHandler(log, nil)), channel.URL) }()
	s.completed(t, s.pull.HeadSHA)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	channel.CloseClientConnections()
	channel.Close()
}

// A saved delivery, as GitHub's API tells of it, can be delivered again.
func TestReplay(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	d, err := s.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(map[string]any{
		"id": 1, "event": "pull_request", "request": map[string]any{
			"headers": map[string]string{"X-GitHub-Event": "pull_request", "X-GitHub-Delivery": "gone", "X-Hub-Signature-256": "sha256=gone"},
			"payload": json.RawMessage(d.Body),
		},
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "delivery.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	saved, err := relay.Read(file, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, answer, err := relay.Post(t.Context(), s.url+webhook.Path, saved); err != nil || status != http.StatusUnauthorized {
		t.Errorf("with its old signature: %d %s %v", status, answer, err)
	}
	status, answer, err := relay.Post(t.Context(), s.url+webhook.Path, saved.Sign([]byte(s.github.WebhookSecret())))
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("signed anew: %d %s %v", status, answer, err)
	}
	s.completed(t, s.pull.HeadSHA)
}
