package catalog

import "slices"

// A cookie is what the caller sends. A signed one is a token: it is looked up
// somewhere, or was made here.
var _ = register(Library{
	Name:     "Hono cookie helper",
	Source:   "https://hono.dev/docs/helpers/cookie",
	Packages: []string{"hono/cookie"},
	Meanings: slices.Concat(
		[]Meaning{{Path: "getCookie()", Request: "cookies"}},
		awaited(Meaning{Request: "cookies.signed_token"}, "getSignedCookie()"),
		quiet("setCookie()", "deleteCookie()", "generateCookie()"),
		awaited(Meaning{Quiet: true}, "setSignedCookie()", "generateSignedCookie()"),
	),
})
