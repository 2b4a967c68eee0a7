package hub

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-github/v60/github"

	"github.com/authdiff/authdiff/checks/source"
)

// Bounds of listing a tree that GitHub doesn't give whole.
const (
	maxListings = 2000
	maxEntries  = 1 << 20
)

// tree is a source.Tree over the API: one commit's files.
type tree struct {
	repo   *Repository
	commit string
	id     string // of git's tree object

	mu      sync.Mutex // held while listing, so that it happens once
	entries []source.Entry
}

var _ source.Tree = (*tree)(nil)

// ID implements source.Tree with git's own name of the tree.
func (t *tree) ID() string { return t.id }

// Entries implements source.Tree.
func (t *tree) Entries(ctx context.Context) ([]source.Entry, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.entries != nil {
		return t.entries, nil
	}
	entries, err := t.list(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b source.Entry) int { return strings.Compare(a.Path, b.Path) })
	t.entries = entries
	return entries, nil
}

// folder is a tree object that remains to be listed.
type folder struct{ id, prefix string }

// list asks for whole folders, and where GitHub cuts one off (100,000 entries
// or 7 MB) for each of its parts.
// https://docs.github.com/en/rest/git/trees#get-a-tree
func (t *tree) list(ctx context.Context) ([]source.Entry, error) {
	entries := []source.Entry{}
	todo := []folder{{id: t.id}}
	for listings := 0; len(todo) > 0; listings++ {
		if listings >= maxListings || len(entries) > maxEntries {
			return nil, fmt.Errorf("list the files of commit %s: there are too many", t.commit)
		}
		f := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		listed, err := t.listing(ctx, f.id, true)
		if err != nil {
			return nil, err
		}
		if listed.GetTruncated() {
			if listed, err = t.listing(ctx, f.id, false); err != nil {
				return nil, err
			}
			todo = append(todo, folders(f, listed)...)
		}
		entries = appendFiles(entries, f, listed)
	}
	return entries, nil
}

func (t *tree) listing(ctx context.Context, id string, recursive bool) (*github.Tree, error) {
	listed, _, err := t.repo.client.Git.GetTree(ctx, t.repo.owner, t.repo.name, id, recursive)
	if err != nil {
		return nil, t.repo.hub.failure("list the files of commit "+t.commit, err)
	}
	return listed, nil
}

func folders(in folder, listed *github.Tree) []folder {
	var found []folder
	for _, e := range listed.Entries {
		if e.GetType() == "tree" {
			found = append(found, folder{id: e.GetSHA(), prefix: in.prefix + e.GetPath() + "/"})
		}
	}
	return found
}

// appendFiles takes regular files, whose mode begins with 100, and leaves out
// symbolic links (120000) and submodules.
func appendFiles(entries []source.Entry, in folder, listed *github.Tree) []source.Entry {
	for _, e := range listed.Entries {
		if e.GetType() != "blob" || !strings.HasPrefix(e.GetMode(), "100") {
			continue
		}
		size := int64(-1)
		if e.Size != nil {
			size = int64(*e.Size)
		}
		entries = append(entries, source.Entry{Path: in.prefix + e.GetPath(), Blob: source.Blob(e.GetSHA()), Size: size})
	}
	return entries
}

// Read implements source.Tree.
func (t *tree) Read(ctx context.Context, entries []source.Entry) ([]source.File, error) {
	var wanted []source.Entry
	texts := map[source.Blob][]byte{}
	for _, e := range entries {
		if _, large := source.TooLarge(e); large {
			continue
		}
		if _, seen := texts[e.Blob]; seen {
			continue
		}
		text, cached := t.repo.hub.blobs.get(e.Blob)
		texts[e.Blob] = text
		if !cached {
			wanted = append(wanted, e)
		}
	}
	if err := t.fetch(ctx, wanted, texts); err != nil {
		return nil, err
	}
	files := make([]source.File, len(entries))
	for i, e := range entries {
		if file, large := source.TooLarge(e); large {
			files[i] = file
			continue
		}
		files[i] = source.NewFile(e, texts[e.Blob])
	}
	return files, nil
}

// fetch adds the contents of the wanted entries to texts: in one archive when
// they are many, and what that leaves open one by one.
func (t *tree) fetch(ctx context.Context, wanted []source.Entry, texts map[source.Blob][]byte) error {
	if len(wanted) > archiveFrom {
		if err := t.fetchArchive(ctx, wanted, texts); err != nil {
			if ctx.Err() != nil {
				return err
			}
			t.repo.hub.log.Warn("archive not read, files are read one by one", "commit", t.commit, "files", len(wanted), "error", err)
		}
	}
	var rest []source.Entry
	for _, e := range wanted {
		if texts[e.Blob] == nil {
			rest = append(rest, e)
		}
	}
	return t.repo.fetchBlobs(ctx, rest, texts)
}
