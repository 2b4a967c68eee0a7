// Package endpoint finds what the network can reach: the functions of a Next.js
// application that the framework lets a remote caller run. One file per
// framework surface.
package endpoint

// Kind says through which surface of the framework an endpoint is reached.
type Kind string

// The kinds of endpoint.
const (
	Route      Kind = "route"      // app/**/route.ts: one per exported HTTP method, or a handler or WebSocket of a server's own
	PagesAPI   Kind = "pages-api"  // pages/api/**: the default export
	Action     Kind = "action"     // "use server"
	TRPC       Kind = "trpc"       // a procedure of a tRPC router
	Page       Kind = "page"       // a server component that fetches data
	Middleware Kind = "middleware" // middleware.ts or proxy.ts
)

// Ref names an endpoint: kind and name identify it inside a pull request, File
// (relative to the repository's root) says where it stands.
//
// Names are `METHOD /path` for HTTP (route groups and parallel-route slots
// removed, dynamic segments as written), the exported name for a server action,
// the dotted path for a tRPC procedure. A handler for all methods is `ALL /path`.
type Ref struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	File string `json:"file"`
}

// Less orders references by file, then name, then kind.
func (r Ref) Less(s Ref) bool {
	if r.File != s.File {
		return r.File < s.File
	}
	if r.Name != s.Name {
		return r.Name < s.Name
	}
	return r.Kind < s.Kind
}
