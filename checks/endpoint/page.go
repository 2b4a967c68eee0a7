package endpoint

import (
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
)

// Pages lists the pages among the given files, sorted: what Next.js serves for
// app/**/page.tsx and for the files below pages that are no API. Intercepting
// routes, which only the application's own links reach, are left out.
func Pages(repo *module.Repo, files []string) []Endpoint {
	var out []Endpoint
	for _, file := range files {
		url, ok := pagePath(repo, file)
		if !ok {
			continue
		}
		m := repo.Module(file)
		if m == nil || !slices.Contains(repo.ExportNames(m), "default") {
			continue
		}
		e := Endpoint{Ref: Ref{Kind: Page, Name: "GET " + url}, Method: "GET"}
		e.declared(m, "default")
		out = append(out, e)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Less(out[j].Ref) })
	return out
}

// AppPage names the page that a file of the app directory serves by what it exports as
// its default, without reading it; false when the file is no such page.
func AppPage(repo *module.Repo, file string) (Ref, bool) {
	if _, inApp := below(repo, path.Dir(file), "app"); !inApp || !isAppPage(file) {
		return Ref{}, false
	}
	url, ok := pagePath(repo, file)
	return Ref{Kind: Page, Name: "GET " + url, File: file}, ok
}

// pagePath is the URL of a page's file; false when the file is none.
func pagePath(repo *module.Repo, file string) (string, bool) {
	if !scriptExt.MatchString(file) {
		return "", false
	}
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if name == "page" {
		if segments, ok := below(repo, path.Dir(file), "app"); ok {
			return URL(segments), !slices.ContainsFunc(segments, unserved)
		}
	}
	segments, ok := below(repo, path.Dir(file), "pages")
	if !ok || len(segments) > 0 && segments[0] == "api" || notPage.MatchString(name) {
		return "", false
	}
	if name != "index" {
		segments = append(segments[:len(segments):len(segments)], name)
	}
	return "/" + strings.Join(segments, "/"), true
}

// notPage are the files below pages that Next.js serves under no path of their
// own.
var notPage = regexp.MustCompile(`^(_app|_document|_error|_middleware|404|500)$|\.`)

// unserved reports whether a segment hides what is below it: a private folder,
// or an intercepting route.
func unserved(segment string) bool {
	return strings.HasPrefix(segment, "_") || strings.HasPrefix(segment, "(.")
}

// Around lists what else decides whether a page is shown, as endpoints of kind
// page: the layouts around it, the innermost first, or its getServerSideProps.
func Around(repo *module.Repo, page Endpoint) []Endpoint {
	var out []Endpoint
	add := func(m *module.Module, export string) {
		if m == nil || !slices.Contains(repo.ExportNames(m), export) {
			return
		}
		e := Endpoint{Ref: Ref{Kind: Page, Name: page.Name}, Method: "GET"}
		e.declared(m, export)
		out = append(out, e)
	}
	add(page.Module, serverSideProps)
	for _, file := range Layouts(repo, page.File) {
		add(repo.Module(file), "default")
	}
	return out
}

// maxSamples bounds the paths that stand for one URL.
const maxSamples = 4

// Samples are paths that stand for a URL with dynamic segments, as few as cover
// its forms: a segment stands for an arbitrary value, a catch-all for one or two
// segments, an optional one for none as well.
func Samples(url string) []string {
	out := []string{""}
	for _, s := range strings.Split(strings.Trim(url, "/"), "/") {
		forms := sampleForms(s)
		var longer []string
		for _, form := range forms {
			for _, p := range out {
				if len(longer) < maxSamples {
					longer = append(longer, p+form)
				}
			}
		}
		out = longer
	}
	for i, p := range out {
		if p == "" {
			out[i] = "/"
		}
	}
	return out
}

func sampleForms(s string) []string {
	switch {
	case s == "":
		return []string{""}
	case strings.HasPrefix(s, "[[..."):
		return []string{"/x7k2", "/x7k2/q4m9", ""}
	case strings.HasPrefix(s, "[..."):
		return []string{"/x7k2", "/x7k2/q4m9"}
	case localeSegment.MatchString(s):
		return []string{"/en"}
	case strings.HasPrefix(s, "["):
		return []string{"/x7k2"}
	}
	return []string{"/" + s}
}

// localeSegment is a segment that middlewares know the values of.
var localeSegment = regexp.MustCompile(`^\[(locale|lang|lng|language)\]$`)

// Path is the URL under which requests for an endpoint arrive; false for one that
// isn't reached under a path of its own: a server action is called on the paths
// of the pages that use it.
func Path(repo *module.Repo, e Endpoint) (string, bool) {
	file := e.File
	switch e.Kind {
	case Route, PagesAPI, Page:
		if e.Root != "" {
			file = e.Root
		}
	case TRPC:
		if e.Mount == nil {
			return "", false
		}
		file = e.Mount.Module.Path
	default:
		return "", false
	}
	for _, of := range []func(*module.Repo, string) (string, bool){routePath, pagesAPIPath, pagePath} {
		if url, ok := of(repo, file); ok {
			return url, true
		}
	}
	return "", false
}

// ServerPages lists the pages among the given files whose code runs for each
// request on the server: server components, and pages with getServerSideProps,
// which then is the endpoint's function.
// https://nextjs.org/docs/app/getting-started/server-and-client-components
func ServerPages(repo *module.Repo, files []string) []Endpoint {
	var out []Endpoint
	for _, e := range Pages(repo, files) {
		if _, inApp := below(repo, path.Dir(e.File), "app"); inApp && isAppPage(e.File) {
			if !slices.Contains(e.Module.File.Directives, "use client") {
				out = append(out, e)
			}
		} else if slices.Contains(repo.ExportNames(e.Module), serverSideProps) {
			e.declared(e.Module, serverSideProps)
			out = append(out, e)
		}
	}
	return out
}

const serverSideProps = "getServerSideProps"

func isAppPage(file string) bool {
	return strings.TrimSuffix(path.Base(file), path.Ext(file)) == "page"
}

// Layouts lists the files of the layouts around a page's file, the innermost first.
func Layouts(repo *module.Repo, file string) []string {
	if !isAppPage(file) {
		return nil
	}
	var out []string
	root, _ := Root(repo, file)
	top := path.Join(root, "app")
	for dir := path.Dir(file); dir == top || strings.HasPrefix(dir, top+"/"); dir = path.Dir(dir) {
		for _, ext := range []string{".tsx", ".ts", ".jsx", ".js"} {
			if at := path.Join(dir, "layout"+ext); repo.Blob(at) != "" {
				out = append(out, at)
			}
		}
	}
	return out
}
