package catalog

import "slices"

// logtoContext is there for everybody; isAuthenticated says for whom. The wrappers
// put it on the request and let everybody through.
var logtoContext = []Outcome{
	proves("{isAuthenticated: true, claims: identity, userInfo: identity, scopes: identity}", Session),
	gives("{isAuthenticated: false, claims: undefined, userInfo: undefined, scopes: undefined}"),
}

var _ = register(Library{
	Name:     "Logto",
	Source:   "https://docs.logto.io/quick-starts/next-app-router",
	Packages: []string{"@logto/next", "@logto/next/server-actions", "@logto/next/edge"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: logtoContext}, "getLogtoContext()", "default.new().getLogtoContext()"),
		each(Meaning{Calls: &Callback{
			Arg: "0", With: []string{"request{user: outcome}", "pass"}, Later: true, Outcomes: logtoContext,
		}}, "default.new().withLogtoApiRoute()"),
		each(Meaning{Calls: &Callback{
			Arg: "0", With: []string{"{req: request{user: outcome}, query: request, params: request}"}, Later: true, Outcomes: logtoContext,
		}}, "default.new().withLogtoSsr()"),
		awaited(Meaning{Never: "redirects"}, "signIn()", "signOut()"),
		quiet("default.new()", "default.new().**", "handleSignIn()", "getAccessToken()", "getAccessTokenRSC()", "getOrganizationTokens()"),
	),
})
