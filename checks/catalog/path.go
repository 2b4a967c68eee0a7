package catalog

import (
	"cmp"
	"fmt"
	"strings"
)

// stepKind is what one step of a path does.
type stepKind uint8

const (
	nameStep   stepKind = iota // member access, or the export itself
	callStep                   // ()
	newStep                    // .new()
	prefixStep                 // NEXT_PUBLIC_*: one name that begins so
	starStep                   // *: one name
	manyStep                   // **: zero or more steps
)

// step is one step of a path or of a pattern. Name is set for nameStep and
// prefixStep alone.
type step struct {
	kind stepKind
	name string
}

// Bounds on what is looked up. The evaluator cuts its paths at about forty
// steps; these hold whatever it does, since names come from hostile input.
const (
	maxSteps = 64
	maxPath  = 1024 // bytes
)

// splitPath reads a path; ok is false when it is none or beyond the bounds.
// With stars it reads a pattern.
func splitPath(path string, stars bool) (steps []step, ok bool) {
	if path == "" || len(path) > maxPath {
		return nil, false
	}
	for rest, first := path, true; rest != ""; first = false {
		var s step
		switch {
		case !first && strings.HasPrefix(rest, "()"):
			s, rest = step{kind: callStep}, rest[2:]
		case !first && strings.HasPrefix(rest, ".new()"):
			s, rest = step{kind: newStep}, rest[6:]
		default:
			if !first {
				if rest[0] != '.' {
					return nil, false
				}
				rest = rest[1:]
			}
			end := strings.IndexAny(rest, ".()")
			if end < 0 {
				end = len(rest)
			}
			if end == 0 {
				return nil, false
			}
			s, rest = nameOrStar(rest[:end], stars), rest[end:]
		}
		if len(steps) == maxSteps {
			return nil, false
		}
		steps = append(steps, s)
	}
	return steps, true
}

// IsPath reports whether a text is a path, without stars: an export, followed
// by .name, () and .new().
func IsPath(text string) bool {
	_, ok := splitPath(text, false)
	return ok && !strings.ContainsAny(text, "* ")
}

func nameOrStar(name string, stars bool) step {
	switch {
	case !stars:
		return step{kind: nameStep, name: name}
	case name == "*":
		return step{kind: starStep}
	case name == "**":
		return step{kind: manyStep}
	case strings.HasSuffix(name, "*"):
		return step{kind: prefixStep, name: strings.TrimSuffix(name, "*")}
	}
	return step{kind: nameStep, name: name}
}

// pattern is a Meaning's path, compiled.
type pattern struct {
	text    string
	steps   []step
	meaning *Meaning
	many    int // how many ** it has
	stars   int // how many * and prefixes
	literal int // how many steps say exactly what they match
}

// compile reads a Meaning's path.
func compile(m *Meaning) (*pattern, error) {
	steps, ok := splitPath(m.Path, true)
	if !ok {
		return nil, fmt.Errorf("path %q: want an export followed by .name, () and .new()", m.Path)
	}
	p := &pattern{text: m.Path, steps: steps, meaning: m}
	for _, s := range steps {
		switch s.kind {
		case manyStep:
			p.many++
		case starStep, prefixStep:
			p.stars++
		default:
			p.literal++
		}
	}
	if p.many > 2 {
		return nil, fmt.Errorf("path %q: at most two ** keep matching cheap", m.Path)
	}
	return p, nil
}

// compare orders patterns by how exactly they speak: without stars first, then
// with * alone, then with **; among these the longer first. What is left is
// settled so that order never depends on the files' order.
func (p *pattern) compare(q *pattern) int {
	return cmp.Or(
		cmp.Compare(p.class(), q.class()),
		cmp.Compare(q.literal, p.literal),
		cmp.Compare(p.many, q.many),
		cmp.Compare(p.open(), q.open()),
		cmp.Compare(len(q.steps), len(p.steps)),
		cmp.Compare(q.prefixes(), p.prefixes()),
		cmp.Compare(p.text, q.text),
	)
}

func (p *pattern) class() int {
	switch {
	case p.many > 0:
		return 2
	case p.stars > 0:
		return 1
	}
	return 0
}

// open is 1 when the pattern ends in ** and so takes any continuation, else 0.
func (p *pattern) open() int {
	if p.steps[len(p.steps)-1].kind == manyStep {
		return 1
	}
	return 0
}

// prefixes counts the bytes of the names that the pattern begins.
func (p *pattern) prefixes() int {
	n := 0
	for _, s := range p.steps {
		if s.kind == prefixStep {
			n += len(s.name)
		}
	}
	return n
}

// match reports whether the pattern covers the path, and which names its stars
// stood for, in order; ** gives none.
func (p *pattern) match(path []step) ([]string, bool) {
	if p.many == 0 && len(p.steps) != len(path) {
		return nil, false
	}
	return matchSteps(p.steps, path, nil)
}

func matchSteps(pat, path []step, stars []string) ([]string, bool) {
	for len(pat) > 0 {
		head := pat[0]
		if head.kind == manyStep {
			for skip := 0; skip <= len(path); skip++ {
				if got, ok := matchSteps(pat[1:], path[skip:], stars); ok {
					return got, true
				}
			}
			return nil, false
		}
		if len(path) == 0 || !head.covers(path[0]) {
			return nil, false
		}
		if head.kind != path[0].kind {
			stars = append(stars[:len(stars):len(stars)], path[0].name)
		}
		pat, path = pat[1:], path[1:]
	}
	return stars, len(path) == 0
}

// covers reports whether a pattern's step, which is not **, matches a step.
func (s step) covers(t step) bool {
	switch s.kind {
	case starStep:
		return t.kind == nameStep
	case prefixStep:
		return t.kind == nameStep && strings.HasPrefix(t.name, s.name)
	}
	return s == t
}
