package checks_test

import (
	"maps"
	"path"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/fixture"
	"github.com/authdiff/authdiff/checks/module"
	"github.com/authdiff/authdiff/checks/source"
)

// In a walk through a past, what one comparison learned changes nothing about the
// next ones: here back and forth over every scenario's change, and over changes that
// leave it alone.
func TestReuseChangesNothing(t *testing.T) {
	t.Parallel()
	fixtures, err := fixture.All("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fixtures {
		if f.Promise == fixture.Hostile || f.Promise == fixture.Library {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			past := []map[string]string{f.Head, f.Base, touchedUp(f.Base), f.Head, touchedUp(f.Head), f.Base, f.Head, f.Base}
			memory, cache := compare.NewMemory(), module.NewCache()
			head := openRepo(t, past[0], cache)
			for i, files := range past[1:] {
				base := openRepo(t, files, cache)
				got, err := compare.Run(t.Context(), base, head, compare.Options{Memory: memory})
				if err != nil {
					t.Fatal(err)
				}
				want, err := compare.Run(t.Context(), openRepo(t, files, module.NewCache()), openRepo(t, past[i], module.NewCache()), compare.Options{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(encode(t, want), encode(t, got)); diff != "" {
					t.Fatalf("step %d (-alone +in the walk):\n%s", i, diff)
				}
				head = base
			}
		})
	}
}

func openRepo(t *testing.T, files map[string]string, cache *module.Cache) *module.Repo {
	t.Helper()
	repo, err := module.Open(t.Context(), source.NewMemory(files), cache)
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// touchedUp gives every source file a declaration more, which nobody uses.
func touchedUp(files map[string]string) map[string]string {
	out := maps.Clone(files)
	for p, text := range files {
		if ext := path.Ext(p); ext == ".ts" || ext == ".tsx" {
			out[p] = text + "\nexport const nobodyAsks = \"for it\";\n"
		}
	}
	return out
}
