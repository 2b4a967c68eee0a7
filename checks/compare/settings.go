package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
)

// settingsKind is the kind of what stands in a finding about the settings file
// in an endpoint's place.
const settingsKind endpoint.Kind = "settings"

// declare gives both trees what the settings declare, and says what of them
// can't be followed.
func (c *comparison) declare() {
	for _, p := range c.settings.Problems {
		c.notAnalysed = append(c.notAnalysed, NotAnalysed{File: settings.Path,
			Reason: fmt.Sprintf("line %d, column %d: %s; none of the file's settings hold", p.Line, p.Column, p.Message)})
	}
	for _, why := range c.base.world.Declare(c.settings, nil) {
		c.notAnalysed = append(c.notAnalysed, NotAnalysed{File: settings.Path, Reason: why})
	}
	c.head.world.Declare(c.settings, c.renamed)
}

// hiddenBy is the entry by which a loss isn't told; nil when it is. What is
// public needs no caller and no rights, but may still belong to somebody.
func hiddenBy(s *settings.Settings, l *loss) *settings.Pattern {
	if l.layer != protect.Authentication && l.layer != protect.Authorization {
		return nil
	}
	return s.PublicEntry(l.pair.head.Name, l.pair.head.File)
}

// settingsChanged says what the head's settings file would hide that the base's
// doesn't. It counts only once it is merged.
func (c *comparison) settingsChanged() {
	base, head := c.base.repo.Blob(settings.Path), c.head.repo.Blob(settings.Path)
	if base == head {
		return
	}
	was, is := settings.Of(c.base.repo), settings.Of(c.head.repo)
	if len(is.Problems) > 0 {
		p := is.Problems[0]
		more := ""
		if n := len(is.Problems) - 1; n > 0 {
			more = fmt.Sprintf(" (and %d more)", n)
		}
		c.relaxed(relaxation{rule: "settings-invalid", severity: Error, line: p.Line, key: "invalid", side: Head,
			what:    "settings file",
			message: fmt.Sprintf("the settings file can't be read, so that nothing it says would hold: column %d: %s%s", p.Column, p.Message, more)})
		return
	}
	c.relaxedLevels(was, is)
	c.relaxedApp(was, is)
	c.exempted(was, is)
	c.redeclared(was, is)
}

// relaxation is one entry by which the head's file asks for less.
type relaxation struct {
	rule          string
	severity      Severity
	line          int
	side          Side
	key           string // for the fingerprint
	what, message string
	layer         protect.Layer
}

func (c *comparison) relaxed(r relaxation) {
	if r.rule == "" {
		r.rule = "settings-relaxed"
	}
	if r.layer == "" {
		r.layer = protect.Authentication
	}
	e := endpoint.Endpoint{Ref: endpoint.Ref{Kind: settingsKind, Name: settings.Path, File: settings.Path}}
	c.losses = append(c.losses, &loss{
		pair: pair{e, e}, layer: r.layer, change: Weakened, rule: r.rule, severity: r.severity, confidence: protect.High, key: r.key,
		what: r.what, message: r.message, side: r.side, place: source.Place{Path: settings.Path, Line: r.line, EndLine: r.line},
		impact: "Once it is merged, changes that it covers are no longer told",
	})
}

// relaxedLevels: a rule that matters less, a check that fails later.
func (c *comparison) relaxedLevels(was, is *settings.Settings) {
	for _, rule := range sortedFields(is.Severity) {
		own := settings.Rules[rule]
		before, after := was.LevelOf(rule, own), is.LevelOf(rule, own)
		if after.Rank() >= before.Rank() {
			continue
		}
		c.relaxed(relaxation{severity: Notice, line: is.Severity[rule].Line, side: Head, key: "severity:" + rule, what: "severity of " + rule,
			message: fmt.Sprintf("findings of %s would be %s, which are %s now", rule, after, before)})
	}
	if rankToFail(is.FailOn) > rankToFail(was.FailOn) {
		how := "fail at " + string(is.FailOn) + " only"
		if is.FailOn == settings.Never {
			how = "never fail"
		}
		c.relaxed(relaxation{severity: Notice, line: is.Lines["fail_on"], side: Head, key: "fail_on", what: "fail_on",
			message: fmt.Sprintf("the check would %s, which fails at %s now", how, was.FailOn)})
	}
}

// rankToFail orders what fails a check: Never is above every severity.
func rankToFail(l settings.Level) int {
	if l == settings.Never {
		return 4
	}
	return l.Rank()
}

var roleOrder = []settings.Role{settings.Write, settings.Maintain, settings.Admin, settings.Nobody}

// relaxedApp: the App lets pass what it doesn't now.
func (c *comparison) relaxedApp(was, is *settings.Settings) {
	say := func(key, message string) {
		c.relaxed(relaxation{severity: Notice, line: is.Lines[key], side: Head, key: key, what: key, message: message})
	}
	if is.OnFailure == settings.Neutral && was.OnFailure == settings.Fail {
		say("on_failure", "the check would pass when the analysis fails")
	}
	switch {
	case is.Exceptions.Author && !was.Exceptions.Author:
		say("exceptions", "a pull request's author could accept its findings")
	case slices.Index(roleOrder, is.Exceptions.By) < slices.Index(roleOrder, was.Exceptions.By):
		say("exceptions", fmt.Sprintf("findings could be accepted with %s access, which takes %s now", is.Exceptions.By, was.Exceptions.By))
	}
}

// exempted: endpoints that would be public, or left out.
func (c *comparison) exempted(was, is *settings.Settings) {
	for _, p := range fresh(was.Public, is.Public) {
		covers := func(e endpoint.Endpoint) bool { return p.Match(e.Name, e.File) }
		hides := func(l *loss) bool { return hiddenBy(&settings.Settings{Public: []settings.Pattern{p}}, l) != nil }
		c.exemption(p, "public", "would be exempt from session and role checks", covers, hides)
	}
	for _, p := range fresh(was.Ignore, is.Ignore) {
		covers := func(e endpoint.Endpoint) bool { return p.MatchFile(e.File) }
		c.exemption(p, "ignore", "would not be compared any more", covers, func(l *loss) bool { return covers(l.pair.head) })
	}
}

// fresh lists the patterns that are new.
func fresh(was, is []settings.Pattern) []settings.Pattern {
	return slices.DeleteFunc(slices.Clone(is), func(p settings.Pattern) bool {
		return slices.ContainsFunc(was, func(q settings.Pattern) bool { return q.Text == p.Text })
	})
}

// maxNamed bounds the endpoints that a message names.
const maxNamed = 3

func (c *comparison) exemption(p settings.Pattern, key, what string, covers func(endpoint.Endpoint) bool, hides func(*loss) bool) {
	var names []string
	count := 0
	for _, e := range c.all() {
		if covers(e) {
			if count++; len(names) < maxNamed {
				names = append(names, e.Name)
			}
		}
	}
	r := relaxation{severity: Notice, line: p.Line, side: Head, key: key + ":" + p.Text, what: key + " of the settings",
		message: fmt.Sprintf("by `%s` %s %s", p.Text, counted(count, names), what)}
	if hidden := len(slices.DeleteFunc(slices.Clone(c.losses), func(l *loss) bool { return l.pair.head.Kind == settingsKind || !hides(l) })); hidden > 0 {
		r.severity = Warning
		r.message += fmt.Sprintf(", and what this change takes from %d of them would not have been told", hidden)
	}
	if p.Broad() {
		r.severity = Warning
		r.message += "; the pattern leaves nearly nothing out: name the endpoints that are meant"
	}
	c.relaxed(r)
}

func counted(n int, names []string) string {
	switch {
	case n == 0:
		return "nothing that is there now"
	case n > len(names):
		return fmt.Sprintf("%d endpoints (%s, …)", n, strings.Join(names, ", "))
	}
	return strings.Join(names, ", ")
}

// all lists every endpoint of the head, whether or not the change touches it.
func (c *comparison) all() []endpoint.Endpoint {
	if c.everything == nil {
		var files []string
		for _, f := range c.head.repo.Files() {
			if endpoint.IsEndpoint(c.head.repo, f) {
				files = append(files, f)
			}
		}
		c.everything = append(endpoint.Find(c.head.repo, files), endpoint.Pages(c.head.repo, c.head.repo.Files())...)
	}
	return c.everything
}

// redeclared: functions that would count as guards whatever they do, and guards
// and effects of which nothing would be known any more.
func (c *comparison) redeclared(was, is *settings.Settings) {
	id := func(module, export string) string { return export + " of " + module }
	before, after := map[string]int{}, map[string]int{}
	for i := range was.Guards {
		before[id(was.Guards[i].Module, was.Guards[i].Export)] = was.Guards[i].Line
	}
	for i := range is.Guards {
		g := &is.Guards[i]
		name := id(g.Module, g.Export)
		if after[name] = g.Line; before[name] == 0 {
			c.relaxed(relaxation{severity: Notice, line: g.Line, side: Head, key: "guard:" + name, what: "guards of the settings",
				message: fmt.Sprintf("%s would count as a check of the caller's %s, whatever its code does", name, g.Proves)})
		}
	}
	for _, name := range sortedFields(before) {
		if after[name] == 0 {
			c.forgotten(name, "a guard: that endpoints lose it may not be told", before[name])
		}
	}
	kept := map[string]bool{}
	for i := range is.Effects {
		kept[id(is.Effects[i].Module, is.Effects[i].Export)] = true
	}
	for i := range was.Effects {
		if name := id(was.Effects[i].Module, was.Effects[i].Export); !kept[name] {
			c.forgotten(name, "an effect: that it runs without a guard may not be told", was.Effects[i].Line)
		}
	}
}

// forgotten tells a declaration that went.
func (c *comparison) forgotten(name, as string, line int) {
	c.relaxed(relaxation{severity: Notice, line: line, side: Base, key: "forgotten:" + name, what: "declaration of " + name,
		message: fmt.Sprintf("%s would no longer be known as %s", name, as)})
}
