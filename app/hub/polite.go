package hub

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
)

// polite keeps to GitHub's rules for one installation, whichever repository and
// job a request is for: one write at a time, and none of anything while GitHub
// asks to wait. Who comes meanwhile is told until when, and doesn't wait here: a
// worker is free for other installations.
// https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
type polite struct {
	*limits
	next http.RoundTripper
}

// limits is what the clients of one installation share.
type limits struct {
	now     func() time.Time
	writing chan struct{} // holds one while a write is under way

	mu    sync.Mutex
	until time.Time
	limit int // limits in a row that didn't say until when
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, writing: make(chan struct{}, 1)}
}

// politeFor wraps the network of an installation's clients.
func (h *Hub) politeFor(installation int64, next http.RoundTripper) http.RoundTripper {
	h.limitsMu.Lock()
	defer h.limitsMu.Unlock()
	l := h.limits[installation]
	if l == nil {
		if len(h.limits) >= maxClients {
			clear(h.limits)
		}
		l = newLimits(func() time.Time { return h.now() })
		h.limits[installation] = l
	}
	return &polite{l, next}
}

// pausedError means that a request wasn't sent, since GitHub asked to wait.
type pausedError struct{ until time.Time }

func (e *pausedError) Error() string {
	return "GitHub asked to wait until " + e.until.UTC().Format(time.RFC3339)
}

// RoundTrip implements http.RoundTripper.
func (p *polite) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := p.enter(request); err != nil {
		if request.Body != nil {
			_ = request.Body.Close()
		}
		return nil, err
	}
	response, err := p.next.RoundTrip(request)
	if writes(request) {
		<-p.writing
	}
	if err == nil {
		p.heed(response)
	}
	return response, err
}

func (p *limits) enter(request *http.Request) error {
	if writes(request) {
		select {
		case p.writing <- struct{}{}:
		case <-request.Context().Done():
			return request.Context().Err()
		}
	}
	p.mu.Lock()
	until := p.until
	p.mu.Unlock()
	if !p.now().Before(until) {
		return nil
	}
	if writes(request) {
		<-p.writing
	}
	return &pausedError{until}
}

// writes reports whether a request changes something that people see: not a
// query, and not the making of a token.
func writes(request *http.Request) bool {
	path := request.URL.Path
	return request.Method != http.MethodGet && !strings.HasSuffix(path, "/graphql") && !strings.HasSuffix(path, "/access_tokens")
}

// longestGrowth bounds the wait after limits that don't say how long they last.
const longestGrowth = 15 * time.Minute

// heed takes down until when GitHub asks to wait. Where it doesn't say, each
// time in a row doubles the wait.
func (p *limits) heed(response *http.Response) {
	until, limited := limitOf(response, p.now())
	p.mu.Lock()
	defer p.mu.Unlock()
	if !limited {
		if response.StatusCode < http.StatusBadRequest {
			p.limit = 0
		}
		return
	}
	if response.Header.Get("Retry-After") == "" && response.Header.Get("X-RateLimit-Remaining") != "0" {
		until = p.now().Add(min(limitWait<<p.limit, longestGrowth))
		p.limit++
	}
	if until.After(p.until) {
		p.until = until
	}
}

// paused finds in an error of a client that the request wasn't sent.
func paused(err error) (until time.Time, ok bool) {
	var p *pausedError
	if !errors.As(err, &p) {
		return time.Time{}, false
	}
	return p.until, true
}
