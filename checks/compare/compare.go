package compare

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/syntax"
)

// Options are what a comparison may be told.
type Options struct {
	// Settings are what the repository says of itself, for both sides; nil for what
	// the base says.
	Settings *settings.Settings
	// Progress, which may be nil, is called after each endpoint with how many of all
	// are compared, by one goroutine.
	Progress func(done, all int)
	// Memory is for a walk through a branch's past, newest first: that of the
	// comparison before, whose base is this one's head. Nil is for none.
	Memory *Memory
}

// Run compares the protection of every endpoint that the change can have
// touched: an endpoint whose files, and all that they import, are the same on
// both sides is equal by construction. It returns ctx's error when ctx ends, and one
// when a text can't be read.
func Run(ctx context.Context, base, head *module.Repo, o Options) (*Result, error) {
	s := o.Settings
	if s == nil {
		s = settings.Of(base)
	}
	c := newComparison(base, head, s, ctx.Done())
	c.memory, c.learned = o.Memory, map[endpoint.Ref]trace{}
	pairs := c.differing(c.pairs())
	for i, s := range c.evaluated(ctx, pairs) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c.compare(pairs[i], s.base, s.head)
		if o.Progress != nil {
			o.Progress(i+1, len(pairs))
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := c.newcomers(ctx); err != nil {
		return nil, err
	}
	if err := c.coverage(ctx); err != nil {
		return nil, err
	}
	if err := c.pages(ctx); err != nil {
		return nil, err
	}
	c.tables()
	c.authConfig()
	c.guardingTests()
	c.declaredChanged()
	c.settingsChanged()
	c.remember()
	return c.result(), cmp.Or(ctx.Err(), base.Err(), head.Err())
}

// tree is one side of a comparison.
type tree struct {
	side      Side
	repo      *module.Repo
	world     *protect.World
	touched   map[string]bool // source files that the change reaches
	endpoints []endpoint.Endpoint
	gates     map[string]*gate  // by root; nil until asked for
	layouts   map[string]layout // by file and export
}

type comparison struct {
	base, head  *tree
	settings    *settings.Settings
	renamed     map[string]string // base path → head path
	answers     map[protect.Use]bool
	numbered    []answer // by the number that the memory gives a question
	memory      *Memory  // nil for none
	learned     map[endpoint.Ref]trace
	changes     *module.Changes // nil until asked for
	refusals    map[string]bool // whether an answer says that the caller may not
	lines       map[string]*fileDiff
	split       map[*syntax.File][]string
	losses      []*loss
	newOnes     []endpoint.Endpoint
	everything  []endpoint.Endpoint // of the head; nil until asked for
	compared    int
	notAnalysed []NotAnalysed
}

func newComparison(base, head *module.Repo, s *settings.Settings, done <-chan struct{}) *comparison {
	c := &comparison{
		base:  &tree{side: Base, repo: base, world: protect.NewWorld(base).Until(done)},
		head:  &tree{side: Head, repo: head, world: protect.NewWorld(head).Until(done)},
		lines: map[string]*fileDiff{}, split: map[*syntax.File][]string{}, settings: s,
	}
	changed := changedFiles(base, head)
	if base.ConfigChanged(head) {
		for _, r := range []*module.Repo{base, head} {
			for _, f := range r.Files() {
				changed[f] = true
			}
		}
	}
	c.renamed = renames(base, head, changed)
	c.declare()
	for _, t := range []*tree{c.base, c.head} {
		t.touched = t.repo.Affected(changed)
	}
	for _, t := range []*tree{c.base, c.head} {
		for _, f := range endpoint.Served(t.repo, changed, t.touched) {
			c.base.touched[f], c.head.touched[f] = true, true
		}
	}
	for _, t := range []*tree{c.base, c.head} {
		t.endpoints = endpoint.Find(t.repo, c.endpointFiles(t))
	}
	return c
}

func changedFiles(base, head *module.Repo) map[string]bool {
	changed := map[string]bool{}
	for _, f := range base.Files() {
		if base.Blob(f) != head.Blob(f) {
			changed[f] = true
		}
	}
	for _, f := range head.Files() {
		if base.Blob(f) != head.Blob(f) {
			changed[f] = true
		}
	}
	return changed
}

// endpointFiles lists a tree's endpoint files that the change reaches on either
// side.
func (c *comparison) endpointFiles(t *tree) []string {
	var files []string
	for _, f := range t.repo.Files() {
		if (c.base.touched[f] || c.head.touched[f]) && endpoint.IsEndpoint(t.repo, f) && !c.settings.Ignores(f) {
			files = append(files, f)
		}
	}
	return files
}

// differing counts the pairs, and leaves out those that are equal by
// construction.
func (c *comparison) differing(pairs []pair) []pair {
	c.compared += len(pairs)
	var out []pair
	for i, same := range c.unchanged(pairs) {
		p := pairs[i]
		if same && !protect.Broken(p.base) && !protect.Broken(p.head) {
			c.keep(p.base.Ref, p.head.Ref)
		} else if _, same := c.recall(p); same {
			c.keep(p.base.Ref, p.head.Ref)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// compare judges one endpoint, of which the head's side is asked for where it counts.
func (c *comparison) compare(p pair, b *protect.Protection, head func() *protect.Protection) {
	if protect.Broken(p.base) || protect.Broken(p.head) {
		c.skipped(p.head, "syntax error in "+p.head.Name, !protect.Broken(p.base) && guarded(b))
		return
	}
	if b.Lost == "" {
		c.learn(p.base, b.Uses, true)
	}
	if c.sameCode(p, b) {
		return
	}
	h := head()
	if why := lostSight(b, h); why != "" {
		c.skipped(p.head, p.head.Name+": "+why, guarded(b))
		return
	}
	d := &difference{comparison: c, pair: p, base: b, head: h}
	c.losses = append(c.losses, c.stillGated(p.head, d.losses())...)
}

// sameCode reports whether the head evaluates the very code that the base did.
func (c *comparison) sameCode(p pair, b *protect.Protection) bool {
	return b.Lost == "" && c.samePlace(p) && c.sameUses(b.Uses)
}

func sameMount(b, h *endpoint.Mount) bool {
	if b == nil || h == nil {
		return b == h
	}
	return b.Module.Path == h.Module.Path && len(b.Others) == len(h.Others)
}

func (c *comparison) skip(e endpoint.Endpoint, reason string) { c.skipped(e, reason, false) }

func (c *comparison) skipped(e endpoint.Endpoint, reason string, blind bool) {
	c.notAnalysed = append(c.notAnalysed, NotAnalysed{File: e.File, Reason: reason, Blind: blind})
}

// guarded reports whether an endpoint was understood, and something guards it:
// whatever isn't can lose nothing.
func guarded(p *protect.Protection) bool {
	if p.Lost != "" {
		return false
	}
	return len(p.Asked)+len(p.End) > 0 || p.Exit != nil && len(p.Exit.Facts) > 0 ||
		slices.ContainsFunc(p.Effects, func(e *protect.Effect) bool { return len(e.Facts) > 0 })
}

// lostSight says why an endpoint can't be judged: its code isn't found, or the
// head can't be followed where the base could.
func lostSight(b, h *protect.Protection) string {
	for _, p := range []*protect.Protection{b, h} {
		if p.Lost != "" {
			return p.Lost
		}
		if len(p.Effects) > 0 || p.Exit != nil {
			continue
		}
		for _, cut := range p.Cuts {
			return cut.Why
		}
	}
	return ""
}

// result puts losses together that are one change of shared code, and sorts.
func (c *comparison) result() *Result {
	r := &Result{Endpoints: c.compared, NotAnalysed: c.notAnalysed, Findings: []Finding{}, Settings: c.settings}
	told := slices.DeleteFunc(c.losses, func(l *loss) bool { return hiddenBy(c.settings, l) != nil })
	for _, group := range grouped(told) {
		if f := c.finding(group); f.Severity != Severity(settings.Off) {
			r.Findings = append(r.Findings, f)
		}
	}
	sort.SliceStable(r.Findings, func(i, j int) bool {
		a, b := &r.Findings[i], &r.Findings[j]
		if a.Severity != b.Severity {
			return a.Severity.Rank() > b.Severity.Rank()
		}
		if a.Place != b.Place {
			return a.Place.Before(b.Place)
		}
		if a.Endpoint != b.Endpoint {
			return a.Endpoint.Less(b.Endpoint)
		}
		return a.Fingerprint < b.Fingerprint
	})
	apart(r.Findings)
	for _, repo := range []*module.Repo{c.base.repo, c.head.repo} {
		for _, s := range repo.Skipped() {
			r.NotAnalysed = append(r.NotAnalysed, NotAnalysed{File: s.Path, Reason: s.Reason})
		}
	}
	r.Note()
	return r
}

// grouped puts together the losses of several endpoints at one place in the same
// layer. Of one endpoint's losses at one place, ownership and validation go with
// the more fundamental ones.
func grouped(losses []*loss) [][]*loss {
	var order []string
	groups := map[string][]*loss{}
	deepest := map[string]int{}
	for _, l := range losses {
		at := fmt.Sprint(l.place, l.side, l.pair.head.Ref)
		rank := slices.Index(protect.Layers, l.layer)
		if old, ok := deepest[at]; !ok || rank < old {
			deepest[at] = rank
		}
	}
	seen := map[string]bool{}
	for _, l := range losses {
		at := fmt.Sprint(l.place, l.side, l.pair.head.Ref)
		rank := slices.Index(protect.Layers, l.layer)
		if rank != deepest[at] && (rank > 1 || deepest[at] > 1) || seen[at+string(l.layer)] {
			continue
		}
		seen[at+string(l.layer)] = true
		key := fmt.Sprint(l.place, l.side, l.layer, l.rule)
		if _, ok := groups[key]; !ok {
			order = append(order, key)
		}
		groups[key] = append(groups[key], l)
	}
	out := make([][]*loss, len(order))
	for i, k := range order {
		out[i] = groups[k]
	}
	return out
}
