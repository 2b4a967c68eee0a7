package hub

import (
	"context"
	"fmt"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/checks/source"
)

// perPage is the most that GitHub gives at once, and maxPages where lists are
// cut: 3,000 files are all that GitHub itself lists of a pull request.
// https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
const (
	perPage  = 100
	maxPages = 30
)

// GitHub's words for what happened to a file.
const (
	added    = "added"
	removed  = "removed"
	modified = "modified"
	renamed  = "renamed"
)

// Diff returns the changed files among the paths (of either side), with their
// hunks. The trees decide what changed, by blob id, and the hunks are computed
// from the blobs: GitHub leaves out patches without saying so. Only which files
// were renamed is GitHub's own view, since it decides where comments can stand.
func (r *Repository) Diff(ctx context.Context, p *Pull, trees *Trees, paths []string) (review.Diff, error) {
	if len(paths) == 0 {
		return review.Diff{Files: map[string]review.FileDiff{}}, nil
	}
	base, err := trees.Base.Entries(ctx)
	if err != nil {
		return review.Diff{}, err
	}
	head, err := trees.Head.Entries(ctx)
	if err != nil {
		return review.Diff{}, err
	}
	sides := sides{base: base, head: head}
	if sides.mayHaveRenames(paths) {
		if sides.renames, err = r.renames(ctx, p); err != nil {
			return review.Diff{}, err
		}
	}
	return hunks(ctx, trees, sides.changed(paths))
}

// sides are the files of both trees, sorted by path, and the base path of each
// renamed head path.
type sides struct {
	base, head []source.Entry
	renames    map[string]string
}

// mayHaveRenames reports whether a path stands on one side alone.
func (s sides) mayHaveRenames(paths []string) bool {
	for _, path := range paths {
		_, inBase := source.Find(s.base, path)
		_, inHead := source.Find(s.head, path)
		if inBase != inHead {
			return true
		}
	}
	return false
}

// change is a changed file with its entry on each side, where it has one.
type change struct {
	file       review.FileDiff
	base, head *source.Entry
}

// changed returns the changed files that have one of the paths, by the path
// under which the diff shows them.
func (s sides) changed(paths []string) map[string]change {
	movedTo := map[string]string{}
	for to, from := range s.renames {
		movedTo[from] = to
	}
	changes := map[string]change{}
	for _, path := range paths {
		if to, moved := movedTo[path]; moved {
			path = to
		}
		if c, ok := s.change(path); ok {
			changes[path] = c
		}
	}
	return changes
}

func (s sides) change(path string) (change, bool) {
	from, moved := s.renames[path]
	if !moved {
		from = path
	}
	c := change{file: review.FileDiff{Path: path, BasePath: from}}
	if e, ok := source.Find(s.base, from); ok {
		c.base = &e
	}
	if e, ok := source.Find(s.head, path); ok {
		c.head = &e
	}
	switch {
	case c.base == nil && c.head == nil:
		return change{}, false
	case c.base == nil:
		c.file.Status = added
	case c.head == nil:
		c.file.Status = removed
	case moved:
		c.file.Status = renamed
	case c.base.Blob == c.head.Blob:
		return change{}, false
	default:
		c.file.Status = modified
	}
	return c, true
}

// hunks reads both sides of the changes, each tree at once. A file that can't
// be read as text has no hunks.
func hunks(ctx context.Context, trees *Trees, changes map[string]change) (review.Diff, error) {
	var base, head []source.Entry
	for _, c := range changes {
		if c.base != nil {
			base = append(base, *c.base)
		}
		if c.head != nil {
			head = append(head, *c.head)
		}
	}
	baseText, err := texts(ctx, trees.Base, base)
	if err != nil {
		return review.Diff{}, err
	}
	headText, err := texts(ctx, trees.Head, head)
	if err != nil {
		return review.Diff{}, err
	}
	diff := review.Diff{Files: map[string]review.FileDiff{}}
	for path, c := range changes {
		before, readBefore := side(c.base, baseText)
		after, readAfter := side(c.head, headText)
		if readBefore && readAfter {
			c.file.Hunks = source.Hunks(before, after)
		}
		diff.Files[path] = c.file
	}
	return diff, nil
}

// texts reads entries; a file without text is left out.
func texts(ctx context.Context, t source.Tree, entries []source.Entry) (map[string][]byte, error) {
	files, err := t.Read(ctx, entries)
	if err != nil {
		return nil, err
	}
	byPath := map[string][]byte{}
	for _, f := range files {
		if f.Skip == "" {
			byPath[f.Path] = f.Text
		}
	}
	return byPath, nil
}

// side gives the text of one side of a change; the side that isn't there is
// empty.
func side(e *source.Entry, texts map[string][]byte) (text []byte, ok bool) {
	if e == nil {
		return nil, true
	}
	text, ok = texts[e.Path]
	return text, ok
}

// renames asks GitHub which files it shows as renamed: head path → base path.
func (r *Repository) renames(ctx context.Context, p *Pull) (map[string]string, error) {
	found := map[string]string{}
	for page := 1; page != 0 && page <= maxPages; {
		files, response, err := r.client.PullRequests.ListFiles(ctx, r.owner, r.name, p.Number, &github.ListOptions{Page: page, PerPage: perPage})
		if err != nil {
			return nil, r.hub.failure(fmt.Sprintf("list the files of pull request #%d", p.Number), err)
		}
		for _, f := range files {
			if f.GetStatus() == renamed && f.GetPreviousFilename() != "" {
				found[f.GetFilename()] = f.GetPreviousFilename()
			}
		}
		page = response.NextPage
	}
	return found, nil
}
