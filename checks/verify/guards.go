package verify

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
)

// guardsOf lists what protects an endpoint, each with a way to take it out of the
// code: the check itself, and where that is shared, its use in the endpoint's own
// file.
func guardsOf(p *protect.Protection, e endpoint.Endpoint) []guard {
	out := wrappers(p, e)
	for _, f := range facts(p) {
		if f.Layer == "" || f.Kind == protect.AnyOf || len(f.Evidence) == 0 {
			continue
		}
		sites := slices.DeleteFunc(slices.Clone(f.Evidence), func(s protect.Site) bool { return s.File == nil || s.Span == p.Entry.Span })
		if len(sites) == 0 {
			continue
		}
		deepest := sites[len(sites)-1]
		out = append(out, guard{endpoint: e, fact: f, what: compare.GuardOf(f), cut: cutOut(deepest, f.Layer)})
		if i := slices.IndexFunc(sites, func(s protect.Site) bool { return s.File.Path == e.File }); i >= 0 && sites[i] != deepest {
			if c := cutOut(sites[i], f.Layer); c.text != nil {
				out = append(out, guard{endpoint: e, fact: f, what: compare.GuardOf(f), cut: c})
			}
		}
	}
	for _, x := range p.Effects {
		if t := x.ScopedBy; t != nil && x.Owned() && x.Site.File != nil {
			f := &protect.Fact{Layer: protect.Ownership, Kind: protect.Owner, Key: x.Model + "." + t.Field, Evidence: []protect.Site{x.Site}}
			out = append(out, guard{endpoint: e, fact: f, what: "selection of " + x.Model + " by " + t.Field, selects: x, cut: cutTerm(x.Site, t.Field)})
		}
	}
	return out
}

// wrappers are the guards that the function around the endpoint's own gives: one
// for each layer, taken out with that function.
func wrappers(p *protect.Protection, e endpoint.Endpoint) []guard {
	c := unwrap(e)
	if c.text == nil {
		return nil
	}
	var out []guard
	for _, f := range facts(p) {
		same := func(g guard) bool { return g.fact.Layer == f.Layer }
		elsewhere := slices.ContainsFunc(f.Evidence, func(s protect.Site) bool { return s.File != nil && s.File.Path != e.File })
		if f.Layer != "" && elsewhere && !slices.ContainsFunc(out, same) {
			out = append(out, guard{endpoint: e, fact: f, what: compare.GuardOf(f), around: true, cut: c})
		}
	}
	return out
}

// facts are what holds at all effects of an endpoint, or when it answers.
func facts(p *protect.Protection) []*protect.Fact {
	var lists [][]*protect.Fact
	for _, x := range p.Effects {
		have := x.Facts
		if !x.Writes() && p.Exit != nil {
			have = append(slices.Clone(have), p.Exit.Facts...)
		}
		lists = append(lists, have)
	}
	if len(lists) == 0 && p.Exit != nil {
		lists = append(lists, p.Exit.Facts)
	}
	return protect.Meet(lists)
}

func (g guard) id() string {
	return fmt.Sprint(g.fact.Layer, " ", g.cut.file, " ", g.cut.from, " ", g.cut.to)
}

// reasons say why a deleted guard wasn't seen.
var reasons = map[outcome]string{
	believed:   "without it the endpoint is still taken to be protected by it",
	overlooked: "its protection is gone without it, and no finding says so",
}

func (g guard) unseen(repo *module.Repo, o outcome) Missing {
	u := Missing{Endpoint: g.endpoint.Ref, Layer: g.fact.Layer, Guard: g.what, File: g.cut.file, Line: g.cut.line, Reason: reasons[o]}
	if g.fact.Confidence == protect.Low {
		u.Reason = "it is known by its name only; " + u.Reason
	}
	u.Settings = teach(repo, g.cut.file, g.cut.called, g.fact.Layer)
	return u
}

var proves = map[protect.Layer]string{
	"": "session", protect.Authentication: "session", protect.Authorization: "role", protect.Ownership: "ownership", protect.Validation: "validation",
}

// yamlText writes a module's name as YAML: that of a scoped package begins with a
// character that YAML keeps for itself.
func yamlText(s string) string {
	if strings.ContainsAny(s, "@`#:[]{}&*!|>%'\" ") {
		return strconv.Quote(s)
	}
	return s
}

// teach is the entry of the settings that says what a function shows which a file
// calls by a name; empty where the name leads to nothing that an entry could name.
func teach(repo *module.Repo, file, called string, layer protect.Layer) string {
	m := repo.Module(file)
	if called == "" || m == nil {
		return ""
	}
	from, export := file, called
	if b, imported := repo.Import(m, called); imported {
		switch {
		case b.Module != nil:
			from, export = b.Module.Path, b.Local
		case b.Package != "":
			from, export = b.Package, b.Name
		default:
			from, export = b.From, b.Imported
		}
	} else if !slices.Contains(m.Exports(), called) {
		return ""
	}
	if export == "" || export == "*" {
		return ""
	}
	return strings.Join([]string{"guards:", "  - module: " + yamlText(from), "    export: " + export, "    proves: " + proves[layer]}, "\n")
}
