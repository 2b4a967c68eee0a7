package gitdb

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Person is who wrote a commit.
type Person struct {
	Name, Email string
	When        time.Time
}

// Commit is one commit.
type Commit struct {
	SHA, Tree         string
	Parents           []string
	Author, Committer Person
	Message           string
}

// firstCommit is when the first commit of a database was made. Each further one
// follows a minute later: the same files give the same ids on every run.
var firstCommit = time.Date(2025, time.January, 6, 9, 0, 0, 0, time.UTC)

// Write commits a whole tree of files (path to content) on top of the parents
// and returns the new commit's id. Paths are relative and use forward slashes.
func (db *DB) Write(files map[string]string, author, message string, parents ...string) (string, error) {
	db.mu.Lock()
	db.commits++
	n := db.commits
	db.mu.Unlock()

	var in bytes.Buffer
	who := fmt.Sprintf("%s <%s@users.noreply.example.com> %d +0000", author, author,
		firstCommit.Add(time.Duration(n)*time.Minute).Unix())
	fmt.Fprintf(&in, "commit refs/sandbox/%d\nmark :1\nauthor %s\ncommitter %s\n", n, who, who)
	fmt.Fprintf(&in, "data %d\n%s\n", len(message), message)
	for i, p := range parents {
		verb := "merge"
		if i == 0 {
			verb = "from"
		}
		fmt.Fprintf(&in, "%s %s\n", verb, p)
	}
	in.WriteString("deleteall\n")
	for _, path := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&in, "M 100644 inline %s\ndata %d\n%s\n", quotePath(path), len(files[path]), files[path])
	}
	in.WriteString("get-mark :1\ndone\n")

	out, err := db.git(&in, "fast-import", "--quiet", "--done")
	if err != nil {
		return "", fmt.Errorf("commit %d files: %w", len(files), err)
	}
	return strings.TrimSpace(string(out)), nil
}

// quotePath writes a path as fast-import reads it.
func quotePath(path string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(path) + `"`
}

// Commit reads the commit that a revision names.
func (db *DB) Commit(revision string) (Commit, error) {
	o, err := db.read(revision + "^{commit}")
	if err != nil {
		return Commit{}, err
	}
	head, message, _ := strings.Cut(string(o.data), "\n\n")
	c := Commit{SHA: o.sha, Message: strings.TrimSuffix(message, "\n")}
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.Tree = value
		case "parent":
			c.Parents = append(c.Parents, value)
		case "author":
			c.Author = parsePerson(value)
		case "committer":
			c.Committer = parsePerson(value)
		}
	}
	return c, nil
}

// parsePerson reads "Name <email> seconds zone".
func parsePerson(s string) Person {
	name, rest, _ := strings.Cut(s, " <")
	email, when, _ := strings.Cut(rest, "> ")
	seconds, _, _ := strings.Cut(when, " ")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		unix = 0
	}
	return Person{Name: name, Email: email, When: time.Unix(unix, 0).UTC()}
}

// Entry is one entry of a tree.
type Entry struct {
	Path, Mode, Kind, SHA string // Kind is "blob", "tree" or "commit" (a submodule)
	Size                  int64  // of a blob in bytes, else -1
}

// Tree lists the tree that a revision or tree id names, in git's order;
// recursively it holds the sub-trees' own entries too, as GitHub lists them.
// It returns the tree's own id as well.
func (db *DB) Tree(name string, recursive bool) (sha string, entries []Entry, err error) {
	o, err := db.read(name + "^{tree}")
	if err != nil {
		return "", nil, err
	}
	args := []string{"ls-tree", "-z", "--long"}
	if recursive {
		args = append(args, "-r", "-t")
	}
	out, err := db.git(nil, append(args, o.sha)...)
	if err != nil {
		return "", nil, err
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		meta, path, found := strings.Cut(line, "\t")
		fields := strings.Fields(meta)
		if !found || len(fields) != 4 {
			continue
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		if err != nil {
			size = -1
		}
		entries = append(entries, Entry{Path: path, Mode: fields[0], Kind: fields[1], SHA: fields[2], Size: size})
	}
	return o.sha, entries, nil
}

// Files reads the text of every regular file of a revision.
func (db *DB) Files(revision string) (map[string]string, error) {
	_, entries, err := db.Tree(revision, true)
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, e := range entries {
		if e.Kind != "blob" {
			continue
		}
		text, err := db.Blob(e.SHA)
		if err != nil {
			return nil, err
		}
		files[e.Path] = string(text)
	}
	return files, nil
}

// MergeBase returns the best common ancestor of two commits, ErrNotFound when
// they have none.
func (db *DB) MergeBase(a, b string) (string, error) {
	out, err := db.git(nil, "merge-base", a, b)
	if err != nil {
		return "", fmt.Errorf("%s and %s share no history: %w", a, b, ErrNotFound)
	}
	return strings.TrimSpace(string(out)), nil
}

// Between lists the commits that head has and base lacks, oldest first.
func (db *DB) Between(base, head string) ([]string, error) {
	out, err := db.git(nil, "rev-list", "--reverse", base+".."+head)
	if err != nil {
		return nil, err
	}
	return strings.Fields(string(out)), nil
}

// Archive packs a commit's tree as a gzipped tar file below the prefix.
func (db *DB) Archive(sha, prefix string) ([]byte, error) {
	return db.git(nil, "archive", "--format=tar.gz", "--prefix="+prefix, sha)
}
