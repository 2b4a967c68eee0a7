package protect

import (
	"encoding/json"
	"strconv"

	"github.com/authdiff/authdiff/checks/syntax"
)

// maxJSON bounds the constant texts that are parsed, in bytes.
const maxJSON = 4096

// parseJSON is what JSON.parse gives: a constant text is parsed, every other
// value stands for what it was made of.
func (ev *eval) parseJSON(v Value) Value {
	switch v := ev.st.see(v).(type) {
	case *Choice:
		return ev.mapChoice(v, ev.parseJSON)
	case Const:
		var parsed any
		if v.Kind == syntax.String && len(v.Text) <= maxJSON && json.Unmarshal([]byte(v.Text), &parsed) == nil {
			return fromJSON(parsed)
		}
		return unknown
	default:
		return v
	}
}

func fromJSON(x any) Value {
	switch x := x.(type) {
	case string:
		return str(x)
	case bool:
		return boolean(x)
	case float64:
		return Const{Kind: syntax.Number, Text: strconv.FormatFloat(x, 'f', -1, 64)}
	case []any:
		l := newList()
		for _, e := range x {
			l.init.elems = append(l.init.elems, fromJSON(e))
		}
		return l
	case map[string]any:
		o := newObject()
		for _, k := range sortedKeys(x) {
			o.init.set(k, fromJSON(x[k]))
		}
		return o
	}
	return null
}
