package sandbox_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v4"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/sandbox/openapi"
)

// object is a JSON object as the tests read it.
type object = map[string]any

// bench is a sandbox with one repository and one pull request, and a client.
type bench struct {
	*testing.T
	server *sandbox.Server
	repo   *sandbox.Repository
	pull   sandbox.Pull
	token  string
}

// The pull request of the benches changes app.ts (lines 2 and 30 of 40), removes
// old.ts, adds new.ts, renames a.ts to b.ts.
func baseFiles() map[string]string {
	return map[string]string{"app.ts": numbered(40), "old.ts": "gone\n", "a.ts": numbered(20), "lib/[id]/keep.ts": "kept\n"}
}

func headFiles() map[string]string {
	changed := strings.Replace(numbered(40), "line 2\n", "two\n", 1)
	changed = strings.Replace(changed, "line 30\n", "", 1)
	return map[string]string{"app.ts": changed, "new.ts": "fresh\n", "b.ts": numbered(20), "lib/[id]/keep.ts": "kept\n"}
}

func numbered(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		b.WriteString("line " + strconv.Itoa(i) + "\n")
	}
	return b.String()
}

// testKey is one App's key for all tests: making one takes long.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// newBench starts a sandbox whose traffic is held against GitHub's description
// when that is installed.
func newBench(t *testing.T, o sandbox.Options) *bench {
	t.Helper()
	if description, err := openapi.Load(); err == nil && o.Wrap == nil {
		o.Wrap = description.Wrap(t)
	}
	if o.Key == nil {
		o.Key = testKey()
	}
	b := &bench{T: t}
	var err error
	if b.server, err = sandbox.New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.server.Close(); err != nil {
			t.Error(err)
		}
	})
	b.repo, err = b.server.AddRepository(sandbox.RepositorySpec{
		Owner: "acme", Name: "shop", Organization: true, Files: baseFiles(), Roles: map[string]string{"mona": "write"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if b.pull, err = b.repo.OpenPull(sandbox.PullSpec{Title: "Change", Author: "mona", Files: headFiles()}); err != nil {
		t.Fatal(err)
	}
	b.token = b.newToken(nil)
	return b
}

// claims are those of a good App token.
func claims(server *sandbox.Server, now time.Time) jwt.MapClaims {
	return jwt.MapClaims{
		"iss": strconv.FormatInt(server.AppID(), 10),
		"iat": now.Add(-30 * time.Second).Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
}

func (b *bench) sign(c jwt.MapClaims) string {
	b.Helper()
	key, err := jwt.ParseRSAPrivateKeyFromPEM(b.server.PrivateKey())
	if err != nil {
		b.Fatal(err)
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, c).SignedString(key)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

func (b *bench) appToken() string { return b.sign(claims(b.server, time.Now())) }

// newToken makes an installation token, narrowed as the body says.
func (b *bench) newToken(body any) string {
	b.Helper()
	path := "/app/installations/" + strconv.FormatInt(b.repo.Installation(), 10) + "/access_tokens"
	answer := b.send("POST", path, body, b.appToken(), 201)
	return answer.object()["token"].(string)
}

type answer struct {
	*testing.T
	header http.Header
	body   []byte
}

func (a answer) object() object {
	a.Helper()
	var o object
	if err := json.Unmarshal(a.body, &o); err != nil {
		a.Fatalf("%v in %s", err, a.body)
	}
	return o
}

func (a answer) list() []object {
	a.Helper()
	var l []object
	if err := json.Unmarshal(a.body, &l); err != nil {
		a.Fatalf("%v in %s", err, a.body)
	}
	return l
}

// do sends a request as the installation, on a path below the repository's.
func (b *bench) do(method, path string, body any, want int) answer {
	b.Helper()
	return b.send(method, "/repos/acme/shop"+path, body, b.token, want)
}

// send sends a request and demands the status.
func (b *bench) send(method, path string, body any, token string, want int) answer {
	b.Helper()
	request := b.request(method, path, body, token)
	got := b.answer(request)
	if got.status != want {
		b.Fatalf("%s %s: status %d, want %d: %s", method, path, got.status, want, got.body)
	}
	return got.answer
}

func (b *bench) request(method, path string, body any, token string) *http.Request {
	b.Helper()
	var text []byte
	switch v := body.(type) {
	case nil:
	case string:
		text = []byte(v)
	default:
		var err error
		if text, err = json.Marshal(v); err != nil {
			b.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(context.Background(), method, b.server.URL()+path, bytes.NewReader(text))
	if err != nil {
		b.Fatal(err)
	}
	if text != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return request
}

func (b *bench) answer(request *http.Request) (got struct {
	answer
	status int
}) {
	b.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	got.answer, got.status = answer{b.T, response.Header, body}, response.StatusCode
	return got
}
