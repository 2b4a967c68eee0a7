package module

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Imports lists the files of the repository that a source file imports,
// re-exports or requires, sorted. It comes from a scan of the text, so it may
// hold more than the file imports, but no less; see scanImports.
func (r *Repo) Imports(path string) []string { return slices.Clone(r.graph()[path]) }

// imports resolves what every source file imports, except where another tree of
// the same listing has the same file there.
func (r *Repo) imports() map[string][]string {
	lists := make([][]string, len(r.sources))
	forEach(len(r.sources), func(i int) {
		path := r.sources[i]
		file := r.files[path].scanned
		known, ok := r.found.lists.get(path)
		if !ok || known.of != file {
			known = importList{file, r.importsOf(path, file)}
			r.found.lists.add(path, known)
		}
		lists[i] = known.paths
	})
	graph := make(map[string][]string, len(lists))
	for i, list := range lists {
		graph[r.sources[i]] = list
	}
	return graph
}

// importList is what a file imports.
type importList struct {
	of    *scanned
	paths []string // sorted
}

func (r *Repo) importsOf(path string, file *scanned) []string {
	var list []string
	for _, spec := range file.imports {
		if found := r.Resolve(path, spec); found.Path != "" {
			list = append(list, found.Path)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// reverse lists the importers of each file.
func (r *Repo) reverse() map[string][]string {
	importers := map[string][]string{}
	for _, p := range r.sources {
		for _, imported := range r.graph()[p] {
			importers[imported] = append(importers[imported], p)
		}
	}
	return importers
}

// Affected returns the source files from which a changed file is reached
// through imports, the changed ones included as far as they are source files of
// this tree.
func (r *Repo) Affected(changed map[string]bool) map[string]bool {
	importers := r.importers()
	affected, seen := map[string]bool{}, map[string]bool{}
	var queue []string
	for p, is := range changed {
		if is {
			seen[p] = true
			queue = append(queue, p)
		}
	}
	for len(queue) > 0 {
		p := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if r.files[p] != nil {
			affected[p] = true
		}
		for _, importer := range importers[p] {
			if !seen[importer] {
				seen[importer] = true
				queue = append(queue, importer)
			}
		}
	}
	return affected
}

// forEach calls do for the numbers below n, on all processors.
func forEach(n int, do func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	workers.Wait()
}
