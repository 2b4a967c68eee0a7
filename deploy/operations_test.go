package deploy_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	metricName = regexp.MustCompile(`\bauthdiff_[a-z_]+[a-z]`)
	testName   = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`)
	// What Prometheus adds to the name of a histogram.
	histogram = regexp.MustCompile(`_(?:bucket|count|sum)$`)
)

// Alerts, dashboard and documentation name metrics that there are, and the
// documentation all of them.
func TestMetricsExist(t *testing.T) {
	t.Parallel()
	code := read(t, "../app/telemetry/metrics.go")
	documented := read(t, "operations.md")
	for _, path := range []string{"alerts.yaml", "dashboard.json", "operations.md"} {
		names := metricName.FindAllString(read(t, path), -1)
		if len(names) == 0 {
			t.Errorf("%s names no metric", path)
		}
		for _, name := range names {
			if !strings.Contains(code, `"`+histogram.ReplaceAllString(name, "")+`"`) {
				t.Errorf("%s names %s, which the App doesn't have", path, name)
			}
		}
	}
	for _, name := range metricName.FindAllString(code, -1) {
		if !strings.Contains(documented, "`"+name+"`") {
			t.Errorf("operations.md lacks %s", name)
		}
	}
	if !json.Valid([]byte(read(t, "dashboard.json"))) {
		t.Error("dashboard.json is no JSON")
	}
}

// Each fault is shown by tests that there are.
func TestFaultsAreTested(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "node_modules" {
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		for _, name := range testName.FindAllString(string(text), -1) {
			if strings.Contains(string(text), "func "+name+"(") {
				tests[name] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(read(t, "faults.md")) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| fault") || strings.HasPrefix(line, "| ---") {
			continue
		}
		rows++
		names := testName.FindAllString(line, -1)
		if len(names) == 0 {
			t.Errorf("no test shows: %s", line)
		}
		for _, name := range names {
			if !tests[name] {
				t.Errorf("there is no %s, which is to show: %s", name, line)
			}
		}
	}
	if rows < 20 {
		t.Errorf("only %d faults were found", rows)
	}
}
