// Package module answers where a name in a file comes from: which file an
// import leads to, which declaration in it, or which installed package.
//
// It takes a tree and gives a Repo, which lists the source files, resolves
// specifiers (relative paths, tsconfig paths, workspace packages), parses files
// on demand and follows imports through re-exports to declarations:
//
//	repo, err := module.Open(ctx, tree, module.NewCache())
//	route := repo.Module("app/api/users/route.ts")
//	binding, ok := repo.Import(route, "auth")
//
// It evaluates nothing and knows no framework and no library: an import that
// ends in an installed package is returned as such.
package module

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/authdiff/authdiff/checks/source"
)

// Bounds on what is read of a tree. The largest public Next.js monorepos have
// under 20,000 source files with some 100 MiB of text.
const (
	maxFiles  = 50_000
	maxConfig = 5_000     // package.json, tsconfig.json and the like
	maxText   = 512 << 20 // bytes
)

// tooMuchText is the reason for leaving out what exceeds maxText.
const tooMuchText = "the repository has more than 512 MiB of source text"

// Skip says of a file why it could not be read or parsed.
type Skip struct{ Path, Reason string }

// Repo is the source text of one tree and how its files import one another. It
// is safe for concurrent use; what it answers doesn't change, Skipped apart.
type Repo struct {
	cache   *Cache
	entries map[string]source.Entry // every file of the tree
	files   map[string]*file        // source files that have a text
	sources []string                // their paths, sorted

	configs    map[string]*tsconfig // by path
	manifests  map[string]*manifest // by folder
	workspaces map[string]workspace // by folder
	members    map[string][]member  // by package name
	digests    map[string]string    // by path: what a file says about resolving

	settingsText []byte // of SettingsFile

	running   func() []string // the sources that are no tests, worked out once
	importers func() *importers
	found     *resolutions
	exported  *memo[exportKey, answer]

	// fetch reads files of the tree, while the run lasts that opened it.
	fetch func([]source.Entry) ([]source.File, error)

	mu      sync.Mutex // guards what follows
	err     error      // of fetch
	modules map[string]*Module
	skipped map[string]string
	stars   map[string][]star

	starsKept int // the length of all the lists in stars
}

// file is a source file of a tree, with what was worked out of it for this tree.
type file struct {
	*scanned
	naming, outlining sync.Once
	names             *names   // nil when it can't be parsed
	outline           *outline // the same
}

func newFile(s *scanned) *file { return &file{scanned: s} }

// key names a file to the cache.
func (r *Repo) key(path string) moduleKey { return moduleKey{r.entries[path].Blob, path} }

// Open lists a tree, reads its source and config files in one batch, and scans
// them for imports. What the cache holds isn't read again. An error means that
// the tree could not be read or that ctx ended; a file that could not be read
// stands in Skipped.
func Open(ctx context.Context, tree source.Tree, cache *Cache) (*Repo, error) {
	entries, err := tree.Entries(ctx)
	if err != nil {
		return nil, err
	}
	r := &Repo{
		cache:      cache,
		entries:    make(map[string]source.Entry, len(entries)),
		files:      map[string]*file{},
		configs:    map[string]*tsconfig{},
		manifests:  map[string]*manifest{},
		workspaces: map[string]workspace{},
		members:    map[string][]member{},
		digests:    map[string]string{},
		modules:    map[string]*Module{},
		skipped:    map[string]string{},
		stars:      map[string][]star{},
		exported:   newMemo[exportKey, answer](),
	}
	r.fetch = func(entries []source.Entry) ([]source.File, error) { return tree.Read(ctx, entries) }
	r.running = sync.OnceValue(func() []string { return slices.DeleteFunc(slices.Clone(r.sources), isTest) })
	r.importers = sync.OnceValue(r.findImporters)
	for _, e := range entries {
		r.entries[e.Path] = e
	}
	texts, err := r.read(ctx, tree, r.choose(entries))
	if err != nil {
		return nil, err
	}
	var globs map[string][]string
	for p, file := range texts {
		switch {
		case isSource(p):
			r.files[p] = newFile(file)
		case p == SettingsFile:
			r.settingsText = r.textOf(p, file)
		default:
			globs = r.addConfig(p, r.textOf(p, file), globs)
		}
	}
	r.sources = slices.Sorted(maps.Keys(r.files))
	r.indexWorkspaces(globs)
	if err := r.loadExtended(ctx, tree); err != nil {
		return nil, err
	}
	r.found = cache.listings.add(r.listing(), newResolutions(), 1)
	return r, nil
}

// choose returns the entries to read: config files first, then source files, up
// to the bounds. What is left out for a bound is recorded.
func (r *Repo) choose(entries []source.Entry) []source.Entry {
	var chosen []source.Entry
	sources, configs, text := 0, 0, int64(0)
	for _, wanted := range []func(string) bool{isConfig, isSource} {
		for _, e := range entries {
			if !wanted(e.Path) {
				continue
			}
			size := e.Size
			if size < 0 || size > source.MaxFileSize {
				size = 0 // unknown, or left out by the tree
			}
			reason := ""
			switch {
			case isSource(e.Path) && sources == maxFiles:
				reason = fmt.Sprintf("the repository has more than %d source files", maxFiles)
			case !isSource(e.Path) && configs == maxConfig:
				reason = fmt.Sprintf("the repository has more than %d config files", maxConfig)
			case text+size > maxText:
				reason = tooMuchText
			}
			if reason != "" {
				r.skipped[e.Path] = reason
				continue
			}
			if isSource(e.Path) {
				sources++
			} else {
				configs++
			}
			text += size
			chosen = append(chosen, e)
		}
	}
	return chosen
}

// read gives the scanned files of entries by path, from the cache or from the
// tree. Those without text are recorded and left out. The texts of source files may
// wait where the tree reads them at little cost.
func (r *Repo) read(ctx context.Context, tree source.Tree, entries []source.Entry) (map[string]*scanned, error) {
	t, ok := tree.(sparing)
	patient := ok && t.Cheap()
	known := make(map[source.Blob]*scanned, len(entries))
	var wanted []source.Entry
	for _, e := range entries {
		if _, ok := known[e.Blob]; ok {
			continue
		}
		file, ok := r.cache.files.get(e.Blob)
		if !ok && patient {
			if file = r.cache.keptScan(e.Blob); file != nil {
				file, ok = r.cache.files.add(e.Blob, file, file.size+1024), true
			}
		}
		known[e.Blob] = file
		if !ok || file.skip == "" && file.text.Load() == nil && !(patient && isSource(e.Path)) {
			wanted = append(wanted, e)
		}
	}
	fresh, err := readBounded(ctx, tree, wanted)
	if err != nil {
		return nil, err
	}
	for i, file := range scanAll(fresh) {
		known[wanted[i].Blob] = r.cache.files.add(wanted[i].Blob, file, file.size+1024)
		known[wanted[i].Blob].text.Store(&fresh[i].Text)
	}
	files := make(map[string]*scanned, len(entries))
	for _, e := range entries {
		switch file := known[e.Blob]; {
		case file == nil:
			r.skipped[e.Path] = tooMuchText
		case file.skip != "":
			r.skipped[e.Path] = file.skip
		default:
			files[e.Path] = file
		}
	}
	return files, nil
}

// unknownBatch is how many files of unknown size are read at once, so that the
// bound on text is kept there too.
const unknownBatch = 256

// readBounded reads entries in one batch, or in several where their sizes
// aren't known. It may return fewer files than entries, for maxText.
func readBounded(ctx context.Context, tree source.Tree, entries []source.Entry) ([]source.File, error) {
	batch := max(1, len(entries))
	if slices.ContainsFunc(entries, func(e source.Entry) bool { return e.Size < 0 }) {
		batch = unknownBatch
	}
	var files []source.File
	text := 0
	for part := range slices.Chunk(entries, batch) {
		read, err := tree.Read(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, f := range read {
			if text += len(f.Text); text > maxText {
				return files, nil
			}
			files = append(files, f)
		}
	}
	return files, ctx.Err()
}

// scanAll scans files on all processors, and returns them in their order.
func scanAll(files []source.File) []*scanned {
	all := make([]*scanned, len(files))
	forEach(len(files), func(i int) {
		f := files[i]
		// A config file is scanned too: its bytes may be those of a source file.
		all[i] = &scanned{size: len(f.Text), skip: f.Skip, imports: scanImports(f.Text)}
	})
	return all
}

// addConfig parses a config file. The globs of a pnpm workspace are collected
// by folder, since its package.json may be added later.
func (r *Repo) addConfig(p string, text []byte, globs map[string][]string) map[string][]string {
	dir := path.Dir(p)
	switch path.Base(p) {
	case "package.json":
		m := parseManifest(p, text)
		r.manifests[dir] = m
		r.digests[p] = m.digest()
		return appendGlobs(globs, dir, m.Workspaces)
	case "pnpm-workspace.yaml":
		found := parsePNPM(text)
		r.digests[p] = strings.Join(found, "\n")
		return appendGlobs(globs, dir, found)
	}
	c := parseTSConfig(p, text)
	r.configs[p] = c
	r.digests[p] = fmt.Sprintf("%+v", *c)
	return globs
}

func appendGlobs(globs map[string][]string, dir string, more []string) map[string][]string {
	if len(more) == 0 {
		return globs
	}
	if globs == nil {
		globs = map[string][]string{}
	}
	globs[dir] = append(globs[dir], more...)
	return globs
}

// indexWorkspaces finds the packages of workspaces by their globs.
func (r *Repo) indexWorkspaces(globs map[string][]string) {
	for dir, list := range globs {
		r.workspaces[dir] = newWorkspace(dir, list)
	}
	r.indexMembers()
}

// loadExtended reads the configs that others extend and whose names didn't tell
// that they are configs, until there are none left.
func (r *Repo) loadExtended(ctx context.Context, tree source.Tree) error {
	for range maxExtends {
		wanted := map[string]source.Entry{}
		for _, c := range r.configs {
			for _, spec := range c.extends {
				p, ok := r.extended(c, spec)
				if _, loaded := r.configs[p]; ok && !loaded && r.skipped[p] == "" {
					wanted[p] = r.entries[p]
				}
			}
		}
		if len(wanted) == 0 || len(r.configs)+len(wanted) > maxConfig {
			return nil
		}
		var entries []source.Entry
		for _, p := range slices.Sorted(maps.Keys(wanted)) {
			entries = append(entries, wanted[p])
		}
		files, err := r.read(ctx, tree, entries)
		if err != nil {
			return err
		}
		for p, file := range files {
			r.configs[p] = parseTSConfig(p, r.textOf(p, file))
			r.digests[p] = fmt.Sprintf("%+v", *r.configs[p])
		}
	}
	return nil
}

// Files lists the source files of the application, sorted: no type
// declarations, nothing installed, no tests, mocks and stories. These can still
// be imported, and Module knows them.
func (r *Repo) Files() []string { return slices.Clone(r.running()) }

// Tests lists the source files that are tests, mocks and stories, sorted.
func (r *Repo) Tests() []string {
	return slices.DeleteFunc(slices.Clone(r.sources), func(p string) bool { return !isTest(p) })
}

// Blob returns the content id of any file of the tree, empty when there is no
// such file.
func (r *Repo) Blob(path string) source.Blob { return r.entries[path].Blob }

// Text returns the text of a source file, nil when there is none. It must not
// be changed.
func (r *Repo) Text(path string) []byte {
	if file := r.files[path]; file != nil {
		return r.textOf(path, file.scanned)
	}
	return nil
}

// Settings returns the text of SettingsFile; nil when there is none. When ok is
// false there is one that could not be read, see Skipped.
func (r *Repo) Settings() (text []byte, ok bool) {
	_, there := r.entries[SettingsFile]
	return r.settingsText, !there || r.settingsText != nil
}

// Skipped lists the files that could not be read, and those that could not be
// parsed so far, sorted. Not all of them matter: a bundle among static files is
// too large as well.
func (r *Repo) Skipped() []Skip {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []Skip
	for _, p := range slices.Sorted(maps.Keys(r.skipped)) {
		list = append(list, Skip{p, r.skipped[p]})
	}
	return list
}

// ConfigChanged reports whether the two trees differ in a file that decides how
// imports are resolved. When they do, equal files may still import different
// ones.
func (r *Repo) ConfigChanged(other *Repo) bool { return !maps.Equal(r.digests, other.digests) }
