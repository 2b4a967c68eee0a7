package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/authdiff/authdiff/app/sandbox/shape"
)

// A node is an object of the graph: its type, and what each field answers. A
// field's value is a plain value, a node, a list of nodes, or a function of the
// field's arguments that gives one of these.
type node struct {
	kind   string
	fields map[string]any
}

// arguments are those of one field, variables filled in.
type arguments map[string]any

func (a arguments) text(name string) string { s, _ := a[name].(string); return s }

// number reads an integer: variables come as JSON numbers, literals as int64.
func (a arguments) number(name string) int64 {
	switch n := a[name].(type) {
	case float64:
		return int64(n)
	case int64:
		return n
	}
	return 0
}

func (a arguments) object(name string) arguments {
	o, _ := a[name].(map[string]any)
	return o
}

// graphError is one of the errors that GitHub answers with status 200.
type graphError struct {
	Type    string `json:"type,omitempty"`
	Path    []any  `json:"path,omitempty"`
	Message string `json:"message"`
}

func (e *graphError) Error() string { return e.Message }

// query is one GraphQL request on its way to an answer.
type query struct {
	document  *ast.QueryDocument
	variables map[string]any
	errors    []*graphError
}

// answerGraphQL parses the request's query and answers it from the graph that
// graph.go gives. Only queries are served, and of the schema only what graph.go
// has; the tests hold the queries against GitHub's published schema.
func answerGraphQL(c *call) (any, error) {
	var in struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	c.header.Set("X-RateLimit-Resource", "graphql")
	document, err := parser.ParseQuery(&ast.Source{Input: in.Query})
	if err != nil || len(document.Operations) != 1 {
		return shape.Object{"errors": []*graphError{{Message: fmt.Sprintf("A query attribute must be specified and must be a string: %v", err)}}}, nil
	}
	operation := document.Operations[0]
	if operation.Operation != ast.Query {
		return nil, &apiError{status: http.StatusNotImplemented, Message: "The sandbox serves queries only"}
	}
	q := &query{document: document, variables: in.Variables}
	answer := shape.Object{"data": q.object(c.graph(), operation.SelectionSet, nil)}
	if len(q.errors) > 0 {
		answer["errors"] = q.errors
	}
	return answer, nil
}

// object answers a selection of a node's fields.
func (q *query) object(n *node, selected ast.SelectionSet, path []any) shape.Object {
	out := shape.Object{}
	for _, s := range selected {
		switch s := s.(type) {
		case *ast.Field:
			out[s.Alias] = q.field(n, s, append(path[:len(path):len(path)], s.Alias))
		case *ast.InlineFragment:
			if s.TypeCondition == "" || s.TypeCondition == n.kind {
				merge(out, q.object(n, s.SelectionSet, path))
			}
		case *ast.FragmentSpread:
			if f := q.document.Fragments.ForName(s.Name); f != nil && f.TypeCondition == n.kind {
				merge(out, q.object(n, f.SelectionSet, path))
			}
		}
	}
	return out
}

func merge(into, from shape.Object) {
	for name, value := range from {
		into[name] = value
	}
}

// field answers one field. One that the schema lacks is an error of the query.
// https://spec.graphql.org/October2021/#sec-Field-Selections
func (q *query) field(n *node, f *ast.Field, path []any) any {
	if f.Name == "__typename" {
		return n.kind
	}
	value, known := n.fields[f.Name]
	if !known {
		return q.fail(&graphError{Type: "undefinedField", Message: fmt.Sprintf("Field '%s' doesn't exist on type '%s'", f.Name, n.kind)}, path)
	}
	args := arguments{}
	for _, a := range f.Arguments {
		given, err := a.Value.Value(q.variables)
		if err != nil {
			return q.fail(err, path)
		}
		args[a.Name] = given
	}
	if resolve, ok := value.(func(arguments) (any, error)); ok {
		var err error
		if value, err = resolve(args); err != nil {
			return q.fail(err, path)
		}
	}
	if err := paginated(f, args); err != nil {
		return q.fail(err, path)
	}
	return q.complete(value, f.SelectionSet, path)
}

// complete answers the selection on a value.
func (q *query) complete(value any, selected ast.SelectionSet, path []any) any {
	switch v := value.(type) {
	case *node:
		if v == nil {
			return nil
		}
		return q.object(v, selected, path)
	case []*node:
		list := []any{}
		for i, n := range v {
			list = append(list, q.object(n, selected, append(path[:len(path):len(path)], i)))
		}
		return list
	case json.Number:
		return v
	}
	return value
}

func (q *query) fail(err error, path []any) any {
	failure, ok := err.(*graphError)
	if !ok {
		failure = &graphError{Message: err.Error()}
	}
	failure.Path = path
	q.errors = append(q.errors, failure)
	return nil
}

// paginated refuses a connection whose nodes are asked for without a number, or
// with one beyond 100.
// https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#node-limit
func paginated(f *ast.Field, args arguments) error {
	asked := false
	for _, s := range f.SelectionSet {
		inner, ok := s.(*ast.Field)
		asked = asked || ok && (inner.Name == "nodes" || inner.Name == "edges")
	}
	n := max(args.number("first"), args.number("last"))
	switch {
	case asked && n == 0:
		return &graphError{Type: "MISSING_PAGINATION_BOUNDARIES", Message: fmt.Sprintf("You must provide a `first` or `last` value to properly paginate the `%s` connection.", f.Name)}
	case n > 100:
		return &graphError{Type: "EXCESSIVE_PAGINATION", Message: fmt.Sprintf("Requesting %d records on the `%s` connection exceeds the `first` limit of 100 records.", n, f.Name)}
	}
	return nil
}

// connection is a list that is paged by number and cursor. A cursor is the
// number of elements before; one that the list didn't give is refused.
// https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api
func connection(kind string, all []*node) func(arguments) (any, error) {
	return func(args arguments) (any, error) {
		start, end := 0, len(all)
		if after := args.text("after"); after != "" {
			if _, err := fmt.Sscan(strings.TrimPrefix(after, "after:"), &start); err != nil || start > len(all) {
				return nil, &graphError{Type: "INVALID_CURSOR_ARGUMENTS", Message: fmt.Sprintf("`%s` does not appear to be a valid cursor.", after)}
			}
		}
		if first := int(args.number("first")); first > 0 {
			end = min(end, start+first)
		}
		if last := int(args.number("last")); last > 0 {
			start = max(start, end-last)
		}
		return &node{kind, map[string]any{
			"totalCount": len(all), "nodes": all[start:end],
			"pageInfo": &node{"PageInfo", map[string]any{
				"hasNextPage": end < len(all), "hasPreviousPage": start > 0,
				"endCursor": fmt.Sprintf("after:%d", end), "startCursor": fmt.Sprintf("after:%d", start),
			}},
		}}, nil
	}
}
