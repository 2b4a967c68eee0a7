package webhook

import (
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/job"
)

func reply(edit ...string) []byte {
	const event = `{
		"action": "created",
		"comment": {"id": 2, "in_reply_to_id": 1, "body": "/authdiff accept it is public on purpose"},
		"pull_request": {"number": 12, "head": {"sha": "f00d"}, "base": {"ref": "main"}},
		"repository": {"name": "shop", "owner": {"login": "acme"}},
		"sender": {"login": "rita"},
		"installation": {"id": 7}
	}`
	return []byte(strings.NewReplacer(edit...).Replace(event))
}

func press(edit ...string) []byte {
	const event = `{
		"action": "requested_action", "requested_action": {"identifier": "accept"},
		"check_run": {"id": 3, "head_sha": "f00d", "external_id": "pull/12/beef", "pull_requests": []},
		"repository": {"name": "shop", "owner": {"login": "acme"}},
		"sender": {"login": "rita"},
		"installation": {"id": 7}
	}`
	return []byte(strings.NewReplacer(edit...).Replace(event))
}

func TestDecideCommands(t *testing.T) {
	t.Parallel()
	replied := &job.ReviewPull{InstallationID: 7, Owner: "acme", Repo: "shop", Number: 12, HeadSHA: "f00d", BaseRef: "main", Again: true}
	pressed := &job.ReviewPull{InstallationID: 7, Owner: "acme", Repo: "shop", Number: 12, HeadSHA: "f00d", Again: true, Button: "accept", Sender: "rita"}
	const accept = `"/authdiff accept it is public on purpose"`
	for _, tt := range []struct {
		name, event string
		payload     []byte
		want        *job.ReviewPull
	}{
		{"accept", "pull_request_review_comment", reply(), replied},
		{"a command below other text", "pull_request_review_comment", reply(accept, `"Agreed.\n\n/authdiff revoke"`), replied},
		{"deleted", "pull_request_review_comment", reply(`"created"`, `"deleted"`), replied},
		{"edited away", "pull_request_review_comment",
			reply(`"created"`, `"edited", "changes": {"body": {"from": "/authdiff accept x"}}`, accept, `"no"`), replied},
		{"no command", "pull_request_review_comment", reply(accept, `"please do not /authdiff accept this"`), nil},
		{"another word", "pull_request_review_comment", reply(accept, `"/authdifference"`), nil},
		{"no reply", "pull_request_review_comment", reply(`"in_reply_to_id": 1, `, ""), nil},
		{"a reply of a repository's hook", "pull_request_review_comment", reply(`{"id": 7}`, `null`), nil},
		{"a button", "check_run", press(), pressed},
		{"a run of no pull request", "check_run", press("pull/12/beef", "other"), nil},
		{"a completed run", "check_run", press("requested_action\", \"requested", "completed\", \"requested"), nil},
		{"a button of a repository's hook", "check_run", press(`{"id": 7}`, `null`), nil},
	} {
		got, err := Decide(tt.event, tt.payload)
		switch {
		case err != nil:
			t.Errorf("%s: %v", tt.name, err)
		case (got.Job == nil) != (tt.want == nil) || got.Job != nil && got.Job != job.Args(*tt.want):
			t.Errorf("%s:\n got %+v (%s)\nwant %+v", tt.name, got.Job, got.Reason, tt.want)
		}
	}
}

func TestDecideRefusesHalfCommands(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		event   string
		payload []byte
	}{
		{"pull_request_review_comment", reply(`"number": 12, `, "")},
		{"pull_request_review_comment", []byte(`[]`)},
		{"check_run", press(`"login": "rita"`, `"id": 1`)},
		{"check_run", []byte(`"x"`)},
	} {
		if got, err := Decide(tt.event, tt.payload); err == nil {
			t.Errorf("%s %s is decided: %+v", tt.event, tt.payload, got)
		}
	}
}
