package catalog

import "slices"

const (
	workosSignedIn = `{user: identity, sessionId: identity, organizationId: identity, role: identity, roles: identity, ` +
		`permissions: identity, entitlements: identity, featureFlags: identity, impersonator: unknown, accessToken: identity}`
	workosSignedOut = `{user: null, ...undefined}`
)

// withAuth finds the session; with ensureSignedIn it redirects who has none.
var _ = register(Library{
	Name:     "WorkOS AuthKit",
	Source:   "https://github.com/workos/authkit-nextjs",
	Packages: []string{"@workos-inc/authkit-nextjs"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: []Outcome{
			proves(workosSignedIn, Session),
			{Shape: workosSignedOut, If: "0.ensureSignedIn!=true"},
			{Throws: true, If: "0.ensureSignedIn=true"},
		}}, "withAuth()", "getUser()", "getSession()", "refreshSession()"),
		[]Meaning{
			{Path: "authkit()", Async: true, Outcomes: []Outcome{
				proves("{session: "+workosSignedIn+", headers: unknown, authorizationUrl: unknown}", Session),
				gives("{session: " + workosSignedOut + ", headers: unknown, authorizationUrl: unknown}"),
			}},
			{Path: "signOut()", Async: true, Never: "redirects"},
			{Path: "authkitMiddleware()", Builtin: "workos-middleware"},
		},
		quiet("handleAuth()", "getSignInUrl()", "getSignUpUrl()", "getWorkOS()", "saveSession()",
			"switchToOrganization()", "AuthKitProvider.**", "useAuth.**"),
	),
})

var _ = register(Library{
	Name:        "WorkOS",
	Source:      "https://workos.com/docs/reference",
	Packages:    []string{"@workos-inc/node"},
	Distinctive: []string{"WorkOS"},
	Meanings: []Meaning{
		{Path: "WorkOS.new()", Quiet: true},
		{Path: "WorkOS.new().userManagement.authenticateWithSessionCookie()", Async: true, Outcomes: workosAuthenticated},
		{Path: "WorkOS.new().userManagement.loadSealedSession()", Quiet: true},
		{Path: "WorkOS.new().userManagement.loadSealedSession().authenticate()", Async: true, Outcomes: workosAuthenticated},
		{Path: "WorkOS.new().userManagement.loadSealedSession().refresh()", Async: true, Outcomes: workosAuthenticated},
		{Path: "WorkOS.new().userManagement.getAuthorizationUrl()", Quiet: true},
		{Path: "WorkOS.new().webhooks.constructEvent()", Async: true, Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "request"}},
		{Path: "WorkOS.new().webhooks.verifyHeader()", Async: true, Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "true"}},
		{Path: "WorkOS.new().**.*()", Async: true, Query: calls(`"WorkOS"`)},
	},
})

var workosAuthenticated = []Outcome{
	proves("{authenticated: true, ...identity}", Session),
	gives("{authenticated: false, reason: unknown, ...undefined}"),
}
