package app

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/setup"
)

// logged is a log that a test can wait on.
type logged struct {
	mu      sync.Mutex
	text    bytes.Buffer
	written chan struct{}
}

func newLogged() *logged { return &logged{written: make(chan struct{}, 1)} }

func (l *logged) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.written <- struct{}{}:
	default:
	}
	return l.text.Write(line)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// last waits for a line that matches, and returns the first group of the newest.
func (l *logged) last(t *testing.T, pattern string) string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for {
		if all := re.FindAllStringSubmatch(l.String(), -1); len(all) > 0 {
			return all[len(all)-1][1]
		}
		select {
		case <-l.written:
		case <-t.Context().Done():
			t.Fatalf("no line matches %s in:\n%s", pattern, l)
		}
	}
}

// newcomer is a server without credentials, and a browser that visits it.
type newcomer struct {
	*stage
	log     *logged
	browser *http.Client
	ended   chan error
}

func newNewcomer(t *testing.T, edit func(*config.Settings)) *newcomer {
	t.Helper()
	s := newStage(t, byText)
	s.stop()
	admin, _ := freePort(t)
	_, port := freePort(t)
	s.settings = config.Settings{
		APIURL: s.settings.APIURL, StateDir: t.TempDir(), Host: "127.0.0.1", Port: port, AdminAddr: admin, Setup: true,
	}
	if edit != nil {
		edit(&s.settings)
	}
	s.url = fmt.Sprintf("http://127.0.0.1:%d", port)
	n := &newcomer{stage: s, log: newLogged(), browser: &http.Client{}, ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	go func() { n.ended <- Serve(ctx, s.settings, slog.New(slog.NewTextHandler(n.log, nil)), "") }()
	t.Cleanup(func() {
		cancel()
		if err := <-n.ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	n.log.last(t, `(msg=serving)`)
	return n
}

func (n *newcomer) visit(t *testing.T, address string, form url.Values) (status int, page string, at *url.URL) {
	t.Helper()
	var response *http.Response
	var err error
	if form == nil {
		response, err = n.browser.Get(address)
	} else {
		response, err = n.browser.PostForm(address, form)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text), response.Request.URL
}

var formField = regexp.MustCompile(`(?s)action="([^"]*)".*name="manifest" value="([^"]*)"`)

// begin fills in the first form and returns the second: where it goes, and the
// manifest in it.
func (n *newcomer) begin(t *testing.T, organization string) (action, manifest string) {
	t.Helper()
	code := n.log.last(t, `code=(\w+)`)
	status, page, _ := n.visit(t, n.url+"/setup", url.Values{
		"code": {code}, "organization": {organization}, "name": {"authdiff"}, "hook": {n.url + "/api/github/webhooks"},
	})
	found := formField.FindStringSubmatch(page)
	if status != http.StatusOK || found == nil {
		t.Fatalf("the form is answered by %d:\n%s", status, page)
	}
	return html.UnescapeString(found[1]), html.UnescapeString(found[2])
}

// The whole way: from no credentials to a review, on a personal account, in an
// organisation, and on an Enterprise Server, which has no merge queue.
func TestSetUpToReview(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, organization, api, install string }{
		{"personal", "", "", "/apps/authdiff/installations/new"},
		{"organisation", "acme", "", "/apps/authdiff/installations/new"},
		{"Enterprise Server", "acme", "/api/v3", "/github-apps/authdiff/installations/new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := newNewcomer(t, func(s *config.Settings) {
				api := *s.APIURL
				api.Path = tt.api
				s.APIURL = &api
				if tt.api != "" {
					s.GraphQLURL = api.JoinPath("../graphql")
				}
			})
			if status, page, at := n.visit(t, n.url+"/", nil); status != 200 || at.Path != "/setup" || !strings.Contains(page, "One-time code") {
				t.Fatalf("the front page is %d at %s", status, at)
			}
			action, manifest := n.begin(t, tt.organization)
			want := n.github.URL() + "/settings/apps/new?state="
			if tt.organization != "" {
				want = n.github.URL() + "/organizations/acme/settings/apps/new?state="
			}
			if !strings.HasPrefix(action, want) {
				t.Errorf("the manifest goes to %s, want %s…", action, want)
			}
			if asks := strings.Contains(manifest, "merge_group"); asks == (tt.api != "") {
				t.Errorf("the manifest asks for merge groups: %v", asks)
			}
			// The site sends the browser back, which shows the last page.
			status, page, back := n.visit(t, action, url.Values{"manifest": {manifest}})
			if status != http.StatusOK || !strings.Contains(page, tt.install) {
				t.Fatalf("at the end the browser is at %s with %d:\n%s", back.Path, status, page)
			}
			checkSaved(t, n)

			n.log.last(t, `(every permission and event of its manifest)`)
			for _, path := range []string{"/setup", back.RequestURI()} {
				if status, _, _ := n.visit(t, n.url+path, nil); status != http.StatusNotFound {
					t.Errorf("after its use %s is %d", path, status)
				}
			}
			n.deliver(t, "opened")
			n.completed(t, n.pull.HeadSHA)
		})
	}
}

func checkSaved(t *testing.T, n *newcomer) {
	t.Helper()
	path := filepath.Join(n.settings.StateDir, setup.File)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the credentials have the rights %v", info.Mode().Perm())
	}
	saved, found, err := setup.Load(n.settings.StateDir)
	if err != nil || !found || saved.AppID != n.github.AppID() || saved.WebhookSecret != n.github.WebhookSecret() {
		t.Errorf("saved %v, %v", found, err)
	}
	for _, secret := range []string{saved.WebhookSecret, strings.Split(saved.PrivateKey, "\n")[1]} {
		if strings.Contains(n.log.String(), secret) {
			t.Error("the log has a secret")
		}
	}
}

func TestSetUpRefuses(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t, nil)
	form := func(edit ...string) url.Values {
		f := url.Values{"code": {n.log.last(t, `code=(\w+)`)}, "name": {"authdiff"}, "hook": {"https://example.com/hook"}}
		for i := 0; i < len(edit); i += 2 {
			f.Set(edit[i], edit[i+1])
		}
		return f
	}
	for _, tt := range []struct {
		name   string
		form   url.Values
		status int
		says   string
	}{
		{"no code", form("code", ""), 403, "one-time code"},
		{"a wrong code", form("code", "ABC"), 403, "one-time code"},
		{"no name", form("name", ""), 422, "name needs"},
		{"a long name", form("name", strings.Repeat("x", 35)), 422, "name needs"},
		{"an organisation that is a path", form("organization", "../evil"), 422, "organisation"},
		{"a hook that is none", form("hook", "javascript:alert(1)"), 422, "webhook"},
		{"markup", form("name", `"><script>alert(1)</script>`+strings.Repeat("x", 35)), 422, "&lt;script&gt;"},
	} {
		if status, page, _ := n.visit(t, n.url+"/setup", tt.form); status != tt.status || !strings.Contains(page, tt.says) {
			t.Errorf("%s: %d without %q:\n%s", tt.name, status, tt.says, page)
		}
	}

	used := n.log.last(t, `code=(\w+)`)
	action, _ := n.begin(t, "")
	if status, _, _ := n.visit(t, n.url+"/setup", form("code", used)); status != http.StatusForbidden {
		t.Errorf("a one-time code is taken twice: %d", status)
	}
	to, err := url.Parse(action)
	if err != nil {
		t.Fatal(err)
	}
	state := to.Query().Get("state")
	for _, tt := range []struct {
		name, query string
		status      int
	}{
		{"no state", "code=abc", 403},
		{"another state", "code=abc&state=" + strings.Repeat("A", 26), 403},
		{"no code", "state=" + state, 403},
		{"a code that is a path", "code=..%2Fapp&state=" + state, 403},
		{"a code that GitHub doesn't know", "code=abc&state=" + state, 502},
		{"a state that was used", "code=abc&state=" + state, 403},
	} {
		if status, _, _ := n.visit(t, n.url+"/setup/callback?"+tt.query, nil); status != tt.status {
			t.Errorf("callback with %s is %d, want %d", tt.name, status, tt.status)
		}
	}
	if status, _, _ := n.visit(t, n.url+"/api/github/webhooks", url.Values{}); status != http.StatusServiceUnavailable {
		t.Errorf("a delivery before the set-up is answered %d", status)
	}
	if _, found, _ := setup.Load(n.settings.StateDir); found {
		t.Error("credentials were saved")
	}
	response, err := http.Get(n.url + "/setup")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if csp := response.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || !strings.Contains(csp, n.github.URL()) {
		t.Errorf("the page's policy is %q", csp)
	}
}

func TestSavedCredentialsOfAnotherSite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	saved := setup.Credentials{AppID: 1, PrivateKey: "k", WebhookSecret: "s", APIURL: "https://git.example.com/api/v3"}
	if err := saved.Save(dir); err != nil {
		t.Fatal(err)
	}
	_, err := WithSaved(config.Settings{StateDir: dir, APIURL: &url.URL{Scheme: "https", Host: "api.github.com"}})
	if err == nil || !strings.Contains(err.Error(), "GITHUB_API_URL") {
		t.Errorf("got %v", err)
	}
}

// What the App lacks is told when it starts, with the page to add it on.
func TestMissingPermissionsAreTold(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	log := newLogged()
	api := s.settings.APIURL
	s.app.tellMissing(t.Context(), api, slog.New(slog.NewTextHandler(log, nil)))
	if !strings.Contains(log.String(), "every permission and event") {
		t.Errorf("with all granted, the log says %s", log)
	}
	s.github.Regrant(map[string]string{"metadata": "read", "contents": "read", "checks": "read", "pull_requests": "write"}, []string{"pull_request", "check_run"})
	log = newLogged()
	s.app.tellMissing(t.Context(), api, slog.New(slog.NewTextHandler(log, nil)))
	for _, want := range []string{"permission checks: write", "permission merge_queues: read", "event merge_group", "event pull_request_review_comment", "account=acme", "page="} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
}
