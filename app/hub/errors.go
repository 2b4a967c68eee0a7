package hub

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"
)

// limitWait is how long to wait when GitHub limits without saying for how long.
// https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately
const limitWait = time.Minute

// LimitError means that GitHub asked to wait.
type LimitError struct {
	Doing string
	Until time.Time
	Cause error
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: GitHub asks to wait: %v", e.Doing, e.Cause)
}

// Unwrap gives GitHub's own error.
func (e *LimitError) Unwrap() error { return e.Cause }

// RetryAt says when GitHub will listen again.
func (e *LimitError) RetryAt() time.Time { return e.Until }

// RefusedError means that GitHub understood and refuses: the thing is gone, or
// the App may not, or the request is not acceptable as it is.
type RefusedError struct {
	Doing  string
	Status int // of HTTP
	Cause  error
}

// Error implements error.
func (e *RefusedError) Error() string { return fmt.Sprintf("%s: GitHub refuses: %v", e.Doing, e.Cause) }

// Unwrap gives GitHub's own error.
func (e *RefusedError) Unwrap() error { return e.Cause }

// Permanent reports that the same request will be refused again.
func (e *RefusedError) Permanent() bool { return true }

// StaleError means that GitHub answered with a state that is older than one the
// App knows of: its servers agree only after a moment.
type StaleError struct{ Until time.Time }

// Error implements error.
func (e *StaleError) Error() string { return "GitHub still tells an older state of the pull request" }

// RetryAt says when to ask again.
func (e *StaleError) RetryAt() time.Time { return e.Until }

// BusyError means that the check of another pull request with the same head
// commit has to be done first.
type BusyError struct {
	Pull  int
	Until time.Time
}

// Error implements error.
func (e *BusyError) Error() string {
	return fmt.Sprintf("pull request #%d has the same head commit, and its check isn't done", e.Pull)
}

// RetryAt says when to look again.
func (e *BusyError) RetryAt() time.Time { return e.Until }

// MovedError means that the pull request got another head meanwhile.
type MovedError struct{ Until time.Time }

// Error implements error.
func (e *MovedError) Error() string { return "the pull request has a newer head" }

// RetryAt says when to look at the new head.
func (e *MovedError) RetryAt() time.Time { return e.Until }

// refused reports whether the error is a refusal, and says its status.
func refused(err error) (status int, ok bool) {
	var r *RefusedError
	if !errors.As(err, &r) {
		return 0, false
	}
	return r.Status, true
}

// failure gives an error of a GitHub client its meaning: to wait, refused, or
// neither (an outage, the network, a bad answer), which may be tried again.
func failure(doing string, err error, now time.Time) error {
	response := responseOf(err)
	if until, ok := limitOf(err, response, now); ok {
		return &LimitError{Doing: doing, Until: until, Cause: err}
	}
	if response != nil {
		switch response.StatusCode {
		case http.StatusForbidden, http.StatusNotFound, http.StatusGone,
			http.StatusUnprocessableEntity, http.StatusUnavailableForLegalReasons:
			return &RefusedError{Doing: doing, Status: response.StatusCode, Cause: err}
		}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// responseOf finds the HTTP response behind the error, nil when there was none.
func responseOf(err error) *http.Response {
	var answer *github.ErrorResponse
	if errors.As(err, &answer) {
		return answer.Response
	}
	var token *ghinstallation.HTTPError
	if errors.As(err, &token) && token.Response != nil {
		_ = token.Response.Body.Close() // ghinstallation leaves it to the caller
		return token.Response
	}
	return nil
}

// limitOf says until when the error asks to wait. It asks the headers and not
// only go-github's types, which leave out 429 and limits on tokens.
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
func limitOf(err error, response *http.Response, now time.Time) (time.Time, bool) {
	var primary *github.RateLimitError
	if errors.As(err, &primary) {
		return primary.Rate.Reset.Time, true
	}
	var secondary *github.AbuseRateLimitError
	if errors.As(err, &secondary) {
		if secondary.RetryAfter != nil {
			return now.Add(*secondary.RetryAfter), true
		}
		return now.Add(limitWait), true
	}
	if response == nil {
		return time.Time{}, false
	}
	switch response.StatusCode {
	case http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable:
	default:
		return time.Time{}, false
	}
	if seconds, err := strconv.ParseInt(response.Header.Get("Retry-After"), 10, 32); err == nil && seconds >= 0 {
		return now.Add(time.Duration(seconds) * time.Second), true
	}
	if response.Header.Get("X-RateLimit-Remaining") == "0" {
		if reset, err := strconv.ParseInt(response.Header.Get("X-RateLimit-Reset"), 10, 64); err == nil {
			return time.Unix(reset, 0), true
		}
	}
	return now.Add(limitWait), response.StatusCode == http.StatusTooManyRequests
}

// withoutURL drops the address from an error of net/http: that of an archive
// carries a token.
func withoutURL(err error) error {
	var withURL *url.Error
	if errors.As(err, &withURL) {
		return withURL.Err
	}
	return err
}
