package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/near"
)

// maxSuggested bounds the endpoints that an error names.
const maxSuggested = 8

// Find returns the one endpoint or page that a text names: by its name
// (`GET /api/posts`, `updateProfile`, `post.list`), without the method when
// there is one only, by the end of its name or path, by its file, or by both
// (`app/actions.ts#updateProfile`). The error says which are meant when there are
// several, or which are like it when there is none.
func Find(repo *module.Repo, text string) (endpoint.Endpoint, error) {
	all := endpoints(repo)
	file, name, both := strings.Cut(text, "#")
	for _, means := range []func(endpoint.Endpoint) bool{
		func(e endpoint.Endpoint) bool { return both && e.File == file && (e.Name == name || path(e) == name) },
		func(e endpoint.Endpoint) bool { return e.Name == text },
		func(e endpoint.Endpoint) bool { return path(e) == text },
		func(e endpoint.Endpoint) bool { return e.File == text },
		func(e endpoint.Endpoint) bool {
			return strings.EqualFold(e.Name, text) || strings.EqualFold(path(e), text)
		},
		func(e endpoint.Endpoint) bool {
			return text != "" && strings.HasSuffix(e.Name, "."+text) || text != "" && strings.HasSuffix(e.Name, "/"+strings.TrimPrefix(text, "/"))
		},
	} {
		found := slices.DeleteFunc(slices.Clone(all), func(e endpoint.Endpoint) bool { return !means(e) })
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			return endpoint.Endpoint{}, fmt.Errorf("%q names %d endpoints; say which: %s", text, len(found), list(found))
		}
	}
	if len(all) == 0 {
		return endpoint.Endpoint{}, fmt.Errorf("there is no endpoint %q: this revision has none at all", text)
	}
	if like := suggest(all, text); like != "" {
		return endpoint.Endpoint{}, fmt.Errorf("there is no endpoint %q; is one of these meant? %s", text, like)
	}
	return endpoint.Endpoint{}, fmt.Errorf("there is no endpoint %q among the %d of this revision; name one as a finding does: \"GET /api/posts\", updateProfile, post.list",
		text, len(all))
}

// endpoints lists all that the network can reach, pages too.
func endpoints(repo *module.Repo) []endpoint.Endpoint {
	files := repo.Files()
	holding := slices.DeleteFunc(slices.Clone(files), func(f string) bool { return !endpoint.IsEndpoint(repo, f) })
	all := append(endpoint.Find(repo, holding), endpoint.Pages(repo, files)...)
	slices.SortStableFunc(all, func(a, b endpoint.Endpoint) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.File, b.File))
	})
	return all
}

// path is an endpoint's name without its method.
func path(e endpoint.Endpoint) string {
	if _, p, ok := strings.Cut(e.Name, " "); ok {
		return p
	}
	return e.Name
}

// list names endpoints so that each is told from the others.
func list(found []endpoint.Endpoint) string {
	var names []string
	for i, e := range found {
		if i == maxSuggested {
			names = append(names, fmt.Sprintf("and %d more", len(found)-i))
			break
		}
		name := e.Name
		if slices.ContainsFunc(found, func(o endpoint.Endpoint) bool { return o.Name == e.Name && o.File != e.File }) {
			name = e.File + "#" + e.Name
		}
		names = append(names, fmt.Sprintf("%q", name))
	}
	return strings.Join(names, ", ")
}

// suggest lists the endpoints that are like a text: those that hold it, or the
// nearest one.
func suggest(all []endpoint.Endpoint, text string) string {
	word := strings.ToLower(strings.Trim(text, "/ "))
	holding := slices.DeleteFunc(slices.Clone(all), func(e endpoint.Endpoint) bool {
		return word == "" || !strings.Contains(strings.ToLower(e.Name+" "+e.File), word)
	})
	if len(holding) > 0 {
		return list(holding)
	}
	var names []string
	for _, e := range all {
		names = append(names, ending(e.Name, text))
	}
	name := near.Word(text, names)
	return list(slices.DeleteFunc(slices.Clone(all), func(e endpoint.Endpoint) bool { return name == "" || ending(e.Name, text) != name }))
}

// ending is as much of a name's end as a text has parts: people leave out the
// method and what comes first.
func ending(name, text string) string {
	cut := len(name)
	for range strings.Count(text, "/") + strings.Count(text, ".") + strings.Count(text, " ") + 1 {
		if cut = strings.LastIndexAny(name[:cut], "/. "); cut < 0 {
			return name
		}
	}
	return name[cut+1:]
}
