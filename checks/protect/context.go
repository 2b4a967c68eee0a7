package protect

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/module"
)

// conventions are the members of a context that hold the caller, by the
// documentation and the templates of the framework.
// https://trpc.io/docs/server/authorization
var conventions = []string{"session", "user", "auth", "userId", "currentUser", "viewer"}

// conventional is a context of which nothing could be read: its members have
// their conventional meaning, at medium confidence.
func conventional() *Object {
	who := &Root{Origin: FromIdentity, Label: "ctx"}
	known := &Fact{Layer: Authentication, Kind: Caller, Strength: Verified, Confidence: Medium, What: "session check of the context"}
	p := &Point{alts: []*assumption{{facts: []*Fact{known}}, {}}}
	ctx := newObject()
	for _, name := range conventions {
		ctx.init.set(name, &Choice{P: p, Vals: []Value{&Opaque{Root: who, Path: "." + name}, null}})
	}
	ctx.init.rest = unknown
	return ctx
}

// completed gives the members of a context that could not be read their
// conventional meaning; nil when nothing of the context could be read.
func (ev *eval) completed(ctx Value) Value {
	o, ok := ev.st.see(ctx).(*Object)
	if !ok {
		if isUnknown(ev.st.see(ctx)) {
			return nil
		}
		return ctx
	}
	c := ev.st.content(o).clone()
	deflt := conventional().init
	for _, name := range conventions {
		v, own := c.fields[name]
		if own && ev.unread(v, 0) || !own && c.rest != nil && ev.unread(ev.get(c.rest, name, Site{}), 0) {
			c.set(name, deflt.fields[name])
		}
	}
	return &Object{init: c}
}

// unread reports whether a value may be something of which nothing is known.
func (ev *eval) unread(v Value, depth int) bool {
	switch v := ev.st.see(v).(type) {
	case *Opaque:
		return v.Root.Origin == FromUnknown && !v.Root.Guess
	case *Choice:
		return depth < 4 && slices.ContainsFunc(v.Vals, func(x Value) bool { return ev.unread(x, depth+1) })
	}
	return false
}

// declaredContext is the context that a builder declares in its type: what the
// function gives that is named there, `initTRPC.context<typeof createContext>()`,
// as the documentation has it (https://trpc.io/docs/server/context); else what
// the type's members are known to be, and what they are by convention.
func (w *World) declaredContext(p *Procedure) *served {
	var at Site
	for _, s := range p.Steps {
		if (s.Step == "context" || s.Step == "$context") && s.Site.File != nil {
			at = s.Site
		}
	}
	s, ok := w.served[at]
	if !ok {
		s = w.evaluateDeclared(at)
		w.served[at] = s
	}
	return s
}

var contextType = regexp.MustCompile(`(?s)context<(.*)$`)

func (w *World) evaluateDeclared(at Site) *served {
	plain := &served{st: &State{}, ctx: conventional(), request: &Root{Origin: FromRequest, Label: "request"}}
	found := contextType.FindStringSubmatch(at.Text())
	if found == nil {
		return plain
	}
	m := w.repo.Module(at.File.Path)
	if m == nil {
		return plain
	}
	ev := w.newEval(w.unit(m))
	ctx := conventional()
	if f := ev.declaredType(m, found[1], ctx, 0); f != nil {
		ev.arrivals = &[]arrival{}
		ev.arrive(ev.makeContext(f))
		if s := ev.arrived(); s.ctx != nil {
			return s
		}
	}
	return &served{st: &State{}, ctx: ctx, request: plain.request, ran: ev.ran}
}

var (
	typeOf     = regexp.MustCompile(`\btypeof\s+([A-Za-z_$][\w$]*)`)
	typeName   = regexp.MustCompile(`^\s*(?:Awaited<)?\s*([A-Za-z_$][\w$]*)`)
	typeMember = regexp.MustCompile(`(?m)^\s*(?:readonly\s+)?([A-Za-z_$][\w$]*)\??\s*:\s*typeof\s+([A-Za-z_$][\w$]*)`)
)

// declaredType reads a type's text: it gives the function of which the type is
// the result, or enters the members into ctx that are of a value's type. Types
// aren't lowered, hence the text.
func (ev *eval) declaredType(m *module.Module, text string, ctx *Object, depth int) Value {
	if depth > 4 {
		return nil
	}
	ev.ran[whole(ev.world.unit(m))] = true
	if body, ok := strings.CutPrefix(strings.TrimSpace(text), "{"); ok {
		for _, member := range typeMember.FindAllStringSubmatch(body, -1) {
			if v := ev.typed(m, member[2]); v != nil {
				ctx.init.set(member[1], v)
			}
		}
		return nil
	}
	if found := typeOf.FindStringSubmatch(text); found != nil {
		if f := ev.typed(m, found[1]); f != nil && isFunction(ev.st.see(f)) {
			return ev.st.see(f)
		}
		return nil
	}
	found := typeName.FindStringSubmatch(text)
	if found == nil {
		return nil
	}
	if declaration, ok := m.TypeText(found[1]); ok {
		return ev.declaredType(m, declaration, ctx, depth+1)
	}
	if next := ev.typeImport(m, found[1]); next != nil {
		return ev.declaredType(next, found[1], ctx, depth+1)
	}
	return nil
}

// typed is the value of a name that a type mentions; it may be imported as a
// type only, which leaves no import when types are gone. Nil when there's none.
func (ev *eval) typed(m *module.Module, name string) Value {
	if c := ev.global(ev.world.unit(m), name); c != nil {
		return c.in(ev.st)
	}
	next := ev.typeImport(m, name)
	if next == nil {
		return nil
	}
	if b := ev.exported(next, name); b.Missing == "" {
		return ev.binding(b, name)
	}
	return nil
}

// typeImport is the file from which a file imports a type; nil when it's not
// found.
func (ev *eval) typeImport(m *module.Module, name string) *module.Module {
	return ev.world.repo.Module(ev.world.repo.TypeFile(m.Path, name))
}
