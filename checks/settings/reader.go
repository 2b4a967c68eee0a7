package settings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/authdiff/authdiff/checks/near"
)

// Bounds of the file. Real ones have some dozens of entries.
const (
	maxFile     = 64 << 10 // bytes
	maxEntries  = 500      // of one list
	maxText     = 300      // bytes of one value
	maxProblems = 20       // that are told
)

// reader takes a YAML tree apart and notes what is wrong with it. Where it
// notes something it gives a zero value, and reads on: a file's problems are
// told together.
type reader struct{ problems []Problem }

func (r *reader) fail(n *yaml.Node, format string, args ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, Problem{max(n.Line, 1), max(n.Column, 1), fmt.Sprintf(format, args...)})
	}
}

// fields reads the values of an object's keys.
type fields map[string]func(*yaml.Node)

func (f fields) names() []string {
	var names []string
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// object reads an object. What names it in a problem.
func (r *reader) object(n *yaml.Node, what string, f fields) {
	if !r.is(n, yaml.MappingNode, what, "keys and values") {
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, known := f[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode:
			r.fail(key, "%s: a key must be a word", what)
		case !known:
			r.fail(key, "%s: unknown key %q%s", what, clip(key.Value), meant(key.Value, f.names()))
		case seen[key.Value]:
			r.fail(key, "%s: the key %q stands here twice", what, key.Value)
		default:
			seen[key.Value] = true
			read(value)
		}
	}
}

// required notes keys that an object lacks.
func (r *reader) required(n *yaml.Node, what string, keys ...string) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for _, key := range keys {
		if !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Value == key }) {
			r.fail(n, "%s: the key %q is missing", what, key)
		}
	}
}

// list reads the items of a list.
func (r *reader) list(n *yaml.Node, what string, each func(*yaml.Node)) {
	if !r.is(n, yaml.SequenceNode, what, "a list") {
		return
	}
	if len(n.Content) > maxEntries {
		r.fail(n, "%s: more than %d entries", what, maxEntries)
		return
	}
	for _, item := range n.Content {
		each(item)
	}
}

// texts reads a list of texts, or one text.
func (r *reader) texts(n *yaml.Node, what string, check func(*yaml.Node, string)) []string {
	if n.Kind == yaml.ScalarNode {
		text := r.text(n, what)
		check(n, text)
		return []string{text}
	}
	var out []string
	r.list(n, what, func(item *yaml.Node) {
		text := r.text(item, what)
		check(item, text)
		out = append(out, text)
	})
	return out
}

// text reads a text that isn't empty.
func (r *reader) text(n *yaml.Node, what string) string {
	if !r.is(n, yaml.ScalarNode, what, "a text") {
		return ""
	}
	switch {
	case n.ShortTag() != "!!str":
		r.fail(n, "%s: want a text, not %s; write it in quotes if it is meant so", what, clip(n.Value))
	case n.Value == "":
		r.fail(n, "%s: want a text, not an empty one", what)
	case len(n.Value) > maxText:
		r.fail(n, "%s: longer than %d bytes", what, maxText)
	default:
		return n.Value
	}
	return ""
}

// word reads one word of a list.
func (r *reader) word(n *yaml.Node, what string, words []string) string {
	if !r.is(n, yaml.ScalarNode, what, "one of "+strings.Join(words, ", ")) {
		return ""
	}
	if !slices.Contains(words, n.Value) {
		r.fail(n, "%s: %q isn't one of %s", what, clip(n.Value), strings.Join(words, ", "))
		return ""
	}
	return n.Value
}

func (r *reader) number(n *yaml.Node, what string, low, high int) int {
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil || i < low || i > high {
		r.fail(n, "%s: want a number from %d to %d", what, low, high)
		return 0
	}
	return i
}

func (r *reader) boolean(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		r.fail(n, "%s: want true or false", what)
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

// is notes a value of another kind than is wanted.
func (r *reader) is(n *yaml.Node, kind yaml.Kind, what, want string) bool {
	if n.Kind == yaml.AliasNode {
		r.fail(n, "%s: aliases aren't read; write the value out", what)
		return false
	}
	if n.Kind != kind {
		r.fail(n, "%s: want %s", what, want)
		return false
	}
	return true
}

// meant suggests a word, as the end of a sentence.
func meant(word string, words []string) string {
	if guess := near.Word(word, words); guess != "" {
		return fmt.Sprintf("; is %q meant?", guess)
	}
	return "; known are " + strings.Join(words, ", ")
}

// clip shortens what is quoted from the file.
func clip(text string) string {
	const most = 60
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
