package catalog

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// ShapeKind is what a Shape says of a value.
type ShapeKind string

// The kinds of shape, as the mini-language of Outcome.Shape spells them.
const (
	UnknownShape   ShapeKind = "unknown"
	IdentityShape  ShapeKind = "identity" // the caller, known; so is every member
	NullShape      ShapeKind = "null"
	UndefinedShape ShapeKind = "undefined"
	TrueShape      ShapeKind = "true"
	FalseShape     ShapeKind = "false"
	RequestShape   ShapeKind = "request" // input of the caller; with Members, some are known
	ErrorShape     ShapeKind = "error"   // an error object: never null
	SelfShape      ShapeKind = "self"    // the step's receiver
	ArgShape       ShapeKind = "arg"     // the step's argument number Arg
	TextShape      ShapeKind = "text"    // the constant string Text
	OutcomeShape   ShapeKind = "outcome" // in Callback.With: the outcome's own shape
	PassShape      ShapeKind = "pass"    // in Callback.With: the wrapper's own arguments, from there on
	ResultShape    ShapeKind = "result"  // in an Envelope: the query's result
	ObjectShape    ShapeKind = "object"  // the Members; any other is Rest, or as PathShape says when that is nil
	PathShape      ShapeKind = "path"    // in an object: what the catalogue says of the step's path and this member
	ExportShape    ShapeKind = "export"  // what the path Text leads to in the package Package; "*" is its namespace
)

// Shape is one parsed shape. It is immutable.
//
// A shape is a word of ShapeKind, arg0 … arg9, a "quoted string", an object
// `{data: {user: identity}, error: null, ...unknown}` whose names may be
// numbers (`{0: result}` for an array), `request{auth: outcome}`, or
// `@"package:path"`.
type Shape struct {
	Kind    ShapeKind
	Arg     int
	Text    string
	Package string
	Members []ShapeMember // in the order in which they are written
	Rest    *Shape
}

// ShapeMember is one named member of an object.
type ShapeMember struct {
	Name  string
	Shape Shape
}

// Member returns the shape of an object's member, of Rest when it is not
// named, or else PathShape.
func (s *Shape) Member(name string) Shape {
	for _, m := range s.Members {
		if m.Name == name {
			return m.Shape
		}
	}
	if s.Rest != nil {
		return *s.Rest
	}
	return Shape{Kind: PathShape}
}

// Plain reports whether a shape says what a value is without leading to a
// package, an argument or the step that gave it: the shapes that settings may
// use.
func (s *Shape) Plain() bool {
	switch s.Kind {
	case ArgShape, SelfShape, OutcomeShape, PassShape, ResultShape, PathShape, ExportShape:
		return false
	}
	for i := range s.Members {
		if !s.Members[i].Shape.Plain() {
			return false
		}
	}
	return s.Rest == nil || s.Rest.Plain()
}

// maxShapeDepth bounds the nesting of shapes, since users write them too.
const maxShapeDepth = 16

var shapeWords = map[string]ShapeKind{
	"unknown": UnknownShape, "identity": IdentityShape, "null": NullShape, "undefined": UndefinedShape,
	"true": TrueShape, "false": FalseShape, "request": RequestShape, "error": ErrorShape, "self": SelfShape,
	"outcome": OutcomeShape, "pass": PassShape, "result": ResultShape, "path": PathShape,
}

// ParseShape reads a shape. The error says what was expected where.
func ParseShape(text string) (Shape, error) {
	p := &shapeParser{text: text}
	s, err := p.shape(0)
	if err == nil && p.peek() != 0 {
		err = p.fail("the end")
	}
	if err != nil {
		return Shape{}, err
	}
	return s, nil
}

// shapes keeps the catalogue's own shapes, and of those that users wrote as
// many as there is room for.
var (
	shapes sync.Map // string → Shape
	kept   atomic.Int32
)

const maxKept = 4_000 // shapes

// MustShape returns the shape of a text of the catalogue, parsed once. It panics
// when the text is none, which the catalogue's tests exclude; what users wrote
// went through ParseShape before. An empty text is unknown.
func MustShape(text string) Shape {
	if text == "" {
		return Shape{Kind: UnknownShape}
	}
	if s, ok := shapes.Load(text); ok {
		return s.(Shape)
	}
	s, err := ParseShape(text)
	if err != nil {
		panic(err)
	}
	if kept.Add(1) <= maxKept {
		shapes.Store(text, s)
	}
	return s
}

type shapeParser struct {
	text string
	at   int
}

func (p *shapeParser) fail(want string) error {
	return fmt.Errorf("shape %q: want %s at byte %d", p.text, want, p.at)
}

// peek returns the next byte after blanks, 0 at the end.
func (p *shapeParser) peek() byte {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *shapeParser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *shapeParser) shape(depth int) (Shape, error) {
	if depth > maxShapeDepth {
		return Shape{}, p.fail("less nesting")
	}
	switch p.peek() {
	case '{':
		return p.object(ObjectShape, depth)
	case '"':
		text, err := p.quoted()
		return Shape{Kind: TextShape, Text: text}, err
	case '@':
		return p.export()
	}
	word := p.word()
	if n, ok := strings.CutPrefix(word, "arg"); ok && len(n) == 1 && n[0] >= '0' && n[0] <= '9' {
		return Shape{Kind: ArgShape, Arg: int(n[0] - '0')}, nil
	}
	kind, ok := shapeWords[word]
	if !ok {
		return Shape{}, p.fail("a shape")
	}
	if kind == RequestShape && p.peek() == '{' {
		return p.object(kind, depth)
	}
	return Shape{Kind: kind}, nil
}

// object reads `{a: shape, ...shape}`.
func (p *shapeParser) object(kind ShapeKind, depth int) (Shape, error) {
	s := Shape{Kind: kind}
	p.take('{')
	for first := true; !p.take('}'); first = false {
		if !first && !p.take(',') {
			return Shape{}, p.fail("a comma or }")
		}
		if err := p.member(&s, depth); err != nil {
			return Shape{}, err
		}
	}
	return s, nil
}

func (p *shapeParser) member(s *Shape, depth int) error {
	if p.peek() == '.' && strings.HasPrefix(p.text[p.at:], "...") {
		p.at += 3
		rest, err := p.shape(depth + 1)
		if err == nil && s.Rest != nil {
			err = p.fail("one ... only")
		}
		s.Rest = &rest
		return err
	}
	name := p.word()
	if name == "" || !p.take(':') {
		return p.fail("name: shape")
	}
	for _, m := range s.Members {
		if m.Name == name {
			return p.fail("each name once")
		}
	}
	value, err := p.shape(depth + 1)
	s.Members = append(s.Members, ShapeMember{name, value})
	return err
}

func (p *shapeParser) export() (Shape, error) {
	p.take('@')
	if p.peek() != '"' {
		return Shape{}, p.fail(`"package:path"`)
	}
	text, err := p.quoted()
	if err != nil {
		return Shape{}, err
	}
	// The last colon: a specifier like node:crypto has one of its own.
	cut := strings.LastIndexByte(text, ':')
	if cut <= 0 || cut == len(text)-1 {
		return Shape{}, p.fail(`"package:path"`)
	}
	return Shape{Kind: ExportShape, Package: text[:cut], Text: text[cut+1:]}, nil
}

func (p *shapeParser) quoted() (string, error) {
	end := strings.IndexByte(p.text[p.at+1:], '"')
	if end < 0 {
		return "", p.fail("a closing quote")
	}
	text := p.text[p.at+1 : p.at+1+end]
	p.at += end + 2
	return text, nil
}

// word reads letters, digits, _ and $.
func (p *shapeParser) word() string {
	p.peek()
	start := p.at
	for p.at < len(p.text) && isWordByte(p.text[p.at]) {
		p.at++
	}
	return p.text[start:p.at]
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$'
}
