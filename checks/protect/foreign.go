package protect

import (
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
)

// callForeign calls code of which nothing is known: a package that the catalogue
// doesn't have, or a step that it says nothing of.
func (ev *eval) callForeign(x, y *Extern, args []Value, site Site) Value {
	if f := wrapped(x); f != nil {
		return ev.call(f, undefined, args, site)
	}
	if !ev.known(x.Pkg) && x.Pkg != "global" {
		if v := ev.guess(stepName(x.Path), args, site); v != nil {
			return v
		}
	}
	if ev.top == 0 {
		for _, a := range args {
			if c, ok := a.(*Closure); ok {
				y.Result = ev.detached(c, site)
			}
		}
	}
	return y
}

// wrapped is the function that an unknown wrapper was given.
func wrapped(x *Extern) Value {
	for ; x != nil && x.Step != ""; x = x.Prev {
		for _, a := range x.Args {
			if isFunction(a) {
				return a
			}
		}
	}
	return nil
}

// detached runs a callback that foreign code may run, and gives its result; what
// it showed holds for nobody but who checks that result.
func (ev *eval) detached(c *Closure, site Site) Value {
	if c.Fn.Generator {
		ev.cut(site, "a generator that other code runs can't be followed")
	}
	before := ev.st.fork()
	params := make([]Value, len(c.Fn.Params))
	for i := range params {
		params[i] = unknown
	}
	v := ev.callClosure(c, undefined, params, site)
	ev.st = before
	if p, ok := v.(*Promise); ok {
		return &Promise{Of: p.Of}
	}
	return v
}

// awaitExtern awaits a package's value: a call into code that can't be read is
// an effect of unknown kind.
func (ev *eval) awaitExtern(x *Extern) Value {
	if x.Step == "" || ev.st.dead {
		return x
	}
	if x.Result != nil {
		return ev.await(x.Result)
	}
	if v := ev.lookupElsewhere(x); v != nil {
		return v
	}
	if m, _ := ev.find(x.Pkg, x.Path); m != nil || x.Pkg == "global" {
		return x
	}
	if strings.HasSuffix(x.Path, ".new()") {
		return x
	}
	e := ev.effect(catalog.Unknown, x.Step, x.Pkg, x.Site)
	e.args = x.Args
	e.Terms = append(e.Terms, Term{Field: "*", Value: newList(x.Args...)})
	for _, a := range x.Args {
		if o, ok := ev.st.see(a).(*Object); ok && !o.List {
			e.Data = append(e.Data, ev.terms(o, "", 0)...)
		}
	}
	ev.settleData(e)
	return &Opaque{Root: &Root{Origin: FromResource, Label: x.Step + "()", Model: x.Step, effect: e, By: e.Terms}}
}
