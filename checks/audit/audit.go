// Package audit takes stock of one revision: every endpoint with what it does,
// the guards that protect it, layer by layer, and a verdict.
//
//	a, err := audit.Run(ctx, repo, settings.Of(repo), nil)
//
// Endpoints that anybody can use come first, those that do most before the
// others; what is public on purpose is told apart, with the reason.
package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/parallel"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
)

// Verdict is what an endpoint's protection amounts to.
type Verdict string

// The verdicts, in the order in which they are shown.
const (
	Open    Verdict = "open"    // anybody can make it do something
	Unknown Verdict = "unknown" // that isn't known
	Public  Verdict = "public"  // anybody can, on purpose
	Guarded Verdict = "guarded" // it asks who is calling
)

// Verdicts lists the verdicts in the order in which they are shown.
var Verdicts = []Verdict{Open, Unknown, Public, Guarded}

// Audit is the stock of one revision. Endpoints are sorted by verdict, then by
// what they do, gravest first.
type Audit struct {
	Endpoints   []Endpoint
	NotAnalysed []compare.NotAnalysed
}

// Endpoint is one endpoint with its protection.
type Endpoint struct {
	endpoint.Ref
	Line       int
	Effects    []Effect
	Protection map[protect.Layer][]Guard
	Verdict    Verdict
	Reason     string // one clause that says why, without a full stop
	Personal   bool   // it touches what is about persons
	// Lost are the layers that it had guards of in the audit that it is compared
	// with; see Worse.
	Lost []protect.Layer
}

// Effect is something that an endpoint does. Open says that it is done for
// anybody.
type Effect struct {
	Kind string
	What string
	File string
	Line int
	Open bool
}

// Writes reports whether the endpoint changes something.
func (e *Endpoint) Writes() bool {
	return slices.ContainsFunc(e.Effects, func(x Effect) bool { return changes(x.Kind) })
}

// Guard is a check that holds, where it is made.
type Guard struct {
	What       string
	File       string
	Line       int
	Confidence protect.Confidence
	Middleware bool // it stands in the middleware
}

// Severity is how much an endpoint's verdict matters to --fail-on: an open one
// that changes something or touches personal data is an error, another open one
// a warning, an unknown one a notice. One that lost guards is an error too, or a
// warning where these were of validation alone. Empty for the others.
func (e *Endpoint) Severity() compare.Severity {
	switch {
	case slices.ContainsFunc(e.Lost, func(l protect.Layer) bool { return l != protect.Validation }):
		return compare.Error
	case e.Verdict == Open && (e.Writes() || e.Personal):
		return compare.Error
	case e.Verdict == Open || len(e.Lost) > 0:
		return compare.Warning
	case e.Verdict == Unknown:
		return compare.Notice
	}
	return ""
}

// Worst is the gravest severity of the endpoints, empty when there is none.
func (a *Audit) Worst() compare.Severity {
	var worst compare.Severity
	for i := range a.Endpoints {
		if s := a.Endpoints[i].Severity(); s.Rank() > worst.Rank() {
			worst = s
		}
	}
	return worst
}

// Run evaluates every endpoint of a repository. After each one it calls
// progress, which may be nil, with how many of all are done; the calls come from
// several goroutines. It returns ctx's error when ctx ends.
func Run(ctx context.Context, repo *module.Repo, s *settings.Settings, progress func(done, all int)) (*Audit, error) {
	files := slices.DeleteFunc(repo.Files(), func(f string) bool { return !endpoint.IsEndpoint(repo, f) || s.Ignores(f) })
	found := endpoint.Find(repo, files)
	out := &Audit{Endpoints: make([]Endpoint, len(found))}
	var done atomic.Int64
	err := parallel.Each(ctx, len(found), func() func(int) {
		a := newAuditor(ctx, repo, s)
		return func(i int) {
			out.Endpoints[i] = a.endpoint(found[i])
			if n := int(done.Add(1)); progress != nil {
				progress(n, len(found))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range out.Endpoints {
		if e := &out.Endpoints[i]; e.Verdict == Unknown {
			out.NotAnalysed = append(out.NotAnalysed, compare.NotAnalysed{File: e.File, Reason: e.Name + ": " + e.Reason})
		}
	}
	for _, skip := range repo.Skipped() {
		out.NotAnalysed = append(out.NotAnalysed, compare.NotAnalysed{File: skip.Path, Reason: skip.Reason})
	}
	slices.SortFunc(out.Endpoints, byUrgency)
	slices.SortFunc(out.NotAnalysed, func(a, b compare.NotAnalysed) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Reason, b.Reason))
	})
	out.NotAnalysed = slices.Compact(out.NotAnalysed)
	return out, nil
}

func byUrgency(a, b Endpoint) int {
	return cmp.Or(
		cmp.Compare(slices.Index(Verdicts, a.Verdict), slices.Index(Verdicts, b.Verdict)),
		cmp.Compare(b.urgency(), a.urgency()),
		cmp.Compare(a.File, b.File),
		cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.Kind, b.Kind),
	)
}

// urgency puts writes before reads, and personal data before other.
func (e *Endpoint) urgency() int {
	n := 0
	if e.Writes() {
		n += 2
	}
	if e.Personal {
		n++
	}
	return n
}

// auditor evaluates endpoints, one after the other, in a world of its own.
type auditor struct {
	repo     *module.Repo
	settings *settings.Settings
	world    *protect.World
	passages *compare.Passages
}

func newAuditor(ctx context.Context, repo *module.Repo, s *settings.Settings) *auditor {
	a := &auditor{repo: repo, settings: s, world: protect.NewWorld(repo).Until(ctx.Done())}
	a.world.Declare(s, nil)
	a.passages = compare.NewPassages(repo, a.world)
	return a
}

func (a *auditor) endpoint(e endpoint.Endpoint) Endpoint {
	out := Endpoint{Ref: e.Ref, Line: e.Line, Effects: []Effect{}, Protection: map[protect.Layer][]Guard{}}
	p := a.world.Protect(e)
	passage, unread := a.passages.Of(e)
	out.effects(p, passage)
	out.guards(p, passage)
	out.Verdict, out.Reason = a.judge(e, p, &out, passage)
	if out.Verdict == Open && unread != "" {
		out.Verdict, out.Reason = Unknown, fmt.Sprintf("it asks for nobody itself, and the middleware: %s", unread)
	}
	return out
}
