package endpoint

import (
	"strings"
	"testing"
	"time"
)

func TestCompilePath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		source  string
		match   []string
		nomatch []string
	}{
		{"/about", []string{"/about", "/about/"}, []string{"/about/us", "/abouts", "/ABOUT"}},
		{"/about/:path*", []string{"/about", "/about/a", "/about/a/b/c"}, []string{"/aboutus", "/"}},
		{"/about/:path+", []string{"/about/a", "/about/a/b"}, []string{"/about"}},
		{"/about/:path?", []string{"/about", "/about/a"}, []string{"/about/a/b"}},
		{"/:path", []string{"/a"}, []string{"/", "/a/b"}},
		{"/user-:id(\\d{1,})", []string{"/user-12"}, []string{"/user-", "/user-x"}},
		{"/(admin|staff)/:rest*", []string{"/admin", "/staff/x"}, []string{"/user"}},
		{"/dashboard(.*)", []string{"/dashboard", "/dashboard/x", "/dashboards"}, []string{"/x/dashboard"}},
		{"/((?!api|_next/static).*)", []string{"/", "/x", "/x/api"}, []string{"/api", "/api/x", "/apis", "/_next/static/a.js"}},
		{"/((?!.*\\..*|_next).*)", []string{"/", "/x/y"}, []string{"/a.png", "/_next/x"}},
		{"/files{.:ext}?", []string{"/files", "/files.pdf"}, []string{"/files/pdf"}},
		{"/a\\:b", []string{"/a:b"}, []string{"/a"}},
		{"/é/:x", []string{"/é/1"}, []string{"/e/1"}},
		{"/", []string{"/"}, []string{"/x"}},
	} {
		p, err := CompilePath(tt.source, false)
		if err != nil {
			t.Errorf("%s: %v", tt.source, err)
			continue
		}
		for want, paths := range map[bool][]string{true: tt.match, false: tt.nomatch} {
			for _, path := range paths {
				if got, err := p.Match(path); err != nil || got != want {
					t.Errorf("%s on %s: got %v, %v, want %v", tt.source, path, got, err, want)
				}
			}
		}
	}
}

func TestCompilePathFold(t *testing.T) {
	t.Parallel()
	p, err := CompilePath("/Admin(.*)", true)
	if err != nil {
		t.Fatal(err)
	}
	if ok, _ := p.Match("/aDMIN/x"); !ok {
		t.Error("case counts, though it was left open")
	}
}

func TestCompilePathRefuses(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"/(", "/()", "/(?:a)", "/((a))", "/:", "/a*", "/}", "/{a", "/{a:", "/(\\", "/([)", strings.Repeat("/a", maxPattern),
	} {
		if _, err := CompilePath(source, false); err == nil {
			t.Errorf("%.20q compiles", source)
		}
	}
}

func TestPatternIsBounded(t *testing.T) {
	t.Parallel()
	p, err := CompileRegexp(`^(a+)+$`, "")
	if err != nil {
		t.Fatal(err)
	}
	hostile := strings.Repeat("a", 60) + "!"
	if _, err := p.Match(hostile); err == nil {
		t.Fatal("a match of exponential time ends without error")
	}
	start := time.Now()
	for range 1000 {
		if _, err := p.Match(hostile); err == nil {
			t.Fatal("a slow pattern is tried again")
		}
	}
	if spent := time.Since(start); spent > patternTime {
		t.Errorf("1,000 further matches take %v", spent)
	}
	if _, err := p.Match(strings.Repeat("b", maxSubject+1)); err == nil {
		t.Error("a text without bound is matched")
	}
}

func FuzzCompilePath(f *testing.F) {
	for _, seed := range []string{"/about/:path*", "/((?!api).*)", "/{a:b(c)d}?", "/\\", "/(?<a>b)"} {
		f.Add(seed, "/about/x")
	}
	f.Fuzz(func(t *testing.T, source, path string) {
		if p, err := CompilePath(source, true); err == nil {
			_, _ = p.Match(path)
		}
	})
}
