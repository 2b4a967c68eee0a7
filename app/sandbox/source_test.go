package sandbox_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A refusal's source: GitHub's documentation, the specification that it follows, or
// that its answer was seen.
var sourced = regexp.MustCompile(`https://docs\.github\.com/|https://spec\.graphql\.org/|\bseen\b`)

// What makes a refusal.
var refusals = []string{"invalidRequest", "invalidField", "unprocessable", "unauthorized", "apiError", "graphError"}

// The functions that make refusals out of what others say, and the sandbox's own
// troubles, which are no refusals of GitHub's.
var madeOf = []string{"invalidRequest", "invalidField", "unprocessable", "unauthorized", "answer", "fail", "answerGraphQL"}

// Each function that refuses says why GitHub would.
func TestRefusalsNameTheirSource(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, f.Name(), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if !refuses(d) {
				continue
			}
			found++
			if !sourced.MatchString(comments(file, d)) {
				t.Errorf("%s: a refusal without its source", set.Position(d.Pos()))
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d refusals were found", found)
	}
}

func refuses(d ast.Decl) (refuses bool) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if slices.Contains(madeOf, d.Name.Name) {
			return false
		}
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return false
		}
	}
	ast.Inspect(d, func(n ast.Node) bool {
		var made ast.Expr
		switch n := n.(type) {
		case *ast.CallExpr:
			made = n.Fun
		case *ast.CompositeLit:
			made = n.Type
		}
		if name, ok := made.(*ast.Ident); ok && slices.Contains(refusals, name.Name) {
			refuses = true
		}
		return true
	})
	return refuses
}

// comments are those on a declaration and in it.
func comments(file *ast.File, d ast.Decl) string {
	from := d.Pos()
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc != nil {
			from = d.Doc.Pos()
		}
	case *ast.GenDecl:
		if d.Doc != nil {
			from = d.Doc.Pos()
		}
	}
	var text strings.Builder
	for _, group := range file.Comments {
		if group.Pos() >= from && group.End() <= d.End() {
			text.WriteString(group.Text())
		}
	}
	return text.String()
}
