package catalog

import "slices"

// A checked environment holds the same secrets as process.env. What others can
// reach runs in production.
var _ = register(Library{
	Name:     "T3 Env",
	Source:   "https://env.t3.gg/docs/nextjs",
	Packages: []string{"@t3-oss/env-nextjs", "@t3-oss/env-core", "@t3-oss/env-nuxt"},
	Meanings: slices.Concat(
		each(Meaning{Secret: true}, "createEnv().*"),
		[]Meaning{{Path: "createEnv().NODE_ENV", Outcomes: []Outcome{gives(`"production"`)}}},
		quiet("createEnv()", "createEnv().NEXT_PUBLIC_*", "createEnv().VERCEL_ENV", "createEnv().VERCEL_URL", "vercel()"),
	),
})

var _ = register(Library{
	Name:     "Env loaders",
	Source:   "https://github.com/motdotla/dotenv",
	Packages: []string{"envalid", "env-var", "znv"},
	Meanings: slices.Concat(
		each(Meaning{Secret: true}, "cleanEnv().*", "parseEnv().*", "get().**"),
		quiet("**"),
	),
})

// What the platform says of a request is input as its headers are.
var _ = register(Library{
	Name:     "Vercel Functions",
	Source:   "https://vercel.com/docs/functions/functions-api-reference/vercel-functions-package",
	Packages: []string{"@vercel/functions", "@vercel/edge", "@vercel/functions/headers", "@vercel/functions/middleware"},
	Meanings: slices.Concat(
		each(Meaning{Same: "0"}, "geolocation()", "ipAddress()"),
		each(Meaning{Builtin: "proceed"}, "next()", "rewrite()"),
		awaited(Meaning{Outcomes: callerOrThrows(Token)}, "verifyVercelOidcToken()"),
		quiet("waitUntil()", "getEnv()", "getCache()", "getCache().**", "attachDatabasePool()"),
	),
})
