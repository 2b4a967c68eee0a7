package protect

import (
	"fmt"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/syntax"
)

// declared is what settings say of functions: what they mean stands in an index
// beside the catalogue, and where one of the repository's own stands, at leads
// to it. Such a function isn't evaluated: the settings have the last word.
type declared struct {
	index *catalog.Index
	at    map[declaration][]export
}

// declaration is a top-level name of a file, empty for a default export without
// one.
type declaration struct{ file, local string }

// export is a path of settings: the module and what follows its name there.
type export struct{ module, path string }

// Declare takes over what settings declare. Moved gives for a file that the
// tree doesn't have where it went, and may be nil. It returns a line for each
// entry that leads nowhere. It must be called before the first evaluation.
func (w *World) Declare(s *settings.Settings, moved map[string]string) (lost []string) {
	libs := s.Libraries(func(g *settings.Guard) bool { return w.isAsync(w.moduleOf(g.Module, moved), g.Export) })
	if len(libs) == 0 {
		return nil
	}
	w.declared = declared{index: catalog.Compile(libs), at: map[declaration][]export{}}
	for _, l := range libs {
		m := w.moduleOf(l.Name, moved)
		if m == nil {
			if isFile(l.Name) {
				lost = append(lost, fmt.Sprintf("%s isn't there, or can't be read", l.Name))
			}
			continue
		}
		for _, meaning := range l.Meanings {
			first, _ := firstStep(meaning.Path)
			b := w.repo.Export(m, first)
			if b.Module == nil {
				lost = append(lost, fmt.Sprintf("%s exports no %s of its own", l.Name, first))
				continue
			}
			at := declaration{b.Module.Path, b.Local}
			w.declared.at[at] = append(w.declared.at[at], export{l.Name, strings.TrimSuffix(meaning.Path, "()")})
		}
	}
	return lost
}

// isFile tells a path of the repository from a package's name.
func isFile(name string) bool {
	for _, ext := range []string{".ts", ".tsx", ".js", ".jsx", ".mts", ".cts", ".mjs", ".cjs"} {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}

func (w *World) moduleOf(name string, moved map[string]string) *module.Module {
	if m := w.repo.Module(name); m != nil {
		return m
	}
	return w.repo.Module(moved[name])
}

// firstStep cuts a path after the export's name.
func firstStep(path string) (name, rest string) {
	if i := strings.IndexAny(path, ".("); i >= 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

// isAsync reports whether a function gives a promise, as far as its declaration
// says so.
func (w *World) isAsync(m *module.Module, path string) bool {
	if m == nil {
		return false
	}
	name, rest := firstStep(path)
	b := w.repo.Export(m, name)
	if b.Module == nil {
		return false
	}
	async, found := false, false
	note := func(n syntax.Node) bool {
		f, ok := n.(*syntax.Func)
		if ok && !found {
			async = async || f.Async
			found = rest == ""
		}
		return !ok
	}
	switch d := b.Module.Local(b.Local); {
	case b.Expr != nil:
		syntax.Walk(b.Expr, note)
	case d.Func != nil:
		return d.Func.Async
	case d.Class != nil:
		syntax.Walk(d.Class, note)
	case d.Var != nil && d.Var.Init != nil:
		syntax.Walk(d.Var.Init, note)
	}
	return async
}

// whole is what stands in the place of a top-level name: a declared function, or
// what is called or constructed on the way to one. Nil when the file's own
// counts.
func (d *declared) whole(at declaration) Value {
	for _, e := range d.at[at] {
		if name, rest := firstStep(e.path); strings.ContainsRune(rest, '(') || rest == "" {
			return &Extern{Pkg: e.module, Path: name}
		}
	}
	return nil
}

// overlay puts declared functions in the place of members of an object or class.
func (ev *eval) overlay(at declaration, whole Value) {
	for _, e := range ev.world.declared.at[at] {
		_, rest := firstStep(e.path)
		steps := strings.Split(strings.TrimPrefix(rest, "."), ".")
		v := whole
		for i, step := range steps {
			if c, ok := v.(*Class); ok {
				v = c.static
			}
			o, ok := ev.st.see(v).(*Object)
			if !ok {
				break
			}
			if i == len(steps)-1 {
				o.init.set(step, &Extern{Pkg: e.module, Path: e.path})
			}
			v = o.init.fields[step]
		}
	}
}

// find is what the settings, or else the catalogue, say of a step.
func (ev *eval) find(pkg, path string) (*catalog.Meaning, []string) {
	if m, stars := ev.world.declared.index.Find(pkg, path); m != nil {
		return m, stars
	}
	return catalog.Find(pkg, path)
}

// known reports whether anything is known of a package.
func (ev *eval) known(pkg string) bool {
	return catalog.Known(pkg) || ev.world.declared.index.Known(pkg)
}
