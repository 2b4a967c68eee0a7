package source

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// gitTree is the tree of one commit of a git repository.
type gitTree struct {
	git     *Git
	id      string // of the tree object: two commits may share it
	entries []Entry
	links   []Link
}

var _ Linked = (*gitTree)(nil)

// Tree returns the tree of a commit, given by its full id (see Resolve). After the
// first, a tree is listed by what differs from the one before.
func (g *Git) Tree(ctx context.Context, commit string) (Tree, error) {
	if err := objectName(commit); err != nil {
		return nil, err
	}
	out, err := g.run(ctx, "rev-parse", "--verify", "--quiet", commit+"^{tree}")
	if err != nil {
		return nil, fmt.Errorf("read the tree of %.12s: %w", commit, err)
	}
	t := &gitTree{git: g, id: strings.TrimSpace(string(out))}
	last := g.last.Load()
	if last == nil || t.change(ctx, last) != nil {
		err = t.list(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("list the tree of %.12s: %w", commit, err)
	}
	g.last.Store(t)
	return t, nil
}

func (t *gitTree) ID() string { return t.id }

// Cheap tells that a single file is read at little cost.
func (t *gitTree) Cheap() bool { return true }

func (t *gitTree) Entries(ctx context.Context) ([]Entry, error) {
	return slices.Clone(t.entries), ctx.Err()
}

// Links implements Linked.
func (t *gitTree) Links(ctx context.Context) ([]Link, error) {
	return slices.Clone(t.links), ctx.Err()
}

// list lists the tree with the sizes of its files; without them where a partial
// clone lacks some of these, since git then gives up.
func (t *gitTree) list(ctx context.Context) error {
	out, err := t.git.run(ctx, "ls-tree", "-r", "-z", "-l", "--full-tree", t.id)
	if failed := (*gitError)(nil); errors.As(err, &failed) {
		out, err = t.git.run(ctx, "ls-tree", "-r", "-z", "--full-tree", t.id)
	}
	if err != nil {
		return err
	}
	t.entries, t.links, err = parseListing(out)
	return err
}

// parseListing reads `git ls-tree -r -z`, with or without -l: records
// `mode type id\tpath` or `mode type id size\tpath`.
func parseListing(out []byte) (entries []Entry, links []Link, err error) {
	for record := range bytes.SplitSeq(out, []byte{0}) {
		if len(record) == 0 {
			continue
		}
		head, path, ok := bytes.Cut(record, []byte{'\t'})
		fields := strings.Fields(string(head))
		if !ok || len(fields) < 3 {
			return nil, nil, fmt.Errorf("git printed a line that is no tree entry: %.80q", record)
		}
		size := int64(-1)
		if known, err := strconv.ParseInt(fields[len(fields)-1], 10, 64); len(fields) == 4 && err == nil {
			size = known
		}
		entries, links = place(entries, links, fields[0], Entry{Path: string(path), Blob: Blob(fields[2]), Size: size})
	}
	sortEntries(entries)
	sortLinks(links)
	return entries, links, nil
}

// place adds what a tree has at a path to the files or the links, by its mode.
func place(entries []Entry, links []Link, mode string, e Entry) ([]Entry, []Link) {
	if link, ok := NewLink(mode, e.Path, e.Blob); ok {
		links = append(links, link)
	}
	if regularMode(mode) {
		entries = append(entries, e)
	}
	return entries, links
}

// change lists the tree by what differs from another. Of the files that do, the sizes
// aren't known.
func (t *gitTree) change(ctx context.Context, from *gitTree) error {
	out, err := t.git.run(ctx, "diff-tree", "-r", "-z", "--raw", "--no-renames", from.id, t.id)
	if err != nil {
		return err
	}
	changed, entries, links, err := parseDifference(out)
	if err != nil {
		return err
	}
	for _, l := range from.links {
		if !changed[l.Path] {
			links = append(links, l)
		}
	}
	sortEntries(entries)
	sortLinks(links)
	t.entries, t.links = mergeEntries(entries, from.entries, changed), links
	return nil
}

// parseDifference reads `git diff-tree -r -z --raw` without renames: pairs of a record
// `:mode mode id id status` and a path. It gives the paths that differ, and what the
// second tree has there.
func parseDifference(out []byte) (changed map[string]bool, entries []Entry, links []Link, err error) {
	changed = map[string]bool{}
	fields := strings.Split(string(out), "\x00") // record, path, …, ""
	for ; len(fields) >= 3; fields = fields[2:] {
		record, err := rawChange(fields[0])
		if err != nil {
			return nil, nil, nil, err
		}
		path := fields[1]
		changed[path] = true
		entries, links = place(entries, links, record[1], Entry{Path: path, Blob: Blob(record[3]), Size: -1})
	}
	return changed, entries, links, nil
}

// regularMode reports whether a mode of a tree entry is that of a file: neither
// a symbolic link (120000) nor a submodule (160000).
func regularMode(mode string) bool { return strings.HasPrefix(mode, "100") }

func sortLinks(links []Link) {
	slices.SortFunc(links, func(a, b Link) int { return strings.Compare(a.Path, b.Path) })
}

func sortRenames(renames []Rename) {
	slices.SortFunc(renames, func(a, b Rename) int {
		return cmp.Or(strings.Compare(a.To, b.To), strings.Compare(a.From, b.From))
	})
}

// Read reads all the entries through one git process. Entries of equal content
// share their text.
func (t *gitTree) Read(ctx context.Context, entries []Entry) ([]File, error) {
	var wanted []Blob
	seen := map[Blob]bool{}
	for _, e := range entries {
		if _, large := TooLarge(e); !large && !seen[e.Blob] {
			seen[e.Blob] = true
			wanted = append(wanted, e.Blob)
		}
	}
	texts, err := t.git.read(ctx, wanted)
	if err != nil {
		return nil, err
	}
	files := make([]File, 0, len(entries))
	for _, e := range entries {
		file, large := TooLarge(e)
		if !large {
			file = File{Entry: e, Skip: skipAbsent}
			if text, ok := texts[e.Blob]; ok {
				file = NewFile(e, text)
			}
		}
		files = append(files, file)
	}
	return files, nil
}
