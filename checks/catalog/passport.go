package catalog

import "slices"

// The middleware that authenticate makes goes on only for who it recognised.
var _ = register(Library{
	Name:     "Passport",
	Source:   "https://www.passportjs.org/concepts/authentication/middleware/",
	Packages: []string{"passport"},
	Meanings: slices.Concat(
		[]Meaning{{Path: "authenticate()()", Calls: &Callback{Arg: "2", Outcomes: []Outcome{proves("identity", Session)}}}},
		quiet("**"),
	),
})
