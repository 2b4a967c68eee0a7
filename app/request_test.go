package app

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/authdiff/authdiff/app/sandbox"
)

// spent counts the requests since the last call, tokens included, and lists
// them.
func (s *stage) spent(seen *int) (n int, list string) {
	all := s.github.Requests()
	var b strings.Builder
	for _, r := range all[*seen:] {
		name := r.Route
		if r.Path == "/graphql" {
			_, query, _ := strings.Cut(string(r.Body), "query ")
			query, _, _ = strings.Cut(query, "(")
			name = "/graphql " + query
		}
		fmt.Fprintf(&b, "%s %s\n", r.Method, name)
	}
	n, *seen = len(all)-*seen, len(all)
	return n, b.String()
}

// budget fails the test when a pull request took more requests than it may.
func (s *stage) budget(t *testing.T, what string, seen *int, most int) {
	t.Helper()
	n, list := s.spent(seen)
	t.Logf("%s: %d requests", what, n)
	if n > most {
		t.Errorf("%s took %d requests, at most %d are allowed:\n%s", what, n, most, list)
	}
}

// shop is an application with ten guarded route handlers and what they use.
func shop() map[string]string {
	files := map[string]string{
		"package.json": `{"name": "shop", "dependencies": {"next": "15.0.0", "next-auth": "5.0.0"}}`,
		"auth.ts":      "import NextAuth from \"next-auth\"\nexport const { auth } = NextAuth({})\n",
		"lib/db.ts":    "import { PrismaClient } from \"@prisma/client\"\nexport const db = new PrismaClient()\n",
		"README.md":    "# Shop\n",
	}
	for i := range 10 {
		files[fmt.Sprintf("app/api/item%d/route.ts", i)] = handler(i, true)
	}
	return files
}

func handler(i int, guarded bool) string {
	guard := ""
	if guarded {
		guard = "  const session = await auth()\n  if (!session) return new Response(null, { status: 401 })\n"
	}
	return "import { auth } from \"@/auth\"\nimport { db } from \"@/lib/db\"\n\nexport async function DELETE(request: Request) {\n" + guard +
		fmt.Sprintf("  await db.item%d.deleteMany({})\n  return Response.json({ ok: true })\n}\n", i)
}

// owners are who a repository may belong to, and what they have of settings. All
// are met cold: the App knows nothing of them.
var owners = map[string]struct {
	organised bool
	shared    *sandbox.RepositorySpec // the owner's .github repository
}{
	"a person": {},
	"an organisation without shared settings":   {organised: true},
	"one whose .github repository lacks a file": {true, &sandbox.RepositorySpec{Files: map[string]string{"README.md": "x\n"}}},
	"one that shares settings":                  {true, &sandbox.RepositorySpec{Files: map[string]string{settingsFile: "fail_on: error\n"}}},
	"one that shares settings with all": {true, &sandbox.RepositorySpec{
		Files: map[string]string{settingsFile: "fail_on: error\n"}, Public: true, NotInstalled: true,
	}},
}

// mostAtFirst is the budget of a first review of ten files. A .github repository
// that isn't public takes a token of its own, and a request for the file: once in
// ten minutes for all pull requests of the owner's.
func mostAtFirst(owner string) int {
	if o := owners[owner]; o.shared != nil && !o.shared.Public {
		return 11
	}
	return 10
}

// ownedBy sets the stage for one of the owners.
func ownedBy(t *testing.T, owner string, base, head map[string]string) *stage {
	t.Helper()
	o := owners[owner]
	s := stageOf(t, setting{base: base, head: head, organised: o.organised})
	if o.shared != nil {
		spec := *o.shared
		spec.Owner, spec.Name = "acme", ".github"
		if _, err := s.github.AddRepository(spec); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestRequestsOfAPullRequest(t *testing.T) {
	t.Parallel()
	for owner := range owners {
		t.Run(owner, func(t *testing.T) {
			t.Parallel()
			requestsOfAPullRequest(t, owner)
		})
	}
}

func requestsOfAPullRequest(t *testing.T, owner string) {
	base := shop()
	head := maps.Clone(base)
	for i := range 10 {
		path := fmt.Sprintf("app/api/item%d/route.ts", i)
		head[path] = strings.Replace(head[path], "ok: true", "ok: !0", 1)
	}
	head["app/api/item3/route.ts"] = handler(3, false)
	s := ownedBy(t, owner, base, head)
	seen := 0
	s.deliver(t, "opened")
	if run := s.completed(t, s.pull.HeadSHA); run.Conclusion != "failure" {
		t.Fatalf("the check is %s: %s", run.Conclusion, run.Summary)
	}
	s.ended(t)
	s.budget(t, "the first review of a pull request with ten files", &seen, mostAtFirst(owner))

	push := func(what, path, text string, conclusion string) {
		head[path] = text
		sha, err := s.repo.PushHead(s.pull.Number, head)
		if err != nil {
			t.Fatal(err)
		}
		s.deliver(t, "synchronize")
		if run := s.completed(t, sha); run.Conclusion != conclusion {
			t.Errorf("%s: the check is %s", what, run.Conclusion)
		}
		s.ended(t)
		s.budget(t, what, &seen, 8)
	}
	push("a push that changes one file", "app/api/item4/route.ts", handler(4, true)+"\n", "failure")
	push("a push that loses one more guard", "app/api/item5/route.ts", handler(5, false), "failure")
	push("a push that restores a guard", "app/api/item3/route.ts", handler(3, true), "failure")
	push("a push that restores the last one", "app/api/item5/route.ts", handler(5, true), "success")
	if n := len(s.repo.Comments(s.pull.Number)); n != 2 {
		t.Errorf("%d comments, want 2", n)
	}
}

// Where nothing that matters changed no file is read, and no tree.
func TestRequestsWhereNothingMatters(t *testing.T) {
	t.Parallel()
	base := shop()
	head := maps.Clone(base)
	head["README.md"] = "# The shop\n"
	head["docs/logo.png"] = "a\x00b"
	for owner := range owners {
		t.Run(owner, func(t *testing.T) {
			t.Parallel()
			s := ownedBy(t, owner, base, head)
			seen := 0
			s.deliver(t, "opened")
			if run := s.completed(t, s.pull.HeadSHA); run.Conclusion != "success" {
				t.Errorf("the check is %s", run.Conclusion)
			}
			s.ended(t)
			for _, r := range s.github.Requests() {
				if strings.Contains(r.Path, "/git/") || strings.Contains(r.Path, "/tarball/") || strings.Contains(string(r.Body), "query Blobs") {
					t.Errorf("%s %s was asked for", r.Method, r.Path)
				}
			}
			s.budget(t, "a pull request without relevant change", &seen, 5)
		})
	}
}

// GitHub lists 300 files of a comparison and no more: then the trees tell.
func TestRequestsOfManyFiles(t *testing.T) {
	t.Parallel()
	base := shop()
	for name, test := range map[string]struct {
		file       string
		conclusion string
	}{"pictures and texts": {"zz/readme.md", "success"}, "the last one loses a guard": {"app/api/item9/route.ts", "failure"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			head := maps.Clone(base)
			for i := range 400 {
				head[fmt.Sprintf("aa/text%d.md", i)] = fmt.Sprint(i)
			}
			head[test.file] = handler(9, false)
			s := stageOf(t, setting{base: base, head: head})
			s.deliver(t, "opened")
			if run := s.completed(t, s.pull.HeadSHA); run.Conclusion != test.conclusion {
				t.Errorf("the check is %s", run.Conclusion)
			}
		})
	}
}

// GitHub lists 3,000 files of a pull request and no more, in whatever place. What
// lies beyond is found by the trees: a lost guard, and that nothing matters. (The
// limits are lowered; the proportions are GitHub's.)
func TestMoreFilesThanGitHubLists(t *testing.T) {
	t.Parallel()
	base := shop()
	for name, test := range map[string]struct {
		file, text, conclusion string
	}{
		"the last one loses a guard": {"app/api/item9/route.ts", handler(9, false), "failure"},
		"a file that goes away":      {"app/api/item9/route.ts", "", "success"},
		"nothing matters":            {"zz/readme.md", "text\n", "success"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			head := maps.Clone(base)
			for i := range 150 {
				head[fmt.Sprintf("aa/text%03d.md", i)] = fmt.Sprint(i)
			}
			head[test.file] = test.text
			if test.text == "" {
				delete(head, test.file)
			}
			s := stageOf(t, setting{base: base, head: head, options: sandbox.Options{
				Limits: sandbox.Limits{PullFiles: 100, CompareFiles: 10, TreeEntries: 60},
			}})
			s.deliver(t, "opened")
			s.ended(t)
			run := s.only(t, s.pull.HeadSHA, test.conclusion)
			if test.conclusion == "failure" && !strings.Contains(run.Text, "item9") {
				t.Errorf("the check doesn't name the endpoint: %s", run.Text)
			}
			comments := s.repo.Comments(s.pull.Number)
			if lost := test.conclusion == "failure"; lost != (len(comments) == 1) {
				t.Errorf("comments %+v", comments)
			}
		})
	}
}

// A pull request of 3,000 files: GitHub lists 300 of them in a comparison, and
// the others are found all the same, by trees and archives.
func TestRequestsOfThreeThousandFiles(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short: it writes 3,000 files twice")
	}
	base := shop()
	for i := range 2990 {
		base[fmt.Sprintf("lib/part%d/file%d.ts", i%50, i)] = fmt.Sprintf("export const value%d = %d\n", i, i)
	}
	head := maps.Clone(base)
	for path, text := range base {
		if strings.HasSuffix(path, ".ts") {
			head[path] = text + "// changed\n"
		}
	}
	head["lib/part7/more.ts"] = "export const more = 1\n"
	head["app/api/item9/route.ts"] = handler(9, false)
	s := stageOf(t, setting{base: base, head: head})
	seen := 0
	began := time.Now()
	s.deliver(t, "opened")
	run := s.completed(t, s.pull.HeadSHA)
	t.Logf("%d files took %s", len(base), time.Since(began).Round(time.Millisecond))
	if run.Conclusion != "failure" || len(s.repo.Comments(s.pull.Number)) != 1 {
		t.Errorf("the check is %s: %s", run.Conclusion, run.Summary)
	}
	s.ended(t)
	// Two archives, whose download is no request to the API.
	s.budget(t, "a pull request of 3,000 files", &seen, 16)
}
