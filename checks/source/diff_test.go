package source

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// unified prints hunks as a unified diff.
func unified(hunks []Hunk) string {
	var b strings.Builder
	for _, h := range hunks {
		fmt.Fprintf(&b, "@@ -%d,%d +%d,%d @@\n", h.BaseStart, h.BaseLines, h.HeadStart, h.HeadLines)
		for _, line := range h.Lines {
			fmt.Fprintf(&b, "%c%s\n", line.Op, line.Text)
		}
	}
	return b.String()
}

func TestHunks(t *testing.T) {
	t.Parallel()
	ten := "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"
	tests := map[string]struct{ base, head, want string }{
		"equal":             {ten, ten, ""},
		"both empty":        {"", "", ""},
		"new file":          {"", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n"},
		"emptied file":      {"a\n", "", "@@ -1,1 +0,0 @@\n-a\n"},
		"last newline lost": {"a\nb\n", "a\nb", "@@ -1,2 +1,2 @@\n a\n-b\n+b\n"},
		"one line in the middle": {ten, strings.Replace(ten, "5\n", "five\n", 1),
			"@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"},
		"six lines between: one hunk": {ten, "0\n" + strings.Replace(ten, "7\n", "", 1),
			"@@ -1,10 +1,10 @@\n+0\n 1\n 2\n 3\n 4\n 5\n 6\n-7\n 8\n 9\n 10\n"},
		"seven lines between: two": {ten, "0\n" + strings.Replace(ten, "8\n", "", 1),
			"@@ -1,3 +1,4 @@\n+0\n 1\n 2\n 3\n@@ -5,6 +6,5 @@\n 5\n 6\n 7\n-8\n 9\n 10\n"},
		"a run goes where the indentation splits best": {
			"f() {\n  a\n}\n\nh() {\n  c\n}\n", "f() {\n  a\n}\n\ng() {\n  b\n}\n\nh() {\n  c\n}\n",
			"@@ -2,6 +2,10 @@\n   a\n }\n \n+g() {\n+  b\n+}\n+\n h() {\n   c\n }\n"},
		"line ends count": {"a\r\nb\n", "a\nb\n", "@@ -1,2 +1,2 @@\n-a\n+a\n b\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, unified(Hunks([]byte(test.base), []byte(test.head)))); diff != "" {
				t.Errorf("hunks differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLineMap(t *testing.T) {
	t.Parallel()
	m := NewLineMap([]byte("a\nb\nc\n"), []byte("x\na\nc\nd\n"))
	type line struct {
		line int
		ok   bool
	}
	var toHead, toBase []line
	var deleted []bool
	for i := range 5 {
		n, ok := m.Head(i)
		toHead = append(toHead, line{n, ok})
		deleted = append(deleted, m.Deleted(i))
		n, ok = m.Base(i)
		toBase = append(toBase, line{n, ok})
	}
	none := line{}
	if diff := cmp.Diff([]line{none, {2, true}, none, {3, true}, none}, toHead, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("Head differs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]line{none, none, {1, true}, {3, true}, none}, toBase, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("Base differs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{false, false, true, false, false}, deleted); diff != "" {
		t.Errorf("Deleted differs (-want +got):\n%s", diff)
	}
}

// Where lines were deleted, replaced, or are kept; at the beginning and at the end.
func TestLineMapGap(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		base, head string
		line, want int
	}{
		{"a\nb\nc\n", "a\nc\n", 2, 2},
		{"a\nb\nc\n", "a\nx\ny\nc\n", 2, 2},
		{"a\nb\nc\n", "b\nc\n", 1, 1},
		{"a\nb\nc\n", "a\nb\n", 3, 2},
		{"a\nb\nc\n", "x\na\nb\nc\n", 2, 3},
		{"a\n", "", 1, 0},
	} {
		if got := NewLineMap([]byte(test.base), []byte(test.head)).Gap(test.line); got != test.want {
			t.Errorf("line %d of %q in %q: %d, want %d", test.line, test.base, test.head, got, test.want)
		}
	}
}

// randomCode gives a text of lines that repeat, as code has them, and a variant
// of it with some lines removed, added, or moved.
func randomCode(r *rand.Rand) (base, head string) {
	words := []string{"}", "", "  return x", "  }", "if (a) {", "  call()", "const b = 1", "})"}
	var lines, edited []string
	for range r.IntN(60) {
		lines = append(lines, words[r.IntN(len(words))])
	}
	for i := 0; i < len(lines); i++ {
		switch r.IntN(12) {
		case 0:
		case 1:
			edited = append(edited, lines[i], words[r.IntN(len(words))])
		case 2:
			edited = append(edited, fmt.Sprintf("new %d", i))
		default:
			edited = append(edited, lines[i])
		}
	}
	return strings.Join(lines, "\n") + "\n", strings.Join(edited, "\n") + "\n"
}

// The hunks must turn the base into the head, whatever the texts are.
func TestHunksRebuildTheHead(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		base, head := randomCode(r)
		if got := apply(base, Hunks([]byte(base), []byte(head))); got != head {
			t.Fatalf("base:\n%s\nhead:\n%s\nrebuilt:\n%s", base, head, got)
		}
	}
}

// apply applies hunks to a text whose lines all end with a newline.
func apply(base string, hunks []Hunk) string {
	lines := splitLines(base)
	var head strings.Builder
	at := 0
	for _, h := range hunks {
		for _, line := range h.Lines {
			if line.Base > 0 {
				head.WriteString(strings.Join(lines[at:line.Base-1], ""))
				at = line.Base
			}
			if line.Op != Deleted {
				head.WriteString(line.Text + "\n")
			}
		}
	}
	return head.String() + strings.Join(lines[at:], "")
}

// Places on GitHub's diff are computed here, and GitHub's diff is git's: over
// many small edits the two must agree, but for ties that git breaks otherwise.
func TestHunksAreGits(t *testing.T) {
	t.Parallel()
	const cases = 60
	r := rand.New(rand.NewPCG(3, 4))
	dir := t.TempDir()
	agreed := 0
	for i := range cases {
		base, head := randomCode(r)
		if gitHunks(t, dir, base, head) == headers(unified(Hunks([]byte(base), []byte(head)))) {
			agreed++
		} else {
			t.Logf("case %d: other hunks than git", i)
		}
	}
	if agreed < cases*9/10 {
		t.Errorf("%d of %d diffs have git's hunks, want nine in ten", agreed, cases)
	}
}

func gitHunks(t *testing.T, dir, base, head string) string {
	t.Helper()
	write(t, dir, map[string]string{"base": base, "head": head})
	cmd := exec.Command("git", "diff", "--no-index", "--no-color", "--diff-algorithm=myers", "--indent-heuristic", "-U3", "base", "head")
	cmd.Dir, cmd.Env = dir, append(gitEnvironment(os.Environ()), "GIT_CONFIG_GLOBAL="+filepath.Join(dir, "none"))
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!asExit(err, &exit) || exit.ExitCode() != 1) {
		t.Fatal(err)
	}
	return headers(string(out))
}

func asExit(err error, exit **exec.ExitError) bool {
	e, ok := err.(*exec.ExitError)
	*exit = e
	return ok
}

var header = regexp.MustCompile(`(?m)^@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@`)

// headers lists the hunks' ranges, with the lengths that git leaves out.
func headers(diff string) string {
	var b strings.Builder
	for _, m := range header.FindAllStringSubmatch(diff, -1) {
		for _, i := range []int{2, 4} {
			if m[i] == "" {
				m[i] = ",1"
			}
		}
		fmt.Fprintln(&b, m[1]+m[2], m[3]+m[4])
	}
	return b.String()
}

// Hostile texts must not take long: over the bound, the differing middle is
// replaced as a whole.
func TestHunksAreBounded(t *testing.T) {
	t.Parallel()
	var ab, ba strings.Builder
	for i := range 100_000 {
		fmt.Fprintln(&ab, i%7)
		fmt.Fprintln(&ba, i%5)
	}
	texts := map[string][2]string{
		"no common order":    {ab.String(), ba.String()},
		"newlines alone":     {strings.Repeat("\n", MaxFileSize), "x" + strings.Repeat("\n", MaxFileSize/2) + "x" + strings.Repeat("\n", 9)},
		"at the bound":       {ab.String()[:maxDiffLines], ba.String()[:maxDiffLines]},
		"blocks that slide":  {strings.Repeat("a\nb\n", 50_000), strings.Repeat("a\nb\n", 30_000) + "c\n" + strings.Repeat("b\na\n", 20_000)},
		"a line in a middle": {"x\n" + strings.Repeat("a\n", 4000) + "y\n", "z\n" + strings.Repeat("a\n", 4001) + "w\n"},
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			hunks := Hunks([]byte(text[0]), []byte(text[1]))
			if took := time.Since(start); took > time.Minute { // on a busy machine; unbounded it is hours
				t.Errorf("took %v", took)
			}
			if len(hunks) == 0 {
				t.Error("no hunks between different texts")
			}
		})
	}
}
