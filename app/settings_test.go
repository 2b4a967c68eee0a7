package app

import (
	"context"
	"maps"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/compare"
)

const settingsFile = ".github/authdiff.yml"

// withFile is the files with one more; an empty text adds none.
func withFile(files map[string]string, path, text string) map[string]string {
	out := maps.Clone(files)
	if text != "" {
		out[path] = text
	}
	return out
}

// The sample loses a guard, which is an error: what the check says of it tells
// whose settings hold.
func TestWhoseSettingsHold(t *testing.T) {
	t.Parallel()
	const loose = "fail_on: never\n"
	for _, tt := range []struct {
		name                     string
		base, head, organisation string
		public                   bool // the organisation's repository
		conclusion               string
	}{
		{"nobody's", "", "", "", false, "failure"},
		{"the base's", loose, loose, "", false, "success"},
		{"never the head's", "", loose, "", false, "failure"},
		{"the base's although the head tightens them", loose, "fail_on: notice\n", "", false, "success"},
		{"the organisation's, where the App is installed", "", "", loose, false, "success"},
		{"the organisation's, which all can read", "", "", loose, true, "success"},
		{"the base's before the organisation's", "fail_on: error\n", "fail_on: error\n", loose, false, "failure"},
		{"nobody's when they can't be understood", "fail_on: nowhere\n", "fail_on: nowhere\n", loose, false, "failure"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			base, head := sample(t)
			s := stageOf(t, setting{organised: true, base: withFile(base, settingsFile, tt.base), head: withFile(head, settingsFile, tt.head)})
			if tt.organisation != "" {
				spec := sandbox.RepositorySpec{
					Owner: "acme", Name: ".github", Files: map[string]string{settingsFile: tt.organisation}, Public: tt.public, NotInstalled: tt.public,
				}
				if _, err := s.github.AddRepository(spec); err != nil {
					t.Fatal(err)
				}
			}
			s.deliver(t, "opened")
			if run := s.completed(t, s.pull.HeadSHA); run.Conclusion != tt.conclusion {
				t.Errorf("the check is a %s: %s", run.Conclusion, run.Summary)
			}
		})
	}
}

// An author chooses where they branch off, but not the settings by it.
func TestSettingsAreOfTheBaseBranchAsItIsNow(t *testing.T) {
	t.Parallel()
	base, head := sample(t)
	s := stageOf(t, setting{base: withFile(base, settingsFile, "fail_on: never\n"), head: withFile(head, settingsFile, "fail_on: never\n")})
	if _, err := s.repo.Push("main", withFile(base, settingsFile, "fail_on: error\n")); err != nil {
		t.Fatal(err)
	}
	s.deliver(t, "opened")
	if run := s.completed(t, s.pull.HeadSHA); run.Conclusion != "failure" {
		t.Errorf("by the settings of an old commit the check is a %s", run.Conclusion)
	}
}

// A job may know a repository by the name that it had.
func TestSettingsOfARenamedRepository(t *testing.T) {
	t.Parallel()
	s := stageOf(t, setting{organised: true})
	if _, err := s.github.AddRepository(sandbox.RepositorySpec{Owner: "acme", Name: ".github", Files: map[string]string{settingsFile: "fail_on: never\n"}}); err != nil {
		t.Fatal(err)
	}
	d, err := s.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})
	if err != nil {
		t.Fatal(err)
	}
	s.repo.Rename("store")
	s.redeliver(t, d)
	s.ended(t)
	s.only(t, s.pull.HeadSHA, "success")
}

// Where the organisation shares no settings, finding that out costs no request on
// most pull requests.
func TestOrganisationIsAskedRarely(t *testing.T) {
	t.Parallel()
	s := stageOf(t, setting{organised: true})
	s.deliver(t, "opened")
	s.ended(t)
	for range 3 {
		if _, err := s.repo.PushHead(s.pull.Number, map[string]string{"README.md": "x\n"}); err != nil {
			t.Fatal(err)
		}
		s.deliver(t, "synchronize")
		s.ended(t)
	}
	asked := 0
	for _, r := range s.github.Requests() {
		if strings.Contains(r.Path, "/.github/") || strings.HasSuffix(r.Path, "/access_tokens") && strings.Contains(string(r.Body), `".github"`) {
			asked++
		}
	}
	if asked != 1 {
		t.Errorf("the organisation's settings were asked for %d times in four reviews", asked)
	}
}

func TestFailedAnalysisMayBeNeutral(t *testing.T) {
	t.Parallel()
	base, head := sample(t)
	relaxed := "on_failure: neutral\n"
	s := stageOf(t, setting{
		base: withFile(base, settingsFile, relaxed), head: withFile(head, settingsFile, relaxed),
		analyse: func(context.Context, checks.Input) (*compare.Result, error) { panic("no luck") },
	})
	s.deliver(t, "opened")
	if run := s.completed(t, s.pull.HeadSHA); run.Conclusion != "neutral" || !strings.Contains(run.Summary, "as the repository's settings ask") {
		t.Errorf("the check is %s: %s", run.Conclusion, run.Summary)
	}
}
