package catalog

import "slices"

var betterAuthPermission = []Outcome{
	{Shape: "{success: true, error: null}", Proves: &Proof{Kind: Permission, Demands: []string{"0.body.permissions", "0.body.permission"}}},
	gives("{success: false, error: unknown}"),
}

// A server's api holds every endpoint of the library and its plug-ins as a
// function; those that aren't named here are calls of the auth service.
var _ = register(Library{
	Name:        "Better Auth",
	Source:      "https://better-auth.com/docs/concepts/api",
	Packages:    []string{"better-auth", "better-auth/minimal", "better-auth/auth"},
	Distinctive: []string{"betterAuth"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: callerOr("null", Session)}, "betterAuth().api.getSession()"),
		awaited(Meaning{Outcomes: betterAuthPermission}, "betterAuth().api.hasPermission()", "betterAuth().api.userHasPermission()"),
		awaited(Meaning{Outcomes: []Outcome{
			proves("{valid: true, error: null, key: identity}", Token),
			gives("{valid: false, error: unknown, key: null}"),
		}}, "betterAuth().api.verifyApiKey()"),
		awaited(Meaning{Query: &Query{Kind: Service, Model: "*", Data: []string{"0.body"}}}, "betterAuth().api.*()"),
		awaited(Meaning{Outcomes: callerOr("null", Session)}, "betterAuth().api.getFullOrganization()", "betterAuth().api.getActiveMember()"),
		quiet("betterAuth()", "betterAuth().handler()", "betterAuth().$Infer.**", "betterAuth().options.**", "betterAuth().$context.**"),
	),
})

// getSessionCookie tells that a cookie is there and no more; getCookieCache
// verifies the signature of the session that it gives.
var _ = register(Library{
	Name:     "Better Auth cookies",
	Source:   "https://better-auth.com/docs/integrations/next",
	Packages: []string{"better-auth/cookies"},
	Meanings: []Meaning{
		{Path: "getSessionCookie()", Outcomes: []Outcome{proves("request", Cookie), gives("null")}},
		{Path: "getCookieCache()", Async: true, Outcomes: callerOr("null", Session)},
	},
})

var _ = register(Library{
	Name:     "Better Auth client",
	Source:   "https://better-auth.com/docs/concepts/client",
	Packages: []string{"better-auth/react", "better-auth/client", "better-auth/vue", "better-auth/svelte", "better-auth/solid"},
	Meanings: slices.Concat(
		[]Meaning{{Path: "createAuthClient().getSession()", Async: true, Outcomes: []Outcome{
			proves("{data: identity, error: null}", Session),
			gives("{data: null, error: unknown}"),
		}}},
		quiet("createAuthClient()", "createAuthClient().**"),
	),
})

var _ = register(Library{
	Name:   "Better Auth plug-ins",
	Source: "https://better-auth.com/docs/concepts/plugins",
	Packages: []string{
		"better-auth/plugins", "better-auth/plugins/*", "better-auth/adapters/*", "better-auth/client/*", "better-auth/next-js",
		"better-auth/node", "better-auth/api", "better-auth/types", "better-auth/crypto", "@better-auth/*",
	},
	Meanings: slices.Concat(
		quiet("**"),
		[]Meaning{{Path: "getSessionFromCtx()", Async: true, Outcomes: callerOr("null", Session)}},
	),
})
