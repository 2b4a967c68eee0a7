package catalog

import "slices"

// Since version 7 an action is built by use, metadata and inputSchema (before,
// schema), and its function gets one object with parsedInput and ctx. Until
// version 6 the client is called with schema and function, and its middleware,
// an option, gives the context.
var _ = register(Library{
	Name:   "next-safe-action",
	Source: "https://next-safe-action.dev/docs/define-actions/create-the-client",
	Packages: []string{
		"next-safe-action", "next-safe-action/zod", "next-safe-action/valibot", "next-safe-action/typeschema",
	},
	Distinctive: []string{"createSafeActionClient"},
	Meanings: slices.Concat(
		each(Meaning{Chain: &Chain{
			Use: []string{"use", "useValidated"}, Input: []string{"schema", "inputSchema", "bindArgsSchemas"}, Meta: []string{"metadata"},
			Handler: "0", Server: true,
		}}, "createSafeActionClient().**.action()", "createSafeActionClient().**.stateAction()"),
		[]Meaning{
			{Path: "createSafeActionClient()()", Chain: &Chain{
				Use: []string{"createSafeActionClient(0.middleware)"}, Input: []string{"(0)"},
				Handler: "1", Positional: true, Returns: true, Server: true,
			}},
			{Path: "createMiddleware().define()", Same: "0"},
			{Path: "experimental_createMiddleware().define()", Same: "0"},
		},
		quiet("createSafeActionClient().**", "createMiddleware()", "experimental_createMiddleware()", "returnValidationErrors()",
			"returnServerError()", "flattenValidationErrors()", "formatValidationErrors()", "zodAdapter()", "valibotAdapter()"),
	),
})

var _ = register(Library{
	Name:     "next-safe-action hooks",
	Source:   "https://next-safe-action.dev/docs/execute-actions/hooks",
	Packages: []string{"next-safe-action/hooks", "next-safe-action/stateful-hooks", "@next-safe-action/*"},
	Meanings: quiet("**"),
})
