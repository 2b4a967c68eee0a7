// Package suite reads an application's own tests: which of them hold an endpoint
// to refusing a caller, with 401, 403 or 404, or an error that says the same.
//
// It knows the shapes that Jest, Vitest, Mocha, Playwright, node:test and
// supertest share (describe, it, test; expect, assert), and runs nothing.
package suite

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Test is one test case.
type Test struct {
	File     string
	Title    string // with the titles around it
	Line     int
	Live     bool // it runs: neither it nor what it stands in is skipped
	Refusals []Refusal
	Uses     []Use // what it calls, as far as that may be an endpoint
}

// Refusal is an assertion that a caller is refused.
type Refusal struct {
	Status  int // 401, 403 or 404
	Line    int
	EndLine int
}

// Use is what a test calls. One of File, Path and Chain is set.
type Use struct {
	File, Export string // an import of a file; Export is empty for all of it
	Method, Path string // a request; Method is empty when it isn't said
	Chain        string // members that are called: "post.list"
}

// mayRefuse is a cheap look at whether a file is worth parsing.
var mayRefuse = regexp.MustCompile(`(?i)\b40[134]\b|unauthori[sz]ed|unauthenticated|forbidden|not[ _]?found`)

// MayRefuse reports whether a test file may hold a refusal.
func MayRefuse(text []byte) bool { return mayRefuse.Match(text) }

// Bounds on one file.
const (
	maxTests = 2_000
	maxDepth = 20 // of describe
	maxHops  = 3  // from a test to the names that its helpers use
)

// Read lists the tests of a file, in their order.
func Read(repo *module.Repo, file string) []Test {
	m := repo.Module(file)
	if m == nil {
		return nil
	}
	r := &reader{repo: repo, mod: m}
	for _, s := range m.File.Body {
		r.group(s, group{live: true}, 0)
	}
	everything := r.usesOf(m.File.Body)
	for i := range r.tests {
		if len(r.tests[i].Uses) == 0 {
			r.tests[i].Uses = everything
		}
	}
	return r.tests
}

type reader struct {
	repo  *module.Repo
	mod   *module.Module
	tests []Test
}

// group is a describe that the reader is in.
type group struct {
	titles []string
	live   bool
	uses   []Use // what its set-up uses
}

var (
	caseWord  = regexp.MustCompile(`^(it|test|specify|xit|xtest|fit|ftest)$`)
	groupWord = regexp.MustCompile(`^(describe|xdescribe|fdescribe|context|suite)$`)
	skipWord  = regexp.MustCompile(`^(skip|todo|fixme|skipIf|runIf|fails|failing|x(it|test|describe))$`)
)

// group finds the tests and groups below a node.
func (r *reader) group(n syntax.Node, g group, depth int) {
	syntax.Walk(n, func(n syntax.Node) bool {
		call, ok := n.(*syntax.Call)
		if !ok || len(r.tests) >= maxTests || depth > maxDepth {
			return len(r.tests) < maxTests
		}
		words := calleeWords(call.Callee)
		if len(words) == 0 || !caseWord.MatchString(words[0]) && !groupWord.MatchString(words[0]) {
			return true
		}
		fn := callback(call)
		if fn == nil {
			return true
		}
		inner := group{titles: append(slices.Clone(g.titles), title(call)), live: g.live && !slices.ContainsFunc(words, skipWord.MatchString)}
		if groupWord.MatchString(words[0]) || slices.ContainsFunc(words[1:], groupWord.MatchString) {
			inner.uses = append(r.usesOf([]syntax.Stmt{setup(fn)}), g.uses...)
			r.group(fn.Body, inner, depth+1)
			return false
		}
		r.test(call, fn, inner, g.uses)
		return false
	})
}

// setup is a group's body without the tests in it.
func setup(fn *syntax.Func) syntax.Stmt {
	if fn.Body == nil {
		return &syntax.Block{}
	}
	kept := &syntax.Block{Span: fn.Body.Span}
	for _, s := range fn.Body.Body {
		if x, ok := s.(*syntax.ExprStmt); ok {
			if call, ok := x.X.(*syntax.Call); ok {
				if words := calleeWords(call.Callee); len(words) > 0 && (caseWord.MatchString(words[0]) || groupWord.MatchString(words[0])) {
					continue
				}
			}
		}
		kept.Body = append(kept.Body, s)
	}
	return kept
}

func (r *reader) test(call *syntax.Call, fn *syntax.Func, g group, around []Use) {
	t := Test{File: r.mod.Path, Title: strings.Join(g.titles, " › "), Live: g.live}
	t.Line, _ = r.mod.File.Lines(call.Span)
	syntax.Walk(fn, func(n syntax.Node) bool {
		c, ok := n.(*syntax.Call)
		if !ok {
			return true
		}
		if words := calleeWords(c.Callee); len(words) > 1 && caseWord.MatchString(words[0]) && skipWord.MatchString(words[len(words)-1]) && callback(c) == nil {
			t.Live = false // Playwright's test.skip() inside of the test
		}
		status, asserts := refusal(c)
		if status > 0 {
			first, last := r.mod.File.Lines(c.Span)
			t.Refusals = append(t.Refusals, Refusal{Status: status, Line: first, EndLine: last})
		}
		return !asserts
	})
	if len(t.Refusals) > 0 {
		if t.Uses = r.usesOf([]syntax.Stmt{&syntax.ExprStmt{Span: fn.Span, X: fn}}); len(t.Uses) == 0 {
			t.Uses = around
		}
	}
	r.tests = append(r.tests, t)
}

// calleeWords are the names of a callee from its root: it.skip.each gives "it",
// "skip", "each". Calls on the way are seen through.
func calleeWords(x syntax.Expr) []string {
	var words []string
	for range 10 {
		switch e := x.(type) {
		case *syntax.Ident:
			words = append(words, e.Name)
			slices.Reverse(words)
			return words
		case *syntax.Member:
			words = append(words, e.Name)
			x = e.X
		case *syntax.Call:
			x = e.Callee
		case *syntax.Template:
			x = e.Tag
		default:
			return nil
		}
	}
	return nil
}

// callback is the function that a test or group was given.
func callback(call *syntax.Call) *syntax.Func {
	for _, a := range slices.Backward(call.Args) {
		if f, ok := a.(*syntax.Func); ok {
			return f
		}
	}
	return nil
}

func title(call *syntax.Call) string {
	if len(call.Args) > 0 {
		switch a := call.Args[0].(type) {
		case *syntax.Literal:
			return a.Value
		case *syntax.Template:
			return strings.Join(a.Strings, "…")
		}
	}
	return ""
}
