package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/authdiff/authdiff/checks/published"
)

// loadSchema reads GitHub's GraphQL schema, once for the process.
var loadSchema = sync.OnceValues(func() (*ast.Schema, error) {
	text, err := published.Read("@octokit", "graphql-schema", "schema.graphql")
	if err != nil {
		return nil, err
	}
	document, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: "schema.graphql", Input: string(text)})
	if err != nil {
		return nil, fmt.Errorf("read GitHub's GraphQL schema: %w", err)
	}
	if dropRepeated(document) == 0 {
		return nil, errors.New("GitHub's GraphQL schema no longer repeats fields: take the correction out")
	}
	schema, err := validator.ValidateSchemaDocument(document)
	if err != nil {
		return nil, fmt.Errorf("read GitHub's GraphQL schema: %w", err)
	}
	return schema, nil
})

// dropRepeated takes out fields that a type defines twice, a slip of the
// published schema, and counts them.
func dropRepeated(document *ast.SchemaDocument) (n int) {
	for _, d := range document.Definitions {
		seen := map[string]bool{}
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
			repeated := seen[f.Name]
			seen[f.Name] = true
			if repeated {
				n++
			}
			return repeated
		})
	}
	return n
}

// validating is held while a query is validated: the library fills in parts of
// the schema on the way.
var validating sync.Mutex

// checkGraphQL holds a query, its variables and its answer against the schema.
func checkGraphQL(body []byte, answer *httptest.ResponseRecorder) []error {
	schema, err := loadSchema()
	if err != nil {
		return []error{err}
	}
	var in struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return []error{fmt.Errorf("the request: %w", err)}
	}
	validating.Lock()
	defer validating.Unlock()
	document, problems := gqlparser.LoadQueryWithRules(schema, in.Query, rules.NewDefaultRules())
	if len(problems) > 0 {
		return []error{fmt.Errorf("the query: %w", problems)}
	}
	operation := document.Operations[0]
	if _, err := validator.VariableValues(schema, operation, in.Variables); err != nil {
		return []error{fmt.Errorf("the variables: %w", err)}
	}
	if answer.Code != http.StatusOK {
		return nil
	}
	var out struct {
		Data   map[string]any `json:"data"`
		Errors []any          `json:"errors"`
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &out); err != nil {
		return []error{fmt.Errorf("the answer: %w", err)}
	}
	if len(out.Errors) > 0 {
		return nil // what failed is null, wherever it stands
	}
	w := &answerWalk{schema: schema}
	w.object("data", operation.SelectionSet, out.Data)
	return w.problems
}

// answerWalk follows a query through its answer.
type answerWalk struct {
	schema   *ast.Schema
	problems []error
}

func (w *answerWalk) problem(at, format string, args ...any) {
	w.problems = append(w.problems, fmt.Errorf("the answer: at %s: %s", at, fmt.Sprintf(format, args...)))
}

func (w *answerWalk) object(at string, selected ast.SelectionSet, value map[string]any) {
	for _, s := range selected {
		switch s := s.(type) {
		case *ast.Field:
			got, given := value[s.Alias]
			if !given {
				w.problem(at, "no %s", s.Alias)
				continue
			}
			w.value(at+"."+s.Alias, s.Definition.Type, s.SelectionSet, got)
		case *ast.InlineFragment:
			// An answer of another type has none of the fragment's fields.
			if len(value) > 0 {
				w.object(at, s.SelectionSet, value)
			}
		case *ast.FragmentSpread:
			w.object(at, s.Definition.SelectionSet, value)
		}
	}
}

func (w *answerWalk) value(at string, kind *ast.Type, selected ast.SelectionSet, value any) {
	if value == nil {
		if kind.NonNull {
			w.problem(at, "null, but it is %s", kind)
		}
		return
	}
	if kind.Elem != nil {
		list, ok := value.([]any)
		if !ok {
			w.problem(at, "%T, but it is %s", value, kind)
		}
		for i, element := range list {
			w.value(fmt.Sprintf("%s[%d]", at, i), kind.Elem, selected, element)
		}
		return
	}
	if len(selected) > 0 {
		object, ok := value.(map[string]any)
		if !ok {
			w.problem(at, "%T, but it is %s", value, kind)
		}
		w.object(at, selected, object)
		return
	}
	w.leaf(at, w.schema.Types[kind.NamedType], value)
}

func (w *answerWalk) leaf(at string, kind *ast.Definition, value any) {
	ok := true
	switch {
	case kind.Kind == ast.Enum:
		name, _ := value.(string)
		ok = kind.EnumValues.ForName(name) != nil
	case kind.Name == "Int":
		n, isNumber := value.(float64)
		ok = isNumber && n == math.Trunc(n) && math.Abs(n) <= math.MaxInt32
	case kind.Name == "Boolean":
		_, ok = value.(bool)
	default: // strings, ids, and scalars that are written as strings
		_, ok = value.(string)
	}
	if !ok {
		w.problem(at, "%v is no %s", value, kind.Name)
	}
}
