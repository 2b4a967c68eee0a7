package sandbox

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// Delivery is one signed webhook delivery. The same value delivered twice is a
// redelivery: its id stays.
type Delivery struct {
	Header http.Header
	Body   []byte
}

// Hook describes an event that a repository tells the App of.
type Hook struct {
	// Event and Action: "pull_request" with any action, "check_run"
	// ("rerequested", "requested_action"), "check_suite" ("requested",
	// "rerequested"), "merge_group" ("checks_requested"),
	// "pull_request_review_comment" ("created", "edited", "deleted"),
	// "installation", "ping".
	Event, Action string
	Pull          int64  // of a pull_request, check_suite, merge_group and review comment
	Comment       int64  // of a pull_request_review_comment
	PreviousBody  string // of a pull_request_review_comment that was edited
	CheckRun      int64  // of a check_run
	Identifier    string // of a check_run's requested_action
	// Commit is that of a merge_group, on a branch of the queue that the test
	// pushed; default the pull request's head, as if the queue had nothing to add.
	Commit string
	// Base is the parent of that commit: what the queue has merged before, default
	// the pull request's base.
	Base   string
	Sender string // who caused it; default the pull request's author, or the owner
	// PreviousBaseRef and PreviousBaseSHA are set when a pull_request was edited
	// to have another base.
	PreviousBaseRef, PreviousBaseSHA string
}

// Webhook builds the signed delivery of an event from the present state.
func (r *Repository) Webhook(h Hook) (Delivery, error) {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	payload, err := r.payload(h)
	if err != nil {
		return Delivery{}, fmt.Errorf("build a %s delivery: %w", h.Event, err)
	}
	if h.Action != "" {
		payload["action"] = h.Action
	}
	sender := cmp.Or(h.Sender, r.info.Owner.Login)
	if p := r.pull(h.Pull); p != nil && h.Sender == "" {
		sender = p.Author
	}
	payload["sender"] = r.authorOf(sender)
	if h.Event != "installation" {
		payload["repository"] = r.server.site.RepositoryObject(r.shape())
		if r.info.Owner.Kind == "Organization" {
			payload["organization"] = r.server.site.Organization(r.info.Owner)
		}
		if r.installation != nil && h.Event != "ping" {
			id := r.installation.id
			payload["installation"] = shape.Object{"id": id, "node_id": shape.Node("IntegrationInstallation", id)}
		}
	}
	return r.server.sign(h.Event, payload)
}

// payload is the part of the body that is the event's own.
func (r *Repository) payload(h Hook) (shape.Object, error) {
	switch h.Event {
	case "pull_request":
		return r.pullPayload(h)
	case "check_run":
		return r.checkRunPayload(h)
	case "pull_request_review_comment":
		return r.commentPayload(h)
	case "check_suite":
		return r.checkSuitePayload(h)
	case "merge_group":
		return r.mergeGroupPayload(h)
	case "installation":
		if r.installation == nil {
			return nil, fmt.Errorf("the App is not installed on %s", r.FullName())
		}
		return shape.Object{
			"installation": r.server.installationObject(r.installation),
			"repositories": []shape.Object{{
				"id": r.info.ID, "node_id": shape.Node("Repository", r.info.ID), "name": r.info.Name,
				"full_name": r.FullName(), "private": r.info.Private,
			}},
		}, nil
	case "ping":
		return shape.Object{"zen": "Keep it logically awesome.", "hook_id": r.server.app.ID, "hook": r.hookObject()}, nil
	}
	return nil, fmt.Errorf("the sandbox knows no event %q", h.Event)
}

func (r *Repository) hookObject() shape.Object {
	app := r.server.app
	return shape.Object{
		"type": "App", "id": app.ID, "name": "web", "active": true, "events": app.Events, "app_id": app.ID,
		"config":     shape.Object{"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": r.server.site.Web + "/hook"},
		"created_at": shape.Time(app.Created), "updated_at": shape.Time(app.Created),
	}
}

func (r *Repository) pullPayload(h Hook) (shape.Object, error) {
	p := r.pull(h.Pull)
	if p == nil {
		return nil, fmt.Errorf("%s has no pull request %d", r.FullName(), h.Pull)
	}
	object, err := p.object()
	if err != nil {
		return nil, err
	}
	payload := shape.Object{"number": p.Number, "pull_request": object}
	switch h.Action {
	case "synchronize":
		payload["before"], payload["after"] = p.heads[max(0, len(p.heads)-2)], p.HeadSHA
	case "edited":
		changes := shape.Object{}
		if h.PreviousBaseRef != "" {
			changes["base"] = shape.Object{
				"ref": shape.Object{"from": h.PreviousBaseRef}, "sha": shape.Object{"from": h.PreviousBaseSHA},
			}
		}
		payload["changes"] = changes
	}
	return payload, nil
}

func (r *Repository) checkRunPayload(h Hook) (shape.Object, error) {
	for _, run := range r.runs {
		if run.ID != h.CheckRun {
			continue
		}
		object := r.runObject(run)
		suite, err := r.suiteObject(r.suite(run.HeadSHA, run.App))
		if err != nil {
			return nil, err
		}
		inner := shape.Object{}
		for _, field := range []string{
			"id", "node_id", "head_branch", "head_sha", "status", "conclusion", "url", "before", "after", "pull_requests",
			"app", "created_at", "updated_at",
		} {
			inner[field] = suite[field]
		}
		object["check_suite"] = inner
		payload := shape.Object{"check_run": object}
		if h.Action == "requested_action" {
			payload["requested_action"] = shape.Object{"identifier": h.Identifier}
		}
		return payload, nil
	}
	return nil, fmt.Errorf("%s has no check run %d", r.FullName(), h.CheckRun)
}

func (r *Repository) checkSuitePayload(h Hook) (shape.Object, error) {
	p := r.pull(h.Pull)
	if p == nil {
		return nil, fmt.Errorf("%s has no pull request %d", r.FullName(), h.Pull)
	}
	object, err := r.suiteObject(r.suite(p.HeadSHA, r.server.app.Slug))
	if err != nil {
		return nil, err
	}
	delete(object, "repository")
	return shape.Object{"check_suite": object}, nil
}

// mergeGroupPayload tells of a merge group that ends in one pull request.
func (r *Repository) mergeGroupPayload(h Hook) (shape.Object, error) {
	p := r.pull(h.Pull)
	if p == nil {
		return nil, fmt.Errorf("%s has no pull request %d", r.FullName(), h.Pull)
	}
	commit, err := r.db.Commit(cmp.Or(h.Commit, p.HeadSHA))
	if err != nil {
		return nil, err
	}
	base := cmp.Or(h.Base, r.branches[p.BaseRef])
	return shape.Object{"merge_group": shape.Object{
		"head_sha": commit.SHA, "head_ref": fmt.Sprintf("refs/heads/gh-readonly-queue/%s/pr-%d-%s", p.BaseRef, p.Number, base),
		"base_sha": base, "base_ref": "refs/heads/" + p.BaseRef, "head_commit": simpleCommit(commit),
	}}, nil
}

// sign writes the body and the headers that GitHub sends with it.
func (s *Server) sign(event string, payload shape.Object) (Delivery, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return Delivery{}, fmt.Errorf("write the payload: %w", err)
	}
	mac := hmac.New(sha256.New, []byte(s.secret))
	mac.Write(body)
	id := strconv.FormatInt(s.app.ID, 10)
	header := http.Header{}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/sandbox", "Accept": "*/*",
		"X-GitHub-Event": event, "X-GitHub-Delivery": uuid.NewString(), "X-GitHub-Hook-ID": id,
		"X-GitHub-Hook-Installation-Target-ID": id, "X-GitHub-Hook-Installation-Target-Type": "integration",
		"X-Hub-Signature-256": "sha256=" + hex.EncodeToString(mac.Sum(nil)),
	} {
		header.Set(name, value)
	}
	return Delivery{Header: header, Body: body}, nil
}
