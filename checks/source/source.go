// Package source is the analysis' only window on a repository: a tree of files
// at one revision, read in batches, and places in those files.
//
// It is the leaf of checks: it imports nothing of the project. A tree may be
// memory (tests), a working directory, a git object database, or (in app) the
// GitHub API; the analysis cannot tell which.
package source

import (
	"context"
	"sort"
)

// Blob is the content id of a file: equal ids mean equal bytes. Trees that
// compute ids themselves use git's blob hash, so that ids of different trees
// compare.
type Blob string

// Entry is one regular file of a tree. Symbolic links and submodules are not
// entries: they are data of the tree, never followed.
type Entry struct {
	Path string // relative to the repository's root, with forward slashes
	Blob Blob
	Size int64 // in bytes; -1 when the tree does not know it before reading
}

// File is the content of one entry.
type File struct {
	Entry
	Text []byte
	// Skip says why Text is absent although the entry exists: too large, not
	// text, a Git LFS pointer. Empty when Text holds the file.
	Skip string
}

// Tree is one revision of a repository. Implementations are safe for
// concurrent use, and immutable: two calls give the same answer.
type Tree interface {
	// ID names the tree's content; equal ids mean equal trees. Empty when the
	// tree has no such name.
	ID() string
	// Entries lists every regular file, sorted by path.
	Entries(ctx context.Context) ([]Entry, error)
	// Read returns the files of the entries, in their order. What cannot be
	// analysed (see File.Skip) is no error; an error means that the tree could
	// not be read.
	Read(ctx context.Context, entries []Entry) ([]File, error)
}

// MaxFileSize bounds the size in bytes of a file that is read for analysis.
// The largest hand-written TypeScript files seen in real applications are well
// under 500 KB; what is larger is generated or hostile.
const MaxFileSize = 1 << 20

// Place is a range of whole lines in a file, 1-based and inclusive.
type Place struct {
	Path    string
	Line    int
	EndLine int
}

// Before orders places by path, then line, then end.
func (p Place) Before(q Place) bool {
	if p.Path != q.Path {
		return p.Path < q.Path
	}
	if p.Line != q.Line {
		return p.Line < q.Line
	}
	return p.EndLine < q.EndLine
}

// Find returns the entry with the path in a list sorted by path.
func Find(entries []Entry, path string) (Entry, bool) {
	i := sort.Search(len(entries), func(i int) bool { return entries[i].Path >= path })
	if i < len(entries) && entries[i].Path == path {
		return entries[i], true
	}
	return Entry{}, false
}
