// Package setup registers the GitHub App: it serves the pages of GitHub's App
// manifest flow, keeps the credentials that come out of it, and says what an App
// lacks that was registered by hand.
//
// The way: [Server.Handler] serves a form, which asks for the one-time code from
// the log; the browser carries the manifest to GitHub and comes back with a
// code; Convert exchanges that for credentials, which are saved for their owner
// alone. After that the pages are closed, and Done ends.
//
// It talks to nobody itself: Convert is given.
package setup

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

// The paths of the pages.
const (
	Path         = "/setup"
	callbackPath = "/setup/callback"
)

const (
	stateLife = time.Hour // for as long as GitHub's own code is good
	maxForm   = 16 << 10
	maxName   = 34 // of an App, in characters; GitHub says so when it is exceeded
)

// Options say what a Server works with.
type Options struct {
	Dir    string   // where the credentials go
	APIURL *url.URL // of the GitHub to register the App on
	// Hook is where GitHub is to send its deliveries; empty means HookPath at the
	// address at which the page is reached.
	Hook, HookPath string
	// Convert exchanges the code that GitHub gave for the App.
	Convert func(ctx context.Context, code string) (Credentials, error)
	Log     *slog.Logger
	Now     func() time.Time // default time.Now
}

// Server serves the pages. It is safe for concurrent use.
type Server struct {
	o      Options
	site   *url.URL
	server bool // an Enterprise Server
	done   chan struct{}

	mu     sync.Mutex
	key    string               // the one-time code; empty once the App is set up
	states map[string]time.Time // that GitHub may come back with, and until when
}

// New makes a server and its first one-time code, which it writes to the log.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{o: o, done: make(chan struct{}), states: map[string]time.Time{}}
	s.site, s.server = Site(o.APIURL)
	s.renewKey()
	return s
}

// Done is closed when the credentials are saved.
func (s *Server) Done() <-chan struct{} { return s.done }

// Register adds the pages to a router.
func (s *Server) Register(e *echo.Echo) {
	e.GET("/", func(c echo.Context) error { return c.Redirect(http.StatusFound, Path) })
	e.GET(Path, s.form)
	e.POST(Path, s.start)
	e.GET(callbackPath, s.callback)
}

// renewKey makes a new one-time code. The caller holds the lock, or is alone.
func (s *Server) renewKey() {
	s.key = rand.Text()
	s.o.Log.Warn("to set up the App, open "+Path+" on this server and enter the one-time code", "code", s.key)
}

// closed answers once the App is set up: there is no such page any more.
func (s *Server) closed(c echo.Context) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.key == ""
}

func (s *Server) form(c echo.Context) error {
	if s.closed(c) {
		return echo.ErrNotFound
	}
	return s.render(c, http.StatusOK, "form", s.fields(c, ""))
}

// fields are the form's values, as they were sent or to begin with.
func (s *Server) fields(c echo.Context, problem string) map[string]string {
	hook := s.o.Hook
	if hook == "" {
		hook = origin(c.Request()) + s.o.HookPath
	}
	f := map[string]string{"problem": problem, "name": "authdiff", "organization": "", "hook": hook, "site": s.site.Host}
	for _, name := range []string{"name", "organization", "hook"} {
		if c.Request().PostForm.Has(name) {
			f[name] = strings.TrimSpace(c.Request().PostForm.Get(name))
		}
	}
	return f
}

// origin is the address at which the browser reaches this server. Whoever opens
// the page sees it before it is used.
func origin(r *http.Request) string {
	if o, err := url.Parse(r.Header.Get("Origin")); err == nil && o.Host == r.Host && (o.Scheme == "https" || o.Scheme == "http") {
		return o.Scheme + "://" + o.Host
	}
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

var (
	organization = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z-]{0,38}$`)
	githubCode   = regexp.MustCompile(`^[0-9A-Za-z_-]{1,200}$`)
)

// start takes the form, and answers with the one that goes to GitHub.
func (s *Server) start(c echo.Context) error {
	if s.closed(c) {
		return echo.ErrNotFound
	}
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return echo.NewHTTPError(http.StatusBadRequest, "the form can't be read")
	}
	f := s.fields(c, "")
	if problem := checkFields(f); problem != "" {
		return s.render(c, http.StatusUnprocessableEntity, "form", s.fields(c, problem))
	}
	if err := Writable(s.o.Dir); err != nil {
		s.o.Log.Error("the App can't be set up", "error", err)
		return s.render(c, http.StatusInternalServerError, "form", s.fields(c, "The server can't keep credentials; its log says why."))
	}
	state, ok := s.enter(strings.TrimSpace(r.PostForm.Get("code")))
	if !ok {
		s.o.Log.Warn("the set-up page was given a wrong one-time code", "from", r.RemoteAddr)
		return s.render(c, http.StatusForbidden, "form", s.fields(c, "That isn't the one-time code: it stands in the server's log."))
	}
	text, err := manifest(f["name"], f["hook"], origin(r)+callbackPath, s.server)
	if err != nil {
		return err
	}
	action := s.site.JoinPath("settings/apps/new")
	if f["organization"] != "" {
		action = s.site.JoinPath("organizations", f["organization"], "settings/apps/new")
	}
	action.RawQuery = url.Values{"state": {state}}.Encode()
	return s.render(c, http.StatusOK, "github", map[string]string{"action": action.String(), "manifest": text, "site": s.site.Host})
}

// checkFields says in a sentence what is wrong with the form.
func checkFields(f map[string]string) string {
	hook, err := url.Parse(f["hook"])
	switch {
	case f["name"] == "" || utf8.RuneCountInString(f["name"]) > maxName:
		return fmt.Sprintf("The App's name needs 1 to %d characters.", maxName)
	case f["organization"] != "" && !organization.MatchString(f["organization"]):
		return "That isn't the name of an organisation, as its address has it."
	case err != nil || hook.Host == "" || hook.Scheme != "https" && hook.Scheme != "http":
		return "The webhook's address isn't one: it begins with https://."
	}
	return ""
}

// enter takes the one-time code for a state, and makes a new code for another
// attempt.
func (s *Server) enter(code string) (state string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key == "" || subtle.ConstantTimeCompare([]byte(code), []byte(s.key)) != 1 {
		return "", false
	}
	state = rand.Text()
	s.states[state] = s.o.Now().Add(stateLife)
	s.renewKey()
	return state, true
}

// leave takes a state back, once.
func (s *Server) leave(state string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	until, known := s.states[state]
	delete(s.states, state)
	return known && s.key != "" && !s.o.Now().After(until)
}

// callback is where GitHub sends the browser back.
func (s *Server) callback(c echo.Context) error {
	if s.closed(c) {
		return echo.ErrNotFound
	}
	code := c.QueryParam("code")
	if !githubCode.MatchString(code) || !s.leave(c.QueryParam("state")) {
		return s.render(c, http.StatusForbidden, "failed", map[string]string{
			"problem": "This isn't the answer to a set-up that was begun here, or it comes too late."})
	}
	credentials, err := s.o.Convert(c.Request().Context(), code)
	if err != nil || !credentials.complete() {
		s.o.Log.Error("GitHub's code could not be exchanged for the App", "error", err)
		return s.render(c, http.StatusBadGateway, "failed", map[string]string{
			"problem": "GitHub didn't hand out the App's credentials; the server's log says why. Delete the App there and begin again."})
	}
	if err := credentials.Save(s.o.Dir); err != nil {
		s.o.Log.Error("the App's credentials could not be saved", "error", err, "app", credentials.URL)
		return s.render(c, http.StatusInternalServerError, "failed", map[string]string{
			"problem": "The App is registered, but the server can't keep its credentials; its log says why. Delete the App and begin again."})
	}
	s.finish()
	s.o.Log.Info("the App is set up", "app", credentials.AppID, "slug", credentials.Slug)
	return s.render(c, http.StatusOK, "done", map[string]string{"install": s.installPage(credentials)})
}

// installPage is where the App is installed. The address is made here, of the
// site and the App's name: what GitHub answers isn't put into a page unread.
func (s *Server) installPage(c Credentials) string {
	if s.server {
		return s.site.JoinPath("github-apps", c.Slug, "installations/new").String()
	}
	return s.site.JoinPath("apps", c.Slug, "installations/new").String()
}

// finish closes the pages for good.
func (s *Server) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key == "" {
		return
	}
	s.key = ""
	clear(s.states)
	close(s.done)
}
