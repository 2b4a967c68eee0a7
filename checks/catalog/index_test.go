package catalog

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pkg, path string
		want      string // the path of the meaning; empty for none
		stars     []string
	}{
		{"@prisma/client", "PrismaClient.new().link.findUnique()", "PrismaClient.new().*.findUnique()", []string{"link"}},
		{"@prisma/client", "default.PrismaClient.new().link.findUnique()", "PrismaClient.new().*.findUnique()", []string{"link"}},
		{"@prisma/client/edge", "PrismaClient.new().$transaction()", "PrismaClient.new().$transaction()", nil},
		{"@prisma/client", "Prisma.sql()", "Prisma.**", nil},
		{"@prisma/client", "Role.ADMIN", "*.*", []string{"Role", "ADMIN"}},
		{"@prisma/client", "PrismaClient.new().link.findTwice()", "", nil},
		{"next-auth", "default().auth()", "default().auth()", nil},
		{"next-auth/next", "getServerSession()", "getServerSession()", nil},
		{"next-auth/jwt", "getToken()", "getToken()", nil},
		{"next-auth", "default().unstable_update", "", nil},
		{"@clerk/nextjs/server", "clerkClient().users.getUser()", "clerkClient().users.getUser()", nil},
		{"@clerk/nextjs/server", "clerkClient().users.getUserList()", "clerkClient().*.get*()", []string{"users", "getUserList"}},
		{"@clerk/nextjs/server", "clerkClient().users.banUser()", "clerkClient().*.*()", []string{"users", "banUser"}},
		{"@supabase/ssr", "createServerClient().auth.getUser()", "*().auth.getUser()", []string{"createServerClient"}},
		{"@supabase/ssr", "createServerClient().from().select().eq().eq()", "*().from().**.eq()", []string{"createServerClient"}},
		{"@supabase/ssr", "createServerClient().from().select()", "*().from().select()", []string{"createServerClient"}},
		{"@supabase/ssr", "createServerClient().from().insert().select()", "*().from().**.select()", []string{"createServerClient"}},
		{"drizzle-orm/postgres-js", "drizzle().select().from().where()", "drizzle().**.where()", nil},
		{"drizzle-orm/node-postgres", "drizzle().query.links.findFirst()", "drizzle().query.*.findFirst()", []string{"links"}},
		{"drizzle-orm/neon/serverless", "drizzle().insert().values()", "drizzle().insert().values()", nil},
		{"drizzle-orm", "eq()", "eq()", nil},
		{"drizzle-orm", "*.eq()", "eq()", nil},
		{"drizzle-orm/pg-core", "pgTable()", "**", nil},
		{"zod", "z.object().strict().safeParse()", "**.safeParse()", nil},
		{"zod", "object().parse()", "**.parse()", nil},
		{"zod", "parse()", "parse()", nil},
		{"zod", "z.string().min()", "**", nil},
		{"next/navigation", "notFound()", "notFound()", nil},
		{"next/navigation", "useRouter().push()", "**", nil},
		{"crypto", "default.timingSafeEqual()", "timingSafeEqual()", nil},
		{"node:crypto", "createHmac().update().digest()", "**", nil},
		{"global", "process.env.CRON_SECRET", "process.env.*", []string{"CRON_SECRET"}},
		{"global", "process.env.NEXT_PUBLIC_URL", "process.env.NEXT_PUBLIC_*", []string{"NEXT_PUBLIC_URL"}},
		{"better-auth", "betterAuth().api.getSession()", "betterAuth().api.getSession()", nil},
		{"better-auth", "betterAuth().api.banUser()", "betterAuth().api.*()", []string{"banUser"}},
		{"no-such-package", "auth()", "", nil},
		{"next-authority", "getServerSession()", "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.pkg+":"+tt.path, func(t *testing.T) {
			t.Parallel()
			for range 2 { // the second answer comes from the memo
				m, stars := Find(tt.pkg, tt.path)
				got := ""
				if m != nil {
					got = m.Path
				}
				if got != tt.want || !slices.Equal(stars, tt.stars) {
					t.Errorf("Find = %q %q, want %q %q", got, stars, tt.want, tt.stars)
				}
			}
		})
	}
}

func TestFindHasBounds(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"empty":        "",
		"call first":   "()",
		"empty name":   "z..parse()",
		"half a call":  "z.parse(",
		"many steps":   "z" + strings.Repeat("()", maxSteps),
		"a long name":  "z." + strings.Repeat("a", maxPath) + ".parse()",
		"a stray name": "z()parse",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if m, _ := Find("zod", path); m != nil {
				t.Errorf("Find(zod, %.40q) = %q, want nothing", path, m.Path)
			}
		})
	}
}

func TestMostExactWins(t *testing.T) {
	t.Parallel()
	paths := []string{"**", "a().**", "**.d()", "a().**.d()", "a().*.d()", "a().c*.d()", "a().cc*.d()", "a().ccc.d()"}
	for i := range paths {
		x := newIndex([]Library{{Name: "l", Packages: []string{"p"}, Meanings: quiet(paths[:i+1]...)}})
		if m, _ := x.find("p", "a().ccc.d()"); m == nil || m.Path != paths[i] {
			t.Errorf("of %q the last one must win, got %v", paths[:i+1], m)
		}
	}
}

func TestOwnPackageBeforeParent(t *testing.T) {
	t.Parallel()
	x := newIndex([]Library{
		{Name: "a", Packages: []string{"p/*"}, Meanings: self("f()")},
		{Name: "b", Packages: []string{"p/q"}, Meanings: quiet("f()")},
		{Name: "c", Packages: []string{"p/q/*"}, Meanings: []Meaning{{Path: "f()", Secret: true}}},
	})
	if m, _ := x.find("p/q", "f()"); !m.Quiet {
		t.Error("p/q: its own library must win over p/*")
	}
	if m, _ := x.find("p/q/r", "f()"); !m.Secret {
		t.Error("p/q/r: p/q/* must win over p/*")
	}
	if m, _ := x.find("p/z", "f()"); !m.Self {
		t.Error("p/z: p/* must speak")
	}
	if m, _ := x.find("p", "f()"); m != nil {
		t.Error("p: p/* must not speak")
	}
}

func TestIndexTellsFaults(t *testing.T) {
	t.Parallel()
	x := newIndex([]Library{
		{Name: "a", Packages: []string{"p"}, Distinctive: []string{"X"}, Meanings: quiet("a(", "**.a.**.b.**")},
		{Name: "b", Packages: []string{"q"}, Distinctive: []string{"X"}},
	})
	if len(x.errors) != 3 {
		t.Errorf("errors = %v, want two paths and one export", x.errors)
	}
}

func TestGuessAndKnown(t *testing.T) {
	t.Parallel()
	if got := Guess("PrismaClient"); got != "@prisma/client" {
		t.Errorf("Guess(PrismaClient) = %q", got)
	}
	if got := Guess("helper"); got != "" {
		t.Errorf("Guess(helper) = %q, want nothing", got)
	}
	for pkg, want := range map[string]bool{"zod": true, "drizzle-orm/any-driver": true, "left-pad": false, "": false, "/": false} {
		if got := Known(pkg); got != want {
			t.Errorf("Known(%q) = %v, want %v", pkg, got, want)
		}
	}
}

func TestMemoIsBounded(t *testing.T) {
	t.Parallel()
	var m memo
	for i := range 2*maxAnswers + 1 {
		m.put("p", strconv.Itoa(i), answer{})
	}
	if n := len(m.answers); n == 0 || n > maxAnswers {
		t.Errorf("the memo holds %d answers, want 1 to %d", n, maxAnswers)
	}
	m.put("p", strings.Repeat("a", maxMemoPath), answer{})
	if _, ok := m.get("p", strings.Repeat("a", maxMemoPath)); ok {
		t.Error("an over-long path was remembered")
	}
}

func TestFindIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, path := range []string{"z.string()", "z.parse()", "z.object().parse()"} {
				if m, _ := Find("zod", path); m == nil {
					t.Errorf("Find(zod, %q) found nothing", path)
				}
			}
		})
	}
	wg.Wait()
}
