package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/job"
	"github.com/authdiff/authdiff/app/relay"
	"github.com/authdiff/authdiff/app/webhook"
)

// Bounds of serving. GitHub waits 10 s for an answer, and a body of 25 MB takes
// a while; nothing that the App answers does.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	writeTimeout  = time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	readyTimeout  = 2 * time.Second
	drainTimeout  = 10 * time.Second // for requests that are under way at the end
	stopTimeout   = 30 * time.Second // for jobs that are
)

// Serve runs the App until ctx ends, and then lets requests and jobs that are
// under way finish, for a bounded time. Without credentials it serves the
// set-up pages first, unless settings refuse that, and goes on as the App that
// comes out of them. channel is the address of a webhook proxy's channel to take
// deliveries from as well, empty for none. A nil error means that it was asked
// to end and did.
func Serve(ctx context.Context, s config.Settings, log *slog.Logger, channel string) error {
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
	a, err := New(ctx, s, log, nil)
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, a.Stop(ctx))
	}
	go a.tellMissing(ctx, s.APIURL, log)
	if channel != "" {
		go relay.Follow(ctx, channel, Address(s), log)
	}
	err = listen(ctx, s, log, a.Handler(), a.queue)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return errors.Join(err, a.Stop(stopping))
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
func routes(queue *job.Queue, secrets [][]byte, log *slog.Logger) http.Handler {
	e := newRouter(queue)
	receiver := &webhook.Receiver{Secrets: secrets, Queue: queue, Log: log}
	e.POST(webhook.Path, receiver.Receive)
	e.GET("/", func(c echo.Context) error {
		return c.String(http.StatusOK, "authdiff is running. GitHub sends its deliveries to "+webhook.Path+".\n")
	})
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
func listen(ctx context.Context, s config.Settings, log *slog.Logger, public http.Handler, r readiness) error {
	publicPort, err := net.Listen("tcp", publicAddr(s))
	if err != nil {
		return fmt.Errorf("listen for deliveries: %w: set PORT or HOST", err)
	}
	adminPort, err := net.Listen("tcp", s.AdminAddr)
	if err != nil {
		return errors.Join(fmt.Errorf("listen for operators: %w: set ADMIN_ADDR", err), publicPort.Close())
	}
	servers := []*http.Server{newServer(public, log), newServer(newRouter(r), log)}
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
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	for _, server := range servers {
		if shutdownErr := server.Shutdown(draining); shutdownErr != nil {
			err = errors.Join(err, fmt.Errorf("end requests: %w", shutdownErr), server.Close())
		}
	}
	return err
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
