package app

import (
	"context"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/sandbox"
	"github.com/authdiff/authdiff/app/webhook"
	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/gittest"
)

// only is the one check run of a commit, which must be complete.
func (s *stage) only(t *testing.T, sha, conclusion string) sandbox.CheckRun {
	t.Helper()
	runs := s.repo.CheckRuns(sha)
	if len(runs) != 1 || runs[0].Status != "completed" || runs[0].Conclusion != conclusion {
		t.Fatalf("the commit has %+v, want one run that is complete as %s", runs, conclusion)
	}
	return runs[0]
}

// Whatever the pull request is like, its head gets one check, with an end.
func TestEveryHeadGetsOneCheck(t *testing.T) {
	t.Parallel()
	base := shop()
	lost := maps.Clone(base)
	lost["app/api/item3/route.ts"] = handler(3, false)
	moved := maps.Clone(base)
	delete(moved, "app/api/item3/route.ts")
	moved["app/api/(group)/item3/route.ts"] = handler(3, false)
	gone := maps.Clone(base)
	delete(gone, "app/api/item3/route.ts")
	long := maps.Clone(lost)
	long["app/api/item3/route.ts"] += strings.Repeat("// filler\n", 40)

	tests := []struct {
		name       string
		setting    setting
		happen     func(t *testing.T, s *stage)
		conclusion string
	}{
		{"a draft", setting{head: lost, pull: sandbox.PullSpec{Draft: true}}, nil, "failure"},
		{"a fork", setting{head: lost, pull: sandbox.PullSpec{Fork: "stranger"}}, nil, "failure"},
		{"a fork that is gone", setting{head: lost, pull: sandbox.PullSpec{Fork: "stranger"}}, func(_ *testing.T, s *stage) {
			s.repo.DeleteFork(s.pull.Number)
		}, "failure"},
		{"a branch that is gone", setting{head: lost}, func(_ *testing.T, s *stage) { s.repo.DeleteBranch(s.pull.HeadRef) }, "failure"},
		{"a renamed file", setting{head: moved}, nil, "failure"},
		{"a deleted file", setting{head: gone}, nil, "success"},
		{"a patch that GitHub leaves out", setting{head: long, options: sandbox.Options{Limits: sandbox.Limits{PatchLines: 10}}}, nil, "failure"},
		{"patches that GitHub leaves out for their sum", setting{head: long, options: sandbox.Options{Limits: sandbox.Limits{ResponseLines: 2}}}, nil, "failure"},
		{"lists that GitHub cuts off", setting{head: lost, options: sandbox.Options{Limits: sandbox.Limits{PerPage: 2, TreeEntries: 5}}}, nil, "failure"},
		{"a base that moved on", setting{head: lost}, func(t *testing.T, s *stage) {
			more := maps.Clone(base)
			more["app/api/item4/route.ts"] = handler(4, false)
			if _, err := s.repo.Push("main", more); err != nil {
				t.Fatal(err)
			}
		}, "failure"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.setting.base = base
			s := stageOf(t, tt.setting)
			if tt.happen != nil {
				tt.happen(t, s)
			}
			s.deliver(t, "opened")
			s.ended(t)
			run := s.only(t, s.pull.HeadSHA, tt.conclusion)
			if tt.conclusion == "failure" && !strings.Contains(run.Text, "item3") {
				t.Errorf("the check doesn't name the endpoint: %s", run.Text)
			}
		})
	}
}

// Submodules and symbolic links are data of the tree, never followed. The check
// says so; where one takes the place of code it fails, for what it leads to may
// lack the checks.
func TestSubmodulesAndLinks(t *testing.T) {
	t.Parallel()
	const unguarded = "lib/unguarded.ts"
	base := withFile(shop(), unguarded, handler(3, false))
	for name, tt := range map[string]struct {
		remove, link string // path
		target       string
		submodule    string // path
		conclusion   string
		tells        string
	}{
		"a new link":                    {link: "lib/link.ts", target: "../../../../../etc/passwd", conclusion: "success", tells: "`lib/link.ts`: a symbolic link"},
		"a new submodule":               {submodule: "vendor/lib.ts", conclusion: "success", tells: "`vendor/lib.ts`: a submodule"},
		"a link in an endpoint's place": {remove: "app/api/item3/route.ts", link: "app/api/item3/route.ts", target: "../../../" + unguarded, conclusion: "failure", tells: "`app/api/item3/route.ts`: a symbolic link"},
		"a link in a folder's place":    {remove: "app/api", link: "app/api", target: "../lib", conclusion: "failure", tells: "`app/api`: a symbolic link"},
		"a submodule in a folder's":     {remove: "app/api", submodule: "app/api", conclusion: "failure", tells: "`app/api`: a submodule"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			git := func(args ...string) string {
				t.Helper()
				return gittest.Run(t, dir, args...)
			}
			git("init", "-q", "-b", "main")
			for path, text := range base {
				gittest.Write(t, dir, path, text)
			}
			gittest.Commit(t, dir, "base")
			git("checkout", "-q", "-b", "change")
			if tt.remove != "" {
				git("rm", "-q", "-r", tt.remove)
			}
			if tt.submodule != "" {
				git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("a", 40)+","+tt.submodule)
			}
			if tt.link != "" {
				full := filepath.Join(dir, tt.link)
				if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink(tt.target, full); err != nil {
					t.Fatal(err)
				}
				git("add", tt.link)
			}
			git("commit", "-q", "-m", "change")
			s := stageOf(t, setting{dir: dir, revision: "main", pull: sandbox.PullSpec{Commit: git("rev-parse", "change")}})
			s.deliver(t, "opened")
			s.ended(t)
			if run := s.only(t, s.pull.HeadSHA, tt.conclusion); !strings.Contains(run.Summary, tt.tells) {
				t.Errorf("the check doesn't say %q: %s", tt.tells, run.Summary)
			}
		})
	}
}

func TestForcePush(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	s.deliver(t, "opened")
	s.ended(t)
	base, _ := sample(t)
	base["other.ts"] = "export const other = 1\n"
	other, err := s.repo.Push("elsewhere", base)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.repo.PushCommit(s.pull.HeadRef, other); err != nil {
		t.Fatal(err)
	}
	s.deliver(t, "synchronize")
	s.ended(t)
	s.only(t, s.pull.HeadSHA, "failure")
	s.only(t, other, "success")
}

// Another base is another comparison: the head's run is made anew.
func TestBaseIsChanged(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	_, head := sample(t)
	if _, err := s.repo.Push("next", head); err != nil {
		t.Fatal(err)
	}
	s.deliver(t, "opened")
	s.ended(t)
	if err := s.repo.EditPull(s.pull.Number, func(p *sandbox.Pull) { p.BaseRef = "next" }); err != nil {
		t.Fatal(err)
	}
	s.send(t, sandbox.Hook{Event: "pull_request", Action: "edited", Pull: s.pull.Number, PreviousBaseRef: "main", PreviousBaseSHA: s.pull.BaseSHA})
	s.ended(t)
	runs := s.repo.CheckRuns(s.pull.HeadSHA)
	last := runs[len(runs)-1]
	if last.Status != "completed" || !strings.HasPrefix(last.ExternalID, "pull/1/") || last.ExternalID == runs[0].ExternalID && len(runs) > 1 {
		t.Errorf("the runs are %+v", runs)
	}
}

func TestRenamedRepository(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	d, err := s.repo.Webhook(sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})
	if err != nil {
		t.Fatal(err)
	}
	s.repo.Rename("store")
	s.redeliver(t, d) // which names the repository as it was
	s.ended(t)
	s.only(t, s.pull.HeadSHA, "failure")
	if n := len(s.repo.Comments(s.pull.Number)); n != 1 {
		t.Errorf("%d comments, want 1", n)
	}
}

// Where nobody waits for the check, the job ends, and nothing is tried again.
func TestJobsThatHaveNothingLeft(t *testing.T) {
	t.Parallel()
	for name, happen := range map[string]func(*stage){
		"suspended": func(s *stage) { s.repo.Suspend() },
		"removed":   func(s *stage) { s.repo.Uninstall() },
		"archived":  func(s *stage) { s.repo.Archive() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, byText)
			happen(s)
			s.deliver(t, "opened")
			s.ended(t)
			if n := len(s.repo.CheckRuns(s.pull.HeadSHA)); n != 0 {
				t.Errorf("%d check runs", n)
			}
		})
	}
	t.Run("suspended in the middle", func(t *testing.T) {
		t.Parallel()
		var s *stage
		s = newStage(t, func(ctx context.Context, in checks.Input) (*compare.Result, error) {
			s.repo.Suspend()
			return byText(ctx, in)
		})
		s.deliver(t, "opened")
		s.ended(t)
	})
	t.Run("closed", func(t *testing.T) {
		t.Parallel()
		s := newStage(t, byText)
		if err := s.repo.EditPull(s.pull.Number, func(p *sandbox.Pull) { p.State = "closed" }); err != nil {
			t.Fatal(err)
		}
		s.deliver(t, "reopened")
		s.ended(t)
		if writes := s.writes(); len(writes) != 0 {
			t.Errorf("the App wrote %q", writes)
		}
	})
}

// A push during the analysis: the old head's run ends as cancelled, nothing is
// said about it, and the new head is looked at.
func TestNewerHeadEndsTheOlderOnesRun(t *testing.T) {
	t.Parallel()
	var s *stage
	pushed := ""
	s = newStage(t, func(ctx context.Context, in checks.Input) (*compare.Result, error) {
		result, err := byText(ctx, in)
		if pushed == "" {
			_, head := sample(t)
			head["more.ts"] = "export const more = 1\n"
			pushed, _ = s.repo.PushHead(s.pull.Number, head)
		}
		return result, err
	})
	s.deliver(t, "opened")
	s.ended(t)
	if run := s.only(t, s.pull.HeadSHA, "cancelled"); !strings.Contains(run.Title, "newer commit") {
		t.Errorf("the old head's check says %q", run.Title)
	}
	s.only(t, pushed, "failure")
	if n := len(s.repo.Comments(s.pull.Number)); n != 1 {
		t.Errorf("%d comments, want 1", n)
	}
}

// A push stops the analysis of the older head, and doesn't wait for it: its check
// ends as cancelled, and the new head is looked at.
func TestNewerHeadStopsTheAnalysis(t *testing.T) {
	t.Parallel()
	begun, stopped := make(chan struct{}), false
	var later atomic.Int64
	clock := func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	s := stageOf(t, setting{options: sandbox.Options{Now: clock}, analyse: func(ctx context.Context, in checks.Input) (*compare.Result, error) {
		if !stopped {
			stopped = true
			close(begun)
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return byText(ctx, in)
	}})
	s.deliver(t, "opened")
	<-begun
	later.Store(int64(2 * time.Second)) // GitHub's times have whole seconds
	_, head := sample(t)
	head["more.ts"] = "export const more = 1\n"
	pushed, err := s.repo.PushHead(s.pull.Number, head)
	if err != nil {
		t.Fatal(err)
	}
	s.deliver(t, "synchronize")
	s.ended(t)
	if run := s.only(t, s.pull.HeadSHA, "cancelled"); !strings.Contains(run.Title, "newer commit") {
		t.Errorf("the old head's check says %q", run.Title)
	}
	s.only(t, pushed, "failure")
}

// What a merge group adds to its base decides, and it gets no comments.
func TestMergeGroup(t *testing.T) {
	t.Parallel()
	s := newStage(t, byText)
	base, head := sample(t)
	for name, test := range map[string]struct {
		files      map[string]string
		conclusion string
	}{"loses a guard": {head, "failure"}, "keeps all": {base, "success"}} {
		files := maps.Clone(test.files)
		files["group.ts"] = "export const group = 1\n"
		commit, err := s.repo.Push("gh-readonly-queue/main/"+strings.Fields(name)[0], files)
		if err != nil {
			t.Fatal(err)
		}
		hook := sandbox.Hook{Event: "merge_group", Action: "checks_requested", Pull: s.pull.Number, Commit: commit}
		s.send(t, hook)
		s.ended(t)
		run := s.only(t, commit, test.conclusion)
		if n := len(s.repo.Comments(s.pull.Number)); n != 0 {
			t.Errorf("%s: %d comments", name, n)
		}
		s.send(t, sandbox.Hook{Event: "check_run", Action: "rerequested", CheckRun: run.ID})
		s.ended(t)
		if again := s.only(t, commit, test.conclusion); again.ID != run.ID {
			t.Errorf("%s: run again it has another run", name)
		}
	}
}

// Alone each of two pull requests is harmless: one has a route rely on a helper's
// check, the other takes that out, while nothing relies on it. The group of both
// is not, whether it lies on the first one's or on the base branch.
func TestMergeGroupOfTwoThatAreHarmlessAlone(t *testing.T) {
	t.Parallel()
	const helper = "lib/session.ts"
	base := guarded()
	base[helper] = "import { auth } from \"@/lib/auth\"\n\nexport async function requireSession() {\n" +
		"  const session = await auth()\n  if (!session) throw new Error(\"sign in\")\n  return session\n}\n"
	relies := maps.Clone(base)
	relies[route] = strings.Replace(strings.Replace(relies[route], "@/lib/auth", "@/lib/session", 1), "import { auth }", "import { requireSession }", 1)
	relies[route] = strings.Replace(relies[route], "  const session = await auth()\n  if (!session) return new Response(null, { status: 401 })\n", "  await requireSession()\n", 1)
	empties := withFile(base, helper, "import { auth } from \"@/lib/auth\"\n\nexport async function requireSession() {\n  return auth()\n}\n")
	both := withFile(relies, helper, empties[helper])

	s := stageOf(t, setting{base: base, head: relies})
	second, err := s.repo.OpenPull(sandbox.PullSpec{Files: empties})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []sandbox.Pull{s.pull, second} {
		s.send(t, sandbox.Hook{Event: "pull_request", Action: "opened", Pull: p.Number})
		s.ended(t)
		s.only(t, p.HeadSHA, "success")
	}
	queued := func(what string, number int64, files map[string]string, on, conclusion string) (commit string) {
		t.Helper()
		commit, err := s.repo.Push("gh-readonly-queue/main/"+what, withFile(files, what+".md", what))
		if err != nil {
			t.Fatal(err)
		}
		s.send(t, sandbox.Hook{Event: "merge_group", Action: "checks_requested", Pull: number, Commit: commit, Base: on})
		s.ended(t)
		run := s.only(t, commit, conclusion)
		if conclusion == "failure" && !strings.Contains(run.Summary, "POST /api/posts") {
			t.Errorf("%s: the group's check says %s", what, run.Summary)
		}
		return commit
	}
	first := queued("first", s.pull.Number, relies, "", "success")
	queued("on-the-first", second.Number, both, first, "failure")
	queued("on-the-base", second.Number, both, "", "failure")
}

// What was accepted on the pull request is accepted in its merge group.
func TestMergeGroupKnowsExceptions(t *testing.T) {
	t.Parallel()
	s, comment := reported(t)
	_, head := sample(t)
	queue := func(branch, conclusion string) sandbox.CheckRun {
		t.Helper()
		commit, err := s.repo.Push("gh-readonly-queue/main/"+branch, withFile(head, branch+".md", branch))
		if err != nil {
			t.Fatal(err)
		}
		s.hook(t, sandbox.Hook{Event: "merge_group", Action: "checks_requested", Pull: s.pull.Number, Commit: commit})
		return s.only(t, commit, conclusion)
	}
	queue("before", "failure")
	s.reply(t, comment, "rita", "/authdiff accept posts are public")
	if run := queue("accepted", "success"); !strings.Contains(run.Summary, "Accepted by `rita`: posts are public") {
		t.Errorf("the group's check says %s", run.Summary)
	}
	s.reply(t, comment, "rita", "/authdiff revoke")
	queue("revoked", "failure")
}

func TestMergeGroupIsAlwaysAnswered(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(context.Context, checks.Input) (*compare.Result, error) { panic("no") })
	s.send(t, sandbox.Hook{Event: "merge_group", Action: "checks_requested", Pull: s.pull.Number})
	run := s.completed(t, s.pull.HeadSHA)
	if run.Conclusion != "failure" || !strings.Contains(run.Title, "could not analyse") {
		t.Errorf("the group's check is %+v", run)
	}
}

// Every way to ask for another analysis: the run stays the same one.
func TestRerun(t *testing.T) {
	t.Parallel()
	for name, hook := range map[string]sandbox.Hook{
		"the check":      {Event: "check_run", Action: "rerequested"},
		"all checks":     {Event: "check_suite", Action: "rerequested"},
		"our own button": {Event: "check_run", Action: "requested_action", Identifier: webhook.RerunButton},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := true
			s := newStage(t, func(ctx context.Context, in checks.Input) (*compare.Result, error) {
				if broken {
					broken = false
					panic("once")
				}
				return byText(ctx, in)
			})
			s.deliver(t, "opened")
			run := s.completed(t, s.pull.HeadSHA)
			if len(run.Actions) != 1 || run.Actions[0].Identifier != webhook.RerunButton {
				t.Errorf("a failed analysis has the buttons %+v", run.Actions)
			}
			hook.CheckRun, hook.Pull, hook.Sender = run.ID, s.pull.Number, "acme"
			s.send(t, hook)
			s.wait(t, func() bool {
				now := s.repo.CheckRuns(s.pull.HeadSHA)[0]
				return now.Status == "completed" && !strings.Contains(now.Title, "could not")
			})
			if again := s.only(t, s.pull.HeadSHA, "failure"); again.ID != run.ID {
				t.Error("it has another run")
			}
			// What was complete is done again, too.
			s.send(t, hook)
			s.wait(t, func() bool { return strings.Count(strings.Join(s.writes(), " "), "PATCH") >= 5 })
		})
	}
}

// GitHub's troubles are waited out, with one run and one comment in the end.
func TestTroublesOfGitHub(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]*sandbox.Response{
		"an outage":         sandbox.Failure(502),
		"a secondary limit": sandbox.SecondaryLimit(0),
		"a primary limit":   sandbox.PrimaryLimit(time.Now().Add(time.Second)),
		"a revoked token":   sandbox.BadCredentials(),
		"a web page":        sandbox.ErrorPage(),
		"half an answer":    sandbox.HalfAnswer(),
		"a cut connection":  sandbox.Reset(),
	} {
		for _, path := range []string{"/graphql", "/git/trees/", "/check-runs", "/reviews"} {
			t.Run(name+" at "+path, func(t *testing.T) {
				t.Parallel()
				s := newStage(t, byText)
				var hit atomic.Bool
				s.github.Intercept(func(r *http.Request) *sandbox.Response {
					if !strings.Contains(r.URL.Path, path) || hit.Swap(true) {
						return nil
					}
					return answer
				})
				s.deliver(t, "opened")
				s.ended(t)
				s.only(t, s.pull.HeadSHA, "failure")
				if n := len(s.repo.Comments(s.pull.Number)); n != 1 || !hit.Load() {
					t.Errorf("%d comments, want 1", n)
				}
			})
		}
	}
}

// The answer to a write is lost: what was done isn't done twice.
func TestLostAnswersAreFound(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"POST /check-runs", "PATCH /check-runs/", "POST /reviews"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			method, part, _ := strings.Cut(path, " ")
			s := newStage(t, byText)
			var hit atomic.Bool
			s.github.Intercept(func(r *http.Request) *sandbox.Response {
				if r.Method != method || !strings.Contains(r.URL.Path, part) || hit.Swap(true) {
					return nil
				}
				return sandbox.LostAnswer()
			})
			s.deliver(t, "opened")
			s.ended(t)
			s.only(t, s.pull.HeadSHA, "failure")
			comments, reviews := len(s.repo.Comments(s.pull.Number)), len(s.repo.Reviews(s.pull.Number))
			if comments != 1 || reviews != 1 || !hit.Load() {
				t.Errorf("%d comments in %d reviews, want one in one", comments, reviews)
			}
		})
	}
}

// A guarded endpoint that can't be read any more fails the check; what can't be
// read and isn't touched is told, and fails nothing.
func TestWhatCannotBeAnalysed(t *testing.T) {
	t.Parallel()
	const broken = "export async function DELETE(request: Request) {\n  const ( = await auth(\n"
	base := shop()
	base["app/api/old/route.ts"] = broken
	base["next.config.js"] = "module.exports = {}\n"
	for name, tt := range map[string]struct {
		path, text, settings, conclusion string
	}{
		"a guarded endpoint":                {"app/api/item3/route.ts", broken, "", "failure"},
		"the same, where settings relax it": {"app/api/item3/route.ts", broken, "on_failure: neutral\n", "neutral"},
		"another file":                      {"app/api/item3/route.ts", handler(3, true) + "// comment\n", "", "success"},
		"a new endpoint":                    {"app/api/new/route.ts", broken, "", "success"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := withFile(base, settingsFile, tt.settings)
			s := stageOf(t, setting{base: base, head: withFile(base, tt.path, tt.text)})
			s.deliver(t, "opened")
			s.ended(t)
			run := s.only(t, s.pull.HeadSHA, tt.conclusion)
			if tt.conclusion != "success" && !strings.Contains(run.Title, "can't be followed") {
				t.Errorf("the check says %q: %s", run.Title, run.Summary)
			}
		})
	}
}
