package app

import (
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
)

// cast are the people of the tests: rita reviews, contributor wrote the pull
// request and may write, too, mallory may nothing.
func cast() map[string]string {
	return map[string]string{"rita": "write", "contributor": "write"}
}

// hook delivers an event and waits for the end of the job that it asks for.
func (s *stage) hook(t *testing.T, h sandbox.Hook) {
	t.Helper()
	d, err := s.repo.Webhook(h)
	if err != nil {
		t.Fatal(err)
	}
	s.redeliver(t, d)
	s.ended(t)
}

// reported opens the sample, and returns once its finding is commented.
func reported(t *testing.T) (s *stage, comment int64) {
	t.Helper()
	s = stageOf(t, setting{roles: cast()})
	s.hook(t, sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})
	return s, s.repo.Comments(s.pull.Number)[0].ID
}

// reply answers the comment in somebody's name.
func (s *stage) reply(t *testing.T, to int64, login, body string) (id int64) {
	t.Helper()
	id, err := s.repo.Reply(s.pull.Number, to, login, body)
	if err != nil {
		t.Fatal(err)
	}
	s.hook(t, sandbox.Hook{Event: "pull_request_review_comment", Action: "created", Pull: s.pull.Number, Comment: id, Sender: login})
	return id
}

// run is the one check run of the head.
func (s *stage) check(t *testing.T) sandbox.CheckRun {
	t.Helper()
	p, _ := s.repo.Pull(s.pull.Number)
	runs := s.repo.CheckRuns(p.HeadSHA)
	if len(runs) != 1 {
		t.Fatalf("%d check runs: %+v", len(runs), runs)
	}
	return runs[0]
}

func (s *stage) want(t *testing.T, what, conclusion string, words ...string) {
	t.Helper()
	run := s.check(t)
	if run.Conclusion != conclusion {
		t.Errorf("%s: the check is a %s: %s", what, run.Conclusion, run.Summary)
	}
	for _, w := range words {
		if !strings.Contains(run.Summary+run.Title, w) {
			t.Errorf("%s: the check doesn't say %q:\n%s\n%s", what, w, run.Title, run.Summary)
		}
	}
}

func TestAcceptByReply(t *testing.T) {
	t.Parallel()
	s, comment := reported(t)
	s.reply(t, comment, "mallory", "/authdiff accept trust me")
	s.want(t, "a stranger", "failure", "`mallory`: accepting needs the role write")
	s.reply(t, comment, "contributor", "/authdiff accept trust me")
	s.want(t, "the author", "failure", "`contributor`: the author of a pull request")
	s.reply(t, comment, "rita", "/authdiff accept")
	s.want(t, "no reason", "failure", "a reason is missing")
	accepted := s.reply(t, comment, "rita", "We talked about it.\n\n/authdiff accept posts are public @everyone")
	s.want(t, "a reviewer", "success", "1 accepted", "Accepted by `rita`: posts are public @&#8203;everyone")
	if body := s.repo.Comments(s.pull.Number)[0].Body; !strings.Contains(body, "**Accepted** by `rita`: posts are public") {
		t.Errorf("the comment says %s", body)
	}

	// It is bound to the finding, so it outlives a push, and ends with it.
	_, head := sample(t)
	head["lib/more.ts"] = "export const more = 1\n"
	if _, err := s.repo.PushHead(s.pull.Number, head); err != nil {
		t.Fatal(err)
	}
	s.hook(t, sandbox.Hook{Event: "pull_request", Action: "synchronize", Pull: s.pull.Number})
	s.want(t, "after a push", "success", "Accepted by `rita`")

	// Who may write may edit what others wrote: what they make of it counts for
	// nothing.
	if err := s.repo.EditComment(s.pull.Number, accepted, "/authdiff accept anything"); err != nil {
		t.Fatal(err)
	}
	s.hook(t, sandbox.Hook{Event: "pull_request_review_comment", Action: "edited", Pull: s.pull.Number, Comment: accepted, Sender: "contributor"})
	s.want(t, "edited", "failure", "edited before it was read")
}

func TestRevokeByReply(t *testing.T) {
	t.Parallel()
	s, comment := reported(t)
	s.reply(t, comment, "rita", "/authdiff accept posts are public")
	s.want(t, "accepted", "success")
	revoked := s.reply(t, comment, "contributor", "/authdiff revoke")
	s.want(t, "revoked", "failure")
	if body := s.repo.Comments(s.pull.Number)[0].Body; strings.Contains(body, "**Accepted**") {
		t.Errorf("the comment says %s", body)
	}
	d, err := s.repo.Webhook(sandbox.Hook{Event: "pull_request_review_comment", Action: "deleted", Pull: s.pull.Number, Comment: revoked, Sender: "contributor"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.repo.DeleteComment(s.pull.Number, revoked); err != nil {
		t.Fatal(err)
	}
	s.redeliver(t, d)
	s.ended(t)
	s.want(t, "after the revocation was deleted", "failure")
}

func TestAcceptByButton(t *testing.T) {
	t.Parallel()
	s, _ := reported(t)
	press := func(button, login string) {
		t.Helper()
		s.hook(t, sandbox.Hook{Event: "check_run", Action: "requested_action", CheckRun: s.check(t).ID, Identifier: button, Sender: login})
	}
	if got := s.check(t).Actions; len(got) != 1 || got[0].Identifier != "accept" {
		t.Errorf("the check's buttons are %+v", got)
	}
	press("accept", "contributor")
	s.want(t, "the author", "failure", "`contributor`: the author of a pull request")
	reviews := len(s.repo.Reviews(s.pull.Number))
	press("accept", "rita")
	s.want(t, "a reviewer", "success", "Accepted by `rita`: with the check's button")
	if got := s.check(t).Actions; len(got) != 1 || got[0].Identifier != "revoke" {
		t.Errorf("then the check's buttons are %+v", got)
	}
	press("accept", "rita")
	if got := len(s.repo.Reviews(s.pull.Number)); got != reviews+1 {
		t.Errorf("pressed twice, there are %d records", got-reviews)
	}
	press("revoke", "rita")
	s.want(t, "revoked", "failure")

	// On another head's check it counts for nothing: who pressed it saw that one.
	old := s.check(t).ID
	if _, err := s.repo.PushHead(s.pull.Number, map[string]string{"README.md": "x\n"}); err != nil {
		t.Fatal(err)
	}
	_, head := sample(t)
	if _, err := s.repo.PushHead(s.pull.Number, head); err != nil {
		t.Fatal(err)
	}
	s.hook(t, sandbox.Hook{Event: "pull_request", Action: "synchronize", Pull: s.pull.Number})
	s.hook(t, sandbox.Hook{Event: "check_run", Action: "requested_action", CheckRun: old, Identifier: "accept", Sender: "rita"})
	s.want(t, "pressed on an old head", "failure")
}

// The same job twice, as after a lost answer, changes nothing.
func TestExceptionIsSettled(t *testing.T) {
	t.Parallel()
	s, comment := reported(t)
	id := s.reply(t, comment, "rita", "/authdiff accept posts are public")
	before := s.check(t)
	written := len(s.writes())
	s.hook(t, sandbox.Hook{Event: "pull_request_review_comment", Action: "created", Pull: s.pull.Number, Comment: id, Sender: "rita"})
	for _, w := range s.writes()[written:] {
		if !strings.Contains(w, "/check-runs/") {
			t.Errorf("delivered twice, the App wrote %s", w)
		}
	}
	if after := s.check(t); after.Conclusion != before.Conclusion || after.Summary != before.Summary || len(after.Annotations) != len(before.Annotations) {
		t.Errorf("delivered twice, the check says\n%+v\nand not\n%+v", after, before)
	}
}

// A reply on a pull request that was closed changes nothing of its check.
func TestReplyOnAClosedPullRequest(t *testing.T) {
	t.Parallel()
	s, comment := reported(t)
	if err := s.repo.EditPull(s.pull.Number, func(p *sandbox.Pull) { p.State, p.Merged = "closed", true }); err != nil {
		t.Fatal(err)
	}
	written := len(s.writes())
	s.reply(t, comment, "rita", "/authdiff accept posts are public")
	if again := s.writes()[written:]; len(again) != 0 {
		t.Errorf("the App wrote %q", again)
	}
}
