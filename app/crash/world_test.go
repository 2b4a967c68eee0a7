package crash

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
)

// The world: some owners with repositories, and pull requests that lose guards
// push by push, some of which find them again.
const (
	owners    = 4
	perOwner  = 3 // repositories
	endpoints = 4
)

// history is what becomes of one pull request: which guards its heads lack, as
// bits. The first head is there when it is opened.
type history struct {
	repository int
	heads      []uint
}

// histories are the same for the same seed.
func histories(seed uint64, pulls int) []history {
	chance := rand.New(rand.NewPCG(seed, 1))
	list := make([]history, pulls)
	for i := range list {
		h := history{repository: chance.IntN(owners * perOwner), heads: []uint{uint(chance.IntN(1 << endpoints))}}
		for range chance.IntN(3) {
			last := h.heads[len(h.heads)-1]
			if chance.IntN(4) == 0 {
				h.heads = append(h.heads, 0) // all guards are back
				continue
			}
			h.heads = append(h.heads, last|uint(1<<chance.IntN(endpoints)))
		}
		list[i] = h
	}
	return list
}

// files is a repository that lacks some guards. number makes each head of each
// pull request a commit of its own.
func files(without uint, number string) map[string]string {
	out := map[string]string{
		"lib/auth.ts":     "import NextAuth from \"next-auth\"\nexport const { auth } = NextAuth({})\n",
		"lib/db.ts":       "import { PrismaClient } from \"@prisma/client\"\nexport const db = new PrismaClient()\n",
		"lib/revision.ts": fmt.Sprintf("export const revision = %q\n", number),
	}
	for i := range endpoints {
		guard := "  const session = await auth()\n  if (!session) return new Response(null, { status: 401 })\n"
		if without&(1<<i) != 0 {
			guard = ""
		}
		out[fmt.Sprintf("app/api/item%d/route.ts", i)] = fmt.Sprintf(`import { auth } from "@/lib/auth"
import { db } from "@/lib/db"

export async function POST(req: Request) {
%s  const body = await req.json()
  return Response.json(await db.item%d.create({ data: body }))
}
`, guard, i)
	}
	return out
}

// world is a sandbox with the repositories and the pull requests so far.
type world struct {
	github       *sandbox.Server
	repositories []*sandbox.Repository
	histories    []history
	pulls        []*pull
}

type pull struct {
	world      *world
	index      int
	repository *sandbox.Repository
	number     int64
	heads      []string // commits, oldest first
}

func newWorld(t testing.TB, seed uint64, pulls int) *world {
	t.Helper()
	github, err := sandbox.New(sandbox.Options{WebURL: "https://github.example"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = github.Close() })
	w := &world{github: github, histories: histories(seed, pulls), pulls: make([]*pull, pulls)}
	for i := range owners * perOwner {
		r, err := github.AddRepository(sandbox.RepositorySpec{
			Owner: fmt.Sprintf("owner%d", i/perOwner), Name: fmt.Sprintf("repo%d", i%perOwner), Files: files(0, "base"),
		})
		if err != nil {
			t.Fatal(err)
		}
		w.repositories = append(w.repositories, r)
	}
	return w
}

// open opens a pull request and returns its event.
func (w *world) open(i int) (*pull, sandbox.Delivery, error) {
	h := w.histories[i]
	p := &pull{world: w, index: i, repository: w.repositories[h.repository]}
	opened, err := p.repository.OpenPull(sandbox.PullSpec{
		Title: fmt.Sprintf("change %d", i), HeadRef: fmt.Sprintf("change-%d", i), Files: files(h.heads[0], fmt.Sprintf("%d/0", i)),
	})
	if err != nil {
		return nil, sandbox.Delivery{}, err
	}
	p.number, p.heads = opened.Number, []string{opened.HeadSHA}
	w.pulls[i] = p
	d, err := p.event("opened")
	return p, d, err
}

// push adds the pull request's next head and returns its event; false when it
// has no more.
func (p *pull) push() (sandbox.Delivery, bool, error) {
	h := p.world.histories[p.index]
	n := len(p.heads)
	if n == len(h.heads) {
		return sandbox.Delivery{}, false, nil
	}
	sha, err := p.repository.PushHead(p.number, files(h.heads[n], fmt.Sprintf("%d/%d", p.index, n)))
	if err != nil {
		return sandbox.Delivery{}, false, err
	}
	p.heads = append(p.heads, sha)
	d, err := p.event("synchronize")
	return d, true, err
}

func (p *pull) event(action string) (sandbox.Delivery, error) {
	return p.repository.Webhook(sandbox.Hook{Event: "pull_request", Action: action, Pull: p.number})
}

func (p *pull) head() string { return p.heads[len(p.heads)-1] }

// finished reports whether the head has its verdict.
func (p *pull) finished() bool {
	runs := p.repository.CheckRuns(p.head())
	return len(runs) > 0 && runs[len(runs)-1].Status == "completed"
}

var (
	findingMarker = regexp.MustCompile(`<!-- authdiff:finding ([0-9A-Za-z_-]+)`)
	hiddenLine    = regexp.MustCompile(`(?m)^<!--.*-->\n`)
	commitName    = regexp.MustCompile(`\b[0-9a-f]{7,40}\b`)
)

// verdict is what people see in the end, without what differs between runs:
// commits, and signatures.
func (p *pull) verdict() string {
	var lines []string
	for _, run := range p.repository.CheckRuns(p.head()) {
		lines = append(lines, "check "+run.Status+" "+run.Conclusion+" "+run.Title+"\n"+plain(run.Summary)+plain(run.Text))
	}
	var open []string
	for _, c := range p.repository.Comments(p.number) {
		if !strings.Contains(c.Body, "**Fixed**") {
			open = append(open, fmt.Sprintf("comment %s %s %d\n%s", c.Path, c.Side, cmp.Or(c.Line, c.OriginalLine), plain(c.Body)))
		}
	}
	slices.Sort(open)
	return strings.Join(append(lines, open...), "\n")
}

// difference is the first line in which two verdicts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d is %q, in a clean run %q", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, in a clean run %d; the last is %q", len(g), len(w), g[len(g)-1])
}

func plain(text string) string {
	return commitName.ReplaceAllString(hiddenLine.ReplaceAllString(text, ""), "COMMIT")
}

// problems lists what no interruption may lead to: a head without exactly one
// completed check, an older head with an unfinished one, a finding told twice.
func (p *pull) problems() (list []string) {
	name := fmt.Sprintf("%s#%d", p.repository.FullName(), p.number)
	for i, sha := range p.heads {
		runs := p.repository.CheckRuns(sha)
		if i == len(p.heads)-1 && len(runs) != 1 || len(runs) > 1 {
			list = append(list, fmt.Sprintf("%s: head %d of %d has %d check runs", name, i+1, len(p.heads), len(runs)))
		}
		for _, run := range runs {
			if run.Status != "completed" {
				list = append(list, fmt.Sprintf("%s: the check of head %d of %d is %s", name, i+1, len(p.heads), run.Status))
			}
		}
	}
	told := map[string]int{}
	for _, c := range p.repository.Comments(p.number) {
		for _, match := range findingMarker.FindAllStringSubmatch(c.Body, -1) {
			told[match[1]]++
		}
	}
	for fingerprint, n := range told {
		if n > 1 {
			list = append(list, fmt.Sprintf("%s: finding %s has %d comments", name, fingerprint, n))
		}
	}
	return list
}
