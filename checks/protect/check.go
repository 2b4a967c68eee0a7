package protect

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// Check is a condition that the endpoint's code tests. It is kept beside the
// facts for checks whose passing shows no fact, or one that others show as well.
type Check struct {
	Tests []Test
	// Ends: one of its branches leaves the function. Conditions that are no
	// statement's, the value of a return say, count as if they did.
	Ends bool
	// Loose: it's no statement's.
	Loose bool
	// Refusal is the text of the branch that leaves the function, of the first
	// where none does.
	Refusal string
	// Wrote are the effects that had changed something before it.
	Wrote []*Effect
	// Shows: passing it shows something, or ties something to the caller. Calls are
	// the names of the functions that a check asks whose passing doesn't.
	Shows bool
	Calls []string
	Stack []Site
	Site  Site
	then  bool // it's the first branch that leaves
}

// Test is one question that a condition asks: of X whether it is there or equals
// a constant, or of X and Y whether they are equal.
type Test struct {
	X, Y  *Opaque
	Const string // the text that X is compared with
	Site  Site
	when  sense
}

// sense is whether a condition holds when a test finds what it asks for, or when
// it doesn't.
type sense int8

const (
	unsure  sense = 0
	found   sense = 1
	missing sense = -1
)

// maxTests bounds the tests of one evaluation that are kept, maxTestsOf those that
// tell of one value.
const (
	maxTests   = 20_000
	maxTestsOf = 16
)

// noteTests notes that a condition asks of values; of two, whether they are equal.
func (ev *eval) noteTests(site Site, vals ...Value) {
	if ev.st.dead || len(ev.tests) > maxTests {
		return
	}
	from := len(ev.tests)
	var sides [2][]*Opaque
	for i, v := range vals {
		sides[min(i, 1)] = ev.subjects(v, sides[min(i, 1)], 0)
	}
	switch {
	case len(sides[1]) == 0:
		sides[0], sides[1] = []*Opaque{nil}, sides[0]
	case len(sides[0]) == 0:
		sides[0] = []*Opaque{nil}
	}
	texts, when := ev.texts(vals), ev.sense(vals)
	for _, y := range sides[0] {
		for _, x := range sides[1] {
			for _, text := range texts {
				ev.tests = append(ev.tests, Test{X: x, Y: y, Const: text, Site: site, when: when})
			}
		}
	}
	if ev.check == nil {
		ev.looseTests(from)
	}
}

// texts are the texts that a comparison is with, one empty when there is none.
func (ev *eval) texts(vals []Value) []string {
	for _, v := range vals {
		list := []Value{ev.st.see(v)}
		if elems, ok := ev.elements(v); ok {
			list = elems
		}
		var out []string
		for _, x := range list {
			if c, ok := ev.st.see(x).(Const); ok && c.Kind == syntax.String {
				out = append(out, c.Text)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return []string{""}
}

// sense is that of a comparison: with null or false it finds when there's nothing.
func (ev *eval) sense(vals []Value) sense {
	when := found
	if ev.flipped {
		when = missing
	}
	for _, v := range vals[1:] {
		switch v := ev.st.see(v).(type) {
		case Null:
			return -when
		case Const:
			if v == no {
				return -when
			}
			if v.Kind == syntax.Number {
				return unsure
			}
		}
	}
	return when
}

// looseTests keeps tests that are no if statement's.
func (ev *eval) looseTests(from int) {
	if len(ev.tests) > from {
		ev.checks = append(ev.checks, &Check{Tests: slices.Clone(ev.tests[from:]), Ends: true, Loose: true})
	}
}

// subjects lists what a value comes from. What decided of a choice counts as
// asked again.
func (ev *eval) subjects(v Value, into []*Opaque, depth int) []*Opaque {
	if depth > 3 || len(into) >= 4 {
		return into
	}
	switch v := ev.st.see(v).(type) {
	case *Choice:
		for _, t := range v.P.tests {
			if ev.flipped {
				t.when = -t.when
			}
			ev.tests = append(ev.tests, t)
		}
		for _, x := range v.Vals {
			into = ev.subjects(x, into, depth+1)
		}
	case *Opaque:
		if v.Root != unknownRoot && !slices.ContainsFunc(into, func(o *Opaque) bool { return same(o, v) }) {
			into = append(into, v)
		}
	case Const, Null:
	default:
		if o := ev.telling(v, 0); o != nil {
			into = ev.subjects(o, into, depth+1)
		}
	}
	return into
}

// since are the tests noted since there were so many, as many as are kept.
func (ev *eval) since(from int) []Test {
	if from >= len(ev.tests) {
		return nil
	}
	return slices.Clone(ev.tests[from:min(len(ev.tests), from+maxTestsOf)])
}

// decides notes that the tests since there were so many decide which of its values a
// choice has, in a way that isn't known. It gives the choice.
func (ev *eval) decides(v Value, from int) Value {
	if !unsettled(v) {
		return v
	}
	return ev.settles(v, unsureOf(ev.since(from)))
}

// blur makes the tests noted since there were so many unsure: they were another
// condition's.
func (ev *eval) blur(from int) {
	for i := from; i < len(ev.tests); i++ {
		ev.tests[i].when = unsure
	}
}

func unsureOf(tests []Test) []Test {
	out := slices.Clone(tests)
	for i := range out {
		out[i].when = unsure
	}
	return out
}

// unsettled reports whether a value is a choice of which no tests are noted.
func unsettled(v Value) bool {
	c, ok := v.(*Choice)
	return ok && c.P.tests == nil
}

// settles notes of which tests such a choice is the result. It gives the choice, or
// that it is undecided, where nothing hangs on it.
func (ev *eval) settles(v Value, tests []Test) Value {
	c := v.(*Choice)
	if c.idle(ev.st) && !slices.ContainsFunc(tests, Test.Tells) {
		return undecided
	}
	c.P.tests = tests
	return v
}

// noteCheck notes an if statement, with the branches that leave the function. It
// may have no test that is understood, if it has such a branch.
func (ev *eval) noteCheck(s *syntax.If, tests []Test, before *State, then, els, shows bool) {
	if len(tests) == 0 && !then && !els || len(ev.checks) > maxTests {
		return
	}
	c := &Check{Tests: tests, Ends: then || els, Stack: ev.stack(), Site: ev.site(s), then: then, Wrote: before.wrote()}
	c.Site.Span.End = s.Then.Pos().End
	switch {
	case els && !then && s.Else != nil:
		c.Refusal = ev.site(s.Else).Text()
	case then || !els:
		c.Refusal = ev.site(s.Then).Text()
	}
	if then && els {
		c.Tests = unsureOf(tests)
	}
	if c.Shows = shows; !shows && c.Ends {
		c.Calls = ev.callsIn(s.Test)
	}
	ev.checks = append(ev.checks, c)
}

// noteUnawaited notes the checks of a function whose promise is taken for its answer,
// which is always true: filter(async …), or a condition without await.
func (ev *eval) noteUnawaited(v Value, site Site) {
	p, ok := v.(*Promise)
	if !ok {
		return
	}
	for _, c := range p.checks {
		if len(ev.unawaited) < maxTests && slices.ContainsFunc(c.Tests, Test.Tells) {
			ev.unawaited = append(ev.unawaited, &Check{Tests: c.Tests, Stack: ev.stack(), Site: site})
		}
	}
}

// wrote lists the effects on some way here that changed something.
func (s *State) wrote() []*Effect {
	var out []*Effect
	for r := range s.read.Values() {
		if r.effect != nil && r.effect.Writes() {
			out = append(out, r.effect)
		}
	}
	return out
}

// Opposite reports whether two checks leave the function for opposite answers to
// one question.
func Opposite(a *Check, t Test, b *Check, u Test) bool {
	leaves := func(c *Check, t Test) sense {
		if !c.then {
			return -t.when
		}
		return t.when
	}
	return t.when != unsure && leaves(a, t) == -leaves(b, u)
}

// Setting reports whether a test asks for a setting of the deployment.
func (t Test) Setting() bool {
	return t.X != nil && t.Y == nil && t.X.Root.Origin == FromSecret || t.X == nil && t.Y != nil && t.Y.Root.Origin == FromSecret
}

// Key names a test's question by where its values come from.
func (t Test) Key() string {
	x, y := subjectKey(t.X), subjectKey(t.Y)
	if x > y {
		x, y = y, x
	}
	return x + "=" + y + t.Const
}

// Tells reports whether a test asks of the caller, of a record or of a secret, and
// not of a plan or of what the caller sent alone.
func (t Test) Tells() bool {
	tells := false
	for _, o := range []*Opaque{t.X, t.Y} {
		if o == nil {
			continue
		}
		if name := lastStep(o.Path); planName.MatchString(name) && !roleName.MatchString(name) {
			return false
		}
		switch o.Root.Origin {
		case FromIdentity, FromResource:
			tells = true
		case FromSecret:
			tells = tells || t.Y != nil && t.X != nil
		}
	}
	return tells
}

// OfPlan reports whether a check asks for what a customer pays, beside which the
// rest of its questions are the plan's bounds, and not for who the caller is.
func (c *Check) OfPlan() bool {
	ofPlan := false
	for _, t := range c.Tests {
		for _, o := range []*Opaque{t.X, t.Y} {
			if o == nil {
				continue
			}
			if o.Root.Origin == FromIdentity || roleName.MatchString(lastStep(o.Path)) {
				return false
			}
			ofPlan = ofPlan || paidName.MatchString(lastStep(o.Path))
		}
	}
	return ofPlan
}

// Layer is the question's layer.
func (t Test) Layer() Layer {
	named := func(o *Opaque) bool {
		return idName.MatchString(lastStep(o.Path)) || contactName.MatchString(lastStep(o.Path))
	}
	switch {
	case t.X != nil && t.Y != nil && (named(t.X) || named(t.Y)):
		return Ownership
	case t.X != nil && t.X.Root.Origin == FromIdentity && surelyThere(t.X):
		return Authentication
	case t.X != nil && t.Y == nil && t.X.Root.account() && accountState.MatchString(lastStep(t.X.Path)):
		return Authentication
	}
	return Authorization
}

// account reports whether a root is somebody's account: the caller's, or a row of them.
func (r *Root) account() bool {
	return r.Origin == FromIdentity || r.Origin == FromResource && accountModel.MatchString(r.Model)
}

var accountModel = regexp.MustCompile(`(?i)^(users?|accounts?)$`)

// accountState is whether an account may be used at all, whatever its rights.
var accountState = regexp.MustCompile(`(?i)^(e?mail_?|phone_?|is_?)*(verified|confirmed|banned|blocked|suspended|locked|disabled|deactivated)(_?at)?$`)

// subjectKey names a value by where it comes from: who the caller is, whatever
// library says so; a record by its table; an input by its name.
func subjectKey(o *Opaque) string {
	switch {
	case o == nil:
		return ""
	case o.Root.Origin == FromRequest:
		return "input." + lastStep(o.Path)
	case o.Root.Origin != FromIdentity:
		return o.Root.Label + o.Path
	}
	path := o.Path
	for _, p := range []string{".session", ".user"} {
		if rest, ok := strings.CutPrefix(path, p); ok && (rest == "" || rest[0] == '.') {
			path = rest
		}
	}
	if surelyThere(&Opaque{Root: o.Root, Path: path}) {
		path = ""
	}
	return "caller" + path
}
