package hub

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"
)

// renewing sends requests with an installation's token, and gets another one
// when GitHub no longer takes it: a token may be revoked before its hour is
// over. A request that was refused for its token was not carried out, so it is
// sent once more.
type renewing struct {
	fresh func() http.RoundTripper // a transport without a token yet

	mu      sync.Mutex
	current http.RoundTripper
}

func newRenewing(fresh func() http.RoundTripper) *renewing {
	return &renewing{fresh: fresh, current: fresh()}
}

// RoundTrip implements http.RoundTripper.
func (r *renewing) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	used := r.current
	r.mu.Unlock()
	response, err := used.RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	again := request.Clone(request.Context())
	if request.Body != nil {
		if request.GetBody == nil {
			return response, nil
		}
		if again.Body, err = request.GetBody(); err != nil {
			return response, nil
		}
	}
	_ = response.Body.Close()
	return r.renew(used).RoundTrip(again)
}

// renew replaces the transport that was refused, unless another request did.
func (r *renewing) renew(refused http.RoundTripper) http.RoundTripper {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current == refused {
		r.current = r.fresh()
	}
	return r.current
}

// installationTransport doesn't share the App's transport between
// installations: ghinstallation writes to it on each refresh of a token.
func (h *Hub) installationTransport(installation int64, narrowed *github.InstallationTokenOptions) http.RoundTripper {
	return newRenewing(func() http.RoundTripper {
		transport := ghinstallation.NewFromAppsTransport(h.appTransport(installation), installation)
		transport.BaseURL = h.api.String()
		transport.InstallationTokenOptions = narrowed
		return transport
	})
}

// repositoryTransport sends what a job asks for on one repository.
func (h *Hub) repositoryTransport(s scope) http.RoundTripper {
	narrow := h.installationTransport(s.installation, needed(s))
	if strings.EqualFold(s.name, organisationRepo) {
		return narrow
	}
	return &wide{now: func() time.Time { return h.now() }, narrow: narrow, reading: h.installationTransport(s.installation, readable(s))}
}

// readable narrows a token to reading one repository and the owner's settings:
// so they come with what is asked for anyway, and cost no request.
func readable(s scope) *github.InstallationTokenOptions {
	read := github.String("read")
	return &github.InstallationTokenOptions{
		Repositories: []string{s.name, organisationRepo},
		Permissions:  &github.InstallationPermissions{Metadata: read, Contents: read, PullRequests: read, Checks: read},
	}
}

// wide reads with a token that opens the owner's .github repository, too, and
// writes with one that doesn't. Where there is no such token (the App isn't
// installed there, or the repository goes by another name now) it reads with the
// latter as well.
type wide struct {
	now             func() time.Time
	narrow, reading http.RoundTripper

	mu    sync.Mutex
	until time.Time // no such token
}

// narrowLife is how long it is believed that there is no such token, so that
// finding out costs next to nothing.
const narrowLife = 10 * time.Minute

// RoundTrip implements http.RoundTripper.
func (w *wide) RoundTrip(request *http.Request) (*http.Response, error) {
	if writes(request) || w.isNarrow() {
		return w.narrow.RoundTrip(request)
	}
	response, err := w.reading.RoundTrip(request)
	// GitHub's answer to who wants a token for what the installation lacks.
	// https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
	var refusal *ghinstallation.HTTPError
	if !errors.As(err, &refusal) || refusal.Response == nil || refusal.Response.StatusCode != http.StatusUnprocessableEntity {
		return response, err
	}
	again := request.Clone(request.Context())
	if request.Body != nil {
		if request.GetBody == nil {
			return response, err
		}
		var bodyErr error
		if again.Body, bodyErr = request.GetBody(); bodyErr != nil {
			return response, err
		}
	}
	_ = refusal.Response.Body.Close()
	w.mu.Lock()
	w.until = w.now().Add(narrowLife)
	w.mu.Unlock()
	return w.narrow.RoundTrip(again)
}

func (w *wide) isNarrow() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now().Before(w.until)
}
