package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// The App manifest flow, from GitHub's page on registering an App from a
// manifest: a form with the manifest goes to a page of the site, which sends the
// browser back with a code; the code gives the App's credentials once, within an
// hour.
// https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
const codeLife = time.Hour

// maxAppName is from the page on registering an App: 34 characters.
const maxAppName = 34

// manifest is what the form has, by the names of GitHub's page.
type manifest struct {
	Name           string `json:"name"`
	URL            string `json:"url"`
	HookAttributes struct {
		URL    string `json:"url"`
		Active *bool  `json:"active"`
	} `json:"hook_attributes"`
	RedirectURL string            `json:"redirect_url"`
	Permissions map[string]string `json:"default_permissions"`
	Events      []string          `json:"default_events"`
}

// pendingApp is an App that waits for its code to be exchanged.
type pendingApp struct {
	manifest manifest
	owner    shape.Account
	expires  time.Time
}

// eventNeeds says which permission an event takes, from GitHub's page on webhook
// events; the site refuses a manifest that asks for one without the other.
var eventNeeds = map[string]string{
	"pull_request": "pull_requests", "pull_request_review_comment": "pull_requests",
	"check_run": "checks", "check_suite": "checks", "merge_group": "merge_queues",
}

// registerApp is the site's page: it stands for a person who is signed in and
// presses the button on it. What the page can't read it refuses.
// https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
func registerApp(c *call) (any, error) {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil, invalidRequest("The form cannot be read.")
	}
	var m manifest
	if err := json.Unmarshal([]byte(form.Get("manifest")), &m); err != nil {
		return nil, invalidRequest("The manifest is not valid JSON.")
	}
	if err := m.validate(); err != nil {
		return nil, err
	}
	back, err := url.Parse(m.RedirectURL)
	if err != nil || back.Host == "" {
		return nil, invalidRequest("redirect_url is not a URL.")
	}
	secret := make([]byte, 20)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("make a code: %w", err)
	}
	code := hex.EncodeToString(secret)
	owner := c.server.app.Owner
	if org := c.params["org"]; org != "" {
		owner = c.server.account(org, "Organization")
	}
	c.server.pending[code] = pendingApp{m, owner, c.server.now().Add(codeLife)}
	query := back.Query()
	query.Set("code", code)
	// The state comes back as it was sent with the form's address.
	if state := c.request.URL.Query().Get("state"); state != "" {
		query.Set("state", state)
	}
	back.RawQuery = query.Encode()
	c.status = http.StatusFound
	c.header.Set("Location", back.String())
	return nil, nil
}

// validate demands what the manifest's parameters do, and refuses events that the
// permissions don't open. The length of a name, and these words, were seen on the
// page.
// https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest#github-app-manifest-parameters
func (m manifest) validate() error {
	switch {
	case m.Name == "" || utf8.RuneCountInString(m.Name) > maxAppName:
		return invalidRequest("name is required and holds %d characters at most.", maxAppName)
	case !webAddress(m.URL):
		return invalidRequest("url must be a valid URL.")
	case !webAddress(m.HookAttributes.URL):
		return invalidRequest("hook_attributes.url must be a valid URL.")
	}
	for name, level := range m.Permissions {
		if levels[level] == 0 {
			return invalidRequest("%s is not a level of the permission %s.", level, name)
		}
	}
	for _, event := range m.Events {
		need, known := eventNeeds[event]
		if !known || m.Permissions[need] == "" {
			return invalidRequest("Default events unsupported: %s", event)
		}
	}
	return nil
}

func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// convertManifest exchanges a code for the App, once.
func convertManifest(c *call) (any, error) {
	code := c.params["code"]
	p, known := c.server.pending[code]
	delete(c.server.pending, code)
	if !known || c.server.now().After(p.expires) {
		return nil, errNotFound
	}
	s := c.server
	s.app.Name, s.app.Owner = p.manifest.Name, p.owner
	s.app.Slug = strings.ToLower(strings.ReplaceAll(p.manifest.Name, " ", "-"))
	s.app.Permissions, s.app.Events = p.manifest.Permissions, slices.Clone(p.manifest.Events)
	o := s.site.AppObject(s.app)
	o["client_secret"], o["pem"] = "sandbox-client-secret", string(s.PrivateKey())
	o["webhook_secret"] = s.secret
	if active := p.manifest.HookAttributes.Active; active != nil && !*active {
		o["webhook_secret"] = nil
	}
	c.status = http.StatusCreated
	return o, nil
}

// Regrant changes what the App was registered with, and what every installation
// of it agreed to.
func (s *Server) Regrant(permissions map[string]string, events []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.app.Permissions, s.app.Events = maps.Clone(permissions), slices.Clone(events)
	s.touch()
}
