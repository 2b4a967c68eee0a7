package hub

import (
	"context"
	"fmt"
	"path"
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
	twin   *tree  // the other side of the diff

	mu     sync.Mutex // held while listing, so that it happens once
	listed *listing
}

// listing is all that a tree holds, sorted by path.
type listing struct {
	entries []source.Entry
	links   []source.Link
}

var _ source.Linked = (*tree)(nil)

// ID implements source.Tree with git's own name of the tree.
func (t *tree) ID() string { return t.id }

// listedCost is about what an entry of a list takes in memory, in bytes.
const listedCost = 150

// Entries implements source.Tree.
func (t *tree) Entries(ctx context.Context) ([]source.Entry, error) {
	l, err := t.listing(ctx)
	if err != nil {
		return nil, err
	}
	return l.entries, nil
}

// Links implements source.Linked.
func (t *tree) Links(ctx context.Context) ([]source.Link, error) {
	l, err := t.listing(ctx)
	if err != nil {
		return nil, err
	}
	return l.links, nil
}

// listing lists the tree. The list of a base is the same for many pull requests,
// and that of a head for every attempt, so lists are cached.
func (t *tree) listing(ctx context.Context) (*listing, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.listed != nil {
		return t.listed, nil
	}
	l, known := t.repo.hub.trees.get(t.id)
	if !known {
		var err error
		if l, err = t.list(ctx); err != nil {
			return nil, err
		}
		slices.SortFunc(l.entries, func(a, b source.Entry) int { return strings.Compare(a.Path, b.Path) })
		slices.SortFunc(l.links, func(a, b source.Link) int { return strings.Compare(a.Path, b.Path) })
		t.repo.hub.trees.put(t.id, l)
	}
	t.listed = l
	return l, nil
}

// folder is a tree object that remains to be listed.
type folder struct{ id, prefix string }

// list asks for whole folders, and where GitHub cuts one off (100,000 entries
// or 7 MB) for each of its parts.
// https://docs.github.com/en/rest/git/trees#get-a-tree
func (t *tree) list(ctx context.Context) (*listing, error) {
	l := &listing{}
	todo := []folder{{id: t.id}}
	for listings := 0; len(todo) > 0; listings++ {
		if listings >= maxListings || len(l.entries)+len(l.links) > maxEntries {
			return nil, fmt.Errorf("list the files of commit %s: there are too many", t.commit)
		}
		f := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		listed, err := t.ask(ctx, f.id, true)
		if err != nil {
			return nil, err
		}
		if listed.GetTruncated() {
			if listed, err = t.ask(ctx, f.id, false); err != nil {
				return nil, err
			}
			todo = append(todo, folders(f, listed)...)
		}
		l.add(f, listed)
	}
	return l, nil
}

func (t *tree) ask(ctx context.Context, id string, recursive bool) (*github.Tree, error) {
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

// add takes regular files, whose mode begins with 100, and links.
func (l *listing) add(in folder, listed *github.Tree) {
	for _, e := range listed.Entries {
		path, id := in.prefix+e.GetPath(), source.Blob(e.GetSHA())
		if link, ok := source.NewLink(e.GetMode(), path, id); ok {
			l.links = append(l.links, link)
		}
		if e.GetType() != "blob" || !strings.HasPrefix(e.GetMode(), "100") {
			continue
		}
		size := int64(-1)
		if e.Size != nil {
			size = int64(*e.Size)
		}
		l.entries = append(l.entries, source.Entry{Path: path, Blob: id, Size: size})
	}
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
// they are many, and what that leaves open by query, together with what the
// other side will ask for.
func (t *tree) fetch(ctx context.Context, wanted []source.Entry, texts map[source.Blob][]byte) error {
	if len(wanted) == 0 {
		return nil
	}
	if len(wanted) > archiveFrom {
		if err := t.fetchArchive(ctx, wanted, texts); err != nil {
			if ctx.Err() != nil {
				return err
			}
			t.repo.hub.log.WarnContext(ctx, "archive not read, files are read one by one", "commit", t.commit, "files", len(wanted), "error", err)
		}
	}
	var rest []source.Entry
	for _, e := range wanted {
		if texts[e.Blob] == nil {
			rest = append(rest, e)
		}
	}
	twins, err := t.twins(ctx, wanted)
	if err != nil {
		return err
	}
	return t.repo.fetchBlobs(ctx, append(rest, twins...), texts)
}

// twins are the files of the other side that belong to the wanted ones: of the
// same path, or new there and of a kind that was asked for. Who reads one side
// reads the other next, and so both come in one request. Where there are too
// many, the other side is left to ask for itself.
func (t *tree) twins(ctx context.Context, wanted []source.Entry) ([]source.Entry, error) {
	if t.twin == nil {
		return nil, nil
	}
	own, err := t.Entries(ctx)
	if err != nil {
		return nil, err
	}
	entries, err := t.twin.Entries(ctx)
	if err != nil {
		return nil, err
	}
	paths, kinds := map[string]source.Blob{}, map[string]bool{}
	for _, e := range wanted {
		paths[e.Path], kinds[path.Ext(e.Path)] = e.Blob, true
	}
	var twins []source.Entry
	for _, e := range entries {
		here, both := paths[e.Path]
		if !both {
			_, both = source.Find(own, e.Path)
			if both || !kinds[path.Ext(e.Path)] {
				continue
			}
		}
		_, large := source.TooLarge(e)
		_, known := t.repo.hub.blobs.get(e.Blob)
		if here == e.Blob || large || known {
			continue
		}
		if twins = append(twins, e); len(twins) > archiveFrom {
			return nil, nil
		}
	}
	return twins, nil
}
