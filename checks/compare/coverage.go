package compare

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
)

// maxCovered bounds the paths for which a middleware is evaluated. The largest
// applications seen have a third of it.
const maxCovered = 3_000

// coverage finds the endpoints and pages that a middleware protected alone, and
// protects no longer: it runs for fewer paths, asks less of them, or is gone, or
// they moved to where it doesn't run.
func (c *comparison) coverage(ctx context.Context) error {
	base := c.base.allGates()
	for _, root := range sortedFields(base) {
		b := base[root]
		h := c.headGate(b)
		whole := c.gateTouched(b, h)
		if whole && !c.readable(b, h) {
			continue
		}
		pairs := c.served(b, h, whole)
		if len(pairs) > maxCovered {
			c.skip(b.Endpoint, fmt.Sprintf("the %s stands before more than %d paths", b.Name, maxCovered))
			pairs = pairs[:maxCovered]
		}
		for i, was := range ahead(ctx, pairs, func(p pair) *passage { return c.base.passage(p.base) }) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if h == nil || pairs[i].base.Name != pairs[i].head.Name || c.base.repo.Blob(b.File) != c.head.repo.Blob(h.File) || !c.sameUses(was.uses) {
				c.uncovered(b, pairs[i], was)
			}
		}
	}
	return ctx.Err()
}

// headGate is the head's middleware of the same application: where it stood,
// beside the src folder or in it, or where its file went.
func (c *comparison) headGate(b *gate) *gate {
	gates := c.head.allGates()
	if h := gates[b.Root]; h != nil {
		return h
	}
	for _, root := range sortedFields(gates) {
		if application(root) == application(b.Root) {
			return gates[root]
		}
	}
	to, ok := c.renamed[b.File]
	for _, root := range sortedFields(gates) {
		if ok && gates[root].File == to {
			return gates[root]
		}
	}
	return nil
}

func (c *comparison) gateTouched(b, h *gate) bool {
	return h == nil || h.File != b.File || (c.base.touched[b.File] || c.head.touched[h.File]) && !c.unchangedGate(b, h)
}

// readable reports whether both can be judged. It says so where the base could
// and the head can't.
func (c *comparison) readable(b, h *gate) bool {
	if protect.Broken(b.Endpoint) || h != nil && protect.Broken(h.Endpoint) {
		c.skip(b.Endpoint, "syntax error in the "+b.Name)
		return false
	}
	switch {
	case h == nil:
		return b.Unread == ""
	case b.Unread != "" && h.Unread != "":
		return b.configText() == h.configText()
	case h.Unread != "":
		c.skip(h.Endpoint, "which paths the "+h.Name+" covers isn't known: "+h.Unread)
	}
	return b.Unread == "" && h.Unread == ""
}

func (g *gate) configText() string { return g.Module.File.Source(g.Config) }

// served pairs the endpoints and pages of an application: all of them, or those
// that moved.
func (c *comparison) served(b, h *gate, whole bool) []pair {
	base := c.base.paths(func(file string) bool {
		if _, moved := c.renamed[file]; !whole && !moved {
			return false
		}
		root, ok := endpoint.Root(c.base.repo, file)
		return ok && root == b.Root && !c.settings.Ignores(file)
	})
	if len(base) == 0 {
		return nil
	}
	apps := map[string]bool{application(b.Root): true}
	if h != nil {
		apps[application(h.Root)] = true
	}
	for _, e := range base {
		if root, ok := endpoint.Root(c.head.repo, c.renamed[e.File]); ok {
			apps[application(root)] = true
		}
	}
	byName, byFile := map[string]endpoint.Endpoint{}, map[string]endpoint.Endpoint{}
	for _, e := range c.head.paths(func(file string) bool {
		root, ok := endpoint.Root(c.head.repo, file)
		return ok && apps[application(root)]
	}) {
		byName[e.Name] = e
		byFile[e.File+" "+e.Method] = e
	}
	var out []pair
	for _, e := range base {
		moved, ok := byFile[c.renamed[e.File]+" "+e.Method]
		if !ok {
			moved, ok = byName[e.Name]
		}
		if ok {
			out = append(out, pair{e, moved})
		}
	}
	return out
}

// paths lists the route handlers, API handlers and pages in files.
func (t *tree) paths(in func(string) bool) []endpoint.Endpoint {
	var files []string
	for _, f := range t.repo.Files() {
		if in(f) {
			files = append(files, f)
		}
	}
	out := endpoint.Pages(t.repo, files)
	for _, e := range endpoint.Find(t.repo, files) {
		if e.Kind == endpoint.Route || e.Kind == endpoint.PagesAPI {
			out = append(out, e)
		}
	}
	return out
}

// signInHandler is where Auth.js and Better Auth mount the handler by which callers
// sign in: nobody can have done so before.
const signInHandler = " /api/auth/[..."

// uncovered compares what one endpoint has from the middleware.
func (c *comparison) uncovered(b *gate, p pair, was *passage) {
	if was.blocked || len(was.facts) == 0 || strings.Contains(p.head.Name, signInHandler) {
		return
	}
	is := c.head.passage(p.head)
	if is.blocked || len(missing(was.facts, is.facts)) == 0 {
		return
	}
	h := c.head.gateOf(p.head.File)
	if is.unknown != "" {
		c.skip(h.Endpoint, is.unknown)
		return
	}
	own := c.head.own(p.head)
	for _, f := range missing(was.facts, append(slices.Clone(is.facts), own.facts...)) {
		l := &loss{pair: p, layer: f.Layer, change: Removed, severity: Error, confidence: f.Confidence, rule: "middleware-coverage-lost",
			key: "middleware:" + string(f.Kind) + f.Key, what: GuardOf(f), evidence: f.Evidence, effect: own.open(f), impact: pageImpact(p.head, f)}
		if w := weaker(is.facts, f); w != nil {
			l.change, l.instead = Weakened, w.What
		} else if is.reach == endpoint.Sometimes {
			l.change = Bypassed
		}
		if l.confidence == protect.Low || is.cuts > was.cuts || is.unsure || own.unread {
			l.confidence, l.severity = protect.Low, Warning
		}
		l.message = uncoveredWords(l, h, is, c.renamed[b.File])
		c.placeGate(b, h, l, is)
		c.losses = append(c.losses, l)
	}
}

// missing lists the guards that others don't imply, each once: what follows from
// another one that is missing goes with it.
func missing(facts, have []*protect.Fact) []*protect.Fact {
	var out []*protect.Fact
	for _, f := range facts {
		if f.Layer != "" && !protect.Entails(have, f) && !keptInCases(have, nil, f) {
			out = append(out, f)
		}
	}
	return slices.DeleteFunc(out, func(f *protect.Fact) bool {
		return f.Kind == protect.AnyOf && slices.ContainsFunc(out, func(g *protect.Fact) bool {
			return g.Kind != protect.AnyOf && protect.Entails([]*protect.Fact{g}, f)
		})
	})
}

// GuardOf names what a fact asks for; of alternatives, without the conditions
// under which nothing is asked.
func GuardOf(f *protect.Fact) string {
	if f.Kind != protect.AnyOf {
		return f.What
	}
	var whats []string
	for _, alt := range f.Any {
		for _, g := range alt {
			if g.Layer != "" && !slices.Contains(whats, g.What) {
				whats = append(whats, g.What)
			}
		}
	}
	if len(whats) == 0 {
		return f.What
	}
	return strings.Join(whats, " or ")
}

// ownGuards is what an endpoint asks for by itself.
type ownGuards struct {
	facts   []*protect.Fact
	effects []*protect.Effect
	unread  bool // its code can't be read
}

// open is an effect that doesn't have a guard; nil when there is none.
func (o *ownGuards) open(f *protect.Fact) *protect.Effect {
	for _, e := range o.effects {
		if !protect.Entails(e.Facts, f) {
			return e
		}
	}
	return nil
}

// own works out what an endpoint guarantees by its own code: at each effect, or
// for a page without, whenever it is shown. A read before the check is no harm
// when the answer waits for it. A page's layouts ask for the page.
func (t *tree) own(e endpoint.Endpoint) *ownGuards {
	p := t.world.Protect(e)
	o := &ownGuards{effects: p.Effects, unread: p.Lost != "" && e.Kind != endpoint.Page}
	var lists [][]*protect.Fact
	for _, x := range p.Effects {
		facts := x.Facts
		if p.Exit != nil && !x.Writes() {
			facts = append(slices.Clone(facts), p.Exit.Facts...)
		}
		lists = append(lists, facts)
	}
	switch {
	case e.Kind == endpoint.Page && len(lists) == 0:
		lists = append(lists, p.Shown)
	case p.Exit != nil:
		lists = append(lists, p.Exit.Facts)
	case len(lists) == 0:
		lists = append(lists, p.End)
	}
	o.facts = slices.Clone(protect.Meet(lists))
	if e.Kind == endpoint.Page {
		for _, l := range endpoint.Around(t.repo, e) {
			o.facts = append(o.facts, t.shown(l).facts...)
		}
	}
	return o
}

func pageImpact(e endpoint.Endpoint, f *protect.Fact) string {
	switch {
	case e.Kind != endpoint.Page:
		return ""
	case f.Layer == protect.Authentication:
		return "Anyone can open the page without signing in"
	}
	return "Any signed-in caller can open the page"
}

// uncoveredWords says why the middleware protects an endpoint no longer; moved
// is where its file went, if it did.
func uncoveredWords(l *loss, h *gate, is *passage, moved string) string {
	name := l.pair.head.Name
	alone := fmt.Sprintf("its %s protected it alone", l.what)
	switch {
	case l.change == Weakened:
		return fmt.Sprintf("the middleware asks less of %s than before: %s; %s", name, l.what, l.instead)
	case h == nil && moved != "":
		return fmt.Sprintf("no middleware runs for %s any more, %s isn't one: it must be called proxy or middleware, stand beside "+
			"the app or pages folder and export the function; %s", name, moved, alone)
	case h == nil:
		return fmt.Sprintf("no middleware runs for %s any more: %s", name, alone)
	case l.pair.base.Name != name && is.reach != endpoint.Always:
		return fmt.Sprintf("%s, which was %s, moved to where the middleware doesn't run: %s", name, l.pair.base.Name, alone)
	case is.reach == endpoint.Never:
		return fmt.Sprintf("the middleware no longer runs for %s: %s", name, alone)
	case is.reach == endpoint.Sometimes:
		return fmt.Sprintf("the middleware runs for %s only under a condition that the caller controls: %s", name, alone)
	}
	return fmt.Sprintf("the middleware lets everybody through to %s: %s", name, alone)
}

// stillGated lowers what an endpoint lost to a warning where the middleware in
// front of it still asks for the same: a mistake in its matcher, or a way around
// it, is now all that an attacker needs.
func (c *comparison) stillGated(e endpoint.Endpoint, losses []*loss) []*loss {
	for _, l := range losses {
		if l.fact == nil || l.severity != Error || l.fact.Via != "" {
			continue
		}
		have := c.head.passage(e).facts
		i := slices.IndexFunc(have, func(f *protect.Fact) bool { return protect.Entails([]*protect.Fact{f}, l.fact) })
		if i < 0 {
			continue
		}
		l.severity = Warning
		l.message = fmt.Sprintf("%s; only the middleware still asks for it (%s)", l.messageWords(), have[i].What)
		l.impact = "Whoever gets around the middleware, or sends a request that it doesn't match, can " + l.reachWords()
	}
	return losses
}
