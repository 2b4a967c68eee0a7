package module

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScanImports(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want []string
	}{
		"named":               {`import { a } from "./a"`, []string{"./a"}},
		"single quotes":       {`import a from './a'`, []string{"./a"}},
		"no blanks":           {`import{a}from"./a";import"./b"`, []string{"./a", "./b"}},
		"several lines":       {"import {\n  a,\n  b,\n} from\n  \"./a\"", []string{"./a"}},
		"side effect":         {`import "./a"`, []string{"./a"}},
		"re-export":           {`export * from "./a"; export { b } from "./b"; export * as c from "./c"`, []string{"./a", "./b", "./c"}},
		"dynamic":             {`const a = await import("./a")`, []string{"./a"}},
		"dynamic template":    {"import(`./a`)", []string{"./a"}},
		"dynamic with blanks": {"import ( /* webpackChunkName: \"x\" */\n // y\n './a' )", []string{"./a"}},
		"comment between":     {`import a from /* "./no" */ "./a"`, []string{"./a"}},
		"require":             {`const a = require("./a"), b = require('./b').b`, []string{"./a", "./b"}},
		"import equals":       {`import a = require("./a")`, []string{"./a"}},
		"twice":               {`import a from "./a"; import { b } from "./a"`, []string{"./a"}},
		"attributes":          {`import a from "./a.json" with { type: "json" }`, []string{"./a.json"}},
		"escapes":             {`import a from "\x2e/\u0061\u{62}\/c"`, []string{"./ab/c"}},
		"in a comment too":    {`// import a from "./a"`, []string{"./a"}},
		"substitution":        {"import(`./${a}`)", nil},
		"tagged template":     {"String.raw`x` + import`./a`", nil},
		"variable":            {`import(a); require(a + "./b")`, nil},
		"function from":       {`Array.from("abc")`, nil},
		"no end of string":    {"import \"./a\nimport b from './b", nil},
		"no end of comment":   {`import /* "./a"`, nil},
		"empty":               {`import ""`, nil},
		"only a word":         {`from`, nil},
		"broken escapes":      {`import "\u{}a"; import "\xZZ"; import "\`, []string{"u{}a", "xZZ"}},
		"too long":            {`import "` + strings.Repeat("a", maxSpecifier) + `"`, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, scanImports([]byte(test.text))); diff != "" {
				t.Errorf("scan of %q differs (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func FuzzScanImports(f *testing.F) {
	f.Add([]byte("import a from './a'; import(/* x */ `b`); require('\\u{1F600}')"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, spec := range scanImports(text) {
			if spec == "" {
				t.Error("an empty specifier")
			}
		}
	})
}
