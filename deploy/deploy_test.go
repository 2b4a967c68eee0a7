// Package deploy_test holds the files of this folder to what the program is.
package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Templates of the chart are no YAML before they are rendered; CI renders them.
func TestFilesAreYAML(t *testing.T) {
	t.Parallel()
	var paths []string
	for _, pattern := range []string{"*.yaml", "*/*.yml", "helm/*/*.yaml", "../.github/*/*.yml", "../*.yml", "../.*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	if len(paths) < 10 {
		t.Fatalf("only %d files found: %q", len(paths), paths)
	}
	for _, path := range paths {
		var v any
		if err := yaml.Unmarshal([]byte(read(t, path)), &v); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// The README has the table of variables.
var variable = regexp.MustCompile(`\b(APP_ID|WEBHOOK_SECRET\w*|PRIVATE_KEY\w*|DATABASE_URL|STATE_DIR|ADMIN_ADDR|LOG_[A-Z]+|GITHUB_[A-Z]+_URL|HOST|PORT|SETUP)\b`)

func TestVariablesAreDocumented(t *testing.T) {
	t.Parallel()
	readme := read(t, "../README.md")
	for _, path := range []string{"compose.yaml", "authdiff.env.example", "systemd/authdiff.service", "helm/authdiff/templates/workload.yaml", "Dockerfile"} {
		names := variable.FindAllString(read(t, path), -1)
		if len(names) == 0 {
			t.Errorf("%s names no variable", path)
		}
		for _, name := range names {
			if !strings.Contains(readme, "`"+name+"`") {
				t.Errorf("%s sets %s, which the README's table lacks", path, name)
			}
		}
	}
}
