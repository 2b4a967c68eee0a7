package catalog

import "slices"

// The object that auth() gives is always there; whether somebody is signed in
// says its userId. A signed-in caller may have no active organization.
const (
	clerkInOrganization = `{isAuthenticated: true, userId: identity, sessionId: identity, sessionClaims: identity, ` +
		`orgId: identity, orgRole: identity, orgSlug: identity, orgPermissions: identity, actor: identity}`
	clerkSignedIn = `{isAuthenticated: true, userId: identity, sessionId: identity, sessionClaims: identity, ` +
		`orgId: null, orgRole: null, orgSlug: null, orgPermissions: null, actor: identity}`
	clerkSignedOut = `{isAuthenticated: false, userId: null, sessionId: null, sessionClaims: null, ` +
		`orgId: null, orgRole: null, orgSlug: null, orgPermissions: null, actor: null}`
)

var clerkAuth = []Outcome{
	proves(clerkInOrganization, Session),
	proves(clerkSignedIn, Session),
	gives(clerkSignedOut),
}

// clerkProtect throws for who isn't signed in, or lacks the role or permission
// that it was given.
var clerkProtect = []Outcome{
	{Shape: clerkInOrganization, Proves: &Proof{Kind: Session, Demands: clerkDemands}},
	{Shape: clerkSignedIn, Proves: &Proof{Kind: Session, Demands: clerkDemands}},
	throws(),
}

var clerkDemands = []string{"0.role", "0.permission", "0.feature", "0.plan"}

var clerkHas = []Outcome{
	{Shape: "true", Proves: &Proof{Kind: Permission, Demands: clerkDemands}},
	gives("false"),
}

var _ = register(Library{
	Name:        "Clerk",
	Source:      "https://clerk.com/docs/reference/nextjs/app-router/auth",
	Packages:    []string{"@clerk/nextjs/server", "@clerk/nextjs"},
	Distinctive: []string{"clerkMiddleware", "clerkClient"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: clerkAuth}, "auth()"),
		each(Meaning{Outcomes: clerkAuth}, "getAuth()"),
		awaited(Meaning{Outcomes: clerkProtect}, "auth.protect()", "auth().protect()"),
		each(Meaning{Outcomes: clerkHas}, "auth().has()", "getAuth().has()", "auth.protect().has()", "auth().protect().has()"),
		[]Meaning{
			{Path: "currentUser()", Async: true, Outcomes: callerOr("null", Session)},
			{Path: "clerkMiddleware()", Calls: &Callback{
				Arg: "0", With: []string{`@"@clerk/nextjs/server:clerkMiddleware.auth"`, "arg0", "arg1"}, Later: true,
			}},
			{Path: "authMiddleware()", Builtin: "clerk-middleware"},
			{Path: "createRouteMatcher()()", Builtin: "route-matcher"},
			{Path: "verifyToken()", Async: true, Verify: &Verify{Proof: Proof{Kind: Token}, Shape: "identity"}},
			{Path: "auth().redirectToSignIn()", Never: "redirects to the sign-in page"},
			{Path: "redirectToSignIn()", Never: "redirects to the sign-in page"},
			{Path: "redirectToSignUp()", Never: "redirects to the sign-up page"},
		},
		clerkGate("clerkMiddleware.auth"),
		clerkBackend("clerkClient", "clerkClient()", "createClerkClient()"),
		quiet("createRouteMatcher()", "clerkClient()", "createClerkClient()", "auth().getToken()", "getAuth().getToken()",
			"buildClerkProps()", "ClerkProvider.**", "SignIn.**", "SignUp.**", "SignedIn.**", "SignedOut.**", "UserButton.**",
			"OrganizationSwitcher.**", "Protect.**", "useUser.**", "useAuth.**", "useClerk.**", "useSession.**", "useOrganization.**"),
	),
})

// The object of the Backend API's authenticateRequest says isAuthenticated (in
// older versions isSignedIn) and gives the auth object by toAuth.
var _ = register(Library{
	Name:     "Clerk Backend",
	Source:   "https://clerk.com/docs/reference/backend/overview",
	Packages: []string{"@clerk/backend", "@clerk/clerk-sdk-node", "@clerk/express"},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "verifyToken()", Async: true, Verify: &Verify{Proof: Proof{Kind: Token}, Shape: "identity"}},
			{Path: "getAuth()", Outcomes: clerkAuth},
			{Path: "getAuth().has()", Outcomes: clerkHas},
			{Path: "createClerkClient().authenticateRequest()", Async: true, Outcomes: []Outcome{
				proves(`{isAuthenticated: true, isSignedIn: true, toAuth: unknown}`, Session),
				gives(`{isAuthenticated: false, isSignedIn: false, toAuth: unknown}`),
			}},
		},
		clerkBackend("createClerkClient()", "clerkClient", "default"),
		quiet("createClerkClient()"),
	),
})

var _ = register(Library{
	Name:     "Clerk webhooks",
	Source:   "https://clerk.com/docs/reference/backend/verify-webhook",
	Packages: []string{"@clerk/nextjs/webhooks", "@clerk/backend/webhooks"},
	Meanings: []Meaning{
		{Path: "verifyWebhook()", Async: true, Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "request"}},
	},
})

// clerkGate says what the auth function does that clerkMiddleware hands to its
// handler. It gave the auth object at once before version 6, and a promise since.
func clerkGate(auth string) []Meaning {
	return slices.Concat(
		each(Meaning{Outcomes: clerkAuth}, auth+"()"),
		awaited(Meaning{Outcomes: clerkProtect}, auth+".protect()"),
		each(Meaning{Outcomes: clerkProtect}, auth+"().protect()"),
		each(Meaning{Outcomes: clerkHas}, auth+"().has()"),
		[]Meaning{{Path: auth + "().redirectToSignIn()", Never: "redirects to the sign-in page"}},
		quiet(auth+"().getToken()"),
	)
}

// clerkBackend says what the Backend API's resources do: users.getUser(id).
func clerkBackend(roots ...string) []Meaning {
	var all []Meaning
	for _, root := range roots {
		all = append(all,
			Meaning{Path: root + ".*.*()", Async: true, Query: calls("*")},
			Meaning{Path: root + ".*.get*()", Async: true, Query: read("*", Many)},
			Meaning{
				Path: root + ".users.getUser()", Async: true,
				Query: read(`"users"`, Must), Narrow: &Narrow{Fixed: "id", Value: "0"},
			},
			Meaning{
				Path: root + ".users.updateUser()", Async: true,
				Query:  &Query{Kind: Write, Model: `"users"`, Data: []string{"1"}, Result: Written},
				Narrow: &Narrow{Fixed: "id", Value: "0"},
			},
			Meaning{
				Path: root + ".users.deleteUser()", Async: true,
				Query: write(`"users"`), Narrow: &Narrow{Fixed: "id", Value: "0"},
			},
			Meaning{
				Path: root + ".sessions.verifySession()", Async: true,
				Verify: &Verify{Proof: Proof{Kind: Session}, Shape: "identity"},
			},
		)
	}
	return all
}
