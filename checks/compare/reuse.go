package compare

import (
	"slices"

	"github.com/authdiff/authdiff/checks/endpoint"
	"github.com/authdiff/authdiff/checks/protect"
	"github.com/authdiff/authdiff/checks/settings"
)

// Memory is what comparisons of a branch's past, newest first, learn from one another:
// what the evaluation of an endpoint asked of the tree that was the base last, and is
// the head of the next comparison. Where the next base answers the same, nobody needs
// to evaluate the endpoint. Not safe for concurrent use.
type Memory struct {
	known   map[endpoint.Ref]trace
	numbers map[protect.Use]int32 // of each question: many endpoints ask the same
	asked   []protect.Use         // by number
}

// trace is what an endpoint's evaluation asked, by number. Counts says of a page that
// it does something.
type trace struct {
	asked  []int32
	counts bool
}

// NewMemory returns a memory of nothing.
func NewMemory() *Memory {
	m := &Memory{}
	m.clear()
	return m
}

func (m *Memory) clear() {
	m.known, m.numbers, m.asked = map[endpoint.Ref]trace{}, map[protect.Use]int32{}, nil
}

// maxAsked bounds the questions that are remembered, against a past that asks ever
// new ones.
const maxAsked = 1_000_000

// number gives questions their numbers.
func (m *Memory) number(uses []protect.Use) []int32 {
	out := make([]int32, len(uses))
	for i, u := range uses {
		n, ok := m.numbers[u]
		if !ok {
			n = int32(len(m.asked))
			m.numbers[u], m.asked = n, append(m.asked, u)
		}
		out[i] = n
	}
	return out
}

// recall reports whether an endpoint of the head is known to be evaluated the same
// in the base, and gives what is known of it.
func (c *comparison) recall(p pair) (trace, bool) {
	if c.memory == nil || protect.Broken(p.base) || protect.Broken(p.head) {
		return trace{}, false
	}
	t, ok := c.memory.known[p.head.Ref]
	if !ok || !c.samePlace(p) || !protect.SameDeclared(c.base.world, c.head.world) {
		return t, false
	}
	return t, !slices.ContainsFunc(t.asked, func(n int32) bool { return !c.sameNumber(n) })
}

// sameNumber is sameUse of a question that is remembered.
func (c *comparison) sameNumber(n int32) bool {
	if c.numbered == nil {
		c.numbered = make([]answer, len(c.memory.asked))
	}
	if int(n) >= len(c.numbered) {
		return c.sameUse(c.memory.asked[n])
	}
	if c.numbered[n] == open {
		c.numbered[n] = differs
		if c.sameUse(c.memory.asked[n]) {
			c.numbered[n] = agrees
		}
	}
	return c.numbered[n] == agrees
}

// answer is how two trees answer a question.
type answer uint8

const (
	open answer = iota // it wasn't asked yet
	agrees
	differs
)

// learn notes what the evaluation of an endpoint of the base asked.
func (c *comparison) learn(e endpoint.Endpoint, uses []protect.Use, counts bool) {
	// Of handlers that are added to an application, which ones there are is asked
	// before the evaluation.
	if c.memory != nil && e.Stack == nil {
		c.learned[e.Ref] = trace{c.memory.number(uses), counts}
	}
}

// keep notes that what is known of an endpoint holds for the base, too.
func (c *comparison) keep(base, head endpoint.Ref) {
	if c.memory == nil {
		return
	}
	if t, ok := c.memory.known[head]; ok && base == head {
		c.learned[base] = t
	}
}

// remember makes what was learned the memory for the next comparison, with what is
// known of endpoints that the change doesn't reach.
func (c *comparison) remember() {
	if c.memory == nil {
		return
	}
	if c.base.repo.ConfigChanged(c.head.repo) || c.base.repo.Blob(settings.Path) != c.head.repo.Blob(settings.Path) || len(c.memory.asked) > maxAsked {
		c.memory.clear()
		return
	}
	reached := func(f string) bool { return c.base.touched[f] || c.head.touched[f] }
	for ref, t := range c.memory.known {
		if _, ok := c.learned[ref]; ok || reached(ref.File) || ref.Kind == endpoint.Page && slices.ContainsFunc(endpoint.Layouts(c.head.repo, ref.File), reached) {
			continue
		}
		c.learned[ref] = t
	}
	c.memory.known = c.learned
}

// samePlace reports whether an endpoint is the same one on both sides, by its name
// and by what serves it.
func (c *comparison) samePlace(p pair) bool {
	return p.base.Ref == p.head.Ref && sameMount(p.base.Mount, p.head.Mount) && c.sameAround(p)
}

// sameAround reports whether the same layouts stand around a page.
func (c *comparison) sameAround(p pair) bool {
	if p.base.Kind != endpoint.Page {
		return true
	}
	return slices.EqualFunc(endpoint.Around(c.base.repo, p.base), endpoint.Around(c.head.repo, p.head), func(b, h endpoint.Endpoint) bool {
		return b.File == h.File && b.Export == h.Export
	})
}

// sameUses reports whether both sides answer the same to what an evaluation asked.
func (c *comparison) sameUses(uses []protect.Use) bool {
	return protect.SameDeclared(c.base.world, c.head.world) && !slices.ContainsFunc(uses, func(u protect.Use) bool { return !c.sameUse(u) })
}

func (c *comparison) sameUse(u protect.Use) bool {
	same, known := c.answers[u]
	if known {
		return same
	}
	switch changes := c.following(); u.Kind {
	case protect.Declaration:
		same = changes.SameDeclaration(u.File, u.Name)
	case protect.Export:
		same = changes.SameExport(u.File, u.Name)
	case protect.Import:
		same = changes.SameImport(u.File, u.Name)
	default:
		same = c.base.repo.Blob(u.File) == c.head.repo.Blob(u.File)
	}
	if c.answers == nil {
		c.answers = map[protect.Use]bool{}
	}
	c.answers[u] = same
	return same
}
