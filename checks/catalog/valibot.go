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
