// Package syntax turns TypeScript and JavaScript text into a small typed tree
// made for the analysis. It is the only door to tree-sitter: a concrete tree is
// lowered once, in one pass, and closed; everything above works on the types of
// this package.
//
// The path of the text: Parse refuses what is nested too deeply for C
// (nesting.go), parses it, copies the concrete tree into a flat array
// (concrete.go, grammar.go), parses again what is valid but unknown to the
// grammar (mend.go), and lowers the array (lower*.go) to statements, expressions
// and patterns (stmt.go, expr.go, pattern.go). Types, comments and ambient
// declarations leave nothing.
//
// A few valid forms are still syntax errors, each no larger than the declaration
// that holds it: `as`, `of` and `using` as names in some places, parenthesised
// decorators, static index signatures, `abstract override` fields, malformed
// escapes in tagged templates, `export import a = require("b")`, and type
// arguments that begin with a generic function type (`f<<T>() => T>()`).
// A `with` statement is a BadStmt.
package syntax
