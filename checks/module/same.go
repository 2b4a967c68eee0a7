package module

import (
	"maps"
	"slices"

	"github.com/authdiff/authdiff/checks/syntax"
)

// Root is a declaration from which code is followed: the declaration of a name
// at the top level of a file, or with Export what the file exports under it.
// Without is a name that it mentions and that isn't followed; empty for none.
type Root struct {
	File, Name string
	Export     bool
	Without    string
	typed      bool // the type of that name, in whose text other names stand
}

// Holding names the declaration at the top level of the file that holds a span,
// and says how far behind its start the span begins; ok is false when none does.
func (m *Module) Holding(span syntax.Span) (root Root, offset uint32, ok bool) {
	for _, stmt := range m.File.Body {
		whole := stmt.Pos()
		if names := topNames(stmt); len(names) > 0 && whole.Start <= span.Start && span.End <= whole.End {
			return Root{File: m.Path, Name: names[0]}, span.Start - whole.Start, true
		}
	}
	return Root{}, 0, false
}

// Changes tells which declarations are not the same in two trees: their own text,
// or anything that they lead to by name, through imports, differs. What isn't
// among them does the same on both sides. It remembers what it followed, and is
// not safe for concurrent use.
//
// It may take declarations for changed that are the same, as where it can't tell.
type Changes struct {
	base, head *Repo
	within     func(string) bool
	known      map[Root]bool
	from       map[Root][]Root // what leads to a declaration
	differ     []Root          // declarations whose own text or names differ
	changed    map[Root]bool   // these, and all that leads to them
}

// NewChanges compares two trees. Within says of a file whether it, or a file that it
// imports, differs at all: the others aren't read.
func NewChanges(base, head *Repo, within func(file string) bool) *Changes {
	return &Changes{base: base, head: head, within: within, from: map[Root][]Root{}, known: map[Root]bool{}}
}

// Of returns a set of declarations that holds those of the roots that changed, and
// must not be changed itself.
func (c *Changes) Of(roots []Root) map[Root]bool {
	frontier := c.fresh(roots)
	if len(frontier) == 0 {
		return c.changed
	}
	for len(frontier) > 0 {
		c.readAhead(frontier)
		var next []Root
		for _, n := range frontier {
			next = append(next, c.expand(n)...)
		}
		frontier = c.fresh(next)
	}
	c.changed = c.spread()
	return c.changed
}

// fresh returns the roots that weren't seen before, in their order.
func (c *Changes) fresh(roots []Root) []Root {
	var out []Root
	for _, r := range roots {
		if !c.known[r] {
			c.known[r] = true
			out = append(out, r)
		}
	}
	return out
}

// readAhead outlines the files of some declarations, and those that they import
// from, on all processors.
func (c *Changes) readAhead(frontier []Root) {
	files := map[string]bool{}
	for _, n := range frontier {
		files[n.File] = c.within(n.File)
	}
	c.outlineAll(files)
	next := map[string]bool{}
	for _, n := range frontier {
		for _, r := range []*Repo{c.base, c.head} {
			o := r.outline(n.File)
			if !files[n.File] || o == nil || o.decls[n.Name] == nil {
				continue
			}
			for _, ref := range o.decls[n.Name].refs {
				if to := o.names.locals[ref]; to.From != "" {
					at := r.Resolve(n.File, to.From).Path
					next[at] = at != "" && c.within(at)
				}
			}
		}
	}
	c.outlineAll(next)
}

func (c *Changes) outlineAll(files map[string]bool) {
	list := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(f string) bool { return !files[f] })
	for _, r := range []*Repo{c.base, c.head} {
		r.load(slices.DeleteFunc(slices.Clone(list), func(f string) bool { return r.files[f] == nil || r.outlined(f) }))
	}
	forEach(len(list), func(i int) {
		differs := c.base.key(list[i]) != c.head.key(list[i])
		for _, r := range []*Repo{c.base, c.head} {
			if file := r.files[list[i]]; file != nil && differs && !r.outlined(list[i]) {
				r.parsed(list[i], file.scanned) // kept: what changed is asked for again
			}
			r.outline(list[i])
		}
	})
}

// expand notes whether a declaration differs by itself, and returns what it
// leads to.
func (c *Changes) expand(n Root) []Root {
	if !c.within(n.File) {
		return nil
	}
	var next []Root
	var same bool
	switch {
	case n.typed:
		next, same = c.typed(n)
	case n.Name == "*":
		next, same = c.everything(n.File)
	case n.Export:
		next, same = c.exported(n)
	default:
		next, same = c.declared(n)
	}
	if !same {
		c.differ = append(c.differ, n)
		return nil
	}
	for _, to := range next {
		c.from[to] = append(c.from[to], n)
	}
	return next
}

// maxEverything bounds the exports of a file that are followed one by one.
const maxEverything = 1000

// everything is what a file exports.
func (c *Changes) everything(file string) (next []Root, same bool) {
	b, h := c.base.exportNames(file, true), c.head.exportNames(file, true)
	for _, name := range b {
		next = append(next, Root{File: file, Name: name, Export: true})
	}
	return next, len(b) <= maxEverything && slices.Equal(b, h)
}

// exported is what a file exports under a name.
func (c *Changes) exported(n Root) (next []Root, same bool) {
	b, h := c.base.outline(n.File), c.head.outline(n.File)
	if b == nil || h == nil {
		return nil, false
	}
	to, _ := c.base.export(n.File, b.names, n.Name, true)
	there, _ := c.head.export(n.File, h.names, n.Name, true)
	return rootsOf(to), to == there && to.Missing == ""
}

// rootsOf is the declaration that a name leads to, if it is one of the tree's.
func rootsOf(to target) []Root {
	switch {
	case to.Path == "":
		return nil
	case to.Property:
		return []Root{{File: to.Path, Name: "default"}}
	}
	return []Root{{File: to.Path, Name: to.Name}}
}

// declared is what a declaration mentions.
func (c *Changes) declared(n Root) (next []Root, same bool) {
	b, h := c.base.outline(n.File), c.head.outline(n.File)
	if b == nil || h == nil {
		return nil, false
	}
	s := b.decls[n.Name]
	if s == nil || s.open || b != h && (b.broken || h.broken || !s.same(h.decls[n.Name])) {
		return nil, false
	}
	for _, ref := range s.refs {
		if ref == n.Without {
			continue
		}
		from, there := b.names.locals[ref], h.names.locals[ref]
		if (from.From == "") != (there.From == "") {
			return nil, false
		}
		if from.From == "" {
			next = append(next, Root{File: n.File, Name: ref})
			continue
		}
		to, ok := c.imported(n.File, from, there)
		if !ok {
			return nil, false
		}
		next = append(next, to...)
	}
	for _, spec := range s.loads {
		at := c.base.Resolve(n.File, spec)
		if at != c.head.Resolve(n.File, spec) {
			return nil, false
		}
		if at.Path != "" {
			next = append(next, Root{File: at.Path, Name: "*"})
		}
	}
	for _, name := range s.types {
		next = append(next, Root{File: n.File, Name: name, typed: true})
	}
	if s.stirs && (b.decls[ambient] != nil || h.decls[ambient] != nil) {
		next = append(next, Root{File: n.File, Name: ambient})
	}
	return next, true
}

// imported follows an import on both sides.
func (c *Changes) imported(file string, base, head ImportRef) (next []Root, same bool) {
	to, _ := c.base.follow(file, base, true)
	there, _ := c.head.follow(file, head, true)
	return rootsOf(to), to == there && (to.Missing == "" || base == head)
}

// spread lists what differs and all that leads to it.
func (c *Changes) spread() map[Root]bool {
	out := map[Root]bool{}
	for queue := c.differ; len(queue) > 0; {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if out[n] {
			continue
		}
		out[n] = true
		queue = append(queue, c.from[n]...)
	}
	return out
}
