package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/webhook"
)

// idle names permissions that no request needs, and why the manifest has them.
var idle = map[string]string{
	"metadata":     "every App has it",
	"merge_queues": "GitHub sends merge_group only to those who may read merge queues",
}

// TestManifest holds app.yml against what the App does. The stand-in refuses
// what the manifest does not permit, so that every other test of the App shows
// that it asks for enough; here each permission is lowered in turn, which must
// lead to a refusal, or it asks for too much.
func TestManifest(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../app.yml")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Name           string
		URL            string
		HookAttributes struct{ URL string } `yaml:"hook_attributes"`
		Permissions    map[string]string    `yaml:"default_permissions"`
		Events         []string             `yaml:"default_events"`
	}
	if err := yaml.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	if manifest.Name == "" || manifest.URL == "" || !strings.HasSuffix(manifest.HookAttributes.URL, webhook.Path) {
		t.Errorf("manifest = %+v, want a name, a url, and a hook to %s", manifest, webhook.Path)
	}
	if !maps.Equal(manifest.Permissions, sandbox.Permissions()) {
		t.Errorf("app.yml asks for %v, the stand-in's App has %v", manifest.Permissions, sandbox.Permissions())
	}
	if !slices.Equal(manifest.Events, sandbox.Events()) {
		t.Errorf("app.yml asks for %v, the stand-in's App gets %v", manifest.Events, sandbox.Events())
	}
	for name, level := range manifest.Permissions {
		if idle[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			less := maps.Clone(manifest.Permissions)
			if delete(less, name); level == "write" {
				less[name] = "read"
			}
			if got, want := firstRefusal(t, less), name+"="+level; got != want {
				t.Errorf("with %v the App is refused for %q, want %q: app.yml asks for more than it needs", less, got, want)
			}
		})
	}
	for name := range idle {
		if manifest.Permissions[name] == "" {
			t.Errorf("app.yml does not ask for %s: take it off the table", name)
		}
	}
}

// firstRefusal plays the sample with tokens of the given permissions, as far as
// the first request for which they do not suffice, and returns what that one
// needs, as "name=level". Empty when they suffice.
func firstRefusal(t *testing.T, permissions map[string]string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var refusal atomic.Pointer[string]
	wrap := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/access_tokens") {
				lower(t, r, permissions)
			}
			next.ServeHTTP(w, r)
			if needs := w.Header().Get("X-Accepted-GitHub-Permissions"); needs != "" && refusal.CompareAndSwap(nil, &needs) {
				cancel()
			}
		})
	}
	_, err := play(ctx, sandbox.Options{Wrap: wrap}, testLog(t))
	if needs := refusal.Load(); needs != nil {
		return *needs
	}
	if err != nil {
		t.Fatal(err)
	}
	return ""
}

// lower makes a request for a token ask for the permissions.
func lower(t *testing.T, r *http.Request, permissions map[string]string) {
	t.Helper()
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		t.Error(err)
	}
	body["permissions"] = permissions
	text, err := json.Marshal(body)
	if err != nil {
		t.Error(err)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
}
