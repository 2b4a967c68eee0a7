package module

import (
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
)

// maxIndirections bounds how often a `#name` may lead to another one.
const maxIndirections = 8

// Resolution says where a specifier leads. Exactly one field is set.
type Resolution struct {
	Path    string // a file of the repository, with code or not
	Package string // an installed package or a module of Node.js: the specifier as written
	Missing string // why it leads nowhere, one line
}

// Resolve returns where a specifier in the file from leads.
func (r *Repo) Resolve(from, spec string) Resolution { return r.resolved(r.resolveKey(from, spec)) }

func (r *Repo) resolved(key resolveKey) Resolution {
	if known, ok := r.found.resolved.get(key); ok {
		return known
	}
	found := r.resolve(key.dir, key.spec, 0)
	r.found.resolved.add(key, found)
	return found
}

// resolveKey is all that decides where a specifier leads: the folder of a relative one,
// and of others the nearest that says something about resolving.
type resolveKey struct{ dir, spec string }

func (r *Repo) resolveKey(from, spec string) resolveKey {
	dir := path.Dir(from)
	if plain, _, _ := strings.Cut(spec, "?"); !isRelative(plain) {
		dir = r.zone(dir)
	}
	return resolveKey{dir, spec}
}

// zone is the nearest folder, from one upwards, that has a file which decides how
// imports are resolved; "." where none has.
func (r *Repo) zone(dir string) string {
	if known, ok := r.found.zones.get(dir); ok {
		return known
	}
	at := "."
	parents(dir, func(dir string) bool {
		at = dir
		return r.manifests[dir] != nil || r.workspaces[dir].dir != "" || r.config(dir) != ""
	})
	r.found.zones.add(dir, at)
	return at
}

// resolutions are where specifiers lead in trees of one listing: trees that have
// the same paths, and config files that say the same. It is safe for concurrent
// use.
type resolutions struct {
	mu       sync.Mutex
	settings map[string][]options // by folder
	resolved *memo[resolveKey, Resolution]
	zones    *memo[string, string] // by folder
}

func newResolutions() *resolutions {
	return &resolutions{settings: map[string][]options{}, resolved: newMemo[resolveKey, Resolution](), zones: newMemo[string, string]()}
}

// listing names all that resolving depends on: which files there are, and what
// the config files say.
func (r *Repo) listing() [32]byte {
	hash := sha256.New()
	for _, p := range slices.Sorted(maps.Keys(r.entries)) {
		io.WriteString(hash, p+"\x00")
	}
	for _, p := range slices.Sorted(maps.Keys(r.digests)) {
		io.WriteString(hash, "\x00"+p+"\x00"+r.digests[p])
	}
	return [32]byte(hash.Sum(nil))
}

func (r *Repo) resolve(dir, spec string, depth int) Resolution {
	missing := Resolution{Missing: fmt.Sprintf("%q leads to no file", spec)}
	if spec == "" || len(spec) > maxSpecifier || depth > maxIndirections {
		return missing
	}
	plain, _, _ := strings.Cut(spec, "?") // what follows is for a bundler's loader
	if isRelative(plain) {
		at, ok := inside(dir, plain)
		if !ok {
			return Resolution{Missing: fmt.Sprintf("%q leads out of the repository", spec)}
		}
		if file, ok := r.lookup(at); ok {
			return Resolution{Path: file}
		}
		return missing
	}
	if strings.HasPrefix(plain, "node:") {
		return Resolution{Package: spec}
	}
	for _, o := range r.configsFor(dir) {
		if file, ok, matched := r.aliased(o, plain); ok {
			return Resolution{Path: file}
		} else if matched {
			break
		}
	}
	if strings.HasPrefix(plain, "#") {
		return r.internal(dir, plain, depth)
	}
	name, sub := splitPackage(plain)
	if m := r.member(dir, name); m != nil {
		if file, ok := r.packageFile(m, sub); ok {
			return Resolution{Path: file}
		}
		return Resolution{Missing: fmt.Sprintf("%q: the package in %s has no such file", spec, m.dir)}
	}
	if rest, ok := aliasLike(plain); ok {
		if file, ok := r.conventional(dir, rest); ok {
			return Resolution{Path: file}
		}
		return missing
	}
	return Resolution{Package: spec}
}

// internal resolves a `#name` through the `imports` of the package.json above.
func (r *Repo) internal(dir, spec string, depth int) Resolution {
	if m := r.nearestManifest(dir); m != nil {
		list, _ := targets(m.Imports, spec)
		for _, target := range list {
			if !isRelative(target) {
				return r.resolve(m.dir, target, depth+1)
			}
			if file, ok := r.target(m.dir, target); ok {
				return Resolution{Path: file}
			}
		}
	}
	if rest, ok := strings.CutPrefix(spec, "#/"); ok {
		if file, ok := r.conventional(dir, rest); ok {
			return Resolution{Path: file}
		}
	}
	return Resolution{Missing: fmt.Sprintf("%q leads to no file", spec)}
}

// aliasLike returns what follows the alias in a specifier that can be no
// package's, since npm allows no such name.
func aliasLike(spec string) (rest string, ok bool) {
	for _, alias := range []string{"@/", "~/", "$/", "~", "/", "$"} {
		if rest, ok := strings.CutPrefix(spec, alias); ok {
			return rest, true
		}
	}
	return "", false
}

// conventional looks for a file where an alias usually points when no config
// says so: src or the root of the package, or of one around it.
func (r *Repo) conventional(dir, rest string) (file string, ok bool) {
	parents(dir, func(dir string) bool {
		if dir != "." && r.manifests[dir] == nil {
			return false
		}
		for _, base := range []string{path.Join(dir, "src"), dir} {
			if at, inRepo := inside(base, rest); inRepo {
				if file, ok = r.lookup(at); ok {
					return true
				}
			}
		}
		return false
	})
	return file, ok
}

// isRelative reports whether a specifier is relative to the importing file.
func isRelative(spec string) bool {
	return spec == "." || spec == ".." || strings.HasPrefix(spec, "./") || strings.HasPrefix(spec, "../")
}

// splitPackage cuts a specifier into a package's name and the subpath in it:
// "@a/b/c" gives "@a/b" and "./c", "a" gives "a" and ".".
func splitPackage(spec string) (name, sub string) {
	parts := strings.SplitN(spec, "/", 3)
	n := 1
	if strings.HasPrefix(spec, "@") && len(parts) > 1 {
		n = 2
	}
	name = strings.Join(parts[:n], "/")
	if len(name) == len(spec) {
		return name, "."
	}
	return name, "." + spec[len(name):]
}

// lookup returns the file that a path in an import means: a file (lookupFile),
// or what the package.json of a folder names.
func (r *Repo) lookup(at string) (file string, ok bool) {
	if file, ok := r.lookupFile(at); ok {
		return file, true
	}
	if m := r.manifests[at]; m != nil {
		return r.packageFile(m, ".")
	}
	return "", false
}

// lookupFile returns the file that a path means by its name: itself, with an
// extension, the source of a compiled name, or the index of a folder.
func (r *Repo) lookupFile(at string) (file string, ok bool) {
	if slices.Contains(extensions, path.Ext(at)) && r.has(at) {
		return at, true
	}
	if file, ok := r.withExtension(at); ok {
		return file, true
	}
	bare := strings.TrimSuffix(at, path.Ext(at))
	for _, ext := range written[path.Ext(at)] {
		if r.has(bare + ext) {
			return bare + ext, true
		}
	}
	if r.has(at) {
		return at, true
	}
	return r.withExtension(path.Join(at, "index"))
}

func (r *Repo) withExtension(at string) (file string, ok bool) {
	for _, ext := range extensions {
		if r.has(at + ext) {
			return at + ext, true
		}
	}
	return "", false
}

// has reports whether a file can be imported: type declarations are none, and
// what is installed isn't read.
func (r *Repo) has(file string) bool {
	_, ok := r.entries[file]
	return ok && !isDeclaration(file) && !installed(file)
}
