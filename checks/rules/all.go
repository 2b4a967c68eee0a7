package rules

// All are the rules, gravest first.
var All = withExamples([]Rule{
	{
		ID:     "auth-guard-removed",
		What:   "A check of who is calling, or of what they may do, is gone.",
		Why:    "Anybody, or any signed-in caller, reaches what the check stood before.",
		Accept: public + " " + teach,
	},
	{
		ID:     "auth-guard-weakened",
		What:   "A weaker check stands in the place of another: more roles, fewer permissions, or a session that is no longer verified.",
		Why:    "Callers get in whom the former check kept out.",
		Accept: teach,
	},
	{
		ID:     "auth-guard-bypassed",
		What:   "The check is still there, and what it protected runs without it.",
		Why:    "The check looks as if it protected something, and anybody gets past it.",
		Accept: teach,
	},
	{
		ID:     "owner-scope-removed",
		What:   "A query no longer selects by the caller.",
		Why:    "A signed-in caller reaches the records of others by their ids.",
		Accept: teach,
	},
	{
		ID:     "owner-check-removed",
		What:   "A lookup or comparison that tied a record to the caller is gone.",
		Why:    "A signed-in caller reaches the records of others by their ids.",
		Accept: teach,
	},
	{
		ID:   "owner-id-from-request",
		What: "The id by which a query selects comes from the request, and came from the caller's session.",
		Why:  "The caller says whose records they want.",
	},
	{
		ID:   "validation-removed",
		What: "Input no longer goes through a schema before it is used, or more of it is written than was chosen.",
		Why:  "The caller writes fields and values that the code doesn't expect.",
	},
	{
		ID:   "validation-before-auth",
		What: "Input is checked before the caller is known, and was after.",
		Why:  "Anybody learns what the endpoint accepts, and makes it work.",
	},
	{
		ID:     "middleware-coverage-lost",
		What:   "The middleware that protected a path alone runs for it no longer, or asks for less.",
		Why:    "Anybody reaches the path, whose own code asks for nobody.",
		Accept: public,
	},
	{
		ID:     "new-endpoint-unguarded",
		What:   "A new endpoint does something without asking who is calling, while those beside it ask.",
		Why:    "Anybody makes it do that.",
		Accept: public,
	},
	{
		ID:   "not-found-became-forbidden",
		What: "A record of somebody else is answered by 403, and was by 404.",
		Why:  "Callers learn which ids exist.",
	},
	{
		ID:   "user-fields-unselected",
		What: "A query on users no longer selects fields, and gives all of them.",
		Why:  "Password hashes and tokens may get into an answer.",
	},
	{
		ID:   "table-grown",
		What: "A role or a plan got more permissions by a table.",
		Why:  "Everybody with that role may do more than before.",
	},
	{
		ID:   "auth-option-relaxed",
		What: "An option of the library that checks callers got laxer.",
		Why:  "Sessions or callers are accepted that weren't before.",
	},
	{
		ID:   "session-field-dropped",
		What: "A field of the session that checks rely on is set no longer.",
		Why:  "Checks of that field compare with nothing.",
	},
	{
		ID:   "row-policies-bypassed",
		What: "A client that skips the database's row policies is used in the place of one that keeps to them.",
		Why:  "The policies that kept callers to their own rows hold no longer.",
	},
	{
		ID:   "guard-test-lost",
		What: "A test that held an endpoint to refusing is gone.",
		Why:  "The next change may drop the check without a test failing.",
	},
	{
		ID:   "settings-relaxed",
		What: "The settings file hides more than before.",
		Why:  "Losses after this change aren't told any more.",
	},
	{
		ID:   "settings-invalid",
		What: "The settings file can't be read.",
		Why:  "None of its settings hold until it is mended.",
	},
	{
		ID:   "declared-guard-changed",
		What: "The code of a guard that the settings describe has changed.",
		Why:  "The settings say what it shows, and nobody has compared that with its new code.",
	},
})
