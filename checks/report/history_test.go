package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/history"
	"github.com/authdiff/authdiff/checks/source"
)

func step(date string, findings ...compare.Finding) history.Step {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return history.Step{
		Commit: source.Commit{ID: strings.Repeat("a", 40), Parent: strings.Repeat("b", 40), Date: at, Title: hostile},
		Result: &compare.Result{Endpoints: 3, Findings: findings},
	}
}

func historyPageOf(t *testing.T, steps ...history.Step) string {
	t.Helper()
	var b bytes.Buffer
	h := NewHistoryHTML(&b)
	for _, s := range steps {
		if err := h.Step(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHistoryPage(t *testing.T) {
	t.Parallel()
	loud := step("2026-03-04", removed(), nasty())
	for range 2 * maxStepFindings {
		loud.Result.Findings = append(loud.Result.Findings, weakened())
	}
	loud.Result.NotAnalysed = []compare.NotAnalysed{{File: hostile, Reason: hostile}}
	page := historyPageOf(t, loud, step("2026-03-03"), step("2026-01-01", removed()))
	for _, part := range []string{
		"3 commits from 2026-01-01 to 2026-03-04", "<rect class=\"error\"", "and 52 more", `data-group="quiet"`, "1 not analysed",
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
	for _, part := range []string{"<img src=x", "javascript:", "http:", "https:", "\x1b", "\u202e"} {
		if strings.Contains(strings.ReplaceAll(page, "](javascript:alert(1)) ![x](http://evil.example", ""), part) {
			t.Errorf("the page has %q", part)
		}
	}
	if n := strings.Count(page, "<script>"); n != 1 {
		t.Errorf("%d scripts, want 1", n)
	}
}

func TestHistoryPageOfNothing(t *testing.T) {
	t.Parallel()
	if page := historyPageOf(t); !strings.Contains(page, "no commits") || strings.Contains(page, "<svg") {
		t.Errorf("the page of no commits:\n%s", page)
	}
	// Where nothing was found, what there is to see are the steps without.
	if page := historyPageOf(t, step("2026-03-03")); !strings.Contains(page, `data-group="quiet" checked`) {
		t.Error("the page of a quiet history shows nothing")
	}
}

// A chart has a bar for each period between the ends, and never too many: dates
// are what authors' clocks said.
func TestChartPeriods(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		oldest, newest string
		unit           string
		bars           int
	}{
		{"2026-01-01", "2026-01-01", "day", 1},
		{"2026-01-01", "2026-01-31", "day", 31},
		{"2026-01-01", "2026-03-01", "day", 60},
		{"2026-01-01", "2026-03-02", "week", 10},
		{"2025-01-01", "2026-12-31", "month", 24},
		{"2005-04-07", "2026-12-31", "year", 22},
		{"0001-01-01", "9999-12-31", "170 years", 59},
	} {
		moments := []moment{
			{at: step(test.newest).Date, counts: map[compare.Severity]int{compare.Error: 1, compare.Notice: 1}},
			{at: step(test.oldest).Date},
		}
		c, _ := newChart(moments)
		if c.Unit != test.unit || len(c.Bars) != test.bars || len(c.Bars) > maxBars || c.Top != 2 {
			t.Errorf("from %s to %s: %d bars of a %s, up to %d; want %d of a %s", test.oldest, test.newest, len(c.Bars), c.Unit, c.Top, test.bars, test.unit)
			continue
		}
		last := c.Bars[len(c.Bars)-1]
		if got := fmt.Sprint(last.Parts); len(last.Parts) != 2 || last.Parts[1].Y != 0 || last.Parts[0].Severity != compare.Error {
			t.Errorf("the last bar is %s, want errors below notices, up to the top", got)
		}
		if !strings.HasSuffix(last.Title, "1 error, 1 notice") {
			t.Errorf("the last bar says %q", last.Title)
		}
	}
}

// Who asks for more gets the steps without findings, and what could not be
// analysed.
func TestHistoryTextVerbose(t *testing.T) {
	t.Parallel()
	unread := step("2026-03-04")
	unread.Result.NotAnalysed = []compare.NotAnalysed{{File: "app/a.ts", Reason: "syntax error"}}
	for verbose, lines := range map[bool]int{false: 1, true: 5} {
		var b bytes.Buffer
		h := NewHistoryText(&b, Options{Verbose: verbose})
		if err := h.Step(unread); err != nil {
			t.Fatal(err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(b.String(), "\n"); got != lines || verbose != strings.Contains(b.String(), "not analysed: app/a.ts: syntax error") {
			t.Errorf("verbose %t: %d lines, want %d:\n%s", verbose, got, lines, b.String())
		}
	}
}

func TestHistoryLine(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := HistoryJSON(&b, step("2026-03-04", removed()), 2*time.Second); err != nil {
		t.Fatal(err)
	}
	var line map[string]any
	if err := json.Unmarshal(b.Bytes(), &line); err != nil || strings.Count(b.String(), "\n") != 1 {
		t.Errorf("%v: %q, want one line", err, b.String())
	}
	if line["milliseconds"] != 2000.0 || line["date"] != "2026-03-04T00:00:00Z" {
		t.Errorf("line: %v", line)
	}
}
