package hub

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/checks/source"
)

// readAll reads a whole tree: path → text, or "!" and the reason of a skip.
func readAll(t *testing.T, tree source.Tree) map[string]string {
	t.Helper()
	entries, err := tree.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(entries); i++ {
		if entries[i-1].Path >= entries[i].Path {
			t.Errorf("%q stands before %q", entries[i-1].Path, entries[i].Path)
		}
	}
	files, err := tree.Read(t.Context(), entries)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for i, f := range files {
		if f.Entry != entries[i] {
			t.Errorf("file %d is %+v, want that of %+v", i, f.Entry, entries[i])
		}
		got[f.Path] = string(f.Text)
		if f.Skip != "" {
			got[f.Path] = "!" + f.Skip
		}
	}
	return got
}

func wantFiles(t *testing.T, got, want map[string]string) {
	t.Helper()
	for path, text := range want {
		if got[path] != text {
			t.Errorf("%s is %.80q, want %.80q", path, got[path], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

func TestTrees(t *testing.T) {
	t.Parallel()
	base := map[string]string{"app/a.ts": "a\n", "app/b.ts": "b\n", "empty.ts": "", "app/[id]/ü.ts": "ü\n"}
	head := with(base, "app/b.ts", "c\n", "new.ts", "n\n")
	w := newWorld(t, sandbox.Limits{}, base, head)
	// The base branch moves on: that isn't the pull request's doing.
	if _, err := w.onHub.Push("main", with(base, "later.ts", "l\n")); err != nil {
		t.Fatal(err)
	}
	_, trees := w.trees(t)
	wantFiles(t, readAll(t, trees.Base), base)
	wantFiles(t, readAll(t, trees.Head), head)
	if trees.Base.ID() == trees.Head.ID() || trees.Base.ID() == "" {
		t.Errorf("ids %q and %q", trees.Base.ID(), trees.Head.ID())
	}
	// Both sides were read at once.
	if queries, blobs := w.queries("Blobs"), w.requests("GET", "/git/blobs/"); queries != 1 || blobs != 0 {
		t.Errorf("%d queries and %d single requests, want 1 and 0", queries, blobs)
	}
}

func TestTreesOfAFork(t *testing.T) {
	t.Parallel()
	base := map[string]string{"a.ts": "a\n"}
	w := newWorld(t, sandbox.Limits{}, base, base)
	opened, err := w.onHub.OpenPull(sandbox.PullSpec{Fork: "stranger", Files: with(base, "a.ts", "b\n")})
	if err != nil {
		t.Fatal(err)
	}
	w.onHub.DeleteFork(opened.Number)
	w.number = int(opened.Number)
	_, trees := w.trees(t)
	wantFiles(t, readAll(t, trees.Head), map[string]string{"a.ts": "b\n"})
}

func TestManyFilesAreReadFromTheArchive(t *testing.T) {
	t.Parallel()
	base := with(many(150), "large.ts", strings.Repeat("x", source.MaxFileSize+1), "logo.png", "a\x00b", "none.ts", "")
	base["none.ts"] = ""
	w := newWorld(t, sandbox.Limits{}, base, with(base, "lib/part0/file0.ts", "changed\n"))
	_, trees := w.trees(t)
	want := with(base, "large.ts", "!larger than 1 MiB", "logo.png", "!not a text file")
	want["none.ts"] = ""
	wantFiles(t, readAll(t, trees.Base), want)
	readAll(t, trees.Head)
	if blobs := w.requests("GET", "/git/blobs/"); blobs != 1 {
		t.Errorf("%d blobs were read one by one, want the changed one", blobs)
	}
	if archives := w.requests("GET", "/tarball/"); archives != 1 {
		t.Errorf("%d archives were read", archives)
	}
}

func TestArchiveThatLeavesFilesOut(t *testing.T) {
	t.Parallel()
	base := with(many(120), ".gitattributes", "lib/part1/** export-ignore\nversion.ts export-subst\n", "version.ts", "$Format:%H$\n")
	w := newWorld(t, sandbox.Limits{}, base, base)
	_, trees := w.trees(t)
	wantFiles(t, readAll(t, trees.Base), base)
}

// What GraphQL gives in part, or in another encoding, is read singly.
func TestFilesThatGraphQLChanges(t *testing.T) {
	t.Parallel()
	base := map[string]string{"a.ts": "a\n", "b.ts": "b\n", "latin.ts": "// caf\xe9\n", "long.ts": numbered("l", 100), "odd.ts": "\ufeffx\r\n"}
	w := newWorld(t, sandbox.Limits{BlobText: 1000}, base, base)
	_, trees := w.trees(t)
	wantFiles(t, readAll(t, trees.Base), base)
	if queries, blobs := w.queries("Blobs"), w.requests("GET", "/git/blobs/"); queries != 1 || blobs != 2 {
		t.Errorf("%d queries and %d single requests, want 1 and 2", queries, blobs)
	}
}

func TestQueryThatFails(t *testing.T) {
	t.Parallel()
	base := map[string]string{"a.ts": "a\n", "b.ts": "b\n"}
	const odd = `{"data": {"repository": null}, "errors": [{"type": %q, "message": "m"}]}`
	html := &sandbox.Response{Status: 200, Body: []byte("<html>Unicorn!</html>"), Header: http.Header{"Content-Type": {"text/html"}}}
	for name, answer := range map[string]*sandbox.Response{
		"an error":   {Status: 200, Body: fmt.Appendf(nil, odd, "INTERNAL")},
		"a bad day":  sandbox.Failure(502),
		"a web page": html,
		"half":       {Status: 200, Body: []byte(`{"data": {"repository": {"b0": {"te`)},
	} {
		w := newWorld(t, sandbox.Limits{}, base, base)
		_, trees := w.trees(t)
		w.fail("POST", "/graphql", answer)
		wantFiles(t, readAll(t, trees.Base), base)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	w := newWorld(t, sandbox.Limits{}, base, base)
	_, trees := w.trees(t)
	entries, err := trees.Base.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	limit := &sandbox.Response{Status: 200, Body: fmt.Appendf(nil, odd, "RATE_LIMITED"), Header: http.Header{"X-Ratelimit-Reset": {"1900000000"}}}
	w.fail("POST", "/graphql", limit)
	var wait *LimitError
	if _, err := trees.Base.Read(t.Context(), entries); !errors.As(err, &wait) || wait.RetryAt().Unix() != 1_900_000_000 {
		t.Errorf("a limit is %v", err)
	}
}

func TestArchiveThatFails(t *testing.T) {
	t.Parallel()
	base := many(110)
	w := newWorld(t, sandbox.Limits{}, base, base)
	w.fail("GET", "/legacy.tar.gz/", sandbox.Failure(500))
	_, trees := w.trees(t)
	wantFiles(t, readAll(t, trees.Base), base)
}

func TestTreeThatGitHubCutsOff(t *testing.T) {
	t.Parallel()
	base := with(many(40), "top.ts", "top\n", "a/b/c/d.ts", "d\n")
	w := newWorld(t, sandbox.Limits{TreeEntries: 10}, base, base)
	_, trees := w.trees(t)
	wantFiles(t, readAll(t, trees.Base), base)
}

func TestBlobThatIsNotWhatItSays(t *testing.T) {
	t.Parallel()
	base := map[string]string{"a.ts": "a\n"}
	w := newWorld(t, sandbox.Limits{}, base, base)
	_, trees := w.trees(t)
	entries, err := trees.Base.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.fail("GET", "/git/blobs/", &sandbox.Response{Status: 200, Body: []byte(`{"content": "Yg==", "encoding": "base64"}`)})
	if _, err := trees.Base.Read(t.Context(), entries); err == nil {
		t.Error("a content was taken that isn't the blob's")
	}
}

func TestStalePull(t *testing.T) {
	t.Parallel()
	base := map[string]string{"a.ts": "a\n"}
	w := newWorld(t, sandbox.Limits{}, base, base)
	p := w.pull(t)
	now := p.UpdatedAt.Add(2 * time.Minute)
	w.hub.now = func() time.Time { return now }

	tests := []struct {
		name  string
		seen  time.Time
		stale bool
	}{
		{"nothing known", time.Time{}, false},
		{"same state", p.UpdatedAt, false},
		{"newer answer", p.UpdatedAt.Add(-time.Second), false},
		{"older answer", now.Add(-time.Second), true},
		{"older answer for long", p.UpdatedAt.Add(time.Second), false},
	}
	for _, tt := range tests {
		_, err := w.repo.Pull(t.Context(), w.number, tt.seen)
		var stale *StaleError
		if errors.As(err, &stale) != tt.stale {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}

func TestBlobCache(t *testing.T) {
	t.Parallel()
	c := newCache[source.Blob](3*(entryCost+10), func(text []byte) int64 { return int64(len(text)) })
	ten := []byte("0123456789")
	for _, id := range []source.Blob{"a", "b", "c"} {
		c.put(id, ten)
	}
	c.get("a")
	c.put("a", ten)
	c.put("d", ten)
	for id, want := range map[source.Blob]bool{"a": true, "b": false, "c": true, "d": true} {
		if _, got := c.get(id); got != want {
			t.Errorf("%s is kept: %v, want %v", id, got, want)
		}
	}
	c.put("huge", make([]byte, 4*(entryCost+10)))
	if c.size > c.most || len(c.byID) != c.order.Len() {
		t.Errorf("%d bytes in %d entries, %d in order", c.size, len(c.byID), c.order.Len())
	}
}
