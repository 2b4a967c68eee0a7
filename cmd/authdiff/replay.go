package main

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/authdiff/authdiff/app"
	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/relay"
)

func newReplay(sh shell) *cobra.Command {
	var event, to string
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "Deliver a saved webhook delivery to a running server",
		Long: `Delivers a saved webhook delivery to a running server, signed anew with
WEBHOOK_SECRET and with an id of its own.

FILE holds what GitHub's API tells of a delivery (GET /app/hook/deliveries/ID), a
message of a webhook proxy, or a payload alone, whose event --event names; - is
standard input. The server is the one that this environment's HOST and PORT name.`,
		Example: `  gh api /app/hook/deliveries/ID > delivery.json && authdiff replay delivery.json
  authdiff replay --event pull_request payload.json
  authdiff replay --to http://127.0.0.1:3000/api/github/webhooks - < delivery.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			settings, err := config.FromEnv(sh.getenv)
			if err != nil {
				return err
			}
			if settings, err = app.WithSaved(settings); err != nil {
				return err
			}
			if settings.WebhookSecret == "" {
				return errors.New("WEBHOOK_SECRET: is not set, and the state directory has no App's: the delivery can't be signed")
			}
			delivery, err := relay.Read(args[0], event, sh.in)
			if err != nil {
				return err
			}
			if to == "" {
				to = app.Address(settings)
			}
			status, answer, err := relay.Post(cmd.Context(), to, delivery.Sign([]byte(settings.WebhookSecret)))
			if err != nil {
				return fmt.Errorf("%w: is the server running there?", err)
			}
			if status >= http.StatusBadRequest {
				return fmt.Errorf("the server refused the delivery: %d %s", status, answer)
			}
			_, err = fmt.Fprintf(sh.out, "%d %s\n", status, oneLine(answer))
			return err
		},
	}
	cmd.Flags().StringVar(&event, "event", "", "the event's name, such as pull_request, where the file doesn't say")
	cmd.Flags().StringVar(&to, "to", "", "where to deliver, instead of HOST and PORT: http://host:port/api/github/webhooks")
	return cmd
}
