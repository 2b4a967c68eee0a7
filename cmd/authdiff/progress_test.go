package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
)

// The bar goes before the result is written, piece by piece and to the same
// terminal, and comes back after; at its end nothing is left of it.
func TestProgress(t *testing.T) {
	t.Parallel()
	var terminal bytes.Buffer
	bar := &progress{w: &terminal, label: "history"}
	out := bar.under(&terminal)
	bar.at(1, 4)
	bar.at(2, 4) // too soon to be drawn
	fmt.Fprint(out, "one\n")
	bar.at(3, 4)
	bar.end()
	bar.end()
	const clear = "\r\x1b[K"
	want := clear + "history [#######                       ] 1/4" + clear + "one\n" +
		clear + "history [######################        ] 3/4" + clear
	if got := terminal.String(); got != want {
		t.Errorf("terminal %q, want %q", got, want)
	}
}

// A command that is interrupted says so in one line, with nothing half-written.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	dir := newHistoryRepository(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, args := range []string{
		"audit --rev main --format json", "audit --format html", "verify --rev main --format json", "history --format html",
		"diff --base main --head drop --format sarif", "explain /api/posts --rev main",
	} {
		got := invoke(ctx, append(strings.Fields(args), "--repo", dir)...)
		t.Run(args, func(t *testing.T) { wantFailure(t, got, "authdiff: interrupted\n") })
	}
}
