package catalog

import "slices"

// The functions take the value first; a struct has the same as methods (types of
// superstruct 2, struct.d.ts).
var _ = register(Library{
	Name:     "Superstruct",
	Source:   "https://docs.superstructjs.org/",
	Packages: []string{"superstruct"},
	Meanings: slices.Concat(
		each(Meaning{Validate: &Validate{Input: "0"}}, "**.create()", "**.assert()", "**.mask()"),
		[]Meaning{
			{Path: "**.is()", Validate: safely("0", "", "")},
			{Path: "**.validate()", Validate: safely("0", "!0", "1")},
		},
		quiet("**"),
	),
})
