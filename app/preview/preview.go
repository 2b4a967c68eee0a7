// Package preview is the page that shows a pull request the way its reviewer
// sees it on GitHub: the check run, the review, and the files changed with the
// comments in their places. It needs no script, asks nothing of any other host,
// and takes everything it is given for hostile.
package preview

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"

	"github.com/authdiff/authdiff/app/review"
	"github.com/authdiff/authdiff/checks/report"
)

// Page is what there is to show.
type Page struct {
	Title, Author string
	Number        int
	Base, Head    string // the branches' names
	Check         review.Check
	Files         []File // in the order in which they are shown
	Comments      []review.Comment
	ReviewBody    string // Markdown; empty when there is no review
}

// File is one changed file with its hunks.
type File = review.FileDiff

//go:embed page.html style.css icon.svg
var assets embed.FS

var page = template.Must(template.New("page.html").
	Funcs(template.FuncMap{"markdown": renderMarkdown, "visible": report.Visible, "plural": report.Plural}).
	ParseFS(assets, "page.html"))

// policy lets the page load its own style and icon, and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the page at / with its style and icon. The page is rendered
// once, here; the handler is safe for concurrent use.
func Handler(p Page) http.Handler {
	var body bytes.Buffer
	err := page.Execute(&body, layOut(p))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			http.Error(w, fmt.Sprintf("the page can't be rendered: %v", err), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Write(body.Bytes()) // a reader that went away is no concern of ours
	})
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, assets, "style.css")
	})
	mux.HandleFunc("GET /icon.svg", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, assets, "icon.svg")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}
