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

// Tree returns the tree of a commit, given by its full id (see Resolve).
func (g *Git) Tree(ctx context.Context, commit string) (Tree, error) {
	if err := objectName(commit); err != nil {
		return nil, err
	}
	out, err := g.run(ctx, "rev-parse", "--verify", "--quiet", commit+"^{tree}")
	if err != nil {
		return nil, fmt.Errorf("read the tree of %.12s: %w", commit, err)
	}
	t := &gitTree{git: g, id: strings.TrimSpace(string(out))}
	if out, err = g.list(ctx, t.id); err != nil {
		return nil, fmt.Errorf("list the tree of %.12s: %w", commit, err)
	}
	if t.entries, t.links, err = parseListing(out); err != nil {
		return nil, fmt.Errorf("list the tree of %.12s: %w", commit, err)
	}
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

// list lists a tree with the sizes of its files; without them where a partial
// clone lacks some of these, since git then gives up.
func (g *Git) list(ctx context.Context, tree string) ([]byte, error) {
	out, err := g.run(ctx, "ls-tree", "-r", "-z", "-l", "--full-tree", tree)
	if failed := (*gitError)(nil); errors.As(err, &failed) {
		return g.run(ctx, "ls-tree", "-r", "-z", "--full-tree", tree)
	}
	return out, err
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
		if link, ok := NewLink(fields[0], string(path), Blob(fields[2])); ok {
			links = append(links, link)
		}
		if !regularMode(fields[0]) {
			continue
		}
		size := int64(-1)
		if known, err := strconv.ParseInt(fields[len(fields)-1], 10, 64); len(fields) == 4 && err == nil {
			size = known
		}
		entries = append(entries, Entry{Path: string(path), Blob: Blob(fields[2]), Size: size})
	}
	sortEntries(entries)
	slices.SortFunc(links, func(a, b Link) int { return strings.Compare(a.Path, b.Path) })
	return entries, links, nil
}

// regularMode reports whether a mode of a tree entry is that of a file: neither
// a symbolic link (120000) nor a submodule (160000).
func regularMode(mode string) bool { return strings.HasPrefix(mode, "100") }

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
