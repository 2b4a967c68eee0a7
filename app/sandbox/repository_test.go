package sandbox_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
)

// unchecked leaves the validation out, for answers that GitHub gives and its
// description forbids.
func unchecked(next http.Handler) http.Handler { return next }

func TestForks(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{Wrap: unchecked})
	p, err := b.repo.OpenPull(sandbox.PullSpec{Author: "stranger", Fork: "stranger", HeadRef: "main", Files: headFiles()})
	if err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/pulls/%d", p.Number)
	head := b.do("GET", path, nil, 200).object()["head"].(object)
	if head["label"] != "stranger:main" || head["repo"].(object)["full_name"] != "stranger/shop" || head["repo"].(object)["fork"] != true {
		t.Errorf("head is %v of %v", head["label"], head["repo"])
	}
	b.do("GET", "/git/trees/"+p.HeadSHA, nil, 200)
	if main := b.do("GET", "/branches/main", nil, 200).object(); main["commit"].(object)["sha"] != b.pull.BaseSHA {
		t.Error("a fork's branch moved the repository's own branch of that name")
	}
	run := b.do("POST", "/check-runs", object{"name": "authdiff", "head_sha": p.HeadSHA}, 201).object()
	if n := len(run["pull_requests"].([]any)); n != 0 {
		t.Errorf("a check run on a fork's head names %d pull requests, GitHub names none", n)
	}
	sha, err := b.repo.PushHead(p.Number, baseFiles())
	if err != nil {
		t.Fatal(err)
	}
	if moved, _ := b.repo.Pull(p.Number); moved.HeadSHA != sha {
		t.Errorf("head is %s after a push, want %s", moved.HeadSHA, sha)
	}
	b.repo.DeleteFork(p.Number)
	if head := b.do("GET", path, nil, 200).object()["head"].(object); head["repo"] != nil {
		t.Errorf("the deleted fork is %v", head["repo"])
	}
}

func TestBaseMoves(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	files := baseFiles()
	files["README"] = "more\n"
	if _, err := b.repo.Push("main", files); err != nil {
		t.Fatal(err)
	}
	comparison := b.do("GET", "/compare/main...change-1", nil, 200).object()
	if comparison["status"] != "diverged" || comparison["merge_base_commit"].(object)["sha"] != b.pull.BaseSHA {
		t.Errorf("%v from %v", comparison["status"], comparison["merge_base_commit"].(object)["sha"])
	}
	if n := len(b.do("GET", "/pulls/1/files", nil, 200).list()); n != 4 {
		t.Errorf("%d files, want the 4 of the pull request alone", n)
	}
	if _, err := b.repo.Push("release", files); err != nil {
		t.Fatal(err)
	}
	if err := b.repo.EditPull(1, func(p *sandbox.Pull) { p.BaseRef = "release" }); err != nil {
		t.Fatal(err)
	}
	if p, _ := b.repo.Pull(1); p.BaseSHA == b.pull.BaseSHA {
		t.Error("the base commit stays when the base branch changes")
	}
	if err := b.repo.EditPull(1, func(p *sandbox.Pull) { p.BaseRef = "none" }); err == nil {
		t.Error("a pull request is moved to a branch that isn't there")
	}
}

func TestForcedPush(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	if err := b.repo.PushCommit("change-1", b.pull.BaseSHA); err != nil {
		t.Fatal(err)
	}
	if n := len(b.do("GET", "/pulls/1/files", nil, 200).list()); n != 0 {
		t.Errorf("%d files after the change was taken back, want none", n)
	}
	if err := b.repo.PushCommit("change-1", strings.Repeat("0", 40)); err == nil {
		t.Error("a commit that isn't there is pushed")
	}
}

func TestListPulls(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	for _, spec := range []sandbox.PullSpec{{Files: headFiles(), HeadRef: "two"}, {Files: headFiles(), HeadRef: "three"}} {
		if _, err := b.repo.OpenPull(spec); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.repo.EditPull(2, func(p *sandbox.Pull) { p.State = "closed" }); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"":                             "[3 1]",
		"?state=closed":                "[2]",
		"?state=all":                   "[3 2 1]",
		"?head=acme:change-1":          "[1]",
		"?head=acme:none":              "[]",
		"?state=all&head=acme:two":     "[2]",
		"?base=release":                "[]",
		"?state=all&per_page=2":        "[3 2]",
		"?state=all&per_page=2&page=2": "[1]",
	} {
		var numbers []any
		for _, p := range b.do("GET", "/pulls"+query, nil, 200).list() {
			numbers = append(numbers, p["number"])
		}
		if got := fmt.Sprint(numbers); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

func TestLocalRepository(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := `git init -q -b main && git config user.name m && git config user.email m@example.com &&
		echo one > a.ts && git add . && git commit -qm one && git checkout -qb topic && echo two > a.ts && git commit -qam two`
	cmd := exec.Command("sh", "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b := newBench(t, sandbox.Options{})
	repo, err := b.server.AddRepository(sandbox.RepositorySpec{Owner: "acme", Name: "local", Dir: dir, Revision: "main"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("git", "-C", dir, "rev-parse", "topic").Output()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repo.OpenPull(sandbox.PullSpec{Commit: strings.TrimSpace(string(out))}); err != nil {
		t.Fatal(err)
	}
	files := b.send("GET", "/repos/acme/local/pulls/1/files", nil, b.token, 200).list()
	if len(files) != 1 || files[0]["patch"] != "@@ -1 +1 @@\n-one\n+two" {
		t.Errorf("files %v", files)
	}
	if _, err := repo.Push("topic-2", map[string]string{"a.ts": "three\n"}); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("git", "-C", dir, "branch", "--list", "topic-2").Output(); err != nil || len(out) != 0 {
		t.Errorf("a push reached the local repository: %s, %v", out, err)
	}
}

func TestWrongSpecs(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	for _, spec := range []sandbox.RepositorySpec{
		{}, {Owner: "a"}, {Owner: "acme", Name: "shop"}, {Owner: "a", Name: "b", Dir: t.TempDir()},
	} {
		if _, err := b.server.AddRepository(spec); err == nil {
			t.Errorf("%+v makes a repository", spec)
		}
	}
	for _, spec := range []sandbox.PullSpec{{BaseRef: "none"}, {Commit: "none"}} {
		if _, err := b.repo.OpenPull(spec); err == nil {
			t.Errorf("%+v makes a pull request", spec)
		}
	}
	if _, err := b.repo.PushHead(9, nil); err == nil {
		t.Error("a push to a pull request that isn't there succeeds")
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	if _, err := b.repo.Say(1, "stranger", "hello"); err != nil {
		t.Fatal(err)
	}
	for login, want := range map[string]string{"acme": "admin", "mona": "write", "stranger": "none"} {
		got := b.do("GET", "/collaborators/"+login+"/permission", nil, 200).object()
		if got["permission"] != want {
			t.Errorf("%s: %v, want %s", login, got["permission"], want)
		}
	}
	b.do("GET", "/collaborators/nobody/permission", nil, 404)
}

func TestMergeGroup(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	files := baseFiles()
	maps.Copy(files, map[string]string{"both.ts": "x\n"})
	sha, err := b.repo.Push("gh-readonly-queue/main/pr-1", files)
	if err != nil {
		t.Fatal(err)
	}
	d, err := b.repo.Webhook(sandbox.Hook{Event: "merge_group", Action: "checks_requested", Pull: 1, Commit: sha})
	if err != nil {
		t.Fatal(err)
	}
	var payload struct {
		MergeGroup struct {
			HeadSHA string `json:"head_sha"`
			BaseSHA string `json:"base_sha"`
		} `json:"merge_group"`
	}
	if err := json.Unmarshal(d.Body, &payload); err != nil {
		t.Fatal(err)
	}
	if payload.MergeGroup.HeadSHA != sha || payload.MergeGroup.BaseSHA != b.pull.BaseSHA {
		t.Errorf("group %+v, want %s on %s", payload.MergeGroup, sha, b.pull.BaseSHA)
	}
}
