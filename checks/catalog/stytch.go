package catalog

import "slices"

// What authenticates throws for anybody else. An authorization_check in it asks for
// a right of the member as well
// (https://stytch.com/docs/api-reference/b2b/api/sessions/authenticate-session).
var _ = register(Library{
	Name:     "Stytch",
	Source:   "https://stytch.com/docs/sdks",
	Packages: []string{"stytch"},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Session, Demands: []string{"0.authorization_check"}}, Shape: "identity"}}, stytchClients(
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
