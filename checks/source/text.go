package source

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
)

// The reasons for which a tree leaves a file's text out (File.Skip).
const (
	skipLarge  = "larger than 1 MiB"
	skipBinary = "not a text file"
	skipAbsent = "not in this clone: its content was never fetched"
	skipLFS    = "stored in Git LFS: the repository holds only a pointer"
)

// binaryProbe is how many leading bytes decide whether a file is text: git
// calls a file binary when there is a NUL among its first 8000 bytes.
const binaryProbe = 8000

// lfsMaxPointer and lfsPrefix tell a Git LFS pointer, as the specification of
// Git LFS defines it: a text under 1024 bytes that opens with this line.
const (
	lfsMaxPointer = 1024
	lfsPrefix     = "version https://git-lfs.github.com/spec/v1\n"
)

// NewFile gives the file of an entry whose bytes were read: with its text, or
// with the reason why it cannot be analysed. Every Tree builds its files with
// it, so that all of them skip the same.
func NewFile(e Entry, text []byte) File {
	switch {
	case len(text) > MaxFileSize:
		return File{Entry: e, Skip: skipLarge}
	case bytes.IndexByte(text[:min(len(text), binaryProbe)], 0) >= 0:
		return File{Entry: e, Skip: skipBinary}
	case len(text) < lfsMaxPointer && bytes.HasPrefix(text, []byte(lfsPrefix)):
		return File{Entry: e, Skip: skipLFS}
	}
	return File{Entry: e, Text: text}
}

// TooLarge gives the file of an entry whose size alone, e.Size, forbids reading
// it; ok is false when the entry should be read.
func TooLarge(e Entry) (file File, ok bool) {
	if e.Size > MaxFileSize {
		return File{Entry: e, Skip: skipLarge}, true
	}
	return File{}, false
}

// BlobOf returns the id that git gives to the bytes in a repository of its
// default object format.
func BlobOf(text []byte) Blob {
	h := newBlobHash("sha1", int64(len(text)))
	h.Write(text)
	return sumBlob(h)
}

// newBlobHash starts git's hash of a blob of the size in bytes: the content
// preceded by a header. format is sha1 or sha256, as git names them.
func newBlobHash(format string, size int64) hash.Hash {
	h := sha1.New()
	if format == "sha256" {
		h = sha256.New()
	}
	h.Write([]byte("blob " + strconv.FormatInt(size, 10) + "\x00"))
	return h
}

func sumBlob(h hash.Hash) Blob { return Blob(hex.EncodeToString(h.Sum(nil))) }
