package catalog

import "slices"

var _ = register(Library{
	Name:     "Stytch",
	Source:   "https://stytch.com/docs/sdks",
	Packages: []string{"stytch"},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Session}, Shape: "identity"}}, stytchClients(
			"sessions.authenticate()", "sessions.authenticateJwt()", "sessions.authenticateJwtLocal()",
			"magicLinks.authenticate()", "oauth.authenticate()", "passwords.authenticate()", "otps.authenticate()",
			"m2m.authenticateToken()")...),
		awaited(Meaning{Query: calls(`"Stytch"`)}, stytchClients("**.*()")...),
		quiet("Client.new()", "B2BClient.new()"),
	),
})

func stytchClients(paths ...string) []string {
	return slices.Concat(under("Client.new().", paths...), under("B2BClient.new().", paths...))
}

var _ = register(Library{
	Name:     "Descope",
	Source:   "https://docs.descope.com/session-validation/backend",
	Packages: []string{"@descope/nextjs-sdk/server", "@descope/node-sdk"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: callerOr("undefined", Session)}, "session()", "getSession()"),
		descopeClient("default()."), descopeClient("createSdk()."),
		quiet("default()", "createSdk()", "authMiddleware()"),
	),
})

func descopeClient(prefix string) []Meaning {
	holds := func(kind Credential) []Outcome {
		return []Outcome{{Shape: "true", Proves: &Proof{Kind: kind, Demands: []string{"1"}}}, gives("false")}
	}
	return slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Session}, Shape: "identity"}}, under(prefix,
			"validateSession()", "validateAndRefreshSession()", "refreshSession()", "validateJwt()", "exchangeAccessKey()")...),
		each(Meaning{Outcomes: holds(Permission)}, prefix+"validatePermissions()"),
		each(Meaning{Outcomes: holds(Role)}, prefix+"validateRoles()"),
		awaited(Meaning{Query: calls(`"Descope"`)}, prefix+"management.**.*()"),
	)
}

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

// The middleware that authenticate makes goes on only for who it recognised.
var _ = register(Library{
	Name:     "Passport",
	Source:   "https://www.passportjs.org/concepts/authentication/middleware/",
	Packages: []string{"passport"},
	Meanings: slices.Concat(
		[]Meaning{{Path: "authenticate()()", Calls: &Callback{Arg: "2", Outcomes: []Outcome{proves("identity", Session)}}}},
		quiet("**"),
	),
})

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

var _ = register(Library{
	Name:     "Unkey",
	Source:   "https://www.unkey.com/docs/libraries/ts/nextjs",
	Packages: []string{"@unkey/nextjs", "@unkey/api"},
	Meanings: slices.Concat(
		[]Meaning{{Path: "withUnkey()", Calls: &Callback{
			Arg: "0", With: []string{"request{unkey: outcome}", "pass"}, Later: true,
			Outcomes: []Outcome{proves("{valid: true, ...identity}", Token)},
		}}},
		awaited(Meaning{Outcomes: []Outcome{
			proves("{result: {valid: true, ...identity}, error: undefined}", Token),
			gives("{result: {valid: false, ...undefined}, error: undefined}"),
			gives("{result: undefined, error: error}"),
		}}, "verifyKey()", "Unkey.new().keys.verify()"),
		awaited(Meaning{Query: calls(`"Unkey"`)}, "Unkey.new().**.*()"),
		quiet("Unkey.new()"),
	),
})
