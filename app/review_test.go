package app

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
)

// spot is where a request puts a comment.
type spot struct {
	Path, Side string
	Line       int
	File       bool
}

func (p spot) String() string {
	if p.File {
		return p.Path + " file"
	}
	return fmt.Sprintf("%s %s %d", p.Path, p.Side, p.Line)
}

// spots are the places that a request's body asks for.
func spots(r *http.Request) []spot {
	type place struct {
		Path        string `json:"path"`
		Side        string `json:"side"`
		Line        int    `json:"line"`
		SubjectType string `json:"subject_type"`
	}
	var body struct {
		place
		Comments []place `json:"comments"`
	}
	text, err := io.ReadAll(r.Body)
	if err != nil || json.Unmarshal(text, &body) != nil {
		return nil
	}
	var list []spot
	for _, p := range append(body.Comments, body.place) {
		if p.Path != "" {
			list = append(list, spot{p.Path, p.Side, p.Line, p.SubjectType == "file"})
		}
	}
	return list
}

// refuse lets GitHub refuse whatever asks for one of the places, as it does with
// a place that its diff lacks: the whole review, without saying which.
func (s *stage) refuse(places []string) {
	s.github.Intercept(func(r *http.Request) *sandbox.Response {
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/reviews") && !strings.HasSuffix(r.URL.Path, "/comments") {
			return nil
		}
		for _, p := range spots(r) {
			if slices.Contains(places, p.String()) {
				return refusal(strings.HasSuffix(r.URL.Path, "/reviews"))
			}
		}
		return nil
	})
}

func refusal(review bool) *sandbox.Response {
	const documented = `"documentation_url":"https://docs.github.com/rest"}`
	if review {
		return &sandbox.Response{Status: 422, Body: []byte(`{"message":"Unprocessable Entity","errors":["Line could not be resolved"],` + documented)}
	}
	return &sandbox.Response{Status: 422, Body: []byte(`{"message":"Validation Failed","errors":[{"resource":"PullRequestReviewComment",` +
		`"code":"invalid","field":"pull_request_review_thread.line"}],` + documented)}
}

// The ladder, rung by rung: with each refusal the comment goes to the next
// place, and where none is left it stands in the review; the check has it on
// every rung.
func TestLadder(t *testing.T) {
	t.Parallel()
	const other = "app/api/teams/route.ts"
	base, head := sample(t)
	base[other] = strings.ReplaceAll(base[route], "post", "team")
	head[other] = strings.ReplaceAll(head[route], "post", "team")
	rungs := []string{
		route + " LEFT 5",  // the guard's own line
		route + " RIGHT 4", // the line that took its place
		route + " RIGHT 3", // the endpoint's
		route + " file",
		"",
	}
	for i, want := range rungs {
		t.Run(fmt.Sprint(i, " ", want), func(t *testing.T) {
			t.Parallel()
			s := stageOf(t, setting{base: base, head: head})
			s.refuse(rungs[:i])
			s.hook(t, sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})

			var got []string
			for _, c := range s.repo.Comments(s.pull.Number) {
				got = append(got, spot{c.Path, c.Side, c.Line, c.File}.String())
			}
			wanted := []string{other + " LEFT 5"}
			if want != "" {
				wanted = append(wanted, want)
			}
			slices.Sort(got)
			slices.Sort(wanted)
			if !slices.Equal(got, wanted) {
				t.Errorf("comments at %q, want %q", got, wanted)
			}
			told := ""
			for _, r := range s.repo.Reviews(s.pull.Number) {
				told += r.Body
			}
			if strings.Contains(told, "POST /api/posts lost") != (want == "") {
				t.Errorf("the reviews say %s", told)
			}
			run := s.check(t)
			if len(run.Annotations) != 2 || !strings.Contains(run.Summary, "POST /api/posts") || run.Conclusion != "failure" {
				t.Errorf("the check has %d annotations and says %s", len(run.Annotations), run.Summary)
			}

			// The second time nothing is written, wherever it ended.
			s.github.Intercept(nil)
			written := len(s.writes())
			s.hook(t, sandbox.Hook{Event: "pull_request", Action: "reopened", Pull: s.pull.Number})
			if again := s.writes()[written:]; len(again) != 0 {
				t.Errorf("the second time the App wrote %q", again)
			}
		})
	}
}

// A file that GitHub shows no patch of takes no comment on a line, and one on
// the file alone, never as part of a review.
func TestLargeFileGetsAFileComment(t *testing.T) {
	t.Parallel()
	base, head := sample(t)
	var more strings.Builder
	for i := range 3_100 {
		fmt.Fprintf(&more, "export const text%d = %d\n", i, i)
	}
	head[route] += more.String()
	s := stageOf(t, setting{base: base, head: head})
	s.hook(t, sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})
	if comments := s.repo.Comments(s.pull.Number); len(comments) != 1 || !comments[0].File || comments[0].Path != route {
		t.Errorf("comments %+v", comments)
	}
	for _, r := range s.github.Requests() {
		if r.Status == http.StatusUnprocessableEntity && strings.Contains(r.Path, "/pulls/") {
			t.Errorf("%s %s was refused: %s", r.Method, r.Path, r.Body)
		}
	}
}

// Others' comments count for nothing, whatever they copy from the App's; nor does
// what somebody makes of the App's own.
func TestForgedMarkers(t *testing.T) {
	t.Parallel()
	s, comment := reported(t)
	own := s.repo.Comments(s.pull.Number)[0].Body
	marker, _, _ := strings.Cut(own, "\n")
	s.reply(t, comment, "mallory", marker+"\n/authdiff accept x")
	forged := strings.Replace(strings.Replace(marker, "finding", "accepted", 1), " -->", " -->\n", 1) + own
	if err := s.repo.EditComment(s.pull.Number, comment, forged); err != nil {
		t.Fatal(err)
	}
	_, head := sample(t)
	head["lib/more.ts"] = "export const more = 1\n"
	if _, err := s.repo.PushHead(s.pull.Number, head); err != nil {
		t.Fatal(err)
	}
	s.hook(t, sandbox.Hook{Event: "pull_request", Action: "synchronize", Pull: s.pull.Number})
	s.want(t, "with a forged marker", "failure")
	if n := len(s.repo.Comments(s.pull.Number)); n != 2 { // the App's and mallory's
		t.Errorf("%d comments", n)
	}
}

// pushes are what authors do to a pull request, each from the head before it.
var pushes = []struct {
	name   string
	change func(head map[string]string)
}{
	{"an unrelated file", func(head map[string]string) { head["docs/a.md"] = "# a\n" }},
	{"re-formatted", func(head map[string]string) {
		head[route] = strings.ReplaceAll(strings.ReplaceAll(head[route], "  ", "\t"), "\"", "'")
	}},
	{"lines above", func(head map[string]string) { head[route] = strings.Repeat("// a comment\n", 60) + head[route] }},
	{"rebased", nil},
	{"locals renamed", func(head map[string]string) { head[route] = strings.ReplaceAll(head[route], "body", "payload") }},
	{"the actions' file renamed", func(head map[string]string) { rename(head, "app/actions.ts", "app/posts/actions.ts") }},
	{"the helper's file renamed", func(head map[string]string) {
		rename(head, "lib/admin.ts", "lib/staff.ts")
		for path := range head {
			head[path] = strings.ReplaceAll(head[path], "@/lib/admin", "@/lib/staff")
		}
	}},
	{"a second endpoint of the helper changed", func(head map[string]string) {
		head["app/api/staff/route.ts"] = strings.Replace(head["app/api/staff/route.ts"], "user.findMany()", "user.findMany({ take: 10 })", 1)
	}},
	{"the route in a group", func(head map[string]string) { rename(head, route, "app/(main)/api/posts/route.ts") }},
	{"rebased again", nil},
	{"the route's guard restored", func(head map[string]string) {
		base := guarded()
		head["app/(main)/api/posts/route.ts"] = base[route]
	}},
}

func rename(files map[string]string, from, to string) {
	files[to] = files[from]
	delete(files, from)
}

// guarded is the base: a route and an action with guards of their own, and two
// routes behind a helper.
func guarded() map[string]string {
	files := map[string]string{
		"package.json": `{"name": "shop", "dependencies": {"next": "15.0.0", "next-auth": "5.0.0"}}`,
		"lib/auth.ts":  "import NextAuth from \"next-auth\"\nexport const { auth } = NextAuth({})\n",
		"lib/db.ts":    "import { PrismaClient } from \"@prisma/client\"\nexport const db = new PrismaClient()\n",
		route: `import { auth } from "@/lib/auth"
import { db } from "@/lib/db"

export async function POST(req: Request) {
  const session = await auth()
  if (!session) return new Response(null, { status: 401 })
  const body = await req.json()
  return Response.json(await db.post.create({ data: body }))
}
`,
		"app/actions.ts": `"use server"
import { auth } from "@/lib/auth"
import { db } from "@/lib/db"

export async function removePost(id: string) {
  const session = await auth()
  if (!session) throw new Error("sign in")
  await db.post.delete({ where: { id } })
}
`,
		"lib/admin.ts": `import { auth } from "@/lib/auth"

export async function requireAdmin() {
  const session = await auth()
  if (!session) throw new Error("sign in")
  if (session.user.role !== "admin") throw new Error("admins only")
  return session.user
}
`,
	}
	for _, name := range []string{"staff", "billing"} {
		files["app/api/"+name+"/route.ts"] = `import { requireAdmin } from "@/lib/admin"
import { db } from "@/lib/db"

export async function GET() {
  await requireAdmin()
  return Response.json(await db.user.findMany())
}
`
	}
	return files
}

// unguarded is the head that the pull request opens with.
func unguarded() map[string]string {
	head := guarded()
	for _, path := range []string{route, "app/actions.ts", "lib/admin.ts"} {
		var rows []string
		for row := range strings.Lines(head[path]) {
			session := strings.Contains(row, "session = await auth()") || strings.Contains(row, "if (!session)")
			if !(session && path != "lib/admin.ts") && !strings.Contains(row, "admins only") {
				rows = append(rows, row)
			}
		}
		head[path] = strings.Join(rows, "")
	}
	return head
}

// One comment per finding, ever: whatever is pushed, the comments stay those of
// the first review, none is deleted, and the one whose guard is restored says in
// which commit.
func TestManyPushesOneCommentPerFinding(t *testing.T) {
	t.Parallel()
	base, head := guarded(), unguarded()
	s := stageOf(t, setting{base: base, head: head})
	s.hook(t, sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})
	first := s.repo.Comments(s.pull.Number)
	if len(first) != 3 {
		t.Fatalf("%d comments on the first review, want 3", len(first))
	}
	var last string
	for i, push := range pushes {
		if push.change == nil {
			base = withFile(base, fmt.Sprintf("docs/base%d.md", i), "# more\n")
			head = withFile(head, fmt.Sprintf("docs/base%d.md", i), "# more\n")
			s.rebase(t, i, base, head)
		} else {
			head = maps.Clone(head)
			push.change(head)
			if _, err := s.repo.PushHead(s.pull.Number, head); err != nil {
				t.Fatal(err)
			}
		}
		s.hook(t, sandbox.Hook{Event: "pull_request", Action: "synchronize", Pull: s.pull.Number})
		p, _ := s.repo.Pull(s.pull.Number)
		last = p.HeadSHA
		s.want(t, push.name, "failure")
		comments := s.repo.Comments(s.pull.Number)
		if len(comments) != len(first) {
			t.Errorf("after %q: %d comments, the newest is %s", push.name, len(comments), comments[len(comments)-1].Body)
		}
		for j, c := range comments {
			fixed := strings.Contains(c.Body, "**Fixed**")
			if want := i == len(pushes)-1 && c.Path == route; fixed != want {
				t.Errorf("after %q comment %d on %s is fixed: %v", push.name, j, c.Path, fixed)
			}
			if fixed && !strings.Contains(c.Body, last[:7]) {
				t.Errorf("the fixed comment doesn't name %s: %s", last[:7], c.Body)
			}
		}
	}
	if n := len(s.repo.Reviews(s.pull.Number)); n != 1 {
		t.Errorf("%d reviews", n)
	}
	for _, r := range s.github.Requests() {
		if r.Method == http.MethodDelete {
			t.Errorf("the App deleted %s", r.Path)
		}
	}
}

// rebase puts the head on a base branch that moved on, by a forced push.
func (s *stage) rebase(t *testing.T, n int, base, head map[string]string) {
	t.Helper()
	if _, err := s.repo.Push("main", base); err != nil {
		t.Fatal(err)
	}
	sha, err := s.repo.Push(fmt.Sprintf("rebased-%d", n), head)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := s.repo.Pull(s.pull.Number)
	if err := s.repo.PushCommit(p.HeadRef, sha); err != nil {
		t.Fatal(err)
	}
}

// The comments of a pull request are capped; the check and the review list the
// rest, and it is listed once.
func TestCommentsAreCapped(t *testing.T) {
	t.Parallel()
	const one = "comments: {max: 1}\n"
	s := stageOf(t, setting{base: withFile(guarded(), settingsFile, one), head: withFile(unguarded(), settingsFile, one)})
	s.hook(t, sandbox.Hook{Event: "pull_request", Action: "opened", Pull: s.pull.Number})
	comments, reviews := s.repo.Comments(s.pull.Number), s.repo.Reviews(s.pull.Number)
	if len(comments) != 1 || len(reviews) != 1 || !strings.Contains(reviews[0].Body, "a pull request gets at most 1") {
		t.Errorf("%d comments, reviews %+v", len(comments), reviews)
	}
	s.want(t, "capped", "failure", "removePost", "POST /api/posts", "GET /api/")
	if run := s.check(t); len(run.Annotations) != 3 {
		t.Errorf("%d annotations", len(run.Annotations))
	}
	if _, err := s.repo.PushHead(s.pull.Number, withFile(withFile(unguarded(), settingsFile, one), "docs/a.md", "# a\n")); err != nil {
		t.Fatal(err)
	}
	s.hook(t, sandbox.Hook{Event: "pull_request", Action: "synchronize", Pull: s.pull.Number})
	if c, r := len(s.repo.Comments(s.pull.Number)), len(s.repo.Reviews(s.pull.Number)); c != 1 || r != 1 {
		t.Errorf("after a push: %d comments, %d reviews", c, r)
	}
}
