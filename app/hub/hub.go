// Package hub is GitHub as the App sees it: clients that act as an installation
// on one repository, a pull request with its two trees, and publishing. It is
// the only package that talks to GitHub; nothing of go-github leaves it.
//
// A Hub and what it makes are safe for concurrent use. Every method that talks
// to GitHub ends with its context. Its errors say when another try makes sense:
// see LimitError, StaleError and RefusedError.
package hub

import (
	"context"
	"crypto/rsa"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/golang-jwt/jwt/v4"
	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/telemetry"
	"github.com/authdiff/authdiff/checks/source"
)

// Options says who the App is and where GitHub is.
type Options struct {
	AppID      int64
	PrivateKey []byte   // PEM
	APIURL     *url.URL // without a slash at its end
	GraphQLURL *url.URL // nil means "graphql" below APIURL, as GitHub's cloud has it
	Log        *slog.Logger
	Meter      *telemetry.Meter // nil: nothing is measured

	// CacheBytes bounds the memory for file contents, a quarter of it that for
	// lists of files; 0 means 256 MiB.
	CacheBytes int64
}

// Hub makes the clients and holds what they share.
type Hub struct {
	appID   int64
	key     *rsa.PrivateKey
	api     *url.URL
	graphQL *url.URL
	log     *slog.Logger
	meter   *telemetry.Meter
	network http.RoundTripper
	blobs   *cache[source.Blob, []byte]
	trees   *cache[string, *listing]
	now     func() time.Time

	limitsMu sync.Mutex
	limits   map[int64]*limits // by installation

	mu      sync.Mutex
	clients map[scope]*github.Client
	owners  map[scope]ownerSettings
	login   string // of the App's own user, empty until asked
}

// scope is what a token is narrowed to.
type scope struct {
	installation, id int64 // id is the repository's, 0 when only its name is known
	owner, name      string
	reads            bool // files, and nothing else
}

const (
	defaultCacheBytes = 256 << 20
	// maxClients bounds the clients that are kept. One is small, and costs one
	// request for a token when it has to be made again.
	maxClients = 1000
)

// New returns a hub. It asks GitHub nothing yet.
func New(o Options) (*Hub, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM(o.PrivateKey)
	if err != nil {
		return nil, errors.New("the App's private key cannot be read: set it as downloaded from the App's settings page")
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = defaultCacheBytes
	}
	if o.GraphQLURL == nil {
		o.GraphQLURL = o.APIURL.JoinPath("graphql")
	}
	return &Hub{
		appID:   o.AppID,
		key:     key,
		api:     o.APIURL,
		graphQL: o.GraphQLURL,
		log:     telemetry.Logger(o.Log),
		meter:   o.Meter,
		network: newNetwork(),
		blobs:   newCache[source.Blob](o.CacheBytes, func(text []byte) int64 { return int64(len(text)) }),
		trees:   newCache[string](o.CacheBytes/4, func(l *listing) int64 { return listedCost * int64(len(l.entries)+len(l.links)) }),
		now:     time.Now,
		clients: map[scope]*github.Client{},
		owners:  map[scope]ownerSettings{},
		limits:  map[int64]*limits{},
	}, nil
}

// Repository is one repository as an installation may see it.
type Repository struct {
	hub         *Hub
	client      *github.Client
	owner, name string

	installation, id int64 // id is 0 when only the name is known
}

// Repository returns the repository, without asking GitHub whether it exists.
// Its token is narrowed to it: whatever goes wrong in a job stays there.
func (h *Hub) Repository(installation int64, owner, name string) *Repository {
	return h.RepositoryByID(installation, 0, owner, name)
}

// RepositoryByID is Repository for one whose id is known: it is found under its
// old name, too, once it was renamed. An id of 0 stands for an unknown one.
func (h *Hub) RepositoryByID(installation, id int64, owner, name string) *Repository {
	return h.repository(scope{installation: installation, id: id, owner: owner, name: name})
}

func (h *Hub) repository(s scope) *Repository {
	h.mu.Lock()
	defer h.mu.Unlock()
	client := h.clients[s]
	if client == nil {
		if len(h.clients) >= maxClients {
			clear(h.clients)
		}
		client = h.newClient(h.installationTransport(s.installation, needed(s)))
		h.clients[s] = client
	}
	return &Repository{hub: h, client: client, owner: s.owner, name: s.name, installation: s.installation, id: s.id}
}

// needed narrows a token to one repository, and to what the jobs do there: less
// than app.yml asks for.
func needed(s scope) *github.InstallationTokenOptions {
	o := &github.InstallationTokenOptions{Permissions: &github.InstallationPermissions{
		Metadata: github.String("read"), Contents: github.String("read"),
	}}
	if !s.reads {
		o.Permissions.PullRequests, o.Permissions.Checks = github.String("write"), github.String("write")
	}
	if s.id != 0 {
		o.RepositoryIDs = []int64{s.id}
	} else {
		o.Repositories = []string{s.name}
	}
	return o
}

// appTransport speaks for the App; what it sends for an installation is measured
// as such, and keeps to its limits.
func (h *Hub) appTransport(installation int64) *ghinstallation.AppsTransport {
	network := h.meter.Transport(h.network, installation)
	if installation != 0 {
		network = h.politeFor(installation, network)
	}
	transport := ghinstallation.NewAppsTransportFromPrivateKey(network, h.appID, h.key)
	transport.BaseURL = h.api.String()
	return transport
}

func (h *Hub) newClient(transport http.RoundTripper) *github.Client {
	return newClient(h.api, transport)
}

func newClient(api *url.URL, transport http.RoundTripper) *github.Client {
	client := github.NewClient(&http.Client{Transport: transport, Timeout: requestTimeout, CheckRedirect: sameHost})
	base := *api
	base.Path = strings.TrimRight(base.Path, "/") + "/"
	client.BaseURL = &base
	client.UserAgent = "authdiff"
	return client
}

// self returns the login under which the App comments.
func (h *Hub) self(ctx context.Context) (string, error) {
	h.mu.Lock()
	login := h.login
	h.mu.Unlock()
	if login != "" {
		return login, nil
	}
	app, _, err := h.newClient(h.appTransport(0)).Apps.Get(ctx, "")
	if err != nil {
		return "", h.failure("read the App's own name", err)
	}
	return h.setSelf(app.GetSlug()), nil
}

// setSelf takes down the App's login, with or without the mark of a bot.
func (h *Hub) setSelf(login string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.login = botLogin(login)
	return h.login
}

// botLogin is the login of a bot as the REST API has it; GraphQL leaves its mark
// out in places.
func botLogin(login string) string { return strings.TrimSuffix(login, "[bot]") + "[bot]" }

// failure gives an error of GitHub's its meaning; see failure in errors.go.
func (h *Hub) failure(doing string, err error) error { return failure(doing, err, h.now()) }
