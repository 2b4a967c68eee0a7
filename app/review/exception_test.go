package review

import (
	"strings"
	"testing"
	"time"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/settings"
)

const fp = "00000000000000a1"

// threadOf is the input after the finding was commented, with what people did
// since; the roles are those of the cast: rita reviews, ada is the author.
func threadOf(replies ...Reply) Input {
	in := input(finding())
	in.Existing = posted(Compose(in))
	in.Replies = replies
	in.Roles = map[string]Role{"rita": Write, "ada": Admin, "mo": Maintain, "sam": Triage, "helper[bot]": Write}
	return in
}

func said(id int64, login, body string) Reply {
	return Reply{ID: id, To: 1, Login: login, Body: body, At: time.Unix(1000+id, 0)}
}

func TestWhoMayAccept(t *testing.T) {
	t.Parallel()
	edited := said(5, "rita", "/authdiff accept public on purpose")
	edited.Edited = true
	elsewhere := said(5, "rita", "/authdiff accept public on purpose")
	elsewhere.To = 99
	for _, tc := range []struct {
		name  string
		reply Reply
		may   settings.Accepted
		want  bool
		why   string
	}{
		{"a reviewer", said(5, "rita", "/authdiff accept public on purpose"), settings.Accepted{}, true, ""},
		{"below other text", said(5, "rita", "We talked.\n\n/AuthDiff  accept public on purpose\r\n"), settings.Accepted{}, true, ""},
		{"the author", said(5, "ada", "/authdiff accept public"), settings.Accepted{}, false, "author of a pull request"},
		{"the author in other letters", said(5, "ADA", "/authdiff accept public"), settings.Accepted{}, false, "author of a pull request"},
		{"the author where settings let them", said(5, "ada", "/authdiff accept public"), settings.Accepted{Author: true}, true, ""},
		{"who may only triage", said(5, "sam", "/authdiff accept public"), settings.Accepted{}, false, "needs the role write"},
		{"a stranger", said(5, "eve", "/authdiff accept public"), settings.Accepted{}, false, "needs the role write"},
		{"write where settings ask for more", said(5, "rita", "/authdiff accept public"), settings.Accepted{By: settings.Maintain}, false, "needs the role maintain"},
		{"maintain where settings ask for it", said(5, "mo", "/authdiff accept public"), settings.Accepted{By: settings.Maintain}, true, ""},
		{"settings can't ask for less than write", said(5, "sam", "/authdiff accept public"), settings.Accepted{By: "read"}, false, "needs the role write"},
		{"settings take none", said(5, "mo", "/authdiff accept public"), settings.Accepted{By: settings.Nobody}, false, "take no exceptions"},
		{"a bot with write access", said(5, "helper[bot]", "/authdiff accept public"), settings.Accepted{}, false, "only people"},
		{"without a reason", said(5, "rita", "/authdiff accept"), settings.Accepted{}, false, "a reason is missing"},
		{"edited since", edited, settings.Accepted{}, false, "edited before it was read"},
		{"another thread", elsewhere, settings.Accepted{}, false, ""},
		{"in a block of code", said(5, "rita", "You could write\n```\n/authdiff accept x\n```\n"), settings.Accepted{}, false, ""},
		{"indented", said(5, "rita", "    /authdiff accept x"), settings.Accepted{}, false, ""},
		{"part of another word", said(5, "rita", "/authdiff accepted x"), settings.Accepted{}, false, ""},
		{"below a block of code", said(5, "rita", "```\nx\n```\n/authdiff accept public"), settings.Accepted{}, true, ""},
		{"quoted", said(5, "rita", "> /authdiff accept x"), settings.Accepted{}, false, ""},
		{"another command", said(5, "rita", "/authdiff ignore x"), settings.Accepted{}, false, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			in := threadOf(tc.reply)
			in.Settings = settings.Default()
			in.Settings.Exceptions = tc.may
			in.Roles["ADA"] = Admin
			plan := Compose(in)
			if got := plan.Check.Conclusion == Success; got != tc.want {
				t.Errorf("the check is a %s: %s", plan.Check.Conclusion, plan.Check.Summary)
			}
			if tc.want {
				mustContain(t, plan.Check.Summary, "Accepted by `"+tc.reply.Login+"`: public", "was accepted")
				mustContain(t, plan.Check.Title, "1 error; 1 accepted")
				mustContain(t, plan.Edits[0].Body, "**Accepted** by `"+tc.reply.Login+"`: public", "/authdiff revoke")
			} else if len(plan.Edits) != 0 {
				t.Errorf("the comment is edited to %s", plan.Edits[0].Body)
			}
			if strings.Contains(plan.Check.Summary, "don't count") != (tc.why != "") || !strings.Contains(plan.Check.Summary, tc.why) {
				t.Errorf("want %q in %s", tc.why, plan.Check.Summary)
			}
		})
	}
}

// settle carries out the edits, and holds that nothing more is to be done.
func settle(t *testing.T, in *Input) Check {
	t.Helper()
	in.Existing = apply(in.Existing, Compose(*in).Edits)
	again := Compose(*in)
	if len(again.Edits) != 0 || again.Review != nil {
		t.Errorf("composed again, it edits %v", again.Edits)
	}
	return again.Check
}

func TestExceptionOverTime(t *testing.T) {
	t.Parallel()
	in := threadOf(said(5, "rita", "/authdiff accept public"))
	if c := settle(t, &in); c.Conclusion != Success {
		t.Error("not accepted")
	}
	original := in.Existing[0].Body

	in.Replies[0].Edited = true
	if c := settle(t, &in); c.Conclusion != Success {
		t.Error("lost because of something that isn't the body")
	}
	in.Replies[0].Body = "/authdiff accept everything is fine"
	if c := settle(t, &in); c.Conclusion != Failure {
		t.Error("accepts what somebody made of the reply later")
	}
	in.Replies[0] = said(5, "rita", "/authdiff accept public")

	in.Existing[0].Body = original
	in.Replies = append(in.Replies, said(6, "ada", "/authdiff revoke"))
	if c := settle(t, &in); c.Conclusion != Failure {
		t.Error("not revoked")
	}
	mustContain(t, in.Existing[0].Body, "no longer checks that the caller is signed in")
	in.Replies = in.Replies[:1]
	if c := settle(t, &in); c.Conclusion != Failure {
		t.Error("accepted again because the reply that revoked it was deleted")
	}
	in.Replies = append(in.Replies, said(8, "mo", "/authdiff accept we know"))
	if c := settle(t, &in); c.Conclusion != Success {
		t.Error("can't be accepted again")
	}
	in.Roles["mo"] = NoRole
	if c := settle(t, &in); c.Conclusion != Failure {
		t.Error("holds although who accepted it left")
	}
}

func TestExceptionIsBoundToItsFinding(t *testing.T) {
	t.Parallel()
	other := with(func(f *compare.Finding) { f.Fingerprint, f.Endpoint.Name = "00000000000000a2", "POST /api/users/[id]" })
	in := threadOf(said(5, "rita", "/authdiff accept public"))
	in.Result.Findings = append(in.Result.Findings, other)
	plan := Compose(in)
	if plan.Check.Conclusion != Failure || len(plan.Review.Comments) != 1 {
		t.Errorf("an exception lets another finding pass: %s", plan.Check.Summary)
	}
	gone := threadOf(said(5, "rita", "/authdiff accept public"))
	gone.Result.Findings = nil
	mustContain(t, Compose(gone).Edits[0].Body, "**Fixed** in")
}

func TestButton(t *testing.T) {
	t.Parallel()
	notice := with(func(f *compare.Finding) {
		f.Fingerprint, f.Severity, f.EndpointLine = "00000000000000a2", compare.Notice, 1
	})
	in := threadOf()
	in.Result.Findings = append(in.Result.Findings, notice)
	in.Existing = posted(Compose(Input{Result: in.Result, Diff: in.Diff, Signer: testSigner}))
	if got := Compose(in).Check.Buttons; len(got) != 1 || got[0].Identifier != ButtonAccept {
		t.Errorf("buttons %v", got)
	}
	in.Press = Press{ButtonAccept, "ada"}
	if plan := Compose(in); plan.Record != "" || plan.Check.Conclusion != Failure {
		t.Errorf("the author pressed the button: %s", plan.Record)
	}
	in.Press.Login = "rita"
	plan := Compose(in)
	mustContain(t, plan.Record, "`rita` accepted 1 finding with the check's button", fp)
	mustContain(t, plan.Check.Summary, "Accepted by `rita`: with the check's button")
	if got := plan.Check.Buttons; plan.Check.Conclusion != Success || len(got) != 1 || got[0].Identifier != ButtonRevoke {
		t.Errorf("the check is a %s with the buttons %v", plan.Check.Conclusion, got)
	}

	in.Reviews = append(in.Reviews, Said{ID: 50, At: time.Unix(2000, 0), Body: plan.Record})
	if again := Compose(in); again.Record != "" {
		t.Errorf("recorded twice: %s", again.Record)
	}
	in.Press = Press{}
	if c := settle(t, &in); c.Conclusion != Success {
		t.Error("not remembered")
	}
	copied := in
	copied.Signer = NewSigner([][]byte{[]byte("secret")}, 1, 8)
	if c := Compose(copied).Check; c.Conclusion != Failure {
		t.Error("the record of one pull request counts on another")
	}

	in.Press = Press{ButtonRevoke, "ada"}
	plan = Compose(in)
	mustContain(t, plan.Record, "`ada` revoked the exception for 1 finding")
	in.Press = Press{}
	in.Reviews = append(in.Reviews, Said{ID: 60, At: time.Unix(3000, 0), Body: plan.Record})
	if c := settle(t, &in); c.Conclusion != Failure {
		t.Error("not revoked")
	}
}

func TestAskingNamesEachOnce(t *testing.T) {
	t.Parallel()
	in := threadOf(said(5, "rita", "/authdiff accept x"), said(6, "eve", "what is this?"), said(7, "rita", "/authdiff revoke"), said(8, "mo", "/authdiff revoke"))
	if got := strings.Join(Asking(in), " "); got != "mo rita" {
		t.Errorf("asking about %q", got)
	}
	for i := range int64(100) {
		in.Replies = append(in.Replies, said(10+i, "user"+strings.Repeat("x", int(i)), "/authdiff accept x"))
	}
	if got := len(Asking(in)); got != maxAsking {
		t.Errorf("asking about %d people", got)
	}
}

// Everything about an exception is somebody else's text.
func TestExceptionsAreEscaped(t *testing.T) {
	t.Parallel()
	in := threadOf(said(5, "rita", "/authdiff accept "+strings.ReplaceAll(hostile, "\n", " ")))
	plan := Compose(in)
	for _, text := range []string{plan.Check.Summary, plan.Edits[0].Body} {
		if strings.Contains(text, "<img") || strings.Contains(text, "@everyone") || strings.Count(text, "\n</details>") > strings.Count(text, "<details>") {
			t.Errorf("not escaped:\n%s", text)
		}
	}
}
