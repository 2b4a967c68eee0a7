package catalog

import "slices"

// Version 4 has a client, the versions before it functions of the package; the
// wrappers run what they are given for who is signed in alone.
var _ = register(Library{
	Name:        "Auth0",
	Source:      "https://github.com/auth0/nextjs-auth0",
	Packages:    []string{"@auth0/nextjs-auth0", "@auth0/nextjs-auth0/server", "@auth0/nextjs-auth0/edge"},
	Distinctive: []string{"Auth0Client", "initAuth0"},
	Meanings: slices.Concat(
		auth0Client("Auth0Client.new()."), auth0Client("initAuth0()."), auth0Client(""),
		quiet("Auth0Client.new()", "initAuth0()", "handleAuth()", "handleLogin()", "handleLogout()", "handleCallback()", "handleProfile()",
			"UserProvider.**", "useUser.**"),
	),
})

func auth0Client(prefix string) []Meaning {
	return slices.Concat(
		awaited(Meaning{Outcomes: callerOr("null", Session)}, prefix+"getSession()"),
		awaited(Meaning{Outcomes: []Outcome{
			proves("{token: identity, accessToken: identity, expiresAt: unknown}", Session), throws(),
		}}, prefix+"getAccessToken()"),
		each(Meaning{Calls: &Callback{
			Arg: "0", With: []string{"pass"}, Later: true, Outcomes: []Outcome{proves("identity", Session)},
		}}, under(prefix, "withApiAuthRequired()", "withPageAuthRequired()", "withMiddlewareAuthRequired()")...),
		awaited(Meaning{Quiet: true}, under(prefix, "updateSession()", "touchSession()")...),
		awaited(Meaning{Builtin: "proceed"}, under(prefix, "middleware()")...),
	)
}
