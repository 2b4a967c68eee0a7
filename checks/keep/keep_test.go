package keep

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func saved(t *testing.T, path string, pairs ...string) {
	t.Helper()
	k := Open(path)
	for i := 0; i < len(pairs); i += 2 {
		k.Put(pairs[i], []byte(pairs[i+1]))
	}
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
}

func TestKeeps(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a", "b")
	saved(t, path, "one", "1", "", "none", "empty", "")
	saved(t, path, "two", "2")
	k := Open(path)
	for key, want := range map[string]string{"one": "1", "two": "2", "": "none", "empty": ""} {
		if got, ok := k.Get(key); !ok || string(got) != want {
			t.Errorf("%q is %q, %v; want %q", key, got, ok, want)
		}
	}
	if _, ok := k.Get("three"); ok {
		t.Error("there is what was never put")
	}
}

func TestForgetsWhatIsDamaged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kept")
	saved(t, path, "one", "1", "two", "2")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		for name, damaged := range map[string][]byte{
			"cut":     whole[:i],
			"changed": append(append(append([]byte(nil), whole[:i]...), whole[i]^0x41), whole[i+1:]...),
		} {
			if known, ok := decode(damaged); ok {
				t.Fatalf("%s at %d: taken for whole, with %v", name, i, known)
			}
		}
	}
	if err := os.WriteFile(path, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	saved(t, path, "three", "3")
	if k := Open(path); len(k.known) != 1 {
		t.Errorf("a rebuilt file has %d entries; want 1", len(k.known))
	}
}

// What wasn't used makes room for what was.
func TestIsBounded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kept")
	large := strings.Repeat("x", maxSize/3)
	saved(t, path, "a", large, "b", large)
	k := Open(path)
	k.Get("b")
	k.Put("c", []byte(large))
	k.Put("d", []byte("small"))
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > maxSize+64 {
		t.Errorf("the file has %v bytes, %v; want at most %d", info.Size(), err, maxSize)
	}
	k = Open(path)
	for key, want := range map[string]bool{"a": false, "b": true, "c": true, "d": true} {
		if _, ok := k.Get(key); ok != want {
			t.Errorf("%q is there: %v; want %v", key, ok, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	path := filepath.Join(f.TempDir(), "kept")
	k := Open(path)
	k.Put("one", []byte("1"))
	f.Add(k.encode())
	f.Fuzz(func(_ *testing.T, data []byte) {
		decode(data)
		// and with a head and a sum that are right
		data = append(append([]byte(nil), stamp()...), data...)
		decode(append(data, byte(sum(data)), byte(sum(data)>>8), byte(sum(data)>>16), byte(sum(data)>>24)))
	})
}
