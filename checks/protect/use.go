package protect

import (
	"cmp"
	"slices"

	"github.com/authdiff/authdiff/checks/module"
)

// Use is a question that an evaluation asked of the program: what comes out of it
// follows from the answers alone. Two trees that answer all of them the same
// protect the endpoint the same.
type Use struct {
	Kind UseKind
	File string
	Name string // of a Declaration or an Export; of an Import the specifier
}

// UseKind is what a Use asks for.
type UseKind uint8

// The kinds.
const (
	Whole       UseKind = iota // all that the file says
	Declaration                // what the file declares or imports under a name at its top level, or that it doesn't
	Export                     // what the file exports under a name, or that it doesn't
	Import                     // where a specifier leads, for `import(…)`
)

// use is a Use before the unit's path is looked up.
type use struct {
	kind UseKind
	unit *unit
	name string
}

func whole(u *unit) use { return use{Whole, u, ""} }

// exported follows what a module exports.
func (ev *eval) exported(m *module.Module, name string) module.Binding {
	ev.ran[use{Export, ev.world.unit(m), name}] = true
	return ev.world.repo.Export(m, name)
}

// usesOf is what was asked to work out a top-level name, once for all who use it.
func (u *unit) usesOf(name string) map[use]bool {
	list, ok := u.uses[name]
	if !ok {
		list = map[use]bool{}
		u.uses[name] = list
	}
	return list
}

// uses lists what the evaluation asked, sorted, with what the values that it used
// had asked when they were worked out.
func (ev *eval) uses() []Use {
	seen := make(map[use]bool, 2*len(ev.ran))
	todo := make([]use, 0, len(ev.ran))
	add := func(list map[use]bool) {
		for u := range list {
			if !seen[u] {
				seen[u] = true
				todo = append(todo, u)
			}
		}
	}
	add(ev.ran)
	var out []Use
	for len(todo) > 0 {
		u := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		out = append(out, Use{u.kind, u.unit.mod.Path, u.name})
		switch u.kind {
		case Declaration:
			add(u.unit.uses[u.name])
		case Whole:
			for _, list := range u.unit.uses {
				add(list)
			}
		}
	}
	slices.SortFunc(out, Use.compare)
	return out
}

func (u Use) compare(v Use) int {
	return cmp.Or(cmp.Compare(u.File, v.File), cmp.Compare(u.Kind, v.Kind), cmp.Compare(u.Name, v.Name))
}

// SameDeclared reports whether settings say the same of two trees' functions.
func SameDeclared(a, b *World) bool {
	if len(a.declared.at) != len(b.declared.at) {
		return false
	}
	for at, list := range a.declared.at {
		if !slices.Equal(list, b.declared.at[at]) {
			return false
		}
	}
	return true
}
