package settings

import (
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
)

// Guard says what a function of the repository, or of a package that the
// catalogue doesn't know, shows about its caller.
type Guard struct {
	Module string // a file of the repository, or a package
	Export string // a path as in catalog.Meaning, without the call at its end
	Proves Proves
	// Demands names the arguments that hold the demanded roles or permissions.
	Demands []string
	// Fails is what the function does for anybody else: Throws (it throws,
	// redirects, or ends the request in another way), or the shape of its result.
	Fails string
	Gives string // the shape of its result otherwise
	// Handler makes the function a wrapper: the argument that is the function
	// which it protects.
	Handler string
	// With are the shapes of what the wrapper calls the function with; none is
	// what it was called with itself.
	With []string
	Line int
}

// Throws is the Fails of a guard that gives no result when it fails.
const Throws = "throws"

// Proves is what a guard shows: a credential of the catalogue, or one of the
// words below.
type Proves string

// What a guard can show beside the catalogue's credentials.
const (
	Ownership  Proves = "ownership"  // what was asked for belongs to the caller
	Validation Proves = "validation" // the input went through a schema
)

// provable are the words for Proves: what protects, and nothing else.
var provable = []string{
	string(catalog.Session), string(catalog.Token), string(catalog.Secret), string(catalog.Signature), string(catalog.Capability),
	string(catalog.Role), string(catalog.Permission), string(Ownership), string(Validation),
}

// Effect says what a function of the repository, or of a package that the
// catalogue doesn't know, does.
type Effect struct {
	Module, Export string
	Kind           catalog.EffectKind
	Model          string   // what it is about, in the reader's words; may be empty
	Where          []string // argument paths of what selects the rows
	Data           []string // argument paths of what is written
	Line           int
}

var effectKinds = []string{
	string(catalog.Read), string(catalog.Write), string(catalog.Service), string(catalog.Mail), string(catalog.File),
}

// Libraries are what the file declares, by module, in the catalogue's form.
func (s *Settings) Libraries() []catalog.Library {
	byModule := map[string]int{}
	var out []catalog.Library
	add := func(module string, m catalog.Meaning) {
		i, ok := byModule[module]
		if !ok {
			i = len(out)
			byModule[module] = i
			out = append(out, catalog.Library{Name: module, Source: Path, Packages: []string{module}})
		}
		out[i].Meanings = append(out[i].Meanings, m)
	}
	for i := range s.Guards {
		add(s.Guards[i].Module, s.Guards[i].meaning())
	}
	for i := range s.Effects {
		add(s.Effects[i].Module, s.Effects[i].meaning())
	}
	return out
}

func called(export string) string {
	if strings.HasSuffix(export, "()") {
		return export
	}
	return export + "()"
}

// meaning is the guard in the catalogue's vocabulary.
func (g *Guard) meaning() catalog.Meaning {
	m := catalog.Meaning{Path: called(g.Export)}
	proof := &catalog.Proof{Kind: catalog.Credential(g.Proves), Demands: g.Demands}
	holds := catalog.Outcome{Shape: g.Gives, Proves: proof}
	fails := catalog.Outcome{Shape: g.Fails}
	if g.Fails == Throws {
		fails = catalog.Outcome{Throws: true}
	}
	if g.Handler == "" {
		m.Outcomes = []catalog.Outcome{holds, fails}
		return m
	}
	m.Calls = &catalog.Callback{Arg: g.Handler, With: g.With, Later: true, Outcomes: []catalog.Outcome{holds}}
	return m
}

func (e *Effect) meaning() catalog.Meaning {
	q := &catalog.Query{Kind: e.Kind, Where: e.Where, Data: e.Data, Result: catalog.One}
	if e.Model != "" {
		q.Model = `"` + e.Model + `"`
	}
	if e.Kind == catalog.Write {
		q.Result = catalog.Written
	}
	return catalog.Meaning{Path: called(e.Export), Query: q}
}
