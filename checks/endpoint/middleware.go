package endpoint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Gate is the middleware of one application: the function that Next.js calls
// for requests that the matcher lets in, before it serves them.
// https://nextjs.org/docs/app/api-reference/file-conventions/proxy
type Gate struct {
	Endpoint
	// Root is the folder beside whose app or pages folder the middleware stands:
	// "" at the top, "src", "apps/web/src".
	Root string
	// Config is the exported config, zero when there is none.
	Config syntax.Span
	// Unread says why the matcher isn't known, if so; the gate is then taken to
	// run for every request, as Next.js does.
	Unread   string
	matchers []matcher // none: every request
}

var gateFile = regexp.MustCompile(`^(proxy|middleware)(\.page)?\.(ts|tsx|js|jsx|mts|mjs)$`)

// Gates lists the middleware of every application, sorted by Root. A file of
// that name which stands elsewhere, or exports no middleware, is none. Where an
// application has both, proxy comes before middleware, which it replaces.
func Gates(repo *module.Repo) []Gate {
	var candidates []string
	roots := map[string]bool{}
	for _, file := range repo.Files() {
		if gateFile.MatchString(path.Base(file)) {
			candidates = append(candidates, file)
		}
		if root, ok := Root(repo, file); ok {
			roots[root] = true
		}
	}
	gates := map[string]*Gate{}
	for _, file := range candidates {
		root, name := folder(file), gateFile.FindStringSubmatch(path.Base(file))[1]
		if !roots[root] || gates[root] != nil && name == "middleware" {
			continue
		}
		if g := newGate(repo, file, name); g != nil {
			g.Root, gates[root] = root, g
		}
	}
	var out []Gate
	for _, g := range gates {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b Gate) int { return strings.Compare(a.Root, b.Root) })
	return out
}

// folder is the folder of a file, "" for the top.
func folder(file string) string {
	if dir := path.Dir(file); dir != "." {
		return dir
	}
	return ""
}

func newGate(repo *module.Repo, file, name string) *Gate {
	m := repo.Module(file)
	if m == nil {
		return nil
	}
	names := repo.ExportNames(m)
	export := name
	if !slices.Contains(names, export) {
		export = "default"
	}
	if !slices.Contains(names, export) {
		return nil
	}
	g := &Gate{Endpoint: Endpoint{Ref: Ref{Kind: Middleware, Name: name}}}
	g.declared(m, export)
	g.configure(m, slices.Contains(names, "config"))
	return g
}

// Root is the folder beside whose app or pages folder a file is served; false
// for a file that isn't below one.
func Root(repo *module.Repo, file string) (string, bool) {
	dir := path.Dir(file)
	for _, name := range []string{"app", "pages"} {
		if base := path.Base(file); name == "app" && !servedInApp.MatchString(base) {
			continue
		}
		segments, ok := below(repo, dir, name)
		if !ok {
			continue
		}
		tail := path.Join(append([]string{name}, segments...)...)
		return strings.TrimSuffix(strings.TrimSuffix(dir, tail), "/"), true
	}
	return "", false
}

// servedInApp are the files of an app folder by which Next.js serves a path.
var servedInApp = regexp.MustCompile(`^(page|route|layout|default)\.(ts|tsx|js|jsx|mts|mjs)$`)

// maxSlow bounds the patterns of a matcher that may run into their time limit;
// those behind them aren't tried.
const maxSlow = 4

// Covers says whether the gate runs for a request to a path.
func (g *Gate) Covers(url string) Reach {
	if g.Unread != "" || len(g.matchers) == 0 {
		return Always
	}
	reach, slow := Never, 0
	for i := range g.matchers {
		m := &g.matchers[i]
		ok, err := false, errSlow
		if slow < maxSlow {
			ok, err = m.pattern.Match(url)
		}
		if err != nil {
			slow++
		}
		switch {
		case err != nil || ok && m.conditional:
			// Counted as lost where it can't be told, never as kept.
			reach = max(reach, Sometimes)
		case ok:
			return Always
		}
	}
	return reach
}
