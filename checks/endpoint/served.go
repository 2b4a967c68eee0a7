package endpoint

import (
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Served lists the files whose procedures are reached through a mount that the
// change touches elsewhere than in its routers: what makes the context of a
// request guards every procedure, though no router imports it. So do the
// middlewares of a server's application for the handlers in its files. Both sets name
// files: changed those that differ, touched those from which these are reached.
func Served(repo *module.Repo, changed, touched map[string]bool) []string {
	var out []string
	seen := map[string]bool{}
	for _, f := range repo.Files() {
		if !touched[f] || !repo.Marked(f, mountsRouter) {
			continue
		}
		m := repo.Module(f)
		if m == nil {
			continue
		}
		for _, s := range m.File.Body {
			for _, mount := range mountsIn(m, s) {
				out = mount.served(repo, changed, seen, out)
			}
		}
	}
	return append(out, servedHandlers(repo, changed, touched)...)
}

// served adds the files of one mount to a list, if the change touches the mount.
func (m *Mount) served(repo *module.Repo, changed, seen map[string]bool, out []string) []string {
	root := m.Module.Path
	if id, ok := m.router.(*syntax.Ident); ok {
		if b, _ := repo.Import(m.Module, id.Name); b.Module != nil {
			root = b.Module.Path
		}
	}
	if root != m.Module.Path && !m.touched(repo, root, changed) {
		return out
	}
	for f := range reached(repo, root, "") {
		if !seen[f] && holdsProcedures(repo, f) {
			seen[f] = true
			out = append(out, f)
		}
	}
	return out
}

// touched reports whether a changed file is reached from the mount without its
// router.
func (m *Mount) touched(repo *module.Repo, router string, changed map[string]bool) bool {
	for f := range reached(repo, m.Module.Path, router) {
		if changed[f] {
			return true
		}
	}
	return false
}

// reached are the files that a file leads to through imports, itself included,
// but for those behind one of them.
func reached(repo *module.Repo, from, without string) map[string]bool {
	seen := map[string]bool{from: true}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, next := range repo.Imports(queue[0]) {
			if !seen[next] && next != without {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return seen
}
