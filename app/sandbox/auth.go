package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v4"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// The lifetimes that GitHub gives and takes, from its pages on authenticating
// as a GitHub App.
const (
	tokenLife   = time.Hour        // of an installation token
	jwtLife     = 10 * time.Minute // the longest that an App's token may last
	clockDrift  = time.Minute      // by which "issued at" may lie ahead
	hourlyLimit = 5000             // requests of one installation
)

type installation struct {
	ended   int // the answer to who wants a token, when it was suspended or removed
	id      int64
	account shape.Account
	created time.Time
}

// token is an installation token.
type token struct {
	value        string
	installation *installation
	permissions  map[string]string
	repositories []*Repository // nil: all of the installation
	expires      time.Time
	used         int
}

// covers says whether the token was made for the repository.
func (t *token) covers(r *Repository) bool {
	if r.installation != t.installation {
		return false
	}
	if t.repositories == nil {
		return true
	}
	for _, have := range t.repositories {
		if have == r {
			return true
		}
	}
	return false
}

// caller is who sent a request: the App itself, one of its installations, or
// nobody that we know.
type caller struct {
	app   bool
	token *token
}

// What GitHub answers to who may not.
// https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
// https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#failed-login-limit
var (
	errBadCredentials = &apiError{status: http.StatusUnauthorized, Message: "Bad credentials"}
	errNoCredentials  = &apiError{status: http.StatusUnauthorized, Message: "Requires authentication"}
	errBadJWT         = &apiError{status: http.StatusUnauthorized, Message: "A JSON web token could not be decoded"}
	errForbidden      = &apiError{status: http.StatusForbidden, Message: "Resource not accessible by integration"}
	errNotFound       = &apiError{status: http.StatusNotFound, Message: "Not Found"}
)

// identify reads the Authorization header. The caller holds the lock.
func (s *Server) identify(r *http.Request) (caller, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return caller{}, nil
	}
	scheme, value, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "bearer") && !strings.EqualFold(scheme, "token") {
		return caller{}, errBadCredentials
	}
	if strings.Count(value, ".") == 2 {
		if err := s.checkJWT(value); err != nil {
			return caller{}, err
		}
		return caller{app: true}, nil
	}
	t := s.tokens[value]
	if t == nil || !s.now().Before(t.expires) {
		return caller{}, errBadCredentials
	}
	t.used++
	return caller{token: t}, nil
}

// checkJWT holds an App's JSON web token to what GitHub demands: RS256 by the
// App's key, its id as issuer, whole seconds, ten minutes at most. The words were
// seen in GitHub's answers.
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
func (s *Server) checkJWT(text string) error {
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation(), jwt.WithJSONNumber())
	if _, err := parser.ParseWithClaims(text, claims, func(*jwt.Token) (any, error) {
		return &s.key.PublicKey, nil
	}); err != nil {
		return errBadJWT
	}
	if fmt.Sprint(claims["iss"]) != strconv.FormatInt(s.app.ID, 10) {
		return &apiError{status: http.StatusNotFound, Message: "Integration not found"}
	}
	expires, ok := seconds(claims["exp"])
	if !ok || !s.now().Before(expires) {
		return unauthorized("'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires")
	}
	if expires.After(s.now().Add(jwtLife)) {
		return unauthorized("'Expiration time' claim ('exp') is too far in the future")
	}
	issued, ok := seconds(claims["iat"])
	if !ok || issued.After(s.now().Add(clockDrift)) {
		return unauthorized("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued")
	}
	return nil
}

func unauthorized(message string) error {
	return &apiError{status: http.StatusUnauthorized, Message: message}
}

func seconds(claim any) (time.Time, bool) {
	number, ok := claim.(json.Number)
	if !ok {
		return time.Time{}, false
	}
	n, err := number.Int64()
	return time.Unix(n, 0), err == nil
}

// Levels of a permission. Each includes those before it.
var levels = map[string]int{"read": 1, "write": 2, "admin": 3}

// permission is one permission at one level, as "checks:write".
type permission string

func (p permission) within(granted map[string]string) bool {
	name, level, _ := strings.Cut(string(p), ":")
	return levels[granted[name]] >= levels[level]
}

// allow decides whether a caller may use a route. Repositories that a caller
// can't see are not found, as on GitHub: their existence is a secret. The
// caller of allow holds the lock.
func (c *call) allow() error {
	switch c.route.scope {
	case byApp:
		if !c.who.app {
			return errBadJWT
		}
		return nil
	case byInstallation:
		if c.who.token == nil {
			return errNoCredentials
		}
		return nil
	case byLink:
		return nil
	}
	if c.repo == nil {
		return errNotFound
	}
	if c.who.token == nil || !c.who.token.covers(c.repo) {
		return c.allowStranger()
	}
	for _, p := range c.route.needs {
		if p.within(c.who.token.permissions) {
			return nil
		}
	}
	accepted := make([]string, len(c.route.needs))
	for i, p := range c.route.needs {
		accepted[i] = strings.Replace(string(p), ":", "=", 1)
	}
	c.header.Set("X-Accepted-GitHub-Permissions", strings.Join(accepted, "; "))
	return errForbidden
}

// allowStranger decides for a caller without any right on the repository: what
// is public can be read.
func (c *call) allowStranger() error {
	switch {
	case c.repo.info.Private:
		return errNotFound
	case c.request.Method == http.MethodGet && !c.who.app:
		return nil
	case c.who.token == nil && !c.who.app:
		return errNoCredentials
	}
	return errForbidden
}

// newToken makes an installation token. The caller holds the lock.
func (s *Server) newToken(i *installation, permissions map[string]string, repositories []*Repository) (*token, error) {
	secret := make([]byte, 18)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("make an installation token: %w", err)
	}
	t := &token{
		value: "ghs_" + hex.EncodeToString(secret), installation: i, permissions: permissions,
		repositories: repositories, expires: s.now().Add(tokenLife),
	}
	s.tokens[t.value] = t
	return t, nil
}

// RevokeTokens makes every installation token given so far useless.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}
