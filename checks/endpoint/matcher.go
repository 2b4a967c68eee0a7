package endpoint

import (
	"fmt"

	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Reach says for which requests to a path a gate runs.
type Reach uint8

// The reaches, in the order of what they are worth.
const (
	Never     Reach = iota
	Sometimes       // it depends on a header, cookie or query, which the caller chooses
	Always
)

// matcher is one entry of config.matcher.
type matcher struct {
	pattern     *Pattern
	conditional bool // it has a `has` or a `missing`
}

// configure reads `export const config = { matcher: … }`. As in Next.js, it must
// be written out: what has to be computed isn't read.
func (g *Gate) configure(m *module.Module, exported bool) {
	if !exported {
		return
	}
	d := m.Local("config")
	if d.Var == nil {
		g.Unread = "config isn't declared in the file, so that its matcher can't be read"
		return
	}
	g.Config = d.Var.Span
	o, ok := d.Var.Init.(*syntax.Object)
	if !ok {
		g.Unread = "config is no object that is written out, so that its matcher can't be read"
		return
	}
	for _, p := range o.Props {
		switch {
		case p.Spread || p.Computed != nil:
			g.Unread = "config has computed members, so that its matcher can't be read"
			return
		case p.Key == "matcher":
			g.Config = p.Span
			g.matcher(p.Value)
			return
		}
	}
}

// maxMatchers bounds the entries of a matcher; real ones have under fifty.
const maxMatchers = 100

// matcher reads a string, an object, or a list of them.
func (g *Gate) matcher(x syntax.Expr) {
	list, ok := x.(*syntax.Array)
	if !ok {
		g.entry(x)
		return
	}
	switch n := len(list.Elems); {
	case n == 0:
		g.Unread = "config.matcher is empty"
	case n > maxMatchers:
		g.Unread = fmt.Sprintf("config.matcher has more than %d entries", maxMatchers)
	default:
		for _, e := range list.Elems {
			g.entry(e)
		}
	}
}

func (g *Gate) entry(x syntax.Expr) {
	source, conditional, why := entrySource(x)
	if why == "" {
		p, err := CompilePath(source, false)
		if err == nil {
			g.matchers = append(g.matchers, matcher{p, conditional})
			return
		}
		why = err.Error()
	}
	if g.Unread == "" {
		g.Unread = "config.matcher can't be read: " + why
	}
}

// entrySource gives an entry's path, or why there is none.
func entrySource(x syntax.Expr) (text string, conditional bool, why string) {
	switch x := x.(type) {
	case *syntax.Literal:
		if x.Kind == syntax.String {
			return x.Value, false, ""
		}
	case *syntax.Object:
		why = "an entry has no source"
		for _, p := range x.Props {
			switch p.Key {
			case "source":
				l, ok := p.Value.(*syntax.Literal)
				if !ok || l.Kind != syntax.String {
					return "", false, "an entry's source is no constant"
				}
				text, why = l.Value, ""
			case "has", "missing":
				if list, ok := p.Value.(*syntax.Array); !ok || len(list.Elems) > 0 {
					conditional = true
				}
			}
		}
		return text, conditional, why
	}
	return "", false, "an entry is no constant"
}
