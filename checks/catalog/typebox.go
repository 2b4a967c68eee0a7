package catalog

import "slices"

var _ = register(Library{
	Name:   "TypeBox",
	Source: "https://github.com/sinclairzx81/typebox",
	Packages: []string{
		"@sinclair/typebox", "@sinclair/typebox/value", "@sinclair/typebox/compiler", "typebox", "typebox/value",
	},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "Value.Parse()", Validate: &Validate{Input: "1"}},
			{Path: "Value.Decode()", Validate: &Validate{Input: "1"}},
			{Path: "Value.Assert()", Validate: &Validate{Input: "1"}},
			{Path: "Value.Check()", Validate: safely("1", "", "")},
			{Path: "TypeCompiler.Compile().Check()", Validate: safely("0", "", "")},
		},
		quiet("**"),
	),
})
