package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// progress is a bar on standard error, drawn to a terminal alone and unless the
// user asked for quiet. The nil bar draws nothing. Safe for concurrent use.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	label string
	drawn time.Time // zero while the bar isn't there
}

// Bounds of drawing: how wide the bar is, in characters, and how often it is
// drawn.
const (
	barWidth  = 30
	drawEvery = 100 * time.Millisecond
)

// newProgress returns a bar with a label, nil where none is to be drawn.
func newProgress(sh shell, label string) *progress {
	if sh.say.quiet || !terminal(sh.err) || sh.getenv("TERM") == "dumb" {
		return nil
	}
	return &progress{w: sh.err, label: label}
}

// at draws how many of all are done.
func (p *progress) at(done, all int) {
	if p == nil || all == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if now.Sub(p.drawn) < drawEvery && done < all {
		return
	}
	p.drawn = now
	full := barWidth * done / all
	fmt.Fprintf(p.w, "\r\x1b[K%s [%s%s] %d/%d", p.label, strings.Repeat("#", full), strings.Repeat(" ", barWidth-full), done, all)
}

// end takes the bar away; at draws it again.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.drawn.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = time.Time{}
	}
}

// under returns a writer that takes the bar away before it writes: the result may
// come piece by piece, and to the same terminal.
func (p *progress) under(w io.Writer) io.Writer {
	if p == nil {
		return w
	}
	return aside{p, w}
}

type aside struct {
	bar *progress
	w   io.Writer
}

func (a aside) Write(text []byte) (int, error) {
	a.bar.end()
	return a.w.Write(text)
}
