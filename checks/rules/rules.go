// Package rules documents what findings mean: what each rule reports, why it
// matters, how it looks before and after, and how to accept it. The command line,
// the documentation and SARIF's help are printed from these literals, and a test
// compares each example.
package rules

// Rule is the documentation of one rule.
type Rule struct {
	ID   string
	What string // one sentence
	Why  string // what an attacker can do
	// File is where the example stands, Good its text before, Bad after the change
	// that the rule reports; all empty for a rule that is shown by no single file.
	File, Good, Bad string
	Accept          string // when it is meant, beside what Accepting says
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
