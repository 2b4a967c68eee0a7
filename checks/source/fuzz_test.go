package source

import (
	"strings"
	"testing"
)

// FuzzHunks holds what must be true of the hunks between any two texts: they
// turn the one into the other, and the line map agrees with them.
func FuzzHunks(f *testing.F) {
	f.Add("a\nb\nc\n", "a\nc\nd")
	f.Add("", "a\r\n")
	f.Add(strings.Repeat("{\n}\n", 20), strings.Repeat("}\n{\n", 19))
	f.Add("a\n\n\nb", "a\n\nb\n")
	f.Add("\xff\x00\n", "\u2028\n\xff")
	f.Fuzz(func(t *testing.T, base, head string) {
		m := NewLineMap([]byte(base), []byte(head))
		if got := patched(splitLines(base), m.Hunks(), t); got != strings.Join(trimmed(splitLines(head)), "\n") {
			t.Errorf("the hunks of %q and %q give %q", base, head, got)
		}
		for i := range splitLines(base) {
			h, ok := m.Head(i + 1)
			if ok == m.Deleted(i+1) {
				t.Errorf("line %d is both kept and deleted, or neither", i+1)
			}
			if back, _ := m.Base(h); ok && back != i+1 {
				t.Errorf("line %d leads to %d and back to %d", i+1, h, back)
			}
		}
	})
}

// patched applies hunks to lines, and gives the result without ends of line.
func patched(base []string, hunks []Hunk, t *testing.T) string {
	base = trimmed(base)
	var out []string
	at := 0
	for _, h := range hunks {
		for _, l := range h.Lines {
			if l.Op == Added {
				continue
			}
			for ; at < l.Base-1 && at < len(base); at++ {
				out = append(out, base[at])
			}
			break
		}
		if start := h.BaseStart - 1; h.BaseLines == 0 {
			for start++; at < start; at++ {
				out = append(out, base[at])
			}
		}
		for _, l := range h.Lines {
			if l.Op != Added {
				if at >= len(base) || base[at] != l.Text {
					t.Errorf("the hunk has %q at line %d", l.Text, l.Base)
					return ""
				}
				at++
			}
			if l.Op != Deleted {
				out = append(out, l.Text)
			}
		}
	}
	return strings.Join(append(out, base[at:]...), "\n")
}

func trimmed(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = trimEnd(l)
	}
	return out
}
