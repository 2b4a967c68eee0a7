package protect

import (
	"regexp"
	"sync"
)

// vocabulary is a test of names by a regular expression. One evaluation asks
// the same few names thousands of times, so it remembers its answers. It is safe
// for concurrent use.
type vocabulary struct {
	words *regexp.Regexp
	mu    sync.RWMutex
	known map[string]bool
}

// Bounds of what a vocabulary remembers: a repository chooses the names.
const (
	maxKnownNames = 4096
	maxKnownName  = 256 // bytes
)

func newVocabulary(words string) *vocabulary {
	return &vocabulary{words: regexp.MustCompile(words), known: map[string]bool{}}
}

// MatchString reports whether the name holds one of the words.
func (v *vocabulary) MatchString(name string) bool {
	if len(name) > maxKnownName {
		return v.words.MatchString(name)
	}
	v.mu.RLock()
	answer, ok := v.known[name]
	v.mu.RUnlock()
	if ok {
		return answer
	}
	answer = v.words.MatchString(name)
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.known) >= maxKnownNames {
		clear(v.known)
	}
	v.known[name] = answer
	return answer
}
