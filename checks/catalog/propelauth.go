package catalog

import "slices"

var _ = register(Library{
	Name:     "Propel Auth",
	Source:   "https://docs.propelauth.com/reference/fullstack-apis/nextjsapp/reference",
	Packages: []string{"@propelauth/nextjs/server/app-router", "@propelauth/nextjs/server/pages"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: callerOr("undefined", Session)}, "getUser()", "getUserFromServerSideProps()", "getUserFromApiRouteRequest()"),
		awaited(Meaning{Outcomes: callerOrThrows(Session)}, "getUserOrRedirect()"),
		quiet("getRouteHandlers()", "authMiddleware()", "buildAuthMiddleware()"),
	),
})
