package compare

import (
	"bytes"
	"path"
	"sort"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
)

// pair is one endpoint on both sides.
type pair struct{ base, head endpoint.Endpoint }

// pairs finds each base endpoint's counterpart: the same name in the same file,
// in the file's new place, then the same name anywhere; a procedure's own name in
// its file, and a handler's own path, since the routers above it may be renamed. What has none in the
// base is new; what has none in the head went away.
func (c *comparison) pairs() []pair {
	var out []pair
	taken := map[int]bool{}
	rest := c.base.endpoints
	for _, same := range []func(b, h endpoint.Endpoint) bool{
		func(b, h endpoint.Endpoint) bool { return b.Ref == h.Ref },
		func(b, h endpoint.Endpoint) bool {
			return b.Kind == h.Kind && c.renamed[b.File] == h.File && verb(b) == verb(h)
		},
		func(b, h endpoint.Endpoint) bool {
			return b.Kind == h.Kind && b.Name == h.Name && (c.head.repo.Blob(b.File) == "" || b.Kind == endpoint.TRPC || b.Stack != nil && h.Stack != nil)
		},
		func(b, h endpoint.Endpoint) bool {
			return (b.Kind == endpoint.TRPC || b.Stack != nil) && h.Kind == b.Kind && b.File == h.File && verb(b) == verb(h)
		},
		sameURL,
	} {
		var left []endpoint.Endpoint
		for _, b := range rest {
			if i := c.counterpart(b, taken, same); i >= 0 {
				taken[i] = true
				out = append(out, pair{b, c.head.endpoints[i]})
			} else {
				left = append(left, b)
			}
		}
		rest = left
	}
	for _, b := range rest {
		c.lookFor(b)
	}
	for i, h := range c.head.endpoints {
		if !taken[i] {
			c.newOnes = append(c.newOnes, h)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].head.Less(out[j].head.Ref) })
	return out
}

// lookFor says so when an endpoint isn't found in the head because its file
// can't be read there.
func (c *comparison) lookFor(b endpoint.Endpoint) {
	file := b.File
	if to, ok := c.renamed[file]; ok {
		file = to
	}
	if c.head.repo.Blob(file) == "" {
		return
	}
	m := c.head.repo.Module(file)
	if m == nil {
		c.notAnalysed = append(c.notAnalysed, NotAnalysed{File: file, Reason: b.Name + ": the file can't be parsed", Blind: true})
	} else if len(m.File.Errors) > 0 {
		c.notAnalysed = append(c.notAnalysed, NotAnalysed{File: file, Reason: b.Name + " isn't found beside a syntax error", Blind: true})
	}
}

func (c *comparison) counterpart(b endpoint.Endpoint, taken map[int]bool, same func(b, h endpoint.Endpoint) bool) int {
	for i, h := range c.head.endpoints {
		if !taken[i] && same(b, h) {
			return i
		}
	}
	return -1
}

// verb is what stays of an endpoint's name when its file moves: the method, the
// action's name, or the procedure's own name in its router, the handler's own
// path in its application.
func verb(e endpoint.Endpoint) string {
	if e.Stack != nil {
		return e.Method + " " + e.Own
	}
	if e.Kind == endpoint.Route || e.Kind == endpoint.PagesAPI {
		return e.Method
	}
	if e.Kind == endpoint.TRPC {
		return e.Name[strings.LastIndexByte(e.Name, '.')+1:]
	}
	return e.Name
}

// sameURL pairs a handler of one router with that of the other.
func sameURL(b, h endpoint.Endpoint) bool {
	http := func(k endpoint.Kind) bool { return k == endpoint.Route || k == endpoint.PagesAPI }
	return http(b.Kind) && http(h.Kind) && b.Name == h.Name
}

// The bounds of looking for renamed files: more candidates than that are
// compared by name only.
const (
	maxRenameCandidates = 400
	renameSimilarity    = 0.5
)

// renames pairs files that went with files that came: equal content first, then
// the most similar by lines.
func renames(base, head *module.Repo, changed map[string]bool) map[string]string {
	var gone, came []string
	for f := range changed {
		switch {
		case head.Blob(f) == "" && base.Blob(f) != "":
			gone = append(gone, f)
		case base.Blob(f) == "" && head.Blob(f) != "":
			came = append(came, f)
		}
	}
	sort.Strings(gone)
	sort.Strings(came)
	out := map[string]string{}
	used := map[string]bool{}
	byBlob := map[source.Blob][]string{}
	for _, f := range came {
		byBlob[head.Blob(f)] = append(byBlob[head.Blob(f)], f)
	}
	for _, g := range gone {
		for _, f := range byBlob[base.Blob(g)] {
			if !used[f] {
				out[g], used[f] = f, true
				break
			}
		}
	}
	if len(gone) <= maxRenameCandidates && len(came) <= maxRenameCandidates {
		similarRenames(base, head, gone, came, out, used)
	}
	return out
}

func similarRenames(base, head *module.Repo, gone, came []string, out map[string]string, used map[string]bool) {
	type candidate struct {
		from, to string
		score    float64
	}
	var all []candidate
	sets := map[string]map[string]int{}
	for _, f := range came {
		if !used[f] {
			sets[f] = lineSet(head.Text(f))
		}
	}
	for _, g := range gone {
		if _, ok := out[g]; ok {
			continue
		}
		set := lineSet(base.Text(g))
		for _, f := range came {
			if used[f] || path.Ext(f) != path.Ext(g) && path.Base(f) != path.Base(g) {
				continue
			}
			if s := similarity(set, sets[f]); s >= renameSimilarity {
				all = append(all, candidate{g, f, s})
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].score > all[j].score })
	for _, k := range all {
		if _, ok := out[k.from]; !ok && !used[k.to] {
			out[k.from], used[k.to] = k.to, true
		}
	}
}

func lineSet(text []byte) map[string]int {
	set := map[string]int{}
	for _, l := range bytes.Split(text, []byte("\n")) {
		if l = bytes.TrimSpace(l); len(l) > 1 {
			set[string(l)]++
		}
	}
	return set
}

// similarity is the share of lines that two files have in common, from 0 to 1.
func similarity(a, b map[string]int) float64 {
	total, shared := 0, 0
	for l, n := range a {
		total += n
		shared += min(n, b[l])
	}
	other := 0
	for _, n := range b {
		other += n
	}
	if total+other == 0 {
		return 0
	}
	return 2 * float64(shared) / float64(total+other)
}
