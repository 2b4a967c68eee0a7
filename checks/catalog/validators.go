package catalog

import "slices"

var _ = register(Library{
	Name:     "Valibot",
	Source:   "https://valibot.dev/guides/parse-data/",
	Packages: []string{"valibot", "drizzle-valibot"},
	Meanings: slices.Concat(
		valibotIn(""), valibotIn("v."),
		quiet("**"),
	),
})

func valibotIn(prefix string) []Meaning {
	return []Meaning{
		{Path: prefix + "parse()", Validate: &Validate{Input: "1"}},
		{Path: prefix + "parseAsync()", Async: true, Validate: &Validate{Input: "1"}},
		{Path: prefix + "safeParse()", Validate: safely("1", "success", "output")},
		{Path: prefix + "safeParseAsync()", Async: true, Validate: safely("1", "success", "output")},
		{Path: prefix + "parser()()", Validate: &Validate{Input: "0"}},
		{Path: prefix + "safeParser()()", Validate: safely("0", "success", "output")},
		{Path: prefix + "assert()", Validate: &Validate{Input: "1"}},
		{Path: prefix + "is()", Validate: safely("1", "", "")},
	}
}

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

var _ = register(Library{
	Name:     "Superstruct",
	Source:   "https://docs.superstructjs.org/",
	Packages: []string{"superstruct"},
	Meanings: slices.Concat(
		each(Meaning{Validate: &Validate{Input: "0"}}, "create()", "assert()", "mask()"),
		[]Meaning{
			{Path: "is()", Validate: safely("0", "", "")},
			{Path: "validate()", Validate: safely("0", "!0", "1")},
		},
		quiet("**"),
	),
})

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
