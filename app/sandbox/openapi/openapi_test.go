package openapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// TestValidate feeds good and bad exchanges through the middleware, so that a
// validator that sees nothing is seen.
func TestValidate(t *testing.T) {
	t.Parallel()
	description := ForTest(t)
	const comment = "/repos/a/b/pulls/1/comments"
	for _, test := range []struct {
		name, method, path, request string
		status                      int
		answer                      string
		want                        string // part of the problem; empty: none
	}{
		{"a good blob", "GET", "/repos/a/b/git/blobs/1", "", 200, `{"content":"","encoding":"base64","url":"https://x.example/","sha":"1","size":0,"node_id":"n"}`, ""},
		{"an answer without a field", "GET", "/repos/a/b/git/blobs/1", "", 200, `{"content":"","encoding":"base64","url":"https://x.example/","sha":"1","size":0}`, `"node_id" is missing`},
		{"an answer of the wrong type", "GET", "/repos/a/b/git/blobs/1", "", 200, `{"content":1,"encoding":"base64","url":"https://x.example/","sha":"1","size":0,"node_id":"n"}`, "value must be a string"},
		{"an answer that is no JSON", "GET", "/repos/a/b/git/blobs/1", "", 200, `<html>`, "the answer"},
		{"a status that isn't there", "GET", "/repos/a/b/git/blobs/1", "", 204, ``, "no such status"},
		{"an error in GitHub's shape", "GET", "/repos/a/b/git/blobs/1", "", 401, `{"message":"Bad credentials"}`, ""},
		{"an error of our own", "GET", "/repos/a/b/git/blobs/1", "", 401, `{"error":"x"}`, "needs a message"},
		{"a path that isn't there", "GET", "/repos/a/b/nothing", "", 200, `{}`, "no such operation"},
		{"a method that isn't there", "DELETE", "/repos/a/b/git/blobs/1", "", 200, `{}`, "no such operation"},
		{"a request without a field", "PATCH", "/repos/a/b/pulls/comments/1", `{}`, 204, ``, `"body" is missing`},
		{"a request of the wrong type", "POST", comment, `{"body":"b","commit_id":"c","path":"p","line":"x"}`, 204, ``, "/line"},
		{"a request with an odd value", "POST", comment, `{"body":"b","commit_id":"c","path":"p","side":"BOTH"}`, 204, ``, "/side"},
		{"a bad request that was refused", "POST", comment, `{}`, 422, `{"message":"m","documentation_url":"u"}`, ""},
		{"a ref with slashes", "GET", "/repos/a/b/git/ref/heads/x/y", "", 404, `{"message":"Not Found"}`, ""},
		{"an installation id that is none", "GET", "/app/installations/x", "", 200, `{}`, "installation_id"},
		{"another host's path", "GET", "/codeload/a/b/legacy.tar.gz/1", "", 200, `x`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var problems []string
			handler := description.Validate(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if body, err := io.ReadAll(r.Body); err != nil || string(body) != test.request {
					t.Errorf("the server reads %q, %v", body, err)
				}
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
				w.WriteHeader(test.status)
				io.WriteString(w, test.answer)
			}), func(err error) { problems = append(problems, err.Error()) })
			request := httptest.NewRequest(test.method, test.path, strings.NewReader(test.request))
			request.Header.Set("Content-Type", "application/json")
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, request)
			if recorder.Code != test.status || recorder.Body.String() != test.answer {
				t.Errorf("the client reads %d %s", recorder.Code, recorder.Body)
			}
			all := strings.Join(problems, "\n")
			if (test.want == "") != (all == "") || !strings.Contains(all, test.want) {
				t.Errorf("problems %q, want %q among them", all, test.want)
			}
		})
	}
}

func TestCheckWebhook(t *testing.T) {
	t.Parallel()
	description := ForTest(t)
	for _, test := range []struct{ event, action, body, want string }{
		{"pull_request", "opened", `{"action":"opened"}`, `"pull_request" is missing`},
		{"pull_request", "opened", `{`, "read the payload"},
		{"pull_request", "eaten", `{}`, "no webhook pull-request-eaten"},
	} {
		err := description.CheckWebhook(test.event, test.action, []byte(test.body))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s %s: %v, want %q", test.event, test.action, err, test.want)
		}
	}
}

func TestSamples(t *testing.T) {
	t.Parallel()
	ForTest(t)
	samples, err := Samples("pull_request", "synchronize")
	if err != nil || len(samples) == 0 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	if keys := Keys(samples[0]); !slices.Contains(keys, "pull_request.head.repo.full_name") || !slices.Contains(keys, "after") {
		t.Errorf("keys %q", keys)
	}
}
