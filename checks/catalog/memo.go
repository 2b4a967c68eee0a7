package catalog

import (
	"strings"
	"sync"
)

// answer is what Find found.
type answer struct {
	meaning *Meaning
	stars   []string
}

type question struct{ pkg, path string }

// memo remembers answers. It is emptied when it is full: a repository with
// endless made-up paths costs time, not memory, and leaves no trace behind.
type memo struct {
	mu      sync.RWMutex
	answers map[question]answer
}

// Bounds of the memo: at most maxAnswers entries of at most maxMemoPath bytes.
const (
	maxAnswers  = 1 << 14
	maxMemoPath = 256
)

var found memo

func (m *memo) get(pkg, path string) (answer, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	a, ok := m.answers[question{pkg, path}]
	return a, ok
}

func (m *memo) put(pkg, path string, a answer) {
	if len(pkg)+len(path) > maxMemoPath {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.answers == nil || len(m.answers) >= maxAnswers {
		m.answers = map[question]answer{}
	}
	// Clones, since the arguments may be slices of a whole file's text.
	m.answers[question{strings.Clone(pkg), strings.Clone(path)}] = a
}
