// Package keep remembers, from one run to the next, what follows from bytes that
// were read before: a file of keys and values.
//
//	k := keep.Open(path)
//	value, ok := k.Get(key)
//	k.Put(key, value)
//	err := k.Save()
//
// It is a cache: one that is damaged, or that another build wrote, is empty; what
// wasn't used for long is forgotten where it grows too large. It refuses to know
// what the values mean.
package keep

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
)

// maxSize bounds a file, in bytes: some ten times what the largest application seen
// needs.
const maxSize = 64 << 20

// format is that of the file. A file of another one is ignored.
const format = "authdiff facts 1"

// Keep is an open cache. It is safe for concurrent use. Two processes may have the
// same file open: the one that saves last is the one that is read next.
type Keep struct {
	path  string
	mu    sync.Mutex
	known map[string][]byte
	used  map[string]bool
	added bool // something was added that the file lacks
}

// Open reads a file. It has nothing when there is none that can be used.
func Open(path string) *Keep {
	k := &Keep{path: path, known: map[string][]byte{}, used: map[string]bool{}}
	if info, err := os.Stat(path); err != nil || info.Size() > 2*maxSize {
		return k
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return k
	}
	if known, ok := decode(data); ok {
		k.known = known
	}
	return k
}

// Get returns the value of a key, which must not be changed.
func (k *Keep) Get(key string) ([]byte, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := k.known[key]
	if ok {
		k.used[key] = true
	}
	return v, ok
}

// Put sets the value of a key.
func (k *Keep) Put(key string, value []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[key], k.used[key], k.added = value, true, true
}

// Save writes the file, unless nothing was put into it. Others see the old file or
// the new one, never a part.
func (k *Keep) Save() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.added {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
		return fmt.Errorf("save the cache: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(k.path), ".new-*")
	if err != nil {
		return fmt.Errorf("save the cache: %w", err)
	}
	_, err = file.Write(k.encode())
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), k.path)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // what failed before says why
		return fmt.Errorf("save the cache: %w", err)
	}
	k.added = false
	return nil
}

// encode writes the entries, those that weren't used only while there is room.
func (k *Keep) encode() []byte {
	data := append([]byte(nil), stamp()...)
	for _, wanted := range []bool{true, false} {
		for _, key := range slices.Sorted(maps.Keys(k.known)) {
			value := k.known[key]
			if k.used[key] != wanted || len(data)+len(key)+len(value) > maxSize {
				continue
			}
			data = binary.AppendUvarint(data, uint64(len(key)))
			data = append(data, key...)
			data = binary.AppendUvarint(data, uint64(len(value)))
			data = append(data, value...)
		}
	}
	return binary.LittleEndian.AppendUint32(data, sum(data))
}

// decode reads a file's entries; ok is false for one that is damaged or another
// build's.
func decode(data []byte) (known map[string][]byte, ok bool) {
	head := stamp()
	if len(data) < len(head)+4 || string(data[:len(head)]) != string(head) {
		return nil, false
	}
	body, check := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if sum(body) != check {
		return nil, false
	}
	known = map[string][]byte{}
	for body = body[len(head):]; len(body) > 0; {
		key, ok := cut(&body)
		if !ok {
			return nil, false
		}
		value, ok := cut(&body)
		if !ok {
			return nil, false
		}
		known[string(key)] = value
	}
	return known, true
}

// cut takes a length and as many bytes off a text.
func cut(data *[]byte) ([]byte, bool) {
	n, size := binary.Uvarint(*data)
	if size <= 0 || n > uint64(len(*data)-size) {
		return nil, false
	}
	end := size + int(n)
	part := (*data)[size:end:end]
	*data = (*data)[end:]
	return part, true
}

func sum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

// stamp names the format and the build, down to the program's own file where it was
// built from a changed tree: what one build works out of a text another may not.
var stamp = sync.OnceValue(func() []byte {
	hash := sha256.New()
	fmt.Fprintln(hash, format)
	if info, ok := debug.ReadBuildInfo(); ok {
		fmt.Fprintln(hash, info)
	}
	if path, err := os.Executable(); err == nil {
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintln(hash, info.Size(), info.ModTime().UnixNano())
		}
	}
	return hash.Sum(nil)
})
