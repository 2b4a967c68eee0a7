package audit

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/protect"
)

// effects lists what an endpoint does, each once.
func (e *Endpoint) effects(p *protect.Protection, passage []*protect.Fact) {
	gate := protect.Holds(passage, protect.Authentication)
	for _, x := range p.Effects {
		one := Effect{Kind: string(x.Kind), What: words(x), Open: !gate && open(p, x)}
		if x.Site.File != nil {
			one.File = x.Site.File.Path
			one.Line, _ = x.Site.Lines()
		}
		if i := slices.IndexFunc(e.Effects, func(y Effect) bool {
			return y.Kind == one.Kind && y.What == one.What && y.File == one.File && y.Line == one.Line
		}); i >= 0 {
			e.Effects[i].Open = e.Effects[i].Open || one.Open
			continue
		}
		e.Effects = append(e.Effects, one)
		e.Personal = e.Personal || personal(x.Model)
	}
	slices.SortStableFunc(e.Effects, func(a, b Effect) int {
		return cmp.Or(-compareBool(a.Open, b.Open), -compareBool(changes(a.Kind), changes(b.Kind)),
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.What, b.What))
	})
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func words(x *protect.Effect) string {
	if x.Model == "" {
		return x.Op
	}
	return x.Model + "." + x.Op
}

func changes(kind string) bool { return kind != "read" && kind != "unknown" }

// open reports whether an effect is done for anybody. A read before the check is
// no harm when the answer waits for it, or carries no data.
func open(p *protect.Protection, x *protect.Effect) bool {
	if protect.Holds(x.Facts, protect.Authentication) || reports(x) {
		return false
	}
	return x.Writes() || p.Exit != nil && !protect.Holds(p.Exit.Facts, protect.Authentication)
}

// reporting finds the call of a function that tells the operators of something,
// by its name.
var reporting = regexp.MustCompile(`^(await\s+)?([\w$]+\.)*(log|logger|logError|reportError|report|track|trackEvent|capture|captureException|captureMessage)(\.\w+)?\(`)

// reports reports whether a call of a service does no more than to tell the
// operators of something: what refuses a caller often does that before.
func reports(x *protect.Effect) bool {
	return x.Kind == catalog.Service && slices.ContainsFunc(x.Stack, func(s protect.Site) bool { return reporting.MatchString(s.Text()) })
}

// answered is what holds when the endpoint has answered, or has come to its end
// where it gives no data.
func answered(p *protect.Protection) []*protect.Fact {
	if p.Exit != nil {
		return p.Exit.Facts
	}
	return p.End
}

// guards lists what holds whenever the endpoint does something, and what the
// middleware asks for before; and of ownership, whatever ties one of its effects
// to the caller.
func (e *Endpoint) guards(p *protect.Protection, passage []*protect.Fact) {
	var lists [][]*protect.Fact
	for _, x := range p.Effects {
		facts := x.Facts
		if !x.Writes() {
			facts = append(slices.Clone(facts), answered(p)...)
		}
		lists = append(lists, facts)
		for _, f := range x.Facts {
			if f.Layer == protect.Ownership {
				e.add(f, false)
			}
		}
		if x.Owned() {
			e.selection(x)
		}
	}
	if len(lists) == 0 {
		lists = append(lists, answered(p))
	}
	for _, f := range protect.Meet(lists) {
		e.add(f, false)
	}
	for _, f := range passage {
		e.add(f, true)
	}
}

func (e *Endpoint) add(f *protect.Fact, middleware bool) {
	if f.Layer == "" {
		return
	}
	g := Guard{What: compare.GuardOf(f), Confidence: f.Confidence, Middleware: middleware}
	if len(f.Set) > 0 && !strings.Contains(g.What, f.Set[0]) {
		g.What += " (" + strings.Join(f.Set, ", ") + ")"
	}
	g.at(f.Evidence)
	e.keep(f.Layer, g)
}

// at places a guard where its check stands.
func (g *Guard) at(evidence []protect.Site) {
	for _, s := range slices.Backward(evidence) {
		if s.File != nil {
			g.File = s.File.Path
			g.Line, _ = s.Lines()
			return
		}
	}
}

func (e *Endpoint) keep(layer protect.Layer, g Guard) {
	if !slices.Contains(e.Protection[layer], g) {
		e.Protection[layer] = append(e.Protection[layer], g)
	}
}

// selection is the guard of a query that selects the caller's own rows.
func (e *Endpoint) selection(x *protect.Effect) {
	g := Guard{What: "selection of " + words(x), Confidence: protect.High}
	if t := x.ScopedBy; t != nil && t.Field != "" && t.Field != "*" {
		g.What = "selection of " + cmp.Or(x.Model, x.Op) + " by " + t.Field
	}
	g.at([]protect.Site{x.Site})
	e.keep(protect.Ownership, g)
}

// personWords are the parts of names of what is about persons.
var personWords = []string{
	"user", "account", "customer", "profile", "person", "member", "contact", "email", "address", "payment", "payout", "invoice",
	"session", "token", "credential", "password", "patient", "employee", "visitor", "viewer", "lead", "subscriber", "partner", "apikey",
}

func personal(model string) bool {
	model = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(model))
	return slices.ContainsFunc(personWords, func(w string) bool { return strings.Contains(model, w) })
}
