package compare

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// digest is what a declaration says, and what those say that it names: without
// formatting, comments, and the names of local variables.
type digest struct {
	repo *module.Repo
	out  strings.Builder
	seen map[string]bool
}

// maxDigested bounds the declarations that a digest follows.
const maxDigested = 200

func digestOf(repo *module.Repo, b module.Binding) string {
	d := &digest{repo: repo, seen: map[string]bool{}}
	d.binding(b)
	return d.out.String()
}

func (d *digest) binding(b module.Binding) {
	if b.Module == nil {
		fmt.Fprintf(&d.out, "%s %s %s;", b.Package, b.Name, b.Missing)
		return
	}
	key := b.Module.Path + " " + b.Local
	if d.seen[key] || len(d.seen) >= maxDigested {
		return
	}
	d.seen[key] = true
	if n := declarationOf(b); n != nil {
		d.node(b.Module, n)
	}
}

// declarationOf is the code of a declaration; nil for one without.
func declarationOf(b module.Binding) syntax.Node {
	switch d := b.Module.Local(b.Local); {
	case b.Expr != nil:
		return b.Expr
	case d.Func != nil:
		return d.Func
	case d.Class != nil:
		return d.Class
	case d.Var != nil && d.Var.Init != nil:
		return d.Var.Init
	}
	return nil
}

func (d *digest) node(m *module.Module, n syntax.Node) {
	locals := map[string]bool{}
	localNames(m.File, locals)
	for name := range locals {
		if m.Local(name) != (module.Decl{}) {
			delete(locals, name) // the file's own, which is followed
		}
	}
	var named []string
	syntax.Walk(n, func(n syntax.Node) bool {
		fmt.Fprintf(&d.out, "%T", n)
		d.words(reflect.ValueOf(n), locals)
		if id, ok := n.(*syntax.Ident); ok && !locals[id.Name] {
			named = append(named, id.Name)
		}
		return true
	})
	for _, name := range named {
		switch decl := m.Local(name); {
		case decl.Import != nil:
			if b, ok := d.repo.Import(m, name); ok {
				d.binding(b)
			}
		case decl != (module.Decl{}):
			d.binding(module.Binding{Module: m, Local: name})
		}
	}
}

// words writes what a node says by itself: its texts, numbers and flags, those of
// its properties included.
func (d *digest) words(v reflect.Value, locals map[string]bool) {
	switch v = reflect.Indirect(v); v.Kind() {
	case reflect.String:
		if text := v.String(); locals[text] {
			d.out.WriteString(" ·")
		} else {
			fmt.Fprintf(&d.out, " %q", text)
		}
	case reflect.Bool, reflect.Uint8:
		fmt.Fprintf(&d.out, " %v", v.Interface())
	case reflect.Slice:
		for i := range v.Len() {
			if e := v.Index(i); e.Kind() == reflect.String || e.Kind() == reflect.Struct {
				d.words(e, locals)
			}
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[syntax.Span]() {
			return
		}
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() != reflect.Interface && f.Kind() != reflect.Pointer {
				d.words(f, locals)
			}
		}
	}
}
