package module

// star is a file or an installed package whose exports a file has by `export *`.
type star struct{ path, pkg string }

// maxStarsKept bounds the re-exports as a whole that a tree remembers.
const maxStarsKept = 2_000_000

// starsOf lists what a file re-exports as a whole, through any number of files,
// each once and in the order in which a name is looked for. Quiet is that of a
// search.
func (r *Repo) starsOf(path string, quiet bool) []star {
	r.mu.Lock()
	list, ok := r.stars[path]
	r.mu.Unlock()
	if !ok {
		list = r.collectStars(path)
		r.mu.Lock()
		if r.starsKept += len(list); r.starsKept > maxStarsKept {
			clear(r.stars)
			r.starsKept = len(list)
		}
		r.stars[path] = list
		r.mu.Unlock()
	}
	if !quiet {
		for _, s := range list {
			if s.pkg == "" && r.names(s.path) == nil {
				r.Module(s.path) // to record why
			}
		}
	}
	return list
}

// collectStars walks depth first, without recursion.
func (r *Repo) collectStars(path string) []star {
	var list []star
	type pending struct{ from, spec string }
	var stack []pending
	seen := map[star]bool{{path: path}: true}
	push := func(from string) {
		n := r.names(from)
		if n == nil {
			return
		}
		for i := len(n.stars) - 1; i >= 0; i-- {
			stack = append(stack, pending{from, n.stars[i]})
		}
	}
	for push(path); len(stack) > 0 && len(list) < maxHops; {
		next := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		at := r.Resolve(next.from, next.spec)
		s := star{path: at.Path, pkg: at.Package}
		if at.Missing != "" || seen[s] {
			continue
		}
		seen[s] = true
		list = append(list, s)
		if s.pkg == "" {
			push(s.path)
		}
	}
	return list
}
