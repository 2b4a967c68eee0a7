package checks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/authdiff/authdiff/checks"
	"github.com/authdiff/authdiff/checks/compare"
	"github.com/authdiff/authdiff/checks/fixture"
	"github.com/authdiff/authdiff/checks/settings"
	"github.com/authdiff/authdiff/checks/source"
)

// TestFixtures runs every scenario of testdata, and over each of them what must
// hold of any: see package fixture for their format.
//
//	go test ./checks -run 'TestFixtures/reports/session-check-removed'
func TestFixtures(t *testing.T) {
	t.Parallel()
	fixtures, err := fixture.All("testdata")
	if err != nil {
		t.Fatal(err)
	}
	folders := map[fixture.Promise]bool{}
	for _, f := range fixtures {
		folders[f.Promise] = true
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			got := run(t, f.Base, f.Head)
			if diff := f.Mismatch(got); diff != "" {
				t.Errorf("%s\n\n%s", f.Prose, diff)
			}
			rulesAreKnown(t, got)
			sameBytes(t, got, run(t, f.Base, f.Head))
			silentAgainstItself(t, f)
			sameWhenRewritten(t, f, got)
			noticesDeletedGuards(t, f)
		})
	}
	for _, p := range []fixture.Promise{fixture.Reports, fixture.Silent, fixture.Notices, fixture.Unknown, fixture.Library, fixture.Hostile} {
		if !folders[p] {
			t.Errorf("testdata/%s holds no scenario", p)
		}
	}
}

func run(t *testing.T, base, head map[string]string) *compare.Result {
	t.Helper()
	result, err := checks.Compare(context.Background(), checks.Input{
		Base: source.NewMemory(base), Head: source.NewMemory(head),
	})
	if err != nil {
		t.Fatalf("compare: %v", err)
	}
	return result
}

// rulesAreKnown: the severity of every rule can be set.
func rulesAreKnown(t *testing.T, r *compare.Result) {
	t.Helper()
	for _, f := range r.Findings {
		if _, ok := settings.Rules[f.Rule]; !ok {
			t.Errorf("rule %s isn't in settings.Rules", f.Rule)
		}
	}
}

// sameBytes: the same input gives the same bytes.
func sameBytes(t *testing.T, first, second *compare.Result) {
	t.Helper()
	if diff := cmp.Diff(encode(t, first), encode(t, second)); diff != "" {
		t.Errorf("a second run gives another result (-first +second):\n%s", diff)
	}
}

func encode(t *testing.T, r *compare.Result) string {
	t.Helper()
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// silentAgainstItself: a tree loses nothing against itself.
func silentAgainstItself(t *testing.T, f *fixture.Fixture) {
	t.Helper()
	for _, side := range []compare.Side{compare.Base, compare.Head} {
		for _, finding := range run(t, f.Tree(side), f.Tree(side)).Findings {
			t.Errorf("%s against itself: %s:%d: %s", side, finding.Path, finding.Line, fixture.Render(&finding))
		}
	}
}

// sameWhenRewritten: neither the formatting of the head nor the names of its
// local variables matter.
func sameWhenRewritten(t *testing.T, f *fixture.Fixture, want *compare.Result) {
	t.Helper()
	if f.Promise == fixture.Hostile {
		return // text made to break a scanner is not to be rewritten by one
	}
	for name, rewrite := range map[string]func(path, text string) string{
		"re-formatted":        fixture.Reformat,
		"with locals renamed": fixture.RenameLocals,
	} {
		head := map[string]string{}
		for path, text := range f.Head {
			head[path] = rewrite(path, text)
		}
		got := run(t, f.Base, head)
		if diff := cmp.Diff(identities(want), identities(got)); diff != "" {
			t.Errorf("head %s (-as written +rewritten):\n%s", name, diff)
		}
	}
}

// identities lists what of a result survives a rewriting of the head.
func identities(r *compare.Result) []string {
	list := []string{}
	for _, f := range r.Findings {
		list = append(list, fmt.Sprintf("%s %s %s %s %s", f.Fingerprint, f.Severity, f.Layer, f.Change, f.Endpoint.Name))
	}
	for _, n := range r.NotAnalysed {
		list = append(list, "not analysed: "+n.File)
	}
	slices.Sort(list)
	return list
}

// noticesDeletedGuards: a tree less a guard that the scenario marks has lost
// something on the guard's layer.
func noticesDeletedGuards(t *testing.T, f *fixture.Fixture) {
	t.Helper()
	for _, g := range f.Guards {
		whole, without := f.Tree(g.Side), map[string]string{}
		for path, text := range whole {
			without[path] = text
		}
		without[g.Path] = fixture.WithoutLines(whole[g.Path], g.Line, g.EndLine)
		got := run(t, whole, without)
		if !slices.ContainsFunc(got.Findings, func(f compare.Finding) bool { return slices.Contains(g.Layers, f.Layer) }) {
			t.Errorf("deleting the guard at %s:%s:%d-%d gives no finding on %v", g.Side, g.Path, g.Line, g.EndLine, g.Layers)
		}
	}
}
