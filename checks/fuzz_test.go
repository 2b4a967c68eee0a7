package checks_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/fixture"
	"github.com/authdiff/authdiff/checks/source"
)

// FuzzCompare holds what must be true of any two versions of a route, a helper
// and a middleware: the comparison ends in time, no evaluation fails, and a tree
// loses nothing against itself.
func FuzzCompare(f *testing.F) {
	fixtures, err := fixture.All("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, x := range fixtures {
		texts := map[string]string{}
		for path, text := range x.Base {
			switch {
			case strings.HasSuffix(path, "/route.ts"):
				texts["route"], texts["head"] = text, x.Head[path]
			case strings.HasSuffix(path, "middleware.ts"):
				texts["middleware"] = text
			case strings.HasSuffix(path, ".ts"):
				texts["helper"] = text
			}
		}
		if len(texts) > 2 {
			f.Add(texts["route"], texts["head"], texts["helper"], texts["middleware"])
		}
	}
	f.Fuzz(func(t *testing.T, base, head, helper, middleware string) {
		trees := map[bool]source.Tree{}
		for isHead, route := range map[bool]string{false: base, true: head} {
			trees[isHead] = source.NewMemory(map[string]string{
				"app/api/x/[id]/route.ts": route, "lib/auth.ts": helper, "middleware.ts": middleware, "app/page.tsx": head,
			})
		}
		start := time.Now()
		for _, pair := range [][2]bool{{false, true}, {true, true}} {
			result, err := checks.Compare(context.Background(), checks.Input{Base: trees[pair[0]], Head: trees[pair[1]]})
			if err != nil {
				t.Fatal(err)
			}
			if pair[0] == pair[1] && len(result.Findings) > 0 {
				t.Errorf("the head against itself: %+v", result.Findings)
			}
			for _, n := range result.NotAnalysed {
				if strings.Contains(n.Reason, "evaluation failed") {
					t.Errorf("%s: %s", n.File, n.Reason)
				}
			}
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
