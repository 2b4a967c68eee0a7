package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	"github.com/google/go-github/v60/github"
)

// maxSkew is how far this machine's clock may be from GitHub's. The App proves
// who it is with tokens that are dated a minute back and last ten at most.
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
const maxSkew = time.Minute

// MisconfiguredError means that GitHub was reached and won't work with these
// settings: no later try can succeed.
type MisconfiguredError struct{ text string }

// Error implements error.
func (e *MisconfiguredError) Error() string { return e.text }

// CheckSelf asks GitHub who the App is. A MisconfiguredError says in one line
// what to set; another error means that GitHub couldn't be asked.
func (h *Hub) CheckSelf(ctx context.Context) error {
	_, response, err := h.newClient(h.appTransport(0)).Apps.Get(ctx, "")
	if skew, ok := h.skew(response, err); ok && skew.Abs() > maxSkew {
		direction := "ahead of"
		if skew < 0 {
			direction = "behind"
		}
		return &MisconfiguredError{fmt.Sprintf("this machine's clock is %s %s GitHub's, so GitHub refuses the App's tokens: set the clock, for example with NTP",
			skew.Abs().Round(10*time.Second), direction)}
	}
	if answered := responseOf(err); answered != nil {
		switch answered.StatusCode {
		case http.StatusUnauthorized:
			return &MisconfiguredError{"PRIVATE_KEY: GitHub refuses it: set it to a private key of the App with this APP_ID, from its settings page"}
		case http.StatusNotFound:
			return &MisconfiguredError{fmt.Sprintf("APP_ID: GitHub knows no App %d: set it to the App's id, from its settings page; for GitHub Enterprise Server also set GITHUB_API_URL", h.appID)}
		}
	}
	if err != nil {
		return h.failure("ask GitHub about the App", err)
	}
	return nil
}

// skew is how far this machine's clock is ahead of GitHub's, by the date of an
// answer.
func (h *Hub) skew(response *github.Response, err error) (time.Duration, bool) {
	var plain *http.Response
	if response != nil {
		plain = response.Response
	} else {
		plain = responseOf(err)
	}
	if plain == nil {
		return 0, false
	}
	date, err := http.ParseTime(plain.Header.Get("Date"))
	return h.now().Sub(date), err == nil
}

// HookRanges returns the addresses that GitHub delivers from.
func (h *Hub) HookRanges(ctx context.Context) ([]netip.Prefix, error) {
	meta, _, err := h.newClient(h.network).Meta.Get(ctx)
	if err != nil {
		return nil, h.failure("read GitHub's addresses", err)
	}
	var ranges []netip.Prefix
	for _, text := range meta.Hooks {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("read GitHub's addresses: %w", err)
		}
		ranges = append(ranges, prefix.Masked())
	}
	if len(ranges) == 0 {
		return nil, errors.New("read GitHub's addresses: GitHub names none for webhooks")
	}
	return ranges, nil
}
