package catalog

import "slices"

var _ = register(Library{
	Name:     "Next.js navigation",
	Source:   "https://nextjs.org/docs/app/api-reference/functions/redirect",
	Packages: []string{"next/navigation"},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "redirect()", Never: "redirects"},
			{Path: "permanentRedirect()", Never: "redirects"},
			{Path: "notFound()", Never: "answers 404"},
			{Path: "unauthorized()", Never: "answers 401"},
			{Path: "forbidden()", Never: "answers 403"},
		},
		quiet("**"),
	),
})

var _ = register(Library{
	Name:     "Next.js server",
	Source:   "https://nextjs.org/docs/app/api-reference/functions/next-response",
	Packages: []string{"next/server", "next/og", "@vercel/og"},
	Meanings: []Meaning{
		{Path: "NextResponse.json()", Respond: &Respond{Status: "1.status", Body: "0"}},
		{Path: "NextResponse.redirect()", Respond: &Respond{Redirect: true}},
		{Path: "NextResponse.new()", Respond: &Respond{Status: "1.status", Body: "0"}},
		{Path: "NextResponse.error()", Respond: &Respond{Status: `"500"`}},
		{Path: "NextResponse.next()", Builtin: "proceed"},    // middleware lets the request through
		{Path: "NextResponse.rewrite()", Builtin: "proceed"}, // the same, to another path
		{Path: "ImageResponse.new()", Respond: &Respond{Status: "1.status", Body: "0"}},
		{Path: "NextRequest.new()", Same: "0"},
		{Path: "after()", Calls: &Callback{Arg: "0"}, Quiet: true},
		{Path: "unstable_after()", Calls: &Callback{Arg: "0"}, Quiet: true},
		{Path: "waitUntil()", Quiet: true},
		{Path: "connection()", Async: true, Quiet: true},
		{Path: "userAgent()", Same: "0"},
		{Path: "userAgentFromString()", Same: "0"},
		{Path: "URLPattern.**", Quiet: true},
	},
})

// Reading headers and cookies gives input of the caller, before and since they
// became promises; what is set on them is part of the response.
var _ = register(Library{
	Name:     "Next.js headers",
	Source:   "https://nextjs.org/docs/app/api-reference/functions/cookies",
	Packages: []string{"next/headers"},
	Meanings: slices.Concat(
		[]Meaning{
			{Path: "headers()", Request: "header"},
			{Path: "cookies()", Request: "cookie"},
			{Path: "draftMode()", Quiet: true},
			// The cookie that turns draft mode on holds a secret of the build.
			{Path: "draftMode().isEnabled", Outcomes: []Outcome{proves("true", Secret), gives("false")}},
		},
		quiet("cookies().set()", "cookies().delete()", "draftMode().enable()", "draftMode().disable()"),
	),
})

var _ = register(Library{
	Name:     "Next.js caching",
	Source:   "https://nextjs.org/docs/app/api-reference/functions/unstable_cache",
	Packages: []string{"next/cache"},
	Meanings: slices.Concat([]Meaning{{Path: "unstable_cache()", Same: "0"}}, quiet("**")),
})

var _ = register(Library{
	Name:     "React",
	Source:   "https://react.dev/reference/react/cache",
	Packages: []string{"react", "react-dom", "react-dom/*", "react/jsx-runtime"},
	Meanings: slices.Concat(
		each(Meaning{Same: "0"}, "cache()", "use()", "memo()", "forwardRef()", "useCallback()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:   "Next.js components",
	Source: "https://nextjs.org/docs/app/api-reference/components",
	Packages: []string{
		"next", "next/link", "next/image", "next/script", "next/head", "next/font/google", "next/font/local", "next/dynamic",
		"next/router", "next/form", "next/app", "next/document", "next/error", "next/web-vitals", "server-only", "client-only",
	},
	Meanings: quiet("**"),
})
