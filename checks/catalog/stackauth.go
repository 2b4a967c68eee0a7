package catalog

import "slices"

// getUser gives null unless its option or says to redirect or to throw.
var _ = register(Library{
	Name:        "Stack Auth",
	Source:      "https://docs.stack-auth.com/docs/sdk/objects/stack-app",
	Packages:    []string{"@stackframe/stack", "@stackframe/js", "@stackframe/react"},
	Distinctive: []string{"StackServerApp"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: []Outcome{
			proves("identity", Session),
			{Shape: "null", If: "0.or!=redirect|throw"},
			{Throws: true, If: "0.or=redirect|throw"},
		}}, "StackServerApp.new().getUser()", "StackServerApp.new().useUser()"),
		awaited(Meaning{Query: read("*", Many)}, "StackServerApp.new().get*()", "StackServerApp.new().list*()"),
		awaited(Meaning{Query: write("*")}, "StackServerApp.new().create*()"),
		quiet("StackServerApp.new()", "StackServerApp.new().**", "StackClientApp.**", "StackProvider.**", "StackTheme.**",
			"StackHandler.**", "useUser.**", "useStackApp.**"),
	),
})
