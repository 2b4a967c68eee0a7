package protect

import (
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
)

type resultShape struct {
	result   catalog.Result
	envelope string
}

// startQuery records an effect and gives the query, to be narrowed or awaited.
func (ev *eval) startQuery(m *catalog.Meaning, y *Extern, stars []string, site Site) Value {
	q := m.Query
	e := ev.effect(q.Kind, y.Step, ev.model(q.Model, y, stars), site)
	e.args = y.Args
	e.Adds, e.lax = q.Adds, q.Lax
	e.Rights, e.Client = ev.rights(y)
	for _, w := range q.Where {
		e.Terms = append(e.Terms, ev.terms(ev.whereValue(w, y, q.With), "", 0)...)
	}
	for _, d := range q.Data {
		e.Data = append(e.Data, ev.terms(ev.argument(d, y.Args), "", 0)...)
	}
	for _, s := range q.Select {
		e.selects(ev, ev.argument(s, y.Args))
		if o, ok := ev.argument(s, y.Args).(*Object); ok && s == "0.select" && strings.Contains(y.Pkg, "prisma") {
			e.only = ev.st.content(o).rest == nil
		}
	}
	for _, along := range []string{"0.include", "0.select"} {
		if o, ok := ev.argument(along, y.Args).(*Object); ok {
			ev.related(e, ev.st.content(o), "", 0)
		}
	}
	v := &QueryValue{X: y, E: e, result: resultShape{q.Result, q.Envelope}}
	if m.Narrow != nil {
		ev.narrow(v, m.Narrow, y.Args)
	}
	ev.settle(e)
	return v
}

func (ev *eval) whereValue(path string, y *Extern, with []string) Value {
	v := ev.argument(path, y.Args)
	c, ok := v.(*Closure)
	if !ok {
		return v
	}
	args := make([]Value, len(with))
	for i, w := range with {
		args[i] = ev.shape(catalog.MustShape(w), shaping{y: y, args: y.Args, identity: unknown})
	}
	return ev.st.see(ev.call(c, undefined, args, y.Site))
}

func (e *Effect) selects(ev *eval, v Value) {
	if o, ok := v.(*Object); ok {
		e.Selected = true
		c := ev.st.content(o)
		ev.related(e, c, "", 0)
		for _, n := range c.names {
			if ev.st.see(c.fields[n]) != Value(no) {
				e.Select = append(e.Select, n)
			}
		}
	}
}

// Along reports whether a relation is read along.
func (e *Effect) Along(relation string) bool {
	_, ok := e.related[relation]
	return ok
}

// related notes relations that are read along, by their path, with the conditions
// on them.
func (ev *eval) related(e *Effect, c *content, path string, depth int) {
	for _, n := range c.names {
		o, ok := ev.st.see(c.fields[n]).(*Object)
		if !ok || depth > maxTermDepth {
			continue
		}
		at := joinField(path, n)
		if e.related == nil {
			e.related = map[string][]Term{}
		}
		e.related[at] = nil
		if where, ok := ev.st.see(ev.get(o, "where", Site{})).(*Object); ok {
			e.related[at] = ev.terms(where, "", 0)
		}
		for _, deeper := range []string{"select", "include"} {
			if d, ok := ev.st.see(ev.get(o, deeper, Site{})).(*Object); ok {
				ev.related(e, ev.st.content(d), at, depth+1)
			}
		}
	}
}

// model names a query's table.
func (ev *eval) model(from string, y *Extern, stars []string) string {
	if name, arg, ok := strings.Cut(strings.TrimSuffix(from, ")"), "("); ok {
		for x := y.Prev; x != nil; x = x.Prev {
			if x.Step == name {
				return ev.nameOf(ev.argument(arg, x.Args))
			}
		}
		return ""
	}
	switch {
	case strings.HasPrefix(from, `"`):
		return strings.Trim(from, `"`)
	case from == "*":
		if len(stars) > 0 {
			return stars[0]
		}
	case from != "":
		return ev.nameOf(ev.argument(from, y.Args))
	}
	return ""
}

// nameOf is the name of a table or column value.
func (ev *eval) nameOf(v Value) string {
	switch v := ev.st.see(v).(type) {
	case Const:
		return v.Text
	case *Extern:
		if v.Step != "" && strings.HasSuffix(v.Path, "()") && len(v.Args) > 0 {
			if c, ok := ev.st.see(v.Args[0]).(Const); ok {
				return c.Text
			}
		}
		return stepName(v.Path)
	case *Opaque:
		if strings.HasSuffix(v.Path, "~value") { // a text put together of others names nothing
			return ""
		}
		return lastStep(v.Path)
	}
	return ""
}

// condition makes a query condition: eq(column, value), and(…), or(…).
func (ev *eval) condition(c *catalog.Cond, args []Value) Value {
	out := &CondValue{}
	switch c.Op {
	case "eq", "in":
		out.Terms = []Term{{Field: ev.nameOf(ev.argument(c.Field, args)), Value: ev.argument(c.Value, args)}}
	case "and":
		for _, a := range args {
			out.Terms = append(out.Terms, ev.terms(a, "", 0)...)
		}
	case "or":
		t := Term{}
		for _, a := range args {
			t.Or = append(t.Or, ev.terms(a, "", 0))
		}
		out.Terms = []Term{t}
	}
	return out
}

// queryMethod goes on with a query: it narrows it, or does nothing to it.
func (ev *eval) queryMethod(q *QueryValue, name string, args []Value, site Site) Value {
	y := &Extern{Pkg: q.X.Pkg, Path: clipPath(q.X.Path + "." + name + "()"), Prev: q.X, Step: name, Args: args, Site: site}
	next := &QueryValue{X: y, E: q.E, result: q.result}
	if q.E.Site.File == site.File && site.Span.Start <= q.E.Site.Span.Start {
		q.E.Site.Span = site.Span
	}
	m, _ := ev.find(y.Pkg, y.Path)
	if m == nil {
		return next
	}
	if m.Narrow != nil {
		ev.narrow(next, m.Narrow, args)
		ev.settle(next.E)
		return next
	}
	if m.Self {
		next.X = q.X
	}
	return next
}

func (ev *eval) narrow(q *QueryValue, n *catalog.Narrow, args []Value) {
	e := q.E
	if n.Model != "" {
		e.Model = ev.nameOf(ev.argument(n.Model, args))
	}
	if n.Kind != "" {
		e.Kind = n.Kind
	}
	e.Adds = e.Adds || n.Adds
	if n.Result != "" {
		q.result.result = n.Result
	}
	if n.Envelope != "" {
		q.result.envelope = n.Envelope
	}
	if n.Data != "" {
		e.Data = append(e.Data, ev.terms(ev.argument(n.Data, args), "", 0)...)
	}
	if n.Select != "" {
		e.selects(ev, ev.argument(n.Select, args))
	}
	if n.Cond != "" {
		v := ev.argument(n.Cond, args)
		if isFunction(v) {
			v = ev.st.see(ev.call(v, undefined, []Value{unknown, unknown}, q.X.Site))
		}
		e.Terms = append(e.Terms, ev.terms(v, "", 0)...)
	}
	if n.Value == "" {
		return
	}
	if n.Op != "" {
		if op, ok := ev.argument(n.Op, args).(Const); ok && !equalityOps[strings.ToLower(op.Text)] {
			return
		}
	}
	field := n.Fixed
	if n.Field != "" {
		field = ev.nameOf(ev.argument(n.Field, args))
	}
	e.Terms = append(e.Terms, Term{Field: field, Value: ev.argument(n.Value, args)})
}

var equalityOps = map[string]bool{"=": true, "==": true, "===": true, "eq": true, "in": true, "is": true}
