package catalog

import "slices"

var _ = register(Library{
	Name:   "Kinde",
	Source: "https://docs.kinde.com/developer-tools/sdks/backend/nextjs-sdk/",
	Packages: []string{
		"@kinde-oss/kinde-auth-nextjs/server", "@kinde-oss/kinde-auth-nextjs/middleware", "@kinde-oss/kinde-auth-nextjs",
	},
	Distinctive: []string{"getKindeServerSession"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: callerOr("null", Session)}, under("getKindeServerSession().",
			"getUser()", "getUserOrganizations()", "getOrganization()", "getPermissions()", "getRoles()", "getClaim()",
			"getAccessToken()", "getIdToken()", "getAccessTokenRaw()", "getIdTokenRaw()")...),
		[]Meaning{
			{Path: "getKindeServerSession().isAuthenticated()", Async: true, Outcomes: []Outcome{proves("true", Session), gives("false")}},
			{Path: "getKindeServerSession().getPermission()", Async: true, Outcomes: []Outcome{
				{Shape: "{isGranted: true, permissionKey: arg0, orgCode: identity}", Proves: &Proof{Kind: Permission, Demands: []string{"0"}}},
				gives("{isGranted: false, permissionKey: arg0, orgCode: unknown}"),
				gives("null"),
			}},
			{Path: "withAuth()", Calls: &Callback{
				Arg: "0", With: []string{"request{kindeAuth: {token: outcome, user: outcome}}", "pass"}, Later: true,
				Outcomes: []Outcome{proves("identity", Session)},
			}},
		},
		each(Meaning{Calls: &Callback{
			Arg: "0", With: []string{"pass"}, Later: true,
			Outcomes: []Outcome{{Shape: "identity", Proves: &Proof{Kind: Session, Demands: []string{"1.permissions", "1.roles"}}}},
		}}, "protectApi()", "protectPage()"),
		quiet("getKindeServerSession()", "getKindeServerSession().**", "handleAuth()", "createKindeManagementAPIClient()",
			"LoginLink.**", "LogoutLink.**", "RegisterLink.**", "useKindeBrowserClient.**", "KindeProvider.**"),
	),
})
