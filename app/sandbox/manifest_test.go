package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/sandbox"
)

// register sends the manifest's form as a browser does, and returns where the
// site sends it.
func (b *bench) register(path string, manifest object) (status int, location *url.URL) {
	b.Helper()
	text, err := json.Marshal(manifest)
	if err != nil {
		b.Fatal(err)
	}
	form := url.Values{"manifest": {string(text)}}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.PostForm(b.server.URL()+path, form)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	location, err = url.Parse(response.Header.Get("Location"))
	if err != nil {
		b.Fatal(err)
	}
	return response.StatusCode, location
}

func goodManifest() object {
	return object{
		"name": "authdiff", "url": "https://example.com", "redirect_url": "https://example.com/setup/callback",
		"hook_attributes":     object{"url": "https://example.com/hook", "active": true},
		"default_permissions": sandbox.Permissions(), "default_events": sandbox.Events(),
	}
}

func (b *bench) exerciseManifest() {
	b.Helper()
	for _, path := range []string{"/settings/apps/new?state=s", "/organizations/acme/settings/apps/new?state=s"} {
		status, back := b.register(path, goodManifest())
		if status != http.StatusFound || back.Query().Get("state") != "s" || back.Host != "example.com" {
			b.Fatalf("%s gives %d to %s", path, status, back)
		}
		code := "/app-manifests/" + back.Query().Get("code") + "/conversions"
		app := b.send("POST", code, nil, "", 201).object()
		if app["pem"] != string(b.server.PrivateKey()) || app["webhook_secret"] != b.server.WebhookSecret() {
			b.Errorf("the App is %v", app)
		}
		b.send("POST", code, nil, "", 404)
	}
}

func TestManifestIsRefused(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := newBench(t, sandbox.Options{Now: func() time.Time { return now }})
	for name, edit := range map[string]func(object){
		"no name":                           func(m object) { delete(m, "name") },
		"a name of 35 characters":           func(m object) { m["name"] = strings.Repeat("x", 35) },
		"no url":                            func(m object) { delete(m, "url") },
		"no hook":                           func(m object) { delete(m, "hook_attributes") },
		"a level that is none":              func(m object) { m["default_permissions"] = object{"checks": "all"} },
		"an event without its permission":   func(m object) { m["default_permissions"] = object{"checks": "write"} },
		"an event that GitHub doesn't know": func(m object) { m["default_events"] = []string{"merge_queue_entry"} },
		"no redirect":                       func(m object) { delete(m, "redirect_url") },
	} {
		m := goodManifest()
		edit(m)
		if status, _ := b.register("/settings/apps/new", m); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", name, status)
		}
	}
	_, back := b.register("/settings/apps/new", goodManifest())
	now = now.Add(61 * time.Minute)
	b.send("POST", "/app-manifests/"+back.Query().Get("code")+"/conversions", nil, "", 404)
}
