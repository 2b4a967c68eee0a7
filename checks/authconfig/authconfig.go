// Package authconfig reads what the configuration of authentication libraries
// says beside their functions: options that switch a protection off, and what the
// callbacks put into the session.
package authconfig

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// Option is an option that switches a protection off, where it is on.
type Option struct {
	Name string // with the names of the objects around it, as far as they stand there
	Span syntax.Span
}

// dangerous are the options that say of themselves that they relax something when
// they are true:
//
//   - dangerouslyAllow…, allowDangerous…, in whatever package
//   - Auth.js: skipCSRFCheck (https://authjs.dev/reference/core#skipcsrfcheck)
//   - Better Auth: disableCSRFCheck, disableOriginCheck
//     (https://www.better-auth.com/docs/reference/options#advanced),
//     allowDifferentEmails (https://www.better-auth.com/docs/reference/options#account)
var dangerous = regexp.MustCompile(`(?i)^(dangerously?_?allow\w*|allow_?dangerous\w*|skipCSRFCheck|disableCSRFCheck|disableOriginCheck|allowDifferentEmails)$`)

// MayHold is a cheap look at whether a file is worth reading.
func MayHold(text []byte) bool { return mayHold.Match(text) }

var mayHold = regexp.MustCompile(`(?i)dangerous|skipCSRFCheck|disableCSRFCheck|disableOriginCheck|allowDifferentEmails|callbacks|customSession`)

// Options lists the dangerous options that are on, in their order.
func Options(f *syntax.File) []Option {
	var out []Option
	for _, s := range f.Body {
		options(s, "", &out, 0)
	}
	return out
}

const maxNesting = 12

func options(n syntax.Node, path string, out *[]Option, depth int) {
	syntax.Walk(n, func(n syntax.Node) bool {
		o, ok := n.(*syntax.Object)
		if !ok || depth > maxNesting {
			return depth <= maxNesting
		}
		for _, p := range o.Props {
			if p.Value == nil {
				continue
			}
			at := strings.TrimPrefix(path+"."+p.Key, ".")
			l, isLiteral := p.Value.(*syntax.Literal)
			if isLiteral && dangerous.MatchString(p.Key) && l.Value != "false" && l.Kind != syntax.Null {
				*out = append(*out, Option{Name: at, Span: p.Span})
				continue
			}
			options(p.Value, at, out, depth+1)
		}
		return false
	})
}

// Token is the callback whose result only other callbacks see.
const Token = "jwt"

// Field is something that a callback puts into the session or its token.
type Field struct {
	Callback string // session, jwt, customSession
	Name     string // the last part: role
	Span     syntax.Span
}

// Fields lists what the callbacks of a file put into the session, in their order:
// those of Auth.js (https://authjs.dev/guides/extending-the-session) and Better
// Auth's customSession
// (https://www.better-auth.com/docs/concepts/session-management#customizing-session-response).
func Fields(f *syntax.File) []Field {
	r := &reader{file: f}
	for _, s := range f.Body {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Object:
				r.callbacks(n)
			case *syntax.Call:
				if id, ok := n.Callee.(*syntax.Ident); ok && id.Name == "customSession" && len(n.Args) > 0 {
					r.callback(id.Name, n.Args[0])
				}
			}
			return true
		})
	}
	return r.fields
}

type reader struct {
	file   *syntax.File
	fields []Field
}

// callbacks reads the callbacks of an object that has some.
func (r *reader) callbacks(o *syntax.Object) {
	for _, p := range o.Props {
		inner, ok := p.Value.(*syntax.Object)
		if p.Key != "callbacks" || !ok {
			continue
		}
		for _, c := range inner.Props {
			if (c.Key == "session" || c.Key == Token) && c.Value != nil {
				r.callback(c.Key, c.Value)
			}
		}
	}
}

// callback reads one callback: what it assigns to members of its arguments, and
// what the objects that it returns hold.
func (r *reader) callback(name string, x syntax.Expr) {
	fn := r.function(x)
	if fn == nil {
		return
	}
	syntax.Walk(fn, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Assign:
			if p, ok := n.Target.(*syntax.ExprPattern); ok {
				if m, ok := p.X.(*syntax.Member); ok && m.Name != "" && !nothing(n.Value) {
					r.add(name, m.Name, n.Span)
					r.members(name, n.Value)
				}
			}
		case *syntax.Return:
			r.members(name, n.X)
		}
		return true
	})
	if fn.Result != nil {
		r.members(name, fn.Result)
	}
}

// function is a callback's function, or one of the file that it names.
func (r *reader) function(x syntax.Expr) *syntax.Func {
	switch x := x.(type) {
	case *syntax.Func:
		return x
	case *syntax.Ident:
		for _, s := range r.file.Body {
			if e, ok := s.(*syntax.ExportDecl); ok {
				s = e.Decl
			}
			switch s := s.(type) {
			case *syntax.FuncDecl:
				if s.Func.Name == x.Name {
					return s.Func
				}
			case *syntax.VarDecl:
				for _, d := range s.Decls {
					if p, ok := d.Target.(*syntax.NamePattern); ok && p.Name == x.Name {
						f, _ := d.Init.(*syntax.Func)
						return f
					}
				}
			}
		}
	}
	return nil
}

// members adds the members of an object that goes into the session.
func (r *reader) members(name string, x syntax.Expr) {
	o, ok := x.(*syntax.Object)
	if !ok {
		return
	}
	for _, p := range o.Props {
		if p.Spread || p.Key == "" || nothing(p.Value) {
			continue
		}
		r.add(name, p.Key, p.Span)
		r.members(name, p.Value)
	}
}

func (r *reader) add(callback, name string, span syntax.Span) {
	if !slices.ContainsFunc(r.fields, func(f Field) bool { return f.Callback == callback && f.Name == name }) {
		r.fields = append(r.fields, Field{callback, name, span})
	}
}

// nothing reports whether a value is written as none.
func nothing(x syntax.Expr) bool {
	switch x := x.(type) {
	case nil:
		return true
	case *syntax.Literal:
		return x.Kind == syntax.Null
	case *syntax.Ident:
		return x.Name == "undefined"
	}
	return false
}
