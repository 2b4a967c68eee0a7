// Package gitdb keeps the commits of one sandbox repository in a real, bare git
// repository, so that trees, diffs, renames and merge bases are git's own
// answers and not an imitation.
//
// A database is new and empty ([Create]), or sees the objects of an existing
// repository ([Borrow]), which it reads and never changes: what is committed
// afterwards goes to the database's own folder. It needs the git program.
package gitdb

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// ErrNotFound is returned for a revision or an object that does not exist.
var ErrNotFound = errors.New("no such object")

// DB is a bare git repository in a temporary folder. It is safe for concurrent
// use. Close removes the folder.
type DB struct {
	dir string

	mu      sync.Mutex // guards what follows: one reader process, one diff at a time
	reader  *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Reader
	diffs   map[[2]string]*Diff
	commits int
}

// Create makes an empty database.
func Create() (*DB, error) {
	dir, err := os.MkdirTemp("", "authdiff-sandbox-*")
	if err != nil {
		return nil, fmt.Errorf("make the sandbox's git folder: %w", err)
	}
	db := &DB{dir: dir, diffs: map[[2]string]*Diff{}}
	if _, err := db.git(nil, "init", "--quiet", "--bare", "--initial-branch=main"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return db, nil
}

// Borrow makes a database that also sees every object of the git repository at
// dir, a work tree or a bare repository.
func Borrow(dir string) (*DB, error) {
	out, err := exec.Command("git", "-C", dir, "rev-parse", "--path-format=absolute", "--git-path", "objects").Output()
	if err != nil {
		return nil, fmt.Errorf("%s is not a git repository: %w", dir, explain(err))
	}
	db, err := Create()
	if err != nil {
		return nil, err
	}
	alternates := filepath.Join(db.dir, "objects", "info", "alternates")
	line := strconv.Quote(strings.TrimSpace(string(out))) + "\n"
	if err := os.WriteFile(alternates, []byte(line), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("borrow the objects of %s: %w", dir, err), db.Close())
	}
	return db, nil
}

// Close ends the reader process and removes the folder.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.stopReader()
	return os.RemoveAll(db.dir)
}

func (db *DB) stopReader() {
	if db.reader == nil {
		return
	}
	db.ask.Close()
	// The exit status of a reader whose input has ended tells nothing.
	_ = db.reader.Wait()
	db.reader = nil
}

// git runs one git command on the database and returns its standard output.
// The user's and the machine's settings are left out: they would change diffs.
func (db *DB) git(stdin io.Reader, args ...string) ([]byte, error) {
	cmd := db.command(args...)
	cmd.Stdin = stdin
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w", args[0], explain(err))
	}
	return out, nil
}

func (db *DB) command(args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = db.dir
	cmd.Env = append(os.Environ(),
		"GIT_DIR="+db.dir, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_TERMINAL_PROMPT=0", "LC_ALL=C")
	return cmd
}

// explain adds what git wrote to its standard error.
func explain(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return fmt.Errorf("%s (%w)", bytes.TrimSpace(exit.Stderr), err)
	}
	return err
}

// object is one object as git's batch reader gives it.
type object struct {
	sha, kind string
	data      []byte
}

// read looks one object up by any name that git understands.
func (db *DB) read(name string) (object, error) {
	if name == "" || strings.ContainsAny(name, "\n\r\x00") {
		return object{}, fmt.Errorf("%q: %w", name, ErrNotFound)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if err := db.startReader(); err != nil {
		return object{}, err
	}
	o, err := db.exchange(name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		db.stopReader()
	}
	return o, err
}

func (db *DB) startReader() error {
	if db.reader != nil {
		return nil
	}
	cmd := db.command("cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start git's object reader: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start git's object reader: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start git's object reader: %w", err)
	}
	db.reader, db.ask, db.answers = cmd, in, bufio.NewReader(out)
	return nil
}

// exchange sends one name and reads the answer: "sha kind size", the content,
// a line feed; or "name missing" and its like.
func (db *DB) exchange(name string) (object, error) {
	if _, err := io.WriteString(db.ask, name+"\n"); err != nil {
		return object{}, fmt.Errorf("ask git for %s: %w", name, err)
	}
	head, err := db.answers.ReadString('\n')
	if err != nil {
		return object{}, fmt.Errorf("read git's answer about %s: %w", name, err)
	}
	fields := strings.Fields(head)
	if len(fields) != 3 || len(fields[0]) != 40 {
		return object{}, fmt.Errorf("%q: %w", name, ErrNotFound)
	}
	size, err := strconv.Atoi(fields[2])
	if err != nil {
		return object{}, fmt.Errorf("%q: %w", name, ErrNotFound)
	}
	data := make([]byte, size+1)
	if _, err := io.ReadFull(db.answers, data); err != nil {
		return object{}, fmt.Errorf("read %s from git: %w", name, err)
	}
	return object{sha: fields[0], kind: fields[1], data: data[:size]}, nil
}

// Resolve returns the id of the commit that a revision names. A revision that
// names something else, or nothing, gives ErrNotFound.
func (db *DB) Resolve(revision string) (string, error) {
	o, err := db.read(revision + "^{commit}")
	if err != nil {
		return "", err
	}
	return o.sha, nil
}

// Blob returns the content of the blob with the id.
func (db *DB) Blob(sha string) ([]byte, error) {
	o, err := db.read(sha)
	if err != nil {
		return nil, err
	}
	if o.kind != "blob" {
		return nil, fmt.Errorf("%s is a %s, not a blob: %w", sha, o.kind, ErrNotFound)
	}
	return o.data, nil
}

// Resolve returns the id of the commit that a revision names in the git
// repository at dir, with that repository's own branches and tags.
func Resolve(dir, revision string) (string, error) {
	out, err := exec.Command("git", "-C", dir, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}").Output()
	if err != nil {
		return "", fmt.Errorf("%s is no commit of %s: %w", revision, dir, ErrNotFound)
	}
	return strings.TrimSpace(string(out)), nil
}
