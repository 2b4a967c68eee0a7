package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/audit"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
)

//go:embed page
var pages embed.FS

var templates = template.Must(template.ParseFS(pages, "page/*.html"))

// asset is a file of the pages that stands in each of them: a page asks for
// nothing from elsewhere.
func asset(name string) string {
	text, err := pages.ReadFile("page/" + name)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return string(text)
}

func writePage(w io.Writer, name string, data any) error {
	var b bytes.Buffer
	if err := templates.ExecuteTemplate(&b, name, data); err != nil {
		return fmt.Errorf("make the page: %w", err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// maxPageEffects bounds the effects that a page lists of one endpoint.
const maxPageEffects = 25

type auditPage struct {
	Style       template.CSS
	Script      template.JS
	Sum, Rev    string
	Verdicts    []pageCount
	Layers      []protect.Layer
	Kinds       []endpoint.Kind
	Endpoints   []pageEndpoint
	NotAnalysed []compare.NotAnalysed
}

type pageCount struct {
	Name  audit.Verdict
	Count int
}

type pageEndpoint struct {
	Label, Reason, Does, Place string
	Text, Lacks                string // what the filter looks at
	Kind                       endpoint.Kind
	Verdict                    audit.Verdict
	Marks                      []pageMark
	Guards                     []pageGuards
	Effects                    []pageEffect
}

type pageMark struct {
	Name  string
	Holds bool
}

type pageGuards struct {
	Layer protect.Layer
	List  []string
}

type pageEffect struct {
	What, Place string
	Open        bool
}

// AuditHTML writes the audit of a revision, empty for the working tree, as one
// page that asks for nothing from elsewhere. An error is the writer's.
func AuditHTML(w io.Writer, rev string, a *audit.Audit) error {
	page := auditPage{
		Style: template.CSS(asset("style.css")), Script: template.JS(asset("filter.js")), // #nosec G203: both are ours
		Sum: auditSum(a), Rev: Visible(rev), Layers: protect.Layers,
	}
	for _, v := range audit.Verdicts {
		page.Verdicts = append(page.Verdicts, pageCount{v, countVerdict(a, v)})
	}
	for i := range a.Endpoints {
		e := &a.Endpoints[i]
		if !slices.Contains(page.Kinds, e.Kind) {
			page.Kinds = append(page.Kinds, e.Kind)
		}
		page.Endpoints = append(page.Endpoints, onPage(e))
	}
	slices.Sort(page.Kinds)
	for _, n := range a.NotAnalysed {
		page.NotAnalysed = append(page.NotAnalysed, compare.NotAnalysed{File: Visible(n.File), Reason: Visible(n.Reason)})
	}
	return writePage(w, "audit.html", page)
}

func onPage(e *audit.Endpoint) pageEndpoint {
	out := pageEndpoint{Label: Visible(e.Name), Reason: Visible(e.Reason), Does: Visible(does(e)), Place: Visible(Position(e.File, e.Line)),
		Kind: e.Kind, Verdict: e.Verdict}
	if e.Kind != endpoint.Route && e.Kind != endpoint.PagesAPI {
		out.Label = string(e.Kind) + " " + out.Label
	}
	words := []string{out.Label, out.Reason, out.Place}
	var lacks []string
	for i, l := range protect.Layers {
		guards := pageGuards{Layer: l}
		for _, g := range e.Protection[l] {
			guards.List = append(guards.List, Visible(guardText(g)))
		}
		out.Marks = append(out.Marks, pageMark{layerMarks[i], len(guards.List) > 0})
		if len(guards.List) == 0 {
			lacks = append(lacks, string(l))
			continue
		}
		out.Guards = append(out.Guards, guards)
		words = append(words, guards.List...)
	}
	for i, x := range e.Effects {
		if i == maxPageEffects {
			out.Effects = append(out.Effects, pageEffect{What: fmt.Sprintf("and %d more", len(e.Effects)-i)})
			break
		}
		out.Effects = append(out.Effects, pageEffect{What: Visible(x.Kind + " " + x.What), Place: Visible(Position(x.File, x.Line)), Open: x.Open})
		words = append(words, x.What)
	}
	out.Text, out.Lacks = strings.ToLower(Visible(strings.Join(words, " "))), strings.Join(lacks, " ")
	return out
}
