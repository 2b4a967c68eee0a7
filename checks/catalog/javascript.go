package catalog

import "slices"

// What JavaScript and Node.js offer without an import is the package "global".
var _ = register(Library{
	Name:     "JavaScript",
	Source:   "https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects",
	Packages: []string{"global"},
	Meanings: slices.Concat(globalEffects(), globalValues(), globalEnvironment(), webCrypto("crypto.")),
})

func globalEffects() []Meaning {
	return []Meaning{
		{Path: "fetch()", Async: true, Query: &Query{Kind: Service, Model: "0", Data: []string{"1.body"}}},
		{Path: "Response.json()", Respond: &Respond{Status: "1.status", Body: "0"}},
		{Path: "Response.new()", Respond: &Respond{Status: "1.status", Body: "0"}},
		{Path: "Response.redirect()", Respond: &Respond{Redirect: true}},
		{Path: "Response.error()", Respond: &Respond{Status: `"500"`}},
		{Path: "Promise.all()", Async: true, Builtin: "all"},
		{Path: "setTimeout()", Calls: &Callback{Arg: "0"}, Quiet: true},
		{Path: "setImmediate()", Calls: &Callback{Arg: "0"}, Quiet: true},
		{Path: "queueMicrotask()", Calls: &Callback{Arg: "0"}, Quiet: true},
		{Path: "process.nextTick()", Calls: &Callback{Arg: "0"}, Quiet: true},
		{Path: "process.exit()", Never: "ends the process"},
	}
}

// globalValues says what re-shapes a value and leaves it whose it was: a URL
// made of the request's is input as the request is.
func globalValues() []Meaning {
	return slices.Concat(
		each(Meaning{Same: "0"},
			"JSON.parse()", "JSON.stringify()", "String()", "Number()", "BigInt()", "Number.parseInt()", "Number.parseFloat()",
			"parseInt()", "parseFloat()", "Object()", "Object.freeze()", "Object.seal()", "Array.from()", "structuredClone()",
			"encodeURIComponent()", "decodeURIComponent()", "encodeURI()", "decodeURI()", "escape()", "unescape()", "btoa()", "atob()",
			"URL.new()", "URLSearchParams.new()", "Headers.new()", "Request.new()", "Set.new()", "Map.new()", "Date.new()",
			"Uint8Array.new()", "Uint8Array.from()", "Buffer.from()", "TextEncoder.new().encode()", "TextDecoder.new().decode()",
			"Promise.resolve()", "Object.fromEntries()", "Object.entries()", "Object.values()"),
		[]Meaning{{Path: "Boolean()", Builtin: "boolean"}},
		quiet(
			"console.**", "Math.**", "Date.**", "Intl.**", "Buffer.**", "FormData.**", "TextEncoder.new()", "TextDecoder.new()",
			"AbortController.**", "AbortSignal.**", "Error.**", "TypeError.**", "RangeError.**", "SyntaxError.**", "AggregateError.**",
			"DOMException.**", "RegExp.**", "Symbol.**", "Array.isArray()", "Array.of()", "Array.new()", "Number.*()", "isNaN()",
			"isFinite()", "Object.*()", "Reflect.**", "WeakMap.**", "WeakSet.**", "WeakRef.**", "Blob.**", "File.**",
			"ReadableStream.**", "WritableStream.**", "TransformStream.**", "TextDecoderStream.**", "TextEncoderStream.**",
			"CompressionStream.**", "Event.**", "EventTarget.**", "performance.**", "clearTimeout()", "setInterval()",
			"clearInterval()", "URL.canParse()", "URL.createObjectURL()", "process.**", "Int32Array.**", "ArrayBuffer.**",
			"DataView.**", "Uint8Array.**", "Float32Array.**", "Promise.reject()", "String.*()", "Symbol()",
		),
	)
}

// globalEnvironment tells the deployment's secrets from the variables that are
// no secret: those that Next.js puts into the browser's code, and those that say
// where the code runs.
func globalEnvironment() []Meaning {
	return slices.Concat(
		each(Meaning{Secret: true}, "process.env", "process.env.*"),
		quiet(under("process.env.",
			"NODE_ENV", "NEXT_PUBLIC_*", "NEXT_RUNTIME", "NEXT_PHASE", "VERCEL", "VERCEL_ENV", "VERCEL_URL", "VERCEL_REGION",
			"VERCEL_BRANCH_URL", "VERCEL_PROJECT_PRODUCTION_URL", "VERCEL_GIT_*", "VERCEL_DEPLOYMENT_ID", "CI", "PORT", "HOST",
			"HOSTNAME", "TZ", "LOG_LEVEL", "DEBUG", "NEXTAUTH_URL", "AUTH_URL", "APP_ENV", "npm_package_*")...),
	)
}

// webCrypto says what the Web Crypto API does below a path.
func webCrypto(prefix string) []Meaning {
	return slices.Concat(
		[]Meaning{{
			Path: prefix + "subtle.verify()", Async: true,
			Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true},
		}},
		awaited(Meaning{Quiet: true}, under(prefix, "subtle.*()")...),
		quiet(under(prefix, "randomUUID()", "getRandomValues()")...),
	)
}
