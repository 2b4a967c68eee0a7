package catalog

import "slices"

var _ = register(Library{
	Name:     "Ajv",
	Source:   "https://ajv.js.org/api.html",
	Packages: []string{"ajv", "ajv/*"},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "default.new().compile()()", Validate: safely("0", "", "")},
			{Path: "Ajv.new().compile()()", Validate: safely("0", "", "")},
			{Path: "default.new().validate()", Validate: safely("1", "", "")},
			{Path: "Ajv.new().validate()", Validate: safely("1", "", "")},
		},
		quiet("**"),
	),
})
