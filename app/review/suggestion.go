package review

import (
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/report"
	"github.com/authdiff/authdiff/checks/source"
)

// suggest is the suggestion for a group of findings at one of its places.
func (c composer) suggest(g group, p place) string {
	f := g.findings[0]
	file, ok := c.diff.file(f.Side, f.Path)
	if len(g.findings) > 1 || len(f.Restore) > maxSuggestion || !ok || file.Path != p.path {
		return ""
	}
	return suggestion(f, p, file.Hunks)
}

// suggestion returns the text that restores the guard when it is put in the
// place of the commented lines; empty when that isn't mechanical, and on deleted
// lines, where GitHub can't apply one. It is in two cases: the diff shows exactly
// the finding's lines as the replacement of exactly the guard's; or it shows the
// guard's lines as deleted, with nothing in their place, right above the line.
// Characters that can't be seen are never suggested: nobody could judge them.
func suggestion(f compare.Finding, p place, hunks []source.Hunk) string {
	if f.Restore == "" || p.side != Right || p.path == "" {
		return ""
	}
	want := strings.Split(strings.TrimSuffix(f.Restore, "\n"), "\n")
	for _, h := range hunks {
		switch {
		case f.Side == compare.Head && p.path == f.Path && p.line == f.Line && replaces(h, want, f.Line, max(f.Line, f.EndLine)):
			return seen(f.Restore)
		case f.Side == compare.Base:
			if below, ok := deletedAbove(h, want, f.Line, p.line); ok {
				return seen(strings.Join(want, "\n") + "\n" + below + "\n")
			}
		}
	}
	return ""
}

// seen is the text, or nothing when some of it can't be seen.
func seen(text string) string {
	for row := range strings.Lines(text) {
		row = strings.ReplaceAll(strings.TrimSuffix(row, "\n"), "\t", "")
		if report.Visible(row) != row {
			return ""
		}
	}
	return text
}

// deletedAbove returns the text of the head's line when the hunk shows exactly
// the texts as deleted right above it, from the base's line on, and the line
// itself as kept.
func deletedAbove(h source.Hunk, texts []string, baseLine, headLine int) (string, bool) {
	at := slices.IndexFunc(h.Lines, func(l source.HunkLine) bool { return l.Head == headLine && l.Op == source.Kept })
	first := at - len(texts)
	if first < 0 || h.Lines[first].Base != baseLine || first > 0 && h.Lines[first-1].Op != source.Kept {
		return "", false
	}
	for _, l := range h.Lines[first:at] {
		if l.Op != source.Deleted {
			return "", false
		}
	}
	return h.Lines[at].Text, sameTexts(h.Lines[first:at], texts)
}

// replaces reports whether a change in the hunk replaces exactly the texts by
// exactly the head's lines from first to last.
func replaces(h source.Hunk, texts []string, first, last int) bool {
	for i := 0; i < len(h.Lines); {
		start := i
		for i < len(h.Lines) && h.Lines[i].Op == source.Deleted {
			i++
		}
		added := i
		for i < len(h.Lines) && h.Lines[i].Op == source.Added {
			i++
		}
		if i == start {
			i++
			continue
		}
		if i > added && h.Lines[added].Head == first && h.Lines[i-1].Head == last {
			return sameTexts(h.Lines[start:added], texts)
		}
	}
	return false
}

func sameTexts(lines []source.HunkLine, texts []string) bool {
	if len(lines) != len(texts) {
		return false
	}
	for i, l := range lines {
		if l.Text != texts[i] {
			return false
		}
	}
	return true
}
