package catalog

import "slices"

// Calling a type gives the input, or errors that are told from it by their
// class.
var _ = register(Library{
	Name:     "ArkType",
	Source:   "https://arktype.io/docs/intro/your-first-type",
	Packages: []string{"arktype"},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "type()()", Validate: &Validate{Input: "0"}},
			{Path: "type().**.assert()", Validate: &Validate{Input: "0"}},
			{Path: "type().**.from()", Validate: &Validate{Input: "0"}},
			{Path: "type().**.allows()", Validate: safely("0", "", "")},
		},
		quiet("**"),
	),
})
