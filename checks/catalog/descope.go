package catalog

import "slices"

// The validations of a session throw; those of rights answer. Which arguments hold
// the rights stands in the types of @descope/node-sdk.
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
	holds := func(kind Credential, demands string) []Outcome {
		return []Outcome{{Shape: "true", Proves: &Proof{Kind: kind, Demands: []string{demands}}}, gives("false")}
	}
	return slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Session}, Shape: "identity"}}, under(prefix,
			"validateSession()", "validateAndRefreshSession()", "refreshSession()", "validateJwt()", "exchangeAccessKey()")...),
		each(Meaning{Outcomes: holds(Permission, "1")}, prefix+"validatePermissions()"),
		each(Meaning{Outcomes: holds(Role, "1")}, prefix+"validateRoles()"),
		each(Meaning{Outcomes: holds(Permission, "2")}, prefix+"validateTenantPermissions()"),
		each(Meaning{Outcomes: holds(Role, "2")}, prefix+"validateTenantRoles()"),
		awaited(Meaning{Query: calls(`"Descope"`)}, prefix+"management.**.*()"),
	)
}
