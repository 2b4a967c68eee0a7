// Package table reads the tables by which applications say who may do what: a
// role's permissions, a permission's roles, what a plan includes, the order of
// roles. Such a table changes what many endpoints allow while none of them
// changes.
//
// A table is a top-level constant that its name and its words give away; what
// isn't written out in it isn't known.
package table

import (
	"regexp"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// Kind is what a table says.
type Kind uint8

// The kinds.
const (
	Grants Kind = iota // rows of roles or permissions, with what each is granted
	Plans              // rows of plans: a gate, but no authorization
	Ranks              // an order of roles
)

// Table is one table of a file.
type Table struct {
	Name string
	Kind Kind
	Rows []Row
}

// Row is what a table says of one key. Has are the elements of a grant; Rank is
// the row's place in an order.
type Row struct {
	Key  string
	Has  []string
	Rank float64
	Span syntax.Span
}

// Words tell tables of rights from others. Rows of one are spelled in many ways:
// ADMIN, Role.Admin, "org:admin".
var (
	nameWord  = regexp.MustCompile(`(?i)role|permission|access|scope|capabilit|privilege|grant|polic|entitlement|\brights|plan|tier|feature|limit|rank|hierarch|level|abilit|allowed|can_?`)
	rankName  = regexp.MustCompile(`(?i)role|rank|hierarch|level|access|permission|weight|order|priority`)
	orderName = regexp.MustCompile(`(?i)rank|hierarch|order|level|priority|ladder`)
	roleWord  = regexp.MustCompile(`(?i)^(super_?|sub_?|org_?|team_?|workspace_?|project_?)*(owner|admin|administrator|root|member|viewer|editor|manager|moderator|mod|guest|user|staff|maintainer|developer|author|contributor|collaborator|commenter|reader|writer|billing|support|anonymous|operator|auditor|employee|agent|creator|participant|partner|customer|client)s?$`)
	planWord  = regexp.MustCompile(`(?i)^(free|hobby|trial|starter|basic|essential|standard|pro|professional|plus|premium|business|team|growth|scale|advanced|enterprise|unlimited)s?(_?(plan|tier|monthly|yearly))?$`)
	rightWord = regexp.MustCompile(`^[A-Za-z*][\w*-]*([.:/_][\w*-]+)+$|^\*$`)
	plainWord = regexp.MustCompile(`^[A-Za-z_$*/][\w$*.:/@-]*$`)
)

// IsRole and IsPlan tell by the last word of a spelling what it names.
func IsRole(key string) bool { return roleWord.MatchString(lastWord(key)) }
func IsPlan(key string) bool { return planWord.MatchString(lastWord(key)) && !IsRole(key) }

func lastWord(key string) string { return key[strings.LastIndexAny(key, ".:/")+1:] }

// Read lists the tables of a file, in their order.
func Read(f *syntax.File) []Table {
	r := &reader{values: map[string]syntax.Expr{}}
	r.each(f, func(d *syntax.Declarator, name string) { r.values[name] = d.Init })
	var out []Table
	made := Table{Name: NewRole, Kind: Grants}
	r.each(f, func(d *syntax.Declarator, name string) {
		if row, ok := r.newRole(name, d.Init); ok {
			made.Rows = append(made.Rows, row)
		} else if t, ok := r.table(name, d.Init); ok {
			out = append(out, t)
		}
	})
	if len(made.Rows) > 0 {
		out = append(out, made)
	}
	for _, s := range f.Body {
		if x, ok := s.(*syntax.ExportDecl); ok {
			s = x.Decl
		}
		if e, ok := s.(*syntax.EnumDecl); ok {
			if t, ok := enumRanks(e); ok {
				out = append(out, t)
			}
		}
	}
	return out
}

type reader struct{ values map[string]syntax.Expr }

// each visits the top-level constants.
func (r *reader) each(f *syntax.File, visit func(*syntax.Declarator, string)) {
	for _, s := range f.Body {
		if x, ok := s.(*syntax.ExportDecl); ok {
			s = x.Decl
		}
		v, ok := s.(*syntax.VarDecl)
		if !ok {
			continue
		}
		for i := range v.Decls {
			if p, ok := v.Decls[i].Target.(*syntax.NamePattern); ok && v.Decls[i].Init != nil {
				visit(&v.Decls[i], p.Name)
			}
		}
	}
}

// table takes a constant for a table when its name and its words agree.
func (r *reader) table(name string, x syntax.Expr) (Table, bool) {
	switch x := unwrapped(x).(type) {
	case *syntax.Object:
		if t, ok := r.ranks(name, x); ok {
			return t, true
		}
		return r.grants(name, x)
	case *syntax.Array:
		return r.order(name, x)
	}
	return Table{}, false
}

// unwrapped is what Object.freeze, and functions of the kind of a type's
// assertion, were given.
func unwrapped(x syntax.Expr) syntax.Expr {
	for range 3 {
		call, ok := x.(*syntax.Call)
		if !ok || len(call.Args) != 1 {
			return x
		}
		if m, ok := call.Callee.(*syntax.Member); !ok || m.Name != "freeze" {
			return x
		}
		x = call.Args[0]
	}
	return x
}

// NewRole is the name of the table of a file's roles that are constants of their
// own, as Better Auth's access control has them: const member =
// ac.newRole({ project: ["create"] }).
// https://www.better-auth.com/docs/plugins/organization#access-control
const NewRole = "newRole"

func (r *reader) newRole(name string, x syntax.Expr) (Row, bool) {
	call, ok := x.(*syntax.Call)
	if !ok || len(call.Args) != 1 {
		return Row{}, false
	}
	if m, ok := call.Callee.(*syntax.Member); !ok || m.Name != NewRole {
		return Row{}, false
	}
	o, ok := call.Args[0].(*syntax.Object)
	if !ok {
		return Row{}, false
	}
	return Row{Key: name, Has: r.elements(o, "", 0), Span: call.Span}, true
}

// grants reads an object of lists, sets, or objects.
func (r *reader) grants(name string, o *syntax.Object) (Table, bool) {
	t := Table{Name: name, Kind: Grants}
	roles, plans, rights := 0, 0, 0
	for _, p := range o.Props {
		key := keyOf(p)
		if key == "" || p.Value == nil {
			continue
		}
		has := r.elements(p.Value, "", 0)
		if has == nil {
			continue
		}
		t.Rows = append(t.Rows, Row{Key: key, Has: has, Span: p.Span})
		for _, word := range append(has, key) {
			switch {
			case IsRole(word):
				roles++
			case IsPlan(word):
				plans++
			case rightWord.MatchString(word):
				rights++
			}
		}
	}
	if plans > roles {
		t.Kind = Plans
	}
	return t, len(t.Rows) > 0 && (roles > 0 && rights > 0 || nameWord.MatchString(name) && (roles > 0 || plans > 0 || rights > 1))
}

func keyOf(p syntax.Prop) string {
	if p.Computed != nil {
		return spelled(p.Computed)
	}
	return p.Key
}

const maxNesting = 3

// elements lists what a row grants; nil when it is no list of grants.
func (r *reader) elements(x syntax.Expr, prefix string, depth int) []string {
	if depth > maxNesting {
		return nil
	}
	out := []string{}
	add := func(word string) {
		if plainWord.MatchString(word) {
			out = append(out, prefix+word)
		}
	}
	switch x := unwrapped(x).(type) {
	case *syntax.Ident:
		if v := r.values[x.Name]; v != nil {
			return r.elements(v, prefix, depth+1)
		}
		return nil
	case *syntax.Array:
		for _, e := range x.Elems {
			if s, ok := e.(*syntax.Spread); ok {
				out = append(out, r.spread(s.X, prefix, depth)...)
			} else {
				add(spelled(e))
			}
		}
		if len(x.Elems) > 0 && len(out) == 0 {
			return nil
		}
		return out
	case *syntax.Call:
		if id, ok := x.Callee.(*syntax.Ident); ok && x.New && id.Name == "Set" && len(x.Args) == 1 {
			return r.elements(x.Args[0], prefix, depth)
		}
		return nil
	case *syntax.Object:
		for _, p := range x.Props {
			if p.Spread {
				out = append(out, r.spread(p.Value, prefix, depth)...)
				continue
			}
			key := keyOf(p)
			if l, ok := p.Value.(*syntax.Literal); ok {
				if l.Kind == syntax.Bool && l.Value == "true" || l.Kind == syntax.Number || l.Kind == syntax.String && plainWord.MatchString(l.Value) {
					add(valued(key, l))
				}
				continue
			}
			if p.Value != nil && key != "" {
				out = append(out, r.elements(p.Value, prefix+key+".", depth+1)...)
			}
		}
		return out
	}
	return nil
}

// valued spells a member: its name alone when it is true.
func valued(key string, l *syntax.Literal) string {
	if l.Kind == syntax.Bool {
		return key
	}
	return key + ":" + l.Value
}

// spread gives what another constant, or another row, puts into this one.
func (r *reader) spread(x syntax.Expr, prefix string, depth int) []string {
	switch e := x.(type) {
	case *syntax.Ident:
		if v := r.values[e.Name]; v != nil {
			return r.elements(v, prefix, depth+1)
		}
	case *syntax.Member:
		if id, ok := e.X.(*syntax.Ident); ok {
			if o, ok := unwrapped(r.values[id.Name]).(*syntax.Object); ok {
				for _, p := range o.Props {
					if keyOf(p) == e.Name && p.Value != nil {
						return r.elements(p.Value, prefix, depth+1)
					}
				}
			}
		}
	}
	if word := spelled(x); word != "" {
		return []string{prefix + "..." + word}
	}
	return nil
}

// spelled is a constant's text: a string, or the name of an enum's member.
func spelled(x syntax.Expr) string {
	switch e := x.(type) {
	case *syntax.Literal:
		if e.Kind == syntax.String || e.Kind == syntax.Number {
			return e.Value
		}
	case *syntax.Ident:
		return e.Name
	case *syntax.Member:
		if on := spelled(e.X); on != "" && e.Name != "" {
			return on + "." + e.Name
		}
	}
	return ""
}
