package demo

import (
	_ "embed"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/authdiff/authdiff/app/browsertest"
	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/checks/compare"
)

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
	ctx := browsertest.New(t)
	url, _ := startPage(t)
	defer browsertest.Silent(t, ctx)()
	browsertest.Do(t, ctx, chromedp.EmulateViewport(1200, 900), chromedp.Navigate(url))
	sample, err := readSample()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range sample.Wants {
		side := review.Left
		if want.Side == compare.Head {
			side = review.Right
		}
		got := browsertest.Call[spot](t, ctx, findSpot, want.Path, side, want.Line)
		if !got.Line || !got.Card || got.Below < -1 || got.Below > 2 || got.Text == "" {
			t.Errorf("comment at %s:%d %s: %+v, want it right under its line", want.Path, want.Line, side, got)
		}
	}
	browsertest.FitsPhone(t, ctx)
}
