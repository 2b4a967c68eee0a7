package catalog

import "slices"

// A procedure is built from initTRPC…procedure by use, input and meta, and ends
// in query, mutation or subscription.
var _ = register(Library{
	Name:        "tRPC",
	Source:      "https://trpc.io/docs/server/procedures",
	Packages:    []string{"@trpc/server"},
	Distinctive: []string{"initTRPC"},
	Meanings: slices.Concat(
		each(Meaning{Chain: &Chain{
			Use: []string{"use", "concat", "unstable_concat"}, Input: []string{"input"}, Meta: []string{"meta"}, Handler: "0",
			Schema: true,
		}}, "initTRPC.**.query()", "initTRPC.**.mutation()", "initTRPC.**.subscription()"),
		each(Meaning{Builtin: "router"}, "initTRPC.**.router()", "initTRPC.**.mergeRouters()", "mergeRouters()"),
		each(Meaning{Same: "0"}, "initTRPC.**.middleware()", "experimental_standaloneMiddleware().create()",
			"experimental_trpcMiddleware().create()"),
		quiet("initTRPC.**", "TRPCError.**", "experimental_standaloneMiddleware()", "experimental_trpcMiddleware()", "getTRPCErrorFromUnknown()", "lazy()"),
	),
})

// An adapter serves a router: the procedures are endpoints of their own, what is
// left to the route is making their context.
var _ = register(Library{
	Name:   "tRPC adapters",
	Source: "https://trpc.io/docs/server/adapters",
	Packages: []string{
		"@trpc/server/*", "@trpc/next", "@trpc/client", "@trpc/react-query", "@trpc/react-query/*",
		"@trpc/tanstack-react-query",
	},
	Meanings: slices.Concat(
		[]Meaning{
			{
				Path: "fetchRequestHandler()", Async: true, Quiet: true,
				Calls: &Callback{Arg: "0.createContext", With: []string{"{req: request}"}},
			},
			{Path: "createNextApiHandler()", Calls: &Callback{
				Arg: "0.createContext", With: []string{"{req: request}"}, Later: true,
			}},
		},
		quiet("**"),
	),
})
