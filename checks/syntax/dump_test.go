package syntax

import (
	"fmt"
	"reflect"
	"strings"
)

// dump prints nodes as S-expressions: the type's name in lower case, then every
// field that is not zero.
func dump(nodes ...any) string {
	var out []string
	for _, n := range nodes {
		out = append(out, dumpValue(reflect.ValueOf(n)))
	}
	return strings.Join(out, " ")
}

func dumpStmts(list []Stmt) string {
	var out []string
	for _, s := range list {
		out = append(out, dump(s))
	}
	return strings.Join(out, " ")
}

func dumpValue(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return "_"
		}
		return dumpValue(v.Elem())
	case reflect.Slice:
		var out []string
		for i := range v.Len() {
			out = append(out, dumpValue(v.Index(i)))
		}
		return "[" + strings.Join(out, " ") + "]"
	case reflect.String:
		return fmt.Sprintf("%q", v.String())
	case reflect.Struct:
		return dumpStruct(v)
	}
	return fmt.Sprint(v.Interface())
}

func dumpStruct(v reflect.Value) string {
	switch n := v.Interface().(type) {
	case Ident:
		return n.Name
	case NamePattern:
		return n.Name
	case Literal:
		return dumpLiteral(n)
	case ExprStmt:
		return dump(n.X)
	case Block:
		return "{" + dumpStmts(n.Body) + "}"
	}
	out := []string{strings.ToLower(v.Type().Name())}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Name == "Span" || field.Name == "NameSpan" || v.Field(i).IsZero() {
			continue
		}
		out = append(out, dumpField(field.Name, v.Field(i)))
	}
	return "(" + strings.Join(out, " ") + ")"
}

func dumpField(name string, v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Bool:
		return strings.ToLower(name)
	case name == "Kind" || name == "Op" || name == "Name" || name == "Key" || name == "Label":
		return v.String()
	}
	return strings.ToLower(name) + ":" + dumpValue(v)
}

func dumpLiteral(n Literal) string {
	if n.Kind == String {
		return fmt.Sprintf("%q", n.Value)
	}
	return n.Value
}
