package syntax

import "sort"

// Span is a range of bytes in a file: Start inclusive, End exclusive.
type Span struct{ Start, End uint32 }

// File is one parsed file. It and everything below it is immutable after
// Parse, and therefore safe to share between goroutines.
type File struct {
	Path       string
	Text       []byte
	Body       []Stmt
	Directives []string // leading string statements of the file: "use server", "use client"
	Errors     []Span   // where the grammar found no TypeScript; sorted, apart from each other
	lines      []uint32 // offset of each line's start
}

// Line returns the 1-based line that holds the byte offset.
func (f *File) Line(offset uint32) int {
	return sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > offset })
}

// Lines returns the 1-based first and last line of a span.
func (f *File) Lines(s Span) (first, last int) {
	first = f.Line(s.Start)
	if s.End > s.Start {
		return first, f.Line(s.End - 1)
	}
	return first, first
}

// Source returns the text of a span.
func (f *File) Source(s Span) string { return string(f.Text[s.Start:s.End]) }

// Broken reports whether a span overlaps or touches a syntax error. Touching
// counts since a missing token has no width and stands beside what lacks it.
func (f *File) Broken(s Span) bool {
	return overlaps(f.Errors, s)
}

// Node is any statement, expression or pattern.
type Node interface{ Pos() Span }

// Pos makes every struct that embeds a Span a Node.
func (s Span) Pos() Span { return s }

// ---- statements ----

// Stmt is a statement or a declaration.
type Stmt interface {
	Node
	stmt()
}

type (
	// VarDecl is `const a = 1, { b } = c`.
	VarDecl struct {
		Span
		Kind  string // const, let, var, using
		Decls []Declarator
	}
	// Declarator is one `target = init` of a VarDecl; Init may be nil.
	Declarator struct {
		Span
		Target Pattern
		Init   Expr
	}
	// FuncDecl is a named function declaration (`export default function () {}`
	// is an ExportDefault of a Func instead).
	FuncDecl struct {
		Span
		Func *Func
	}
	// ClassDecl is a class declaration.
	ClassDecl struct {
		Span
		Class *Class
	}
	// EnumDecl is a TypeScript enum. A member without initialiser has the number
	// that TypeScript gives it when the previous ones are known, else nil.
	EnumDecl struct {
		Span
		Name    string
		Members []EnumMember
	}
	EnumMember struct {
		Span
		Name  string
		Value Expr
	}
	// NamespaceDecl is `namespace N { … }` or `module N { … }` with a body.
	NamespaceDecl struct {
		Span
		Name string
		Body []Stmt
	}
	ExprStmt struct {
		Span
		X Expr
	}
	Return struct {
		Span
		X Expr // may be nil
	}
	Throw struct {
		Span
		X Expr
	}
	If struct {
		Span
		Test Expr
		Then Stmt
		Else Stmt // may be nil
	}
	// For is the three-part loop; every part but Body may be nil.
	For struct {
		Span
		Init   Stmt
		Test   Expr
		Update Expr
		Body   Stmt
	}
	// ForEach is for…of, for…in and for await…of. Target is declared when Kind is
	// const, let or var, else assigned.
	ForEach struct {
		Span
		Kind   string // const, let, var or empty
		Target Pattern
		X      Expr
		In     bool // for…in
		Await  bool
		Body   Stmt
	}
	// While is while and do…while (Do).
	While struct {
		Span
		Do   bool
		Test Expr
		Body Stmt
	}
	Switch struct {
		Span
		X     Expr
		Cases []Case
	}
	// Case is one case of a Switch; Test is nil for default.
	Case struct {
		Span
		Test Expr
		Body []Stmt
	}
	// Try has a Catch, a Finally or both; Param may be nil.
	Try struct {
		Span
		Body    *Block
		Param   Pattern
		Catch   *Block
		Finally *Block
	}
	Block struct {
		Span
		Body []Stmt
	}
	Labeled struct {
		Span
		Label string
		Body  Stmt
	}
	// Jump is break or continue; Label may be empty.
	Jump struct {
		Span
		Continue bool
		Label    string
	}
	// Import is an import declaration. `import type` and type-only names are
	// dropped when lowering; a declaration with nothing left is kept only when it
	// is written for its side effect (`import "./x"`). `import a = require("x")`
	// is lowered to `import * as a from "x"`.
	Import struct {
		Span
		From  string
		Names []ImportName
	}
	// ImportName is one imported binding. Name is "default" for a default import
	// and "*" for a namespace import.
	ImportName struct {
		Span
		Name  string
		Local string
	}
	// ExportNames is `export { a, b as c }` and, with From, a re-export.
	ExportNames struct {
		Span
		From  string
		Names []ExportName
	}
	// ExportName exports Local (a name of this file or, with From, of that
	// module) as Name.
	ExportName struct {
		Span
		Local string
		Name  string
	}
	// ExportAll is `export * from` and, with Name, `export * as Name from`.
	ExportAll struct {
		Span
		From string
		Name string
	}
	// ExportDecl is `export` before a declaration.
	ExportDecl struct {
		Span
		Decl Stmt
	}
	// ExportDefault is `export default X`. For a function or class declaration X
	// is the *Func or *Class, with its name when it has one (which is then bound in
	// the file too). `export = X` is lowered to it, and so is
	// `module.exports = X` at the top of a file (followed by an ExportNames for
	// the names in an object X). `exports.a = X` is an ExportNames when X is a
	// name, else an ExportDecl of a constant.
	ExportDefault struct {
		Span
		X Expr
	}
	// BadStmt stands for text that could not be lowered.
	BadStmt struct{ Span }
)

func (*VarDecl) stmt()       {}
func (*FuncDecl) stmt()      {}
func (*ClassDecl) stmt()     {}
func (*EnumDecl) stmt()      {}
func (*NamespaceDecl) stmt() {}
func (*ExprStmt) stmt()      {}
func (*Return) stmt()        {}
func (*Throw) stmt()         {}
func (*If) stmt()            {}
func (*For) stmt()           {}
func (*ForEach) stmt()       {}
func (*While) stmt()         {}
func (*Switch) stmt()        {}
func (*Try) stmt()           {}
func (*Block) stmt()         {}
func (*Labeled) stmt()       {}
func (*Jump) stmt()          {}
func (*Import) stmt()        {}
func (*ExportNames) stmt()   {}
func (*ExportAll) stmt()     {}
func (*ExportDecl) stmt()    {}
func (*ExportDefault) stmt() {}
func (*BadStmt) stmt()       {}

// ---- expressions ----

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

// ---- patterns ----

// Pattern is what a declaration, parameter or assignment writes to.
type Pattern interface {
	Node
	pattern()
}

type (
	// NamePattern binds or assigns a name.
	NamePattern struct {
		Span
		Name string
	}
	// ObjectPattern is `{ a, b: c, [k]: d, ...rest }`.
	ObjectPattern struct {
		Span
		Props []PatternProp
		Rest  Pattern // may be nil
	}
	// PatternProp is one property of an ObjectPattern. A default value is in the
	// Target.
	PatternProp struct {
		Span
		Key      string
		Computed Expr
		Target   Pattern
	}
	// ArrayPattern is `[a, , b, ...rest]`; a hole is nil.
	ArrayPattern struct {
		Span
		Elems []Pattern
		Rest  Pattern // may be nil
	}
	// DefaultPattern is `target = value` inside another pattern or a parameter.
	DefaultPattern struct {
		Span
		Target Pattern
		Value  Expr
	}
	// ExprPattern assigns to a member (`x.y = 1`).
	ExprPattern struct {
		Span
		X Expr
	}
)

func (*NamePattern) pattern()    {}
func (*ObjectPattern) pattern()  {}
func (*ArrayPattern) pattern()   {}
func (*DefaultPattern) pattern() {}
func (*ExprPattern) pattern()    {}
