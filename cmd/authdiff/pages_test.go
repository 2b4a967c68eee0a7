package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/authdiff/authdiff/app/browsertest"
)

// servePage gives the address of a page that a command wrote, and fails the test
// for whatever else the browser asks for.
func servePage(t *testing.T, page string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Errorf("the page asks for %s", r.URL)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		// A request for anything elsewhere would be refused, and that logged.
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:")
		w.Write([]byte(page))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// visible are the texts of what a selector finds and the page shows.
const visible = `(selector) => [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility()).map((e) => e.innerText)`

// wantVisible holds the page to show so many of what a selector finds, each with
// the part.
func wantVisible(t *testing.T, list []string, n int, part string) {
	t.Helper()
	if len(list) != n {
		t.Errorf("%d are shown, want %d: %q", len(list), n, list)
	}
	for _, text := range list {
		if !strings.Contains(text, part) {
			t.Errorf("%q is shown, which has no %q", text, part)
		}
	}
}

func TestAuditPageInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browsertest.New(t)
	dir := newRepository(t)
	git(t, dir, "switch", "-q", "drop")
	write(t, dir, "app/api/notes/route.ts", strings.ReplaceAll(guarded, "post", "note"))
	write(t, dir, "app/api/users/route.ts", strings.ReplaceAll(strings.ReplaceAll(open, "post.findMany()", "user.deleteMany()"), "GET", "DELETE"))
	write(t, dir, "app/api/<img src=x onerror=alert(1)>/route.ts", guarded)
	defer browsertest.Silent(t, ctx)()
	url := servePage(t, invoke(t.Context(), "audit", "--repo", dir, "--format", "html").out)
	browsertest.Do(t, ctx, chromedp.EmulateViewport(1200, 800), chromedp.Navigate(url))
	endpoints := func() []string { return browsertest.Call[[]string](t, ctx, visible, "ul.list > li") }

	wantVisible(t, endpoints(), 4, "/api/")
	if first := endpoints()[0]; !strings.Contains(first, "DELETE /api/users") {
		t.Errorf("%q comes first, want the write to users", first)
	}
	browsertest.Do(t, ctx, chromedp.KeyEvent("/"), chromedp.KeyEvent("notes auth"))
	wantVisible(t, endpoints(), 1, "/api/notes")
	browsertest.Do(t, ctx, chromedp.KeyEvent("\x1b"), chromedp.Click(`input[data-group="guarded"]`))
	wantVisible(t, endpoints(), 2, "open")
	browsertest.Do(t, ctx, chromedp.Click(`input[data-group="guarded"]`))
	browsertest.Call[any](t, ctx, choose, "lacks", "authentication")
	wantVisible(t, endpoints(), 2, "open")
	browsertest.Do(t, ctx, chromedp.Click("ul.list > li:first-child summary"))
	wantVisible(t, browsertest.Call[[]string](t, ctx, visible, "details[open] .body"), 1, "user.deleteMany")
	browsertest.Readable(t, ctx, "audit")
}

// choose picks a value of one of the page's lists, as a reader does.
const choose = `(field, value) => {
  const list = document.querySelector("select[data-field=" + field + "]");
  list.value = value;
  list.dispatchEvent(new Event("input"));
}`

func TestHistoryPageInABrowser(t *testing.T) {
	t.Parallel()
	ctx := browsertest.New(t)
	dir := newHistoryRepository(t)
	commit(t, dir, "<script>alert(1)</script> & nothing else")
	defer browsertest.Silent(t, ctx)()
	url := servePage(t, invoke(t.Context(), "history", "--repo", dir, "--format", "html").out)
	browsertest.Do(t, ctx, chromedp.EmulateViewport(1200, 800), chromedp.Navigate(url))
	steps := func() []string { return browsertest.Call[[]string](t, ctx, visible, "tbody tr") }

	wantVisible(t, steps(), 1, "Show posts to all (#12)")
	browsertest.Do(t, ctx, chromedp.Click(`input[data-group="quiet"]`))
	wantVisible(t, steps(), 4, "")
	browsertest.Do(t, ctx, chromedp.KeyEvent("/"), chromedp.KeyEvent("SCRIPT"))
	wantVisible(t, steps(), 1, "<script>alert(1)</script>")
	browsertest.Do(t, ctx, chromedp.KeyEvent("\x1b"))
	browsertest.Call[any](t, ctx, choose, "layers", "ownership")
	wantVisible(t, steps(), 0, "")
	browsertest.Call[any](t, ctx, choose, "layers", "authentication")
	wantVisible(t, steps(), 1, "error")
	// A bar is reached and chosen by keyboard, and tells what it stands for.
	browsertest.Call[any](t, ctx, choose, "layers", "")
	browsertest.Do(t, ctx, chromedp.Focus("svg a:last-of-type"), chromedp.KeyEvent("\r"))
	if got := browsertest.Eval[string](t, ctx, `document.querySelector("svg a[aria-current]").ariaLabel`); !strings.Contains(got, "4 commits, 1 error") {
		t.Errorf("the bar says %q", got)
	}
	wantVisible(t, steps(), 4, "")
	browsertest.Readable(t, ctx, "history")
}
