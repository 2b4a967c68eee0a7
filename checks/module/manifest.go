package module

import (
	"cmp"
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// Bounds on what one package.json may hold, far above what people write.
const (
	maxWorkspaces = 200 // globs
	maxConditions = 100 // targets of one export
	maxNesting    = 16  // conditions inside of conditions
	maxRange      = 200 // bytes of a dependency's range
)

// manifest is what a package.json says about resolving.
type manifest struct {
	dir string

	Name       string            `json:"name,omitempty"`
	Source     string            `json:"source,omitempty"`
	Module     string            `json:"module,omitempty"`
	Main       string            `json:"main,omitempty"`
	Types      string            `json:"types,omitempty"`
	Typings    string            `json:"typings,omitempty"`
	Exports    any               `json:"exports,omitempty"`
	Imports    map[string]any    `json:"imports,omitempty"`
	Workspaces []string          `json:"workspaces,omitempty"`
	Version    string            `json:"-"`
	Needs      map[string]string `json:"-"` // dependencies by name, as written
}

// parseManifest reads a package.json; what isn't as its documentation says is
// left out.
func parseManifest(file string, text []byte) *manifest {
	m := &manifest{dir: path.Dir(file)}
	var raw map[string]json.RawMessage
	if json.Unmarshal(plainJSON(text), &raw) != nil {
		return m
	}
	for key, field := range map[string]*string{
		"name": &m.Name, "source": &m.Source, "module": &m.Module, "main": &m.Main, "types": &m.Types, "typings": &m.Typings,
		"version": &m.Version,
	} {
		decode(raw[key], field)
	}
	decode(raw["exports"], &m.Exports)
	decode(raw["imports"], &m.Imports)
	m.Workspaces = stringOrList(raw["workspaces"])
	var yarn struct{ Packages []string }
	if m.Workspaces == nil && decode(raw["workspaces"], &yarn) {
		m.Workspaces = yarn.Packages
	}
	m.Workspaces = m.Workspaces[:min(len(m.Workspaces), maxWorkspaces)]
	m.Needs = map[string]string{}
	for _, key := range []string{"peerDependencies", "optionalDependencies", "devDependencies", "dependencies"} {
		var needs map[string]any
		decode(raw[key], &needs)
		for name, version := range needs {
			m.Needs[name], _ = version.(string)
		}
	}
	return m
}

// decode reads a field, and reports whether it is of the type.
func decode[T any](raw json.RawMessage, into *T) bool {
	var value T
	if len(raw) == 0 || json.Unmarshal(raw, &value) != nil {
		return false
	}
	*into = value
	return true
}

// linked returns the folder, relative to the manifest's, that a dependency
// names instead of a version.
func (m *manifest) linked(name string) (folder string, ok bool) {
	for _, protocol := range []string{"file:", "link:", "portal:"} {
		if folder, ok := strings.CutPrefix(m.Needs[name], protocol); ok {
			return folder, true
		}
	}
	return "", false
}

// takes reports whether the package that m needs under a name is the given one
// of its workspace. Package managers link that when its version is in the range,
// or when `workspace:` demands it, and else install the published one of that
// name. A name that isn't listed can only be found where the workspace is.
func (m *manifest) takes(other *manifest) bool {
	need, listed := m.Needs[other.Name]
	if !listed || strings.HasPrefix(need, "workspace:") {
		return true
	}
	version, err := semver.NewVersion(cmp.Or(other.Version, "0.0.0"))
	if err != nil || len(need) > maxRange {
		return false
	}
	constraint, err := semver.NewConstraint(cmp.Or(need, "*"))
	return err == nil && constraint.Check(version)
}

// conditions lists the conditions of exports and imports in the order in which
// their targets are tried: what leads to source text first, what runs on a
// server before the rest. Types come last, since they say nothing about what
// runs.
var conditions = []string{"source", "development", "react-server", "node", "import", "module", "module-sync", "require", "default"}

// targets returns where an entry of exports or imports may lead, best first.
// found says that there is an entry for the key; one that is closed (null) has
// no targets.
func targets(entries map[string]any, key string) (list []string, found bool) {
	value, found := entries[key]
	star := ""
	if !found {
		value, star, found = bestEntry(entries, key)
	}
	for _, target := range flatten(value, 0, nil) {
		list = append(list, strings.ReplaceAll(target, "*", star))
	}
	return list, found
}

// bestEntry returns the entry whose pattern matches a key best, and what its
// star stands for.
func bestEntry(entries map[string]any, key string) (value any, star string, found bool) {
	var best pattern
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		p, candidate := newPattern(name), entries[name]
		if folder, ok := candidate.(string); ok && strings.HasSuffix(name, "/") { // as old packages write it
			p, candidate = newPattern(name+"*"), folder+"*"
		}
		if s, match := p.match(key); match && p.star && (!found || p.before(best) < 0) {
			best, value, star, found = p, candidate, s, true
		}
	}
	return value, star, found
}

// flatten lists the targets of a value of exports: a target, a list of
// alternatives, or conditions with values of their own.
func flatten(value any, depth int, list []string) []string {
	if depth > maxNesting || len(list) >= maxConditions {
		return list
	}
	switch value := value.(type) {
	case string:
		return append(list, value)
	case []any:
		for _, alternative := range value {
			list = flatten(alternative, depth+1, list)
		}
	case map[string]any:
		for _, condition := range conditions {
			list = flatten(value[condition], depth+1, list)
		}
		for _, condition := range slices.Sorted(maps.Keys(value)) {
			if condition != "types" && !slices.Contains(conditions, condition) {
				list = flatten(value[condition], depth+1, list)
			}
		}
		list = flatten(value["types"], depth+1, list)
	}
	return list
}

// exports returns the entries of the field by subpath ("." and "./x"), nil when
// the package has none.
func (m *manifest) exports() map[string]any {
	switch value := m.Exports.(type) {
	case nil:
		return nil
	case map[string]any:
		for key := range value {
			if strings.HasPrefix(key, ".") {
				return value
			}
		}
	}
	return map[string]any{".": m.Exports}
}

// packageFile returns the file that a package of the repository gives for a
// subpath: "." or "./x".
func (r *Repo) packageFile(m *manifest, sub string) (file string, ok bool) {
	list, found := targets(m.exports(), sub)
	if found && len(list) == 0 {
		return "", false
	}
	if !found && sub == "." {
		for _, field := range []string{m.Source, m.Module, m.Main, m.Types, m.Typings} {
			if field != "" {
				list = append(list, field)
			}
		}
	}
	for _, target := range list {
		if file, ok := r.target(m.dir, target); ok {
			return file, true
		}
	}
	if sub == "." {
		sub = "index"
	}
	for _, guess := range []string{"src/" + sub, sub} {
		if at, ok := inside(m.dir, guess); ok {
			if file, ok := r.lookupFile(at); ok {
				return file, true
			}
		}
	}
	return "", false
}

// built names the folders that hold what a build wrote, whose source lies in
// src or at the package's root.
var built = []string{"dist", "build", "lib", "out", "esm", "cjs", "es", ".output"}

// target returns the source file that a target of a package stands for. A
// repository rarely holds what its builds write.
func (r *Repo) target(dir, target string) (file string, ok bool) {
	at, ok := inside(dir, target)
	if !ok {
		return "", false
	}
	if file, ok := r.lookupFile(at); ok && (strings.Contains(path.Ext(file), "ts") || !inBuild(dir, at)) {
		return file, true
	}
	rel := strings.TrimPrefix(strings.TrimPrefix(at, dir), "/")
	if dir == "." {
		rel = at
	}
	for {
		first, rest, more := strings.Cut(rel, "/")
		if !more || !slices.Contains(built, first) {
			break
		}
		rel = rest
	}
	rel = stripExtension(rel)
	for _, guess := range []string{path.Join(dir, "src", rel), path.Join(dir, rel)} {
		if file, ok := r.lookupFile(guess); ok {
			return file, true
		}
	}
	return r.lookupFile(at)
}

// inBuild reports whether a file of a package lies in a folder that builds
// write to.
func inBuild(dir, file string) bool {
	rel := file
	if dir != "." {
		rel = strings.TrimPrefix(file, dir+"/")
	}
	first, _, more := strings.Cut(rel, "/")
	return more && slices.Contains(built, first)
}

// stripExtension drops the extension of a source or declaration file.
func stripExtension(p string) string {
	if isDeclaration(p) {
		p = strings.TrimSuffix(p, path.Ext(p))
	} else if !slices.Contains(extensions, path.Ext(p)) {
		return p
	}
	p = strings.TrimSuffix(p, path.Ext(p))
	return strings.TrimSuffix(p, ".d")
}

// digest is a text that is equal for manifests that say the same about
// resolving.
func (m *manifest) digest() string {
	text, err := json.Marshal(m)
	if err != nil {
		return err.Error()
	}
	return string(text)
}
