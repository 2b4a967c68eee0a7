package relay

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// got is a delivery that a server took.
type got struct{ event, id, signature, body string }

func taker(t *testing.T, status int) (url string, took chan got) {
	t.Helper()
	took = make(chan got, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		took <- got{r.Header.Get("X-GitHub-Event"), r.Header.Get("X-GitHub-Delivery"), r.Header.Get("X-Hub-Signature-256"), string(body)}
		w.WriteHeader(status)
		fmt.Fprintln(w, `{"result":"queued"}`)
	}))
	t.Cleanup(server.Close)
	return server.URL, took
}

func TestFollow(t *testing.T) {
	t.Parallel()
	to, took := taker(t, http.StatusAccepted)
	var opened atomic.Int32
	channel := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "text/event-stream" {
			t.Errorf("the channel is asked for %q", r.Header.Get("Accept"))
		}
		w.Header().Set("Content-Type", "text/event-stream")
		n := opened.Add(1)
		fmt.Fprintf(w, ": hello\n\nevent: ready\ndata: {}\n\nevent: ping\ndata: {}\n\n"+
			"data: not json\n\n"+
			"id: 7\ndata: {\"x-github-event\":\"pull_request\",\"X-GitHub-Delivery\":\"d%d\",\ndata: \"x-hub-signature-256\":\"sha256=00\",\"host\":\"evil\",\"body\":{\"a\": \"é\"}}\r\n\r\n", n)
		if n > 1 {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}
	}))
	t.Cleanup(channel.Close)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		Follow(ctx, channel.URL, to, slog.New(slog.NewTextHandler(io.Discard, nil)))
	}()
	for _, id := range []string{"d1", "d2"} { // the first connection breaks
		if d := <-took; d != (got{"pull_request", id, "sha256=00", `{"a": "é"}`}) {
			t.Errorf("took %+v", d)
		}
	}
	cancel()
	<-ended
}

func TestCheckChannel(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"https://smee.io/abc": true, "http://127.0.0.1:4000/x": true, "http://localhost/x": true,
		"http://smee.io/abc": false, "smee.io/abc": false, "": false, "file:///etc/passwd": false,
	} {
		if err := CheckChannel(address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text, event string
		want              got // without id and signature
		problem           string
	}{
		{"of GitHub's API", `{"id":1,"guid":"g","event":"pull_request","request":{"headers":{"X-GitHub-Event":"pull_request","Content-Type":"application/json"},"payload":{"a":1}}}`, "",
			got{event: "pull_request", body: `{"a":1}`}, ""},
		{"of a proxy", `{"x-github-event":"check_run","body":{"b":2}}`, "", got{event: "check_run", body: `{"b":2}`}, ""},
		{"of a proxy that keeps text", `{"x-github-event":"check_run","body":"{\"b\":2}"}`, "", got{event: "check_run", body: `{"b":2}`}, ""},
		{"a payload", "\xef\xbb\xbf{\"action\":\"opened\"}\n", "pull_request", got{event: "pull_request", body: `{"action":"opened"}`}, ""},
		{"a payload that has a body", `{"body":{"x":1}}`, "e", got{event: "e", body: `{"body":{"x":1}}`}, ""},
		{"another event", `{"x-github-event":"check_run","body":{"b":2}}`, "ping", got{event: "ping", body: `{"b":2}`}, ""},
		{"no event", `{"action":"opened"}`, "", got{}, "--event"},
		{"no JSON", `hello`, "ping", got{}, "no JSON object"},
		{"a list", `[]`, "ping", got{}, "no JSON object"},
		{"nothing", ``, "ping", got{}, "no JSON object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "delivery.json")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			d, err := Read(path, tt.event, nil)
			if tt.problem != "" {
				if err == nil || !strings.Contains(err.Error(), tt.problem) {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if have := (got{event: d.Header.Get("X-GitHub-Event"), body: string(d.Body)}); have != tt.want {
				t.Errorf("read %+v, want %+v", have, tt.want)
			}
		})
	}
	if d, err := Read("-", "ping", strings.NewReader("{}")); err != nil || string(d.Body) != "{}" {
		t.Errorf("standard input: %v", err)
	}
}

// The vector that GitHub publishes.
// https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries#testing-the-webhook-payload-validation
func TestSignAndPost(t *testing.T) {
	t.Parallel()
	to, took := taker(t, http.StatusAccepted)
	d := Delivery{Header: http.Header{"X-Github-Event": {"ping"}, "X-Github-Delivery": {"old"}}, Body: []byte("Hello, World!")}
	status, answer, err := Post(t.Context(), to, d.Sign([]byte("It's a Secret to Everybody")))
	if err != nil || status != http.StatusAccepted || answer != `{"result":"queued"}` {
		t.Fatalf("%d %s %v", status, answer, err)
	}
	have := <-took
	if have.signature != "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" || have.id == "old" || have.id == "" {
		t.Errorf("took %+v", have)
	}
}
