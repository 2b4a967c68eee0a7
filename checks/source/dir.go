package source

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// directory is a Tree over a folder, as it stood when it was opened. The root
// is an os.Root, so that no path leaves it.
type directory struct {
	root    *os.Root
	format  string // of its blob ids: sha1 or sha256
	id      string
	entries []Entry
}

var _ Tree = (*directory)(nil)

// ErrBare means that a folder is a bare repository, of which only revisions can
// be read.
var ErrBare = errors.New("a bare repository has no files to read: name a revision")

// OpenDir opens what lies in a folder on disk. Inside a git working tree it is
// that whole working tree, wherever in it the folder lies: every file that git
// tracks, and those that it would. Elsewhere it is the folder without
// node_modules. Symbolic links are not followed.
//
// The list of files and their ids are taken at once; to read a file that has
// changed since is an error.
func OpenDir(root string) (Tree, error) {
	ctx := context.Background()
	top, format, err := workingTree(ctx, root)
	if err != nil {
		return nil, err
	}
	folder := root
	if top != "" {
		folder = top
	}
	opened, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", root, errors.Unwrap(err))
	}
	d := &directory{root: opened, format: format}
	var paths []string
	if top != "" {
		paths, err = gitFiles(ctx, top)
	} else {
		paths, err = plainFiles(opened)
	}
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", root, err)
	}
	if err := d.hash(paths); err != nil {
		return nil, fmt.Errorf("list %s: %w", root, err)
	}
	return d, nil
}

// workingTree returns the top of the git working tree that holds the folder and
// the format of its object ids; top is empty outside of one.
func workingTree(ctx context.Context, root string) (top, format string, err error) {
	out, err := runGit(ctx, nil, "-C", root, "rev-parse", "--show-object-format", "--show-toplevel")
	if err == nil {
		format, top, _ = strings.Cut(strings.TrimRight(string(out), "\r\n"), "\n")
		return filepath.FromSlash(top), strings.TrimSpace(format), nil
	}
	failed := (*gitError)(nil)
	if errors.As(err, &failed) && strings.Contains(failed.all, "must be run in a work tree") {
		return "", "", fmt.Errorf("open %s: %w", root, ErrBare)
	}
	err = explainOpen(root, err)
	if errors.Is(err, errNoRepository) || errors.Is(err, errNoGit) {
		return "", "sha1", nil
	}
	return "", "", err
}

// gitFiles lists what a working tree holds: tracked files and untracked ones
// that are not ignored. Some may be gone from disk, or be no regular files.
func gitFiles(ctx context.Context, top string) ([]string, error) {
	out, err := runGit(ctx, nil, "-C", top, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(out), func(r rune) bool { return r == 0 }), nil
}

// plainFiles lists the files of a folder that git does not know.
func plainFiles(root *os.Root) ([]string, error) {
	var paths []string
	err := fs.WalkDir(root.FS(), ".", func(p string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return fs.SkipDir
		}
		if entry.Type().IsRegular() {
			paths = append(paths, p)
		}
		return nil
	})
	return paths, err
}

// hash fills the entries: the regular files among the paths, with their ids.
func (d *directory) hash(paths []string) error {
	slices.Sort(paths)
	folders := map[string]bool{".": true}
	tree := sha256.New()
	for _, p := range paths {
		if !d.realFolder(path.Dir(p), folders) {
			continue
		}
		info, err := d.root.Lstat(p)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
			continue
		}
		if err != nil {
			return err
		}
		blob, size, err := d.hashFile(p)
		if err != nil {
			return err
		}
		d.entries = append(d.entries, Entry{Path: p, Blob: blob, Size: size})
		fmt.Fprintf(tree, "%s %s\x00", blob, p)
	}
	d.id = hex.EncodeToString(tree.Sum(nil))
	return nil
}

// realFolder reports whether a folder and all above it are folders: git lists a
// tracked file also when a folder on its way has become a symbolic link, and
// what lies behind that is no part of the tree. known remembers the answers.
func (d *directory) realFolder(folder string, known map[string]bool) bool {
	if real, ok := known[folder]; ok {
		return real
	}
	real := d.realFolder(path.Dir(folder), known)
	if real {
		info, err := d.root.Lstat(folder)
		real = err == nil && info.IsDir()
	}
	known[folder] = real
	return real
}

// hashFile returns a file's blob id and size in bytes, reading it in one pass.
func (d *directory) hashFile(p string) (Blob, int64, error) {
	file, err := d.root.Open(p)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", 0, err
	}
	h := newBlobHash(d.format, info.Size())
	n, err := io.Copy(h, file)
	if err != nil {
		return "", 0, err
	}
	if n != info.Size() {
		return "", 0, errChanged(p)
	}
	return sumBlob(h), n, nil
}

func errChanged(p string) error {
	return fmt.Errorf("%q changed while it was read: run again when nothing writes to the folder", p)
}

func (d *directory) ID() string { return d.id }

func (d *directory) Entries(ctx context.Context) ([]Entry, error) {
	return slices.Clone(d.entries), ctx.Err()
}

func (d *directory) Read(ctx context.Context, entries []Entry) ([]File, error) {
	files := make([]File, 0, len(entries))
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		file, large := TooLarge(e)
		if !large {
			text, err := d.read(e)
			if err != nil {
				return nil, err
			}
			file = NewFile(e, text)
		}
		files = append(files, file)
	}
	return files, nil
}

// read returns the bytes of an entry, whose id they must still have.
func (d *directory) read(e Entry) ([]byte, error) {
	file, err := d.root.Open(e.Path)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", e.Path, errors.Unwrap(err))
	}
	defer file.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(io.LimitReader(file, MaxFileSize+1)); err != nil {
		return nil, fmt.Errorf("read %q: %w", e.Path, err)
	}
	h := newBlobHash(d.format, int64(text.Len()))
	h.Write(text.Bytes())
	if sumBlob(h) != e.Blob {
		return nil, errChanged(e.Path)
	}
	return text.Bytes(), nil
}
