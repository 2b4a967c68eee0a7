package compare

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
)

// layerOf is the layer of what a declared guard shows.
var layerOf = map[settings.Proves]protect.Layer{
	catalog.Role: protect.Authorization, catalog.Permission: protect.Authorization,
	catalog.Ownership: protect.Ownership, catalog.Validation: protect.Validation,
}

// declaredChanged tells of guards that the settings declare and whose code changed.
// The settings have the last word on what they show, so that nothing follows their
// code: somebody has to look.
func (c *comparison) declaredChanged() {
	for i := range c.settings.Guards {
		g := &c.settings.Guards[i]
		b, h := c.base.repo.Module(g.Module), c.head.repo.Module(g.Module)
		if b == nil || h == nil || !c.base.touched[g.Module] && !c.head.touched[g.Module] {
			continue
		}
		name, _, _ := strings.Cut(g.Export, ".")
		name = strings.TrimSuffix(name, "()")
		if digestOf(c.base.repo, c.base.repo.Export(b, name)) == digestOf(c.head.repo, c.head.repo.Export(h, name)) {
			continue
		}
		e := endpoint.Endpoint{Ref: endpoint.Ref{Kind: settingsKind, Name: g.Export, File: g.Module}}
		l := &loss{pair: pair{e, e}, layer: cmp.Or(layerOf[g.Proves], protect.Authentication), change: Weakened, rule: "declared-guard-changed",
			severity: Warning, confidence: protect.Low, key: "declared:" + g.Export + " of " + g.Module, what: "declared check of the caller's " + string(g.Proves),
			message: fmt.Sprintf("the code of %s changed, which the settings declare a guard: nothing else looks at whether it still is one", g.Export),
			impact:  "Every endpoint that relies on it may be open"}
		l.place, l.side = c.declaration(name, b, h)
		c.losses = append(c.losses, l)
	}
}

// declaration is where a guard's declaration changed: the first line that went, or
// came, or its first line when what it calls changed.
func (c *comparison) declaration(name string, b, h *module.Module) (source.Place, Side) {
	d := &difference{comparison: c}
	first, last, file := declared(c.base.repo, b, name)
	for n := first; n > 0 && n <= last; n++ {
		if fd := c.diffOf(file); fd.changed(n) && strings.TrimSpace(d.baseText(source.Place{Path: file, Line: n, EndLine: n})) != "" {
			return source.Place{Path: file, Line: n, EndLine: n}, Base
		}
	}
	first, last, file = declared(c.head.repo, h, name)
	return c.firstChanged(file, max(first, 1), max(last, 1)), Head
}

// declared gives the lines of an export's declaration, and its file; no lines for
// what is declared nowhere in the repository.
func declared(repo *module.Repo, m *module.Module, name string) (first, last int, file string) {
	b := repo.Export(m, name)
	if b.Module == nil {
		return 0, 0, m.Path
	}
	at := declarationOf(b)
	if at == nil {
		return 0, 0, b.Module.Path
	}
	first, last = b.Module.File.Lines(at.Pos())
	return first, last, b.Module.Path
}
