package catalog

import "slices"

// A cache or a counter is no effect: what is read from it was put there by code
// that had its own.
var _ = register(Library{
	Name:   "Redis",
	Source: "https://upstash.com/docs/redis/sdks/ts/overview",
	Packages: []string{
		"@upstash/redis", "@upstash/redis/cloudflare", "ioredis", "redis", "@vercel/kv", "lru-cache", "node-cache", "keyv",
		"@vercel/edge-config", "memjs",
	},
	Distinctive: []string{"Redis"},
	Meanings:    quiet("**"),
})

// A rate limit is no protection.
var _ = register(Library{
	Name:   "Rate limits",
	Source: "https://upstash.com/docs/redis/sdks/ratelimit-ts/overview",
	Packages: []string{
		"@upstash/ratelimit", "rate-limiter-flexible", "limiter", "bottleneck", "p-limit", "p-queue", "p-retry", "async-retry",
		"async-mutex", "p-map", "p-throttle", "express-rate-limit",
	},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "default()()", Calls: &Callback{Arg: "0"}, Quiet: true},
			{Path: "default.new().schedule()", Async: true, Calls: &Callback{Arg: "0"}, Quiet: true},
			{Path: "default.new().wrap()", Same: "0"},
			{Path: "default.new().add()", Async: true, Calls: &Callback{Arg: "0"}, Quiet: true},
			{Path: "Mutex.new().runExclusive()", Async: true, Calls: &Callback{Arg: "0"}, Quiet: true},
		},
		quiet("**"),
	),
})

// Telling people from programs says nothing of who they are.
var _ = register(Library{
	Name:   "Arcjet",
	Source: "https://docs.arcjet.com/reference/nextjs",
	Packages: []string{
		"@arcjet/next", "@arcjet/node", "botid", "botid/server", "react-google-recaptcha", "@marsidev/react-turnstile",
		"@hcaptcha/react-hcaptcha",
	},
	Meanings: quiet("**"),
})
