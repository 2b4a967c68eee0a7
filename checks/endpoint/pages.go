package endpoint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
)

var methodWord = regexp.MustCompile(`\b(GET|HEAD|POST|PUT|DELETE|PATCH)\b`)

// pagesAPI is the default export of a file below pages/api: one endpoint for
// each method that its text names, since such a handler tells them apart itself.
func pagesAPI(repo *module.Repo, m *module.Module) []Endpoint {
	url, _ := pagesAPIPath(repo, m.Path)
	if !slices.Contains(repo.ExportNames(m), "default") {
		return nil
	}
	var methods []string
	for _, w := range methodWord.FindAll(m.File.Text, -1) {
		if !slices.Contains(methods, string(w)) {
			methods = append(methods, string(w))
		}
	}
	slices.Sort(methods)
	if len(methods) == 0 {
		methods = []string{""}
	}
	var out []Endpoint
	for _, method := range methods {
		name := method
		if name == "" {
			name = "ALL"
		}
		e := Endpoint{Ref: Ref{Kind: PagesAPI, Name: name + " " + url}, Method: method}
		e.declared(m, "default")
		out = append(out, e)
	}
	return out
}

// pagesAPIPath is the URL of a file below pages/api; false when the file is none.
func pagesAPIPath(repo *module.Repo, file string) (string, bool) {
	if !scriptExt.MatchString(file) || !strings.Contains("/"+file, "/pages/api/") {
		return "", false
	}
	segments, ok := below(repo, path.Dir(file), "pages")
	if !ok || len(segments) == 0 || segments[0] != "api" {
		return "", false
	}
	if name := strings.TrimSuffix(path.Base(file), path.Ext(file)); name != "index" {
		segments = append(segments[:len(segments):len(segments)], name)
	}
	return "/" + strings.Join(segments, "/"), true
}
