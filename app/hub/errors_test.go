package hub

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/sandbox"
)

func TestErrorsOfGitHub(t *testing.T) {
	t.Parallel()
	header := func(pairs ...string) map[string][]string {
		h := map[string][]string{}
		for i := 0; i < len(pairs); i += 2 {
			h[pairs[i]] = []string{pairs[i+1]}
		}
		return h
	}
	body := []byte(`{"message":"no"}`)
	tests := []struct {
		name   string
		path   string
		answer *sandbox.Response
		want   string
		after  int64 // seconds after now, for a limit
	}{
		{"secondary limit", "/graphql", sandbox.SecondaryLimit(90e9), "limit", 90},
		{"secondary limit without a time", "/graphql", &sandbox.Response{Status: 403, Body: []byte(`{"documentation_url":"https://docs.github.com/x#secondary-rate-limits"}`)}, "limit", 60},
		{"too many requests", "/graphql", &sandbox.Response{Status: 429, Body: body}, "limit", 60},
		{"too many requests, with a time", "/graphql", &sandbox.Response{Status: 429, Header: header("Retry-After", "7"), Body: body}, "limit", 7},
		{"primary limit", "/graphql", &sandbox.Response{Status: 403, Header: header("X-Ratelimit-Remaining", "0", "X-Ratelimit-Limit", "5000", "X-Ratelimit-Reset", "4102444800"), Body: body}, "limit", -1},
		{"outage with a time", "/graphql", &sandbox.Response{Status: 503, Header: header("Retry-After", "30"), Body: body}, "limit", 30},
		{"limit on the token", "/access_tokens", &sandbox.Response{Status: 403, Header: header("Retry-After", "20"), Body: body}, "limit", 20},
		{"suspended installation", "/access_tokens", &sandbox.Response{Status: 403, Body: body}, "refused", 0},
		{"removed installation", "/access_tokens", &sandbox.Response{Status: 404, Body: body}, "refused", 0},
		{"no such pull request", "/graphql", &sandbox.Response{Status: 200, Body: []byte(`{"errors":[{"type":"NOT_FOUND","message":"no"}]}`)}, "refused", 0},
		{"no right to the pull request", "/graphql", &sandbox.Response{Status: 200, Body: []byte(`{"errors":[{"type":"FORBIDDEN","message":"no"}]}`)}, "refused", 0},
		{"limit of GraphQL", "/graphql", &sandbox.Response{Status: 200, Header: header("X-Ratelimit-Reset", "4102444800"), Body: []byte(`{"errors":[{"type":"RATE_LIMITED","message":"no"}]}`)}, "limit", -1},
		{"trouble of GraphQL", "/graphql", &sandbox.Response{Status: 200, Body: []byte(`{"errors":[{"message":"Something went wrong while executing your query."}]}`)}, "other", 0},
		{"half an answer", "/graphql", &sandbox.Response{Status: 200, Body: []byte(`{"data":{"repository":{"pullReq`)}, "other", 0},
		{"outage", "/graphql", sandbox.Failure(502), "other", 0},
		{"bad credentials", "/access_tokens", &sandbox.Response{Status: 401, Body: body}, "other", 0},
		{"no JSON", "/graphql", &sandbox.Response{Status: 200, Body: []byte("<html>")}, "other", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := small(t)
			now := w.hub.now()
			w.hub.now = func() time.Time { return now }
			w.fail("POST", tt.path, tt.answer)
			_, err := w.repo.Pull(t.Context(), w.number, time.Time{})
			var limit *LimitError
			got := "other"
			if _, ok := refused(err); ok {
				got = "refused"
			}
			if errors.As(err, &limit) {
				got = "limit"
				if after := limit.RetryAt().Unix() - now.Unix(); tt.after >= 0 && after != tt.after || tt.after < 0 && limit.RetryAt().Unix() != 4102444800 {
					t.Errorf("retry after %d s, want %d", after, tt.after)
				}
			}
			if err == nil || got != tt.want {
				t.Errorf("%v is %q, want %q", err, got, tt.want)
			}
		})
	}
}

func TestRedirectsStayOnTheHost(t *testing.T) {
	t.Parallel()
	request := func(url string) *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := request("https://api.example.com/repos/a/b")
	for url, want := range map[string]bool{
		"https://api.example.com/repositories/7": true,
		"https://evil.example.com/repos/a/b":     false,
		"http://api.example.com/repos/a/b":       false,
	} {
		if err := sameHost(request(url), []*http.Request{first}); (err == nil) != want {
			t.Errorf("%s: %v", url, err)
		}
	}
	if sameHost(first, []*http.Request{first, first, first, first, first}) == nil {
		t.Error("redirects have no end")
	}
}

func TestAnswersAreBounded(t *testing.T) {
	t.Parallel()
	body := &boundedBody{ReadCloser: io.NopCloser(strings.NewReader(strings.Repeat("x", 11))), left: 10}
	if n, err := io.Copy(io.Discard, body); err == nil {
		t.Errorf("%d bytes were read", n)
	}
	body = &boundedBody{ReadCloser: io.NopCloser(strings.NewReader(strings.Repeat("x", 10))), left: 10}
	if n, err := io.Copy(io.Discard, body); err != nil || n != 10 {
		t.Errorf("%d bytes were read, %v", n, err)
	}
}
