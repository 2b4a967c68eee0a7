package table

import (
	"strconv"

	"github.com/authdiff/authdiff/checks/syntax"
)

// ranks reads an object of numbers: { viewer: 1, editor: 2 }.
func (r *reader) ranks(name string, o *syntax.Object) (Table, bool) {
	t := Table{Name: name, Kind: Ranks}
	roles := 0
	for _, p := range o.Props {
		n, ok := number(p.Value)
		key := keyOf(p)
		if !ok || key == "" {
			return Table{}, false
		}
		t.Rows = append(t.Rows, Row{Key: key, Rank: n, Span: p.Span})
		if IsRole(key) {
			roles++
		}
	}
	return t, rankName.MatchString(name) && roles > 1
}

// order reads a list of roles, each of which ranks by its place.
func (r *reader) order(name string, a *syntax.Array) (Table, bool) {
	t := Table{Name: name, Kind: Ranks}
	for i, e := range a.Elems {
		key := spelled(e)
		if e == nil || !IsRole(key) {
			return Table{}, false
		}
		t.Rows = append(t.Rows, Row{Key: key, Rank: float64(i), Span: e.Pos()})
	}
	return t, orderName.MatchString(name) && len(t.Rows) > 1
}

// enumRanks reads an enum of roles with numbers.
func enumRanks(e *syntax.EnumDecl) (Table, bool) {
	t := Table{Name: e.Name, Kind: Ranks}
	for _, m := range e.Members {
		n, ok := number(m.Value)
		if !ok || !IsRole(m.Name) {
			return Table{}, false
		}
		t.Rows = append(t.Rows, Row{Key: m.Name, Rank: n, Span: m.Span})
	}
	return t, len(t.Rows) > 1
}

func number(x syntax.Expr) (float64, bool) {
	sign := 1.0
	if u, ok := x.(*syntax.Unary); ok && u.Op == "-" {
		sign, x = -1, u.X
	}
	l, ok := x.(*syntax.Literal)
	if !ok || l.Kind != syntax.Number {
		return 0, false
	}
	n, err := strconv.ParseFloat(l.Value, 64)
	return sign * n, err == nil
}
