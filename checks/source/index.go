package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Index returns the tree of what is staged: what the next commit would hold.
// Nothing is written. It fails while files are unmerged.
func (g *Git) Index(ctx context.Context) (Tree, error) {
	out, err := g.run(ctx, "ls-files", "--stage", "--full-name", "-z", "--", ":/")
	if err != nil {
		return nil, fmt.Errorf("list what is staged: %w", err)
	}
	t := &gitTree{git: g}
	if t.entries, err = parseStaged(out); err != nil {
		return nil, fmt.Errorf("list what is staged: %w", err)
	}
	sum := sha256.Sum256(out)
	t.id = "staged " + hex.EncodeToString(sum[:])
	return t, nil
}

// parseStaged reads `git ls-files --stage -z`: records `mode id stage\tpath`. A file
// that is only announced (git add --intent-to-add) has the id of the empty file.
func parseStaged(out []byte) ([]Entry, error) {
	var entries []Entry
	for record := range bytes.SplitSeq(out, []byte{0}) {
		if len(record) == 0 {
			continue
		}
		head, path, ok := bytes.Cut(record, []byte{'\t'})
		fields := strings.Fields(string(head))
		if !ok || len(fields) != 3 {
			return nil, fmt.Errorf("git printed a line that is no entry of the index: %.80q", record)
		}
		if fields[2] != "0" {
			return nil, fmt.Errorf("%s is unmerged: resolve the merge first", path)
		}
		if regularMode(fields[0]) {
			entries = append(entries, Entry{Path: string(path), Blob: Blob(fields[1]), Size: -1})
		}
	}
	sortEntries(entries)
	return entries, nil
}
