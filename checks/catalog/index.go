package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// registered holds the libraries in the order in which their files were
// initialised; nothing reads it but Libraries, which sorts.
var registered []Library

// register adds a library. It is called from package-level variables only, so
// that a library is one file; the result is there to be assigned.
func register(l Library) struct{} {
	registered = append(registered, l)
	return struct{}{}
}

// Libraries returns every library, sorted by name. The caller must not change
// what it gets.
var Libraries = sync.OnceValue(func() []Library {
	sorted := slices.Clone(registered)
	slices.SortStableFunc(sorted, func(a, b Library) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), slices.Compare(a.Packages, b.Packages))
	})
	return sorted
})

// Index is libraries compiled for look-up. It is immutable; a nil one is empty.
type Index struct {
	exact  map[string][]*pattern // by import specifier
	below  map[string][]*pattern // "next-auth" for the package pattern "next-auth/*"
	guess  map[string]string     // distinctive export → package
	errors []error               // what is wrong with the data; the tests hold it empty
}

var compiled = sync.OnceValue(func() *Index { return newIndex(Libraries()) })

// Compile makes an index of libraries that aren't part of the catalogue, such as
// those that settings declare. Meanings whose path is none are left out.
func Compile(libs []Library) *Index { return newIndex(libs) }

// Find is what the index has to say of a step, as Find of the catalogue.
func (x *Index) Find(pkg, path string) (*Meaning, []string) {
	if x == nil {
		return nil, nil
	}
	return x.find(pkg, path)
}

// Known reports whether the index has a library for an import specifier.
func (x *Index) Known(pkg string) bool { return x != nil && len(x.lists(pkg)) > 0 }

func newIndex(libs []Library) *Index {
	x := &Index{exact: map[string][]*pattern{}, below: map[string][]*pattern{}, guess: map[string]string{}}
	for i := range libs {
		x.add(&libs[i])
	}
	for _, byPackage := range []map[string][]*pattern{x.exact, x.below} {
		for _, patterns := range byPackage {
			slices.SortStableFunc(patterns, (*pattern).compare)
		}
	}
	return x
}

func (x *Index) add(l *Library) {
	patterns := make([]*pattern, 0, len(l.Meanings))
	for i := range l.Meanings {
		p, err := compile(&l.Meanings[i])
		if err != nil {
			x.errors = append(x.errors, fmt.Errorf("library %s: %w", l.Name, err))
			continue
		}
		patterns = append(patterns, p)
	}
	for _, pkg := range l.Packages {
		if parent, ok := strings.CutSuffix(pkg, "/*"); ok {
			x.below[parent] = append(x.below[parent], patterns...)
		} else {
			x.exact[pkg] = append(x.exact[pkg], patterns...)
		}
	}
	for _, export := range l.Distinctive {
		if other, ok := x.guess[export]; ok {
			x.errors = append(x.errors, fmt.Errorf("library %s: export %s is already distinctive of %s", l.Name, export, other))
			continue
		}
		x.guess[export] = l.Packages[0]
	}
}

// lists returns the pattern lists that speak for a package: its own, then those
// of "parent/*", the longest parent first.
func (x *Index) lists(pkg string) [][]*pattern {
	var lists [][]*pattern
	if own, ok := x.exact[pkg]; ok {
		lists = append(lists, own)
	}
	for parent := pkg; ; {
		cut := strings.LastIndexByte(parent, '/')
		if cut <= 0 {
			return lists
		}
		parent = parent[:cut]
		if below, ok := x.below[parent]; ok {
			lists = append(lists, below)
		}
	}
}

// find returns the most exact pattern for a path, without the memo.
func (x *Index) find(pkg, path string) (*Meaning, []string) {
	lists := x.lists(pkg)
	if len(lists) == 0 {
		return nil, nil
	}
	var best *pattern
	var stars []string
	for _, steps := range spellings(path) {
		for _, list := range lists {
			if p, s := first(list, steps); p != nil && (best == nil || p.compare(best) < 0) {
				best, stars = p, s
			}
		}
	}
	if best == nil {
		return nil, nil
	}
	return best.meaning, stars
}

// spellings returns a path's steps, and for a member of the default export or of
// the namespace also the steps without it: a CommonJS package gives the same
// function to `import { verify }`, to `import jwt` and to `import * as jwt`.
func spellings(path string) [][]step {
	steps, ok := splitPath(path, false)
	if !ok {
		return nil
	}
	if len(steps) > 1 && (steps[0].name == "default" || steps[0].name == "*") && steps[1].kind == nameStep {
		return [][]step{steps, steps[1:]}
	}
	return [][]step{steps}
}

func first(list []*pattern, steps []step) (*pattern, []string) {
	for _, p := range list {
		if stars, ok := p.match(steps); ok {
			return p, stars
		}
	}
	return nil, nil
}

// Find returns what the step means that reaches path from an export of the
// package (an import specifier, or "global" for what JavaScript and Node.js
// offer without import), and the names that the pattern's stars stood for. A
// namespace import's members are exports. The most exact pattern wins; nil
// means that the catalogue has nothing to say. Safe for concurrent use; the
// caller must not change the result.
func Find(pkg, path string) (*Meaning, []string) {
	if !Known(pkg) {
		return nil, nil
	}
	if f, ok := found.get(pkg, path); ok {
		return f.meaning, f.stars
	}
	m, stars := compiled().find(pkg, path)
	found.put(pkg, path, answer{m, stars})
	return m, stars
}

// Known reports whether the catalogue has a library for an import specifier.
func Known(pkg string) bool { return len(compiled().lists(pkg)) > 0 }

// Guess returns the package to which an import that leads nowhere may belong
// (a generated client, a file outside of the repository), by the name of a
// distinctive export; empty when there is none.
func Guess(export string) string { return compiled().guess[export] }
