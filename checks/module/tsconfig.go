package module

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/tidwall/jsonc"
)

// Bounds on what one tsconfig may hold, far above what people write.
const (
	maxExtends  = 16   // configs that extend one another
	maxPatterns = 2000 // keys of paths
	maxTargets  = 50   // targets of one key
)

// tsconfig is what one tsconfig.json or jsconfig.json says about resolving,
// without what it extends.
type tsconfig struct {
	dir     string
	extends []string
	baseURL string // as written; "" when absent
	paths   []pathPattern
	hasPath bool // paths is set, maybe to nothing
}

// pathPattern is one key of `paths` with its targets, as written.
type pathPattern struct {
	pattern
	targets []string
}

// pattern is a text with at most one star.
type pattern struct {
	prefix, suffix string
	star           bool
}

func newPattern(text string) pattern {
	prefix, suffix, star := strings.Cut(text, "*")
	return pattern{prefix, suffix, star}
}

// match returns what the star stands for in text.
func (p pattern) match(text string) (star string, ok bool) {
	if !p.star {
		return "", text == p.prefix
	}
	if len(text) < len(p.prefix)+len(p.suffix) || !strings.HasPrefix(text, p.prefix) || !strings.HasSuffix(text, p.suffix) {
		return "", false
	}
	return text[len(p.prefix) : len(text)-len(p.suffix)], true
}

// before orders patterns as they are tried: exact ones first, then by the
// length of what stands before the star.
func (p pattern) before(q pattern) int {
	switch {
	case p.star != q.star && q.star:
		return -1
	case p.star != q.star:
		return 1
	case len(p.prefix) != len(q.prefix):
		return len(q.prefix) - len(p.prefix)
	case len(p.suffix) != len(q.suffix):
		return len(q.suffix) - len(p.suffix)
	}
	return strings.Compare(p.prefix+"*"+p.suffix, q.prefix+"*"+q.suffix)
}

// parseTSConfig reads a config file; what isn't as the schema says is left out,
// and a file that is no JSON says nothing.
func parseTSConfig(file string, text []byte) *tsconfig {
	c := &tsconfig{dir: path.Dir(file)}
	var raw struct {
		Extends         json.RawMessage `json:"extends"`
		CompilerOptions struct {
			BaseURL json.RawMessage            `json:"baseUrl"`
			Paths   map[string]json.RawMessage `json:"paths"`
		} `json:"compilerOptions"`
	}
	if json.Unmarshal(plainJSON(text), &raw) != nil {
		return c
	}
	c.extends = stringOrList(raw.Extends)
	c.extends = c.extends[:min(len(c.extends), maxExtends)]
	if base := stringOrList(raw.CompilerOptions.BaseURL); len(base) == 1 {
		c.baseURL = base[0]
	}
	c.hasPath = raw.CompilerOptions.Paths != nil
	for key, value := range raw.CompilerOptions.Paths {
		targets := stringOrList(value)
		if strings.Count(key, "*") <= 1 && len(targets) <= maxTargets {
			c.paths = append(c.paths, pathPattern{newPattern(key), targets})
		}
	}
	slices.SortFunc(c.paths, func(a, b pathPattern) int { return a.before(b.pattern) })
	c.paths = c.paths[:min(len(c.paths), maxPatterns)]
	return c
}

// plainJSON drops what JSON doesn't allow but the tools that read these files
// do: comments, trailing commas, a byte order mark.
func plainJSON(text []byte) []byte {
	return jsonc.ToJSON(bytes.TrimPrefix(text, []byte("\ufeff")))
}

// stringOrList reads a JSON string, or a list of them.
func stringOrList(raw json.RawMessage) []string {
	var one string
	if json.Unmarshal(raw, &one) == nil && one != "" {
		return []string{one}
	}
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		return list
	}
	return nil
}

// options are a config's settings with all that it extends: what TypeScript
// calls the effective compiler options.
type options struct {
	base    string // the folder that baseUrl means, when hasBase
	hasBase bool
	paths   []pathPattern
	from    string // the folder that the targets of paths are relative to
	leaf    string // the folder that ${configDir} means
}

// effective merges a config over what it extends, the nearest having the last
// word. As in TypeScript, `paths` is taken as a whole, relative to baseUrl, or
// without one to the config that has it.
func (r *Repo) effective(file string) options {
	o := options{leaf: path.Dir(file)}
	for _, c := range r.chain(file, map[string]bool{}) {
		if c.baseURL != "" {
			o.base, o.hasBase = o.join(c.dir, c.baseURL)
		}
		if c.hasPath {
			o.paths, o.from = c.paths, c.dir
		}
	}
	if o.hasBase {
		o.from = o.base
	}
	return o
}

// chain lists a config behind all that it extends, each once.
func (r *Repo) chain(file string, seen map[string]bool) []*tsconfig {
	c := r.configs[file]
	if c == nil || seen[file] || len(seen) >= maxExtends {
		return nil
	}
	seen[file] = true
	var chain []*tsconfig
	for _, spec := range c.extends {
		if parent, ok := r.extended(c, spec); ok {
			chain = append(chain, r.chain(parent, seen)...)
		}
	}
	return append(chain, c)
}

// join resolves a path of a config in a folder; ok is false when it leads out
// of the repository.
func (o *options) join(dir, rel string) (string, bool) {
	if rest, ok := strings.CutPrefix(rel, "${configDir}"); ok {
		return inside(o.leaf, "./"+rest)
	}
	if strings.HasPrefix(rel, "/") {
		return "", false
	}
	return inside(dir, rel)
}

// extended returns the file that an `extends` of a config names. One that lies
// in an installed package is none of ours; those that people publish don't set
// paths.
func (r *Repo) extended(c *tsconfig, spec string) (string, bool) {
	dir, rel := c.dir, spec
	if !isRelative(spec) {
		name, sub := splitPackage(spec)
		m := r.member(c.dir, name)
		if m == nil {
			return "", false
		}
		dir, rel = m.dir, sub
	}
	p, ok := inside(dir, rel)
	if !ok {
		return "", false
	}
	for _, candidate := range []string{p, p + ".json", path.Join(p, "tsconfig.json")} {
		if _, ok := r.entries[candidate]; ok {
			return candidate, true
		}
	}
	return "", false
}

// configsFor returns the settings that hold in a folder: those of the nearest
// config first, then of those above, which help where a folder's own config is
// one for tests or tools.
func (r *Repo) configsFor(dir string) []options {
	r.found.mu.Lock()
	defer r.found.mu.Unlock()
	if known, ok := r.found.settings[dir]; ok {
		return known
	}
	var found []options
	parents(dir, func(dir string) bool {
		if file := r.config(dir); file != "" {
			found = append(found, r.effective(file))
		}
		return false
	})
	r.found.settings[dir] = found
	return found
}

// config returns the config file of a folder; empty for none.
func (r *Repo) config(dir string) string {
	for _, name := range []string{"tsconfig.json", "jsconfig.json"} {
		if file := path.Join(dir, name); r.configs[file] != nil {
			return file
		}
	}
	return ""
}

// aliased resolves a specifier through `paths` and baseUrl. Of the patterns the
// best alone counts; matched says that there was one.
func (r *Repo) aliased(o options, spec string) (file string, ok, matched bool) {
	for _, p := range o.paths {
		star, match := p.match(spec)
		if !match {
			continue
		}
		for _, target := range p.targets {
			at, ok := o.join(o.from, strings.Replace(target, "*", star, 1))
			if !ok {
				continue
			}
			if file, ok := r.lookup(at); ok {
				return file, true, true
			}
		}
		matched = true
		break
	}
	if !o.hasBase {
		return "", false, matched
	}
	at, ok := inside(o.base, spec)
	if !ok {
		return "", false, matched
	}
	file, ok = r.lookup(at)
	return file, ok, matched
}
