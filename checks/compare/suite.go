package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
	"github.com/authdiff/authdiff/checks/suite"
)

// maxTestFiles bounds the changed test files that are read.
const maxTestFiles = 300

// guardingTests finds tests that held an endpoint to refusing callers and are
// deleted, skipped or ask for less. What is counted are an endpoint's refusals in
// all changed tests, so that one that moved or was renamed is none.
func (c *comparison) guardingTests() {
	base, head := c.changedTests(c.base.repo, c.head.repo), c.changedTests(c.head.repo, c.base.repo)
	if !slices.ContainsFunc(base, func(t suite.Test) bool { return t.Live && len(t.Refusals) > 0 }) {
		return
	}
	for _, e := range c.all() {
		b, h := c.holding(base, e, c.renamed), c.holding(head, e, nil)
		if refusals(b...) > refusals(h...) {
			c.lostTest(e, b, head)
		}
	}
}

// changedTests reads the tests of a tree that the other one doesn't have so.
func (c *comparison) changedTests(repo, other *module.Repo) []suite.Test {
	var out []suite.Test
	n := 0
	for _, f := range repo.Tests() {
		if repo.Blob(f) == other.Blob(f) || !suite.MayRefuse(repo.Text(f)) && !suite.MayRefuse(other.Text(f)) {
			continue
		}
		if n++; n > maxTestFiles {
			break
		}
		out = append(out, suite.Read(repo, f)...)
	}
	return out
}

// holding lists the tests that hold an endpoint to refusing. Moved gives where a
// file of the tests' tree went.
func (c *comparison) holding(tests []suite.Test, e endpoint.Endpoint, moved map[string]string) []suite.Test {
	var out []suite.Test
	for _, t := range tests {
		if t.Live && len(t.Refusals) > 0 && slices.ContainsFunc(t.Uses, func(u suite.Use) bool { return calls(u, e, moved) }) {
			out = append(out, t)
		}
	}
	return out
}

// refusals counts what tests ask for: each status once a test, since a test may
// look at one answer in several ways.
func refusals(tests ...suite.Test) int {
	n := 0
	for _, t := range tests {
		n += len(statusesOf(t))
	}
	return n
}

func statusesOf(t suite.Test) map[int]bool {
	out := map[int]bool{}
	for _, r := range t.Refusals {
		out[r.Status] = true
	}
	return out
}

// calls reports whether what a test uses is the endpoint.
func calls(u suite.Use, e endpoint.Endpoint, moved map[string]string) bool {
	switch {
	case u.File != "":
		if u.File != e.File && moved[u.File] != e.File {
			return false
		}
		return u.Export == "" || u.Export == e.Export || u.Export == e.Method || u.Export == e.Name
	case u.Path != "":
		_, url, ok := strings.Cut(e.Name, " ")
		return ok && u.Requests(e.Method, url)
	}
	return e.Kind == endpoint.TRPC && (u.Chain == e.Name || strings.HasSuffix(u.Chain, "."+e.Name))
}

var layerOfStatus = map[int]protect.Layer{401: protect.Authentication, 403: protect.Authorization, 404: protect.Ownership}

// lostTest tells of the first test whose refusal the head lacks.
func (c *comparison) lostTest(e endpoint.Endpoint, was []suite.Test, head []suite.Test) {
	for _, t := range was {
		is := slices.IndexFunc(head, func(h suite.Test) bool {
			return h.Title == t.Title && (h.File == t.File || c.head.repo.Blob(t.File) == "")
		})
		what, change := "deleted", Removed
		r := t.Refusals[0]
		switch {
		case is < 0:
		case !head[is].Live:
			what, change = "skipped", Weakened
		case refusals(head[is]) < refusals(t):
			what, change = "loosened", Weakened
			r = firstLost(t, head[is])
		default:
			continue
		}
		l := &loss{pair: pair{e, e}, layer: layerOfStatus[r.Status], change: change, rule: "guard-test-lost", severity: Notice, confidence: protect.Medium,
			key: "test:" + t.Title, what: fmt.Sprintf("test that expects %d", r.Status), side: Base,
			place:   source.Place{Path: t.File, Line: r.Line, EndLine: r.EndLine},
			message: fmt.Sprintf("the test that held %s to refusing with %d is %s: %q", e.Name, r.Status, what, t.Title),
			impact:  "Nobody would be told by the tests if the check went"}
		if what == "skipped" {
			l.side, l.place = Head, source.Place{Path: head[is].File, Line: head[is].Line, EndLine: head[is].Line}
		}
		c.losses = append(c.losses, l)
		return
	}
}

// firstLost is the first refusal that the head's test doesn't ask for.
func firstLost(was, is suite.Test) suite.Refusal {
	left := statusesOf(is)
	for _, r := range was.Refusals {
		if !left[r.Status] {
			return r
		}
	}
	return was.Refusals[0]
}
