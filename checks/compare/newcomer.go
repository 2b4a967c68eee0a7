package compare

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/catalog"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

// maxSiblings bounds how many neighbours of a new endpoint are evaluated.
const maxSiblings = 8

// newcomers looks at the endpoints that the base doesn't have: one with an
// effect and no authentication is named when its siblings have one.
func (c *comparison) newcomers(ctx context.Context) error {
	for _, e := range c.newOnes {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.compared++
		if protect.Broken(e) {
			c.skip(e, "syntax error in "+e.Name)
			continue
		}
		p := c.head.world.Protect(e)
		if open := unguarded(p); open != nil && c.siblingsGuarded(e) {
			c.losses = append(c.losses, newcomer(p, open))
		}
	}
	return nil
}

// unguarded gives the first effect that runs for an unknown caller.
func unguarded(p *protect.Protection) *protect.Effect {
	for _, e := range p.Effects {
		if !protect.Holds(e.Facts, protect.Authentication) && !e.ByKey() && !guardedLater(p, e) && !aside(p, e) {
			return e
		}
	}
	return nil
}

// aside: word sent to others, where the database waits for the check: the line in a
// log that tells of a refused call, say.
func aside(p *protect.Protection, e *protect.Effect) bool {
	if e.Kind != catalog.Service && e.Kind != catalog.Mail {
		return false
	}
	return slices.ContainsFunc(p.Effects, func(o *protect.Effect) bool {
		return (o.Kind == catalog.Read || o.Kind == catalog.Write) && protect.Holds(o.Facts, protect.Authentication)
	})
}

// guardedLater: a read before the check, of the key that the caller presented, say,
// is no harm when the answer waits for the check; where no answer carries data,
// when the end or everything else that the endpoint does waits for it.
func guardedLater(p *protect.Protection, e *protect.Effect) bool {
	switch {
	case e.Writes():
		return false
	case p.Exit != nil:
		return protect.Holds(p.Exit.Facts, protect.Authentication)
	}
	acts := slices.ContainsFunc(p.Effects, func(o *protect.Effect) bool { return o.Writes() })
	return protect.Holds(p.End, protect.Authentication) || acts && !slices.ContainsFunc(p.Effects, func(o *protect.Effect) bool {
		return o.Writes() && !protect.Holds(o.Facts, protect.Authentication)
	})
}

// siblingsGuarded reports whether the neighbours of an endpoint, which stand in
// the base too, ask who is calling: all of those in its file, else most of those
// in its folder and the one above.
func (c *comparison) siblingsGuarded(e endpoint.Endpoint) bool {
	for _, in := range []func(string) bool{
		func(f string) bool { return f == e.File },
		func(f string) bool { return f != e.File && path.Dir(f) == path.Dir(e.File) },
		func(f string) bool { return f != e.File && under(path.Dir(path.Dir(e.File)), f) },
	} {
		guarded, open := 0, 0
		for _, s := range c.siblings(e, in) {
			p := c.head.world.Protect(s)
			if len(p.Effects) == 0 {
				continue
			}
			if unguarded(p) == nil {
				guarded++
			} else {
				open++
			}
		}
		if guarded+open > 0 {
			return guarded > 0 && open == 0 || guarded >= 3*open && guarded > 1
		}
	}
	return false
}

func under(dir, file string) bool { return dir != "." && strings.HasPrefix(file, dir+"/") }

func (c *comparison) siblings(e endpoint.Endpoint, in func(string) bool) []endpoint.Endpoint {
	var files []string
	for _, f := range c.head.repo.Files() {
		if in(f) && c.base.repo.Blob(f) != "" && endpoint.IsEndpoint(c.head.repo, f) && len(files) < maxSiblings {
			files = append(files, f)
		}
	}
	var out []endpoint.Endpoint
	for _, s := range endpoint.Find(c.head.repo, files) {
		if s.Ref != e.Ref && s.Kind == e.Kind && len(out) < maxSiblings && !c.isNew(s) {
			out = append(out, s)
		}
	}
	return out
}

func (c *comparison) isNew(e endpoint.Endpoint) bool {
	for _, n := range c.newOnes {
		if n.Ref == e.Ref {
			return true
		}
	}
	return false
}

func newcomer(p *protect.Protection, open *protect.Effect) *loss {
	e := p.Endpoint
	l := &loss{pair: pair{e, e}, layer: protect.Authentication, change: AddedUnguarded, rule: "new-endpoint-unguarded",
		severity: Warning, confidence: protect.High, key: "new", what: "no guard, where its siblings have one", effect: open, side: Head,
		message: fmt.Sprintf("the new endpoint %s doesn't check who is calling, while the ones beside it do", e.Name)}
	l.place = source.Place{Path: e.File, Line: e.Line, EndLine: e.Line}
	return l
}
