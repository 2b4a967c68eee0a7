package catalog

import "slices"

var signedMessage = &Verify{Proof: Proof{Kind: Signature}, Shape: "request"}

var _ = register(Library{
	Name:     "Svix",
	Source:   "https://docs.svix.com/receiving/verifying-payloads/how",
	Packages: []string{"svix"},
	Meanings: slices.Concat(
		each(Meaning{Verify: signedMessage}, "Webhook.new().verify()"),
		awaited(Meaning{Query: calls(`"Svix"`)}, "Svix.new().**.*()"),
		quiet("Webhook.new()", "Webhook.new().sign()", "Svix.new()", "WebhookVerificationError.**"),
	),
})

var _ = register(Library{
	Name:     "Standard Webhooks",
	Source:   "https://github.com/standard-webhooks/standard-webhooks",
	Packages: []string{"standardwebhooks"},
	Meanings: slices.Concat(
		each(Meaning{Verify: signedMessage}, "Webhook.new().verify()"),
		quiet("Webhook.new()", "Webhook.new().sign()", "WebhookVerificationError.**"),
	),
})

// The wrappers run their function for signed requests alone.
var _ = register(Library{
	Name:     "QStash",
	Source:   "https://upstash.com/docs/qstash/howto/signature",
	Packages: []string{"@upstash/qstash", "@upstash/qstash/nextjs", "@upstash/qstash/dist/nextjs"},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "true"}}, "Receiver.new().verify()"),
		each(Meaning{Calls: &Callback{
			Arg: "0", With: []string{"pass"}, Later: true, Outcomes: []Outcome{proves("request", Signature)},
		}}, "verifySignatureAppRouter()", "verifySignatureEdge()", "verifySignature()"),
		awaited(Meaning{Query: &Query{Kind: Service, Model: `"QStash"`, Data: []string{"0"}}}, "Client.new().**.*()"),
		quiet("Receiver.new()", "Client.new()", "Client.new().queue()", "SignatureError.**"),
	),
})

var _ = register(Library{
	Name:     "Upstash Workflow",
	Source:   "https://upstash.com/docs/workflow/howto/security",
	Packages: []string{"@upstash/workflow", "@upstash/workflow/nextjs"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: &Query{Kind: Service, Model: `"Upstash Workflow"`, Data: []string{"0"}}}, "Client.new().**.*()"),
		quiet("serve()", "createWorkflow()", "serveMany()", "Client.new()"),
	),
})

var _ = register(Library{
	Name:     "GitHub webhooks",
	Source:   "https://github.com/octokit/webhooks.js",
	Packages: []string{"@octokit/webhooks", "@octokit/webhooks-methods"},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}},
			"verify()", "verifyWithFallback()", "Webhooks.new().verify()"),
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "unknown"}}, "Webhooks.new().verifyAndReceive()"),
		quiet("sign()", "Webhooks.new()", "Webhooks.new().**", "createNodeMiddleware()"),
	),
})

var _ = register(Library{
	Name:   "Octokit",
	Source: "https://github.com/octokit/octokit.js",
	Packages: []string{
		"octokit", "@octokit/rest", "@octokit/core", "@octokit/app", "@octokit/auth-app", "@octokit/graphql",
		"@octokit/request",
	},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}}, "App.new().webhooks.verify()"),
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "unknown"}}, "App.new().webhooks.verifyAndReceive()"),
		awaited(Meaning{Query: calls(`"GitHub"`)}, "**.*()", "graphql()", "request()", "createAppAuth()()"),
		quiet("Octokit.new()", "Octokit.plugin()", "App.new()", "createAppAuth()", "**.defaults()"),
	),
})

var _ = register(Library{
	Name:     "Slack",
	Source:   "https://tools.slack.dev/node-slack-sdk/",
	Packages: []string{"@slack/web-api", "@slack/webhook", "@slack/bolt"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: calls(`"Slack"`)}, "WebClient.new().**.*()", "IncomingWebhook.new().send()"),
		each(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "unknown"}}, "verifySlackRequest()"),
		each(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}}, "isValidSlackRequest()"),
		quiet("WebClient.new()", "IncomingWebhook.new()", "LogLevel.**"),
	),
})

var _ = register(Library{
	Name:     "Twilio",
	Source:   "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
	Packages: []string{"twilio"},
	Meanings: slices.Concat(
		each(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}},
			"validateRequest()", "validateRequestWithBody()", "validateExpressRequest()"),
		awaited(Meaning{Query: &Query{Kind: Mail, Model: `"a message"`, Data: []string{"0"}}},
			"default().messages.create()", "Twilio.new().messages.create()"),
		awaited(Meaning{Query: calls(`"Twilio"`)}, "default().**.*()", "Twilio.new().**.*()"),
		quiet("default()", "Twilio.new()", "twiml.**"),
	),
})

var _ = register(Library{
	Name:     "Discord interactions",
	Source:   "https://github.com/discord/discord-interactions-js",
	Packages: []string{"discord-interactions"},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}}, "verifyKey()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:     "Sanity webhooks",
	Source:   "https://github.com/sanity-io/webhook-toolkit",
	Packages: []string{"@sanity/webhook", "next-sanity/webhook"},
	Meanings: []Meaning{
		{Path: "isValidSignature()", Async: true, Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}},
		{Path: "isValidRequest()", Async: true, Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}},
		{Path: "assertValidSignature()", Async: true, Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "unknown"}},
		{Path: "parseBody()", Async: true, Outcomes: []Outcome{
			proves("{isValidSignature: true, body: request}", Signature),
			gives("{isValidSignature: false, body: request}"),
			gives("{isValidSignature: null, body: request}"),
		}},
	},
})
