package catalog

import "slices"

var _ = register(Library{
	Name:     "Joi",
	Source:   "https://joi.dev/api/",
	Packages: []string{"joi", "@hapi/joi"},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "**.validate()", Validate: safely("0", "!error", "value")},
			{Path: "**.validateAsync()", Async: true, Validate: &Validate{Input: "0"}},
			{Path: "attempt()", Validate: &Validate{Input: "0"}},
			{Path: "assert()", Validate: &Validate{Input: "0"}},
		},
		quiet("**"),
	),
})
