// Package action_test runs the action's script as a runner does.
package action_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/checks/gittest"
)

const guarded = `import { auth } from "@/auth";
import { db } from "./db";

export async function GET() {
  const session = await auth();
  if (!session) return new Response(null, { status: 401 });
  return Response.json(await db.post.findMany());
}
`

const open = `import { db } from "./db";

export async function GET() {
  return Response.json(await db.post.findMany());
}
`

// job is what the script left.
type job struct {
	status              int
	log, output, digest string
	dir                 string
}

func TestAction(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "git", "go"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s: %v", tool, err)
		}
	}
	binary := filepath.Join(t.TempDir(), "authdiff")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-C", filepath.Join("..", ".."), "-o", binary, "./cmd/authdiff").CombinedOutput(); err != nil {
		t.Fatalf("build: %v: %s", err, out)
	}
	base, head, dir := clone(t)
	shallow := filepath.Join(t.TempDir(), "shallow")
	git(t, ".", "clone", "-q", "--depth=1", "--branch=change", "file://"+dir, shallow)

	for _, test := range []struct {
		name             string
		dir, base, head  string
		failOn           string
		status           int
		log, result, sum string
	}{
		{name: "lost guard", dir: dir, base: base, head: head, status: 1, result: "findings", sum: "GET /api/posts",
			log: "::error file=app/api/posts/route.ts,line=4,title=authdiff%3A auth-guard-removed::"},
		{name: "told, not failed", dir: dir, base: base, head: head, failOn: "never", result: "findings", log: "::error file="},
		{name: "nothing lost", dir: dir, base: head, head: base, result: "clean"},
		{name: "shallow clone", dir: shallow, base: base, head: head, status: 1, result: "findings", log: "::error file="},
		{name: "new branch", dir: dir, base: strings.Repeat("0", 40), head: head, result: "clean", log: "Nothing to compare with"},
		{name: "unknown base", dir: dir, base: strings.Repeat("1", 40), head: head, status: 2, result: "failed", log: "fetch-depth: 0"},
		{name: "no clone", dir: t.TempDir(), base: base, head: head, status: 2, result: "failed", log: "actions/checkout"},
		{name: "no folder", dir: filepath.Join(dir, "nowhere"), base: base, head: head, status: 2, result: "failed", log: "working-directory"},
		{name: "an option for a revision", dir: dir, base: "--upload-pack=x", head: head, status: 2, result: "failed", log: "begin with a dash"},
		{name: "bad severity", dir: dir, base: base, head: head, failOn: "some", status: 2, result: "failed", log: "must be one of"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := run(t, binary, test.dir, test.base, test.head, test.failOn)
			want := test.result
			if test.failOn == "never" {
				want = "clean" // the exit status says it: nothing at or above
			}
			if got.status != test.status || !strings.Contains(got.output, "result="+want+"\n") {
				t.Errorf("status %d, output %q, want %d and %s; log:\n%s", got.status, got.output, test.status, want, got.log)
			}
			if !strings.Contains(got.log, test.log) {
				t.Errorf("log %q lacks %q", got.log, test.log)
			}
			if !strings.Contains(got.digest, test.sum) {
				t.Errorf("summary %q lacks %q", got.digest, test.sum)
			}
			if got.status == 1 {
				if _, err := os.Stat(filepath.Join(test.dir, "authdiff.sarif")); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func run(t *testing.T, binary, dir, base, head, failOn string) job {
	t.Helper()
	temp := t.TempDir()
	output, digest := filepath.Join(temp, "output"), filepath.Join(temp, "summary")
	cmd := exec.CommandContext(t.Context(), "bash", "run.sh")
	cmd.Env = append(os.Environ(),
		"AUTHDIFF="+binary, "BASE="+base, "HEAD_REVISION="+head, "FAIL_ON="+failOn, "DIRECTORY="+dir, "SARIF_FILE=authdiff.sarif",
		"GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+digest, "TMPDIR="+temp)
	log, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return job{status: cmd.ProcessState.ExitCode(), log: string(log), output: read(output), digest: read(digest), dir: dir}
}

// read is a file's text; empty when there is none.
func read(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}

// What the tests do to repositories.
var git, write = gittest.Run, gittest.Write

// clone makes a repository with one commit on main, and one upon it that drops a
// guard, on the branch change.
func clone(t *testing.T) (base, head, dir string) {
	t.Helper()
	dir = t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	git(t, dir, "config", "uploadpack.allowAnySHA1InWant", "true")
	write(t, dir, "auth.ts", "import NextAuth from \"next-auth\";\nexport const { auth } = NextAuth({});\n")
	write(t, dir, "tsconfig.json", `{"compilerOptions": {"paths": {"@/*": ["./*"]}}}`)
	write(t, dir, "app/api/posts/db.ts", "import { PrismaClient } from \"@prisma/client\";\nexport const db = new PrismaClient();\n")
	write(t, dir, "app/api/posts/route.ts", guarded)
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "begin")
	base = git(t, dir, "rev-parse", "HEAD")
	git(t, dir, "switch", "-q", "-c", "change")
	write(t, dir, "app/api/posts/route.ts", open)
	git(t, dir, "commit", "-q", "-a", "-m", "simplify")
	return base, git(t, dir, "rev-parse", "HEAD"), dir
}
