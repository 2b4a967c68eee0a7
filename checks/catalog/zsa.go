package catalog

import "slices"

// A procedure's function runs before the actions that are made from it, and what
// it returns is their ctx; it may itself be made from a parent.
var _ = register(Library{
	Name:        "zsa",
	Source:      "https://zsa.vercel.app/docs/procedures",
	Packages:    []string{"zsa", "zsa-react", "zsa-react-query", "zsa-openapi"},
	Distinctive: []string{"createServerAction", "createServerActionProcedure"},
	Meanings: slices.Concat(
		each(Meaning{Chain: &Chain{Input: []string{"input"}, Handler: "0", Server: true}}, "createServerAction().**.handler()"),
		each(Meaning{Chain: &Chain{
			Use:   []string{"createServerActionProcedure", "chainServerActionProcedures(0)", "chainServerActionProcedures(1)", "handler"},
			Input: []string{"input"}, Handler: "0", Returns: true, Server: true,
		}}, "createServerActionProcedure().**.createServerAction().**.handler()", "chainServerActionProcedures().createServerAction().**.handler()"),
		quiet("createServerAction().**", "createServerActionProcedure().**", "chainServerActionProcedures().**",
			"createServerActionProcedure().handler()", "createServerActionProcedure().input().handler()",
			"ZSAError.**", "useServerAction.**", "inferServerActionError.**"),
	),
})
