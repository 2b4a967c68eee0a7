package hub

import (
	"fmt"
	"slices"
	"testing"

	"github.com/authdiff/authdiff/app/sandbox"
)

func TestDiff(t *testing.T) {
	t.Parallel()
	base := map[string]string{
		"same.ts": "same\n", "changed.ts": numbered("c", 30), "gone.ts": "gone\n",
		"app/old.ts": numbered("moved", 30), "logo.png": "a\x00b", "other.ts": "other\n",
	}
	head := with(base, "changed.ts", numbered("c", 29)+"new\n", "gone.ts", "", "new.ts", "new\n",
		"app/old.ts", "", "app/(group)/new.ts", numbered("moved", 29)+"tail\n", "logo.png", "a\x00c", "other.ts", "changed too\n")
	tests := []struct {
		name  string
		paths []string
		want  []string
	}{
		{"changed", []string{"changed.ts"}, []string{"changed.ts (changed.ts) modified: -27,4 +27,4"}},
		{"unchanged", []string{"same.ts"}, nil},
		{"unknown", []string{"", "../x", "nowhere.ts"}, nil},
		{"added", []string{"new.ts"}, []string{"new.ts (new.ts) added: -0,0 +1,1"}},
		{"removed", []string{"gone.ts"}, []string{"gone.ts (gone.ts) removed: -1,1 +0,0"}},
		{"renamed, by its base path", []string{"app/old.ts"}, []string{"app/(group)/new.ts (app/old.ts) renamed: -27,4 +27,4"}},
		{"renamed, by its head path", []string{"app/(group)/new.ts"}, []string{"app/(group)/new.ts (app/old.ts) renamed: -27,4 +27,4"}},
		{"renamed, by both", []string{"app/(group)/new.ts", "app/old.ts"}, []string{"app/(group)/new.ts (app/old.ts) renamed: -27,4 +27,4"}},
		{"not text", []string{"logo.png"}, []string{"logo.png (logo.png) modified:"}},
		{"none", nil, nil},
	}
	w := newWorld(t, sandbox.Limits{PerPage: 2}, base, head)
	p, trees := w.trees(t)
	for _, tt := range tests {
		diff, err := w.repo.Diff(t.Context(), p, trees, tt.paths)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for path, f := range diff.Files {
			line := fmt.Sprintf("%s (%s) %s:", path, f.BasePath, f.Status)
			for _, h := range f.Hunks {
				line += fmt.Sprintf(" -%d,%d +%d,%d", h.BaseStart, h.BaseLines, h.HeadStart, h.HeadLines)
			}
			if f.Path != path {
				t.Errorf("%s: the file at %q says it is at %q", tt.name, path, f.Path)
			}
			got = append(got, line)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s\n got %q\nwant %q", tt.name, got, tt.want)
		}
	}
}

// Renames cost a list of up to 3,000 files, so they are asked for only when a
// path stands on one side alone.
func TestDiffAsksForRenamesOnlyWhenNeeded(t *testing.T) {
	t.Parallel()
	base := map[string]string{"changed.ts": "a\n", "gone.ts": "b\n"}
	w := newWorld(t, sandbox.Limits{}, base, map[string]string{"changed.ts": "c\n"})
	p, trees := w.trees(t)
	for _, tt := range []struct {
		path string
		want int
	}{{"changed.ts", 0}, {"gone.ts", 1}} {
		if _, err := w.repo.Diff(t.Context(), p, trees, []string{tt.path}); err != nil {
			t.Fatal(err)
		}
		if n := w.requests("GET", "/files"); n != tt.want {
			t.Errorf("after %s: %d lists of files, want %d", tt.path, n, tt.want)
		}
	}
}
