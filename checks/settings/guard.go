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
	// Async says whether its result must be awaited; Unsaid leaves it to the
	// function's code, and for a package takes it for one that needn't.
	Async Async
	Line  int
}

// Async is an answer to whether a function's result must be awaited.
type Async uint8

// The answers.
const (
	Unsaid Async = iota
	Awaited
	Immediate
)

func asyncOr(awaited bool) Async {
	if awaited {
		return Awaited
	}
	return Immediate
}

// Throws is the Fails of a guard that gives no result when it fails.
const Throws = "throws"

// Proves is what a guard shows.
type Proves = catalog.Credential

// provable are the words for Proves: what protects, and nothing else.
var provable = []string{
	string(catalog.Session), string(catalog.Token), string(catalog.Secret), string(catalog.Signature), string(catalog.Capability),
	string(catalog.Role), string(catalog.Permission), string(catalog.Ownership), string(catalog.Validation),
}

// giving are the results by default that aren't an identity.
var giving = map[Proves]string{catalog.Ownership: "unknown", catalog.Validation: "request", catalog.Secret: "unknown", catalog.Signature: "request"}

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
// Awaited answers of a guard that leaves it open whether it gives a promise.
func (s *Settings) Libraries(awaited func(*Guard) bool) []catalog.Library {
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
		g := &s.Guards[i]
		add(g.Module, g.meaning(g.Async == Awaited || g.Async == Unsaid && awaited(g)))
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
func (g *Guard) meaning(async bool) catalog.Meaning {
	m := catalog.Meaning{Path: called(g.Export), Async: async}
	holds := catalog.Outcome{Shape: g.Gives, Proves: g.proof()}
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

// proof is what the guard shows. Who has a role or a permission is somebody.
func (g *Guard) proof() *catalog.Proof {
	switch g.Proves {
	case catalog.Role, catalog.Permission:
		return &catalog.Proof{Kind: catalog.Session, Demands: g.Demands, Rights: true}
	}
	return &catalog.Proof{Kind: g.Proves, Demands: g.Demands}
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
