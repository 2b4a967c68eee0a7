package compare

import (
	"context"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Probe compares single endpoints of one base with heads that differ from it in
// one file, as whoever changes it again and again needs. What the base guarantees
// is evaluated once. It must not be used by two goroutines at once.
type Probe struct {
	base     *tree
	settings *settings.Settings
	known    map[endpoint.Ref]*protect.Protection
}

// NewProbe prepares to compare with a base.
func NewProbe(ctx context.Context, base *module.Repo, s *settings.Settings) *Probe {
	p := &Probe{base: &tree{side: Base, repo: base, world: protect.NewWorld(base).Until(ctx.Done())}, settings: s,
		known: map[endpoint.Ref]*protect.Protection{}}
	p.base.world.Declare(s, nil)
	return p
}

// Protection is what the base guarantees at an endpoint.
func (p *Probe) Protection(e endpoint.Endpoint) *protect.Protection {
	known, ok := p.known[e.Ref]
	if !ok {
		known = p.base.world.Protect(e)
		p.known[e.Ref] = known
	}
	return known
}

// Compare compares one endpoint of the base with the same in a head, and gives
// what the head guarantees too; nil when it has no such endpoint.
func (p *Probe) Compare(ctx context.Context, head *module.Repo, e endpoint.Endpoint) (*Result, *protect.Protection) {
	c := &comparison{
		base: p.base, head: &tree{side: Head, repo: head, world: protect.NewWorld(head).Until(ctx.Done()),
			touched: head.Affected(changedFiles(p.base.repo, head))},
		renamed: map[string]string{}, lines: map[string]*fileDiff{}, split: map[*syntax.File][]string{}, settings: p.settings,
	}
	c.head.world.Declare(p.settings, nil)
	for _, h := range endpoint.Find(head, []string{e.File}) {
		if h.Ref == e.Ref {
			c.compared = 1
			c.compare(pair{e, h}, p.Protection(e), func() *protect.Protection { return c.head.world.Protect(h) })
			return c.result(), c.head.world.Protect(h)
		}
	}
	return c.result(), nil
}
