package catalog

import "slices"

var _ = register(Library{
	Name:     "Yup",
	Source:   "https://github.com/jquense/yup",
	Packages: []string{"yup"},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "**.validate()", Async: true, Validate: &Validate{Input: "0"}},
			{Path: "**.validateSync()", Validate: &Validate{Input: "0"}},
			{Path: "**.isValid()", Async: true, Validate: safely("0", "", "")},
			{Path: "**.isValidSync()", Validate: safely("0", "", "")},
			{Path: "**.cast()", Same: "0"},
		},
		quiet("**"),
	),
})
