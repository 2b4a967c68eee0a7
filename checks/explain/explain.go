// Package explain lays out how one endpoint is protected: the evidence chain
// from its entry through wrappers and helpers to the checks, the exits and the
// effects, each with its place, and what of it isn't known.
//
//	found, err := explain.Find(repo, "GET /api/posts/[id]")
//	x := explain.Explain(repo, found, settings.Of(repo))
package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
)

// Explanation is the evidence chain of one endpoint.
type Explanation struct {
	Endpoint endpoint.Ref `json:"endpoint"`
	Line     int          `json:"line"`
	// Public is the entry of the settings by which nobody has to sign in for it.
	Public     string   `json:"public,omitempty"`
	Effects    []Effect `json:"effects"`    // in the order of their evaluation; the answer last
	Middleware []Guard  `json:"middleware"` // what it asks for before the endpoint runs
	Exits      []Step   `json:"exits"`      // the answers that refuse
	Unknown    []Step   `json:"unknown"`    // why something isn't known
}

// Effect is something that the endpoint does, with the guards that hold before.
type Effect struct {
	Kind   string  `json:"kind"` // as in catalog.EffectKind, or "answer"
	What   string  `json:"what"`
	Scope  string  `json:"scope"` // what ties its rows to the caller, in words
	Path   []Step  `json:"path"`  // from the entry to it
	Guards []Guard `json:"guards"`
}

// Guard is one thing that holds, with the way to the check that shows it.
type Guard struct {
	Layer      protect.Layer      `json:"layer"`
	What       string             `json:"guard"`
	Confidence protect.Confidence `json:"confidence"`
	Path       []Step             `json:"path"`
}

// Role is what a step is on the way.
type Role string

// The roles.
const (
	Entry      Role = "entry"
	Wrapper    Role = "wrapper" // calls the endpoint's function
	Helper     Role = "helper"  // the call of a function that is followed
	Check      Role = "check"
	Exit       Role = "exit"
	Does       Role = "effect"
	NotKnown   Role = "unknown"
	Middleware Role = "middleware"
)

// Step is one place on a way.
type Step struct {
	Role    Role   `json:"role"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	EndLine int    `json:"end_line"`
	What    string `json:"what"`
	Code    string `json:"code"` // the first line of its source
}

// Explain evaluates an endpoint. What could not be evaluated stands in Unknown.
func Explain(repo *module.Repo, e endpoint.Endpoint, s *settings.Settings) *Explanation {
	w := protect.NewWorld(repo)
	lost := w.Declare(s, nil)
	p := w.Protect(e)
	x := &Explanation{Endpoint: e.Ref, Line: e.Line, Effects: []Effect{}, Middleware: []Guard{}, Exits: []Step{}, Unknown: []Step{}}
	if entry := s.PublicEntry(e.Name, e.File); entry != nil {
		x.Public = entry.Text
	}
	for _, why := range lost {
		x.Unknown = append(x.Unknown, Step{Role: NotKnown, File: settings.Path, What: why})
	}
	explainer{p}.fill(x)
	facts, why := compare.NewPassages(repo, w).Of(e)
	for _, f := range facts {
		x.Middleware = append(x.Middleware, explainer{p}.guards([]*protect.Fact{f})...)
	}
	if why != "" {
		x.Unknown = append(x.Unknown, Step{Role: NotKnown, File: e.File, Line: e.Line, What: "the middleware: " + why})
	}
	return x
}

type explainer struct{ p *protect.Protection }

func (x explainer) fill(out *Explanation) {
	p := x.p
	var last string
	for _, e := range append(slices.Clone(p.Effects), p.Exit) {
		if e == nil {
			continue
		}
		effect := x.effect(e)
		if id := fmt.Sprint(effect); id != last {
			last = id
			out.Effects = append(out.Effects, effect)
		}
	}
	for _, d := range p.Denials {
		out.Exits = append(out.Exits, step(Exit, d.Site, refusal(d.Status)))
	}
	slices.SortStableFunc(out.Exits, func(a, b Step) int { return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	out.Exits = slices.Compact(out.Exits)
	if p.Lost != "" {
		out.Unknown = append(out.Unknown, step(NotKnown, p.Entry, p.Lost))
	}
	for _, cut := range p.Cuts {
		out.Unknown = append(out.Unknown, step(NotKnown, cut.Site, cut.Why))
	}
	for _, e := range p.Effects {
		if e.Kind == "unknown" {
			out.Unknown = append(out.Unknown, step(NotKnown, e.Site, e.Op+" of "+e.Model+" can't be read: whether it guards, or what it does, isn't known"))
		}
	}
}

func refusal(status int) string {
	if status == 0 {
		return "refuses"
	}
	return fmt.Sprintf("refuses with %d", status)
}

func (x explainer) effect(e *protect.Effect) Effect {
	out := Effect{Kind: string(e.Kind), What: effectWords(e), Scope: scopeWords(e), Guards: x.guards(e.Facts)}
	role, what := Does, out.What
	if e.Kind == "answer" {
		role, what = Exit, "answers"
	}
	out.Path = x.path(e.Stack, step(role, e.Site, what))
	return out
}

func effectWords(e *protect.Effect) string {
	switch {
	case e.Kind == "answer":
		return "what carries data"
	case e.Model == "":
		return e.Op
	}
	return e.Model + "." + e.Op
}

var standings = map[protect.Standing]string{
	protect.Checked:    "which was checked to be the caller's",
	protect.Belonging:  "taken from a record that is the caller's",
	protect.Themselves: "taken from the identity",
}

// scopeWords says what ties an effect's rows to the caller, or that nothing does.
func scopeWords(e *protect.Effect) string {
	by := ""
	if e.ScopedBy != nil && e.ScopedBy.Field != "" && e.ScopedBy.Field != "*" {
		by = "by " + e.ScopedBy.Field + ", "
	}
	switch {
	case e.Kind == "answer":
		return ""
	case e.Owned():
		return "selected " + by + standings[e.Scope]
	case len(e.Terms) > 0 && e.TakesInput():
		return "selected by what the caller sends"
	case len(e.Terms) > 0:
		return "selected by nothing of the caller's"
	}
	return ""
}

// guards lists what facts show, layer by layer.
func (x explainer) guards(facts []*protect.Fact) []Guard {
	out := []Guard{}
	for _, layer := range protect.Layers {
		for _, f := range facts {
			if f.Layer != layer {
				continue
			}
			g := Guard{Layer: layer, What: words(f), Confidence: f.Confidence}
			if n := len(f.Evidence); n > 0 {
				last := f.Evidence[n-1]
				g.Path = x.path(f.Evidence[:n-1], step(Check, last, cmp.Or(last.Why, f.What)))
			}
			out = append(out, g)
		}
	}
	return out
}

func words(f *protect.Fact) string {
	if len(f.Set) > 0 {
		return f.What + " (" + strings.Join(f.Set, ", ") + ")"
	}
	return f.What
}

// path puts the entry, the calls on the way and the end of it together.
func (x explainer) path(calls []protect.Site, end Step) []Step {
	out := []Step{step(Entry, x.p.Entry, "the endpoint")}
	home := out[0].File
	for i, c := range calls {
		if c.File == nil || c.Span == x.p.Entry.Span {
			continue
		}
		next := end.File
		if i+1 < len(calls) && calls[i+1].File != nil {
			next = calls[i+1].File.Path
		}
		role, what := Helper, "calls "+callee(c)
		switch {
		case c.Why != "":
			role, what = Check, c.Why
		case c.File.Path != home && next == home:
			role, what = Wrapper, "calls the endpoint's function"
		}
		if s := step(role, c, what); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if end.File != "" {
		out = append(out, end)
	}
	return out
}

// callee is what a call's source names before its arguments.
func callee(s protect.Site) string {
	text := strings.TrimPrefix(s.Text(), "await ")
	if i := strings.IndexByte(text, '('); i > 0 {
		text = text[:i]
	}
	return clip(strings.Join(strings.Fields(text), " ")) + "()"
}

const maxCode = 120 // bytes of a line of source

func clip(s string) string {
	if len(s) > maxCode {
		return strings.ToValidUTF8(s[:maxCode], "") + "…"
	}
	return s
}

func step(role Role, s protect.Site, what string) Step {
	if s.File == nil {
		return Step{Role: role, What: what}
	}
	first, last := s.Lines()
	code, _, _ := strings.Cut(s.Text(), "\n")
	return Step{Role: role, File: s.File.Path, Line: first, EndLine: last, What: what, Code: clip(strings.TrimSpace(code))}
}
