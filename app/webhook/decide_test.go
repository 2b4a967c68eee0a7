package webhook

import (
	"strings"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/job"
)

// payload is a pull_request event; edit replaces parts of it.
func payload(edit ...string) []byte {
	const event = `{
		"action": "opened", "number": 12, "changes": {},
		"pull_request": {
			"number": 12, "draft": false, "updated_at": "2026-01-02T03:04:05Z",
			"head": {"ref": "feature", "sha": "f00d", "repo": {"name": "shop", "full_name": "forker/shop", "fork": true}},
			"base": {"ref": "main", "sha": "beef", "repo": {"name": "shop", "full_name": "acme/shop"}}
		},
		"repository": {"name": "shop", "full_name": "acme/shop", "owner": {"login": "acme"}},
		"installation": {"id": 7}
	}`
	return []byte(strings.NewReplacer(edit...).Replace(event))
}

func wanted() job.ReviewPull {
	return job.ReviewPull{
		InstallationID: 7, Owner: "acme", Repo: "shop", Number: 12, HeadSHA: "f00d", BaseRef: "main",
		UpdatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, event string
		payload     []byte
		job         bool
		reason      string
	}{
		{"opened", "pull_request", payload(), true, "pull_request opened"},
		{"pushed", "pull_request", payload(`"opened"`, `"synchronize"`), true, "pull_request synchronize"},
		{"reopened", "pull_request", payload(`"opened"`, `"reopened"`), true, "pull_request reopened"},
		{"ready", "pull_request", payload(`"opened"`, `"ready_for_review"`), true, "pull_request ready_for_review"},
		{"draft", "pull_request", payload(`"draft": false`, `"draft": true`), true, "pull_request opened"},
		{"fork is gone", "pull_request", payload(`"repo": {"name": "shop", "full_name": "forker/shop", "fork": true}`, `"repo": null`), true, "pull_request opened"},
		{"base changed", "pull_request", payload(`"opened"`, `"edited"`, `"changes": {}`, `"changes": {"base": {"ref": {"from": "next"}, "sha": {"from": "ab"}}}`), true, "pull_request edited"},
		{"title changed", "pull_request", payload(`"opened"`, `"edited"`, `"changes": {}`, `"changes": {"title": {"from": "x"}}`), false, "pull_request edited, but not its base"},
		{"edited without changes", "pull_request", payload(`"opened"`, `"edited"`, `"changes": {},`, ``), false, "pull_request edited, but not its base"},
		{"closed", "pull_request", payload(`"opened"`, `"closed"`), false, `pull_request action "closed" asks for nothing`},
		{"unknown action", "pull_request", payload(`"opened"`, `"sung"`), false, `pull_request action "sung" asks for nothing`},
		{"no installation", "pull_request", payload(`"installation": {"id": 7}`, `"installation": null`), false, "the delivery is of a repository's or organisation's webhook, not of the App's"},
		{"ping", "ping", []byte(`{"zen": "…"}`), false, `event "ping" asks for nothing`},
		{"no event", "", []byte(`{}`), false, `event "" asks for nothing`},
		{"push", "push", []byte(`{}`), false, `event "push" asks for nothing`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Decide(tt.event, tt.payload)
			if err != nil {
				t.Fatal(err)
			}
			if got.Reason != tt.reason {
				t.Errorf("reason %q, want %q", got.Reason, tt.reason)
			}
			switch {
			case tt.job && got.Job == nil:
				t.Error("no job")
			case tt.job && got.Job != job.Args(wanted()):
				t.Errorf("job\n got %+v\nwant %+v", got.Job, wanted())
			case !tt.job && got.Job != nil:
				t.Errorf("job %+v", got.Job)
			}
		})
	}
}

func TestDecideRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, event string
		payload     []byte
	}{
		{"nothing", "pull_request", nil},
		{"half of it", "pull_request", payload()[:90]},
		{"not JSON, of an event that asks for nothing", "push", []byte(`{`)},
		{"another shape", "pull_request", []byte(`{"action": "opened", "pull_request": []}`)},
		{"a list", "pull_request", []byte(`[]`)},
		{"no repository", "pull_request", payload(`"owner": {"login": "acme"}`, `"owner": {}`)},
		{"no pull request", "pull_request", []byte(`{"action": "opened", "installation": {"id": 7}}`)},
		{"no head", "pull_request", payload(`"sha": "f00d"`, `"sha": null`)},
		{"number below zero", "pull_request", payload(`"number": 12`, `"number": -12`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := Decide(tt.event, tt.payload); err == nil {
				t.Errorf("decided %+v", got)
			}
		})
	}
}

func FuzzDecide(f *testing.F) {
	f.Add("pull_request", payload())
	f.Add("ping", []byte(`{}`))
	f.Fuzz(func(t *testing.T, event string, body []byte) {
		d, err := Decide(event, body)
		if err == nil && d.Reason == "" {
			t.Error("a decision without a reason")
		}
	})
}

func TestDecideOnCommits(t *testing.T) {
	t.Parallel()
	const repository = `"repository": {"id": 9, "name": "shop", "owner": {"login": "acme"}}, "installation": {"id": 7}, "sender": {"login": "mona"}`
	run := func(action, external string) string {
		return `{"action": "` + action + `", "check_run": {"head_sha": "f00d", "external_id": "` + external + `"}, ` +
			`"requested_action": {"identifier": "rerun"}, ` + repository + `}`
	}
	pull := job.ReviewPull{
		InstallationID: 7, RepoID: 9, Owner: "acme", Repo: "shop", Number: 12, HeadSHA: "f00d", Again: true, Button: RerunButton, Sender: "mona",
	}
	group := job.ReviewGroup{InstallationID: 7, RepoID: 9, Owner: "acme", Repo: "shop", HeadSHA: "f00d", BaseSHA: "beef", Number: 12}
	again := group
	again.Again = true
	unnamed := group
	unnamed.Number = 0
	groupEvent := func(action, ref string) string {
		return `{"action": "` + action + `", "merge_group": {"head_sha": "f00d", "base_sha": "beef", "head_ref": "` + ref + `"}, ` + repository + `}`
	}
	tests := []struct {
		name, event, payload string
		want                 job.Args
	}{
		{"re-run a pull request's check", "check_run", run("rerequested", "pull/12/beef"), pull},
		{"the button of a pull request's check", "check_run", run("requested_action", "pull/12/failed"), pull},
		{"re-run a merge group's check", "check_run", run("rerequested", "group/beef/12/failed"), again},
		{"re-run a check of no kind that is known", "check_run", run("rerequested", "x"), nil},
		{"a check that was made", "check_run", run("created", "pull/12/beef"), nil},
		{"re-run all checks", "check_suite", `{"action": "rerequested", "check_suite": {"head_sha": "f00d"}, ` + repository + `}`,
			job.Rerun{InstallationID: 7, RepoID: 9, Owner: "acme", Repo: "shop", HeadSHA: "f00d"}},
		{"a suite for a push", "check_suite", `{"action": "requested", "check_suite": {"head_sha": "f00d"}, ` + repository + `}`, nil},
		{"a merge group", "merge_group", groupEvent("checks_requested", "refs/heads/gh-readonly-queue/release/v1/pr-12-0123abc"), group},
		{"a merge group of an odd name", "merge_group", groupEvent("checks_requested", "refs/heads/queue"), unnamed},
		{"a merge group that is gone", "merge_group", groupEvent("destroyed", ""), nil},
	}
	for _, tt := range tests {
		got, err := Decide(tt.event, []byte(tt.payload))
		if err != nil || got.Job != tt.want || got.Reason == "" {
			t.Errorf("%s:\n got %+v (%s), %v\nwant %+v", tt.name, got.Job, got.Reason, err, tt.want)
		}
	}
}
