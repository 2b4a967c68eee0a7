package catalog

import "slices"

var _ = register(Library{
	Name:     "Unkey",
	Source:   "https://www.unkey.com/docs/libraries/ts/nextjs",
	Packages: []string{"@unkey/nextjs", "@unkey/api"},
	Meanings: slices.Concat(
		[]Meaning{{Path: "withUnkey()", Calls: &Callback{
			Arg: "0", With: []string{"request{unkey: outcome}", "pass"}, Later: true,
			Outcomes: []Outcome{proves("{valid: true, ...identity}", Token)},
		}}},
		awaited(Meaning{Outcomes: []Outcome{
			proves("{result: {valid: true, ...identity}, error: undefined}", Token),
			gives("{result: {valid: false, ...undefined}, error: undefined}"),
			gives("{result: undefined, error: error}"),
		}}, "verifyKey()", "Unkey.new().keys.verify()"),
		awaited(Meaning{Query: calls(`"Unkey"`)}, "Unkey.new().**.*()"),
		quiet("Unkey.new()"),
	),
})
