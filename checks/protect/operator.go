package protect

import (
	"slices"

	"github.com/authdiff/authdiff/checks/syntax"
)

func (ev *eval) binary(e *syntax.Binary) Value {
	switch e.Op {
	case "&&", "||", "??":
		return ev.logical(e)
	case "===", "==", "!==", "!=":
		return ev.truthOf(e)
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
		return ev.instanceOf(l, r)
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
		if isUnknown(before.see(l)) && !isUnknown(r) {
			return r
		}
		if x, ok := before.see(l).(*Extern); ok && x.Pkg == "global" {
			return r
		}
	}
	if e.Op != "??" && isTruth(r, 0) {
		l = boolean(e.Op == "||") // of a condition, only its truth matters
	}
	return ev.joinValues([]*State{stay, ev.st}, []Value{l, r})
}

// truthOf evaluates a condition as a value.
func (ev *eval) truthOf(e syntax.Expr) Value {
	from, outer := len(ev.tests), ev.flipped
	ev.flipped = false
	t, f := ev.cond(e)
	ev.flipped = outer
	v := ev.joinValues([]*State{t, f}, []Value{yes, no})
	if unsettled(v) {
		v = ev.settles(v, ev.since(from))
	}
	ev.blur(from)
	return v
}

// isTruth reports whether a value is what a comparison gives.
func isTruth(v Value, depth int) bool {
	c, ok := v.(*Choice)
	return ok && depth < maxChoiceDepth && !slices.ContainsFunc(c.Vals, func(x Value) bool {
		return x != Value(yes) && x != Value(no) && !isTruth(x, depth+1)
	})
}

func isUnknown(v Value) bool {
	o, ok := v.(*Opaque)
	return ok && o.Root.Origin == FromUnknown && o != undecided
}

var (
	negated = map[string]string{"<": ">=", ">": "<=", "<=": ">", ">=": "<"}
	flipped = map[string]string{"<": ">", ">": "<", "<=": ">=", ">=": "<="}
)

// oneOf is membership as a value.
func (ev *eval) oneOf(list, elem Value, site Site) Value {
	if o, ok := ev.st.see(list).(*Object); ok {
		if k, ok := ev.st.see(elem).(Const); ok && ev.st.content(o).maybe != nil && allConst(ev.st, ev.st.content(o)) {
			return ev.hasElement(ev.st.content(o), k)
		}
	}
	from := len(ev.tests)
	ev.noteTests(site, elem, list)
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
	v := ev.joinValues([]*State{t, f}, []Value{yes, no})
	return ev.decides(v, from)
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
		return ev.truthOf(e)
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
