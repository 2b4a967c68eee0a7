package catalog

import "slices"

// The wrappers hand their function on as it is.
var _ = register(Library{
	Name:     "Sentry",
	Source:   "https://docs.sentry.io/platforms/javascript/guides/nextjs/apis/",
	Packages: []string{"@sentry/nextjs", "@sentry/node", "@sentry/core", "@sentry/react", "@sentry/browser"},
	Meanings: slices.Concat(
		each(Meaning{Same: "0"}, "withSentry()", "withSentryAPI()", "wrapApiHandlerWithSentry()", "wrapRouteHandlerWithSentry()",
			"wrapServerComponentWithSentry()", "wrapMiddlewareWithSentry()", "wrapGetServerSidePropsWithSentry()",
			"wrapApiHandlerWithSentryVercelCrons()", "withSentryConfig()"),
		awaited(Meaning{Calls: &Callback{Arg: "last"}, Quiet: true}, "withServerActionInstrumentation()"),
		each(Meaning{Calls: &Callback{Arg: "1", With: []string{"unknown"}}, Quiet: true}, "startSpan()", "startSpanManual()", "withMonitor()"),
		each(Meaning{Calls: &Callback{Arg: "0", With: []string{"unknown"}}, Quiet: true}, "withScope()", "withIsolationScope()", "startNewTrace()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:   "Axiom",
	Source: "https://axiom.co/docs/send-data/nextjs",
	Packages: []string{
		"next-axiom", "@axiomhq/nextjs", "@axiomhq/logging", "@axiomhq/react", "@axiomhq/js", "@axiomhq/pino",
		"@axiomhq/winston",
	},
	Meanings: slices.Concat(
		each(Meaning{Same: "0"}, "withAxiom()", "withAxiomRouteHandler()", "createAxiomRouteHandler()()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:   "Loggers",
	Source: "https://getpino.io/#/docs/api",
	Packages: []string{
		"pino", "pino-http", "pino-pretty", "winston", "bunyan", "consola", "debug", "loglevel", "tslog", "signale", "log4js",
		"roarr",
		"@logtail/next", "@logtail/node", "@logtail/pino", "@logtail/winston", "evlog", "chalk", "picocolors", "kleur", "ora",
	},
	Meanings: slices.Concat(each(Meaning{Same: "0"}, "withBetterStack()", "withLogtail()", "withBetterStackRouteHandler()"), quiet("**")),
})

var _ = register(Library{
	Name:   "OpenTelemetry",
	Source: "https://opentelemetry.io/docs/languages/js/instrumentation/",
	Packages: []string{
		"@opentelemetry/*", "@vercel/otel", "dd-trace", "newrelic", "@highlight-run/next/server",
		"@baselime/node-opentelemetry",
	},
	Meanings: slices.Concat(
		each(Meaning{Calls: &Callback{Arg: "last", With: []string{"unknown"}}, Quiet: true},
			"**.startActiveSpan()", "default.trace()", "tracer.trace()"),
		[]Meaning{{Path: "context.with()", Calls: &Callback{Arg: "1"}, Quiet: true}},
		quiet("**"),
	),
})

var _ = register(Library{
	Name:   "Analytics",
	Source: "https://posthog.com/docs/libraries/node",
	Packages: []string{
		"posthog-node", "posthog-js", "posthog-js/react", "@vercel/analytics", "@vercel/analytics/*", "@vercel/speed-insights",
		"@vercel/speed-insights/*",
		"mixpanel", "@segment/analytics-node", "@amplitude/analytics-node", "next-plausible", "plausible-tracker",
		"@june-so/analytics-node",
		"@jitsu/js", "@openpanel/nextjs", "@openpanel/sdk", "@logsnag/next", "@dub/analytics", "@growthbook/growthbook",
		"flags", "flags/next", "@vercel/flags", "@vercel/flags/next", "@launchdarkly/node-server-sdk", "@statsig/node",
		"statsig-node",
		"unleash-client", "@unleash/nextjs", "configcat-node",
	},
	Meanings: quiet("**"),
})
