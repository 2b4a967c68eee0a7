package protect

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/syntax"
)

// result awaits a query: what it gives, and what its giving something shows.
func (ev *eval) result(q *QueryValue) Value {
	e := q.E
	if v := ev.remoteSession(q); v != nil {
		return v
	}
	origin, facts := ev.found(e)
	root := e.root
	if root == nil {
		root = &Root{Origin: origin, Label: e.Model, Model: e.Model, By: e.Terms, effect: e, own: e.Kind == catalog.Read && e.Scope >= Belonging}
		e.root = root
		ev.memberRelations(e, root)
	}
	ev.st.reads(root)
	rec := &Opaque{Root: root}
	shows := &assumption{facts: facts}
	if e.Scope >= Checked {
		shows.trust = map[trustKey]bool{{root: root}: true}
		for _, t := range e.Terms {
			ev.trustTerm(shows.trust, t)
		}
	}
	v := ev.resultValue(q.result.result, rec, shows, e.Site)
	if q.result.envelope == "" {
		return v
	}
	return ev.shape(catalog.MustShape(q.result.envelope), shaping{result: v, identity: unknown})
}

// memberRelations: a relation that was read along under a condition on the
// caller has rows only if the record is theirs.
func (ev *eval) memberRelations(e *Effect, root *Root) {
	for _, name := range sortedKeys(e.related) {
		best, by := ev.st.scope(e.related[name])
		if best < Checked {
			continue
		}
		f := ev.fact(Ownership, Owner, e.Model, "lookup of "+e.Model+" with "+name+" by "+by.Field, e.Site)
		shows := &assumption{facts: []*Fact{f}, trust: map[trustKey]bool{{root: root}: true}}
		for _, t := range e.Terms {
			ev.trustTerm(shows.trust, t)
		}
		if root.members == nil {
			root.members = map[string]Value{}
		}
		rows := &Opaque{Root: root, Path: "." + name}
		root.members[name] = &Choice{P: &Point{alts: []*assumption{shows, {}}}, Vals: []Value{rows, newList()}}
	}
}

func (ev *eval) trustTerm(into map[trustKey]bool, t Term) {
	ev.chosen(t.Value, func(k trustKey) { into[k] = true })
}

func (ev *eval) resultValue(r catalog.Result, rec *Opaque, found *assumption, site Site) Value {
	two := func(a, b Value) Value {
		rec.Root.found = &Point{alts: []*assumption{found, {}}}
		return &Choice{P: rec.Root.found, Vals: []Value{a, b}}
	}
	switch r {
	case catalog.One:
		return two(rec, null)
	case catalog.Must:
		ev.throws(site)
		ev.st.assume(found)
		return rec
	case catalog.Many:
		for k := range found.trust {
			if k.root == rec.Root {
				ev.st.setTrust(k)
			}
		}
		return two(rec, newList())
	case catalog.Number:
		return two(&Opaque{Root: rec.Root, Path: "~count"}, Const{Kind: syntax.Number, Text: "0"})
	}
	return rec
}

var credentialField = regexp.MustCompile(`(?i)hash|token|secret|(api|share|access|invite|embed|link|public|license|signing|webhook)_?key|passw|credential`)

// found says what finding a record shows. Selected by the caller's identity
// together with an input, it shows that the input is the caller's; selected by a
// credential that the caller presented, it shows who the caller is.
func (ev *eval) found(e *Effect) (Origin, []*Fact) {
	if e.Scope >= Checked {
		if e.Kind != catalog.Read {
			return FromResource, nil
		}
		if !ev.tiesInput(e.Terms) {
			return FromResource, ev.membership(e)
		}
		f := ev.fact(Ownership, Owner, e.Model, "lookup of "+e.Model+" scoped by "+e.ScopedBy.Field, e.Site)
		f.Evidence = append(e.Stack[:len(e.Stack):len(e.Stack)], Site{e.Site.File, e.Site.Span, f.What})
		return FromResource, []*Fact{f}
	}
	for _, t := range e.Terms {
		o := ev.telling(t.Value, 0)
		if o == nil || t.Or != nil {
			continue
		}
		// what was made of a secret as well is a salted hash of what was presented
		salted := o.Root.Origin == FromSecret && (credentialField.MatchString(lastField(t.Field)) || lastField(t.Field) == "key")
		if o.Root.Origin != FromRequest && !salted {
			continue
		}
		presented := salted || credentialPath(o)
		if !presented && !credentialField.MatchString(lastField(t.Field)) {
			continue
		}
		what, strength := "lookup of "+e.Model+" by "+lastField(t.Field), Capable
		origin := FromResource
		if presented {
			strength, origin = Verified, FromIdentity
		}
		if e.lax && !salted && !ev.st.wasSent(t.Value, o) {
			what, strength = what+", or of any when none was sent", Unsent
		}
		f := ev.callerFact(strength, what, e.Site)
		return origin, []*Fact{f}
	}
	return FromResource, nil
}

var (
	sentBeside    = regexp.MustCompile(`(?i)headers?\b|cookies?\b`)
	credentialKey = regexp.MustCompile(`(?i)authorization|api[-_]?key|token|bearer|session|secret|signature`)
)

// credentialPath reports whether an input is a credential: a header or cookie
// with such a name.
func credentialPath(o *Opaque) bool {
	return o.Root.Origin == FromRequest && sentBeside.MatchString(o.Path) && credentialKey.MatchString(o.Path)
}

var fetchName = regexp.MustCompile(`(?i)^(get|hget|find|fetch|lookup|load|read|validate|verify)`)

// lookupElsewhere: what a store that isn't a database holds for a credential
// that the caller presented, if anything. Nil when the call is none.
func (ev *eval) lookupElsewhere(x *Extern) Value {
	if !fetchName.MatchString(x.Step) {
		return nil
	}
	for _, a := range x.Args {
		if o := ev.telling(a, 0); o != nil && credentialPath(o) {
			what, strength := "lookup by a credential in "+x.Step+"()", Verified
			if !ev.st.wasSent(a, o) {
				what, strength = what+", which may not have been sent", Unsent
			}
			f := ev.callerFact(strength, what, x.Site)
			f.Confidence = Medium
			id := ev.fresh(FromIdentity, x.Step+"()")
			return &Choice{P: &Point{alts: []*assumption{{facts: []*Fact{f}}, {}}}, Vals: []Value{id, null}}
		}
	}
	return nil
}

// membership: the caller's row in a fixed group, which a constant or a setting
// names, is a right of theirs. A row of what is theirs already, an extension that is
// installed in their workspace, say, is none.
func (ev *eval) membership(e *Effect) []*Fact {
	if slices.ContainsFunc(e.Terms, func(t Term) bool { return ev.st.best(t.Value, 0) == Belonging }) {
		return nil
	}
	for _, t := range e.Terms {
		if t.Or != nil || !strings.HasSuffix(strings.ToLower(t.Field), "id") {
			continue
		}
		v := ev.st.see(t.Value)
		c, isConst := v.(Const)
		o, isOpaque := v.(*Opaque)
		if isConst && c.Text != "" || isOpaque && o.Root.Origin == FromSecret {
			return []*Fact{ev.fact(Authorization, Predicate, "row of "+e.Model, "lookup of the caller's "+e.Model, e.Site)}
		}
	}
	return nil
}

func lastField(f string) string { return f[strings.LastIndexByte(f, '.')+1:] }

func (ev *eval) tiesInput(terms []Term) bool {
	return slices.ContainsFunc(terms, func(t Term) bool {
		switch v := ev.st.see(t.Value).(type) {
		case *Opaque:
			return t.Or == nil && ev.st.standing(v) <= Checked && (v.Root.Origin == FromRequest || v.Root.Origin == FromResource)
		case *Extern:
			return t.Or == nil && ev.tellsInput(v)
		}
		return false
	})
}
