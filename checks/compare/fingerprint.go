package compare

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
	"github.com/authdiff/authdiff/checks/syntax"
)

// fingerprint names a finding for good: by what was lost, and by whom, as the
// base names them, so that it outlives whatever else a change does to the head:
// other lines, spellings, names of files. What shared code lost is named by the
// declaration that lost it, whoever uses it.
func (c *comparison) fingerprint(l *loss, shared bool) string {
	id := []string{l.rule, string(l.layer), string(l.change), l.key}
	who := l.pair.base.Ref
	if who.Name == "" { // new in the head
		who = l.pair.head.Ref
	}
	switch {
	case shared && l.side == Head:
		id = append(id, c.inBase(l.place.Path), declaredAt(c.head.repo, Head, l.place))
	case shared:
		id = append(id, l.place.Path, declaredAt(c.base.repo, Base, l.place))
	default:
		id = append(id, string(who.Kind), who.Name)
		if who.Kind == endpoint.Action {
			id = append(id, who.File)
		}
	}
	return hash(id...)
}

func hash(id ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(id, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// inBase is the base's path of a file of the head: its own, unless it was
// renamed.
func (c *comparison) inBase(path string) string {
	for from, to := range c.renamed {
		if to == path {
			return from
		}
	}
	return path
}

// declaredAt is the name of the top-level declaration that a line belongs to;
// empty when there is none. Of the head's only exported ones count: the change
// may rename the others at will.
func declaredAt(repo *module.Repo, side Side, at source.Place) string {
	m := repo.Module(at.Path)
	if m == nil {
		return ""
	}
	for _, s := range m.File.Body {
		if first, last := m.File.Lines(s.Pos()); at.Line < first || at.Line > last {
			continue
		}
		if e, ok := s.(*syntax.ExportDecl); ok {
			s = e.Decl
		} else if _, ok := s.(*syntax.ExportDefault); !ok && side == Head {
			return ""
		}
		switch s := s.(type) {
		case *syntax.FuncDecl:
			return s.Func.Name
		case *syntax.ClassDecl:
			return s.Class.Name
		case *syntax.ExportDefault:
			return "default"
		case *syntax.VarDecl:
			for _, d := range s.Decls {
				first, last := m.File.Lines(d.Pos())
				if name, ok := d.Target.(*syntax.NamePattern); ok && at.Line >= first && at.Line <= last {
					return name.Name
				}
			}
		}
	}
	return ""
}

// apart gives findings that would share a fingerprint one of their own, by the
// endpoint: an exception for one must not hold for the other.
func apart(findings []Finding) {
	seen := map[string]bool{}
	for i := range findings {
		f := &findings[i]
		if seen[f.Fingerprint] {
			f.Fingerprint = hash(f.Fingerprint, string(f.Endpoint.Kind), f.Endpoint.Name, f.Endpoint.File)
		}
		seen[f.Fingerprint] = true
	}
}
