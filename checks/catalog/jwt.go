package catalog

import "slices"

// Decoding a token shows what it claims, verifying it shows that it's true.
var decodedToken = []Outcome{proves("identity", Decoded), gives("null")}

var _ = register(Library{
	Name:        "jose",
	Source:      "https://github.com/panva/jose/tree/main/docs",
	Packages:    []string{"jose", "jose/*"},
	Distinctive: []string{"jwtVerify"},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: &Verify{
			Proof: Proof{Kind: Token}, Shape: "{payload: identity, protectedHeader: unknown, key: unknown}",
		}}, "jwtVerify()", "jwtDecrypt()", "compactVerify()", "flattenedVerify()", "generalVerify()", "compactDecrypt()"),
		[]Meaning{
			{Path: "decodeJwt()", Outcomes: []Outcome{proves("identity", Decoded), throws()}},
			{Path: "UnsecuredJWT.decode()", Outcomes: []Outcome{proves("{payload: identity}", Decoded), throws()}},
		},
		quiet("**"),
	),
})

// verify gives the claims, or tells them to a callback.
var _ = register(Library{
	Name:     "jsonwebtoken",
	Source:   "https://github.com/auth0/node-jsonwebtoken",
	Packages: []string{"jsonwebtoken", "jsonwebtoken-promisified"},
	Meanings: slices.Concat(
		[]Meaning{
			{
				Path:   "verify()",
				Verify: &Verify{Proof: Proof{Kind: Token}, Shape: "identity"},
				Calls: &Callback{
					Arg: "2", With: []string{"unknown", "outcome"}, Outcomes: callerOr("undefined", Token),
				},
			},
			{Path: "decode()", Outcomes: decodedToken},
		},
		quiet("**"),
	),
})

var _ = register(Library{
	Name:     "jwt-decode",
	Source:   "https://github.com/auth0/jwt-decode",
	Packages: []string{"jwt-decode"},
	Meanings: each(Meaning{Outcomes: []Outcome{proves("identity", Decoded), throws()}}, "jwtDecode()", "jwt_decode()", "default()"),
})

var _ = register(Library{
	Name:     "Tsndr JWT",
	Source:   "https://github.com/tsndr/cloudflare-worker-jwt",
	Packages: []string{"@tsndr/cloudflare-worker-jwt"},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Token}, Bool: true}}, "verify()"),
		each(Meaning{Outcomes: []Outcome{proves("{payload: identity, header: unknown}", Decoded)}}, "decode()"),
		quiet("sign()"),
	),
})
