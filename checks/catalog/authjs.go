package catalog

import "slices"

// Version 5 exports one function, auth, that finds the session; given a
// function it is a wrapper, which runs that function for everybody and puts the
// session, or null, on the request.
var _ = register(Library{
	Name:        "Auth.js",
	Source:      "https://authjs.dev/getting-started/session-management/protecting",
	Packages:    []string{"next-auth"},
	Distinctive: []string{"getServerSession", "unstable_getServerSession"},
	Meanings: slices.Concat(
		[]Meaning{
			{
				Path: "default().auth()", Async: true, Outcomes: callerOr("null", Session),
				Calls: &Callback{
					Arg: "0", With: []string{"request{auth: outcome}", "pass"}, Later: true,
					Outcomes: callerOr("null", Session),
				},
			},
			{Path: "default().unstable_update()", Async: true, Outcomes: callerOr("null", Session)},
			{Path: "default().auth", Builtin: "authjs-middleware"}, // given the request itself
		},
		awaited(Meaning{Outcomes: callerOr("null", Session)}, "getServerSession()", "unstable_getServerSession()"),
		quiet("default()", "default().handlers.**", "default().signIn()", "default().signOut()",
			"AuthError.**", "CredentialsSignin.**"),
	),
})

// Version 4. The session that getServerSession gives was verified; getToken
// verifies the session's token, unless it is asked for the raw one.
var _ = register(Library{
	Name:     "NextAuth.js 4",
	Source:   "https://next-auth.js.org/configuration/nextjs",
	Packages: []string{"next-auth/next", "next-auth/jwt", "next-auth/react", "next-auth/client"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: callerOr("null", Session)},
			"getServerSession()", "unstable_getServerSession()", "getToken()", "getSession()"),
		awaited(Meaning{Outcomes: callerOr("null", Token)}, "decode()"),
		[]Meaning{{Path: "withAuth()", Calls: &Callback{
			Arg: "0", With: []string{"request{nextauth: {token: outcome}}", "pass"}, Later: true,
			Outcomes: []Outcome{proves("identity", Session)},
		}}},
		quiet("default()", "encode()", "useSession.**", "signIn()", "signOut()", "getCsrfToken()", "getProviders()",
			"SessionProvider.**"),
	),
})

// The middleware of version 4 asks for a token, or its authorized callback.
var _ = register(Library{
	Name:     "NextAuth.js 4 middleware",
	Source:   "https://next-auth.js.org/configuration/nextjs#middleware",
	Packages: []string{"next-auth/middleware"},
	Meanings: each(Meaning{Builtin: "nextauth-middleware"}, "withAuth()", "default()"),
})

var _ = register(Library{
	Name:   "Auth.js providers and adapters",
	Source: "https://authjs.dev/getting-started/adapters",
	Packages: []string{
		"next-auth/providers/*", "@auth/core/providers/*", "@auth/prisma-adapter", "@next-auth/prisma-adapter",
		"@auth/drizzle-adapter", "@auth/supabase-adapter",
		"next-auth/adapters", "@teamhanko/passkeys-next-auth-provider", "@teamhanko/passkeys-next-auth-provider/*",
	},
	Meanings: quiet("**"),
})
