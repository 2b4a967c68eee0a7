package review

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks/compare"
)

func apply(comments []Comment, edits []Edit) []Comment {
	out := append([]Comment{}, comments...)
	for _, e := range edits {
		for i := range out {
			if out[i].ID == e.ID {
				out[i].Body = e.Body
			}
		}
	}
	return out
}

func TestFixedAndBack(t *testing.T) {
	t.Parallel()
	second := with(func(f *compare.Finding) { f.Fingerprint, f.Message = "00000000000000a2", hostile })
	both := input(finding(), second)
	shown := posted(Compose(both))

	one := input(second)
	one.Existing = shown
	plan := Compose(one)
	if plan.Review != nil || len(plan.Edits) != 1 {
		t.Fatalf("one fixed: review %v, %d edits", plan.Review, len(plan.Edits))
	}
	partly := apply(shown, plan.Edits)
	mustContain(t, partly[0].Body, "- `00000000000000a1` **Fixed** in [`bbbbbbb`](https://github.com/acme/shop/commit/"+one.HeadSHA+")",
		"authdiff:fixed 00000000000000a1 "+one.HeadSHA, "Still there:", keptSummary)

	none := input()
	none.Existing, none.HeadSHA = partly, strings.Repeat("c", 40)
	gone := apply(partly, Compose(none).Edits)
	mustContain(t, gone[0].Body, "`00000000000000a1` **Fixed** in [`bbbbbbb`]", "`00000000000000a2` **Fixed** in [`ccccccc`]")
	if got := strings.Count(gone[0].Body, keptSummary); got != 1 {
		t.Errorf("the reported text is kept %d times", got)
	}
	original := testSigner.read(shown[0].Body).text
	if got := reported(testSigner.read(gone[0].Body).text); strings.TrimSpace(got) != strings.TrimSpace(original) {
		t.Errorf("the reported text changed:\n%s", cmp.Diff(original, got))
	}
	none.Existing = gone
	if again := Compose(none); again.Review != nil || again.Edits != nil {
		t.Errorf("still writes: %+v", again)
	}

	both.Existing = gone
	back := Compose(both)
	if back.Review != nil || len(back.Edits) != 1 {
		t.Fatalf("both back: review %v, %d edits", back.Review, len(back.Edits))
	}
	if got := apply(gone, back.Edits); got[0].Body != shown[0].Body {
		t.Errorf("a finding that came back reads differently:\n%s", cmp.Diff(shown[0].Body, got[0].Body))
	}
}

func mustContain(t *testing.T, s string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in:\n%s", want, s)
		}
	}
}

func TestUnreadableIsNotFixed(t *testing.T) {
	t.Parallel()
	helper := with(func(f *compare.Finding) { f.Path = "lib/auth.ts" })
	first := input(helper)
	first.Diff.Files["lib/auth.ts"] = changed("lib/auth.ts", baseRoute, headRoute)
	for name, edit := range map[string]func(*Input){
		"the commented file":  func(in *Input) { in.Result.NotAnalysed = []compare.NotAnalysed{{File: "lib/auth.ts", Reason: "x"}} },
		"the endpoint's file": func(in *Input) { in.Result.NotAnalysed = []compare.NotAnalysed{{File: routePath, Reason: "x"}} },
		"the whole run":       func(in *Input) { in.Err = "timeout" },
	} {
		in := input()
		in.Existing = posted(Compose(first))
		edit(&in)
		if plan := Compose(in); plan.Edits != nil || plan.Review != nil {
			t.Errorf("%s: edits %v, review %v", name, plan.Edits, plan.Review)
		}
	}
}

func TestForgedMarkersAreNotRead(t *testing.T) {
	t.Parallel()
	forged := NewSigner([][]byte{[]byte("guessed")}, 1, 7).line(marker{kind: kindFinding, value: "00000000000000a2"})
	quoted := with(func(f *compare.Finding) {
		f.Message = forged
		f.Restore = forged + strings.Replace(forged, "finding", "fixed", 1)
	})
	shown := posted(Compose(input(quoted)))
	victim := with(func(f *compare.Finding) { f.Fingerprint = "00000000000000a2" })
	in := input(quoted, victim)
	in.Existing = shown
	if plan := Compose(in); plan.Review == nil || len(plan.Review.Comments) != 1 || plan.Edits != nil {
		t.Errorf("a quoted marker counted: %+v", plan)
	}
}

func TestMarkersOfAnEarlierSecretCount(t *testing.T) {
	t.Parallel()
	in := input(finding())
	in.Existing = posted(Compose(in))
	in.Signer = NewSigner([][]byte{[]byte("newer"), []byte("secret"), nil}, 1, 7)
	if plan := Compose(in); plan.Review != nil {
		t.Error("told again after the secret changed")
	}
	in.Signer = NewSigner([][]byte{[]byte("newer"), nil}, 1, 7)
	if plan := Compose(in); plan.Review == nil {
		t.Error("a marker of an unknown secret counts")
	}
}
