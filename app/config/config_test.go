package config

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var testKey = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return string(pem.EncodeToMemory(block))
})

// env answers from pairs, with what every valid environment has.
func env(pairs ...string) func(string) string {
	values := map[string]string{"HOME": "/home/reader"}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return values[name] }
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	s, err := FromEnv(env())
	if err != nil {
		t.Fatal(err)
	}
	if s.HasCredentials() {
		t.Error("an empty environment has credentials")
	}
	got := fmt.Sprintln(s.Host, s.Port, s.AdminAddr, s.APIURL, s.GraphQLURL, s.LogLevel, s.LogFormat, s.Setup)
	want := fmt.Sprintln("", 3000, "127.0.0.1:9090", "https://api.github.com", "https://api.github.com/graphql", slog.LevelInfo, "text", true)
	if got != want {
		t.Errorf("defaults\n got %s\nwant %s", got, want)
	}
	if !strings.HasSuffix(s.StateDir, "authdiff") || !filepath.IsAbs(s.StateDir) {
		t.Errorf("StateDir = %q", s.StateDir)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		env  func(string) string
		get  func(Settings) any
		want any
	}{
		{"port", env("PORT", "8080"), func(s Settings) any { return s.Port }, 8080},
		{"address of every interface", env("HOST", "0.0.0.0"), func(s Settings) any { return s.Host }, "0.0.0.0"},
		{"IPv6 in brackets", env("HOST", "[::1]"), func(s Settings) any { return s.Host }, "::1"},
		{"Probot's trace", env("LOG_LEVEL", "trace"), func(s Settings) any { return s.LogLevel }, slog.LevelDebug},
		{"Probot's pretty", env("LOG_FORMAT", "pretty"), func(s Settings) any { return s.LogFormat }, "text"},
		{"JSON", env("LOG_FORMAT", "JSON"), func(s Settings) any { return s.LogFormat }, "json"},
		{"no set-up page", env("SETUP", "off"), func(s Settings) any { return s.Setup }, false},
		{"Enterprise Server", env("GITHUB_API_URL", "https://git.example.com/api/v3/"), func(s Settings) any { return s.APIURL.String() }, "https://git.example.com/api/v3"},
		{"Enterprise Server's GraphQL", env("GITHUB_API_URL", "https://git.example.com/api/v3"), func(s Settings) any { return s.GraphQLURL.String() }, "https://git.example.com/api/graphql"},
		{"GraphQL as told", env("GITHUB_GRAPHQL_URL", "https://git.example.com/q"), func(s Settings) any { return s.GraphQLURL.String() }, "https://git.example.com/q"},
		{"http on this machine", env("GITHUB_API_URL", "http://127.0.0.1:4000"), func(s Settings) any { return s.APIURL.String() }, "http://127.0.0.1:4000"},
		{"state directory", env("STATE_DIR", "/var/lib/authdiff"), func(s Settings) any { return s.StateDir }, "/var/lib/authdiff"},
		{"XDG state directory", env("XDG_STATE_HOME", "/x"), func(s Settings) any { return s.StateDir }, "/x/authdiff"},
		{"admin address", env("ADMIN_ADDR", ":9999"), func(s Settings) any { return s.AdminAddr }, ":9999"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := FromEnv(tt.env)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.get(s); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value, want string
	}{
		{"APP_ID", "twelve", `APP_ID: "twelve" is not a positive number`},
		{"APP_ID", "-1", "APP_ID:"},
		{"PORT", "0", "PORT:"},
		{"PORT", "70000", `PORT: "70000" is not a port: set it to a number from 1 to 65535`},
		{"HOST", "example.com:80", "HOST:"},
		{"HOST", "http://example.com", "HOST:"},
		{"ADMIN_ADDR", "9090", "ADMIN_ADDR:"},
		{"ADMIN_ADDR", "localhost:many", "ADMIN_ADDR:"},
		{"LOG_LEVEL", "loud", "LOG_LEVEL:"},
		{"LOG_FORMAT", "xml", "LOG_FORMAT:"},
		{"SETUP", "maybe", "SETUP:"},
		{"GITHUB_API_URL", "api.github.com", "GITHUB_API_URL:"},
		{"GITHUB_API_URL", "http://git.example.com/api/v3", `GITHUB_API_URL: uses "http"`},
		{"GITHUB_API_URL", "https://user:word@git.example.com", "GITHUB_API_URL:"},
		{"GITHUB_GRAPHQL_URL", "ftp://git.example.com", "GITHUB_GRAPHQL_URL:"},
		{"DATABASE_URL", "mysql://db/authdiff", "DATABASE_URL: is not an address of a PostgreSQL database"},
		{"WEBHOOK_ALLOW", "192.30.252.0/22, github", "WEBHOOK_ALLOW: \"github\" is not an address: set it to github, or to"},
		{"TRUSTED_PROXIES", "10.0.0.0/80", "TRUSTED_PROXIES: \"10.0.0.0/80\" is not an address"},
		{"WEBHOOK_SECRET_PREVIOUS", "hush ", "WEBHOOK_SECRET_PREVIOUS: begins or ends with white space"},
		{"PRIVATE_KEY", "not a key", "PRIVATE_KEY: holds no PEM block"},
		{"PRIVATE_KEY_PATH", "/nowhere/key.pem", "PRIVATE_KEY_PATH: cannot be read"},
		{"WEBHOOK_SECRET", "hush\n", "WEBHOOK_SECRET: begins or ends with white space"},
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.value, func(t *testing.T) {
			t.Parallel()
			_, err := FromEnv(env(tt.name, tt.value))
			if err == nil {
				t.Fatal("accepted")
			}
			first, _, _ := strings.Cut(err.Error(), "\n")
			if !strings.HasPrefix(first, tt.want) {
				t.Errorf("got  %s\nwant %s…", first, tt.want)
			}
		})
	}
}

func TestProblemsAreToldTogether(t *testing.T) {
	t.Parallel()
	_, err := FromEnv(func(name string) string {
		return map[string]string{"APP_ID": "7", "PORT": "x", "LOG_LEVEL": "loud"}[name]
	})
	if err == nil {
		t.Fatal("accepted")
	}
	lines := strings.Split(err.Error(), "\n")
	want := []string{"PORT:", "STATE_DIR:", "LOG_LEVEL:", "PRIVATE_KEY:", "WEBHOOK_SECRET:"}
	if len(lines) != len(want) {
		t.Fatalf("got %d lines, want %d:\n%s", len(lines), len(want), err)
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, want[i]) {
			t.Errorf("line %d is %q, want %s…", i, line, want[i])
		}
	}
}

func TestPrivateKeySpellings(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(path, []byte(testKey()), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, variable, value string }{
		{"PEM", "PRIVATE_KEY", testKey()},
		{"one line", "PRIVATE_KEY", strings.ReplaceAll(testKey(), "\n", `\n`)},
		{"base64", "PRIVATE_KEY", base64.StdEncoding.EncodeToString([]byte(testKey()))},
		{"file", "PRIVATE_KEY_PATH", path},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, err := FromEnv(env("APP_ID", "7", "WEBHOOK_SECRET", "hush", tt.variable, tt.value))
			if err != nil {
				t.Fatal(err)
			}
			if strings.TrimSpace(string(s.PrivateKey)) != strings.TrimSpace(testKey()) {
				t.Error("the key is not the one that was given")
			}
			if !s.HasCredentials() {
				t.Error("complete credentials are not seen as such")
			}
		})
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	s, err := FromEnv(env("APP_ID", "7", "WEBHOOK_SECRET", "hush-hush", "PRIVATE_KEY", testKey()))
	if err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	s.Logger(&logged).Info("settings", "settings", s, "secret", s.WebhookSecret)
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	shown := fmt.Sprintf("%v %+v %#v %s %x %q", s, s, s, s.WebhookSecret, s.WebhookSecret, s.PrivateKey) + logged.String() + string(encoded)
	for _, secret := range []string{"hush-hush", fmt.Sprintf("%x", "hush-hush"), "PRIVATE KEY"} {
		if strings.Contains(shown, secret) {
			t.Errorf("%q is shown in:\n%s", secret, shown)
		}
	}
}

func TestProblemsShowNoSecret(t *testing.T) {
	t.Parallel()
	_, err := FromEnv(env("APP_ID", "7", "WEBHOOK_SECRET", " hush-hush", "PRIVATE_KEY", "hush-key", "DATABASE_URL", "mysql://user:hush-word@db/x"))
	if err == nil {
		t.Fatal("accepted")
	}
	if strings.Contains(err.Error(), "hush-") {
		t.Errorf("a secret is shown in:\n%s", err)
	}
}
