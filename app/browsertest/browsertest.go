// Package browsertest looks at pages in a real browser: Chromium without a window.
// It is test support.
//
// On a machine without Chromium a test that asks for a browser is skipped and says
// so; with the environment variable AUTHDIFF_CI set it fails instead.
package browsertest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Patience bounds one test in the browser, its start included.
const Patience = time.Minute

// New starts a browser with a page of its own.
func New(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(find(t)),
		// The pages are ours, and a container or root gives Chromium no sandbox.
		chromedp.NoSandbox,
		chromedp.WSURLReadTimeout(Patience),
	)
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

func find(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("AUTHDIFF_CI") != "" {
		t.Fatal("no Chromium on this machine")
	}
	t.Skip("left out: no Chromium on this machine")
	return ""
}

// Do carries out steps in the page, and ends the test at the first that fails.
func Do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// Eval gives what a JavaScript expression does in the page.
func Eval[T any](t *testing.T, ctx context.Context, expression string) T {
	t.Helper()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// Call gives what a JavaScript function does in the page.
func Call[T any](t *testing.T, ctx context.Context, function string, args ...any) T {
	t.Helper()
	list, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		t.Fatal(err)
	}
	return Eval[T](t, ctx, fmt.Sprintf("(%s)(...%s)", function, list))
}

// Scheme makes the page believe that its reader prefers light or dark colours.
func Scheme(scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

// FitsPhone holds the page to the width of a telephone, which it leaves it in.
func FitsPhone(t *testing.T, ctx context.Context) {
	t.Helper()
	Do(t, ctx, chromedp.EmulateViewport(360, 740))
	const beyond = `document.documentElement.scrollWidth - document.documentElement.clientWidth`
	if wide := Eval[float64](t, ctx, beyond); wide > 0 {
		t.Errorf("at the width of a telephone the page is %v pixels too wide", wide)
	}
}

// Shoot writes a picture of what the page shows into the folder that the
// environment variable AUTHDIFF_PICTURES names, if it does: for a person to look at.
func Shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder := os.Getenv("AUTHDIFF_PICTURES")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Silent watches what the page writes to the console, as in
//
//	defer browsertest.Silent(t, ctx)()
//
// and fails the test for whatever it was: a warning of the browser, or an error of
// a script.
func Silent(t *testing.T, ctx context.Context) (done func()) {
	t.Helper()
	const end = "end of the test"
	messages := chromedp.Console(ctx)
	return func() {
		// The messages come in order, so that nothing is missed before this one.
		Eval[any](t, ctx, fmt.Sprintf("console.log(%q)", end))
		for m, err := range messages {
			if err != nil {
				t.Error(err)
				return
			}
			if m.Text == end {
				return
			}
			t.Errorf("the page wrote to the console: %s", m)
		}
	}
}

// faint gives the texts of the page that don't stand out enough from their ground.
//
//go:embed faint.js
var faint string

// Readable holds the page, in light and in dark, to a contrast that everybody can
// read, and then to the width of a telephone, which it leaves it in. Pictures are
// taken of each under the name.
func Readable(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	grounds := map[string]bool{}
	for _, scheme := range []string{"light", "dark"} {
		Do(t, ctx, Scheme(scheme))
		for _, text := range Call[[]string](t, ctx, faint) {
			t.Errorf("%s: too little contrast, %s", scheme, text)
		}
		grounds[Eval[string](t, ctx, `getComputedStyle(document.body).backgroundColor`)] = true
		Shoot(t, ctx, name+"-"+scheme)
	}
	if len(grounds) != 2 {
		t.Error("the page is as light for those who prefer it dark")
	}
	FitsPhone(t, ctx)
	Shoot(t, ctx, name+"-phone")
}
