package syntax

// Expr is an expression. Parentheses, type assertions (`as`, `satisfies`, `!`,
// `<T>x`) and type arguments are gone after lowering; types are not kept.
type Expr interface {
	Node
	expr()
}

type (
	// Ident is a name, `this`, `super` and `undefined` included.
	Ident struct {
		Span
		Name string
	}
	// Literal is a constant. Value holds a string's cooked text, a number's
	// source text, "true", "false" or "null", or a regular expression as it is
	// written (`/a/i`). A template literal without tag and substitutions is a
	// string.
	Literal struct {
		Span
		Kind  LiteralKind
		Value string
	}
	// Template is a template literal: Strings[0] Exprs[0] Strings[1] …, the
	// strings cooked; Tag is nil unless it is a tagged template.
	Template struct {
		Span
		Tag     Expr
		Strings []string
		Exprs   []Expr
	}
	Object struct {
		Span
		Props []Prop
	}
	// Prop is one property of an object literal. Exactly one of three forms: a
	// spread (Spread true, Value set), a computed key (Key nil-named, Computed
	// set), or a plain Key. Shorthand `{ a }` has Value = &Ident{a}. Methods and
	// accessors have a *Func value. What the grammar could not place is a BadExpr
	// without key.
	Prop struct {
		Span
		Key      string
		Computed Expr
		Value    Expr
		Spread   bool
		Getter   bool
		Setter   bool
	}
	// Array may hold *Spread elements, and nil for holes.
	Array struct {
		Span
		Elems []Expr
	}
	// Func is every kind of function: declaration, expression, arrow, method.
	// An arrow with an expression body has Result set and Body nil. A declaration
	// without body (overload, ambient) is not lowered. Name is what the function
	// binds: a method has none, but its key's span in NameSpan.
	Func struct {
		Span
		Name       string
		NameSpan   Span // the name, or the span's start when there is none
		Params     []Param
		Body       *Block
		Result     Expr
		Async      bool
		Generator  bool
		Arrow      bool
		Directives []string // "use server", "use cache" …
	}
	// Param is one parameter; Rest for `...xs`. Default values are in the
	// pattern (DefaultPattern).
	Param struct {
		Span
		Target   Pattern
		Rest     bool
		Property bool // constructor(private x: T) also sets this.x
	}
	Class struct {
		Span
		Name       string
		Super      Expr // may be nil
		Members    []ClassMember
		Decorators []Expr
	}
	// ClassMember is a method, accessor or field. A method has a *Func value; a
	// field's Value may be nil. The constructor has the Key "constructor". A
	// static block has an empty Key and a *Func value.
	ClassMember struct {
		Span
		Key        string // "#x" for a private name
		Computed   Expr
		Static     bool
		Getter     bool
		Setter     bool
		Method     bool
		Value      Expr
		Decorators []Expr
	}
	// Call is a call or, with New, a construction. Args may hold *Spread.
	// Import is true for `import(…)`, whose Callee is nil.
	Call struct {
		Span
		Callee   Expr
		Args     []Expr
		Optional bool // f?.()
		New      bool
		Import   bool
	}
	// Member is `x.name`, `x?.name`, `x["name"]` (Name, when the index is a
	// string literal) or `x[i]` (Index).
	Member struct {
		Span
		X        Expr
		Name     string
		NameSpan Span
		Index    Expr
		Optional bool
	}
	// Unary is `!`, `-`, `+`, `~`, typeof, void, delete.
	Unary struct {
		Span
		Op string
		X  Expr
	}
	// Update is ++ and --.
	Update struct {
		Span
		Op string
		X  Expr
	}
	// Binary is every two-operand operator, `&&`, `||`, `??` and `,` included.
	Binary struct {
		Span
		Op   string
		L, R Expr
	}
	// Assign is `=` and the compound assignments (`+=`, `||=`, …).
	Assign struct {
		Span
		Op     string
		Target Pattern
		Value  Expr
	}
	Cond struct {
		Span
		Test, Then, Else Expr
	}
	Await struct {
		Span
		X Expr
	}
	// Yield is `yield x` and `yield* x`; X may be nil.
	Yield struct {
		Span
		X Expr
	}
	Spread struct {
		Span
		X Expr
	}
	// JSX is an element or a fragment. Name is empty for a fragment, the tag for
	// a host element ("div"); Tag is set for a component (<Foo>, <a.B>).
	JSX struct {
		Span
		Name     string
		Tag      Expr
		Attrs    []Prop // Spread, or Key with a Value that is nil for a bare name
		Children []Expr // texts are left out
	}
	// BadExpr stands for text that could not be lowered.
	BadExpr struct{ Span }
)

// LiteralKind tells what a Literal is.
type LiteralKind uint8

// The kinds of literal.
const (
	String LiteralKind = iota
	Number
	BigInt
	Bool
	Null
	Regex
)

func (*Ident) expr()    {}
func (*Literal) expr()  {}
func (*Template) expr() {}
func (*Object) expr()   {}
func (*Array) expr()    {}
func (*Func) expr()     {}
func (*Class) expr()    {}
func (*Call) expr()     {}
func (*Member) expr()   {}
func (*Unary) expr()    {}
func (*Update) expr()   {}
func (*Binary) expr()   {}
func (*Assign) expr()   {}
func (*Cond) expr()     {}
func (*Await) expr()    {}
func (*Yield) expr()    {}
func (*Spread) expr()   {}
func (*JSX) expr()      {}
func (*BadExpr) expr()  {}
