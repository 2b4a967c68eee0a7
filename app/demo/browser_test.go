package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/checks/compare"
)

// browserPatience bounds one test in the browser, its start included.
const browserPatience = time.Minute

// spot is where a comment stands in the page: how far its card is below its line, in
// pixels, and whether anything stands between.
type spot struct {
	Line  bool    `json:"line"`  // the diff shows the line
	Card  bool    `json:"card"`  // the comment is in the row under it
	Below float64 `json:"below"` // from the line's lower edge to the row's upper one
	Text  string  `json:"text"`  // of the card
}

// findSpot is called with a path, a side and a line, and gives a spot.
//
//go:embed testdata/spot.js
var findSpot string

func TestPageInABrowser(t *testing.T) {
	t.Parallel()
	ctx := newBrowser(t)
	url, _ := startPage(t)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1200, 900), chromedp.Navigate(url)); err != nil {
		t.Fatal(err)
	}
	sample, err := readSample()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range sample.Wants {
		side := review.Left
		if want.Side == compare.Head {
			side = review.Right
		}
		got, err := chromedp.Run(ctx, call[spot](findSpot, want.Path, side, want.Line))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Line || !got.Card || got.Below < -1 || got.Below > 2 || got.Text == "" {
			t.Errorf("comment at %s:%d %s: %+v, want it right under its line", want.Path, want.Line, side, got)
		}
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(360, 740)); err != nil {
		t.Fatal(err)
	}
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[float64](
		`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
	if err != nil {
		t.Fatal(err)
	}
	if wide > 0 {
		t.Errorf("at the width of a telephone the page is %v pixels too wide", wide)
	}
}

// call evaluates a function in the page and reads its answer.
func call[T any](function string, args ...any) chromedp.Action[T] {
	list, err := json.Marshal(args)
	if err != nil {
		return func(context.Context, *chromedp.Target) (none T, _ error) { return none, err }
	}
	return chromedp.Evaluate[T](fmt.Sprintf("(%s)(...%s)", function, list))
}

// newBrowser starts a browser without a window. Without one on the machine the
// test is left out; where nothing may be left out, AUTHDIFF_CI makes that a
// failure.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("AUTHDIFF_CI") != "" {
			t.Fatal("no Chromium on this machine")
		}
		t.Skip("left out: no Chromium on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		// The page is ours, and a container or root gives Chromium no sandbox.
		chromedp.NoSandbox,
		chromedp.WSURLReadTimeout(browserPatience),
	)
	ctx, cancel := context.WithTimeout(t.Context(), browserPatience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}
