package sandbox

import (
	"slices"
	"strings"

	"github.com/authdiff/authdiff/app/sandbox/gitdb"
)

// place is where a review comment is to stand, as a request says it.
type place struct {
	Path      string `json:"path"`
	Position  int    `json:"position"`
	Line      int    `json:"line"`
	Side      string `json:"side"`
	StartLine int    `json:"start_line"`
	StartSide string `json:"start_side"`
}

// spot is a place found in a diff.
type spot struct {
	place
	hunk     string // from the hunk's header to the line
	position int    // in lines of the patch, from the line below the first header
}

// The words with which GitHub refuses a place.
const (
	badPath      = "Path could not be resolved"
	badLine      = "Line could not be resolved"
	badStartLine = "Start line could not be resolved"
	badSide      = "Side is invalid"
)

// find looks the place up in a diff. A line stands in a diff when a hunk shows
// it on its side, context included; a range begins before its end, in the same
// hunk. A file without a patch has no lines ("path diff too large"). The
// complaint is empty when the place was found.
// https://docs.github.com/en/rest/pulls/comments#create-a-review-comment-for-a-pull-request
func (l Limits) find(diff *gitdb.Diff, at place) (found spot, complaint string) {
	file, known := diff.File(at.Path)
	if !known {
		return spot{}, badPath
	}
	if at.Side == "" {
		at.Side = "RIGHT"
	}
	if at.StartSide == "" || at.StartSide == "side" {
		at.StartSide = at.Side
	}
	sides := []string{"LEFT", "RIGHT"}
	if !slices.Contains(sides, at.Side) || !slices.Contains(sides, at.StartSide) {
		return spot{}, badSide
	}
	if l.tooLarge(file) {
		return spot{}, badLine
	}
	for _, hunk := range file.Hunks() {
		end := slices.IndexFunc(hunk.Lines, func(line gitdb.Line) bool { return at.ends(hunk, line) })
		if end < 0 {
			continue
		}
		found = newSpot(at, hunk, end)
		if at.StartLine == 0 {
			return found, ""
		}
		start := slices.IndexFunc(hunk.Lines, func(line gitdb.Line) bool { return number(line, at.StartSide) == at.StartLine })
		if start < 0 || start >= end {
			return spot{}, badStartLine
		}
		return found, ""
	}
	return spot{}, badLine
}

// ends says whether a line of a hunk is the one that the place names, by number
// and side or by its position in the patch.
func (at place) ends(hunk gitdb.Hunk, line gitdb.Line) bool {
	if at.Line != 0 {
		return number(line, at.Side) == at.Line
	}
	return at.Position != 0 && line.Position == at.Position
}

// number is the line's number on a side, 0 when the side lacks it.
func number(line gitdb.Line, side string) int {
	if side == "LEFT" {
		return line.Old
	}
	return line.New
}

func newSpot(at place, hunk gitdb.Hunk, end int) spot {
	line := hunk.Lines[end]
	if at.Line == 0 {
		at.Line, at.Side = line.New, "RIGHT"
		if line.New == 0 {
			at.Line, at.Side = line.Old, "LEFT"
		}
	}
	if at.StartLine == 0 {
		at.StartSide = ""
	}
	text := []string{hunk.Header}
	for _, l := range hunk.Lines[:end+1] {
		text = append(text, l.Text)
	}
	return spot{place: at, hunk: strings.Join(text, "\n"), position: line.Position}
}

// settle moves a pull request's comments to where their lines stand after a
// push. What the push changed, or what the diff no longer shows, is outdated:
// it has no line.
func (p *pull) settle(from string) {
	now, err := p.diff()
	if err != nil {
		return
	}
	pushed, err := p.repo.db.Diff(from, p.HeadSHA)
	if err != nil {
		return
	}
	for _, c := range p.comments {
		if c.File || c.Line == 0 {
			continue
		}
		c.CommitID = p.HeadSHA
		at := place{Path: c.Path, Side: c.Side, StartSide: c.StartSide}
		changed, touched := pushed.File(c.Path)
		at.Line = c.Line
		at.StartLine = c.StartLine
		if touched {
			at.Line = follow(changed, c.Side, c.Line)
			at.StartLine = follow(changed, c.StartSide, c.StartLine)
		}
		spot, complaint := p.repo.server.limits.find(now, at)
		if complaint != "" || at.Line == 0 || (c.StartLine != 0 && at.StartLine == 0) {
			c.Line, c.StartLine, c.Position = 0, 0, 0
			continue
		}
		c.Line, c.StartLine, c.Position = at.Line, at.StartLine, spot.position
	}
}

// follow gives the new number of a head line through the change of its file, 0
// when the change replaced it. Lines of the base don't move.
func follow(f gitdb.FileDiff, side string, line int) int {
	if side != "RIGHT" || line == 0 {
		return line
	}
	shift := 0
	for _, hunk := range f.Hunks() {
		for _, l := range hunk.Lines {
			switch {
			case l.Old == line:
				return l.New
			case l.Old > line:
				return line + shift
			case l.Old != 0 && l.New != 0:
				shift = l.New - l.Old
			case l.Old != 0:
				shift--
			case l.New != 0:
				shift++
			}
		}
	}
	return line + shift
}
