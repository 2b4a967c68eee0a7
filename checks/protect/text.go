package protect

import (
	"strconv"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/syntax"
)

// The bounds of patterns in a World: how many are kept, and how many may run into
// their time limit before no pattern is matched any more.
const (
	maxPatterns = 5_000
	maxSlow     = 4
)

// patterns are the patterns of a World.
type patterns struct {
	compiled map[string]*endpoint.Pattern // by their text; nil for what is no pattern
	slow     int                          // how many matches were given up
}

// pattern compiles a pattern once; nil when it can't be compiled.
func (w *World) pattern(key string, compile func() (*endpoint.Pattern, error)) *endpoint.Pattern {
	if p, ok := w.patterns.compiled[key]; ok {
		return p
	}
	p, err := compile()
	if err != nil {
		p = nil
	}
	if w.patterns.compiled == nil {
		w.patterns.compiled = map[string]*endpoint.Pattern{}
	}
	if len(w.patterns.compiled) < maxPatterns {
		w.patterns.compiled[key] = p
	}
	return p
}

// match reports whether a pattern matches a text; known is false when it is none,
// or can't be told in time.
func (w *World) match(p *endpoint.Pattern, text string) (matched, known bool) {
	if p == nil || w.patterns.slow >= maxSlow {
		return false, false
	}
	matched, err := p.Match(text)
	if err != nil {
		w.patterns.slow++
	}
	return matched, err == nil
}

// regexp is the pattern of a regular expression literal, `/a/i`.
func (w *World) regexp(literal string) *endpoint.Pattern {
	end := strings.LastIndexByte(literal, '/')
	if end < 1 {
		return nil
	}
	return w.pattern(literal, func() (*endpoint.Pattern, error) {
		return endpoint.CompileRegexp(literal[1:end], literal[end+1:])
	})
}

// textMethod evaluates methods of constants that give constants; false when
// there is no rule, or an argument isn't known.
func (ev *eval) textMethod(c Const, name string, args []Value) (Value, bool) {
	a, ok := ev.st.see(arg(args, 0)).(Const)
	if !ok {
		return nil, false
	}
	if c.Kind == syntax.Regex {
		switch name {
		case "test":
			return ev.matches(c, a)
		case "exec":
			return ev.firstMatch(c, a)
		}
		return nil, false
	}
	if c.Kind != syntax.String {
		return nil, false
	}
	switch name {
	case "endsWith":
		return boolean(strings.HasSuffix(c.Text, a.Text)), a.Kind == syntax.String
	case "match":
		if a.Kind == syntax.String {
			a = Const{Kind: syntax.Regex, Text: "/" + a.Text + "/"}
		}
		return ev.firstMatch(a, c)
	case "replace", "replaceAll":
		return ev.replaced(c, a, ev.st.see(arg(args, 1)), name == "replaceAll")
	case "slice", "substring", "substr":
		n, err := strconv.Atoi(a.Text)
		if err != nil || n < 0 || n > len(c.Text) || len(args) > 1 {
			return nil, false
		}
		return str(c.Text[n:]), true
	}
	return nil, false
}

// matches is what testing a text gives.
func (ev *eval) matches(re, text Const) (Value, bool) {
	if text.Kind != syntax.String {
		return nil, false
	}
	ok, known := ev.world.match(ev.world.regexp(re.Text), text.Text)
	return boolean(ok), known
}

// firstMatch is what looking for a match gives: the list of its groups, or null.
func (ev *eval) firstMatch(re, text Const) (Value, bool) {
	v, ok := ev.matches(re, text)
	if !ok {
		return nil, false
	}
	if v == Value(no) {
		return null, true
	}
	groups := newList()
	groups.init.rest = unknown
	return groups, true
}

func (ev *eval) replaced(c, old Const, by Value, all bool) (Value, bool) {
	with, ok := by.(Const)
	if !ok || with.Kind != syntax.String {
		return nil, false
	}
	if old.Kind == syntax.Regex {
		p := ev.world.regexp(old.Text)
		if matched, known := ev.world.match(p, c.Text); !matched {
			return c, known
		}
		global := strings.Contains(old.Text[strings.LastIndexByte(old.Text, '/'):], "g")
		out, err := p.Replace(c.Text, with.Text, global)
		return str(out), err == nil
	}
	n := 1
	if all {
		n = -1
	}
	return str(strings.Replace(c.Text, old.Text, with.Text, n)), true
}

// joinedText is a list of constants as one text; false when one isn't known.
func (ev *eval) joinedText(l *Object, separator Value) (Value, bool) {
	sep := str(",")
	if v := ev.st.see(separator); !isUndefined(v) {
		c, ok := v.(Const)
		if !ok {
			return nil, false
		}
		sep = c
	}
	c := ev.table(l)
	if c == nil || c.maybe != nil {
		return nil, false
	}
	parts := make([]string, len(c.elems))
	for i, e := range c.elems {
		p, ok := ev.st.see(e).(Const)
		if !ok {
			return nil, false
		}
		parts[i] = p.Text
	}
	return str(strings.Join(parts, sep.Text)), true
}

// newRegexp is `new RegExp(source, flags)` of constants.
func (ev *eval) newRegexp(args []Value) (Value, bool) {
	source, ok := ev.st.see(arg(args, 0)).(Const)
	if !ok {
		return nil, false
	}
	if source.Kind == syntax.Regex {
		return source, true
	}
	flags, ok := ev.st.see(arg(args, 1)).(Const)
	if !ok && !isUndefined(arg(args, 1)) {
		return nil, false
	}
	return Const{Kind: syntax.Regex, Text: "/" + source.Text + "/" + flags.Text}, source.Kind == syntax.String
}

// whole reports whether a list is known with all its elements, each surely there.
func (ev *eval) whole(list Value) bool {
	c := ev.table(list)
	return c != nil && c.maybe == nil
}

// unroll is how many elements of a known list a loop runs over: in a middleware,
// whose lists are of paths, as many as a table has.
func (ev *eval) unroll() int {
	if ev.incoming != nil {
		return maxTable
	}
	return maxUnroll
}

// flattened is a list with the elements of the lists in it.
func (ev *eval) flattened(v Value) Value {
	l, ok := v.(*Object)
	if !ok {
		return v
	}
	c := ev.st.content(l)
	out := newList()
	out.init.rest = c.rest
	for _, e := range c.elems {
		inner, ok := ev.st.see(e).(*Object)
		if !ok || !inner.List {
			out.init.elems = append(out.init.elems, e)
			continue
		}
		in := ev.st.content(inner)
		out.init.elems = append(out.init.elems, in.elems...)
		if in.rest != nil {
			out.init.rest = in.rest
		}
	}
	if c.maybe != nil && len(out.init.elems) == len(c.elems) {
		out.init.maybe = c.maybe
	}
	return out
}
