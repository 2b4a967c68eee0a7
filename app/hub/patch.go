package hub

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/review"
)

// shown is what GitHub's own patches show of a pull request: by path, the lines
// of each side. A file whose patch GitHub leaves out is there without lines.
type shown map[string]map[shownLine]bool

type shownLine struct {
	side string
	line int
}

// shown reads the patches.
func (r *Repository) shown(ctx context.Context, p *Pull) (shown, error) {
	all := shown{}
	for page := 1; page != 0 && page <= maxPages; {
		files, response, err := r.client.PullRequests.ListFiles(ctx, r.owner, r.name, p.Number, &github.ListOptions{Page: page, PerPage: perPage})
		if err != nil {
			return nil, r.hub.failure(fmt.Sprintf("list the files of pull request #%d", p.Number), err)
		}
		for _, f := range files {
			all[f.GetFilename()] = patchLines(f.GetPatch())
		}
		page = response.NextPage
	}
	return all, nil
}

// patchLines numbers the lines of a patch: a unified diff without its file
// header. It stops at what is no such thing.
func patchLines(patch string) map[shownLine]bool {
	lines := map[shownLine]bool{}
	base, head := 0, 0
	for row := range strings.Lines(patch) {
		switch row[0] {
		case '@':
			if _, err := fmt.Sscanf(header(row), "@@ -%d +%d", &base, &head); err != nil {
				return lines
			}
			continue
		case '-':
			lines[shownLine{review.Left, base}] = true
			base++
		case '+':
			lines[shownLine{review.Right, head}] = true
			head++
		case ' ':
			lines[shownLine{review.Left, base}], lines[shownLine{review.Right, head}] = true, true
			base++
			head++
		case '\\': // "No newline at end of file"
		default:
			return lines
		}
	}
	return lines
}

// header is a hunk's header without the counts, which may be left out.
func header(row string) string {
	words := strings.Fields(row)
	for i, w := range words {
		words[i], _, _ = strings.Cut(w, ",")
	}
	return strings.Join(words, " ")
}

// place moves each comment to the first of its places that is shown, and parts
// off those that have none.
func (s shown) place(comments []review.Comment) (placed, nowhere []review.Comment) {
	for _, c := range comments {
		places := append([]review.Comment{c}, c.Else...)
		i := slices.IndexFunc(places, s.has)
		if i < 0 {
			nowhere = append(nowhere, c)
			continue
		}
		at := places[i]
		at.Else = places[i+1:]
		placed = append(placed, at)
	}
	return placed, nowhere
}

func (s shown) has(c review.Comment) bool {
	lines, known := s[c.Path]
	if c.File {
		return known
	}
	return lines[shownLine{c.Side, c.Line}] && (c.StartLine == 0 || lines[shownLine{c.Side, c.StartLine}])
}
