// Package sandbox is a stateful stand-in for GitHub over HTTP. Tests and
// `authdiff demo` run the real App against it: real installation tokens, real
// git objects, real signed webhooks.
//
// It answers in GitHub's shapes and refuses what GitHub refuses: an App's JSON
// web token that is signed wrongly or lives too long, a token that lacks a
// permission, a review with one comment off the diff, 51 annotations in one
// request. What it serves is the table in routes.go; the package's tests hold
// every answer against GitHub's published OpenAPI description.
//
// The path of the data: [New] opens a loopback port; [Server.AddRepository]
// and [Repository.OpenPull] fill the state (state.go) from maps of files or
// from a local git repository (package gitdb); [Repository.Webhook] and
// [Server.Deliver] tell the App about it; the App's requests change the state;
// [Repository.CheckRuns], [Repository.Reviews], [Repository.Comments] and
// [Server.Wait] show what came of it.
//
// It knows nothing of authdiff, and imports no GitHub client: it is the other
// side.
package sandbox

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// Options describe the App that the sandbox knows, and the sandbox itself. The
// zero value is ready to use.
type Options struct {
	AppID         int64           // default 1
	AppSlug       string          // default "authdiff"
	Key           *rsa.PrivateKey // the App's; generated when nil
	WebhookSecret string          // default "sandbox-webhook-secret"
	// Permissions and Events are the App's; default as in app.yml.
	Permissions map[string]string
	Events      []string
	Limits      Limits // zero fields take GitHub's numbers
	// Addr is where to listen, a loopback address; default a free port.
	Addr string
	// WebURL is the base of html_url fields; default the sandbox's own.
	WebURL string
	// Wrap, when set, stands around the whole server: tests validate with it.
	Wrap func(http.Handler) http.Handler
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// Limits are the sizes at which GitHub stops. Tests lower them to meet the edge
// with little data. Zero fields take the value behind each.
type Limits struct {
	PerPage      int // 100, the most that per_page gives
	PullFiles    int // 3,000 files of a pull request
	CompareFiles int // 300 files of a comparison, and of a diff as text
	TreeEntries  int // 100,000 entries of a recursive tree, then "truncated"
	// PatchLines (3,000 changed lines) and PatchBytes (100 KB) are from where on
	// a file comes without its patch and refuses line comments. GitHub documents
	// no number; these were seen in practice.
	PatchLines, PatchBytes int
	// ResponseLines (20,000) is how many patch lines one answer holds in all.
	// Files beyond it come with zero counts and no patch.
	ResponseLines int
	BlobText      int // 512,000 bytes of a file's text in an answer of GraphQL
}

func (l *Limits) fill() {
	l.PerPage = cmp.Or(l.PerPage, 100)
	l.PullFiles = cmp.Or(l.PullFiles, 3000)
	l.CompareFiles = cmp.Or(l.CompareFiles, 300)
	l.TreeEntries = cmp.Or(l.TreeEntries, 100_000)
	l.PatchLines = cmp.Or(l.PatchLines, 3000)
	l.PatchBytes = cmp.Or(l.PatchBytes, 100<<10)
	l.ResponseLines = cmp.Or(l.ResponseLines, 20_000)
	l.BlobText = cmp.Or(l.BlobText, 512_000)
}

// Permissions returns the permissions of the App's manifest, app.yml.
func Permissions() map[string]string {
	return map[string]string{
		"metadata": "read", "contents": "read", "pull_requests": "write", "checks": "write", "merge_queues": "read",
	}
}

// Events returns the events of the App's manifest, app.yml.
func Events() []string {
	return []string{"pull_request", "pull_request_review_comment", "check_run", "check_suite", "merge_group"}
}

// Server is the stand-in. It is safe for concurrent use.
type Server struct {
	limits    Limits
	app       shape.App
	site      shape.Site
	key       *rsa.PrivateKey
	secret    string
	now       func() time.Time
	handler   http.Handler
	http      *http.Server
	intercept atomic.Pointer[func(*http.Request) *Response]

	mu            sync.Mutex // guards what follows and all that hangs on it
	lastID        int64
	accounts      map[string]shape.Account
	repositories  []*Repository
	installations []*installation
	tokens        map[string]*token
	pending       map[string]pendingApp // by code of the manifest flow
	requests      []Request
	attempts      []attempt
	hook          string        // the App's address
	changed       chan struct{} // closed and replaced at every change
}

// New starts a sandbox on a loopback port. Close ends it.
func New(o Options) (*Server, error) {
	s := &Server{
		limits: o.Limits, key: o.Key, now: o.Now,
		secret:   cmp.Or(o.WebhookSecret, "sandbox-webhook-secret"),
		accounts: map[string]shape.Account{}, tokens: map[string]*token{}, pending: map[string]pendingApp{},
		lastID: 1000, changed: make(chan struct{}),
	}
	s.limits.fill()
	if s.now == nil {
		s.now = time.Now
	}
	if s.key == nil {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			return nil, fmt.Errorf("make the App's key: %w", err)
		}
		s.key = key
	}
	s.setApp(o)
	listener, err := net.Listen("tcp", cmp.Or(o.Addr, "127.0.0.1:0"))
	if err != nil {
		return nil, fmt.Errorf("listen for the sandbox: %w", err)
	}
	s.site.API = "http://" + listener.Addr().String()
	s.site.Web = cmp.Or(o.WebURL, s.site.API)
	s.handler = http.HandlerFunc(s.serve)
	if o.Wrap != nil {
		s.handler = o.Wrap(s.handler)
	}
	s.http = &http.Server{Handler: s.handler, ReadHeaderTimeout: 10 * time.Second}
	// Serve returns when Close is called, and tells nothing else of interest.
	go func() { _ = s.http.Serve(listener) }()
	return s, nil
}

func (s *Server) setApp(o Options) {
	permissions, events := o.Permissions, o.Events
	if permissions == nil {
		permissions = Permissions()
	}
	if events == nil {
		events = Events()
	}
	slug := cmp.Or(o.AppSlug, "authdiff")
	s.app = shape.App{
		ID: cmp.Or(o.AppID, 1), Slug: slug, Name: slug, Owner: s.account(slug+"-owner", "User"),
		Created: s.now(), Permissions: maps.Clone(permissions), Events: events,
	}
}

// Close stops the server and removes the repositories' folders.
func (s *Server) Close() error {
	err := s.http.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.repositories {
		err = errors.Join(err, r.db.Close())
	}
	return err
}

// URL is the base of the REST API, without a slash at its end. The same API is
// served below /api/v3, where GitHub Enterprise Server has it.
func (s *Server) URL() string { return s.site.API }

// Handler serves the API without the sandbox's own port.
func (s *Server) Handler() http.Handler { return s.handler }

// AppID is the App's id.
func (s *Server) AppID() int64 { return s.app.ID }

// PrivateKey is the App's private key in PEM form, as GitHub hands it out.
func (s *Server) PrivateKey() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(s.key)})
}

// WebhookSecret is the secret that signs deliveries.
func (s *Server) WebhookSecret() string { return s.secret }

// Wait returns nil as soon as the condition holds. It looks again after every
// change of the state or request; the condition may call any method of the
// server. When the context ends first, Wait says so.
func (s *Server) Wait(ctx context.Context, holds func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("wait for the sandbox's state: %w", ctx.Err())
		}
	}
}

// touch wakes those who wait. The caller holds the lock.
func (s *Server) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// id gives the next id. Ids are unique over all kinds. The caller holds the lock.
func (s *Server) id() int64 {
	s.lastID++
	return s.lastID
}

// account returns the account with the login, which comes into being when it is
// first named. The caller holds the lock.
func (s *Server) account(login, kind string) shape.Account {
	if a, known := s.accounts[login]; known {
		return a
	}
	a := shape.Account{ID: s.id(), Login: login, Kind: kind}
	s.accounts[login] = a
	return a
}

// bot is the account that acts when the App does.
func (s *Server) bot() shape.Account { return s.account(s.app.Slug+"[bot]", "Bot") }
