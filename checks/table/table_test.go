package table

import (
	"testing"

	"github.com/authdiff/authdiff/checks/syntax"
)

// tables reads the tables of a text.
func tables(t *testing.T, text string) []Table {
	t.Helper()
	f, err := syntax.Parse("rights.ts", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Read(f)
}

func TestWhatIsATable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`const ROLE_PERMISSIONS = { admin: ["a"], member: [] }`:        1,
		`export const x = { admin: ["posts.read"] }`:                   1,
		`const x = { admin: ["read"] }`:                                0,
		`const LABELS = { admin: "Admin" }`:                            0,
		`const roleText = { admin: ["May read all"] }`:                 0,
		`const features = { a: ["b", "c"] }`:                           0,
		`const roleRank = { viewer: 1, owner: 2 }`:                     1,
		`const roleRank = { viewer: 1, owner: "x" }`:                   0,
		`const sizes = { viewer: 1, owner: 2 }`:                        0,
		`enum Role { Viewer, Owner }`:                                  1,
		`enum Level { Debug, Info }`:                                   0,
		`enum Role { Viewer = "v", Owner = "o" }`:                      0,
		`const order = ["viewer", "owner"]`:                            1,
		`const roles = ["viewer", "owner"]`:                            0,
		`const order = ["viewer", , "owner"]`:                          0,
		`const m = ac.newRole({ a: ["b"] }); const n = ac.newRole({})`: 1,
		`const ROLES = ROLES; const ACCESS = { admin: ACCESS }`:        1,
		`const ACCESS = { admin: [...ACCESS.admin] }`:                  0,
	} {
		if got := tables(t, text); len(got) != want {
			t.Errorf("%s: %d tables, want %d: %+v", text, len(got), want, got)
		}
	}
}

func TestGainsOfTheSame(t *testing.T) {
	t.Parallel()
	same := tables(t, `const ROLE_PERMISSIONS = { admin: ["*"], member: ["a.read", ...x] }; const rank = { viewer: 1, owner: 1 }`)
	for _, table := range same {
		if gains := Gains(table, table); len(gains) > 0 {
			t.Errorf("%s gains against itself: %+v", table.Name, gains)
		}
	}
}
