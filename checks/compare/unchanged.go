package compare

import (
	"slices"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// unchanged tells which pairs are equal by construction: the declarations that
// their code leads to, by name and through imports, are the same on both sides,
// so that nobody needs to evaluate them. The change reached them through a file
// in which something else changed.
func (c *comparison) unchanged(pairs []pair) []bool {
	roots := make([][]module.Root, len(pairs))
	var all []module.Root
	for i, p := range pairs {
		roots[i] = p.roots()
		all = append(all, roots[i]...)
	}
	changed := c.changed(all)
	out := make([]bool, len(pairs))
	for i := range pairs {
		out[i] = len(roots[i]) > 0 && !slices.ContainsFunc(roots[i], func(r module.Root) bool { return changed[r] })
	}
	return out
}

// changed follows the code of roots, together with those of all calls before, and
// tells which roots differ.
func (c *comparison) changed(roots []module.Root) map[module.Root]bool {
	return c.following().Of(roots)
}

func (c *comparison) following() *module.Changes {
	if c.changes == nil {
		c.changes = module.NewChanges(c.base.repo, c.head.repo, func(file string) bool {
			return c.base.touched[file] || c.head.touched[file]
		})
	}
	return c.changes
}

// roots are where the code of a pair starts; none when it isn't the same place
// on both sides, or in several.
func (p pair) roots() []module.Root {
	if p.base.Ref != p.head.Ref || !sameMount(p.base.Mount, p.head.Mount) || p.base.Stack != nil || p.head.Stack != nil {
		return nil
	}
	root, ok := sameRoot(p.base, p.head)
	if !ok {
		return nil
	}
	roots := []module.Root{root}
	mounts, there := p.base.Mounts(), p.head.Mounts()
	for i, m := range mounts {
		b, ok := m.Root()
		h, ok2 := there[i].Root()
		if !ok || !ok2 || b != h {
			return nil
		}
		roots = append(roots, b)
	}
	return roots
}

// sameRoot is the declaration of an endpoint, if both sides have it at the same
// place of it.
func sameRoot(b, h endpoint.Endpoint) (module.Root, bool) {
	if b.Module.Path != h.Module.Path || b.Export != h.Export || !slices.Equal(b.Keys, h.Keys) {
		return module.Root{}, false
	}
	inner, there := b.Code(), h.Code()
	if inner == nil || there == nil {
		return module.Root{File: b.Module.Path, Name: b.Export, Export: true}, inner == nil && there == nil
	}
	root, at, ok := b.Module.Holding(inner.Pos())
	other, otherAt, ok2 := h.Module.Holding(there.Pos())
	sameSize := inner.Pos().End-inner.Pos().Start == there.Pos().End-there.Pos().Start
	return root, ok && ok2 && root == other && at == otherAt && sameSize
}

// unchangedGate reports whether a middleware and its matcher are the same on
// both sides, with all that they lead to.
func (c *comparison) unchangedGate(b, h *gate) bool {
	if h == nil || h.File != b.File || h.Export != b.Export || (b.Config == (syntax.Span{})) != (h.Config == (syntax.Span{})) {
		return false
	}
	roots := []module.Root{{File: b.File, Name: b.Export, Export: true}}
	if b.Config != (syntax.Span{}) {
		roots = append(roots, module.Root{File: b.File, Name: "config", Export: true})
	}
	changed := c.changed(roots)
	return !slices.ContainsFunc(roots, func(r module.Root) bool { return changed[r] })
}
