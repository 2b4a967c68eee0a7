package endpoint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
)

// Methods are the HTTP methods that a route handler may export.
// https://nextjs.org/docs/app/api-reference/file-conventions/route
var Methods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}

var scriptExt = regexp.MustCompile(`\.(ts|tsx|js|jsx|mts|mjs)$`)

// routes are the exported methods of an App Router route handler.
func routes(repo *module.Repo, m *module.Module) []Endpoint {
	url, _ := routePath(repo, m.Path)
	names := repo.ExportNames(m)
	var out []Endpoint
	for _, method := range Methods {
		if !slices.Contains(names, method) {
			continue
		}
		e := Endpoint{Ref: Ref{Kind: Route, Name: method + " " + url}, Method: method}
		e.declared(m, method)
		out = append(out, e)
	}
	return out
}

// routePath is the URL of a route handler's file; false when the file is none.
func routePath(repo *module.Repo, file string) (string, bool) {
	base := path.Base(file)
	if !scriptExt.MatchString(base) || strings.TrimSuffix(base, path.Ext(base)) != "route" {
		return "", false
	}
	segments, ok := below(repo, path.Dir(file), "app")
	if !ok {
		return "", false
	}
	return URL(segments), true
}

// below gives the segments of a folder below the application's app or pages
// folder. A workspace may itself be called "app", so the folder beside which
// next.config stands is preferred, then the one in src, then the first.
func below(repo *module.Repo, dir, name string) ([]string, bool) {
	segments := strings.Split(dir, "/")
	found := -1
	for i, s := range segments {
		if s != name {
			continue
		}
		parent := strings.Join(segments[:i], "/")
		if hasConfig(repo, strings.TrimSuffix(strings.TrimSuffix(parent, "src"), "/")) {
			return segments[i+1:], true
		}
		if found < 0 || i > 0 && segments[i-1] == "src" && (found == 0 || segments[found-1] != "src") {
			found = i
		}
	}
	if found < 0 {
		return nil, false
	}
	return segments[found+1:], true
}

func hasConfig(repo *module.Repo, dir string) bool {
	for _, ext := range []string{".js", ".mjs", ".ts", ".mts", ".cjs"} {
		if repo.Blob(path.Join(dir, "next.config"+ext)) != "" {
			return true
		}
	}
	return false
}

var groupSegment = regexp.MustCompile(`^\([^.)][^)]*\)$`)

// URL joins the segments of a folder to the path under which Next.js serves it:
// route groups and parallel-route slots have no part in it.
func URL(segments []string) string {
	var kept []string
	for _, s := range segments {
		if s == "" || groupSegment.MatchString(s) || strings.HasPrefix(s, "@") {
			continue
		}
		kept = append(kept, s)
	}
	return "/" + strings.Join(kept, "/")
}
