package settings

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/authdiff/authdiff/checks/catalog"
)

// Parse reads the text of a settings file. With a problem it gives the defaults
// beside the Problems: what a broken file would have relaxed isn't relaxed.
func Parse(text []byte) *Settings {
	root, problem := document(text)
	if problem != nil {
		return unreadable(*problem)
	}
	s, r := Default(), &reader{}
	if root != nil {
		r.settings(root, s)
	}
	if len(r.problems) > 0 {
		return unreadable(r.problems...)
	}
	return s
}

// document gives the one document of a file; nil when the file is empty.
func document(text []byte) (*yaml.Node, *Problem) {
	if len(text) > maxFile {
		return nil, &Problem{1, 1, "the file is larger than 64 KiB"}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, syntaxProblem(err)
	}
	if err := decoder.Decode(&more); err == nil {
		return nil, &Problem{more.Line, 1, "the file holds more than one document; keep one"}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxProblem(err)
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null" {
		return nil, nil
	}
	return root, nil
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// syntaxProblem gives an error of the YAML library the form of ours. It knows
// no column.
func syntaxProblem(err error) *Problem {
	line := 1
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil && m[1] != "" {
		line, _ = strconv.Atoi(m[1])
	}
	return &Problem{line, 1, "this isn't YAML: " + yamlLine.ReplaceAllString(err.Error(), "")}
}

func (r *reader) settings(root *yaml.Node, s *Settings) {
	r.object(root, "the file", fields{
		"fail_on":  func(n *yaml.Node) { s.FailOn = Level(r.word(n, "fail_on", failLevels)) },
		"severity": func(n *yaml.Node) { r.severity(n, s) },
		"ignore":   func(n *yaml.Node) { r.list(n, "ignore", func(n *yaml.Node) { s.Ignore = append(s.Ignore, r.file(n)) }) },
		"public": func(n *yaml.Node) {
			r.list(n, "public", func(n *yaml.Node) { s.Public = append(s.Public, r.pattern(n)) })
		},
		"guards": func(n *yaml.Node) {
			r.list(n, "guards", func(n *yaml.Node) { s.Guards = append(s.Guards, r.guard(n)) })
		},
		"effects": func(n *yaml.Node) {
			r.list(n, "effects", func(n *yaml.Node) { s.Effects = append(s.Effects, r.effect(n)) })
		},
		"comments":   func(n *yaml.Node) { r.comments(n, s) },
		"on_failure": func(n *yaml.Node) { s.OnFailure = Failure(r.word(n, "on_failure", failures)) },
		"exceptions": func(n *yaml.Node) { r.exceptions(n, &s.Exceptions) },
	})
	if root.Kind == yaml.MappingNode {
		for i := 0; i < len(root.Content); i += 2 {
			s.Lines[root.Content[i].Value] = root.Content[i].Line
		}
	}
}

var (
	failLevels = []string{string(Error), string(Warning), string(Notice), string(Never)}
	levels     = []string{string(Error), string(Warning), string(Notice), string(Off)}
	failures   = []string{string(Fail), string(Neutral)}
	roles      = []string{string(Write), string(Maintain), string(Admin), string(Nobody)}
)

func (r *reader) severity(n *yaml.Node, s *Settings) {
	rules := fields{}
	for rule := range Rules {
		rules[rule] = func(n *yaml.Node) { s.Severity[rule] = Entry{r.word(n, rule, levels), n.Line} }
	}
	r.object(n, "severity", rules)
}

func (r *reader) comments(n *yaml.Node, s *Settings) {
	r.object(n, "comments", fields{
		"max": func(n *yaml.Node) { s.MaxComments = r.number(n, "max", 0, 100) },
	})
}

func (r *reader) exceptions(n *yaml.Node, a *Accepted) {
	r.object(n, "exceptions", fields{
		"by":     func(n *yaml.Node) { a.By = Role(r.word(n, "by", roles)) },
		"author": func(n *yaml.Node) { a.Author = r.boolean(n, "author") },
	})
}

// file reads a pattern of files.
func (r *reader) file(n *yaml.Node) Pattern {
	p := Pattern{Text: r.text(n, "ignore"), Line: n.Line}
	if method, _ := split(p.Text); method != "" {
		r.fail(n, "ignore: a pattern of files has no method; endpoints are named under public")
	} else if why := p.problem(); p.Text != "" && why != "" {
		r.fail(n, "ignore: %s", why)
	}
	return p
}

// pattern reads an entry of public: a pattern, or one with a reason.
func (r *reader) pattern(n *yaml.Node) Pattern {
	p := Pattern{Line: n.Line}
	at := n
	if n.Kind == yaml.MappingNode {
		r.object(n, "public", fields{
			"endpoint": func(n *yaml.Node) { at, p.Text = n, r.text(n, "endpoint") },
			"reason":   func(n *yaml.Node) { p.Reason = r.text(n, "reason") },
		})
		r.required(n, "public", "endpoint")
	} else {
		p.Text = r.text(n, "public")
	}
	if why := p.problem(); p.Text != "" && why != "" {
		r.fail(at, "public: %s", why)
	}
	return p
}

func (r *reader) guard(n *yaml.Node) Guard {
	g := Guard{Fails: Throws, Line: n.Line}
	r.object(n, "a guard", fields{
		"module":  func(n *yaml.Node) { g.Module = r.module(n) },
		"export":  func(n *yaml.Node) { g.Export = r.export(n) },
		"proves":  func(n *yaml.Node) { g.Proves = Proves(r.word(n, "proves", provable)) },
		"demands": func(n *yaml.Node) { g.Demands = r.texts(n, "demands", r.argument) },
		"fails":   func(n *yaml.Node) { g.Fails = r.shape(n, "fails", true) },
		"gives":   func(n *yaml.Node) { g.Gives = r.shape(n, "gives", false) },
		"handler": func(n *yaml.Node) { g.Handler = r.text(n, "handler"); r.argument(n, g.Handler) },
		"async":   func(n *yaml.Node) { g.Async = asyncOr(r.boolean(n, "async")) },
		"with": func(n *yaml.Node) {
			r.list(n, "with", func(n *yaml.Node) { g.With = append(g.With, r.shape(n, "with", false)) })
		},
	})
	r.required(n, "a guard", "module", "export", "proves")
	if g.Gives == "" {
		g.Gives = cmp.Or(giving[g.Proves], "identity")
	}
	if g.Handler == "" && len(g.With) > 0 {
		r.fail(n, `a guard: "with" needs "handler", the argument that it is given to`)
	}
	if g.Handler != "" && g.Fails != Throws {
		r.fail(n, `a guard: "fails" isn't for one with "handler": it doesn't call the handler when it fails`)
	}
	return g
}

func (r *reader) effect(n *yaml.Node) Effect {
	e := Effect{Line: n.Line}
	r.object(n, "an effect", fields{
		"module": func(n *yaml.Node) { e.Module = r.module(n) },
		"export": func(n *yaml.Node) { e.Export = r.export(n) },
		"kind":   func(n *yaml.Node) { e.Kind = catalog.EffectKind(r.word(n, "kind", effectKinds)) },
		"model":  func(n *yaml.Node) { e.Model = r.name(n, "model") },
		"where":  func(n *yaml.Node) { e.Where = r.texts(n, "where", r.argument) },
		"data":   func(n *yaml.Node) { e.Data = r.texts(n, "data", r.argument) },
	})
	r.required(n, "an effect", "module", "export", "kind")
	return e
}

// module reads a file of the repository or a package.
func (r *reader) module(n *yaml.Node) string {
	text := r.text(n, "module")
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "/") {
		r.fail(n, "module: name a file by its path from the repository's root, src/lib/auth.ts, or a package")
	}
	if strings.ContainsAny(text, "*\\ ") {
		r.fail(n, "module: name one file or package, without stars, blanks or backslashes")
	}
	return text
}

// export reads a path from an export.
func (r *reader) export(n *yaml.Node) string {
	text := r.text(n, "export")
	if text != "" && !catalog.IsPath(called(text)) {
		r.fail(n, "export: want the name of an export, which .name, () and .new() may follow: requireUser, Guard.new().check")
	}
	return text
}

var argumentPath = regexp.MustCompile(`^[0-9](\.[A-Za-z_$][A-Za-z0-9_$]*){0,8}$`)

// argument notes what is no argument path.
func (r *reader) argument(n *yaml.Node, text string) {
	if text != "" && !argumentPath.MatchString(text) {
		r.fail(n, `%q names no argument: want its number from 0, and in it a member: "0", "1.role"`, clip(text))
	}
}

var plainName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_$.-]*$`)

// name reads a name that is shown to people.
func (r *reader) name(n *yaml.Node, what string) string {
	text := r.text(n, what)
	if text != "" && !plainName.MatchString(text) {
		r.fail(n, "%s: want a name: letters, digits, `_`, `$`, `.`, `-`", what)
	}
	return text
}

// shape reads a shape of the catalogue. What YAML takes for a null or a boolean
// is meant as the word.
func (r *reader) shape(n *yaml.Node, what string, throws bool) string {
	if !r.is(n, yaml.ScalarNode, what, "a shape: identity, null, false, \"{user: identity}\"") {
		return ""
	}
	text := n.Value
	if throws && text == Throws {
		return text
	}
	shape, err := catalog.ParseShape(text)
	switch {
	case len(text) > maxText:
		r.fail(n, "%s: longer than %d bytes", what, maxText)
	case err != nil:
		r.fail(n, "%s: %v", what, err)
	case !shape.Plain():
		r.fail(n, "%s: a shape here is made of identity, request, unknown, error, null, undefined, true, false, texts and objects", what)
	default:
		return text
	}
	return ""
}
