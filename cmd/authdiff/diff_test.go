package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/checks/gittest"
	"github.com/authdiff/authdiff/checks/settings"
)

// The two versions of the route that the tests compare.
const (
	guarded = `import { NextResponse } from "next/server"
import { auth } from "@/auth"
import { db } from "@/lib/db"

export async function GET() {
  const session = await auth()
  if (!session) {
    return NextResponse.json({}, { status: 401 })
  }
  return NextResponse.json(await db.post.findMany())
}
`
	open = `import { NextResponse } from "next/server"
import { db } from "@/lib/db"

export async function GET() {
  return NextResponse.json(await db.post.findMany())
}
`
	route = "app/api/posts/route.ts"
)

// shared is what both versions stand on.
var shared = map[string]string{
	"tsconfig.json": `{"compilerOptions": {"paths": {"@/*": ["./*"]}}}`,
	"auth.ts":       "import NextAuth from \"next-auth\"\n\nexport const { auth } = NextAuth({ providers: [] })\n",
	"lib/db.ts":     "import { PrismaClient } from \"@prisma/client\"\n\nexport const db = new PrismaClient()\n",
}

// newRepository makes a git repository in a temporary folder:
//
//	start ── drop   the route without its check
//	     └── main   another file: the base moved on
func newRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	for path, text := range shared {
		write(t, dir, path, text)
	}
	write(t, dir, route, guarded)
	commit(t, dir, "start")
	git(t, dir, "switch", "-q", "-c", "drop")
	write(t, dir, route, open)
	commit(t, dir, "drop")
	git(t, dir, "switch", "-q", "main")
	write(t, dir, "README.md", "posts\n")
	commit(t, dir, "describe")
	return dir
}

// What the tests do to repositories.
var git, write, commit = gittest.Run, gittest.Write, gittest.Commit

// document is the part of the JSON that the tests look at.
type document struct {
	Base, Head string
	MergeBase  string `json:"merge_base"`
	Findings   []struct {
		Layer, Change, Severity, File, Side string
		Line                                int
		Endpoint                            struct{ Kind, Name string }
	}
}

func decode(t *testing.T, got outcome) document {
	t.Helper()
	var d document
	if err := json.Unmarshal([]byte(got.out), &d); err != nil {
		t.Fatalf("status %d, standard error %q, standard output %q: %v", got.status, got.err, got.out, err)
	}
	return d
}

func TestDiffRevisions(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	start, main, drop := git(t, dir, "rev-parse", "main~1"), git(t, dir, "rev-parse", "main"), git(t, dir, "rev-parse", "drop")
	bare := filepath.Join(t.TempDir(), "bare.git")
	git(t, dir, "clone", "-q", "--bare", ".", bare)
	for _, test := range []struct {
		name                  string
		args                  []string
		base, head, mergeBase string
		findings              int
	}{
		{"from the merge base", []string{"--base", "main", "--head", "drop"}, main, drop, start, 1},
		{"the two themselves", []string{"--base", "main", "--head", "drop", "--two-dot"}, main, drop, main, 1},
		{"a bare repository", []string{"--base", "main", "--head", "drop", "--repo", bare}, main, drop, start, 1},
		{"a folder below the top", []string{"--base", "main", "--head", "drop", "--repo", filepath.Join(dir, "app")}, main, drop, start, 1},
		{"the other way", []string{"--base", "drop", "--head", "main", "--two-dot"}, drop, main, drop, 0},
		{"the same twice", []string{"--base", "main", "--head", "main"}, main, main, main, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := invoke(t.Context(), append([]string{"diff", "--format", "json", "--repo", dir}, test.args...)...)
			d := decode(t, got)
			if d.Base != test.base || d.Head != test.head || d.MergeBase != test.mergeBase {
				t.Errorf("base %s, head %s, merge base %s; want %s, %s, %s", d.Base, d.Head, d.MergeBase, test.base, test.head, test.mergeBase)
			}
			if len(d.Findings) != test.findings {
				t.Errorf("findings = %+v, want %d", d.Findings, test.findings)
			}
			if got.status != min(test.findings, 1) || got.err != "" {
				t.Errorf("status %d, standard error %q", got.status, got.err)
			}
		})
	}
}

func TestDiffWorkingTree(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	if got := invoke(t.Context(), "diff", "--base", "main", "--repo", dir, "--format", "json"); got.status != statusClean || len(decode(t, got).Findings) != 0 {
		t.Errorf("a clean working tree: status %d, %s", got.status, got.out)
	}
	write(t, dir, route, open)
	status := git(t, dir, "status", "--porcelain")
	for _, folder := range []string{dir, filepath.Join(dir, "lib")} {
		got := invoke(t.Context(), "diff", "--base", "main", "--repo", folder, "--format", "json")
		d := decode(t, got)
		if got.status != statusFound || len(d.Findings) != 1 {
			t.Fatalf("status %d, findings %+v, want one", got.status, d.Findings)
		}
		f := d.Findings[0]
		if f.Layer != "authentication" || f.Severity != "error" || f.File != route || f.Line != 6 || f.Side != "base" || f.Endpoint.Name != "GET /api/posts" {
			t.Errorf("finding = %+v", f)
		}
	}
	if now := git(t, dir, "status", "--porcelain"); now != status {
		t.Errorf("the working tree changed:\n%s\nwas:\n%s", now, status)
	}
}

// What is staged is judged, whatever the working tree says by now.
func TestDiffStaged(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	write(t, dir, route, open)
	git(t, dir, "add", route)
	write(t, dir, route, "export {}\n")
	for _, folder := range []string{dir, filepath.Join(dir, "lib")} {
		got := invoke(t.Context(), "diff", "--base", "HEAD", "--staged", "--repo", folder, "--format", "json")
		if d := decode(t, got); got.status != statusFound || len(d.Findings) != 1 || d.Findings[0].Line != 6 {
			t.Errorf("%s: status %d, findings %+v, want one", folder, got.status, d.Findings)
		}
	}
	git(t, dir, "reset", "-q")
	if got := invoke(t.Context(), "diff", "--base", "HEAD", "--staged", "--repo", dir); got.status != statusClean {
		t.Errorf("nothing staged: status %d, %s", got.status, got.out)
	}
	blob := git(t, dir, "hash-object", "-w", route)
	cmd := exec.CommandContext(t.Context(), "git", "-C", dir, "update-index", "--index-info")
	cmd.Stdin = strings.NewReader("0 " + strings.Repeat("0", 40) + "\t" + route + "\n100644 " + blob + " 1\t" + route + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	wantFailure(t, invoke(t.Context(), "diff", "--base", "HEAD", "--staged", "--repo", dir), "resolve the merge first")
	wantFailure(t, invoke(t.Context(), "diff", "--base", "HEAD", "--staged", "--head", "main", "--repo", dir), "staged")
}

func TestDiffFormats(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	for format, part := range map[string]string{
		"text":     "GET /api/posts",
		"json":     `"version": 1`,
		"sarif":    `"2.1.0"`,
		"markdown": "/api/posts",
	} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			args := []string{"diff", "--base", "main", "--head", "drop", "--repo", dir, "--format", format}
			got := invoke(t.Context(), args...)
			if got.status != statusFound || !strings.Contains(got.out, part) || strings.Contains(got.out, "\x1b") {
				t.Errorf("status %d, standard error %q, standard output:\n%s", got.status, got.err, got.out)
			}
			if again := invoke(t.Context(), args...); again != got {
				t.Errorf("a second run differs:\n%s\nfirst:\n%s", again.out, got.out)
			}
		})
	}
}

func TestDiffFailOn(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	for failOn, status := range map[string]int{"error": statusFound, "warning": statusFound, "notice": statusFound, "never": statusClean} {
		got := invoke(t.Context(), "diff", "--base", "main", "--head", "drop", "--repo", dir, "--fail-on", failOn)
		if got.status != status || got.out == "" {
			t.Errorf("--fail-on %s: status %d, want %d; standard output %q", failOn, got.status, status, got.out)
		}
	}
}

func TestDiffRefuses(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	git(t, dir, "switch", "-q", "--orphan", "island")
	write(t, dir, "README.md", "elsewhere\n")
	commit(t, dir, "island")
	for _, test := range []struct {
		name    string
		args    []string
		message string
	}{
		{"unknown revision", []string{"--base", "nowhere", "--repo", dir}, `unknown revision "nowhere"`},
		{"an option for a revision", []string{"--base=--output=x", "--repo", dir}, "--output=x"},
		{"no repository", []string{"--base", "main", "--repo", t.TempDir()}, "not a git repository"},
		{"no folder", []string{"--base", "main", "--repo", filepath.Join(dir, "none")}, "none"},
		{"no common ancestor", []string{"--base", "main", "--head", "island", "--repo", dir}, "--two-dot"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			wantFailure(t, invoke(t.Context(), append([]string{"diff"}, test.args...)...), test.message)
		})
	}
}

// TestDiffSettings: the settings are those of the base as it is now, whatever
// the head, or the commit that it left the base at, says.
func TestDiffSettings(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	git(t, dir, "switch", "-q", "-c", "excused", "drop")
	write(t, dir, settings.Path, "fail_on: never\npublic: ['**']\n")
	commit(t, dir, "excuse it")
	git(t, dir, "switch", "-q", "-c", "tolerant", "main")
	write(t, dir, settings.Path, "fail_on: never\n")
	commit(t, dir, "tolerate")
	git(t, dir, "switch", "-q", "-c", "broken", "main")
	write(t, dir, settings.Path, "fail_on: seldom\n")
	commit(t, dir, "break")
	for _, test := range []struct {
		base, head       string
		args             []string
		status, findings int
		says             string
	}{
		{"main", "excused", nil, statusFound, 3, "the check would never fail"},
		{"tolerant", "drop", nil, statusClean, 1, "session check"},
		{"tolerant", "drop", []string{"--fail-on", "error"}, statusFound, 1, "session check"},
		{"broken", "drop", nil, statusFound, 1, `line 1, column 10: fail_on: \"seldom\" isn't one of error`},
	} {
		args := append([]string{"diff", "--repo", dir, "--base", test.base, "--head", test.head, "--format", "json"}, test.args...)
		got := invoke(t.Context(), args...)
		if n := len(decode(t, got).Findings); got.status != test.status || n != test.findings || !strings.Contains(got.out, test.says) {
			t.Errorf("%v: status %d, %d findings, %s", args[3:], got.status, n, got.out)
		}
	}
}

// Code scanning shows a result on a pull request where its lines are part of the
// diff: what was lost stands where the head lost it.
func TestSARIFStandsInTheDiff(t *testing.T) {
	t.Parallel()
	dir := newRepository(t)
	got := invoke(t.Context(), "diff", "--repo", dir, "--base", "main", "--head", "drop", "--format", "sarif")
	var log struct {
		Runs []struct {
			Results []struct {
				Locations []struct {
					PhysicalLocation struct{ Region struct{ StartLine int } }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(got.out), &log); err != nil || len(log.Runs) != 1 || len(log.Runs[0].Results) != 1 {
		t.Fatalf("%v: %+v", err, got)
	}
	line := log.Runs[0].Results[0].Locations[0].PhysicalLocation.Region.StartLine
	if text := strings.Split(open, "\n")[line-1]; line != 5 || !strings.Contains(text, "db.post.findMany()") {
		t.Errorf("the result stands at line %d, %q, want the one behind the check that is gone", line, text)
	}
}
