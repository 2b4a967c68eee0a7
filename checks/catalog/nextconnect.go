package catalog

// A router holds middlewares and, per HTTP method, handlers, which a chain or
// statements add; handler() makes it the function that is exported, run() runs it at
// once.
var _ = register(Library{
	Name:     "next-connect",
	Source:   "https://github.com/hoangvvo/next-connect",
	Packages: []string{"next-connect"},
	Meanings: []Meaning{
		{Path: "createRouter().**.handler()", Builtin: "method-router"},
		{Path: "createEdgeRouter().**.handler()", Builtin: "method-router"},
		{Path: "createEdgeRouter().**.run()", Async: true, Builtin: "method-router"},
		{Path: "createRouter().**", Quiet: true},
		{Path: "createEdgeRouter().**", Quiet: true},
		{Path: "expressWrapper()", Same: "0"},
	},
})
