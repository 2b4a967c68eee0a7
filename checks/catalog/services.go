package catalog

import "slices"

var _ = register(Library{
	Name:   "HTTP clients",
	Source: "https://axios-http.com/docs/api_intro",
	Packages: []string{
		"axios", "ky", "got", "node-fetch", "cross-fetch", "isomorphic-fetch", "undici", "ofetch", "superagent",
		"@better-fetch/fetch",
		"wretch", "graphql-request", "@apollo/client", "urql", "@urql/core", "isomorphic-unfetch", "unfetch",
	},
	Meanings: slices.Concat(
		awaited(Meaning{Query: &Query{Kind: Service, Model: "0", Data: []string{"1"}}},
			"default()", "fetch()", "ofetch()", "$fetch()", "betterFetch()", "wretch()", "unfetch()", "got()", "ky()", "axios()",
			"get()", "post()", "put()", "patch()", "delete()", "head()", "request()", "default.request()",
			"create().*()", "extend().*()", "*.create().*()", "*.extend().*()", "ky.*()", "got.*()", "GraphQLClient.new().request()",
			"ApolloClient.new().query()", "ApolloClient.new().mutate()", "axios.*()", "create()()", "*.create()()"),
		self("default().json()", "default().text()", "ky.*().json()", "got.*().json()", "get().json()", "post().json()"),
		quiet("create()", "extend()", "*.create()", "*.extend()", "isAxiosError()", "axios.isAxiosError()", "axios.create()", "AxiosError.**",
			"Headers.**", "Request.**", "Response.**", "FormData.**", "gql()", "createFetch()", "GraphQLClient.new()",
			"setGlobalDispatcher()",
			"Agent.**", "ProxyAgent.**", "createClient()", "HTTPError.**"),
	),
})

var _ = register(Library{
	Name:     "AI SDK",
	Source:   "https://ai-sdk.dev/docs/reference/ai-sdk-core",
	Packages: []string{"ai", "ai/rsc", "@ai-sdk/rsc"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: calls(`"a model"`)}, "generateText()", "generateObject()", "embed()", "embedMany()", "generateImage()",
			"experimental_generateImage()", "experimental_transcribe()", "experimental_generateSpeech()"),
		each(Meaning{Query: calls(`"a model"`)}, "streamText()", "streamObject()", "streamUI()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:   "Model providers",
	Source: "https://platform.openai.com/docs/libraries",
	Packages: []string{
		"openai", "@anthropic-ai/sdk", "@google/generative-ai", "@google/genai", "replicate", "groq-sdk", "cohere-ai",
		"@mistralai/mistralai", "together-ai", "openai-edge", "@fal-ai/client", "@huggingface/inference", "elevenlabs",
		"@deepgram/sdk",
	},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "request"}}, "*.new().webhooks.unwrap()"),
		awaited(Meaning{Query: calls(`"a model"`)}, "*.new().**.*()", "createClient().**.*()", "fal.*()"),
		quiet("*.new()", "createClient()", "*.new().getGenerativeModel()"),
	),
})

var _ = register(Library{
	Name:     "AI SDK providers",
	Source:   "https://ai-sdk.dev/providers/ai-sdk-providers",
	Packages: []string{"@ai-sdk/*", "@openrouter/ai-sdk-provider"},
	Meanings: quiet("**"),
})

var _ = register(Library{
	Name:   "Background jobs",
	Source: "https://trigger.dev/docs/triggering",
	Packages: []string{
		"@trigger.dev/sdk", "@trigger.dev/sdk/v3", "inngest", "bullmq", "bull", "@defer/client", "pg-boss",
		"graphile-worker", "@google-cloud/tasks", "@google-cloud/pubsub", "kafkajs", "amqplib", "@temporalio/client",
	},
	Meanings: slices.Concat(
		awaited(Meaning{Query: &Query{Kind: Service, Model: `"a background job"`, Data: []string{"1"}}},
			"tasks.*()", "Queue.new().add()", "Queue.new().addBulk()", "default.new().add()", "default.new().send()"),
		awaited(Meaning{Query: &Query{Kind: Service, Model: `"a background job"`, Data: []string{"0"}}},
			"*().trigger()", "*().batchTrigger()", "*().triggerAndWait()", "runs.*()", "schedules.create()", "schedules.update()",
			"schedules.del()", "Inngest.new().send()", "auth.createPublicToken()"),
		quiet("**"),
	),
})

var _ = register(Library{
	Name:     "Tinybird",
	Source:   "https://github.com/chronark/zod-bird",
	Packages: []string{"@chronark/zod-bird"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: &Query{
			Kind: Read, Model: `"Tinybird"`, Where: []string{"0"}, Result: Many, Envelope: "{data: result}",
		}}, "Tinybird.new().buildPipe()()"),
		awaited(Meaning{Query: &Query{Kind: Service, Model: `"Tinybird"`, Data: []string{"0"}, Result: Written}},
			"Tinybird.new().buildIngestEndpoint()()"),
		quiet("Tinybird.**", "Tinybird.new().**", "NoopTinybird.**"),
	),
})

// Anything that these clients are asked for is a call of their service.
var _ = register(Library{
	Name:   "Service clients",
	Source: "https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-server/",
	Packages: []string{
		"pusher", "ably", "@liveblocks/node", "algoliasearch", "meilisearch", "typesense", "@pinecone-database/pinecone",
		"@upstash/vector", "@upstash/search", "@qdrant/js-client-rest", "@notionhq/client", "notion-client", "@hubspot/api-client",
		"intercom-client", "@linear/sdk", "@team-plain/typescript-sdk", "@mendable/firecrawl-js", "tremendous", "dub",
		"livekit-server-sdk",
		"@mux/mux-node", "contentful", "contentful-management", "@sanity/client", "next-sanity", "@storyblok/js", "googleapis",
		"@vercel/sdk",
		"@novu/node", "@knocklabs/node", "@courier/node", "@onesignal/node-onesignal", "plaid", "@shopify/shopify-api",
		"twitter-api-v2",
		"@elastic/elasticsearch", "@clickhouse/client", "openid-client", "@badgateway/oauth2-client", "@google-cloud/bigquery",
		"snowflake-sdk", "@tinybirdco/sdk", "@openfga/sdk",
	},
	Meanings: slices.Concat(
		awaited(Meaning{Query: &Query{Kind: Service, Data: []string{"0", "1"}}},
			"*.new().**.*()", "*().**.*()", "google.*().**.*()"),
		quiet("*.new()", "*()", "google.**", "*.new().index()", "*().initIndex()", "*.new().namespace()"),
	),
})

var _ = register(Library{
	Name:     "SAML Jackson",
	Source:   "https://boxyhq.com/docs/jackson/deploy/npm-library",
	Packages: []string{"@boxyhq/saml-jackson"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: calls(`"the SSO service"`)}, "**.*()"),
		awaited(Meaning{Quiet: true}, "controllers()", "default()"),
	),
})
