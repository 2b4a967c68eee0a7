package module

import (
	"sync"
	"sync/atomic"

	"github.com/authdiff/authdiff/checks/keep"
	"github.com/authdiff/authdiff/checks/source"
)

// Bounds of a Cache, in bytes of source text; what is held counts at most
// twice. A syntax tree takes some ten times the space of its text.
const (
	maxCachedText     = 128 << 20
	maxCachedParsed   = 16 << 20
	maxCachedOutlines = 64 << 20
)

// Cache shares the work that depends on a file's content alone between trees
// and runs: reading, scanning and parsing. It is safe for concurrent use, and
// bounded: what wasn't used for long is forgotten.
type Cache struct {
	keep     *keep.Keep // nil for none
	files    *generations[source.Blob, *scanned]
	modules  *generations[moduleKey, *parsing]
	outlines *generations[moduleKey, *outlining]
	listings *generations[[32]byte, *resolutions]
}

// maxCachedListings is of how many listings a generation remembers where imports
// lead.
const maxCachedListings = 2

// NewCache returns an empty cache.
func NewCache() *Cache { return NewCacheOn(nil) }

// NewCacheOn returns a cache that knows what a Keep remembers, which may be nil; see
// Save.
func NewCacheOn(k *keep.Keep) *Cache {
	return &Cache{
		keep:     k,
		files:    newGenerations[source.Blob, *scanned](maxCachedText),
		modules:  newGenerations[moduleKey, *parsing](maxCachedParsed),
		listings: newGenerations[[32]byte, *resolutions](maxCachedListings),
		outlines: newGenerations[moduleKey, *outlining](maxCachedOutlines),
	}
}

// scanned is a file that was read and scanned, now or in an earlier run.
type scanned struct {
	size    int      // of the text, in bytes
	skip    string   // why there is no text
	imports []string // the specifiers it imports

	text  atomic.Pointer[[]byte] // nil until it's needed; see Repo.textOf
	marks atomic.Uint64          // which marks are known, and which of them it has

	kept      bool // the Keep knows it, with keptMarks
	keptMarks uint64
}

// moduleKey names a parsed file: the path decides the language.
type moduleKey struct {
	blob source.Blob
	path string
}

// parsing is a file that is being parsed, or was: once runs the parser.
type parsing struct {
	once   sync.Once
	module *Module
	reason string // why there is no module
}

// generations is a bounded map. New and used values go to the young
// generation; when that is full, it becomes the old one, and the former old one
// is forgotten.
type generations[K comparable, V any] struct {
	mu         sync.Mutex
	young, old map[K]held[V]
	cost       int // of the young generation
	limit      int
}

type held[V any] struct {
	value V
	cost  int
}

func newGenerations[K comparable, V any](limit int) *generations[K, V] {
	return &generations[K, V]{young: map[K]held[V]{}, limit: limit}
}

// get returns the value of a key.
func (g *generations[K, V]) get(key K) (value V, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if h, ok := g.young[key]; ok {
		return h.value, true
	}
	h, ok := g.old[key]
	if ok {
		g.keep(key, h)
	}
	return h.value, ok
}

// add returns the value of a key, which is the given one unless there is one
// already.
func (g *generations[K, V]) add(key K, value V, cost int) V {
	g.mu.Lock()
	defer g.mu.Unlock()
	if h, ok := g.young[key]; ok {
		return h.value
	}
	h, ok := g.old[key]
	if !ok {
		h = held[V]{value, cost}
	}
	g.keep(key, h)
	return h.value
}

// each visits every value.
func (g *generations[K, V]) each(visit func(K, V)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, generation := range []map[K]held[V]{g.old, g.young} {
		for key, h := range generation {
			visit(key, h.value)
		}
	}
}

func (g *generations[K, V]) keep(key K, h held[V]) {
	if g.cost+h.cost > g.limit {
		g.old, g.young, g.cost = g.young, map[K]held[V]{}, 0
	}
	g.young[key] = h
	g.cost += h.cost
}

// maxMemo bounds a memo, in answers: a repository chooses the questions.
const maxMemo = 500_000

// memo remembers answers. It is safe for concurrent use.
type memo[K comparable, V any] struct {
	mu    sync.RWMutex
	known map[K]V
}

func newMemo[K comparable, V any]() *memo[K, V] { return &memo[K, V]{known: map[K]V{}} }

func (m *memo[K, V]) get(key K) (V, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok := m.known[key]
	return v, ok
}

func (m *memo[K, V]) add(key K, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.known) >= maxMemo {
		clear(m.known)
	}
	m.known[key] = value
}
