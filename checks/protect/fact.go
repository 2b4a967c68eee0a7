package protect

import (
	"slices"
	"sort"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// FactKind is what a fact is about.
type FactKind string

// The kinds of fact.
const (
	Caller     FactKind = "caller"     // the caller is known; Strength says how well
	Role       FactKind = "role"       // the caller's Key (role, isAdmin) is one of Set
	Permission FactKind = "permission" // every permission of Set was demanded
	Predicate  FactKind = "predicate"  // a predicate (Key) over the caller is true
	Owner      FactKind = "owner"      // the resource or input named by Key belongs to the caller
	Input      FactKind = "input"      // the input named by Key went through a schema
	AnyOf      FactKind = "any"        // one of Any holds
	// Environment: a setting of the deployment (Key) has a value. It protects
	// nothing by itself; in an AnyOf it says when a guard isn't asked for.
	Environment FactKind = "environment"
	// Absent: an optional value (Key) isn't there. Like Environment, it only says
	// when a guard isn't asked for.
	Absent FactKind = "absent"
)

// The strengths of a Caller fact.
const (
	WeakCookie = iota + 1 // a cookie is there
	Unverified            // decoded, not verified
	Guessed               // by the name of something that can't be read
	Unsent                // by a credential that may not have been sent, so that anybody's may be found
	Capable               // holds a share key, a signed link or a link's password
	Verified              // a session or token was verified
	Operated              // a secret of the deployment, or a signature, was verified: no user's to have
)

// Fact is one thing that holds: a meaning, not a text.
type Fact struct {
	Layer      Layer
	Kind       FactKind
	Key        string
	Set        []string // sorted
	Strength   int
	Confidence Confidence
	What       string // in the reader's words: "session check by auth()"
	Evidence   []Site // from the entry to the check
	Any        [][]*Fact
	// AfterAuth says of an Input fact that the caller was known before.
	AfterAuth bool
	allowed   *fields // of an Input fact: what its schema lets through; nil if that can't be told
	// Via is Middleware for what holds for requests that went through that, and
	// empty for what the endpoint's own code shows.
	Via string
}

// Site is a place in a file, with what happens there.
type Site struct {
	File *syntax.File
	Span syntax.Span
	Why  string
}

// Lines gives the site's first and last line.
func (s Site) Lines() (int, int) {
	if s.File == nil {
		return 0, 0
	}
	return s.File.Lines(s.Span)
}

// Text gives the site's source.
func (s Site) Text() string {
	if s.File == nil {
		return ""
	}
	return s.File.Source(s.Span)
}

// ID names the fact's meaning; facts with equal ids mean the same.
func (f *Fact) ID() string {
	if f.Kind == AnyOf {
		var parts []string
		for _, alt := range f.Any {
			var ids []string
			for _, g := range alt {
				ids = append(ids, g.ID())
			}
			sort.Strings(ids)
			parts = append(parts, strings.Join(ids, "+"))
		}
		sort.Strings(parts)
		return "any(" + strings.Join(parts, "|") + ")"
	}
	id := string(f.Kind) + ":" + f.Key
	if len(f.Set) > 0 {
		id += "{" + strings.Join(f.Set, ",") + "}"
	}
	if f.Kind == Caller {
		id += string(rune('0' + f.Strength))
	}
	return id
}

func contains(facts []*Fact, f *Fact) bool {
	for _, g := range facts {
		if g == f || g.Kind == f.Kind && g.Key == f.Key && g.Strength == f.Strength && slices.Equal(g.Set, f.Set) && f.Kind != AnyOf {
			return true
		}
	}
	if f.Kind == AnyOf {
		return Entails(facts, f)
	}
	return false
}

// Entails reports whether what holds implies a fact.
func Entails(have []*Fact, want *Fact) bool {
	for _, h := range have {
		if implies(h, want) {
			return true
		}
	}
	if want.Kind != AnyOf {
		return false
	}
	for _, alt := range want.Any {
		if entailsAll(have, alt) {
			return true
		}
	}
	return false
}

func entailsAll(have, want []*Fact) bool {
	for _, w := range want {
		if !Entails(have, w) {
			return false
		}
	}
	return true
}

func implies(h, want *Fact) bool {
	if h.Kind == AnyOf {
		for _, alt := range h.Any {
			if !Entails(alt, want) {
				return false
			}
		}
		return len(h.Any) > 0
	}
	if h.Kind != want.Kind {
		return false
	}
	switch h.Kind {
	case Caller:
		return h.Strength >= want.Strength
	case Role:
		return h.Key == want.Key && within(h.Set, want.Set)
	case Permission:
		return subset(want.Set, h.Set)
	case Input:
		return h.Key == want.Key || want.Key == ""
	}
	return h.Key == want.Key
}

func subset(a, b []string) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

// excludes reports whether a Role fact says only what the role is not.
func excludes(f *Fact) bool {
	return f.Kind == Role && !slices.ContainsFunc(f.Set, func(s string) bool { return !strings.HasPrefix(s, "!") })
}

// dropImplied leaves out what a new Role fact makes needless: that the role is
// one of more, or isn't another one.
func dropImplied(facts []*Fact, f *Fact) []*Fact {
	if excludes(f) {
		return facts
	}
	return slices.DeleteFunc(slices.Clone(facts), func(g *Fact) bool {
		return g.Kind == Role && g.Key == f.Key && implies(f, g)
	})
}

// within reports whether each role of one set is among another: named there, or
// not excluded there.
func within(roles, of []string) bool {
	return !slices.ContainsFunc(roles, func(r string) bool {
		if slices.Contains(of, r) {
			return false
		}
		open := slices.ContainsFunc(of, func(s string) bool { return strings.HasPrefix(s, "!") })
		return strings.HasPrefix(r, "!") || !open || slices.Contains(of, "!"+r)
	})
}

// without lists the facts that the others don't imply.
func without(facts, others []*Fact) []*Fact {
	var out []*Fact
	for _, f := range facts {
		if !slices.Contains(others, f) && !Entails(others, f) {
			out = append(out, f)
		}
	}
	return out
}
