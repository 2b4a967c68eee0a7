package catalog

import "slices"

// What a server runs for its connections is found and run by the evaluator.
var _ = register(Library{
	Name:     "ws",
	Source:   "https://github.com/websockets/ws/blob/master/doc/ws.md",
	Packages: []string{"ws"},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "WebSocketServer.new().handleUpgrade()", Calls: &Callback{Arg: "3", With: []string{"unknown", "request"}}, Quiet: true},
			{Path: "Server.new().handleUpgrade()", Calls: &Callback{Arg: "3", With: []string{"unknown", "request"}}, Quiet: true},
			{Path: "WebSocketServer.new().emit()", Builtin: "socket-event"},
			{Path: "Server.new().emit()", Builtin: "socket-event"},
		},
		quiet("**"),
	),
})
