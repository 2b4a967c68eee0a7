package syntax

// Pattern is what a declaration, parameter or assignment writes to.
type Pattern interface {
	Node
	pattern()
}

type (
	// NamePattern binds or assigns a name.
	NamePattern struct {
		Span
		Name string
	}
	// ObjectPattern is `{ a, b: c, [k]: d, ...rest }`.
	ObjectPattern struct {
		Span
		Props []PatternProp
		Rest  Pattern // may be nil
	}
	// PatternProp is one property of an ObjectPattern. A default value is in the
	// Target.
	PatternProp struct {
		Span
		Key      string
		Computed Expr
		Target   Pattern
	}
	// ArrayPattern is `[a, , b, ...rest]`; a hole is nil.
	ArrayPattern struct {
		Span
		Elems []Pattern
		Rest  Pattern // may be nil
	}
	// DefaultPattern is `target = value` inside another pattern or a parameter.
	DefaultPattern struct {
		Span
		Target Pattern
		Value  Expr
	}
	// ExprPattern assigns to a member (`x.y = 1`).
	ExprPattern struct {
		Span
		X Expr
	}
)

func (*NamePattern) pattern()    {}
func (*ObjectPattern) pattern()  {}
func (*ArrayPattern) pattern()   {}
func (*DefaultPattern) pattern() {}
func (*ExprPattern) pattern()    {}
