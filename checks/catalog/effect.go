package catalog

import "slices"

// A branded value is what it was made of, an Option what it holds. A program of
// Effect.gen is run by what it is handed to, and isn't followed.
var _ = register(Library{
	Name:     "Effect",
	Source:   "https://effect.website/docs/code-style/branded-types/",
	Packages: []string{"effect", "effect/*", "@effect/schema", "@effect/schema/*"},
	Meanings: slices.Concat(
		each(Meaning{Same: "0"},
			"**.make()", "Option.fromNullable()", "Option.some()", "Option.getOrNull()", "Option.getOrUndefined()", "Option.getOrThrow()",
			"Redacted.value()", "Brand.nominal()()"),
		each(Meaning{Validate: &Validate{Input: "0"}},
			"Schema.decodeUnknownSync()()", "Schema.decodeSync()()", "Schema.asserts()()"),
		quiet("**"),
	),
})
