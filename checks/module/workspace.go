package module

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v3"
)

// Bounds on workspace globs. Each `**` and each brace multiplies the time of
// matching; a real monorepo has some ten globs and a few hundred packages.
const (
	maxGlob         = 200 // bytes
	maxStars        = 2   // `**` in one glob
	maxBraces       = 2   // `{` in one glob
	maxAlternatives = 20  // commas in one glob
	maxMatches      = 100_000
)

// workspace is a folder whose packages import one another by name.
type workspace struct {
	dir              string
	include, exclude []string // globs of package folders, relative to dir
}

// newWorkspace sorts the globs of a workspace.
func newWorkspace(dir string, globs []string) workspace {
	w := workspace{dir: dir}
	for _, glob := range globs[:min(len(globs), maxWorkspaces)] {
		list := &w.include
		if rest, ok := strings.CutPrefix(glob, "!"); ok {
			glob, list = rest, &w.exclude
		}
		glob = strings.TrimSuffix(strings.TrimPrefix(glob, "./"), "/")
		if cheap(glob) {
			*list = append(*list, glob)
		}
	}
	return w
}

// cheap reports whether a glob is one that can be matched in little time.
func cheap(glob string) bool {
	return glob != "" && len(glob) <= maxGlob && strings.Count(glob, "**") <= maxStars &&
		strings.Count(glob, "{") <= maxBraces && strings.Count(glob, ",") <= maxAlternatives
}

// holds reports whether a folder below the workspace's is one of its packages.
func (w workspace) holds(dir string) bool {
	rel := dir
	if w.dir != "." {
		rel = strings.TrimPrefix(dir, w.dir+"/")
	}
	return matchAny(w.include, rel) && !matchAny(w.exclude, rel)
}

func matchAny(globs []string, p string) bool {
	for _, glob := range globs {
		if ok, err := doublestar.Match(glob, p); ok && err == nil {
			return true
		}
	}
	return false
}

// parsePNPM reads the globs of a pnpm-workspace.yaml.
func parsePNPM(text []byte) []string {
	var file struct {
		Packages []string `yaml:"packages"`
	}
	if yaml.Unmarshal(text, &file) != nil {
		return nil
	}
	return file.Packages
}

// member is a named package of a workspace.
type member struct {
	*manifest
	root string // the workspace's folder
}

// indexMembers finds the packages of all workspaces. A package belongs to the
// nearest workspace above it that names it.
func (r *Repo) indexMembers() {
	left := maxMatches
	for _, dir := range slices.Sorted(maps.Keys(r.manifests)) {
		m := r.manifests[dir]
		if m.Name == "" || dir == "." {
			continue
		}
		parents(path.Dir(dir), func(above string) bool {
			w := r.workspaces[above]
			if left -= len(w.include) + len(w.exclude); left < 0 {
				r.skipped[path.Join(dir, "package.json")] = "the repository has too many packages and workspace globs"
				return true
			}
			if !w.holds(dir) {
				return false
			}
			r.members[m.Name] = append(r.members[m.Name], member{m, above})
			return true
		})
	}
	r.digestNeeds()
}

// digestNeeds adds to the digest of each package.json which packages of the
// repository it needs: their version decides what a name means (see takes).
func (r *Repo) digestNeeds() {
	for dir, m := range r.manifests {
		var needs []string
		for name, version := range m.Needs {
			if _, linked := m.linked(name); linked {
				needs = append(needs, name+" "+version)
			}
			for _, found := range r.members[name] {
				needs = append(needs, fmt.Sprintf("%s %s %v", name, found.dir, m.takes(found.manifest)))
			}
		}
		slices.Sort(needs)
		r.digests[path.Join(dir, "package.json")] += strings.Join(needs, "\n")
	}
}

// member returns the package that a name means to a file in a folder: one that
// its package.json links, the package that it lies in, or one of a workspace
// around it; nil when the name is none of the repository's.
func (r *Repo) member(dir, name string) *manifest {
	own := r.nearestManifest(dir)
	if own == nil {
		own = &manifest{}
	}
	if folder, ok := own.linked(name); ok {
		at, _ := inside(own.dir, folder)
		return r.manifests[at]
	}
	if own.Name == name && own.Exports != nil { // Node.js allows it only then
		return own
	}
	var best *member
	for i, m := range r.members[name] {
		if !below(dir, m.root) || !own.takes(m.manifest) {
			continue
		}
		if best == nil || len(m.root) > len(best.root) || len(m.root) == len(best.root) && m.dir < best.dir {
			best = &r.members[name][i]
		}
	}
	if best == nil {
		return nil
	}
	return best.manifest
}

// below reports whether a folder is another one, or lies below it.
func below(dir, above string) bool {
	return above == "." || dir == above || strings.HasPrefix(dir, above+"/")
}

// nearestManifest returns the package.json of a folder or the nearest above.
func (r *Repo) nearestManifest(dir string) (found *manifest) {
	parents(dir, func(dir string) bool {
		found = r.manifests[dir]
		return found != nil
	})
	return found
}
