package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/hub"
	"github.com/authdiff/authdiff/app/relay"
	"github.com/authdiff/authdiff/app/telemetry"
	"github.com/authdiff/authdiff/app/webhook"
)

// Bounds of serving. GitHub waits 10 s for an answer, and a body of 25 MB takes
// a while; nothing that the App answers does.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	writeTimeout  = 2 * time.Minute // a profile takes its time
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	readyTimeout  = 2 * time.Second
	drainTimeout  = 10 * time.Second // for requests that are under way at the end
	stopTimeout   = 30 * time.Second // for jobs that are
	checkTimeout  = 15 * time.Second // for GitHub's answer at the start
	rangesEvery   = time.Hour
	rangesRetry   = 30 * time.Second
)

// Serve runs the App until ctx ends, and then lets requests and jobs that are
// under way finish, for a bounded time. Without credentials it serves the
// set-up pages first, unless settings refuse that, and goes on as the App that
// comes out of them. channel is the address of a webhook proxy's channel to take
// deliveries from as well, empty for none. A nil error means that it was asked
// to end and did.
func Serve(ctx context.Context, s config.Settings, log *slog.Logger, channel string) error {
	log = telemetry.Logger(log)
	s, err := WithSaved(s)
	if err != nil {
		return err
	}
	if !s.HasCredentials() {
		if !s.Setup {
			return errors.New("the App has no credentials and SETUP is off: set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET")
		}
		if err := serveSetup(ctx, s, log, channel); err != nil || ctx.Err() != nil {
			return err
		}
		if s, err = WithSaved(s); err != nil {
			return err
		}
	}
	spans, stopSpans, err := telemetry.Spans(ctx, os.Getenv)
	if err != nil {
		return err
	}
	a, err := build(ctx, s, log, options{spans: spans, sweeps: true})
	if err != nil {
		return err
	}
	err = a.serve(ctx, s, log, channel)
	return errors.Join(err, within(ctx, stopTimeout, a.Stop), within(ctx, drainTimeout, stopSpans))
}

// serve checks that GitHub takes the App for who it says it is, and then does
// its work. At the end readiness goes first; deliveries are accepted until the
// jobs at work have ended or were handed back.
func (a *App) serve(ctx context.Context, s config.Settings, log *slog.Logger, channel string) error {
	if err := a.checkSelf(ctx, log); err != nil {
		return err
	}
	if s.AllowGitHub {
		go a.followRanges(ctx, log)
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	go a.tellMissing(ctx, s.APIURL, log)
	if channel != "" {
		go relay.Follow(ctx, channel, Address(s), log)
	}
	return listen(ctx, s, log, a.handler, a.admin(), a.queue.Finish)
}

// checkSelf fails for settings that no later try can succeed with. GitHub being
// away is no reason not to accept deliveries.
func (a *App) checkSelf(ctx context.Context, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	err := a.hub.CheckSelf(ctx)
	var misconfigured *hub.MisconfiguredError
	if err == nil || errors.As(err, &misconfigured) {
		return err
	}
	log.WarnContext(ctx, "GitHub could not be asked about the App; its settings are not checked", "error", err)
	return nil
}

// followRanges keeps the addresses that GitHub delivers from up to date.
func (a *App) followRanges(ctx context.Context, log *slog.Logger) {
	for {
		wait := rangesEvery
		ranges, err := a.hub.HookRanges(ctx)
		if err == nil {
			a.allow.Set(ranges)
		} else {
			log.WarnContext(ctx, "GitHub's addresses could not be read, to be repeated", "error", err)
			wait = rangesRetry
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// Address is where deliveries are taken, as this machine reaches it.
func Address(s config.Settings) string {
	if s.Host == "" {
		s.Host = "127.0.0.1"
	}
	return "http://" + publicAddr(s) + webhook.Path
}

// readiness says why requests can't be served, or nil.
type readiness interface {
	Ready(ctx context.Context) error
}

// routes are the App's public routes.
func (a *App) routes(s config.Settings, log *slog.Logger) http.Handler {
	if s.AllowGitHub || len(s.Allow) > 0 {
		a.allow = &webhook.Allow{Proxies: s.TrustedProxies}
		if !s.AllowGitHub {
			a.allow.Set(s.Allow)
		}
	}
	e := newRouter(a.queue)
	receiver := &webhook.Receiver{
		Secrets: a.secrets, Queue: a.queue, Log: log, Meter: a.meter, Allow: a.allow,
	}
	e.POST(webhook.Path, receiver.Receive)
	e.GET("/", func(c echo.Context) error {
		return c.String(http.StatusOK, "authdiff is running. GitHub sends its deliveries to "+webhook.Path+".\n")
	})
	return e
}

// admin are the operators' routes: health, metrics, and profiles.
func (a *App) admin() http.Handler {
	e := newRouter(a.queue)
	e.GET("/metrics", echo.WrapHandler(a.meter.Handler()))
	for path, handler := range map[string]http.HandlerFunc{
		"/debug/pprof/": pprof.Index, "/debug/pprof/:profile": pprof.Index, "/debug/pprof/cmdline": pprof.Cmdline,
		"/debug/pprof/profile": pprof.Profile, "/debug/pprof/symbol": pprof.Symbol, "/debug/pprof/trace": pprof.Trace,
	} {
		e.GET(path, echo.WrapHandler(handler))
	}
	return e
}

// newRouter has what every server of ours answers: whether it lives, and
// whether it can do its work.
func newRouter(r readiness) *echo.Echo {
	e := echo.New()
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	e.GET("/readyz", func(c echo.Context) error {
		ctx, cancel := context.WithTimeout(c.Request().Context(), readyTimeout)
		defer cancel()
		if err := r.Ready(ctx); err != nil {
			return c.String(http.StatusServiceUnavailable, "not ready\n")
		}
		return c.String(http.StatusOK, "ready\n")
	})
	return e
}

// listen serves the public and the operators' port until ctx ends or one fails.
// Then finish is called, when there is one, while both are still served.
func listen(ctx context.Context, s config.Settings, log *slog.Logger, public, admin http.Handler, finish func(context.Context) error) error {
	publicPort, err := net.Listen("tcp", publicAddr(s))
	if err != nil {
		return fmt.Errorf("listen for deliveries: %w: set PORT or HOST", err)
	}
	adminPort, err := net.Listen("tcp", s.AdminAddr)
	if err != nil {
		return errors.Join(fmt.Errorf("listen for operators: %w: set ADMIN_ADDR", err), publicPort.Close())
	}
	servers := []*http.Server{newServer(public, log), newServer(admin, log)}
	failed := make(chan error, len(servers))
	for i, port := range []net.Listener{publicPort, adminPort} {
		go func() { failed <- servers[i].Serve(port) }()
	}
	log.Info("serving", "addr", publicPort.Addr().String(), "admin", adminPort.Addr().String())
	select {
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
		log.Info("stopping")
	}
	if finish != nil {
		err = errors.Join(err, within(ctx, stopTimeout, finish))
	}
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	for _, server := range servers {
		if shutdownErr := server.Shutdown(draining); shutdownErr != nil {
			err = errors.Join(err, fmt.Errorf("end requests: %w", shutdownErr), server.Close())
		}
	}
	return err
}

// within calls f with a time of its own, also when ctx has ended.
func within(ctx context.Context, most time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), most)
	defer cancel()
	return f(ctx)
}

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

func publicAddr(s config.Settings) string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }
