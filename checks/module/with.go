package module

import (
	"maps"
	"slices"

	"github.com/authdiff/authdiff/checks/source"
)

// With returns the repository with another text in the place of a source file's
// own, and everything else shared. The text must import the same as before.
func (r *Repo) With(path string, text []byte) *Repo {
	out := &Repo{
		cache: r.cache, entries: maps.Clone(r.entries), files: maps.Clone(r.files), sources: r.sources,
		configs: r.configs, manifests: r.manifests, workspaces: r.workspaces, members: r.members, digests: r.digests,
		settingsText: r.settingsText, found: r.found,
		modules: map[string]*Module{}, skipped: map[string]string{}, stars: map[string][]star{},
		fetch: r.fetch, exported: newMemo[exportKey, answer](),
	}
	text = slices.Clone(text)
	changed := &scanned{size: len(text), imports: r.files[path].imports}
	changed.text.Store(&text)
	out.running, out.importers = r.running, r.importers
	out.entries[path] = source.Entry{Path: path, Blob: source.BlobOf(text), Size: int64(len(text))}
	out.files[path] = newFile(changed)
	return out
}
