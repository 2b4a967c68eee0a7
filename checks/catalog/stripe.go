package catalog

import "slices"

var _ = register(Library{
	Name:        "Stripe",
	Source:      "https://docs.stripe.com/webhooks",
	Packages:    []string{"stripe"},
	Distinctive: []string{"Stripe"},
	Meanings:    slices.Concat(stripeClient("default.new()"), stripeClient("Stripe.new()")),
})

func stripeClient(root string) []Meaning {
	event := Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "request"}}
	return slices.Concat(
		each(event, root+".webhooks.constructEvent()"),
		awaited(event, root+".webhooks.constructEventAsync()"),
		awaited(Meaning{Query: &Query{Kind: Service, Model: `"Stripe"`, Data: []string{"0", "1"}}}, root+".**.*()"),
		quiet(root, root+".webhooks.generateTestHeaderString()"),
	)
}

var _ = register(Library{
	Name:     "Stripe in the browser",
	Source:   "https://docs.stripe.com/js",
	Packages: []string{"@stripe/stripe-js", "@stripe/react-stripe-js"},
	Meanings: quiet("**"),
})

var _ = register(Library{
	Name:   "Payments",
	Source: "https://developer.paddle.com/sdks/libraries/node",
	Packages: []string{
		"@paddle/paddle-node-sdk", "@lemonsqueezy/lemonsqueezy.js", "@polar-sh/sdk", "braintree", "razorpay", "square",
	},
	Meanings: slices.Concat(
		awaited(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "request"}}, "Paddle.new().webhooks.unmarshal()"),
		[]Meaning{
			{Path: "Paddle.new().webhooks.isSignatureValid()", Async: true, Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}},
			{Path: "default.validateWebhookSignature()", Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}},
			{Path: "validateWebhookSignature()", Verify: &Verify{Proof: Proof{Kind: Signature}, Bool: true}},
			{Path: "lemonSqueezySetup()", Quiet: true},
		},
		awaited(Meaning{Query: calls(`"the payment service"`)}, "*.new().**.*()", "*()"),
	),
})

var _ = register(Library{
	Name:     "Polar webhooks",
	Source:   "https://docs.polar.sh/integrate/sdk/adapters/nextjs",
	Packages: []string{"@polar-sh/sdk/webhooks"},
	Meanings: each(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "request"}}, "validateEvent()"),
})
