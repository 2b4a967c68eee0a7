package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// memory is a Tree whose files are held in memory.
type memory struct {
	id      string
	entries []Entry
	texts   map[string]string
}

var _ Tree = (*memory)(nil)

// NewMemory returns a tree of the files, given by path. The map must not change
// afterwards.
func NewMemory(files map[string]string) Tree {
	m := &memory{texts: files}
	for path, text := range files {
		m.entries = append(m.entries, Entry{Path: path, Blob: BlobOf([]byte(text)), Size: int64(len(text))})
	}
	sortEntries(m.entries)
	h := sha256.New()
	for _, e := range m.entries {
		fmt.Fprintf(h, "%s %s\x00", e.Blob, e.Path)
	}
	m.id = hex.EncodeToString(h.Sum(nil))
	return m
}

func (m *memory) ID() string { return m.id }

func (m *memory) Entries(ctx context.Context) ([]Entry, error) {
	return slices.Clone(m.entries), ctx.Err()
}

func (m *memory) Read(ctx context.Context, entries []Entry) ([]File, error) {
	files := make([]File, 0, len(entries))
	for _, e := range entries {
		text, ok := m.texts[e.Path]
		if !ok {
			return nil, fmt.Errorf("read %q: the tree has no such file", e.Path)
		}
		files = append(files, NewFile(e, []byte(text)))
	}
	return files, ctx.Err()
}

func sortEntries(entries []Entry) {
	slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Path, b.Path) })
}
