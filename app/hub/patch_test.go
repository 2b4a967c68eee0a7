package hub

import (
	"slices"
	"testing"

	"github.com/authdiff/authdiff/app/review"
)

func TestPatchLines(t *testing.T) {
	t.Parallel()
	lines := patchLines("@@ -3,4 +3,3 @@ function x() {\n kept\n-gone\n-gone\n+came\n kept\n@@ -20 +19,2 @@\n-one\n+two\n+three\n\\ No newline at end of file")
	var left, right []int
	for l := range lines {
		if l.side == review.Left {
			left = append(left, l.line)
		} else {
			right = append(right, l.line)
		}
	}
	slices.Sort(left)
	slices.Sort(right)
	if !slices.Equal(left, []int{3, 4, 5, 6, 20}) || !slices.Equal(right, []int{3, 4, 5, 19, 20}) {
		t.Errorf("base %v, head %v", left, right)
	}
	for _, bad := range []string{"", "@@ nonsense @@\n kept\n", "diff --git a b\n"} {
		if got := patchLines(bad); len(got) != 0 {
			t.Errorf("%q shows %v", bad, got)
		}
	}
}

func TestShownPlaces(t *testing.T) {
	t.Parallel()
	s := shown{"a.ts": patchLines("@@ -1,2 +1,2 @@\n-x\n+y\n kept\n"), "big.ts": nil}
	at := func(path, side string, line int, others ...review.Comment) review.Comment {
		return review.Comment{Path: path, Side: side, Line: line, Else: others}
	}
	file := func(path string) review.Comment { return review.Comment{Path: path, File: true} }
	placed, nowhere := s.place([]review.Comment{
		at("a.ts", review.Left, 1),
		at("a.ts", review.Left, 9, at("a.ts", review.Right, 2), file("a.ts")),
		at("big.ts", review.Right, 1, file("big.ts")),
		at("c.ts", review.Right, 1, file("c.ts")),
		{Path: "a.ts", Side: review.Right, StartLine: 0, Line: 2},
	})
	var got []string
	for _, c := range placed {
		where := c.Path + " " + c.Side
		if c.File {
			where = c.Path + " file"
		}
		got = append(got, where)
	}
	if !slices.Equal(got, []string{"a.ts LEFT", "a.ts RIGHT", "big.ts file", "a.ts RIGHT"}) || len(placed[1].Else) != 1 {
		t.Errorf("placed %q", got)
	}
	if len(nowhere) != 1 || nowhere[0].Path != "c.ts" {
		t.Errorf("nowhere: %+v", nowhere)
	}
}
