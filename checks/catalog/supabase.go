package catalog

import "slices"

// What a query of the client gives: the record or records, or an error.
const supabaseEnvelope = "{data: result, error: unknown}"

// The star is the function that makes the client: createServerClient,
// createClient, createRouteHandlerClient and their like.
//
// getUser asks the auth server and getClaims verifies the token; the session of
// getSession comes from the cookie as it is.
var _ = register(Library{
	Name:   "Supabase",
	Source: "https://supabase.com/docs/reference/javascript/introduction",
	Packages: []string{
		"@supabase/supabase-js", "@supabase/ssr", "@supabase/auth-helpers-nextjs", "@supabase/auth-helpers-shared",
		"@supabase/auth-helpers-react", "@supabase/auth-js", "@supabase/postgrest-js",
	},
	Distinctive: []string{"createRouteHandlerClient", "createServerComponentClient", "createServerActionClient"},
	Meanings: slices.Concat(
		supabaseAuth(), supabaseQueries(), supabaseServices(),
		quiet("*()", "*.new()", "**.auth.onAuthStateChange()", "**.channel.**", "**.channel().**", "**.removeChannel()"),
	),
})

func supabaseAuth() []Meaning {
	signedIn := []Outcome{
		proves("{data: {user: identity, session: identity}, error: null}", Session),
		gives("{data: {user: null, session: null}, error: error}"),
	}
	return slices.Concat(
		[]Meaning{
			{Path: "*().auth.getUser()", Async: true, Outcomes: []Outcome{
				proves("{data: {user: identity}, error: null}", Session),
				gives("{data: {user: null}, error: error}"),
			}},
			{Path: "*().auth.getClaims()", Async: true, Outcomes: []Outcome{
				proves("{data: {claims: identity}, error: null}", Session),
				gives("{data: null, error: unknown}"),
			}},
			{Path: "*().auth.getSession()", Async: true, Outcomes: []Outcome{
				proves("{data: {session: identity}, error: null}", Decoded),
				gives("{data: {session: null}, error: unknown}"),
			}},
		},
		awaited(Meaning{Outcomes: signedIn},
			"*().auth.signInWithPassword()", "*().auth.signInWithIdToken()", "*().auth.verifyOtp()",
			"*().auth.exchangeCodeForSession()", "*().auth.refreshSession()"),
		awaited(Meaning{Quiet: true},
			"*().auth.setSession()", "*().auth.signOut()", "*().auth.signInWithOAuth()", "*().auth.signInWithSSO()"),
		awaited(Meaning{Query: &Query{Kind: Mail, Model: `"sign-in code"`, Envelope: supabaseEnvelope}},
			"*().auth.signInWithOtp()", "*().auth.resend()", "*().auth.resetPasswordForEmail()"),
		awaited(Meaning{Query: &Query{Kind: Write, Model: `"users"`, Data: []string{"0"}, Result: Written, Envelope: supabaseEnvelope}},
			"*().auth.signUp()", "*().auth.updateUser()", "*().auth.admin.createUser()", "*().auth.admin.inviteUserByEmail()",
			"*().auth.admin.generateLink()"),
		[]Meaning{
			{
				Path: "*().auth.admin.getUserById()", Async: true,
				Query:  &Query{Kind: Read, Model: `"users"`, Result: One, Envelope: "{data: {user: result}, error: unknown}"},
				Narrow: &Narrow{Fixed: "id", Value: "0"},
			},
			{Path: "*().auth.admin.listUsers()", Async: true, Query: &Query{
				Kind: Read, Model: `"users"`, Result: Many, Envelope: "{data: {users: result}, error: unknown}",
			}},
			{
				Path: "*().auth.admin.updateUserById()", Async: true,
				Query:  &Query{Kind: Write, Model: `"users"`, Data: []string{"1"}, Result: Written, Envelope: supabaseEnvelope},
				Narrow: &Narrow{Fixed: "id", Value: "0"},
			},
			{
				Path: "*().auth.admin.deleteUser()", Async: true,
				Query:  &Query{Kind: Write, Model: `"users"`, Result: Written, Envelope: supabaseEnvelope},
				Narrow: &Narrow{Fixed: "id", Value: "0"},
			},
			{Path: "*().auth.admin.**", Quiet: true},
		},
	)
}

// supabaseQueries says what follows from("table"): it begins as a read of all
// rows, which the further steps make a write, or narrow. A select after a write
// asks for the rows that were written.
func supabaseQueries() []Meaning {
	written := func(data string) *Narrow { return &Narrow{Kind: Write, Data: data, Result: Written} }
	return slices.Concat(
		[]Meaning{
			{Path: "*().from()", Async: true, Query: &Query{Kind: Read, Model: "0", Result: Many, Envelope: supabaseEnvelope}},
			{Path: "*().from().select()", Narrow: &Narrow{Select: "0"}},
			{Path: "*().from().insert()", Narrow: &Narrow{Kind: Write, Adds: true, Data: "0", Result: Written}},
			{Path: "*().from().update()", Narrow: written("0")},
			{Path: "*().from().upsert()", Narrow: written("0")},
			{Path: "*().from().delete()", Narrow: written("")},
			{Path: "*().from().**.match()", Narrow: &Narrow{Cond: "0"}},
			{Path: "*().from().**.filter()", Narrow: &Narrow{Field: "0", Op: "1", Value: "2"}},
		},
		each(Meaning{Narrow: &Narrow{Field: "0", Value: "1"}}, "*().from().**.eq()", "*().from().**.in()"),
		each(Meaning{Narrow: &Narrow{Result: One}}, "*().from().**.single()", "*().from().**.maybeSingle()"),
		self("*().schema()", "*().from().**.select()"),
		self(under("*().from().**.",
			"neq()", "gt()", "gte()", "lt()", "lte()", "like()", "ilike()", "is()", "isDistinct()", "not()", "or()", "likeAllOf()",
			"likeAnyOf()", "ilikeAllOf()", "ilikeAnyOf()", "contains()", "containedBy()", "overlaps()", "textSearch()",
			"rangeGt()", "rangeGte()", "rangeLt()", "rangeLte()", "rangeAdjacent()", "order()", "limit()", "range()",
			"returns()", "overrideTypes()", "csv()", "abortSignal()", "throwOnError()", "explain()", "maxAffected()")...),
		[]Meaning{
			{Path: "*().rpc()", Async: true, Query: &Query{
				Kind: Write, Model: "0", Data: []string{"1"}, Envelope: supabaseEnvelope,
			}},
			{Path: "*().rpc().**", Self: true},
		},
	)
}

func supabaseServices() []Meaning {
	file := &Query{Kind: File, Model: "0", Data: []string{"1"}, Envelope: supabaseEnvelope}
	return slices.Concat(
		awaited(Meaning{Query: file}, under("*().storage.from().",
			"upload()", "update()", "download()", "remove()", "move()", "copy()", "list()", "info()", "exists()",
			"createSignedUrl()", "createSignedUrls()", "createSignedUploadUrl()", "uploadToSignedUrl()")...),
		awaited(Meaning{Query: file}, under("*().storage.",
			"listBuckets()", "getBucket()", "createBucket()", "updateBucket()", "deleteBucket()", "emptyBucket()")...),
		quiet("*().storage.from()", "*().storage.from().getPublicUrl()"),
		[]Meaning{{Path: "*().functions.invoke()", Async: true, Query: &Query{
			Kind: Service, Model: "0", Data: []string{"1.body"}, Envelope: supabaseEnvelope,
		}}},
	)
}
