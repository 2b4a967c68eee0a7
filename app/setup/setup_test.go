package setup

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func address(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSite(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		api, web string
		server   bool
	}{
		{"https://api.github.com", "https://github.com", false},
		{"https://api.acme.ghe.com", "https://acme.ghe.com", false},
		{"https://git.example.com/api/v3", "https://git.example.com", true},
		{"https://git.example.com:8443/api/v3", "https://git.example.com:8443", true},
		{"http://127.0.0.1:4000", "http://127.0.0.1:4000", false},
	} {
		if web, server := Site(address(t, tt.api)); web.String() != tt.web || server != tt.server {
			t.Errorf("the site of %s is %s (server: %v), want %s", tt.api, web, server, tt.web)
		}
	}
}

// app.yml and the manifest that the pages send are the same.
func TestManifestIsAppYML(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../app.yml")
	if err != nil {
		t.Fatal(err)
	}
	type manifestOf struct {
		Permissions map[string]string `json:"default_permissions" yaml:"default_permissions"`
		Events      []string          `json:"default_events" yaml:"default_events"`
	}
	var want, got manifestOf
	if err := yaml.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	sent, err := manifest("authdiff", "https://example.com/hook", "https://example.com/back", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(sent), &got); err != nil {
		t.Fatal(err)
	}
	if missing := Missing(got.Permissions, got.Events, false); missing != nil {
		t.Errorf("by its own manifest the App lacks %q", missing)
	}
	if missing := Missing(want.Permissions, want.Events, false); missing != nil || len(want.Permissions) != len(got.Permissions) || !slices.Equal(want.Events, got.Events) {
		t.Errorf("app.yml has %+v, the manifest %+v", want, got)
	}
}

// An Enterprise Server refuses what it doesn't know, and isn't told that it is
// missing.
func TestManifestOfAnEnterpriseServer(t *testing.T) {
	t.Parallel()
	sent, err := manifest("authdiff", "https://example.com/hook", "https://example.com/back", true)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(sent, "merge_") {
		t.Errorf("the manifest asks for a merge queue: %s", sent)
	}
	have := map[string]string{"metadata": "read", "contents": "read", "pull_requests": "write", "checks": "admin"}
	if missing := Missing(have, []string{"pull_request", "pull_request_review_comment", "check_run", "check_suite"}, true); missing != nil {
		t.Errorf("missing %q", missing)
	}
}

func TestCredentialsAreKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	c := Credentials{AppID: 7, APIURL: "https://api.github.com", Slug: "a", PrivateKey: "k", WebhookSecret: "s", URL: "u"}
	if _, found, err := Load(dir); found || err != nil {
		t.Errorf("before: %v, %v", found, err)
	}
	if err := c.Save(dir); err != nil {
		t.Fatal(err)
	}
	if got, found, err := Load(dir); !found || err != nil || got != c {
		t.Errorf("loaded %v, %v, %v", got.AppID, found, err)
	}
	if err := c.Save(dir); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("saved over another App's: %v", err)
	}
	if runtime.GOOS == "windows" {
		return // has no such rights
	}
	path := filepath.Join(dir, File)
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has the rights %v (%v)", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("what others can read is taken: %v", err)
	}
	if err := os.WriteFile(path, []byte(`{"app_id": 7}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "no complete credentials") {
		t.Errorf("half of them are taken: %v", err)
	}
}
