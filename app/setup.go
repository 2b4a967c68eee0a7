package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/hub"
	"github.com/authdiff/authdiff/app/setup"
	"github.com/authdiff/authdiff/app/webhook"
)

// grantsTimeout bounds how long the App's registration is asked about.
const grantsTimeout = time.Minute

// WithSaved returns the settings with the credentials that the set-up pages
// saved, where they have none themselves.
func WithSaved(s config.Settings) (config.Settings, error) {
	if s.HasCredentials() || s.StateDir == "" {
		return s, nil
	}
	saved, found, err := setup.Load(s.StateDir)
	if err != nil || !found {
		return s, err
	}
	if saved.APIURL != s.APIURL.String() {
		return s, fmt.Errorf("%s in the state directory belongs to the App at %s: set GITHUB_API_URL to it, or remove the file to set up another", setup.File, saved.APIURL)
	}
	s.AppID, s.PrivateKey, s.WebhookSecret = saved.AppID, config.Secret(saved.PrivateKey), config.Secret(saved.WebhookSecret)
	return s, nil
}

// notSetUp is the readiness of a server without credentials.
type notSetUp struct{}

// Ready implements readiness.
func (notSetUp) Ready(context.Context) error { return errors.New("the App has no credentials") }

// serveSetup serves the set-up pages until they have done their work, or ctx
// ends.
func serveSetup(ctx context.Context, s config.Settings, log *slog.Logger, channel string) error {
	pages := newSetup(s, log, channel)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-pages.Done():
			cancel()
		case <-ctx.Done():
		}
	}()
	return listen(ctx, s, log, setupRoutes(pages), newRouter(notSetUp{}), nil)
}

func newSetup(s config.Settings, log *slog.Logger, channel string) *setup.Server {
	return setup.New(setup.Options{
		Dir: s.StateDir, APIURL: s.APIURL, Hook: channel, HookPath: webhook.Path, Log: log,
		Convert: func(ctx context.Context, code string) (setup.Credentials, error) {
			app, err := hub.ConvertManifest(ctx, s.APIURL, code)
			return setup.Credentials{
				AppID: app.ID, APIURL: s.APIURL.String(), Slug: app.Slug, URL: app.URL,
				PrivateKey: app.PrivateKey, WebhookSecret: app.WebhookSecret,
			}, err
		},
	})
}

// setupRoutes serve the set-up pages. Deliveries fail, so that GitHub lists them
// as to be redelivered.
func setupRoutes(pages *setup.Server) http.Handler {
	e := newRouter(notSetUp{})
	pages.Register(e)
	e.POST(webhook.Path, func(c echo.Context) error {
		return c.String(http.StatusServiceUnavailable, "the App is not set up yet\n")
	})
	return e
}

// tellMissing compares what the App was granted with what its work takes, and
// says in the log what is missing and where to add it. The App runs all the
// same: what it may do, it does.
func (a *App) tellMissing(ctx context.Context, api *url.URL, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, grantsTimeout)
	defer cancel()
	grants, err := a.hub.Grants(ctx)
	if err != nil {
		log.Warn("the App's permissions and events could not be compared with the manifest", "error", err)
		return
	}
	_, server := setup.Site(api)
	complete := true
	for _, g := range grants {
		missing := setup.Missing(g.Permissions, g.Events, server)
		if len(missing) == 0 {
			continue
		}
		complete = false
		if g.Account == "" {
			log.Error("the App's registration lacks what its work takes: add it on the App's settings page",
				"missing", strings.Join(missing, "; "), "page", g.URL)
		} else {
			log.Error("an installation has not agreed to what the App's work takes: its owner has to",
				"account", g.Account, "missing", strings.Join(missing, "; "), "page", g.URL)
		}
	}
	if complete {
		log.Info("the App has every permission and event of its manifest", "installations", len(grants)-1)
	}
}
