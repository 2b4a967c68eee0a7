package verify

import (
	"bytes"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/syntax"
)

// cut is a file's text without a guard; text is nil where the guard can't be
// taken out alone.
type cut struct {
	file     string
	line     int
	text     []byte
	from, to uint32 // what was replaced
	called   string // the function that the guard calls, if it is called by a plain name
}

// replace makes a cut of a span of a file.
func replace(f *syntax.File, span syntax.Span, by string) cut {
	c := cut{file: f.Path, line: f.Line(span.Start), from: span.Start, to: span.End}
	c.text = slices.Concat(f.Text[:span.Start], []byte(by), f.Text[span.End:])
	return c
}

// cutOut takes the check at a site out of its code: the whole `if` that refuses,
// the statement that is a call, the operand of a condition, the wrapper around a
// function, or the call itself, in whose place comes what it was given.
func cutOut(site protect.Site, layer protect.Layer) cut {
	f := site.File
	way := wayTo(f, site.Span)
	none := cut{file: f.Path, line: f.Line(site.Span.Start), from: site.Span.Start, to: site.Span.End}
	called := ""
	for _, n := range slices.Backward(way) {
		var c cut
		switch n := n.(type) {
		case *syntax.Await:
			if call, ok := n.X.(*syntax.Call); ok && called == "" {
				called = plainName(call.Callee)
			}
		case *syntax.Call:
			if called == "" {
				called = plainName(n.Callee)
			}
			c = cutCall(f, n, site.Span, layer)
		case *syntax.Binary:
			if n.Op == "&&" || n.Op == "||" {
				c = cutOperand(f, n, site.Span)
			}
		case *syntax.If:
			c = cutIf(f, n, site.Span)
		case *syntax.Cond:
			if within(site.Span, n.Test.Pos()) {
				c = replace(f, n.Span, "("+better(f, n)+")")
			}
		case *syntax.ExprStmt:
			c = replace(f, n.Span, ";")
		case *syntax.Func:
			return none
		}
		if c.text != nil {
			c.called = called
			return c
		}
	}
	return none
}

// wayTo lists the nodes that hold a span, outermost first.
func wayTo(f *syntax.File, span syntax.Span) []syntax.Node {
	var way []syntax.Node
	for _, s := range f.Body {
		if !within(span, s.Pos()) {
			continue
		}
		syntax.Walk(s, func(n syntax.Node) bool {
			if !within(span, n.Pos()) {
				return false
			}
			way = append(way, n)
			return true
		})
	}
	return way
}

func within(inner, outer syntax.Span) bool {
	return outer.Start <= inner.Start && inner.End <= outer.End
}

// cutIf takes out an `if` whose test is the check: what stands under its else
// stays, or what stands under it where that doesn't refuse.
func cutIf(f *syntax.File, n *syntax.If, site syntax.Span) cut {
	switch {
	case !within(site, n.Test.Pos()) && site != n.Span:
		return cut{}
	case ends(n.Then) && n.Else != nil:
		return replace(f, n.Span, f.Source(n.Else.Pos()))
	case ends(n.Then):
		return replace(f, n.Span, ";")
	}
	return replace(f, n.Span, f.Source(n.Then.Pos()))
}

// ends reports whether a branch leaves its function or loop.
func ends(s syntax.Stmt) bool {
	switch s := s.(type) {
	case *syntax.Return, *syntax.Throw, *syntax.Jump:
		return true
	case *syntax.Block:
		return len(s.Body) > 0 && ends(s.Body[len(s.Body)-1])
	case *syntax.ExprStmt:
		_, call := unawaited(s.X).(*syntax.Call)
		return call
	case *syntax.If:
		return s.Else != nil && ends(s.Then) && ends(s.Else)
	}
	return false
}

func unawaited(x syntax.Expr) syntax.Expr {
	if a, ok := x.(*syntax.Await); ok {
		return a.X
	}
	return x
}

// unwrap leaves of an endpoint that is the result of a call, as in
// `withUser(async () => …)`, the function that was given.
func unwrap(e endpoint.Endpoint) cut {
	f := e.Module.File
	var out cut
	for _, s := range f.Body {
		if e.Whole.End == 0 || !within(e.Whole, s.Pos()) && !within(s.Pos(), e.Whole) {
			continue
		}
		syntax.Walk(s, func(n syntax.Node) bool {
			call, ok := n.(*syntax.Call)
			if _, isFunc := n.(*syntax.Func); isFunc || out.text != nil {
				return false
			}
			if !ok || !within(call.Span, e.Whole) || plainName(call.Callee) == "" {
				return true
			}
			for _, a := range call.Args {
				if _, ok := a.(*syntax.Func); ok {
					out = replace(f, call.Span, f.Source(a.Pos()))
					out.called = plainName(call.Callee)
				}
			}
			return true
		})
	}
	return out
}

// cutOperand leaves the other operand of a condition.
func cutOperand(f *syntax.File, n *syntax.Binary, site syntax.Span) cut {
	switch {
	case within(site, n.L.Pos()):
		return replace(f, n.Span, f.Source(n.R.Pos()))
	case within(site, n.R.Pos()):
		return replace(f, n.Span, f.Source(n.L.Pos()))
	}
	return cut{}
}

// better is the branch of a conditional expression that says more.
func better(f *syntax.File, n *syntax.Cond) string {
	then, otherwise := f.Source(n.Then.Pos()), f.Source(n.Else.Pos())
	if len(then) >= len(otherwise) {
		return then
	}
	return otherwise
}

// cutCall takes out a call that is the check: of a wrapper stays the function
// that it was given, of a check of input the input.
func cutCall(f *syntax.File, n *syntax.Call, site syntax.Span, layer protect.Layer) cut {
	if n.Span != site && !within(site, n.Callee.Pos()) {
		return cut{}
	}
	for _, a := range n.Args {
		if _, ok := a.(*syntax.Func); ok {
			return replace(f, n.Span, f.Source(a.Pos()))
		}
	}
	if layer == protect.Validation && len(n.Args) > 0 {
		arg := f.Source(n.Args[0].Pos())
		if m, ok := n.Callee.(*syntax.Member); ok && bytes.HasPrefix([]byte(m.Name), []byte("safe")) {
			return replace(f, n.Span, "({ success: true, data: "+arg+" })")
		}
		return replace(f, n.Span, "("+arg+")")
	}
	return cut{}
}

// plainName is the name that is called: f of f(), and of a.f() none.
func plainName(x syntax.Expr) string {
	if id, ok := x.(*syntax.Ident); ok {
		return id.Name
	}
	return ""
}

// cutTerm takes the condition on a field out of a query: the property of an
// object, the condition `eq(table.field, …)`, or the step `.eq("field", …)`.
func cutTerm(site protect.Site, field string) cut {
	f := site.File
	name := field[strings.LastIndexByte(field, '.')+1:]
	out := cut{file: f.Path, line: f.Line(site.Span.Start), from: site.Span.Start, to: site.Span.End}
	for _, top := range wayTo(f, site.Span) {
		if top.Pos() != site.Span {
			continue
		}
		syntax.Walk(top, func(n syntax.Node) bool {
			if out.text != nil {
				return false
			}
			switch n := n.(type) {
			case *syntax.Object:
				for _, p := range n.Props {
					if p.Key == name && !isObject(p.Value) {
						out = replace(f, withComma(f, p.Span), "")
						return false
					}
				}
			case *syntax.Call:
				if c := cutCondition(f, n, name); c.text != nil {
					out = c
					return false
				}
			}
			return true
		})
	}
	return out
}

func isObject(x syntax.Expr) bool {
	_, ok := x.(*syntax.Object)
	return ok
}

func cutCondition(f *syntax.File, n *syntax.Call, name string) cut {
	if len(n.Args) < 2 {
		return cut{}
	}
	switch first := n.Args[0].(type) {
	case *syntax.Member:
		if first.Name == name {
			return replace(f, n.Span, "undefined")
		}
	case *syntax.Literal:
		if m, ok := n.Callee.(*syntax.Member); ok && first.Kind == syntax.String && first.Value == name {
			return replace(f, n.Span, f.Source(m.X.Pos()))
		}
	}
	return cut{}
}

// withComma is a span with the comma after it.
func withComma(f *syntax.File, s syntax.Span) syntax.Span {
	rest := f.Text[s.End:]
	trimmed := bytes.TrimLeft(rest, " \t\r\n")
	if bytes.HasPrefix(trimmed, []byte(",")) {
		s.End += uint32(len(rest) - len(trimmed) + 1)
	}
	return s
}
