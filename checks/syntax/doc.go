// Package syntax turns TypeScript and JavaScript text into a small typed tree
// made for the analysis. It is the only door to tree-sitter: a concrete tree is
// lowered once, in one pass, and closed; everything above works on the types of
// this package.
package syntax
