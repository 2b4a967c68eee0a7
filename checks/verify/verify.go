// Package verify asks how well the comparison sees a repository's own guards: it
// deletes each of them in memory, one at a time, and looks whether the
// comparison of one endpoint behind it speaks.
//
//	r, err := verify.Run(ctx, repo, settings.Of(repo), nil)
//
// A guard is a check that protects at least one endpoint, with the layer that it
// serves. One whose protection another guard gives as well is counted apart:
// without it nothing is lost.
package verify

import (
	"cmp"
	"context"
	"slices"
	"sync/atomic"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/parallel"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
)

// Report says of each layer how many guards there are, and how many of them are
// missed when they are deleted.
type Report struct {
	Layers    map[protect.Layer]*Count
	Redundant int // guards whose protection another one gives too
	Uncut     int // guards that could not be taken out of their code alone
	Unseen    []Missing
	// Unknown are the places that look like guards and aren't understood: none of
	// them counts as a guard by what it shows.
	Unknown []Missing
}

// Count is the number of guards, and of those whose deletion is seen.
type Count struct {
	Guards int `json:"guards"`
	Seen   int `json:"seen"`
}

// Total sums up the layers.
func (r *Report) Total() Count {
	var c Count
	for _, l := range r.Layers {
		c.Guards += l.Guards
		c.Seen += l.Seen
	}
	return c
}

// Missing is a guard whose deletion isn't seen, or a place that looks like a guard and
// isn't understood, with the reason, and the settings that would teach it; empty where
// none would. Layer is empty where it could be any.
type Missing struct {
	Endpoint endpoint.Ref
	Layer    protect.Layer
	Guard    string
	File     string
	Line     int
	Reason   string
	Settings string
}

// guard is a check to be deleted, with an endpoint that it protects.
type guard struct {
	endpoint endpoint.Endpoint
	fact     *protect.Fact
	what     string
	selects  *protect.Effect // for a condition of a query, that query
	around   bool            // it may be the function around the endpoint's own
	cut      cut
}

// Run verifies every guard of a repository. After each one it calls progress,
// which may be nil, with how many of all are done; the calls come from several
// goroutines. It returns ctx's error when ctx ends.
func Run(ctx context.Context, repo *module.Repo, s *settings.Settings, progress func(done, all int)) (*Report, error) {
	files := slices.DeleteFunc(repo.Files(), func(f string) bool { return !endpoint.IsEndpoint(repo, f) || s.Ignores(f) })
	found := slices.DeleteFunc(endpoint.Find(repo, files), protect.Broken)
	lists, doubts := make([][]guard, len(found)), make([][]Missing, len(found))
	err := parallel.Each(ctx, len(found), func() func(int) {
		probe := compare.NewProbe(ctx, repo, s)
		return func(i int) {
			p := probe.Protection(found[i])
			lists[i], doubts[i] = guardsOf(p, found[i]), unknownOf(repo, p)
		}
	})
	if err != nil {
		return nil, err
	}
	all := gather(lists)
	outcomes := make([]outcome, len(all))
	var done atomic.Int64
	err = parallel.Each(ctx, len(all), func() func(int) {
		probe := compare.NewProbe(ctx, repo, s)
		return func(i int) {
			outcomes[i] = all[i].try(ctx, probe, repo)
			if n := int(done.Add(1)); progress != nil {
				progress(n, len(all))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	r := sum(repo, all, outcomes)
	r.Unknown = distinct(doubts)
	return r, nil
}

// maxBehind bounds the endpoints behind one guard that are looked at: without it
// one may still be protected, by another guard or by failing.
const maxBehind = 3

// shared is one guard with some of the endpoints that it protects.
type shared []guard

// gather puts together what is the same guard of several endpoints.
func gather(lists [][]guard) []shared {
	var all []shared
	at := map[string]int{}
	for _, list := range lists {
		for _, g := range list {
			i, ok := at[g.id()]
			switch {
			case !ok:
				at[g.id()] = len(all)
				all = append(all, shared{g})
			case len(all[i]) < maxBehind && all[i][len(all[i])-1].endpoint.Ref != g.endpoint.Ref:
				all[i] = append(all[i], g)
			}
		}
	}
	return all
}

// outcome is what came of deleting a guard.
type outcome uint8

const (
	seen       outcome = iota
	redundant          // what it protects is protected without it
	believed           // the guard is still taken to hold
	overlooked         // it is gone, and nothing was said
	lostSight          // the endpoint can't be judged without it
	uncut              // it can't be taken out of its code
)

// try deletes a guard, and looks at the endpoints behind it until one is less
// protected.
func (g shared) try(ctx context.Context, probe *compare.Probe, repo *module.Repo) outcome {
	if g[0].cut.text == nil {
		return uncut
	}
	for _, one := range g {
		if o := try(ctx, probe, repo, one); o != redundant {
			return o
		}
	}
	return redundant
}

// sum counts the outcomes.
func sum(repo *module.Repo, all []shared, outcomes []outcome) *Report {
	r := &Report{Layers: map[protect.Layer]*Count{}}
	for _, l := range protect.Layers {
		r.Layers[l] = &Count{}
	}
	for i, o := range outcomes {
		r.add(repo, all[i][0], o)
	}
	slices.SortFunc(r.Unseen, func(a, b Missing) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Guard, b.Guard))
	})
	return r
}

func (r *Report) add(repo *module.Repo, g guard, o outcome) {
	switch {
	case o == uncut:
		r.Uncut++
		return
	case g.around && (o == redundant || o == believed):
		return // that function wasn't the guard
	case o == redundant:
		r.Redundant++
		return
	}
	c := r.Layers[g.fact.Layer]
	c.Guards++
	if o == seen || o == lostSight { // what can't be judged fails the check, and says why
		c.Seen++
		return
	}
	r.Unseen = append(r.Unseen, g.unseen(repo, o))
}

// try deletes a guard, and looks whether the comparison of its endpoint says so.
func try(ctx context.Context, probe *compare.Probe, repo *module.Repo, g guard) outcome {
	head := repo.With(g.cut.file, g.cut.text)
	result, after := probe.Compare(ctx, head, g.endpoint)
	if slices.ContainsFunc(result.Findings, func(f compare.Finding) bool { return f.Layer == g.fact.Layer }) || len(result.Findings) > 0 {
		return seen
	}
	if after == nil || len(result.NotAnalysed) > 0 || after.Lost != "" {
		return lostSight
	}
	return g.missed(after)
}

// missed says why nothing was said.
func (g guard) missed(after *protect.Protection) outcome {
	if len(after.Effects) == 0 && after.Exit == nil {
		return redundant // nothing is done any more
	}
	if g.selects != nil {
		for _, x := range after.Effects {
			if x.Model == g.selects.Model && x.Op == g.selects.Op && !x.Owned() {
				return overlooked
			}
		}
		return redundant // something else ties the rows to the caller
	}
	still := facts(after)
	if !protect.Entails(still, g.fact) {
		if g.fact.Layer == protect.Ownership && !slices.ContainsFunc(after.Effects, strays) {
			return redundant // every row is tied to the caller by its own selection
		}
		return overlooked
	}
	if slices.ContainsFunc(still, func(f *protect.Fact) bool { return protect.Entails([]*protect.Fact{f}, g.fact) && !g.at(f) }) {
		return redundant
	}
	return believed
}

// strays reports whether the caller chooses what an effect is done to.
func strays(x *protect.Effect) bool { return !x.Owned() && x.TakesInput() }

// at reports whether a fact of the changed code is shown where the guard was.
func (g guard) at(f *protect.Fact) bool {
	for _, s := range f.Evidence {
		if s.File != nil && s.File.Path == g.cut.file {
			if first, _ := s.Lines(); first == g.cut.line {
				return true
			}
		}
	}
	return false
}
