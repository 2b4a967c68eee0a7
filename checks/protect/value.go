package protect

import (
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Value is what the evaluator knows of a JavaScript value. Values are
// immutable, but for objects, whose present content stands in a State.
type Value interface{ value() }

type (
	// Const is a string, number, boolean or regular expression.
	Const struct {
		Kind syntax.LiteralKind
		Text string
	}
	// Null is null or undefined.
	Null struct{ Undefined bool }
	// Object is an object, an array (List) or an instance of Class.
	Object struct {
		List  bool
		Class *Class
		Site  Site // of its literal
		init  *content
		numbered
	}
	// Closure is a function of the program with the scope that it closes over.
	Closure struct {
		Fn    *syntax.Func
		Scope *scope
		This  Value
		Bound []Value
	}
	// Class is a class of the program.
	Class struct {
		Decl   *syntax.Class
		Scope  *scope
		Super  Value
		static *Object
	}
	// Extern is a value of a published package, named by the steps that lead to
	// it. Prev and Args are the call that made it, for builder chains.
	Extern struct {
		Pkg, Path string
		Prev      *Extern
		Step      string // the name of what was called, when a call made it
		Args      []Value
		Site      Site
		Result    Value // what a callback gave that it was called with
		told      told  // nil for one that an endpoint makes
	}
	// Native is a function that the evaluator implements.
	Native struct {
		Name string
		Call func(ev *eval, args []Value, site Site) Value
	}
	// Promise is a value that is there only once it's awaited; what holds then
	// is After.
	Promise struct {
		Of     Value
		After  *assumption
		checks []*Check // what making it checked, once it's awaited
	}
	// Choice is one of several values; which one is decided at a Point, which
	// other values may share.
	Choice struct {
		P     *Point
		Vals  []Value
		depth int // of choices within choices
	}
	// Opaque is a value known only by where it came from: Path below Root.
	Opaque struct {
		Root *Root
		Path string
	}
	// QueryValue is a query under construction, and its result once awaited.
	QueryValue struct {
		X        *Extern
		E        *Effect
		result   resultShape
		consumed bool
	}
	// CondValue is a query condition.
	CondValue struct{ Terms []Term }
	// Response is an HTTP response. Status 0 is one that isn't known.
	Response struct {
		Status   int
		Redirect bool
		Proceeds bool // a middleware's: the request goes on to its endpoint
		Body     Value
		Site     Site
		Sent     bool // pages/api: the answer was sent, not just begun
		Overran  bool // a refusal was answered before, and the code went on
	}
	// Namespace is `import * as x`.
	Namespace struct{ Module *module.Module }
)

func (Const) value()       {}
func (Null) value()        {}
func (*Object) value()     {}
func (*Closure) value()    {}
func (*Class) value()      {}
func (*Extern) value()     {}
func (*Native) value()     {}
func (*Promise) value()    {}
func (*Choice) value()     {}
func (*Opaque) value()     {}
func (*QueryValue) value() {}
func (*CondValue) value()  {}
func (*Response) value()   {}
func (*Namespace) value()  {}

// content is what an object holds. Rest is what a member that isn't listed is:
// nil for none (undefined).
type content struct {
	names  []string
	fields map[string]Value
	elems  []Value
	rest   Value
	// maybe says of each element what holds when it's there, and when it isn't;
	// nil when all of them surely are.
	maybe []presence
	tests []Test // that decided which elements of a filtered list are there
}

// presence is the condition under which a filtered list has an element; both
// are nil for one that is always there.
type presence struct{ when, unless *assumption }

func newContent() *content { return &content{fields: map[string]Value{}} }

func (c *content) set(name string, v Value) {
	if _, ok := c.fields[name]; !ok {
		c.names = append(c.names, name)
	}
	c.fields[name] = v
}

func (c *content) clone() *content {
	d := &content{fields: make(map[string]Value, len(c.fields)+1), rest: c.rest, tests: c.tests}
	d.names = append(d.names, c.names...)
	d.elems = append(d.elems, c.elems...)
	d.maybe = append(d.maybe, c.maybe...)
	for k, v := range c.fields {
		d.fields[k] = v
	}
	return d
}

func newObject(pairs ...any) *Object {
	c := newContent()
	for i := 0; i+1 < len(pairs); i += 2 {
		c.set(pairs[i].(string), pairs[i+1].(Value))
	}
	return &Object{init: c}
}

func newList(elems ...Value) *Object {
	c := newContent()
	c.elems = elems
	return &Object{List: true, init: c}
}

// Origin is where a value came from, in the order of how much it says.
type Origin uint8

// The origins.
const (
	FromUnknown  Origin = iota
	FromResource        // a database or service read
	FromSecret          // process.env
	FromRequest         // the caller chose it
	FromIdentity        // who the caller is, proved
)

// Root is one thing that values come from: the session, the request, a record.
type Root struct {
	Origin Origin
	Label  string // in the reader's words: "auth()", "request", "prisma.team"
	Model  string // of a resource
	// By are the values by which a resource was selected.
	By []Term
	// Guess marks an identity that was taken for one by its name.
	Guess  bool
	effect *Effect
	found  *Point // of a record that may not be: its first way is that it is
	// own marks a record that was selected by what is the caller's: whatever is
	// taken from it is theirs.
	own bool
	// beside is what the caller sent that a text was put together of, beside what it
	// comes from: a secret in an address, say.
	beside *Opaque
	// members are relations that were read along under a condition on the
	// caller: whether there are any says whether the record is theirs. They are
	// also what code wrote into the record.
	members map[string]Value
	numbered
}

// errorLabel marks what was thrown: it carries no data.
const errorLabel = "error"

var (
	undefined = Null{Undefined: true}
	null      = Null{}
	yes       = Const{Kind: syntax.Bool, Text: "true"}
	no        = Const{Kind: syntax.Bool, Text: "false"}
	// nothing is known of the values below this root; it is shared, since two
	// unknown values are never taken for equal.
	unknownRoot = &Root{Origin: FromUnknown}
	unknown     = &Opaque{Root: unknownRoot}
	// undecided is true or false.
	undecided = &Opaque{Root: &Root{Origin: FromUnknown, Label: "condition"}}
)

func str(s string) Const { return Const{Kind: syntax.String, Text: s} }

func boolean(b bool) Const {
	if b {
		return yes
	}
	return no
}

// same reports whether two values are surely the same.
func same(a, b Value) bool {
	switch a := a.(type) {
	case nil:
		return b == nil
	case Const:
		c, ok := b.(Const)
		return ok && a == c
	case Null:
		c, ok := b.(Null)
		return ok && a == c
	case *Opaque:
		c, ok := b.(*Opaque)
		return ok && a.Root == c.Root && a.Path == c.Path
	case *Choice:
		c, ok := b.(*Choice)
		if !ok || a.P != c.P || len(a.Vals) != len(c.Vals) {
			return false
		}
		if a == c {
			return true
		}
		for i := range a.Vals {
			x, nested := a.Vals[i].(*Choice)
			if nested && Value(x) != c.Vals[i] || !nested && !same(a.Vals[i], c.Vals[i]) {
				return false
			}
		}
		return true
	case *Extern:
		c, ok := b.(*Extern)
		return ok && (a == c || a.Pkg == c.Pkg && a.Path == c.Path && a.Args == nil && c.Args == nil)
	case *Closure:
		c, ok := b.(*Closure)
		return ok && (a == c || a.Fn == c.Fn && a.Scope == c.Scope)
	case *Response:
		c, ok := b.(*Response)
		return ok && (a == c || a.Status == c.Status && a.Redirect == c.Redirect && a.Proceeds == c.Proceeds && a.Overran == c.Overran && same(a.Body, c.Body))
	}
	return a == b
}
