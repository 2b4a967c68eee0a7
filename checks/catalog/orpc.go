package catalog

import "slices"

// A procedure is built from os, or from a contract's implementer. Its function
// gets one object with input and context. A router is a plain object.
var _ = register(Library{
	Name:     "oRPC",
	Source:   "https://orpc.unnoq.com/docs/procedure",
	Packages: []string{"@orpc/server"},
	Meanings: slices.Concat(
		each(Meaning{Chain: &Chain{
			Use: []string{"use"}, Input: []string{"input"}, Meta: []string{"meta", "$meta"}, Handler: "0", Context: "$context",
		}}, "os.**.handler()", "implement().**.handler()"),
		each(Meaning{Builtin: "router"}, "os.**.router()", "implement().**.router()"),
		each(Meaning{Same: "0"}, "os.**.middleware()", "implement().**.middleware()"),
		self("os.**.handler().actionable()", "os.**.handler().callable()", "implement().**.handler().callable()"),
		quiet("os.**", "implement().**", "ORPCError.**", "onError()", "onStart()", "onSuccess()", "onFinish()"),
	),
})

var _ = register(Library{
	Name:   "oRPC adapters",
	Source: "https://orpc.unnoq.com/docs/adapters/next",
	Packages: []string{
		"@orpc/server/*", "@orpc/client", "@orpc/client/*", "@orpc/contract", "@orpc/openapi", "@orpc/openapi/*",
		"@orpc/zod",
		"@orpc/tanstack-query",
	},
	Meanings: quiet("**"),
})
