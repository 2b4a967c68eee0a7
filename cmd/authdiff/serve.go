package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/app"
	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/relay"
)

func newServe(sh shell) *cobra.Command {
	var channel string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the GitHub App: the webhook server and its workers",
		Long: `Runs the GitHub App: the webhook server and its workers, until it is interrupted.
A second interrupt ends it without waiting for the jobs at work; GitHub's state
lets the next start go on with them.

Settings come from the environment:

  APP_ID              the App's id
  PRIVATE_KEY         its private key (PEM; \n for line breaks, or base64)
  PRIVATE_KEY_PATH    or a file that holds it
  WEBHOOK_SECRET      the secret that GitHub signs deliveries with
  WEBHOOK_SECRET_PREVIOUS
                      the one before, accepted too while it is rotated
  HOST, PORT          where to listen (every interface, 3000)
  STATE_DIR           the folder of the queue's SQLite database; must outlive the process
  DATABASE_URL        postgres://…: keep the queue there instead, for several replicas
  WEBHOOK_ALLOW       github, or networks with commas between: who may deliver (everybody)
  TRUSTED_PROXIES     networks whose X-Forwarded-For header is believed for that
  GITHUB_API_URL      for GitHub Enterprise Server: https://HOST/api/v3
  GITHUB_GRAPHQL_URL  derived from the former when unset
  ADMIN_ADDR          health, metrics and profiles for operators (127.0.0.1:9090)
  OTEL_EXPORTER_OTLP_ENDPOINT
                      where to send traces, with OpenTelemetry's other variables
  LOG_LEVEL           debug, info, warn or error (info)
  LOG_FORMAT          text or json (text)
  SETUP               off: no set-up page while there are no credentials

Without APP_ID, a private key and WEBHOOK_SECRET it serves /setup, which registers
the App on GitHub, keeps its credentials in STATE_DIR for their owner alone, and
goes on as that App. The page asks for a one-time code that stands in the log.

--smee takes deliveries from the channel of a webhook proxy as well, for a
machine that GitHub can't reach.`,
		Example: `  authdiff serve
  APP_ID=1 WEBHOOK_SECRET=… PRIVATE_KEY_PATH=app.pem authdiff serve
  authdiff serve --smee https://smee.io/CHANNEL`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settings, err := config.FromEnv(sh.getenv)
			if err != nil {
				return err
			}
			if channel != "" {
				if err := relay.CheckChannel(channel); err != nil {
					return fmt.Errorf("--smee: %w", err)
				}
			}
			return app.Serve(cmd.Context(), settings, settings.Logger(sh.err), channel)
		},
	}
	cmd.Flags().StringVar(&channel, "smee", "", "the channel of a webhook proxy: https://smee.io/…")
	return cmd
}
