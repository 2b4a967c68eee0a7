package suite

import (
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/syntax"
)

// usesOf collects what statements call: imports of the repository's files,
// requests by their path, chains of members. Names of the file's own are
// followed a few steps.
func (r *reader) usesOf(body []syntax.Stmt) []Use {
	u := &uses{reader: r, seen: map[string]bool{}}
	for _, s := range body {
		u.collect(s, 0)
	}
	return u.out
}

type uses struct {
	*reader
	seen map[string]bool
	out  []Use
}

func (u *uses) add(use Use) {
	if !slices.Contains(u.out, use) && len(u.out) < maxTests {
		u.out = append(u.out, use)
	}
}

func (u *uses) collect(n syntax.Node, hops int) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Import, *syntax.ExportNames:
			return false
		case *syntax.Ident:
			u.name(n.Name, "", hops)
		case *syntax.Member:
			if id, ok := n.X.(*syntax.Ident); ok {
				u.name(id.Name, n.Name, hops)
				return false
			}
		case *syntax.Call:
			u.call(n)
		case *syntax.Literal:
			if n.Kind == syntax.String {
				u.request("", n.Value)
			}
		case *syntax.Template:
			u.request("", strings.Join(n.Strings, parameter))
		}
		return true
	})
}

// name follows a name to the file that it is imported from, or to what the test
// file itself declares.
func (u *uses) name(name, member string, hops int) {
	key := name + "." + member
	if u.seen[key] {
		return
	}
	u.seen[key] = true
	d := u.mod.Local(name)
	switch {
	case d.Import != nil:
		export := d.Import.Name
		if export == "*" {
			export = member
		}
		if to := u.repo.Resolve(u.mod.Path, d.Import.From); to.Path != "" {
			u.add(Use{File: to.Path, Export: export})
		}
		if b, ok := u.repo.Import(u.mod, name); ok && b.Module != nil && b.Local != "*" && b.Local != "" {
			u.add(Use{File: b.Module.Path, Export: b.Local})
		}
	case hops >= maxHops:
	case d.Func != nil:
		u.collect(d.Func, hops+1)
	case d.Var != nil && d.Var.Init != nil:
		u.collect(d.Var.Init, hops+1)
	}
}

var verbs = map[string]string{"get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE", "del": "DELETE", "head": "HEAD"}

// call notes a dynamic import, a request, and a chain of members.
func (u *uses) call(c *syntax.Call) {
	if c.Import {
		if l, ok := first(c.Args).(*syntax.Literal); ok {
			if to := u.repo.Resolve(u.mod.Path, l.Value); to.Path != "" {
				u.add(Use{File: to.Path})
			}
		}
		return
	}
	method := ""
	if m, ok := c.Callee.(*syntax.Member); ok {
		method = verbs[m.Name]
		if words := memberWords(m); len(words) > 1 {
			u.add(Use{Chain: strings.Join(words, ".")})
		}
	}
	for _, a := range c.Args {
		if o, ok := a.(*syntax.Object); ok {
			for _, p := range o.Props {
				if l, ok := p.Value.(*syntax.Literal); ok && p.Key == "method" {
					method = strings.ToUpper(l.Value)
				}
			}
		}
	}
	switch a := first(c.Args).(type) {
	case *syntax.Literal:
		u.request(method, a.Value)
	case *syntax.Template:
		u.request(method, strings.Join(a.Strings, parameter))
	}
}

func first(args []syntax.Expr) syntax.Expr {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

// memberWords are the names of a member chain, without what it begins with.
func memberWords(m *syntax.Member) []string {
	var words []string
	for x := syntax.Expr(m); ; {
		m, ok := x.(*syntax.Member)
		if !ok || m.Index != nil || len(words) > 8 {
			slices.Reverse(words)
			return words
		}
		words = append(words, m.Name)
		x = m.X
	}
}

// parameter stands for what a template puts into a path.
const parameter = "\x00"

var origin = regexp.MustCompile(`^(https?://[^/]*|\x00)(/|$)`)

// request notes a text that is the path of a request.
func (u *uses) request(method, text string) {
	text = origin.ReplaceAllString(text, "/")
	text, _, _ = strings.Cut(text, "?")
	if len(text) < 2 || text[0] != '/' || len(text) > 300 || strings.ContainsAny(text, " \n") {
		return
	}
	use := Use{Method: method, Path: strings.TrimRight(text, "/")}
	if method == "" && slices.ContainsFunc(u.out, func(o Use) bool { return o.Path == use.Path }) {
		return
	}
	u.add(use)
}

// Requests reports whether a request goes to an endpoint's URL, as Next.js spells
// it: a dynamic segment takes any value, a catch-all several.
func (u *Use) Requests(method, url string) bool {
	if u.Path == "" || u.Method != "" && method != "" && u.Method != method {
		return false
	}
	want, got := segments(url), segments(u.Path)
	for i, w := range want {
		if strings.HasPrefix(w, "[...") || strings.HasPrefix(w, "[[...") {
			return len(got) > i || strings.HasPrefix(w, "[[")
		}
		if i >= len(got) || w != got[i] && !strings.HasPrefix(w, "[") {
			return false
		}
	}
	return len(got) == len(want)
}

func segments(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }
