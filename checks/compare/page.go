package compare

import (
	"context"
	"fmt"
	"slices"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
)

// maxPages bounds the pages that are evaluated on both sides.
const maxPages = 1_000

// pages compares the pages that fetch data on the server: what has to hold before,
// by their own code or by a layout's around them, whose checks count for the page
// and for nothing else.
func (c *comparison) pages(ctx context.Context) error {
	pairs := c.pagePairs()
	if len(pairs) > maxPages {
		c.skip(pairs[maxPages].head, fmt.Sprintf("more than %d pages are touched", maxPages))
		pairs = pairs[:maxPages]
	}
	for i, b := range ahead(ctx, pairs, func(p pair) *protect.Protection { return c.base.page(p.base) }) {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.comparePage(pairs[i], b)
	}
	return ctx.Err()
}

// pagePairs pairs the pages of both sides, without those that are equal by
// construction, their layouts included.
func (c *comparison) pagePairs() []pair {
	files := c.pageFiles(c.base)
	same := c.samePages(files)
	head := servedPages(c.head, c.pageFiles(c.head), same)
	var pairs []pair
	for _, b := range servedPages(c.base, files, same) {
		i := slices.IndexFunc(head, func(h endpoint.Endpoint) bool { return h.Ref == b.Ref })
		if to, moved := c.renamed[b.File]; i < 0 && moved {
			i = slices.IndexFunc(head, func(h endpoint.Endpoint) bool { return h.File == to })
		}
		if i >= 0 && !protect.Broken(b) && !protect.Broken(head[i]) {
			pairs = append(pairs, pair{b, head[i]})
		}
	}
	unchanged := c.unchanged(pairs)
	var out []pair
	for i, p := range pairs {
		if unchanged[i] && c.sameLayouts(p) {
			c.keep(p.base.Ref, p.head.Ref)
		} else if t, same := c.recall(p); same {
			c.keep(p.base.Ref, p.head.Ref)
			if t.counts {
				c.compared++
			}
		} else {
			out = append(out, p)
		}
	}
	return out
}

// sameLayouts reports whether what stands around a page is the same on both sides.
func (c *comparison) sameLayouts(p pair) bool {
	base, head := endpoint.Around(c.base.repo, p.base), endpoint.Around(c.head.repo, p.head)
	if len(base) != len(head) {
		return false
	}
	var pairs []pair
	for i := range base {
		if base[i].File != head[i].File {
			return false
		}
		if c.base.touched[base[i].File] || c.head.touched[base[i].File] {
			pairs = append(pairs, pair{base[i], head[i]})
		}
	}
	return !slices.Contains(c.unchanged(pairs), false)
}

// samePages are those of the base's files of pages that are equal by construction, their layouts
// included. Most of those that a layout's change reaches are, and needn't be parsed.
func (c *comparison) samePages(files []string) map[string]bool {
	roots := map[string][]module.Root{}
	var all []module.Root
	for _, f := range files {
		around := endpoint.Layouts(c.base.repo, f)
		ref, ok := endpoint.AppPage(c.base.repo, f)
		other, there := endpoint.AppPage(c.head.repo, f)
		if !ok || !there || ref != other || !slices.Equal(around, endpoint.Layouts(c.head.repo, f)) {
			continue
		}
		for _, file := range append(around, f) {
			roots[f] = append(roots[f], module.Root{File: file, Name: "default", Export: true})
		}
		all = append(all, roots[f]...)
	}
	changed := c.changed(all)
	same := map[string]bool{}
	for f, list := range roots {
		if !slices.ContainsFunc(list, func(r module.Root) bool { return changed[r] }) {
			same[f] = true
			ref, _ := endpoint.AppPage(c.base.repo, f)
			c.keep(ref, ref)
		}
	}
	return same
}

// servedPages are the pages of a tree's files, but for some.
func servedPages(t *tree, files []string, but map[string]bool) []endpoint.Endpoint {
	return endpoint.ServerPages(t.repo, slices.DeleteFunc(files, func(f string) bool { return but[f] }))
}

// pageFiles are a tree's files whose pages the change reaches, by their own code or by a
// layout's.
func (c *comparison) pageFiles(t *tree) []string {
	touched := func(f string) bool { return c.base.touched[f] || c.head.touched[f] }
	var files []string
	for _, f := range t.repo.Files() {
		if !c.settings.Ignores(f) && (touched(f) || slices.ContainsFunc(endpoint.Layouts(t.repo, f), touched)) {
			files = append(files, f)
		}
	}
	return files
}

func (c *comparison) comparePage(p pair, b *protect.Protection) {
	if b.Lost == "" {
		c.learn(p.base, b.Uses, len(b.Effects) > 0)
	}
	if len(b.Effects) == 0 || b.Lost != "" {
		return
	}
	c.compared++
	if c.sameCode(p, b) {
		return
	}
	h := c.head.page(p.head)
	if h.Lost != "" {
		return
	}
	d := &difference{comparison: c, pair: p, base: b, head: h}
	losses := slices.DeleteFunc(d.losses(), func(l *loss) bool { return l.layer == protect.Validation })
	for _, l := range losses {
		// What a helper reads for a page is often judged by it and shown in part, or
		// not at all.
		elsewhere := l.effect != nil && l.effect.Site.File != nil && l.effect.Site.File.Path != p.head.File
		if l.layer == protect.Ownership && l.severity == Error && elsewhere {
			l.severity, l.confidence = Warning, protect.Low
		}
	}
	c.losses = append(c.losses, c.stillGated(p.head, losses)...)
}

// page is what protects a page's effects: what holds before them, or, since a read
// before the check is no harm when nothing is shown without it, whenever the page
// is shown; and what the layouts around it ask for.
func (t *tree) page(e endpoint.Endpoint) *protect.Protection {
	p := *t.world.Protect(e)
	var around []*protect.Fact
	for _, l := range endpoint.Around(t.repo, e) {
		s := t.shown(l)
		around = append(around, s.facts...)
		p.Uses = append(p.Uses[:len(p.Uses):len(p.Uses)], s.uses...)
	}
	effects := make([]*protect.Effect, len(p.Effects))
	for i, x := range p.Effects {
		with := *x
		with.Facts = append(slices.Clone(x.Facts), around...)
		if !x.Writes() {
			with.Facts = append(with.Facts, p.Shown...)
		}
		effects[i] = &with
	}
	// Only what is shown of the caller can be told apart over a page and its layouts.
	p.Effects, p.Exit, p.Checks = effects, nil, nil
	return &p
}

// shown is what a layout, or a getServerSideProps, asks for, worked out once for
// all pages.
func (t *tree) shown(l endpoint.Endpoint) layout {
	key := l.File + " " + l.Export
	s, ok := t.layouts[key]
	if !ok {
		p := t.world.Protect(l)
		s = layout{p.Shown, p.Uses}
		if t.layouts == nil {
			t.layouts = map[string]layout{}
		}
		t.layouts[key] = s
	}
	return s
}

// layout is what a layout asks for, and what its evaluation asked.
type layout struct {
	facts []*protect.Fact
	uses  []protect.Use
}
