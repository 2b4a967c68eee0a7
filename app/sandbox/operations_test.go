package sandbox_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/sandbox/openapi"
)

// TestEveryOperation sends at least one good request to everything that the
// sandbox serves. What GitHub would answer otherwise fails in the validation
// that stands around it.
func TestEveryOperation(t *testing.T) {
	t.Parallel()
	openapi.ForTest(t)
	b := newBench(t, sandbox.Options{})
	app := b.appToken()
	b.send("GET", "/app", nil, app, 200)
	b.send("GET", "/app/installations", nil, app, 200)
	b.send("GET", "/meta", nil, "", 200)
	b.exerciseDeliveries(app)
	b.send("GET", fmt.Sprintf("/app/installations/%d", b.repo.Installation()), nil, app, 200)
	b.send("GET", "/repos/acme/shop/installation", nil, app, 200)
	b.send("GET", "/installation/repositories", nil, b.token, 200)
	b.newToken(object{"repositories": []string{"shop"}, "permissions": object{"contents": "read"}})

	head, base := b.pull.HeadSHA, b.pull.BaseSHA
	for _, path := range []string{
		"", "/collaborators/mona/permission", "/branches/main", "/branches/change-1", "/commits/" + head, "/commits/main",
		"/compare/main..." + head, "/contents/app.ts", "/contents/lib", "/contents/lib/%5Bid%5D/keep.ts?ref=" + base,
		"/git/commits/" + head, "/git/ref/heads/main", "/git/trees/" + head, "/git/trees/main?recursive=1",
		"/commits/" + head + "/pulls", "/pulls", "/pulls?state=all&head=acme:change-1&base=main", "/pulls/1", "/pulls/1/files",
	} {
		b.do("GET", path, nil, 200)
	}
	b.exerciseChecks()
	b.exerciseReviews()
	b.exerciseArchive()
	tree := b.do("GET", "/git/trees/"+head, nil, 200).object()["tree"].([]any)
	b.do("GET", "/git/blobs/"+tree[0].(object)["sha"].(string), nil, 200)
	b.send("POST", "/graphql", object{"query": "{viewer{login}}"}, b.token, 200)

	b.exerciseManifest()

	used := map[string]bool{}
	for _, r := range b.server.Requests() {
		if r.Status < 400 {
			used[r.Method+" "+r.Route] = true
		}
	}
	for _, operation := range sandbox.Operations() {
		if !used[operation] {
			t.Errorf("no request succeeded at %s", operation)
		}
	}
}

func (b *bench) exerciseDeliveries(app string) {
	b.Helper()
	d, err := b.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: 1})
	if err != nil {
		b.Fatal(err)
	}
	for range 3 {
		b.server.Miss(d)
	}
	b.server.SetHook("http://127.0.0.1:0/")
	page := b.send("GET", "/app/hook/deliveries?per_page=2", nil, app, 200)
	list := page.list()
	if len(list) != 2 || list[0]["guid"] != d.Header.Get("X-GitHub-Delivery") || list[0]["status_code"] != 502.0 {
		b.Errorf("deliveries %v", list)
	}
	_, next, _ := strings.Cut(page.header.Get("Link"), "?")
	next, _, _ = strings.Cut(next, ">")
	if list := b.send("GET", "/app/hook/deliveries?"+next, nil, app, 200).list(); len(list) != 1 {
		b.Errorf("the second page has %d deliveries", len(list))
	}
	b.send("POST", fmt.Sprintf("/app/hook/deliveries/%.0f/attempts", list[0]["id"]), object{}, app, 202)
	b.send("POST", "/app/hook/deliveries/1/attempts", object{}, app, 404)
}

func (b *bench) exerciseChecks() {
	b.Helper()
	run := b.do("POST", "/check-runs", object{
		"name": "authdiff", "head_sha": b.pull.HeadSHA, "status": "in_progress", "external_id": "x",
	}, 201).object()
	path := fmt.Sprintf("/check-runs/%.0f", run["id"])
	b.do("PATCH", path, object{
		"status": "completed", "conclusion": "failure",
		"output": object{"title": "1 finding", "summary": "s", "annotations": []object{{
			"path": "app.ts", "start_line": 2, "end_line": 2, "annotation_level": "failure", "message": "m",
		}}},
		"actions": []object{{"label": "Accept", "description": "Accept the findings", "identifier": "accept"}},
	}, 200)
	b.do("GET", path, nil, 200)
	b.do("GET", path+"/annotations", nil, 200)
	b.do("GET", "/commits/"+b.pull.HeadSHA+"/check-runs?check_name=authdiff&filter=all", nil, 200)
	b.do("GET", "/commits/change-1/check-suites", nil, 200)
	suite := fmt.Sprintf("/check-suites/%.0f", run["check_suite"].(object)["id"])
	b.do("GET", suite, nil, 200)
	b.do("GET", suite+"/check-runs", nil, 200)
}

func (b *bench) exerciseReviews() {
	b.Helper()
	review := b.do("POST", "/pulls/1/reviews", object{
		"event": "REQUEST_CHANGES", "body": "no", "commit_id": b.pull.HeadSHA,
		"comments": []object{{"path": "app.ts", "line": 2, "side": "LEFT", "body": "guard"}},
	}, 200).object()
	b.do("GET", "/pulls/1/reviews", nil, 200)
	b.do("GET", fmt.Sprintf("/pulls/1/reviews/%.0f/comments", review["id"]), nil, 200)
	file := b.do("POST", "/pulls/1/comments", object{
		"body": "file", "commit_id": b.pull.HeadSHA, "path": "old.ts", "subject_type": "file",
	}, 201).object()
	path := fmt.Sprintf("/pulls/comments/%.0f", file["id"])
	b.do("GET", path, nil, 200)
	b.do("PATCH", path, object{"body": "edited"}, 200)
	b.do("GET", "/pulls/1/comments?sort=created&direction=desc", nil, 200)
	b.do("DELETE", path, nil, 204)
	comment := b.do("POST", "/issues/1/comments", object{"body": "hello"}, 201).object()
	b.do("PATCH", fmt.Sprintf("/issues/comments/%.0f", comment["id"]), object{"body": "bye"}, 200)
	b.do("GET", "/issues/1/comments", nil, 200)
}

func (b *bench) exerciseArchive() {
	b.Helper()
	address := b.do("GET", "/tarball/change-1", nil, 302).header.Get("Location")
	packed := b.send("GET", strings.TrimPrefix(address, b.server.URL()), nil, "", 200).body
	b.send("GET", strings.TrimPrefix(address[:strings.Index(address, "?")], b.server.URL()), nil, b.token, 404)
	unzipped, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		b.Fatal(err)
	}
	var names []string
	files := tar.NewReader(unzipped)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		names = append(names, header.Name)
	}
	if want := "acme-shop-" + b.pull.HeadSHA[:7] + "/lib/[id]/keep.ts"; !slices.Contains(names, want) {
		b.Errorf("the archive holds %q, want %q among them", names, want)
	}
}

func TestFilesOfPull(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	got := map[string]string{}
	for _, f := range b.do("GET", "/pulls/1/files", nil, 200).list() {
		got[f["filename"].(string)] = fmt.Sprintf("%v +%v -%v %v", f["status"], f["additions"], f["deletions"], f["previous_filename"])
	}
	want := map[string]string{
		"app.ts": "modified +1 -2 <nil>", "new.ts": "added +1 -0 <nil>", "old.ts": "removed +0 -1 <nil>", "b.ts": "renamed +0 -0 a.ts",
	}
	for path, w := range want {
		if got[path] != w {
			t.Errorf("%s: got %q, want %q", path, got[path], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d files, want %d: %v", len(got), len(want), got)
	}
}

func TestPatchesAreLeftOut(t *testing.T) {
	t.Parallel()
	t.Run("of a large file", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sandbox.Options{Limits: sandbox.Limits{PatchLines: 2}})
		for _, f := range b.do("GET", "/pulls/1/files", nil, 200).list() {
			if _, has := f["patch"]; has == (f["filename"] == "app.ts" || f["filename"] == "b.ts") {
				t.Errorf("%v: patch is %v", f["filename"], has)
			}
		}
		b.do("POST", "/pulls/1/reviews", review("app.ts", 2, "LEFT"), 422)
	})
	t.Run("beyond the answer's limit", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sandbox.Options{Limits: sandbox.Limits{ResponseLines: 1}})
		for _, f := range b.do("GET", "/pulls/1/files", nil, 200).list() {
			if f["patch"] != nil || f["changes"] != 0.0 {
				t.Errorf("%v has a patch or counts: %v", f["filename"], f)
			}
		}
	})
}

func TestContents(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	file := b.do("GET", "/contents/old.ts?ref=main", nil, 200).object()
	text, err := base64.StdEncoding.DecodeString(file["content"].(string))
	if err != nil || string(text) != "gone\n" {
		t.Errorf("content %q, %v", text, err)
	}
	b.do("GET", "/contents/old.ts?ref=change-1", nil, 404)
	b.do("GET", "/contents/nothing.ts", nil, 404)
	b.do("GET", "/contents/old.ts?ref=nobranch", nil, 404)
	request := b.request("GET", "/api/v3/repos/ACME/Shop/contents/old.ts", nil, b.token)
	request.Header.Set("Accept", "application/vnd.github.raw+json")
	if got := b.answer(request); string(got.body) != "gone\n" {
		t.Errorf("raw content %q", got.body)
	}
}

func TestTruncatedTree(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{Limits: sandbox.Limits{TreeEntries: 2}})
	tree := b.do("GET", "/git/trees/main?recursive=1", nil, 200).object()
	if n := len(tree["tree"].([]any)); n != 2 || tree["truncated"] != true {
		t.Errorf("%d entries, truncated %v; want 2, true", n, tree["truncated"])
	}
}

func TestDiffText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		limit  int
		status int
	}{{"small", 0, 200}, {"too many files", 2, 406}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{Limits: sandbox.Limits{CompareFiles: test.limit}})
			request := b.request("GET", "/repos/acme/shop/pulls/1", nil, b.token)
			request.Header.Set("Accept", "application/vnd.github.v3.diff")
			got := b.answer(request)
			if got.status != test.status || (test.status == 200) != strings.HasPrefix(string(got.body), "diff --git ") {
				t.Errorf("status %d, body %.60q", got.status, got.body)
			}
		})
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{Limits: sandbox.Limits{PerPage: 3}})
	first := b.do("GET", "/pulls/1/files?per_page=100", nil, 200)
	if len(first.list()) != 3 || !strings.Contains(first.header.Get("Link"), `page=2&per_page=100>; rel="next"`) {
		t.Errorf("first page: %d files, Link %q", len(first.list()), first.header.Get("Link"))
	}
	last := b.do("GET", "/pulls/1/files?per_page=3&page=2", nil, 200)
	if len(last.list()) != 1 || strings.Contains(last.header.Get("Link"), `rel="next"`) {
		t.Errorf("last page: %d files, Link %q", len(last.list()), last.header.Get("Link"))
	}
	if beyond := b.do("GET", "/pulls/1/files?page=9", nil, 200); len(beyond.list()) != 0 {
		t.Errorf("a page beyond the last one holds %s", beyond.body)
	}
}

func TestUnchangedIsFree(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	first := b.do("GET", "/pulls/1", nil, 200)
	request := b.request("GET", "/repos/acme/shop/pulls/1", nil, b.token)
	request.Header.Set("If-None-Match", first.header.Get("ETag"))
	second := b.answer(request)
	if second.status != http.StatusNotModified || len(second.body) != 0 {
		t.Errorf("status %d, body %q", second.status, second.body)
	}
	if was, is := first.header.Get("X-RateLimit-Remaining"), second.header.Get("X-RateLimit-Remaining"); was != is {
		t.Errorf("remaining went from %s to %s", was, is)
	}
	if err := b.repo.EditPull(1, func(p *sandbox.Pull) { p.Title = "Other" }); err != nil {
		t.Fatal(err)
	}
	if third := b.answer(request); third.status != http.StatusOK {
		t.Errorf("after a change: status %d", third.status)
	}
}
