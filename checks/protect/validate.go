package protect

import (
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
)

// verify checks a credential: it throws, or gives false.
func (ev *eval) verify(v *catalog.Verify, y *Extern, args []Value, site Site) Value {
	facts := ev.proof(&v.Proof, y, args, site)
	if v.Bool {
		t := Test{X: ev.telling(arg(args, 0), 0), Y: ev.telling(arg(args, 1), 0), Site: site, when: found}
		return &Choice{P: &Point{alts: []*assumption{{facts: facts}, {}}, tests: []Test{t}}, Vals: []Value{yes, no}}
	}
	ev.throws(site)
	ev.st.learn(facts...)
	return ev.shape(catalog.MustShape(v.Shape), shaping{y: y, args: args, identity: ev.fresh(FromIdentity, calleeWords(y, site))})
}

// validate checks input against a schema. Only what the caller chose counts.
func (ev *eval) validate(v *catalog.Validate, y *Extern, site Site) Value {
	args := y.Args
	in := ev.argument(v.Input, args)
	var facts []*Fact
	if o := ev.telling(in, 0); o != nil && o.Root.Origin == FromRequest {
		f := ev.fact(Validation, Input, inputKey(o), "schema check by "+calleeWords(nil, site), site)
		f.allowed = ev.fieldsOf(y.Prev, 0)
		f.AfterAuth = Entails(ev.st.facts, &Fact{Kind: Caller, Strength: Guessed})
		facts = append(facts, f)
	}
	if v.Safe {
		good, bad := safeResult(v, in)
		return &Choice{P: &Point{alts: []*assumption{{facts: facts}, {}}}, Vals: []Value{good, bad}}
	}
	ev.throws(site)
	ev.st.learn(facts...)
	return in
}

// safeResult is what a schema check that doesn't throw gives, when it went well
// and when it went wrong.
func safeResult(v *catalog.Validate, in Value) (good, bad Value) {
	if v.OK == "" && v.Data == "" {
		return yes, no
	}
	if member, ok := strings.CutPrefix(v.OK, "!"); ok {
		return newObject(member, undefined, nonEmpty(v.Data, "value"), in), newObject(member, newObject())
	}
	ok := nonEmpty(v.OK, "success")
	return newObject(ok, yes, nonEmpty(v.Data, "data"), in), newObject(ok, no, "error", newObject())
}

// inputKey names the part of the request that a value comes from.
func inputKey(o *Opaque) string {
	part, _, _ := strings.Cut(strings.TrimLeft(strings.ReplaceAll(o.Path, "~", "."), "."), ".")
	switch part {
	case "params", "query", "headers", "cookies", "searchParams":
		return part
	}
	return "input"
}
