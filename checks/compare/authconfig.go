package compare

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/authconfig"
	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/source"
)

// configKind is the kind of what stands in a finding about the configuration of
// authentication in an endpoint's place.
const configKind endpoint.Kind = "auth-config"

// authConfig finds options that switch a protection off, and fields that the
// session has no longer although the application asks for them. Both are looked
// at over all changed files, so that a configuration that moved is no news.
func (c *comparison) authConfig() {
	base, head := c.configFiles(c.base.repo, c.head.repo), c.configFiles(c.head.repo, c.base.repo)
	if len(base)+len(head) == 0 {
		return
	}
	c.options(base, head)
	c.sessionFields(base, head)
}

// configFiles are the files of a tree that may hold configuration, and that the
// other tree doesn't have so.
func (c *comparison) configFiles(repo, other *module.Repo) []*module.Module {
	var out []*module.Module
	for _, f := range repo.Files() {
		if repo.Blob(f) == other.Blob(f) || !repo.Marked(f, mayConfigure) || len(out) == maxConfigFiles {
			continue
		}
		if m := repo.Module(f); m != nil {
			out = append(out, m)
		}
	}
	return out
}

const maxConfigFiles = 200

// mayConfigure is of files that are worth reading for configuration.
var mayConfigure = module.NewMark(authconfig.MayHold)

func (c *comparison) options(base, head []*module.Module) {
	left := map[string]int{}
	for _, m := range base {
		for _, o := range authconfig.Options(m.File) {
			left[lastPart(o.Name)]++
		}
	}
	for _, m := range head {
		for _, o := range authconfig.Options(m.File) {
			if left[lastPart(o.Name)]--; left[lastPart(o.Name)] >= 0 {
				continue
			}
			line, end := m.File.Lines(o.Span)
			c.configLoss(m.Path, &loss{layer: protect.Authentication, rule: "auth-option-relaxed", key: "option:" + o.Name, what: "safe default of " + lastPart(o.Name),
				message: fmt.Sprintf("the option %s is switched on, which leaves out a protection", o.Name),
				impact:  "What the option's documentation warns of is possible", side: Head, place: source.Place{Path: m.Path, Line: line, EndLine: end}})
		}
	}
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func (c *comparison) configLoss(path string, l *loss) {
	e := endpoint.Endpoint{Ref: endpoint.Ref{Kind: configKind, Name: lastPart(strings.ReplaceAll(l.key, ":", ".")), File: path}}
	l.pair, l.change, l.severity, l.confidence = pair{e, e}, Weakened, Warning, protect.Medium
	c.losses = append(c.losses, l)
}

// rightsField are the fields of a session that checks rely on.
var rightsField = regexp.MustCompile(`(?i)role|permission|admin|scope|org(anization)?_?id|team_?id|tenant_?id|workspace_?id|company_?id|account_?id|^id$|user_?id|banned|verified|plan`)

// sessionFields: a callback that puts less into the session. A check that compares
// with what isn't there may hold for everybody, and a query that selects by it may
// select everything.
func (c *comparison) sessionFields(base, head []*module.Module) {
	is := map[string]bool{}
	for _, m := range head {
		for _, f := range authconfig.Fields(m.File) {
			is[f.Callback+"."+f.Name], is[f.Name] = true, true
		}
	}
	for _, m := range base {
		for _, f := range authconfig.Fields(m.File) {
			kept := is[f.Callback+"."+f.Name] || f.Callback == authconfig.Token && is[f.Name] && !mentions(head, "token."+f.Name)
			if kept || !rightsField.MatchString(f.Name) || !c.sameLibrary(m.Path) || !c.asks(f.Name) {
				continue
			}
			line, end := m.File.Lines(f.Span)
			c.configLoss(m.Path, &loss{layer: protect.Authorization, rule: "session-field-dropped", key: "session:" + f.Name, what: f.Name + " of the session",
				message: fmt.Sprintf("the %s callback no longer sets %s, which the application asks for", f.Callback, f.Name),
				impact:  "A check that compares with it may hold for everybody, a query that selects by it may select everything",
				side:    Base, place: source.Place{Path: m.Path, Line: line, EndLine: end}})
		}
	}
}

// mentions reports whether a text stands in one of the files.
func mentions(files []*module.Module, text string) bool {
	return slices.ContainsFunc(files, func(m *module.Module) bool { return strings.Contains(string(m.File.Text), text) })
}

var sessionLibrary = regexp.MustCompile(`next-auth|@auth/|NextAuth|better-auth`)

// sameLibrary: the configuration's file is still there and for the same library. Of
// another one, its callbacks say nothing.
func (c *comparison) sameLibrary(path string) bool {
	to := path
	if c.head.repo.Blob(path) == "" {
		to = c.renamed[path]
	}
	was := sessionLibrary.Find(c.base.repo.Text(path))
	return to != "" && strings.Contains(string(c.head.repo.Text(to)), string(was))
}

// asks reports whether a file of the head asks the session, or what it comes from,
// for a field.
func (c *comparison) asks(field string) bool {
	use := regexp.MustCompile(`(?i)(session|user|auth|ctx|me|viewer|identity)\w*[?!]?\.` + regexp.QuoteMeta(field) + `\b`)
	return slices.ContainsFunc(c.head.repo.Files(), func(f string) bool {
		m := c.head.repo.Text(f)
		return use.Match(m) && !authconfig.MayHold(m)
	})
}
