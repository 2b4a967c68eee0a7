package catalog

import "slices"

// An application's middlewares and handlers are found and run by the evaluator;
// here is what its values mean by themselves.
var _ = register(Library{
	Name:     "Hono",
	Source:   "https://hono.dev/docs/api/hono",
	Packages: []string{"hono", "hono/*", "@hono/*", "hono-openapi", "hono-openapi/*", "@scalar/hono-api-reference"},
	Meanings: slices.Concat(
		each(Meaning{Same: "0"}, "createMiddleware()", "createFactory().createMiddleware()"),
		each(Meaning{Builtin: "list"}, "createFactory().createHandlers()"),
		each(Meaning{Builtin: "input-validator"},
			"zValidator()", "vValidator()", "sValidator()", "tbValidator()", "typiaValidator()", "arktypeValidator()", "validator()"),
		quiet("**"),
	),
})

// A middleware that checks a credential refuses the request itself.
// https://hono.dev/docs/middleware/builtin/bearer-auth
var _ = register(Library{
	Name:     "Hono authentication middleware",
	Source:   "https://hono.dev/docs/middleware/builtin/jwt",
	Packages: []string{"hono/bearer-auth", "hono/basic-auth", "hono/jwt", "hono/jwk", "@hono/auth-js"},
	Meanings: slices.Concat(
		each(Meaning{Outcomes: callerOrThrows(Secret)}, "bearerAuth()()", "basicAuth()()"),
		each(Meaning{Outcomes: callerOrThrows(Token)}, "jwt()()", "jwk()()"),
		each(Meaning{Outcomes: callerOrThrows(Session)}, "verifyAuth()()"),
		awaited(Meaning{Outcomes: callerOrThrows(Token)}, "verify()", "verifyWithJwks()"),
		quiet("bearerAuth()", "basicAuth()", "jwt()", "jwk()", "verifyAuth()", "decode()", "sign()", "initAuthConfig()", "authHandler()"),
	),
})

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
