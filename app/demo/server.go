package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"time"

	"github.com/authdiff/authdiff/app"
	"github.com/authdiff/authdiff/app/config"
	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/webhook"
	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/compare"
)

const (
	stopTimeout   = 30 * time.Second // for jobs and requests that are under way
	headerTimeout = 10 * time.Second
)

// server is the App on a loopback port, with its database in a temporary
// folder.
type server struct {
	app      *app.App
	http     *http.Server
	base     string // "http://127.0.0.1:PORT"
	state    string
	analysed atomic.Pointer[compare.Result]
}

// startServer runs the App against the stand-in for GitHub.
func startServer(ctx context.Context, github *sandbox.Server, log *slog.Logger) (s *server, err error) {
	api, err := url.Parse(github.URL())
	if err != nil {
		return nil, fmt.Errorf("read the stand-in's address: %w", err)
	}
	state, err := os.MkdirTemp("", "authdiff-demo-*")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the queue's database: %w", err)
	}
	s = &server{state: state}
	s.app, err = app.New(ctx, config.Settings{
		AppID:         github.AppID(),
		PrivateKey:    config.Secret(github.PrivateKey()),
		WebhookSecret: config.Secret(github.WebhookSecret()),
		APIURL:        api,
		StateDir:      state,
	}, log, s.analyse)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(state))
	}
	if err := s.listen(ctx, log); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// listen opens the App's port and begins its work.
func (s *server) listen(ctx context.Context, log *slog.Logger) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for deliveries: %w", err)
	}
	s.base = "http://" + listener.Addr().String()
	s.http = &http.Server{
		Handler: s.app.Handler(), ReadHeaderTimeout: headerTimeout,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	// Serve returns when stop is called, and tells nothing else of interest.
	go func() { _ = s.http.Serve(listener) }()
	return s.app.Start(ctx)
}

// analyse is the real comparison; the demo keeps its result to print it.
func (s *server) analyse(ctx context.Context, in checks.Input) (*compare.Result, error) {
	result, err := checks.Compare(ctx, in)
	if err == nil {
		s.analysed.Store(result)
	}
	return result, err
}

// result is what the analysis gave; empty while, or when, it gave nothing.
func (s *server) result() *compare.Result {
	if r := s.analysed.Load(); r != nil {
		return r
	}
	return &compare.Result{}
}

// hook is the address for deliveries.
func (s *server) hook() string { return s.base + webhook.Path }

// stop ends the server and removes its folder. Its own context lets it end
// properly after an interrupt.
func (s *server) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	var err error
	if s.http != nil {
		err = s.http.Shutdown(ctx)
	}
	return errors.Join(err, s.app.Stop(ctx), os.RemoveAll(s.state))
}
