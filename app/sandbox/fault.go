package sandbox

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Response is an answer that a test puts in place of the sandbox's own.
type Response struct {
	Status int
	Header http.Header
	Body   []byte

	carryOut bool // the sandbox does what is asked, and answers itself
	cut      cut
}

// cut is how much of an answer gets lost on its way.
type cut int

const (
	cutNothing cut = iota
	cutHalf
	cutAll
)

// Failure is GitHub's answer when it is in trouble itself, such as 502 or 503.
func Failure(status int) *Response {
	return &Response{Status: status, Body: []byte(`{"message":"Server Error"}`)}
}

// ErrorPage is a page for people with status 200, as a proxy in trouble gives.
func ErrorPage() *Response {
	return &Response{
		Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}},
		Body: []byte("<!doctype html><title>Unicorn!</title><p>We had issues producing the response to your request."),
	}
}

// SecondaryLimit is GitHub's answer to a caller that asks for too much at once.
func SecondaryLimit(retryAfter time.Duration) *Response {
	body := `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",` +
		`"documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`
	return &Response{
		Status: http.StatusForbidden, Body: []byte(body),
		Header: http.Header{"Retry-After": {strconv.Itoa(int(retryAfter / time.Second))}},
	}
}

// PrimaryLimit is GitHub's answer to a caller that has used up the requests of its
// hour, which ends at reset.
// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
func PrimaryLimit(reset time.Time) *Response {
	body := `{"message":"API rate limit exceeded for installation.",` +
		`"documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"}`
	return &Response{
		Status: http.StatusForbidden, Body: []byte(body),
		Header: http.Header{
			"X-Ratelimit-Limit": {strconv.Itoa(hourlyLimit)}, "X-Ratelimit-Remaining": {"0"},
			"X-Ratelimit-Reset": {strconv.FormatInt(reset.Unix(), 10)},
		},
	}
}

// BadCredentials is GitHub's answer to a token that has expired.
func BadCredentials() *Response {
	return &Response{Status: http.StatusUnauthorized, Body: []byte(`{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest"}`)}
}

// Reset ends the connection and does nothing.
func Reset() *Response { return &Response{cut: cutAll} }

// LostAnswer does what is asked, and ends the connection before the answer: the
// caller can't know.
func LostAnswer() *Response { return &Response{carryOut: true, cut: cutAll} }

// HalfAnswer does what is asked, and ends the connection within the answer.
func HalfAnswer() *Response { return &Response{carryOut: true, cut: cutHalf} }

// Faults answers a share of requests (from 0 to 1) with each of GitHub's known
// troubles in turn of chance. The same seed gives the same sequence of choices;
// which request meets which is up to their order. Hand the result to Intercept.
func Faults(seed uint64, share float64) func(*http.Request) *Response {
	var mu sync.Mutex
	chance := rand.New(rand.NewPCG(seed, seed))
	troubles := []func() *Response{
		func() *Response { return Failure(http.StatusBadGateway) },
		func() *Response { return Failure(http.StatusInternalServerError) },
		func() *Response { return SecondaryLimit(time.Second) },
		ErrorPage, BadCredentials, Reset, LostAnswer, LostAnswer, HalfAnswer,
	}
	return func(*http.Request) *Response {
		mu.Lock()
		defer mu.Unlock()
		if chance.Float64() >= share {
			return nil
		}
		return troubles[chance.IntN(len(troubles))]()
	}
}
