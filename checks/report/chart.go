package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/authdiff/authdiff/checks/compare"
)

// The chart's own units, which the page stretches; the most bars that it shows,
// and how wide one may be.
const (
	chartWidth  = 1000
	chartHeight = 100
	maxBars     = 60
	maxBar      = 40
)

// chart is findings over time: a bar for each period, oldest first, stacked by
// severity.
type chart struct {
	Unit    string // what a bar stands for
	Top     int    // the most findings of a bar
	Width   int
	Height  int
	Bars    []chartBar
	Dates   []string // under the bars: the first, the middle and the last
	Periods []string // newest first
}

type chartBar struct {
	Label, Title string
	X, Width     float64
	Parts        []chartPart
}

type chartPart struct {
	Severity            compare.Severity
	X, Y, Width, Height float64
}

// moment is what one step adds to a chart.
type moment struct {
	at     time.Time
	counts map[compare.Severity]int
}

// period is the unit of a chart: it begins a time's period, and gives the next
// one's beginning.
type period struct {
	unit   string
	format string
	start  func(time.Time) time.Time
	next   func(time.Time) time.Time
}

var periods = []period{
	{"day", time.DateOnly,
		func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) },
		func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"week", time.DateOnly,
		func(t time.Time) time.Time {
			return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
		},
		func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }},
	{"month", "2006-01",
		func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) },
		func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
}

// years is a period of n years, from a year on that n divides.
func years(n int) period {
	unit := "year"
	if n > 1 {
		unit = fmt.Sprintf("%d years", n)
	}
	return period{unit, "2006",
		func(t time.Time) time.Time { return time.Date(t.Year()-t.Year()%n, 1, 1, 0, 0, 0, 0, time.UTC) },
		func(t time.Time) time.Time { return t.AddDate(n, 0, 0) }}
}

// periodFor is the shortest period of which maxBars reach from one time to the
// other. A commit's date is whatever its author's clock said.
func periodFor(oldest, newest time.Time) period {
	for _, p := range periods {
		end := p.start(oldest)
		for range maxBars {
			end = p.next(end)
		}
		if newest.Before(end) {
			return p
		}
	}
	return years((newest.Year()-oldest.Year())/(maxBars-1) + 1)
}

// newChart draws moments of any order; nil where there is none.
func newChart(moments []moment) (*chart, period) {
	if len(moments) == 0 {
		return nil, period{}
	}
	earlier := func(a, b moment) int { return a.at.Compare(b.at) }
	oldest, newest := slices.MinFunc(moments, earlier).at, slices.MaxFunc(moments, earlier).at
	p := periodFor(oldest, newest)
	c := &chart{Unit: p.unit, Width: chartWidth, Height: chartHeight}
	var counts []map[compare.Severity]int
	var steps []int
	at := map[time.Time]int{}
	for t := p.start(oldest); !t.After(newest); t = p.next(t) {
		at[t] = len(counts)
		counts, steps = append(counts, map[compare.Severity]int{}), append(steps, 0)
		c.Periods = append(c.Periods, t.Format(p.format))
	}
	for _, m := range moments {
		i := at[p.start(m.at)]
		steps[i]++
		for s, n := range m.counts {
			counts[i][s] += n
		}
		c.Top = max(c.Top, sumOf(counts[i]))
	}
	for i := range counts {
		c.bar(i, steps[i], counts[i])
	}
	c.Dates = []string{c.Periods[0]}
	if n := len(c.Periods); n > 2 {
		c.Dates = append(c.Dates, c.Periods[n/2])
	}
	if n := len(c.Periods); n > 1 {
		c.Dates = append(c.Dates, c.Periods[n-1])
	}
	slices.Reverse(c.Periods)
	return c, p
}

func sumOf(counts map[compare.Severity]int) int {
	n := 0
	for _, of := range counts {
		n += of
	}
	return n
}

// bar draws the bar of a period, the gravest at its foot.
func (c *chart) bar(i, steps int, counts map[compare.Severity]int) {
	step := float64(chartWidth) / float64(len(c.Periods))
	b := chartBar{Label: c.Periods[i], X: step * float64(i), Width: step,
		Title: c.Periods[i] + ": " + Plural(steps, "commit") + ", " + tallyCounts(counts)}
	width := min(step*.8, maxBar)
	y := float64(chartHeight)
	for _, s := range severities {
		if counts[s] == 0 {
			continue
		}
		height := chartHeight * float64(counts[s]) / float64(c.Top)
		y -= height
		b.Parts = append(b.Parts, chartPart{s, b.X + (step-width)/2, y, width, height})
	}
	c.Bars = append(c.Bars, b)
}
