package server

import (
	"encoding/json"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxRelations is how many relationships a filter may follow, one behind the
// other.
const maxRelations = 3

// inputs prices the values of arguments by their types. What an input field
// costs, it costs as often as it is given, for each element of a list; an input type with a price of its
// own names something that is made ready once, such as a moment of the past:
// it costs once for each that is named.
type inputs struct {
	schema  *ast.Schema
	moments map[string]bool
	named   int // the price of the moments
	err     error
}

// price is that of a value.
func (in *inputs) price(t *ast.Type, v any) int { return in.value(t, v, 0) }

func (in *inputs) value(t *ast.Type, v any, relations int) int {
	switch v := v.(type) {
	case []any:
		if t.Elem != nil {
			t = t.Elem
		}
		sum := 0
		for _, e := range v {
			sum = saturated(sum + in.value(t, e, relations))
		}
		return sum
	case map[string]any:
		return in.object(in.schema.Types[t.Name()], v, relations)
	}
	return 0
}

func (in *inputs) object(d *ast.Definition, fields map[string]any, relations int) int {
	if d == nil || len(fields) > len(d.Fields) {
		return 0
	}
	in.moment(d, fields)
	sum := 0
	for name, v := range fields {
		f := d.Fields.ForName(name)
		if f == nil || v == nil {
			continue
		}
		w, deeper := weight(f.Directives), relations
		if list, ok := v.([]any); ok {
			w = times(len(list), w)
		}
		if name == "some" || name == "none" {
			if deeper++; deeper > maxRelations {
				in.err = fmt.Errorf("the filter follows %d relationships, one behind the other; at most %d are allowed", deeper, maxRelations)
				return sum
			}
		}
		sum = saturated(sum + w + in.value(f.Type, v, deeper))
	}
	return sum
}

// moment notes what is named by a type that has a price.
func (in *inputs) moment(d *ast.Definition, fields map[string]any) {
	w := weight(d.Directives)
	if w == 0 {
		return
	}
	text, err := json.Marshal(fields) // in the order of the names
	if name := d.Name + string(text); err == nil && !in.moments[name] {
		in.moments[name] = true
		in.named = saturated(in.named + w)
	}
}
