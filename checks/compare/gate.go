package compare

import (
	"path"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
)

// gate is an application's middleware, with what it gives the requests that it
// let through so far. A nil gate is an application without.
type gate struct {
	endpoint.Gate
	world *protect.World
	memo  map[string]*passage
}

// passage is what the middleware shows of who reaches an endpoint.
type passage struct {
	facts   []*protect.Fact
	reach   endpoint.Reach // whether the middleware runs for the endpoint's path
	blocked bool           // it lets nobody through
	unknown string         // why nothing is known, if so
	unsure  bool           // something is asked for that isn't understood
	cuts    int
	uses    []protect.Use // what their evaluation asked
}

// gateOf is the middleware of the application that a file belongs to.
func (t *tree) gateOf(file string) *gate {
	root, ok := endpoint.Root(t.repo, file)
	if !ok {
		return nil
	}
	return t.allGates()[root]
}

// allGates are the tree's middlewares by the root of their application.
func (t *tree) allGates() map[string]*gate {
	if t.gates == nil {
		t.gates = map[string]*gate{}
		for _, g := range endpoint.Gates(t.repo) {
			t.gates[g.Root] = &gate{Gate: g, world: t.world, memo: map[string]*passage{}}
		}
	}
	return t.gates
}

// application names an application whether or not its code stands in src.
func application(root string) string {
	if path.Base(root) == "src" {
		return strings.TrimSuffix(strings.TrimSuffix(root, "src"), "/")
	}
	return root
}

// passage is what the middleware in front of an endpoint gives it: what holds for
// each form of the endpoint's path.
func (t *tree) passage(e endpoint.Endpoint) *passage {
	url, ok := endpoint.Path(t.repo, e)
	if !ok {
		return &passage{}
	}
	file := e.File
	if e.Kind == endpoint.TRPC {
		file = e.Mount.Module.Path
	}
	if e.Root != "" {
		file = e.Root
	}
	g := t.gateOf(file)
	if g == nil {
		return &passage{}
	}
	out := &passage{reach: endpoint.Always, blocked: true}
	var lists [][]*protect.Fact
	for _, sample := range endpoint.Samples(url) {
		p := g.through(e.Method, sample)
		out.reach = min(out.reach, p.reach)
		out.blocked = out.blocked && p.blocked
		out.cuts += p.cuts
		out.unsure = out.unsure || p.unsure
		out.uses = append(out.uses, p.uses...)
		if p.unknown != "" {
			out.unknown = p.unknown
		}
		if !p.blocked {
			lists = append(lists, p.facts)
		}
	}
	out.facts = protect.Meet(lists)
	return out
}

// through evaluates the middleware for one path.
func (g *gate) through(method, sample string) *passage {
	key := method + " " + sample
	if p, ok := g.memo[key]; ok {
		return p
	}
	p := &passage{reach: g.Covers(sample)}
	if p.reach == endpoint.Always {
		through := g.world.Through(g.Endpoint, method, sample)
		p.facts, p.blocked, p.unknown = through.Facts, through.Blocked, through.Lost
		p.unsure, p.cuts, p.uses = through.Opaque, len(through.Cuts), through.Uses
	}
	g.memo[key] = p
	return p
}

// Passages are what the middlewares of a tree show of who gets to an endpoint.
type Passages struct{ tree *tree }

// NewPassages prepares to evaluate the middlewares of a repository in a world of
// it.
func NewPassages(repo *module.Repo, w *protect.World) *Passages {
	return &Passages{&tree{side: Head, repo: repo, world: w}}
}

// Of gives what the middleware in front of an endpoint shows of who reaches it,
// and why nothing is known, if so.
func (p *Passages) Of(e endpoint.Endpoint) (facts []*protect.Fact, unknown string) {
	if g := p.tree.gateOf(e.File); g != nil && g.Unread != "" {
		return nil, "which paths it covers isn't known: " + g.Unread
	}
	through := p.tree.passage(e)
	return through.facts, through.unknown
}
