package hub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
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
	gone   bool
}

// Error implements error.
func (e *RefusedError) Error() string { return fmt.Sprintf("%s: GitHub refuses: %v", e.Doing, e.Cause) }

// Unwrap gives GitHub's own error.
func (e *RefusedError) Unwrap() error { return e.Cause }

// Permanent reports that the same request will be refused again.
func (e *RefusedError) Permanent() bool { return true }

// Gone reports that the App has nothing to do there any more, and nobody waits
// for it.
func (e *RefusedError) Gone() bool { return e.gone }

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

// OutageError means that GitHub could not be reached, or answered with what is
// no answer: an error of its own, a web page, half a body.
type OutageError struct {
	Doing string
	Until time.Time
	Cause error
}

// Error implements error.
func (e *OutageError) Error() string { return fmt.Sprintf("%s: %v", e.Doing, e.Cause) }

// Unwrap gives the client's own error.
func (e *OutageError) Unwrap() error { return e.Cause }

// RetryAt says when to try again at the earliest.
func (e *OutageError) RetryAt() time.Time { return e.Until }

// Outage reports that nobody knows when it will be over, so that waits should
// grow.
func (e *OutageError) Outage() bool { return true }

// outageWait is how long to wait after an outage at first.
const outageWait = time.Second

// failure gives an error of a GitHub client its meaning: to wait, refused, or
// an outage. What is our own doing (the context ended, credentials are wrong)
// stays an error that counts as a failed attempt.
func failure(doing string, err error, now time.Time) error {
	response := responseOf(err)
	if until, ok := limited(err, response, now); ok {
		return &LimitError{Doing: doing, Until: until, Cause: err}
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if response == nil {
		return &OutageError{Doing: doing, Until: now.Add(outageWait), Cause: err}
	}
	switch status := response.StatusCode; {
	case status >= 500:
		return &OutageError{Doing: doing, Until: now.Add(outageWait), Cause: err}
	case status == http.StatusForbidden, status == http.StatusNotFound, status == http.StatusGone,
		status == http.StatusUnprocessableEntity, status == http.StatusUnavailableForLegalReasons:
		return &RefusedError{Doing: doing, Status: status, Cause: err, gone: isGone(err, status)}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// isGone reports whether a refusal means that the App has nothing to do there any
// more: it was suspended or removed, or the repository was archived, renamed or
// taken from it.
func isGone(err error, status int) bool {
	var token *ghinstallation.HTTPError
	if errors.As(err, &token) {
		return true
	}
	var answer *github.ErrorResponse
	return status == http.StatusForbidden && errors.As(err, &answer) && strings.Contains(answer.Message, "archived")
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

// limited says until when the error asks to wait. It asks the headers and not
// only go-github's types, which leave out 429 and limits on tokens.
func limited(err error, response *http.Response, now time.Time) (time.Time, bool) {
	if until, ok := paused(err); ok {
		return until, true
	}
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
	return limitOf(response, now)
}

// limitOf reads from a response until when GitHub asks to wait.
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
func limitOf(response *http.Response, now time.Time) (time.Time, bool) {
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
