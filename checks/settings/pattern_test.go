package settings

import "testing"

func TestPatternsMatchEndpoints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name, file string
		want                bool
	}{
		{"GET /api/health", "GET /api/health", "app/api/health/route.ts", true},
		{"GET /api/health", "POST /api/health", "app/api/health/route.ts", false},
		{"/api/health", "POST /api/health", "app/api/health/route.ts", true},
		{"/api/health", "ALL /api/health", "pages/api/health.ts", true},
		{"GET /api/health", "ALL /api/health", "pages/api/health.ts", false},
		{"/status", "/status", "pages/status.tsx", true},
		{"/api/share/**", "GET /api/share/[key]/files", "app/api/share/[key]/files/route.ts", true},
		{"/api/share/[key]", "GET /api/share/[key]", "app/api/share/[key]/route.ts", true},
		{"/api/share/[key]", "GET /api/share/k", "app/api/share/k/route.ts", false},
		{"/api/*/ping", "GET /api/v1/ping", "app/api/v1/ping/route.ts", true},
		{"/api/*/ping", "GET /api/v1/x/ping", "app/api/v1/x/ping/route.ts", false},
		{"app/(public)/**", "GET /status", "app/(public)/status/route.ts", true},
		{"app/(public)/**", "signUp", "app/(public)/actions.ts", true},
		{"app/(public)/**", "signUp", "app/(team)/actions.ts", false},
		{"signUp", "signUp", "app/actions.ts", true},
		{"post.*", "post.list", "server/post.ts", true},
		{"post.*", "user.list", "server/user.ts", false},
		{"post.*", "GET /post.x", "app/post.x/route.ts", false},
		{"**", "anything", "any/where.ts", true},
		{"GET **", "GET /x", "app/x/route.ts", false}, // refused by the parser
	} {
		p := Pattern{Text: c.pattern}
		if p.problem() != "" {
			continue
		}
		if got := p.Match(c.name, c.file); got != c.want {
			t.Errorf("%q matches %q in %s: %v, want %v", c.pattern, c.name, c.file, got, c.want)
		}
	}
}

func TestPatternsThatExemptNearlyEverything(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]bool{
		"**": true, "*": true, "/**": true, "/api/**": true, "GET /api/**": true, "app/**": true, "src/app/api/**": true,
		"**/route.ts": true, "**/*.ts": true, "/*/**": true, "apps/*/app/**": true,
		"/api/share/**": false, "GET /api/health": false, "post.*": false, "app/(public)/**": false, "/api/*/ping": false,
		"**/*.generated.ts": false, "apps/docs/**": false, "signUp": false,
	} {
		p := Pattern{Text: pattern}
		if got := p.Broad(); got != want {
			t.Errorf("%q is broad: %v, want %v", pattern, got, want)
		}
	}
}
