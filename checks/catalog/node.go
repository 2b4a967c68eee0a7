package catalog

import "slices"

// timingSafeEqual compares; digests and signatures are made of what they were
// given, so that comparing one with a header is comparing with its secret.
var _ = register(Library{
	Name:     "Node.js crypto",
	Source:   "https://nodejs.org/api/crypto.html",
	Packages: []string{"crypto", "node:crypto"},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "timingSafeEqual()", Builtin: "equal"},
			{Path: "verify()", Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}},
			{Path: "createVerify().**.verify()", Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}},
		},
		webCrypto("webcrypto."), webCrypto(""),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:     "Node.js files",
	Source:   "https://nodejs.org/api/fs.html",
	Packages: []string{"fs", "node:fs", "fs/promises", "node:fs/promises", "fs-extra"},
	Meanings: slices.Concat(
		each(Meaning{Query: &Query{Kind: File, Model: "0", Data: []string{"1"}}}, "*()"),
		awaited(Meaning{Query: &Query{Kind: File, Model: "0", Data: []string{"1"}}}, "promises.*()"),
		quiet("constants.**", "existsSync()", "statSync()", "stat()", "access()", "accessSync()", "promises.stat()", "promises.access()"),
	),
})

var _ = register(Library{
	Name:     "Node.js processes",
	Source:   "https://nodejs.org/api/child_process.html",
	Packages: []string{"child_process", "node:child_process"},
	Meanings: each(Meaning{Query: calls(`"a process"`)}, "exec()", "execSync()", "execFile()", "execFileSync()", "spawn()", "spawnSync()", "fork()"),
})

var _ = register(Library{
	Name:     "Node.js network",
	Source:   "https://nodejs.org/api/http.html",
	Packages: []string{"http", "node:http", "https", "node:https"},
	Meanings: slices.Concat(
		each(Meaning{Query: calls("0")}, "request()", "get()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:   "Node.js helpers",
	Source: "https://nodejs.org/api/",
	Packages: []string{
		"path", "node:path", "path/posix", "node:path/posix", "url", "node:url", "util", "node:util", "os", "node:os", "events",
		"node:events", "stream", "node:stream", "stream/promises", "node:stream/promises", "stream/web", "node:stream/web", "buffer",
		"node:buffer", "querystring", "node:querystring", "assert", "node:assert", "zlib", "node:zlib", "async_hooks",
		"node:async_hooks", "perf_hooks", "node:perf_hooks", "timers/promises", "node:timers/promises", "string_decoder",
		"node:string_decoder", "worker_threads", "node:worker_threads", "dns", "node:dns", "dns/promises", "node:dns/promises", "net",
		"node:net",
	},
	Meanings: slices.Concat(
		each(Meaning{Same: "0"}, "URL.new()", "URLSearchParams.new()", "parse()", "Buffer.from()"),
		[]Meaning{{Path: "AsyncLocalStorage.new().run()", Calls: &Callback{Arg: "1"}}},
		quiet("**"),
	),
})
