package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/hub"
	"github.com/authdiff/authdiff/app/job"
	"github.com/authdiff/authdiff/app/sweep"
	"github.com/authdiff/authdiff/app/telemetry"
	"github.com/authdiff/authdiff/checks"
)

// options are what differs between an App that runs and one in a test.
type options struct {
	analyse Analyse              // nil: checks.Compare
	spans   trace.TracerProvider // nil: nowhere
	sweeps  bool                 // look for what events didn't tell
}

// build makes the App's parts and connects them.
func build(ctx context.Context, s config.Settings, log *slog.Logger, o options) (*App, error) {
	if !s.HasCredentials() {
		return nil, errors.New("the App has no credentials: set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET")
	}
	if o.analyse == nil {
		o.analyse = checks.Compare
	}
	log = telemetry.Logger(log)
	a := &App{analyse: o.analyse, meter: telemetry.New(o.spans), secrets: [][]byte{[]byte(s.WebhookSecret), []byte(s.PreviousSecret)}}
	var err error
	a.hub, err = hub.New(hub.Options{
		AppID: s.AppID, PrivateKey: []byte(s.PrivateKey), APIURL: s.APIURL, GraphQLURL: s.GraphQLURL, Log: log, Meter: a.meter,
	})
	if err != nil {
		return nil, err
	}
	jobs := job.Options{DatabaseURL: string(s.DatabaseURL), Dir: s.StateDir, Reviewer: a, Commits: a, Log: log, Meter: a.meter}
	sweeper := &sweep.Sweeper{Hub: a.hub, Log: log, Enterprise: s.Enterprise(), Now: time.Now}
	if o.sweeps {
		jobs.Sweeper = sweeper
	}
	if a.queue, err = job.Open(ctx, jobs); err != nil {
		return nil, err
	}
	sweeper.Queue = a.queue
	a.meter.WatchQueue(a.queue.State)
	a.handler = a.routes(s, log)
	return a, nil
}
