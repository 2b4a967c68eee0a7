package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/config"
)

func TestPublicRoutes(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	for path, want := range map[string]int{"/": 200, "/healthz": 200, "/readyz": 200, "/setup": 404, "/api/github/webhooks": 405} {
		response, err := http.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s is %d, want %d", path, response.StatusCode, want)
		}
	}
}

// freePort finds a port that nobody uses, for servers that open their own.
func freePort(t *testing.T) (addr string, port int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String(), l.Addr().(*net.TCPAddr).Port
}

func TestServeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	admin, _ := freePort(t)
	_, port := freePort(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	settings := config.Settings{Host: "127.0.0.1", Port: port, AdminAddr: admin, Setup: true, APIURL: &url.URL{Scheme: "https", Host: "api.github.com"}}
	if err := Serve(ctx, settings, slog.New(slog.NewTextHandler(io.Discard, nil)), ""); err != nil {
		t.Error(err)
	}
}

// serving is a log that tells when the server listens.
type serving chan struct{}

func (s serving) Write(line []byte) (int, error) {
	if strings.Contains(string(line), "msg=serving") {
		close(s)
	}
	return len(line), nil
}

func TestServeReviewsOnItsOwnPorts(t *testing.T) {
	t.Parallel()
	stage := newStage(t, byText)
	admin, _ := freePort(t)
	settings := stage.settings
	settings.AdminAddr, settings.StateDir, settings.Host = admin, t.TempDir(), "127.0.0.1"
	_, settings.Port = freePort(t)
	ctx, cancel := context.WithCancel(t.Context())
	listening, ended := make(serving), make(chan error, 1)
	go func() { ended <- Serve(ctx, settings, slog.New(slog.NewTextHandler(listening, nil)), "") }()
	select {
	case <-listening:
	case err := <-ended:
		t.Fatal(err)
	}
	stage.url = fmt.Sprintf("http://127.0.0.1:%d", settings.Port)
	stage.deliver(t, "opened")
	stage.completed(t, stage.pull.HeadSHA)
	response, err := http.Get("http://" + admin + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the operators' /readyz is %d", response.StatusCode)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("asked to end: %v", err)
	}
}

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	admin, _ := freePort(t)
	_, free := freePort(t)
	port := taken.Addr().(*net.TCPAddr).Port
	tests := []struct {
		name     string
		settings config.Settings
		want     string
	}{
		{"no credentials, no set-up page", config.Settings{Host: "127.0.0.1", Port: free, AdminAddr: admin}, "set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET"},
		{"port taken", config.Settings{Host: "127.0.0.1", Port: port, AdminAddr: admin, Setup: true}, "set PORT or HOST"},
		{"admin port taken", config.Settings{Host: "127.0.0.1", Port: free, AdminAddr: taken.Addr().String(), Setup: true}, "set ADMIN_ADDR"},
	}
	for _, tt := range tests {
		tt.settings.APIURL = &url.URL{Scheme: "https", Host: "api.github.com"}
		err := Serve(t.Context(), tt.settings, slog.New(slog.NewTextHandler(io.Discard, nil)), "")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}
