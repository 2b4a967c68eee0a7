package catalog

import "slices"

var _ = register(Library{
	Name:        "Lucia",
	Source:      "https://v3.lucia-auth.com/basics/sessions",
	Packages:    []string{"lucia"},
	Distinctive: []string{"Lucia"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: []Outcome{
			proves("{session: identity, user: identity}", Session),
			gives("{session: null, user: null}"),
		}}, "Lucia.new().validateSession()"),
		// Version 2: validateSession throws, a request's validate gives null.
		awaited(Meaning{Outcomes: callerOrThrows(Session)}, "lucia().validateSession()", "lucia().getSession()"),
		awaited(Meaning{Outcomes: callerOr("null", Session)},
			"lucia().handleRequest().validate()", "lucia().handleRequest().validateBearerToken()"),
		[]Meaning{{Path: "lucia().useKey()", Async: true, Verify: &Verify{Proof: Proof{Kind: Capability, What: "password"}, Shape: "unknown"}}},
		awaited(Meaning{Query: write(`"sessions"`)}, sessionWrites("Lucia.new()")...),
		awaited(Meaning{Query: write(`"sessions"`)}, sessionWrites("lucia()")...),
		awaited(Meaning{Query: write(`"users"`)}, "lucia().createUser()", "lucia().updateUserAttributes()", "lucia().deleteUser()",
			"lucia().createKey()", "lucia().updateKeyPassword()"),
		awaited(Meaning{Query: read(`"users"`, Must)}, "lucia().getUser()"),
		quiet("Lucia.new()", "Lucia.new().**", "lucia().**", "generateId()", "generateIdFromEntropySize()", "TimeSpan.**", "Scrypt.**",
			"LuciaError.**", "verifyRequestOrigin()"),
	),
})

func sessionWrites(root string) []string {
	return under(root+".",
		"createSession()", "invalidateSession()", "invalidateUserSessions()", "invalidateAllUserSessions()", "deleteExpiredSessions()")
}

var _ = register(Library{
	Name:     "Lucia adapters",
	Source:   "https://v3.lucia-auth.com/database",
	Packages: []string{"@lucia-auth/*", "lucia/*"},
	Meanings: quiet("**"),
})
