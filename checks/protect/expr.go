package protect

import (
	"strconv"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// expr evaluates an expression in the present state.
func (ev *eval) expr(e syntax.Expr) Value {
	if e == nil || ev.st.dead || !ev.spend(e) {
		return unknown
	}
	if ev.nesting++; ev.nesting > maxNesting {
		ev.cut(ev.site(e), "nested too deeply")
		ev.nesting--
		return unknown
	}
	defer func() { ev.nesting-- }()
	switch e := e.(type) {
	case *syntax.Ident:
		return ev.ident(e)
	case *syntax.Literal:
		if e.Kind == syntax.Null {
			return null
		}
		return Const{Kind: e.Kind, Text: e.Value}
	case *syntax.Template:
		return ev.template(e)
	case *syntax.Object:
		return ev.object(e)
	case *syntax.Array:
		return ev.array(e)
	case *syntax.Func:
		return &Closure{Fn: e, Scope: ev.scope, This: ev.frame.this}
	case *syntax.Class:
		return ev.class(e)
	case *syntax.Call:
		return ev.callExpr(e)
	case *syntax.Member:
		return ev.memberExpr(e)
	case *syntax.Await:
		return ev.await(ev.expr(e.X))
	case *syntax.Cond:
		return ev.ternary(e)
	case *syntax.Binary:
		return ev.binary(e)
	case *syntax.Unary:
		return ev.unary(e)
	case *syntax.Assign:
		return ev.assignExpr(e)
	case *syntax.Update:
		if id, ok := e.X.(*syntax.Ident); ok {
			ev.assign(&syntax.NamePattern{Span: id.Span, Name: id.Name}, unknown)
		}
		return unknown
	case *syntax.Yield:
		return ev.await(ev.expr(e.X))
	case *syntax.JSX:
		return ev.jsx(e)
	case *syntax.Spread:
		return ev.expr(e.X)
	}
	return unknown
}

func (ev *eval) ident(e *syntax.Ident) Value {
	switch e.Name {
	case "undefined":
		return undefined
	case "this":
		if ev.frame.this != nil {
			return ev.frame.this
		}
		return unknown
	}
	if c := ev.lookup(e.Name); c != nil {
		return c.in(ev.st)
	}
	return ev.externValue(&Extern{Pkg: "global", Path: e.Name})
}

func (ev *eval) template(e *syntax.Template) Value {
	vals := make([]Value, 0, len(e.Exprs))
	text, known := e.Strings[0], true
	for i, x := range e.Exprs {
		v := ev.st.see(ev.expr(x))
		vals = append(vals, v)
		c, ok := v.(Const)
		known = known && ok
		text += c.Text
		if i+1 < len(e.Strings) {
			text += e.Strings[i+1]
		}
	}
	if e.Tag != nil {
		return ev.tagged(e, vals)
	}
	if known {
		return str(text)
	}
	return ev.derive("", vals...)
}

func (ev *eval) tagged(e *syntax.Template, vals []Value) Value {
	f := ev.expr(e.Tag)
	args := append([]Value{str(strings.Join(e.Strings, "?"))}, vals...)
	return ev.call(f, undefined, args, ev.site(e))
}

func (ev *eval) object(e *syntax.Object) Value {
	o := newObject()
	o.Site = ev.site(e)
	for _, p := range e.Props {
		switch {
		case p.Spread:
			ev.spreadInto(o.init, ev.expr(p.Value))
		case p.Computed != nil:
			k, v := ev.st.see(ev.expr(p.Computed)), ev.expr(p.Value)
			if c, ok := k.(Const); ok {
				o.init.set(c.Text, v)
			} else {
				o.init.rest = v
			}
		case p.Getter:
			o.init.set(p.Key, ev.call(&Closure{Fn: p.Value.(*syntax.Func), Scope: ev.scope, This: o}, o, nil, ev.site(p.Value)))
		default:
			v := ev.expr(p.Value)
			if c, ok := v.(*Closure); ok {
				if f, ok := p.Value.(*syntax.Func); ok && !f.Arrow {
					c.This = o
				}
			}
			o.init.set(p.Key, v)
		}
	}
	return o
}

// spreadInto copies what is known of a value's members. A spread of one of
// several objects gives each member as a choice of the same Point.
func (ev *eval) spreadInto(c *content, v Value) {
	switch v := ev.st.see(v).(type) {
	case *Object:
		from := ev.st.content(v)
		for _, n := range from.names {
			c.set(n, from.fields[n])
		}
		if from.rest != nil {
			c.rest = from.rest
		}
	case *Choice:
		names := map[string]bool{}
		for _, x := range v.Vals {
			if o, ok := ev.st.see(x).(*Object); ok {
				for _, n := range ev.st.content(o).names {
					names[n] = true
				}
			}
		}
		for _, n := range sortedKeys(names) {
			old := c.fields[n]
			c.set(n, ev.mapChoice(v, func(x Value) Value {
				if o, ok := ev.st.see(x).(*Object); ok {
					if f, ok := ev.st.content(o).fields[n]; ok {
						return f
					}
				}
				if old != nil {
					return old
				}
				return undefined
			}))
		}
	case *Opaque:
		c.rest = v
		if v.Root.Origin == FromRequest {
			for _, n := range c.names { // what the caller sends may replace it
				c.fields[n] = ev.get(v, n, Site{})
			}
		}
	case *Extern:
		c.rest = v
	}
}

func (ev *eval) array(e *syntax.Array) Value {
	l := newList()
	l.Site = ev.site(e)
	for _, x := range e.Elems {
		if s, ok := x.(*syntax.Spread); ok {
			v := ev.st.see(ev.expr(s.X))
			if elems, ok := ev.elements(v); ok {
				l.init.elems = append(l.init.elems, elems...)
			} else {
				l.init.rest = ev.element(v)
			}
			continue
		}
		if x == nil {
			l.init.elems = append(l.init.elems, undefined)
			continue
		}
		l.init.elems = append(l.init.elems, ev.expr(x))
	}
	return l
}

func (ev *eval) ternary(e *syntax.Cond) Value {
	t, f := ev.cond(e.Test)
	ev.st = t
	a := ev.expr(e.Then)
	t = ev.st
	ev.st = f
	b := ev.expr(e.Else)
	return ev.joinValues([]*State{t, ev.st}, []Value{a, b})
}

// joinValues makes the join the present state and gives the joined value.
func (ev *eval) joinValues(states []*State, vals []Value) Value {
	st, v := join(states, vals)
	ev.st = st
	return v
}

func (ev *eval) binary(e *syntax.Binary) Value {
	switch e.Op {
	case "&&", "||", "??":
		return ev.logical(e)
	case "===", "==", "!==", "!=":
		t, f := ev.cond(e)
		return ev.joinValues([]*State{t, f}, []Value{yes, no})
	case ",":
		ev.expr(e.L)
		return ev.expr(e.R)
	}
	l, r := ev.st.see(ev.expr(e.L)), ev.st.see(ev.expr(e.R))
	switch e.Op {
	case "<", ">", "<=", ">=":
		return ev.order(e.Op, l, r, ev.site(e))
	case "in":
		return ev.oneOf(r, l, ev.site(e))
	case "instanceof":
		return unknown
	case "+":
		a, ok1 := l.(Const)
		b, ok2 := r.(Const)
		if ok1 && ok2 && (a.Kind == syntax.String || b.Kind == syntax.String) {
			return str(a.Text + b.Text)
		}
	}
	return ev.derive("", l, r)
}

// logical evaluates && || ?? as a value. Between something known and something
// unknown, `a || b` is taken for the known: `global.db ?? new Database()`.
func (ev *eval) logical(e *syntax.Binary) Value {
	l := ev.expr(e.L)
	before := ev.st
	var stay, next *State
	if e.Op == "??" {
		stay, next = before.fork(), before.fork()
		ev.filter(stay, l, nonNull)
		ev.filter(next, l, isNil)
	} else {
		stay, next = ev.test(l, ev.site(e.L))
		if e.Op == "&&" {
			stay, next = next, stay
		}
	}
	ev.st = next
	r := ev.expr(e.R)
	if e.Op != "&&" && !ev.st.dead {
		if o, ok := ev.st.see(l).(*Opaque); ok && o.Root.Origin == FromUnknown && !isUnknown(r) {
			return r
		}
		if x, ok := ev.st.see(l).(*Extern); ok && x.Pkg == "global" {
			return r
		}
	}
	return ev.joinValues([]*State{stay, ev.st}, []Value{l, r})
}

func isUnknown(v Value) bool {
	o, ok := v.(*Opaque)
	return ok && o.Root.Origin == FromUnknown
}

// order compares by < and its like: a number with a bound, or a rank of the
// caller with a demanded one.
func (ev *eval) order(op string, l, r Value, site Site) Value {
	if c, ok := l.(*Choice); ok {
		return ev.overChoice(c, func(x Value) Value { return ev.order(op, x, r, site) })
	}
	if c, ok := r.(*Choice); ok {
		return ev.overChoice(c, func(x Value) Value { return ev.order(op, l, x, site) })
	}
	if v := decideOrder(op, l, r); v != nil {
		return v
	}
	t, f := ev.st.fork(), ev.st.fork()
	for i, v := range []Value{l, r} {
		o, ok := v.(*Opaque)
		if !ok {
			continue
		}
		other := []Value{r, l}[i]
		ev.learnOrder(t, o, other, op, i == 1, site)
		ev.learnOrder(f, o, other, negated[op], i == 1, site)
	}
	return ev.joinValues([]*State{t, f}, []Value{yes, no})
}

// decideOrder compares numbers that are known, or known to be above zero; nil
// when it can't.
func decideOrder(op string, l, r Value) Value {
	if _, ok := l.(Const); ok {
		if o, ok := r.(*Opaque); ok && positive(o) {
			return decideOrder(flipped[op], r, l)
		}
	}
	c, ok := r.(Const)
	if !ok {
		return nil
	}
	bound, err := strconv.ParseFloat(c.Text, 64)
	if err != nil {
		return nil
	}
	if o, ok := l.(*Opaque); ok && positive(o) {
		switch {
		case op == ">" && bound == 0, op == ">=" && bound <= 1:
			return yes
		case op == "<" && bound <= 1, op == "<=" && bound == 0:
			return no
		}
		return nil
	}
	k, ok := l.(Const)
	n, err := strconv.ParseFloat(k.Text, 64)
	if !ok || err != nil {
		return nil
	}
	return boolean(op == "<" && n < bound || op == "<=" && n <= bound || op == ">" && n > bound || op == ">=" && n >= bound)
}

var (
	negated = map[string]string{"<": ">=", ">": "<=", "<=": ">", ">=": "<"}
	flipped = map[string]string{"<": ">", ">": "<", "<=": ">=", ">=": "<="}
)

func (ev *eval) learnOrder(s *State, o *Opaque, other Value, op string, flip bool, site Site) {
	if flip {
		op = flipped[op]
	}
	name := lastStep(o.Path)
	if st := s.standing(o); st < Belonging || name == "" || planName.MatchString(name) || name == "length" {
		return
	}
	bound := "value"
	if c, ok := other.(Const); ok {
		bound = c.Text
	} else if p, ok := other.(*Opaque); ok && s.standing(p) >= Belonging && p.Root == o.Root {
		return
	}
	if !roleName.MatchString(o.Path) && !strings.Contains(strings.ToLower(o.Path), "rank") && !strings.Contains(strings.ToLower(o.Path), "level") {
		return
	}
	s.learn(&Fact{Layer: Authorization, Kind: Role, Key: name, Set: []string{op + bound}, Confidence: confidenceOf(o),
		What: "check of " + name, Evidence: ev.at(site, "")})
}

// oneOf is membership as a value.
func (ev *eval) oneOf(list, elem Value, site Site) Value {
	if o, ok := ev.st.see(list).(*Object); ok {
		if k, ok := ev.st.see(elem).(Const); ok && ev.st.content(o).maybe != nil && allConst(ev.st, ev.st.content(o)) {
			return ev.hasElement(ev.st.content(o), k)
		}
	}
	before := ev.st
	t, f := before.fork(), before.fork()
	decided := ev.decideMember(list, elem)
	switch decided {
	case "yes":
		return yes
	case "no":
		return no
	}
	ev.learnMember(t, list, elem, site)
	ev.stamp(before, t, site)
	return ev.joinValues([]*State{t, f}, []Value{yes, no})
}

// decideMember answers membership of a constant in a known list, if it can.
func (ev *eval) decideMember(list, elem Value) string {
	o, ok := ev.st.see(list).(*Object)
	k, ok2 := ev.st.see(elem).(Const)
	if !ok || !ok2 {
		return ""
	}
	c := ev.st.content(o)
	if !o.List {
		if _, ok := c.fields[k.Text]; ok {
			return "yes"
		}
		return ""
	}
	for _, x := range c.elems {
		y, ok := ev.st.see(x).(Const)
		if !ok {
			return ""
		}
		if y == k {
			return "yes"
		}
	}
	if c.rest != nil {
		return ""
	}
	return "no"
}

func (ev *eval) unary(e *syntax.Unary) Value {
	switch e.Op {
	case "!":
		t, f := ev.cond(e)
		return ev.joinValues([]*State{t, f}, []Value{yes, no})
	case "void":
		ev.expr(e.X)
		return undefined
	case "delete":
		return yes
	}
	v := ev.st.see(ev.expr(e.X))
	if c, ok := v.(Const); ok && e.Op == "-" {
		return Const{Kind: syntax.Number, Text: "-" + c.Text}
	}
	if e.Op == "typeof" {
		return unknown
	}
	return ev.derive("", v)
}

func (ev *eval) jsx(e *syntax.JSX) Value {
	for _, a := range e.Attrs {
		if a.Value != nil {
			ev.expr(a.Value)
		}
	}
	for _, c := range e.Children {
		ev.expr(c)
	}
	return newObject("type", str(e.Name))
}

// fresh is a new value of some origin.
func (ev *eval) fresh(o Origin, label string) *Opaque {
	return &Opaque{Root: &Root{Origin: o, Label: label}}
}

// derive is a value computed from others: it comes from where the most telling
// of them does.
func (ev *eval) derive(step string, vals ...Value) Value {
	best := unknown
	for _, v := range vals {
		if o := ev.telling(v, 0); o != nil && derivedRank(o) > derivedRank(best) {
			best = o
		}
	}
	if best.Root.Origin == FromUnknown {
		return &Opaque{Root: unknownRoot, Path: clip(step)}
	}
	if step == "" {
		step = "value"
	}
	return &Opaque{Root: best.Root, Path: clip(best.Path + "~" + step)}
}

const maxPath = 160

func clip(p string) string {
	if len(p) > maxPath {
		return p[:maxPath]
	}
	return p
}

// derivedRank orders origins for derive: a signature made with a secret is not
// the caller's to choose.
func derivedRank(o *Opaque) int {
	switch o.Root.Origin {
	case FromIdentity:
		return 4
	case FromSecret:
		return 3
	case FromRequest:
		return 2
	case FromResource:
		return 1
	}
	return 0
}

func (ev *eval) telling(v Value, depth int) *Opaque {
	if ev.steps++; depth > maxChoiceDepth+2 || ev.steps > maxSteps {
		return nil
	}
	var best *Opaque
	take := func(x Value) {
		if o := ev.telling(x, depth+1); o != nil && (best == nil || derivedRank(o) > derivedRank(best)) {
			best = o
		}
	}
	switch v := ev.st.see(v).(type) {
	case *Opaque:
		return v
	case *Promise:
		take(v.Of)
	case *Choice:
		for _, x := range v.Vals {
			take(x)
		}
	case *Object:
		c := ev.st.content(v)
		for _, n := range c.names {
			take(c.fields[n])
		}
		for _, x := range c.elems {
			take(x)
		}
		if c.rest != nil {
			take(c.rest)
		}
	case *Extern:
		for _, a := range v.Args {
			take(a)
		}
		if v.Prev != nil {
			take(v.Prev)
		}
	}
	return best
}
