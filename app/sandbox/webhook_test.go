package sandbox_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/sandbox/openapi"
)

// hooks are all the deliveries that the sandbox builds, with the state that
// they need.
func hooks(b *bench) []sandbox.Hook {
	run := b.do("POST", "/check-runs", object{"name": "authdiff", "head_sha": b.pull.HeadSHA, "conclusion": "failure"}, 201).object()
	id := int64(run["id"].(float64))
	list := []sandbox.Hook{
		{Event: "check_run", Action: "rerequested", CheckRun: id},
		{Event: "check_run", Action: "requested_action", CheckRun: id, Identifier: "accept", Sender: "mona"},
		{Event: "check_suite", Action: "requested", Pull: 1},
		{Event: "check_suite", Action: "rerequested", Pull: 1},
		{Event: "merge_group", Action: "checks_requested", Pull: 1},
		{Event: "installation", Action: "created"},
		{Event: "ping"},
		{Event: "pull_request", Action: "edited", Pull: 1, PreviousBaseRef: "old", PreviousBaseSHA: b.pull.BaseSHA},
	}
	comment := b.do("POST", "/pulls/1/comments", object{
		"body": "x", "commit_id": b.pull.HeadSHA, "path": "app.ts", "subject_type": "file",
	}, 201).object()
	reply, err := b.repo.Reply(1, int64(comment["id"].(float64)), "mona", "/authdiff accept it is public")
	if err != nil {
		b.Fatal(err)
	}
	for _, action := range []string{"created", "edited", "deleted"} {
		list = append(list, sandbox.Hook{
			Event: "pull_request_review_comment", Action: action, Pull: 1, Comment: reply, PreviousBody: "x", Sender: "mona",
		})
	}
	for _, action := range []string{"opened", "reopened", "ready_for_review", "converted_to_draft", "closed", "synchronize"} {
		list = append(list, sandbox.Hook{Event: "pull_request", Action: action, Pull: 1})
	}
	return list
}

func TestWebhooksAreAsDescribed(t *testing.T) {
	t.Parallel()
	description := openapi.ForTest(t)
	b := newBench(t, sandbox.Options{})
	for _, h := range hooks(b) {
		t.Run(h.Event+" "+h.Action, func(t *testing.T) {
			// Three payloads come with the state that their action leaves.
			edit := func(p *sandbox.Pull) {
				p.Draft = h.Action == "converted_to_draft"
				p.State = map[bool]string{true: "closed", false: "open"}[h.Action == "closed"]
			}
			if err := b.repo.EditPull(1, edit); err != nil {
				t.Fatal(err)
			}
			delivery, err := b.repo.Webhook(h)
			if err != nil {
				t.Fatal(err)
			}
			if err := description.CheckWebhook(h.Event, h.Action, delivery.Body); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWebhooksHaveTheSamplesKeys holds payloads against GitHub's samples: every
// key that all the samples of an action have is there.
func TestWebhooksHaveTheSamplesKeys(t *testing.T) {
	t.Parallel()
	openapi.ForTest(t)
	b := newBench(t, sandbox.Options{})
	for _, h := range hooks(b) {
		t.Run(h.Event+" "+h.Action, func(t *testing.T) {
			samples, err := openapi.Samples(h.Event, h.Action)
			if err != nil {
				t.Fatal(err)
			}
			if len(samples) == 0 && h.Event == "pull_request" && h.Action != "edited" {
				t.Fatal("GitHub publishes no sample of the event")
			}
			delivery, err := b.repo.Webhook(h)
			if err != nil {
				t.Fatal(err)
			}
			var payload object
			if err := json.Unmarshal(delivery.Body, &payload); err != nil {
				t.Fatal(err)
			}
			have := openapi.Keys(payload)
			for _, key := range inAll(samples) {
				if !slices.Contains(have, key) && !emptyHere(key) {
					t.Errorf("the payload lacks %s", key)
				}
			}
		})
	}
}

// inAll are the keys that every sample has.
func inAll(samples []map[string]any) []string {
	var common []string
	for i, sample := range samples {
		keys := openapi.Keys(map[string]any(sample))
		if i == 0 {
			common = keys
		}
		common = slices.DeleteFunc(common, func(key string) bool { return !slices.Contains(keys, key) })
	}
	return common
}

// emptyHere says of a key that it belongs to what our state leaves empty (a
// list, the repository's license), to the set of the App's own permissions, or
// to a repository's webhook, where ours is an App's.
func emptyHere(key string) bool {
	for _, part := range []string{".[].", "repository.license.", ".permissions.", "hook.url", "hook.ping_url"} {
		if strings.Contains(key, part) {
			return true
		}
	}
	return false
}

func TestDeliverIsSigned(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{WebhookSecret: "secret"})
	type delivery struct {
		header http.Header
		body   []byte
	}
	got := make(chan delivery, 2)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got <- delivery{r.Header, body}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer app.Close()
	d, err := b.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		status, _, err := b.server.Deliver(t.Context(), app.URL, d)
		if err != nil || status != http.StatusAccepted {
			t.Fatalf("status %d, %v", status, err)
		}
	}
	first, second := <-got, <-got
	mac := hmac.New(sha256.New, []byte("secret"))
	mac.Write(first.body)
	if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); first.header.Get("X-Hub-Signature-256") != want {
		t.Errorf("signature %s, want %s", first.header.Get("X-Hub-Signature-256"), want)
	}
	if id := first.header.Get("X-GitHub-Delivery"); id == "" || id != second.header.Get("X-GitHub-Delivery") {
		t.Errorf("delivery ids %q and %q, want the same", id, second.header.Get("X-GitHub-Delivery"))
	}
	if _, err := b.repo.Webhook(sandbox.Hook{Event: "star"}); err == nil {
		t.Error("an event that the sandbox doesn't know is built")
	}
	if _, err := b.repo.Webhook(sandbox.Hook{Event: "pull_request", Pull: 9}); err == nil {
		t.Error("an event of a pull request that isn't there is built")
	}
	_, _, err = b.server.Deliver(t.Context(), "http://127.0.0.1:0/", d)
	if err == nil || errors.Is(err, io.EOF) {
		t.Errorf("delivered to nobody: %v", err)
	}
}

func TestSynchronize(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	sha, err := b.repo.PushHead(1, baseFiles())
	if err != nil {
		t.Fatal(err)
	}
	d, err := b.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "synchronize", Pull: 1})
	if err != nil {
		t.Fatal(err)
	}
	var payload struct {
		Before string `json:"before"`
		After  string `json:"after"`
	}
	if err := json.Unmarshal(d.Body, &payload); err != nil {
		t.Fatal(err)
	}
	if payload.Before != b.pull.HeadSHA || payload.After != sha {
		t.Errorf("%s to %s, want %s to %s", payload.Before, payload.After, b.pull.HeadSHA, sha)
	}
}
