package catalog

import "slices"

// The star stands for how the schema is built: z.object({…}).strict().parse(x).
// Version 4 also has the same as functions of schema and input.
var _ = register(Library{
	Name:   "Zod",
	Source: "https://zod.dev/api",
	Packages: []string{
		"zod", "zod/v3", "zod/v4", "zod/v4-mini", "zod/mini", "zod/v4/core", "@zod/mini", "zod-form-data", "zod-openapi",
		"@hono/zod-openapi", "@asteasolutions/zod-to-openapi", "drizzle-zod", "drizzle-orm/zod", "zod-prisma-types",
	},
	Meanings: slices.Concat(
		schemaMethods("**.parse()", "**.parseAsync()", "**.safeParse()", "**.safeParseAsync()", "0"),
		schemaMethods("parse()", "parseAsync()", "safeParse()", "safeParseAsync()", "1"),
		schemaMethods("z.parse()", "z.parseAsync()", "z.safeParse()", "z.safeParseAsync()", "1"),
		[]Meaning{{Path: "**.spa()", Async: true, Validate: safely("0", "success", "data")}},
		quiet("**"),
	),
})

// schemaMethods gives the four ways to validate, in the order: throwing, the
// same asynchronously, with a result object, the same asynchronously.
func schemaMethods(parse, parseAsync, safeParse, safeParseAsync, input string) []Meaning {
	return []Meaning{
		{Path: parse, Validate: &Validate{Input: input}},
		{Path: parseAsync, Async: true, Validate: &Validate{Input: input}},
		{Path: safeParse, Validate: safely(input, "success", "data")},
		{Path: safeParseAsync, Async: true, Validate: safely(input, "success", "data")},
	}
}

// safely is a validation that gives a result object.
func safely(input, ok, data string) *Validate {
	return &Validate{Input: input, Safe: true, OK: ok, Data: data}
}

var _ = register(Library{
	Name:     "Zod helpers",
	Source:   "https://zod.dev/ecosystem",
	Packages: []string{"zod-validation-error", "zod-to-json-schema", "@hookform/resolvers", "@hookform/resolvers/*"},
	Meanings: quiet("**"),
})
