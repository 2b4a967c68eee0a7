package preview

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// markdown renders what the App writes: GitHub's Markdown with tables. Of raw
// HTML it knows the folding block and the small print that the App uses, drops
// comments, and shows the rest as text. Links and images lose their address: it
// would lead to a repository that only the sandbox has, or out of the page.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.NewTable(
		// Style attributes are what the page's policy forbids.
		extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute),
	), extension.Strikethrough),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(safeNodes{}, 100))),
)

// renderMarkdown is the template's function of that name.
func renderMarkdown(text string) (template.HTML, error) {
	rows := strings.Split(text, "\n")
	for i, row := range rows {
		rows[i] = visibleCode(row)
	}
	var b bytes.Buffer
	if err := markdown.Convert([]byte(strings.Join(rows, "\n")), &b); err != nil {
		return "", fmt.Errorf("render Markdown: %w", err)
	}
	return template.HTML(b.String()), nil
}

// safeNodes renders the nodes that goldmark would let act on the page.
type safeNodes struct{}

func (safeNodes) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHTMLBlock, htmlBlock)
	r.Register(ast.KindRawHTML, rawHTML)
	r.Register(ast.KindLink, textOnly)
	r.Register(ast.KindImage, textOnly)
	r.Register(ast.KindAutoLink, autoLink)
}

var (
	allowedBlock  = regexp.MustCompile(`^(<details><summary>[^<>&"]*</summary>|</details>)\s*$`)
	allowedInline = regexp.MustCompile(`^</?sub>$`)
	comment       = regexp.MustCompile(`^(<!--[^<>]*-->\s*)+$`)
)

func htmlBlock(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		block := n.(*ast.HTMLBlock)
		text := block.Lines().Value(src)
		if block.HasClosure() {
			text = append(text, block.ClosureLine.Value(src)...)
		}
		writeHTML(w, text, allowedBlock)
	}
	return ast.WalkContinue, nil
}

func rawHTML(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		writeHTML(w, n.(*ast.RawHTML).Segments.Value(src), allowedInline)
	}
	return ast.WalkSkipChildren, nil
}

func writeHTML(w util.BufWriter, text []byte, allowed *regexp.Regexp) {
	switch {
	case allowed.Match(text):
		w.Write(text) // a bufio.Writer keeps its error until the flush
	case comment.Match(text):
	default:
		w.Write(util.EscapeHTML(text))
	}
}

func textOnly(_ util.BufWriter, _ []byte, _ ast.Node, _ bool) (ast.WalkStatus, error) {
	return ast.WalkContinue, nil
}

func autoLink(w util.BufWriter, src []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.Write(util.EscapeHTML(n.(*ast.AutoLink).Label(src)))
	}
	return ast.WalkContinue, nil
}
