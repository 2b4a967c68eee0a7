package module

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/authdiff/authdiff/checks/source"
)

// What a Keep remembers of a file, by the id of its bytes: what it imports and which
// marks it has; and its outline, which depends on the extension too. Of the text
// itself there are only names and specifiers.

func scanKey(blob source.Blob) string { return "scan " + string(blob) }

func outlineKey(key moduleKey) string {
	return "outline " + path.Ext(key.path) + " " + string(key.blob)
}

// Save writes what was learned to the Keep that the cache was made on, if any.
func (c *Cache) Save() error {
	if c.keep == nil {
		return nil
	}
	c.files.each(func(blob source.Blob, s *scanned) {
		if marks := s.marks.Load(); !s.kept || s.keptMarks != marks {
			c.keep.Put(scanKey(blob), s.encode())
			s.kept, s.keptMarks = true, marks
		}
	})
	return c.keep.Save()
}

func (s *scanned) encode() []byte {
	var e encoder
	e.number(s.size)
	e.number(int(s.marks.Load()))
	e.text(s.skip)
	e.texts(s.imports)
	return e
}

// keptScan returns what the Keep knows of a file; nil when that is nothing.
func (c *Cache) keptScan(blob source.Blob) *scanned {
	if c.keep == nil {
		return nil
	}
	value, ok := c.keep.Get(scanKey(blob))
	if !ok {
		return nil
	}
	d := decoder{left: value}
	s := &scanned{size: d.number(), kept: true, keptMarks: uint64(d.number())}
	s.marks.Store(s.keptMarks)
	s.skip, s.imports = d.text(), d.texts()
	if d.bad {
		return nil
	}
	return s
}

func (c *Cache) keepOutline(key moduleKey, o *outline) {
	if c.keep != nil && o != nil {
		c.keep.Put(outlineKey(key), o.encode())
	}
}

// keptOutline returns the outline that the Keep has; nil when it has none.
func (c *Cache) keptOutline(key moduleKey) *outline {
	if c.keep == nil {
		return nil
	}
	value, ok := c.keep.Get(outlineKey(key))
	if !ok {
		return nil
	}
	return decodeOutline(value)
}

func (o *outline) encode() []byte {
	var e encoder
	e.flags(o.broken, o.names.props != nil)
	e.number(len(o.names.locals))
	for _, name := range slices.Sorted(maps.Keys(o.names.locals)) {
		e.text(name)
		e.ref(o.names.locals[name])
	}
	e.exported(o.names.exports)
	e.exported(o.names.props)
	e.texts(o.names.stars)
	e.number(len(o.decls))
	for _, name := range slices.Sorted(maps.Keys(o.decls)) {
		s := o.decls[name]
		e.text(name)
		e = append(e, s.digest[:]...)
		e.flags(s.stirs, s.open)
		e.texts(s.refs)
		e.texts(s.loads)
		e.texts(s.types)
	}
	return e
}

func decodeOutline(value []byte) *outline {
	d := decoder{left: value}
	broken, props := d.flags()
	o := &outline{broken: broken, decls: map[string]*sketch{}, names: &names{locals: map[string]ImportRef{}}}
	for range d.count() {
		name := d.text()
		o.names.locals[name] = d.ref()
	}
	o.names.exports, o.names.props = d.exported(), d.exported()
	if !props {
		o.names.props = nil
	}
	o.names.stars = d.texts()
	for range d.count() {
		name, s := d.text(), &sketch{}
		copy(s.digest[:], d.bytes(len(s.digest)))
		s.stirs, s.open = d.flags()
		s.refs, s.loads, s.types = d.texts(), d.texts(), d.texts()
		o.decls[name] = s
	}
	if d.bad {
		return nil
	}
	return o
}

// encoder writes numbers and texts one after the other.
type encoder []byte

func (e *encoder) number(n int) { *e = binary.AppendUvarint(*e, uint64(n)) }

func (e *encoder) text(s string) {
	e.number(len(s))
	*e = append(*e, s...)
}

func (e *encoder) texts(list []string) {
	e.number(len(list))
	for _, s := range list {
		e.text(s)
	}
}

func (e *encoder) flags(a, b bool) {
	n := 0
	if a {
		n |= 1
	}
	if b {
		n |= 2
	}
	e.number(n)
}

func (e *encoder) ref(r ImportRef) {
	e.text(r.From)
	e.text(r.Name)
}

func (e *encoder) exported(m map[string]exported) {
	e.number(len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		x := m[name]
		e.text(name)
		e.text(x.local)
		e.ref(x.ref)
		e.flags(x.value, false)
	}
}

// decoder reads what an encoder wrote. What ends early is bad, and gives zeros.
type decoder struct {
	left []byte
	bad  bool
}

func (d *decoder) number() int {
	n, size := binary.Uvarint(d.left)
	if size <= 0 {
		d.bad, d.left = true, nil
		return 0
	}
	d.left = d.left[size:]
	return int(n)
}

func (d *decoder) bytes(n int) []byte {
	if n < 0 || n > len(d.left) {
		d.bad, d.left = true, nil
		return nil
	}
	part := d.left[:n]
	d.left = d.left[n:]
	return part
}

func (d *decoder) text() string { return string(d.bytes(d.number())) }

// count reads how many entries follow, each of which takes a byte at least.
func (d *decoder) count() int {
	n := d.number()
	if n < 0 || n > len(d.left) {
		d.bad, d.left = true, nil
		return 0
	}
	return n
}

func (d *decoder) texts() []string {
	n := d.count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = d.text()
	}
	return list
}

func (d *decoder) flags() (a, b bool) {
	n := d.number()
	return n&1 != 0, n&2 != 0
}

func (d *decoder) ref() ImportRef { return ImportRef{From: d.text(), Name: d.text()} }

func (d *decoder) exported() map[string]exported {
	m := map[string]exported{}
	for range d.count() {
		name := d.text()
		x := exported{local: d.text(), ref: d.ref()}
		x.value, _ = d.flags()
		m[name] = x
	}
	return m
}

// sparing is a tree that reads a single file at little cost, so that texts can wait
// until they are needed.
type sparing interface{ Cheap() bool }

// textOf returns a file's text, which it reads now where it wasn't needed so far.
// Nil is for one that can't be read; see Err.
func (r *Repo) textOf(path string, s *scanned) []byte {
	if text := s.text.Load(); text != nil {
		return *text
	}
	r.load([]string{path})
	if text := s.text.Load(); text != nil {
		return *text
	}
	return nil
}

// load reads the texts of files that have none so far, in one batch.
func (r *Repo) load(paths []string) {
	var entries []source.Entry
	for _, p := range paths {
		if f := r.files[p]; f != nil && f.text.Load() == nil {
			entries = append(entries, r.entries[p])
		}
	}
	if len(entries) == 0 {
		return
	}
	files, err := r.fetch(entries)
	if err != nil {
		r.fail(err)
		return
	}
	for i, f := range files {
		if f.Skip != "" {
			r.fail(fmt.Errorf("read %s: %w: %s", f.Path, errChanged, f.Skip))
			continue
		}
		r.files[entries[i].Path].text.Store(&f.Text)
	}
}

// errChanged means that a file isn't what it was when it was first read.
var errChanged = errors.New("its text was there before")

func (r *Repo) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
}

// Err returns the first error of reading a text after Open. What was answered since
// is of no use then.
func (r *Repo) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Ready reads and parses source files on all processors, for Module to have them.
func (r *Repo) Ready(paths []string) {
	r.load(paths)
	forEach(len(paths), func(i int) { r.Module(paths[i]) })
}
