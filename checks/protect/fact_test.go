package protect

import "testing"

func caller(strength int) *Fact {
	return &Fact{Layer: Authentication, Kind: Caller, Strength: strength}
}

func role(set ...string) *Fact {
	return &Fact{Layer: Authorization, Kind: Role, Key: "role", Set: set}
}

func permission(set ...string) *Fact {
	return &Fact{Layer: Authorization, Kind: Permission, Set: set}
}

func setting(key string) *Fact { return &Fact{Kind: Environment, Key: key} }

func either(alts ...[]*Fact) *Fact { return &Fact{Kind: AnyOf, Any: alts} }

func TestEntails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		have []*Fact
		want *Fact
		ok   bool
	}{
		"the same":                      {[]*Fact{caller(Verified)}, caller(Verified), true},
		"a stronger caller":             {[]*Fact{caller(Verified)}, caller(Unverified), true},
		"a weaker caller":               {[]*Fact{caller(WeakCookie)}, caller(Verified), false},
		"fewer roles":                   {[]*Fact{role("admin")}, role("admin", "owner"), true},
		"more roles":                    {[]*Fact{role("admin", "owner")}, role("admin"), false},
		"a role where one is excluded":  {[]*Fact{role("admin")}, role("!viewer"), true},
		"the excluded role":             {[]*Fact{role("viewer")}, role("!viewer"), false},
		"an exclusion names no role":    {[]*Fact{role("!viewer")}, role("admin"), false},
		"more permissions":              {[]*Fact{permission("a", "b")}, permission("a"), true},
		"fewer permissions":             {[]*Fact{permission("a")}, permission("a", "b"), false},
		"one way of several":            {[]*Fact{role("admin")}, either([]*Fact{role("admin")}, []*Fact{permission("a")}), true},
		"several ways for one":          {[]*Fact{either([]*Fact{role("admin")}, []*Fact{permission("a")})}, role("admin"), false},
		"every way has it":              {[]*Fact{either([]*Fact{role("admin"), caller(Verified)}, []*Fact{caller(Verified)})}, caller(Verified), true},
		"nothing for something":         {nil, caller(WeakCookie), false},
		"a role of another name":        {[]*Fact{{Kind: Role, Key: "plan", Set: []string{"admin"}}}, role("admin"), false},
		"a caller doesn't imply a role": {[]*Fact{caller(Verified)}, role("admin"), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Entails(c.have, c.want); got != c.ok {
				t.Errorf("got %v, want %v", got, c.ok)
			}
		})
	}
}

func TestMeet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lists [][]*Fact
		want  []string
	}{
		"what both have":            {[][]*Fact{{caller(Verified), role("admin")}, {caller(Verified)}}, []string{caller(Verified).ID()}},
		"the weaker caller":         {[][]*Fact{{caller(Verified)}, {caller(Unverified)}}, []string{caller(Unverified).ID()}},
		"roles united":              {[][]*Fact{{role("admin")}, {role("owner")}}, []string{role("admin", "owner").ID()}},
		"every role is none":        {[][]*Fact{{role("admin")}, {role("!admin")}}, nil},
		"one or the other":          {[][]*Fact{{role("admin")}, {permission("a")}}, []string{either([]*Fact{role("admin")}, []*Fact{permission("a")}).ID()}},
		"unless a setting says":     {[][]*Fact{{caller(Verified)}, {setting("TEST is set")}}, []string{either([]*Fact{caller(Verified)}, []*Fact{setting("TEST is set")}).ID()}},
		"settings protect nothing":  {[][]*Fact{{setting("A is set")}, {setting("B is set")}}, nil},
		"nothing on one way":        {[][]*Fact{{caller(Verified)}, nil}, nil},
		"a single way keeps it all": {[][]*Fact{{caller(Verified), role("admin")}}, []string{caller(Verified).ID(), role("admin").ID()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Meet(c.lists)
			if len(got) != len(c.want) {
				t.Fatalf("got %d facts, want %d", len(got), len(c.want))
			}
			for i, f := range got {
				if f.ID() != c.want[i] {
					t.Errorf("got %s, want %s", f.ID(), c.want[i])
				}
			}
		})
	}
}
