package deploy_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
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

// How the App declares a metric, with its labels.
var (
	vector     = regexp.MustCompile(`Name: "(authdiff_\w+)"[^\n]*\n\s*\}, \[\]string\{([^}]*)\}`)
	counter    = regexp.MustCompile(`NewCounter\(prometheus.CounterOpts\{\s*Name: "(authdiff_\w+)"`)
	descriptor = regexp.MustCompile(`NewDesc\("(authdiff_\w+)", "[^"]*", (?:\[\]string\{([^}]*)\}|nil)`)
)

// metrics are the labels of each of the App's metrics.
func metrics(t *testing.T) map[string][]string {
	t.Helper()
	code := read(t, "../app/telemetry/metrics.go")
	labels := map[string][]string{}
	for _, pattern := range []*regexp.Regexp{vector, counter, descriptor} {
		for _, m := range pattern.FindAllStringSubmatch(code, -1) {
			labels[m[1]] = nil
			if len(m) > 2 {
				labels[m[1]] = label.FindAllString(m[2], -1)
			}
		}
	}
	return labels
}

// What a query says of labels.
var (
	label    = regexp.MustCompile(`[a-z_]+`)
	selector = regexp.MustCompile(`\b(authdiff_[a-z_]+)(?:\{([^}]*)\})?`)
	matcher  = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)\s*"`)
	grouping = regexp.MustCompile(`\bby \(([^)]*)\)`)
	legend   = regexp.MustCompile(`\{\{(\w+)\}\}`)
)

// queries are the alerts' and the dashboard's, with the dashboard's legends.
func queries(t *testing.T) (exprs, legends []string) {
	t.Helper()
	var rules struct {
		Groups []struct{ Rules []struct{ Expr string } }
	}
	if err := yaml.Unmarshal([]byte(read(t, "alerts.yaml")), &rules); err != nil {
		t.Fatal(err)
	}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			exprs, legends = append(exprs, r.Expr), append(legends, "")
		}
	}
	var board struct {
		Panels []struct {
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	if err := json.Unmarshal([]byte(read(t, "dashboard.json")), &board); err != nil {
		t.Fatal(err)
	}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			exprs, legends = append(exprs, target.Expr), append(legends, target.LegendFormat)
		}
	}
	if len(exprs) < 20 {
		t.Fatalf("only %d queries", len(exprs))
	}
	return exprs, legends
}

// Queries ask for labels that their metrics have: one that doesn't exist matches
// nothing, and an alert on it stays silent for ever.
func TestLabelsExist(t *testing.T) {
	t.Parallel()
	of := metrics(t)
	exprs, legends := queries(t)
	for i, expr := range exprs {
		known := []string{"job", "instance"} // Prometheus' own
		for _, m := range selector.FindAllStringSubmatch(expr, -1) {
			name := histogram.ReplaceAllString(m[1], "")
			labels, exists := of[name]
			if !exists {
				t.Errorf("%s names %s, which the App doesn't have", expr, name)
			}
			if strings.HasSuffix(m[1], "_bucket") {
				labels = append(slices.Clone(labels), "le")
			}
			known = append(known, labels...)
			for _, asked := range matcher.FindAllStringSubmatch(m[2], -1) {
				if !slices.Contains(labels, asked[1]) {
					t.Errorf("%s asks for %s of %s, which has %q", expr, asked[1], m[1], labels)
				}
			}
		}
		kept := known
		for _, m := range grouping.FindAllStringSubmatch(expr, -1) {
			kept = label.FindAllString(m[1], -1)
			for _, by := range kept {
				if !slices.Contains(known, by) {
					t.Errorf("%s groups by %s, which its metrics lack", expr, by)
				}
			}
		}
		for _, m := range legend.FindAllStringSubmatch(legends[i], -1) {
			if !slices.Contains(kept, m[1]) {
				t.Errorf("the legend of %s shows %s, which it doesn't keep", expr, m[1])
			}
		}
	}
}

// Each alert is shown to fire. CI runs these tests by promtool.
func TestAlertsAreTested(t *testing.T) {
	t.Parallel()
	tests := read(t, "alerts_test.yaml")
	for _, m := range regexp.MustCompile(`- alert: (\w+)`).FindAllStringSubmatch(read(t, "alerts.yaml"), -1) {
		if !strings.Contains(tests, `ALERTS{alertname="`+m[1]+`",alertstate="firing"`) {
			t.Errorf("no test shows that %s fires", m[1])
		}
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
