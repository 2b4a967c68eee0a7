package syntax

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
