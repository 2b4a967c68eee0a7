// Package config turns the environment into the App's validated settings. It is
// the only place that knows the variables' names and their defaults.
//
// Every problem is found in one pass and told in one line that names the
// variable and what to do; a secret's value is never part of it.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Settings is what the App runs with. FromEnv makes it; it is not changed
// afterwards.
type Settings struct {
	AppID         int64
	PrivateKey    Secret // PEM
	WebhookSecret Secret
	// PreviousSecret is a second secret that deliveries may be signed with, while
	// the first one is being rotated in; empty otherwise.
	PreviousSecret Secret

	Host string // address to listen on; empty means every interface
	Port int

	// Allow limits the addresses that deliveries come from, AllowGitHub to those
	// that GitHub names; neither means no limit. Behind TrustedProxies the address
	// is that of X-Forwarded-For.
	Allow          []netip.Prefix
	AllowGitHub    bool
	TrustedProxies []netip.Prefix

	// AdminAddr is where operators reach health, apart from the public port.
	AdminAddr string

	APIURL     *url.URL // without a slash at its end
	GraphQLURL *url.URL

	// DatabaseURL is the address of a PostgreSQL database. Empty means SQLite in
	// StateDir, for a single process.
	DatabaseURL Secret
	// StateDir holds the SQLite database and must outlive the process.
	StateDir string

	LogLevel  slog.Level
	LogFormat string // "text" or "json"

	// Setup says whether a server without credentials shows its set-up page.
	Setup bool
}

// Defaults of the variables; GITHUB_GRAPHQL_URL and STATE_DIR are derived.
const (
	defaultPort      = 3000
	defaultAPIURL    = "https://api.github.com"
	defaultAdminAddr = "127.0.0.1:9090"
)

// HasCredentials reports whether the App can act: it knows who it is, can prove
// it, and can tell GitHub's deliveries from forged ones.
func (s Settings) HasCredentials() bool {
	return s.AppID != 0 && s.PrivateKey != "" && s.WebhookSecret != ""
}

// Enterprise reports whether GitHub is an Enterprise Server.
func (s Settings) Enterprise() bool {
	return s.APIURL != nil && strings.TrimSuffix(s.APIURL.Path, "/") == "/api/v3"
}

// Logger returns the logger that LogLevel and LogFormat ask for.
func (s Settings) Logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.LogLevel}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// FromEnv reads the settings through getenv, which answers as os.Getenv does.
// The error, when there is one, joins one error per problem.
func FromEnv(getenv func(string) string) (Settings, error) {
	r := reader{getenv: getenv}
	s := Settings{
		AppID:         r.appID(),
		PrivateKey:    r.privateKey(),
		WebhookSecret: r.secret("WEBHOOK_SECRET"), PreviousSecret: r.secret("WEBHOOK_SECRET_PREVIOUS"),
		Host:        r.host(),
		Port:        r.port(),
		AdminAddr:   r.address("ADMIN_ADDR", defaultAdminAddr),
		APIURL:      r.endpoint("GITHUB_API_URL", defaultAPIURL),
		DatabaseURL: r.databaseURL(),
		StateDir:    r.stateDir(),
		LogLevel:    r.logLevel(),
		LogFormat:   r.logFormat(),
		Setup:       r.setup(),
	}
	if !s.AllowGitHub {
		s.Allow = r.ranges("WEBHOOK_ALLOW", "github, or to addresses like 192.30.252.0/22, with commas between")
	}
	s.TrustedProxies = r.ranges("TRUSTED_PROXIES", "the proxies' addresses, like 10.0.0.0/8, with commas between")
	if s.APIURL != nil {
		s.GraphQLURL = r.endpoint("GITHUB_GRAPHQL_URL", graphQL(s.APIURL))
	}
	r.credentials()
	return s, errors.Join(r.problems...)
}

// reader collects the problems while the variables are read.
type reader struct {
	getenv   func(string) string
	problems []error
}

func (r *reader) problem(name, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...)))
}

// credentials finds the set that is half there: a server that starts with it
// would look healthy and answer nobody.
func (r *reader) credentials() {
	key := cmp.Or(r.getenv("PRIVATE_KEY"), r.getenv("PRIVATE_KEY_PATH"))
	parts := []struct{ name, value, what string }{
		{"APP_ID", r.getenv("APP_ID"), "the App's id, from its settings page"},
		{"PRIVATE_KEY", key, "the App's private key, or PRIVATE_KEY_PATH to its file"},
		{"WEBHOOK_SECRET", r.getenv("WEBHOOK_SECRET"), "the secret from the App's settings page"},
	}
	var missing []int
	for i, p := range parts {
		if p.value == "" {
			missing = append(missing, i)
		}
	}
	if len(missing) == len(parts) {
		return
	}
	for _, i := range missing {
		r.problem(parts[i].name, "is not set although other App credentials are: set it to %s", parts[i].what)
	}
}

// stateDir follows the platform's custom for files that a program keeps between
// runs: the XDG base directories, or their counterparts.
func (r *reader) stateDir() string {
	if dir := r.getenv("STATE_DIR"); dir != "" {
		abs, err := filepath.Abs(dir)
		if err != nil {
			r.problem("STATE_DIR", "has no absolute path (%v): set it to one", err)
		}
		return abs
	}
	home := r.getenv("HOME")
	switch {
	case runtime.GOOS == "windows" && r.getenv("LocalAppData") != "":
		return filepath.Join(r.getenv("LocalAppData"), "authdiff")
	case filepath.IsAbs(r.getenv("XDG_STATE_HOME")):
		return filepath.Join(r.getenv("XDG_STATE_HOME"), "authdiff")
	case runtime.GOOS == "darwin" && home != "":
		return filepath.Join(home, "Library", "Application Support", "authdiff")
	case home != "":
		return filepath.Join(home, ".local", "state", "authdiff")
	}
	r.problem("STATE_DIR", "is not set and there is no home directory: set it to a folder that outlives the process")
	return ""
}

// databaseURL takes what PostgreSQL's own tools take. Its content is never shown:
// it may carry a password.
func (r *reader) databaseURL() Secret {
	value := r.getenv("DATABASE_URL")
	scheme, rest, _ := strings.Cut(value, "://")
	switch {
	case value == "":
		return ""
	case scheme != "postgres" && scheme != "postgresql" || rest == "":
		r.problem("DATABASE_URL", "is not an address of a PostgreSQL database: set it to postgres://USER:PASSWORD@HOST:PORT/DATABASE, or leave it unset to keep the queue in STATE_DIR")
		return ""
	}
	return Secret(value)
}

// clip keeps a value that is shown in an error to one short line.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// readKeyFile reads a key with a bound: the path may name anything.
func readKeyFile(path string) ([]byte, error) {
	const most = 64 << 10
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}
