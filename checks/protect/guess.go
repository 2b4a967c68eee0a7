package protect

import (
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/module"
)

// What can't be resolved is judged by its name, with low confidence: its
// removal is then still seen, as a warning.
var (
	demandName  = newVocabulary(`^(require|assert|ensure|enforce|verify|check|protect|authori[sz]e|authenticate|guard|throwIf|must|validate)`)
	sessionName = newVocabulary(`(?i)session|current_?user|auth(?:ed|enticated)?_?user|getUser$|viewer|^auth$|getAuth|validateRequest`)
	testName    = newVocabulary(`^(can|is|has|may|allows?)[A-Z]`)
	authWord    = newVocabulary(`(?i)auth|session|login|signed|token|api_?key|user`)
	ownerWord   = newVocabulary(`(?i)owner|owns|belongs`)
	rightsWord  = newVocabulary(`(?i)role|permission|admin|access|scope|allow|member|authori[sz]`)
)

// missing is an import that leads nowhere.
func (ev *eval) missing(b module.Binding, local string) Value {
	name := b.Imported
	if name == "" || name == "default" || name == "*" {
		name = local
	}
	if pkg := catalog.Guess(name); pkg != "" {
		return &Extern{Pkg: pkg, Path: name}
	}
	return &Opaque{Root: &Root{Origin: FromUnknown, Label: name, Guess: guardName.MatchString(name)}}
}

// guessCall calls an unreadable function with a guard's name.
func (ev *eval) guessCall(f *Opaque, args []Value, site Site) Value {
	if v := ev.guess(f.Root.Label, args, site); v != nil {
		return v
	}
	ev.callCallbacks(args, site)
	return ev.callResult(f, f.Root.Label, args)
}

// guess is what a call by such a name may show; nil when the name says nothing.
func (ev *eval) guess(name string, args []Value, site Site) Value {
	if !guardName.MatchString(name) || planName.MatchString(name) {
		return nil
	}
	for _, a := range args {
		if isFunction(a) {
			return &Native{Name: name, Call: func(ev *eval, passed []Value, at Site) Value {
				ev.st.learn(ev.guessFact(name, site))
				return ev.call(a, undefined, passed, at)
			}}
		}
	}
	id := &Opaque{Root: &Root{Origin: FromIdentity, Label: name + "()", Guess: true}}
	switch {
	case testName.MatchString(name):
		f := ev.guessFact(name, site)
		return &Choice{P: &Point{alts: []*assumption{{facts: []*Fact{f}}, {}}}, Vals: []Value{yes, no}}
	case sessionName.MatchString(name) && !demandName.MatchString(name):
		f := ev.callerFact(Guessed, "session check by "+name+"()", site)
		f.Confidence = Low
		return &Choice{P: &Point{alts: []*assumption{{facts: []*Fact{f}}, {}}}, Vals: []Value{id, null}}
	case demandName.MatchString(name) && (authWord.MatchString(name) || rightsWord.MatchString(name) || ownerWord.MatchString(name)):
		ev.throws(site)
		ev.st.learn(ev.guessFact(name, site))
		return id
	}
	return nil
}

// guessFact is the fact that a guard's name suggests.
func (ev *eval) guessFact(name string, site Site) *Fact {
	what := strings.TrimSuffix(name, "()") + "()"
	var f *Fact
	switch {
	case ownerWord.MatchString(name):
		f = ev.fact(Ownership, Predicate, name, "check by "+what, site)
	case rightsWord.MatchString(name) || testName.MatchString(name):
		f = ev.fact(Authorization, Predicate, name, "check by "+what, site)
	default:
		f = ev.callerFact(Guessed, "check by "+what, site)
	}
	f.Confidence = Low
	return f
}
