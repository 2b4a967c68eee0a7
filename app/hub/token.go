package hub

import (
	"net/http"
	"sync"

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
