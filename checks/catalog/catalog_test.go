package catalog

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// eachMeaning runs a check on every meaning, and names the library and path of
// those that fail it.
func eachMeaning(t *testing.T, check func(m *Meaning) error) {
	t.Helper()
	for _, l := range Libraries() {
		for i := range l.Meanings {
			if err := check(&l.Meanings[i]); err != nil {
				t.Errorf("%s: %s: %v", l.Name, l.Meanings[i].Path, err)
			}
		}
	}
}

func TestLibrariesAreComplete(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, l := range Libraries() {
		if l.Name == "" || names[l.Name] {
			t.Errorf("library %q: want a name of its own", l.Name)
		}
		names[l.Name] = true
		if !strings.HasPrefix(l.Source, "https://") {
			t.Errorf("%s: Source %q: want the address where the meanings were checked", l.Name, l.Source)
		}
		if len(l.Packages) == 0 || len(l.Meanings) == 0 {
			t.Errorf("%s: want packages and meanings", l.Name)
		}
		for _, pkg := range l.Packages {
			if rest := strings.TrimSuffix(pkg, "/*"); rest == "" || strings.Contains(rest, "*") {
				t.Errorf("%s: package %q: want a specifier, or one followed by /*", l.Name, pkg)
			}
		}
	}
	if len(names) == 0 {
		t.Fatal("no library is registered")
	}
}

func TestLibrariesAreSorted(t *testing.T) {
	t.Parallel()
	if !slices.IsSortedFunc(Libraries(), func(a, b Library) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("Libraries isn't sorted by name")
	}
}

func TestPathsCompile(t *testing.T) {
	t.Parallel()
	for _, err := range newIndex(Libraries()).errors {
		t.Error(err)
	}
}

func TestPathsSpeakOnce(t *testing.T) {
	t.Parallel()
	where := map[string]string{}
	for _, l := range Libraries() {
		for _, pkg := range l.Packages {
			for _, m := range l.Meanings {
				key := pkg + ":" + m.Path
				if other, ok := where[key]; ok {
					t.Errorf("%s of %s stands in %s too", key, l.Name, other)
				}
				where[key] = l.Name
			}
		}
	}
}

// TestMeaningsSayOneThing holds the rule of type Meaning: one field, or one of
// the two pairs.
func TestMeaningsSayOneThing(t *testing.T) {
	t.Parallel()
	eachMeaning(t, func(m *Meaning) error {
		var said []string
		v := reflect.ValueOf(*m)
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if name != "Path" && name != "Async" && !v.Field(i).IsZero() {
				said = append(said, name)
			}
		}
		calls := len(said) == 2 && slices.Contains(said, "Calls")
		if len(said) == 1 || calls || slices.Equal(said, []string{"Query", "Narrow"}) {
			return nil
		}
		return fmt.Errorf("says %v, want one thing", said)
	})
}

func TestShapesParse(t *testing.T) {
	t.Parallel()
	eachMeaning(t, func(m *Meaning) error {
		for _, text := range shapesOf(m) {
			shape, err := ParseShape(text)
			if err != nil {
				return err
			}
			if _, ok := splitPath(shape.Text, false); shape.Kind == ExportShape && (!ok || !Known(shape.Package)) {
				return fmt.Errorf("shape %s leads nowhere", text)
			}
		}
		return nil
	})
}

func shapesOf(m *Meaning) []string {
	var all []string
	outcomes := m.Outcomes
	if m.Calls != nil {
		all = append(all, m.Calls.With...)
		outcomes = slices.Concat(outcomes, m.Calls.Outcomes)
	}
	for _, o := range outcomes {
		if o.Shape != "" || !o.Throws {
			all = append(all, o.Shape)
		}
	}
	if m.Query != nil {
		all = append(all, m.Query.With...)
		all = append(all, nonEmpty(m.Query.Envelope)...)
	}
	if m.Narrow != nil {
		all = append(all, nonEmpty(m.Narrow.Envelope)...)
	}
	if m.Verify != nil {
		all = append(all, nonEmpty(m.Verify.Shape)...)
	}
	return all
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

// TestArgumentsParse holds every argument path to the form "0" or "0.where".
func TestArgumentsParse(t *testing.T) {
	t.Parallel()
	argument := regexp.MustCompile(`^[0-9](\.[A-Za-z_$][A-Za-z0-9_$]*)*$`)
	eachMeaning(t, func(m *Meaning) error {
		for _, arg := range argumentsOf(m) {
			if !argument.MatchString(arg) {
				return fmt.Errorf("argument path %q: want a number, then names", arg)
			}
		}
		return nil
	})
}

func argumentsOf(m *Meaning) []string {
	all := nonEmpty(m.Same)
	for _, p := range proofsOf(m) {
		all = append(all, p.Demands...)
	}
	if c := m.Calls; c != nil && c.Arg != "last" {
		all = append(all, c.Arg)
	}
	if q := m.Query; q != nil {
		all = slices.Concat(all, q.Where, q.Data, q.Select)
		if q.Model != "*" && !strings.ContainsAny(q.Model, `"(`) {
			all = append(all, nonEmpty(q.Model)...)
		}
	}
	if n := m.Narrow; n != nil {
		all = append(all, nonEmpty(n.Field, n.Op, n.Value, n.Cond, n.Model, n.Data, n.Select)...)
	}
	if c := m.Cond; c != nil {
		all = append(all, nonEmpty(c.Field, c.Value)...)
	}
	if v := m.Validate; v != nil {
		all = append(all, v.Input)
	}
	if r := m.Respond; r != nil {
		all = append(all, nonEmpty(r.Body)...)
		if !strings.HasPrefix(r.Status, `"`) {
			all = append(all, nonEmpty(r.Status)...)
		}
	}
	if c := m.Chain; c != nil {
		all = append(all, c.Handler)
	}
	return all
}

func proofsOf(m *Meaning) []Proof {
	var all []Proof
	outcomes := m.Outcomes
	if m.Calls != nil {
		outcomes = slices.Concat(outcomes, m.Calls.Outcomes)
	}
	for _, o := range outcomes {
		if o.Proves != nil {
			all = append(all, *o.Proves)
		}
	}
	if m.Verify != nil {
		all = append(all, m.Verify.Proof)
	}
	return all
}

// TestWordsAreKnown holds the enumerations: a misspelt kind would be silently
// meaningless.
func TestWordsAreKnown(t *testing.T) {
	t.Parallel()
	credentials := []Credential{Session, Token, Secret, Signature, Capability, Decoded, Cookie, Role, Permission, Human}
	effects := []EffectKind{Read, Write, Service, Mail, File, Unknown}
	results := []Result{"", One, Must, Many, Number, Written}
	builtins := []string{"", "all", "boolean", "enum", "equal", "method-router", "list", "input-validator", "socket-event", "authjs-middleware", "clerk-middleware", "nextauth-middleware", "workos-middleware", "proceed", "route-matcher", "router"}
	ops := []string{"eq", "in", "and", "or", "not", "other"}
	eachMeaning(t, func(m *Meaning) error {
		for _, p := range proofsOf(m) {
			if !slices.Contains(credentials, p.Kind) {
				return fmt.Errorf("credential %q is none", p.Kind)
			}
		}
		if q := m.Query; q != nil && (!slices.Contains(effects, q.Kind) || !slices.Contains(results, q.Result)) {
			return fmt.Errorf("query of kind %q with result %q is none", q.Kind, q.Result)
		}
		if n := m.Narrow; n != nil && (n.Kind != "" && !slices.Contains(effects, n.Kind) || !slices.Contains(results, n.Result)) {
			return fmt.Errorf("narrowing to kind %q and result %q is none", n.Kind, n.Result)
		}
		if c := m.Cond; c != nil && !slices.Contains(ops, c.Op) {
			return fmt.Errorf("condition %q is none", c.Op)
		}
		if !slices.Contains(builtins, m.Builtin) {
			return fmt.Errorf("builtin %q is none that package protect has", m.Builtin)
		}
		return nil
	})
}

// TestStarsHaveModels holds that a query whose model is "*" has a star that can
// name it.
func TestStarsHaveModels(t *testing.T) {
	t.Parallel()
	eachMeaning(t, func(m *Meaning) error {
		if m.Query == nil || m.Query.Model != "*" {
			return nil
		}
		p, err := compile(m)
		if err == nil && p.stars == 0 {
			err = fmt.Errorf("model %q: the path has no star", m.Query.Model)
		}
		return err
	})
}

// TestStepsParse holds the steps that a Chain and a model name to the forms
// "use" and "use(0.path)", and to steps that the path can have.
func TestStepsParse(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^([A-Za-z_$][A-Za-z0-9_$]*)?(\([0-9](\.[A-Za-z_$][A-Za-z0-9_$]*)*\))?$`)
	eachMeaning(t, func(m *Meaning) error {
		var steps []string
		if c := m.Chain; c != nil {
			steps = slices.Concat(c.Use, c.Input, c.Meta, nonEmpty(c.Context))
		}
		if m.Query != nil && strings.Contains(m.Query.Model, "(") {
			name, _, _ := strings.Cut(m.Query.Model, "(")
			if steps = append(steps, m.Query.Model); !strings.Contains(m.Path, name+"()") {
				return fmt.Errorf("model %q: the path has no such step", m.Query.Model)
			}
		}
		for _, step := range steps {
			if step == "" || !form.MatchString(step) {
				return fmt.Errorf("step %q: want name or name(argument)", step)
			}
		}
		return nil
	})
}

// TestBoundsParse holds the form of Outcome.If.
func TestBoundsParse(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[0-9](\.[A-Za-z_$][A-Za-z0-9_$]*)*!?=[a-z]+(\|[a-z]+)*$`)
	eachMeaning(t, func(m *Meaning) error {
		for _, o := range m.Outcomes {
			if o.If != "" && !form.MatchString(o.If) {
				return fmt.Errorf("bound %q: want argument=constant or argument!=constant", o.If)
			}
		}
		return nil
	})
}
