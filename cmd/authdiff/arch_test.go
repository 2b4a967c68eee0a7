package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const project = "github.com/authdiff/authdiff"

// pkg is what `go list` says of one package of the project.
type pkg struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

// all lists what the package imports, its tests included.
func (p *pkg) all() []string {
	return slices.Concat(p.Imports, p.TestImports, p.XTestImports)
}

// layers are the packages of checks in the order of the data: each imports only
// those before it.
var layers = []string{"source", "syntax", "keep", "module", "endpoint", "catalog", "near", "ordered", "parallel", "settings", "suite", "table", "authconfig", "protect", "compare", "rules", "history", "audit", "verify", "explain", "report"}

// doors names, for packages that must not spread, who alone imports them.
var doors = []struct {
	prefix string // of the import path
	only   []string
	reason string
}{
	{
		"github.com/smacker/go-tree-sitter", []string{"checks/syntax"},
		"its nodes pin C memory and must not be shared between goroutines; everything else works on the types of checks/syntax",
	},
	{
		"github.com/google/go-github", []string{"app/hub", "app/webhook"},
		"GitHub's types stay at the edge, so that what decides can be tested without it",
	},
	{
		"github.com/bradleyfalzon/ghinstallation", []string{"app/hub"},
		"one place holds the App's key and its tokens",
	},
	{
		"github.com/labstack/echo", []string{"app", "app/webhook", "app/setup", "app/sandbox"},
		"HTTP is for the packages that serve routes",
	},
	{
		"github.com/riverqueue/river", []string{"app/job"},
		"the queue is one package's business; the rest gives it jobs",
	},
	{
		"modernc.org/sqlite", []string{"app/job"},
		"the database holds the queue and nothing else",
	},
	{
		"github.com/jackc/pgx", []string{"app/job", "app/testpg"},
		"the database holds the queue and nothing else",
	},
	{
		"github.com/vektah/gqlparser", []string{"app/sandbox", "app/sandbox/openapi"},
		"the App writes its queries; only the stand-in reads them",
	},
	{
		"github.com/prometheus", []string{"app/telemetry"},
		"what is measured is one package's business; the rest tells it",
	},
	{
		"go.opentelemetry.io/otel", []string{"app", "app/telemetry"},
		"what is traced is one package's business; the rest tells it",
	},
	{
		"github.com/spf13/cobra", []string{"cmd/authdiff"},
		"flags are the command line's",
	},
}

// planned names packages that a door is already open to before they exist. A
// name is taken off the list with the package's first commit.
var planned []string

// impure names what no package of checks reaches, by any path of imports.
var impure = []struct{ prefix, reason string }{
	{"net/http", "the analysis reads trees; it never talks to anybody"},
	{"github.com/google/go-github", "the analysis knows nothing of GitHub"},
	{"github.com/labstack/echo", "the analysis serves nothing"},
	{"github.com/riverqueue/river", "the analysis knows no queue"},
}

func TestLayersPointOneWay(t *testing.T) {
	t.Parallel()
	pkgs := listPackages(t)
	for i, layer := range layers {
		p := pkgs["checks/"+layer]
		if p == nil {
			t.Errorf("checks/%s is gone: mend the table of layers", layer)
			continue
		}
		for _, path := range p.Imports {
			below, ok := strings.CutPrefix(path, project+"/checks/")
			if ok && !slices.Contains(layers[:i], below) {
				t.Errorf("checks/%s imports checks/%s: a layer uses only those before it (%s)", layer, below, strings.Join(layers, ", "))
			}
		}
	}
}

func TestChecksArePure(t *testing.T) {
	t.Parallel()
	seen := false
	for name, p := range listPackages(t) {
		if name != "checks" && !strings.HasPrefix(name, "checks/") {
			continue
		}
		seen = true
		for _, path := range p.all() {
			if under(path, project+"/app") || under(path, project+"/cmd") {
				t.Errorf("%s imports %s: checks is the pure core, and is used by app, not the other way", name, path)
			}
		}
		for _, ban := range impure {
			if i := slices.IndexFunc(p.Deps, func(d string) bool { return under(d, ban.prefix) }); i >= 0 {
				t.Errorf("%s reaches %s: %s", name, p.Deps[i], ban.reason)
			}
		}
	}
	if !seen {
		t.Error("checks is gone: mend this test")
	}
}

func TestDoors(t *testing.T) {
	t.Parallel()
	pkgs := listPackages(t)
	for _, door := range doors {
		used := map[string]bool{}
		for name, p := range pkgs {
			if !slices.ContainsFunc(p.all(), func(path string) bool { return under(path, door.prefix) }) {
				continue
			}
			used[name] = true
			if !slices.Contains(door.only, name) {
				t.Errorf("%s imports %s, which is for %s: %s", name, door.prefix, strings.Join(door.only, ", "), door.reason)
			}
		}
		if len(used) == 0 {
			t.Errorf("nobody imports %s: take it off the table", door.prefix)
		}
		for _, name := range door.only {
			if pkgs[name] == nil && !slices.Contains(planned, name) {
				t.Errorf("%s, which may import %s, is gone: mend the table", name, door.prefix)
			}
		}
	}
	for _, name := range planned {
		if pkgs[name] != nil {
			t.Errorf("%s exists: take it off the list of planned packages", name)
		}
	}
}

// under reports whether an import path is the prefix or lies below it; a major
// version that is part of the prefix' path lies below it too.
func under(path, prefix string) bool {
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// listPackages asks the Go tool for every package of the project, by its path
// below the module.
func listPackages(t *testing.T) map[string]*pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", project+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.String())
	}
	pkgs := map[string]*pkg{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &pkg{}
		err := decoder.Decode(p)
		if errors.Is(err, io.EOF) {
			return pkgs
		}
		if err != nil {
			t.Fatalf("read go list's answer: %v", err)
		}
		pkgs[strings.TrimPrefix(p.ImportPath, project+"/")] = p
	}
}
