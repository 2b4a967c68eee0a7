package module

import (
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Imports lists the files of the repository that a source file imports,
// re-exports or requires, sorted. It comes from a scan of the text, so it may
// hold more than the file imports, but no less; see scanImports.
func (r *Repo) Imports(path string) []string {
	file := r.files[path]
	if file == nil {
		return nil
	}
	var list []string
	for _, spec := range file.imports {
		if found := r.Resolve(path, spec); found.Path != "" {
			list = append(list, found.Path)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// importers tells which files import one. Specifiers that aren't relative are few,
// since all files below one config write them alike, and are resolved. Relative ones
// are many: those whose name could lead to a file are resolved when it's asked for.
type importers struct {
	repo    *Repo
	through map[string][]*[]string      // importers by the file that a specifier leads to, for each such specifier
	named   map[string][]relativeImport // by the stem of what the specifier names
}

type relativeImport struct{ from, spec string }

func (r *Repo) findImporters() *importers {
	found := &importers{repo: r, through: map[string][]*[]string{}, named: map[string][]relativeImport{}}
	users := map[resolveKey]*[]string{}
	folders := map[string]bool{} // the stems of folders that lead where their package.json says
	for dir := range r.manifests {
		folders[stem(dir)] = true
	}
	for _, p := range r.sources {
		dir := path.Dir(p)
		zone := r.zone(dir)
		for _, spec := range r.files[p].imports {
			key := resolveKey{zone, spec}
			if plain, _, _ := strings.Cut(spec, "?"); isRelative(plain) {
				key.dir = dir
				if name := named(dir, plain); !folders[name] {
					found.named[name] = append(found.named[name], relativeImport{p, spec})
					continue
				}
			}
			list := users[key]
			if list == nil {
				list = &[]string{}
				users[key] = list
			}
			*list = append(*list, p)
		}
	}
	for key, list := range users {
		if to := r.resolved(key).Path; to != "" {
			found.through[to] = append(found.through[to], list)
		}
	}
	return found
}

// named gives the stem of what a relative specifier names.
func named(dir, spec string) string {
	switch last := path.Base(spec); last {
	case ".", "..":
		return stem(path.Join(dir, spec))
	default:
		return stem(last)
	}
}

// stem is what a file or folder is called, up to the first dot. What an import names
// and the file that it means have one stem, or the file is the index of a folder.
func stem(p string) string {
	name, _, _ := strings.Cut(p[strings.LastIndexByte(p, '/')+1:], ".")
	return name
}

// of visits the source files that import a file, some more than once.
func (i *importers) of(file string, visit func(string)) {
	for _, list := range i.through[file] {
		for _, p := range *list {
			visit(p)
		}
	}
	names := []string{stem(file)}
	if names[0] == "index" {
		names = append(names, stem(path.Dir(file)))
	}
	for _, name := range names {
		for _, at := range i.named[name] {
			if i.repo.Resolve(at.from, at.spec).Path == file {
				visit(at.from)
			}
		}
	}
}

// Affected returns the source files from which a changed file is reached
// through imports, the changed ones included as far as they are source files of
// this tree.
func (r *Repo) Affected(changed map[string]bool) map[string]bool {
	affected, seen := map[string]bool{}, map[string]bool{}
	var queue []string
	reach := func(p string) {
		if !seen[p] {
			seen[p] = true
			queue = append(queue, p)
		}
	}
	for p, is := range changed {
		if is {
			reach(p)
		}
	}
	for len(queue) > 0 {
		p := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if r.files[p] != nil {
			affected[p] = true
		}
		r.importers().of(p, reach)
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
