package catalog

import "slices"

var (
	passwordMatches = &Verify{Proof: Proof{Kind: Capability, What: "password"}, Bool: true}
	codeMatches     = &Verify{Proof: Proof{Kind: Capability, What: "one-time code"}, Bool: true}
)

var _ = register(Library{
	Name:     "bcrypt",
	Source:   "https://github.com/kelektiv/node.bcrypt.js",
	Packages: []string{"bcrypt", "bcryptjs", "bcrypt-ts", "@node-rs/bcrypt"},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: passwordMatches}, "compare()", "verify()"),
		each(Meaning{Verify: passwordMatches}, "compareSync()", "verifySync()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:     "Argon2",
	Source:   "https://github.com/ranisalt/node-argon2",
	Packages: []string{"argon2", "@node-rs/argon2", "oslo/password", "@noble/hashes/*", "scrypt-kdf", "@oslojs/crypto/*"},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: passwordMatches}, "verify()", "Argon2id.new().verify()", "Scrypt.new().verify()", "Bcrypt.new().verify()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:     "One-time codes",
	Source:   "https://github.com/yeojz/otplib",
	Packages: []string{"otplib", "speakeasy", "@epic-web/totp", "oslo/otp"},
	Meanings: slices.Concat(
		each(Meaning{Verify: codeMatches}, "authenticator.check()", "authenticator.verify()", "totp.check()", "totp.verify()", "hotp.check()",
			"hotp.verify()", "verify()"),
		awaited(Meaning{Verify: codeMatches}, "TOTPController.new().verify()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:     "SimpleWebAuthn",
	Source:   "https://simplewebauthn.dev/docs/packages/server",
	Packages: []string{"@simplewebauthn/server", "@simplewebauthn/browser"},
	Meanings: slices.Concat(
		awaited(Meaning{Outcomes: []Outcome{
			{Shape: "{verified: true}", Proves: &Proof{Kind: Capability, What: "passkey"}},
			gives("{verified: false}"),
		}}, "verifyAuthenticationResponse()"),
		quiet("**"),
	),
})
