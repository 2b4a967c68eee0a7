// Package rules documents what findings mean: what each rule reports, why it
// matters, how it looks before and after, and how to accept it. The command line,
// the documentation and SARIF's help are printed from these literals, and a test
// compares each example.
package rules

import (
	"embed"
	"fmt"
	"strings"

	"golang.org/x/tools/txtar"
)

// Rule is the documentation of one rule.
type Rule struct {
	ID   string
	What string // one sentence
	Why  string // what an attacker can do
	// File is where the example stands, Good its text before, Bad after the change
	// that the rule reports.
	File, Good, Bad string
	// Around are the other files that the example stands on, which don't change.
	Around map[string]string
	Accept string // when it is meant, beside what Accepting says
}

// examples has a file for each rule: base/FILE is good, head/FILE bad, and both/ is
// around them.
//
//go:embed examples
var examples embed.FS

// withExamples reads the example of each rule. It panics for one that isn't as it
// should be: the examples are part of the program.
func withExamples(list []Rule) []Rule {
	for i := range list {
		text, err := examples.ReadFile("examples/" + list[i].ID + ".txtar")
		if err != nil {
			panic(err)
		}
		list[i].example(txtar.Parse(text))
	}
	return list
}

func (r *Rule) example(archive *txtar.Archive) {
	r.Around = map[string]string{}
	for _, f := range archive.Files {
		side, path, _ := strings.Cut(f.Name, "/")
		switch side {
		case "base":
			r.File, r.Good = path, string(f.Data)
		case "head":
			r.Bad = string(f.Data)
		case "both":
			r.Around[path] = string(f.Data)
		default:
			panic(fmt.Sprintf("the example of %s has a file %s", r.ID, f.Name))
		}
	}
}

// Accepting is how any finding can be accepted.
const Accepting = "Someone with write access who isn't the pull request's author accepts a finding by answering its comment. " +
	"Under `severity` in .github/authdiff.yml a rule is made graver, milder or switched off, for the pull requests after the one that says so."

// Find returns the documentation of a rule.
func Find(id string) (Rule, bool) {
	for _, r := range All {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

const (
	public = "Name an endpoint that is meant for everybody under `public` in .github/authdiff.yml."
	teach  = "Where a guard of your own stands in its place and isn't understood, describe it under `guards` in .github/authdiff.yml."
)
