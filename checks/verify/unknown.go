package verify

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/syntax"
)

// The reasons for which something isn't understood.
const (
	reasonName  = "its code can't be read: it is taken for a guard by its name"
	reasonShows = "it refuses callers, and what its passing shows isn't known: that it is there is compared, not what it asks"
)

// unknownOf lists the places of an endpoint that look like guards and aren't
// understood: functions that are known by their names only, and refusals whose
// passing shows nothing. Of an endpoint that can't be followed it is all.
func unknownOf(repo *module.Repo, p *protect.Protection) []Missing {
	ref := p.Endpoint.Ref
	if p.Lost != "" {
		return []Missing{{Endpoint: ref, Guard: "whatever protects it", File: ref.File, Line: p.Endpoint.Line, Reason: p.Lost}}
	}
	var out []Missing
	for _, f := range compare.EverAsked(p) {
		if f.Layer == "" || f.Confidence != protect.Low || len(f.Evidence) == 0 {
			continue
		}
		at := f.Evidence[len(f.Evidence)-1]
		if at.File == nil {
			continue
		}
		u := Missing{Endpoint: ref, Layer: f.Layer, Guard: compare.GuardOf(f), Reason: reasonName}
		u.place(repo, at, calledAt(at))
		out = append(out, u)
	}
	for _, c := range p.Checks {
		n := refusalOf(c)
		if n == nil {
			continue
		}
		u := Missing{Endpoint: ref, Guard: "refusal by if (" + condition(c.Site.File, n) + ")", Reason: reasonShows}
		if i := slices.IndexFunc(c.Tests, protect.Test.Tells); i >= 0 {
			u.Layer = c.Tests[i].Layer()
		}
		u.place(repo, c.Site, c.Calls...)
		out = append(out, u)
	}
	return out
}

// place says where it is, and which of the functions that it calls the settings
// could describe.
func (u *Missing) place(repo *module.Repo, at protect.Site, calls ...string) {
	u.File = at.File.Path
	u.Line, _ = at.Lines()
	for _, called := range calls {
		if u.Settings = teach(repo, u.File, called, u.Layer); u.Settings != "" {
			return
		}
	}
}

// calledAt is the name of the function that a site calls; empty for another site.
func calledAt(at protect.Site) string { return cutOut(at, "").called }

// otherRefusal is how code refuses a request for what it is, whoever sends it.
var otherRefusal = regexp.MustCompile(`(?i)\b405\b|method`)

// refusalOf is the statement of a check that refuses callers and does no more, and
// whose passing shows nothing; nil for another check.
func refusalOf(c *protect.Check) *syntax.If {
	if c.Loose || c.Shows || c.Site.File == nil || !compare.Refuses(c) || otherRefusal.MatchString(c.Refusal) {
		return nil
	}
	for _, n := range slices.Backward(wayTo(c.Site.File, c.Site.Span)) {
		n, ok := n.(*syntax.If)
		if !ok || n.Start != c.Site.Span.Start {
			continue
		}
		if (brief(n.Then) || n.Else != nil && brief(n.Else)) && !otherRefusal.MatchString(condition(c.Site.File, n)) {
			return n
		}
		return nil
	}
	return nil
}

// maxBrief bounds the statements of a branch that does no more than to refuse.
const maxBrief = 3

// brief reports whether a branch leaves its function and decides nothing itself.
func brief(s syntax.Stmt) bool {
	b, ok := s.(*syntax.Block)
	if !ok {
		return ends(s)
	}
	if len(b.Body) > maxBrief || !ends(b) {
		return false
	}
	return !slices.ContainsFunc(b.Body, func(s syntax.Stmt) bool {
		switch s.(type) {
		case *syntax.If, *syntax.Try, *syntax.Switch:
			return true
		}
		return false
	})
}

// maxCondition bounds the text of a condition that is shown, in bytes.
const maxCondition = 100

// condition is the source of what an if statement asks, on one line.
func condition(f *syntax.File, n *syntax.If) string {
	text := strings.Join(strings.Fields(f.Source(n.Test.Pos())), " ")
	if len(text) > maxCondition {
		text = strings.ToValidUTF8(text[:maxCondition], "") + "…"
	}
	return text
}

// distinct puts together what several endpoints have: a place stands once, with the
// first of them.
func distinct(lists [][]Missing) []Missing {
	out := slices.Concat(lists...)
	slices.SortStableFunc(out, func(a, b Missing) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Layer, b.Layer),
			cmp.Compare(a.Guard, b.Guard), cmp.Compare(a.Endpoint.File, b.Endpoint.File), cmp.Compare(a.Endpoint.Name, b.Endpoint.Name))
	})
	return slices.CompactFunc(out, func(a, b Missing) bool {
		return a.File == b.File && a.Line == b.Line && a.Layer == b.Layer && a.Guard == b.Guard
	})
}
