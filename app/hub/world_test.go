package hub

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/sandbox"
)

// world is a sandbox with one repository and one pull request, and the hub's
// view of them.
type world struct {
	github *sandbox.Server
	onHub  *sandbox.Repository
	hub    *Hub
	repo   *Repository
	number int
}

// testKey is made once: making one takes longer than most tests.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func newWorld(t *testing.T, limits sandbox.Limits, base, head map[string]string) *world {
	t.Helper()
	return newWorldOn(t, sandbox.Options{Limits: limits}, base, head)
}

func newWorldOn(t *testing.T, options sandbox.Options, base, head map[string]string) *world {
	t.Helper()
	options.Key = testKey()
	github, err := sandbox.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = github.Close() })
	onHub, err := github.AddRepository(sandbox.RepositorySpec{Owner: "acme", Name: "shop", Files: base})
	if err != nil {
		t.Fatal(err)
	}
	opened, err := onHub.OpenPull(sandbox.PullSpec{Files: head})
	if err != nil {
		t.Fatal(err)
	}
	h := newHub(t, github)
	return &world{github, onHub, h, h.Repository(onHub.Installation(), "acme", "shop"), int(opened.Number)}
}

func newHub(t *testing.T, github *sandbox.Server) *Hub {
	t.Helper()
	api, err := url.Parse(github.URL())
	if err != nil {
		t.Fatal(err)
	}
	h, err := New(Options{
		AppID: github.AppID(), PrivateKey: github.PrivateKey(), APIURL: api,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (w *world) pull(t *testing.T) *Pull {
	t.Helper()
	p, err := w.repo.Pull(t.Context(), w.number, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (w *world) trees(t *testing.T) (*Pull, *Trees) {
	t.Helper()
	p := w.pull(t)
	trees, err := w.repo.Trees(t.Context(), p, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	return p, trees
}

// requests counts the requests so far whose method and path hold the words.
func (w *world) requests(method, part string) int {
	n := 0
	for _, r := range w.github.Requests() {
		if r.Method == method && strings.Contains(r.Path, part) {
			n++
		}
	}
	return n
}

// fail lets every request whose method and path match fail with the answer.
func (w *world) fail(method, part string, answer *sandbox.Response) {
	w.github.Intercept(func(r *http.Request) *sandbox.Response {
		if r.Method == method && strings.Contains(r.URL.Path, part) {
			return answer
		}
		return nil
	})
}

// queries counts the queries so far by their name.
func (w *world) queries(name string) int {
	n := 0
	for _, r := range w.github.Requests() {
		if r.Path == "/graphql" && strings.Contains(string(r.Body), "query "+name+"(") {
			n++
		}
	}
	return n
}

// with returns the files with some added or replaced; empty text removes.
func with(files map[string]string, changes ...string) map[string]string {
	out := maps.Clone(files)
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "" {
			delete(out, changes[i])
			continue
		}
		out[changes[i]] = changes[i+1]
	}
	return out
}

// numbered returns n lines of text that no other seed gives.
func numbered(seed string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "export const %s%d = %d\n", seed, i, i)
	}
	return b.String()
}

func many(n int) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("lib/part%d/file%d.ts", i%7, i)] = numbered(fmt.Sprintf("v%d_", i), 3)
	}
	return files
}
