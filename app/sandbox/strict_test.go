package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"

	"github.com/authdiff/authdiff/app/sandbox"
)

func TestAppToken(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	other, err := sandbox.New(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	now := time.Now()
	with := func(claim string, value any) string {
		c := claims(b.server, now)
		c[claim] = value
		return b.sign(c)
	}
	foreign := &bench{T: t, server: other}
	symmetric, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims(b.server, now)).SignedString([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, token string
		status      int
		message     string
	}{
		{"good", b.appToken(), 200, ""},
		{"no token", "", 401, "could not be decoded"},
		{"an installation's token", b.token, 401, "could not be decoded"},
		{"another key", foreign.sign(claims(other, now)), 401, "could not be decoded"},
		{"another algorithm", symmetric, 401, "could not be decoded"},
		{"another App", with("iss", "99"), 404, "Integration not found"},
		{"expired", with("exp", now.Add(-time.Second).Unix()), 401, "future time"},
		{"eleven minutes", with("exp", now.Add(11*time.Minute).Unix()), 401, "too far in the future"},
		{"no expiration", with("exp", nil), 401, "future time"},
		{"issued in two minutes", with("iat", now.Add(2*time.Minute).Unix()), 401, "'Issued at' claim"},
		{"issued at a fraction", with("iat", 1.5), 401, "'Issued at' claim"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := b.answer(b.request("GET", "/app", nil, test.token))
			if got.status != test.status || !strings.Contains(string(got.body), test.message) {
				t.Errorf("status %d, want %d; body %s, want %q in it", got.status, test.status, got.body, test.message)
			}
		})
	}
}

func TestWhoMaySeeAndWrite(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	add := func(spec sandbox.RepositorySpec) {
		spec.Files = baseFiles()
		if _, err := b.server.AddRepository(spec); err != nil {
			t.Fatal(err)
		}
	}
	add(sandbox.RepositorySpec{Owner: "acme", Name: "other"})
	add(sandbox.RepositorySpec{Owner: "open", Name: "source", Public: true, NotInstalled: true})
	readOnly := b.newToken(object{"permissions": object{"pull_requests": "read"}})
	narrow := b.newToken(object{"repositories": []string{"other"}})
	issue := object{"body": "hello"}
	for _, test := range []struct {
		name, method, path, token string
		body                      any
		status                    int
	}{
		{"a stranger to a private repository", "GET", "/repos/acme/shop", "", nil, 404},
		{"a stranger to a public repository", "GET", "/repos/open/source", "", nil, 200},
		{"a stranger who writes to a public repository", "POST", "/repos/open/source/issues/1/comments", "", issue, 401},
		{"an installation that writes elsewhere", "POST", "/repos/open/source/issues/1/comments", b.token, issue, 403},
		{"an unknown token", "GET", "/repos/acme/shop", "ghs_none", nil, 401},
		{"a token for another repository", "GET", "/repos/acme/shop", narrow, nil, 404},
		{"a token without the right to write", "POST", "/repos/acme/shop/issues/1/comments", readOnly, issue, 403},
		{"a token without contents", "GET", "/repos/acme/shop/contents/app.ts", readOnly, nil, 403},
		{"a token that may read", "GET", "/repos/acme/shop/pulls/1", readOnly, nil, 200},
		{"the App's own token on a repository", "GET", "/repos/open/source", b.appToken(), nil, 403},
		{"a repository that isn't there", "GET", "/repos/acme/none", b.token, nil, 404},
		{"an installation that isn't there", "GET", "/repos/open/source/installation", b.appToken(), nil, 404},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.send(test.method, test.path, test.body, test.token, test.status)
		})
	}
	b.server.RevokeTokens()
	b.do("GET", "", nil, 401)
}

func TestTokenIsNeverMoreThanTheApp(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	path := fmt.Sprintf("/app/installations/%d/access_tokens", b.repo.Installation())
	for _, body := range []object{
		{"permissions": object{"contents": "write"}},
		{"permissions": object{"issues": "read"}},
		{"repositories": []string{"nowhere"}},
	} {
		b.send("POST", path, body, b.appToken(), 422)
	}
	b.send("POST", "/app/installations/1/access_tokens", nil, b.appToken(), 404)
}

func TestTokenExpires(t *testing.T) {
	t.Parallel()
	late := make(chan struct{})
	b := newBench(t, sandbox.Options{Now: func() time.Time {
		select {
		case <-late:
			return time.Now().Add(time.Hour)
		default:
			return time.Now()
		}
	}})
	b.do("GET", "", nil, 200)
	close(late)
	b.do("GET", "", nil, 401)
}

// annotations are n good ones.
func annotations(n int) []object {
	list := make([]object, n)
	for i := range list {
		list[i] = object{"path": "app.ts", "start_line": i + 1, "end_line": i + 1, "annotation_level": "warning", "message": "m"}
	}
	return list
}

func TestCheckRunRules(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	good := func(change func(run, output object)) object {
		output := object{"title": "t", "summary": "s"}
		run := object{"name": "authdiff", "head_sha": b.pull.HeadSHA, "output": output}
		change(run, output)
		return run
	}
	for name, body := range map[string]any{
		"no name":           good(func(run, _ object) { delete(run, "name") }),
		"no commit":         good(func(run, _ object) { delete(run, "head_sha") }),
		"an unknown commit": good(func(run, _ object) { run["head_sha"] = strings.Repeat("0", 40) }),
		"no title":          good(func(_, output object) { delete(output, "title") }),
		"no summary":        good(func(_, output object) { delete(output, "summary") }),
		"a long summary":    good(func(_, output object) { output["summary"] = strings.Repeat("x", 65536) }),
		"a long text":       good(func(_, output object) { output["text"] = strings.Repeat("x", 65536) }),
		"51 annotations":    good(func(_, output object) { output["annotations"] = annotations(51) }),
		"an odd level": good(func(_, output object) {
			output["annotations"] = []object{{"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "error", "message": "m"}}
		}),
		"an end before start": good(func(_, output object) {
			output["annotations"] = []object{{"path": "a", "start_line": 2, "end_line": 1, "annotation_level": "notice", "message": "m"}}
		}),
		"four actions":         good(func(run, _ object) { run["actions"] = []object{action("a"), action("b"), action("c"), action("d")} }),
		"a long label":         good(func(run, _ object) { run["actions"] = []object{action(strings.Repeat("x", 21))} }),
		"no conclusion":        good(func(run, _ object) { run["status"] = "completed" }),
		"an odd conclusion":    good(func(run, _ object) { run["conclusion"] = "passed" }),
		"GitHub's conclusion":  good(func(run, _ object) { run["conclusion"] = "stale" }),
		"an odd details' link": good(func(run, _ object) { run["details_url"] = "javascript:alert(1)" }),
		"a wrong type":         good(func(run, _ object) { run["name"] = 1 }),
		"a time that is none":  good(func(run, _ object) { run["started_at"] = "noon" }),
	} {
		t.Run(name, func(t *testing.T) { b.do("POST", "/check-runs", body, 422) })
	}
	b.do("POST", "/check-runs", "{", 400)
	if runs := b.repo.CheckRuns(b.pull.HeadSHA); len(runs) != 0 {
		t.Errorf("what was refused left %d check runs", len(runs))
	}
}

func action(label string) object {
	return object{"label": label, "description": "d", "identifier": "i"}
}

func TestAnnotationsAreAdded(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	output := object{"title": "t", "summary": "s", "annotations": annotations(50)}
	run := b.do("POST", "/check-runs", object{"name": "authdiff", "head_sha": b.pull.HeadSHA, "output": output}, 201).object()
	path := fmt.Sprintf("/check-runs/%.0f", run["id"])
	b.do("PATCH", path, object{"conclusion": "failure", "output": object{"summary": "t", "annotations": annotations(10)}}, 200)
	got := b.repo.CheckRuns(b.pull.HeadSHA)[0]
	if len(got.Annotations) != 60 || got.Status != "completed" || got.Title != "t" || got.Summary != "t" {
		t.Errorf("%d annotations, status %s, title %q, summary %q", len(got.Annotations), got.Status, got.Title, got.Summary)
	}
	page := b.do("GET", path+"/annotations?per_page=50&page=2", nil, 200)
	if len(page.list()) != 10 {
		t.Errorf("second page holds %d annotations, want 10", len(page.list()))
	}
	b.do("PATCH", path, object{"status": "in_progress"}, 200)
	if got := b.repo.CheckRuns(b.pull.HeadSHA)[0]; got.Conclusion != "" || !got.Completed.IsZero() {
		t.Errorf("a run in progress again has conclusion %q at %v", got.Conclusion, got.Completed)
	}
}

func TestAnotherAppsCheckRun(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	id := b.repo.AddCheckRun("impostor", "authdiff", b.pull.HeadSHA, "success")
	b.do("PATCH", fmt.Sprintf("/check-runs/%d", id), object{"conclusion": "failure"}, 403)
	list := b.do("GET", fmt.Sprintf("/commits/%s/check-runs?app_id=%d", b.pull.HeadSHA, b.server.AppID()), nil, 200).object()
	if list["total_count"] != 0.0 {
		t.Errorf("another App's run is listed as ours: %v", list)
	}
}

func TestIntercept(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.server.Intercept(func(r *http.Request) *sandbox.Response {
		if r.Method == http.MethodPost {
			return sandbox.SecondaryLimit(time.Minute)
		}
		return sandbox.Failure(http.StatusBadGateway)
	})
	limited := b.do("POST", "/issues/1/comments", object{"body": "x"}, 403)
	if limited.header.Get("Retry-After") != "60" || len(b.repo.IssueComments(1)) != 0 {
		t.Errorf("Retry-After %q, %d comments", limited.header.Get("Retry-After"), len(b.repo.IssueComments(1)))
	}
	b.do("GET", "/pulls/1", nil, 502)
	b.server.Intercept(nil)
	b.do("GET", "/pulls/1", nil, 200)
}

func TestWait(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		done <- b.server.Wait(ctx, func() bool { return len(b.repo.IssueComments(1)) == 2 })
	}()
	b.do("POST", "/issues/1/comments", object{"body": "one"}, 201)
	b.do("POST", "/issues/1/comments", object{"body": "two"}, 201)
	if err := <-done; err != nil {
		t.Error(err)
	}
	cancel()
	if err := b.server.Wait(ctx, func() bool { return false }); err == nil {
		t.Error("a wait whose context has ended gives no error")
	}
}
