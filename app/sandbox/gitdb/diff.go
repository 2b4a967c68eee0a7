package gitdb

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Diff is the difference between two commits' trees, with git's default rename
// detection and three lines of context, as GitHub shows it.
type Diff struct {
	Files []FileDiff
	Raw   []byte // the whole unified diff
}

// FileDiff is one changed file.
type FileDiff struct {
	Path, OldPath        string // OldPath is set for a rename only
	Status               string // "added", "removed", "modified", "renamed", "changed" (its type)
	SHA                  string // the blob's id in head; in base when it was removed
	Additions, Deletions int
	Binary               bool
	Patch                string // the hunks, without the file's header; empty when no line changed
}

// File returns the changed file with the path.
func (d *Diff) File(path string) (FileDiff, bool) {
	for _, f := range d.Files {
		if f.Path == path {
			return f, true
		}
	}
	return FileDiff{}, false
}

// Diff compares the trees of two commits. The result is shared: read it only.
func (db *DB) Diff(base, head string) (*Diff, error) {
	key := [2]string{base, head}
	db.mu.Lock()
	known := db.diffs[key]
	db.mu.Unlock()
	if known != nil {
		return known, nil
	}
	d, err := db.diff(base, head)
	if err != nil {
		return nil, fmt.Errorf("compare %s with %s: %w", base, head, err)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.diffs[key] = d
	return d, nil
}

func (db *DB) diff(base, head string) (*Diff, error) {
	common := []string{"-r", "-M", "--no-ext-diff", "--no-textconv", "--full-index", "--no-color"}
	raw, err := db.git(nil, diffTree(common, base, head, "--raw", "--abbrev=40", "-z")...)
	if err != nil {
		return nil, err
	}
	text, err := db.git(nil, diffTree(common, base, head, "-p", "-U3")...)
	if err != nil {
		return nil, err
	}
	d := &Diff{Raw: text, Files: parseRaw(string(raw))}
	patches := splitPatches(text)
	for i := range d.Files {
		f := &d.Files[i]
		// A file that became a link, or the reverse, is written as a removal
		// and an addition.
		take := 1
		if f.Status == "changed" {
			take = 2
		}
		if len(patches) < take {
			return nil, fmt.Errorf("git lists %d changed files and shows fewer", len(d.Files))
		}
		for _, p := range patches[:take] {
			f.add(p)
		}
		patches = patches[take:]
	}
	return d, nil
}

func diffTree(common []string, base, head string, more ...string) []string {
	args := append([]string{"diff-tree"}, common...)
	return append(append(args, more...), base, head)
}

// parseRaw reads git's raw format: ":mode mode sha sha status", then one path,
// or two for a rename, each ended by a zero byte.
func parseRaw(raw string) []FileDiff {
	var files []FileDiff
	fields := strings.Split(raw, "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		meta := strings.Fields(fields[i])
		if len(meta) != 5 {
			break
		}
		f := FileDiff{Path: fields[i+1], SHA: meta[3]}
		switch meta[4][0] {
		case 'A':
			f.Status = "added"
		case 'D':
			f.Status, f.SHA = "removed", meta[2]
		case 'R':
			f.Status, f.OldPath = "renamed", fields[i+1]
			i++
			f.Path = fields[i+1]
		case 'T':
			f.Status = "changed"
		default:
			f.Status = "modified"
		}
		files = append(files, f)
	}
	return files
}

var (
	fileStart = regexp.MustCompile(`(?m)^diff --git `)
	hunkStart = regexp.MustCompile(`(?m)^@@ `)
)

func splitPatches(text []byte) [][]byte {
	starts := fileStart.FindAllIndex(text, -1)
	var patches [][]byte
	for i, s := range starts {
		end := len(text)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		patches = append(patches, text[s[0]:end])
	}
	return patches
}

// add takes the hunks of one "diff --git" section.
func (f *FileDiff) add(section []byte) {
	at := hunkStart.FindIndex(section)
	if at == nil {
		f.Binary = f.Binary || bytes.Contains(section, []byte("\nBinary files "))
		return
	}
	hunks := string(section[at[0]:])
	if f.Patch != "" {
		f.Patch += "\n"
	}
	f.Patch += strings.TrimSuffix(hunks, "\n")
	for line := range strings.SplitSeq(hunks, "\n") {
		switch {
		case strings.HasPrefix(line, "+"):
			f.Additions++
		case strings.HasPrefix(line, "-"):
			f.Deletions++
		}
	}
}

// Line is one line of a patch. Old and New are 1-based line numbers in base and
// head, 0 on the side that lacks the line.
type Line struct {
	Old, New int
	Text     string // with its leading "+", "-" or blank
	// Position counts the patch's lines as GitHub does: the line below the first
	// hunk header is 1, and later headers count.
	Position int
}

// Hunk is one hunk of a patch.
type Hunk struct {
	Header string
	Lines  []Line
}

var hunkHeader = regexp.MustCompile(`^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@`)

// Hunks reads the hunks of the file's patch.
func (f FileDiff) Hunks() []Hunk {
	var hunks []Hunk
	var oldLine, newLine int
	for i, text := range strings.Split(f.Patch, "\n") {
		if m := hunkHeader.FindStringSubmatch(text); m != nil {
			oldLine, _ = strconv.Atoi(m[1])
			newLine, _ = strconv.Atoi(m[2])
			hunks = append(hunks, Hunk{Header: text})
			continue
		}
		if len(hunks) == 0 {
			continue
		}
		line := Line{Text: text, Position: i}
		switch {
		case strings.HasPrefix(text, "+"):
			line.New, newLine = newLine, newLine+1
		case strings.HasPrefix(text, "-"):
			line.Old, oldLine = oldLine, oldLine+1
		case strings.HasPrefix(text, `\`): // "No newline at end of file" is no line
		default:
			line.Old, line.New, oldLine, newLine = oldLine, newLine, oldLine+1, newLine+1
		}
		last := &hunks[len(hunks)-1]
		last.Lines = append(last.Lines, line)
	}
	return hunks
}
