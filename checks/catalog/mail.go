package catalog

import "slices"

func mails(data string) *Query { return &Query{Kind: Mail, Model: `"a mail"`, Data: []string{data}} }

var _ = register(Library{
	Name:        "Resend",
	Source:      "https://resend.com/docs/api-reference/emails/send-email",
	Packages:    []string{"resend", "unsend", "usesend-js"},
	Distinctive: []string{"Resend"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: mails("0")}, "*.new().emails.send()", "*.new().emails.create()", "*.new().batch.send()", "*.new().broadcasts.send()"),
		each(Meaning{Verify: &Verify{Proof: Proof{Kind: Signature}, Shape: "request"}}, "Resend.new().webhooks.verify()"),
		awaited(Meaning{Query: calls(`"the mail service"`)}, "*.new().**.*()"),
		quiet("*.new()"),
	),
})

var _ = register(Library{
	Name:     "Nodemailer",
	Source:   "https://nodemailer.com/usage/",
	Packages: []string{"nodemailer"},
	Meanings: slices.Concat(
		awaited(Meaning{Query: mails("0")}, "createTransport().sendMail()"),
		quiet("createTransport()", "createTransport().verify()", "createTransport().close()", "createTestAccount()", "getTestMessageUrl()"),
	),
})

var _ = register(Library{
	Name:   "Mail services",
	Source: "https://postmarkapp.com/developer/integration/official-libraries",
	Packages: []string{
		"postmark", "@sendgrid/mail", "mailgun.js", "loops", "@getbrevo/brevo", "@aws-sdk/client-ses", "@aws-sdk/client-sesv2",
		"@mailchimp/mailchimp_transactional", "@plunk/node", "mailersend", "@customerio/customerio-node", "web-push",
		"expo-server-sdk",
	},
	Meanings: slices.Concat(
		awaited(Meaning{Query: mails("0")},
			"send()", "sendMultiple()", "sendNotification()", "*.new().send*()", "*.new().emails.send()", "*.new().email.send()",
			"*.new().client().messages.create()", "default().messages.send()"),
		awaited(Meaning{Query: calls(`"the mail service"`)}, "*.new().**.*()"),
		quiet("*.new()", "default()", "setApiKey()", "setVapidDetails()", "*.new().client()", "*.new().setApiKey()"),
	),
})

var _ = register(Library{
	Name:   "Mail templates",
	Source: "https://react.email/docs/utilities/render",
	Packages: []string{
		"@react-email/render", "@react-email/components", "@react-email/*", "react-email", "mjml", "mjml-react", "@maizzle/framework",
	},
	Meanings: quiet("**"),
})
