package relay

import (
	"encoding/json"
	"fmt"
	"io"

	"releasegraph/internal/domain"
)

// Input is a derived input (filter, ordering, patch, …) as it came: names and
// values, whose fields and types the schema has checked. The Catalog
// interprets it further by the tags of the kind.
type Input map[string]any

// UnmarshalGQL takes the input over.
func (i *Input) UnmarshalGQL(v any) error {
	m, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("expected an object, got %T", v)
	}
	*i = m
	return nil
}

// MarshalGQL completes the interface of a scalar; inputs are never answered.
func (i Input) MarshalGQL(w io.Writer) { _ = json.NewEncoder(w).Encode(map[string]any(i)) }

// Ref reads a field of type RecordRef.
func (i Input) Ref(name string) domain.Ref {
	m, _ := i[name].(map[string]any)
	return domain.Ref{Key: text(m["key"]), ID: text(m["id"])}
}

// Refs reads a field that is a list of RecordRef.
func (i Input) Refs(name string) []*domain.Ref {
	list, ok := i[name].([]any)
	if !ok && i[name] != nil {
		list = []any{i[name]} // one stands for a list of one
	}
	refs := make([]*domain.Ref, len(list))
	for n, one := range list {
		ref := Input{name: one}.Ref(name)
		refs[n] = &ref
	}
	return refs
}

// Object reads a field that is an input itself.
func (i Input) Object(name string) map[string]any {
	m, _ := i[name].(map[string]any)
	return m
}

// Int reads a field of type Int, nil when it is absent or null.
func (i Input) Int(name string) *int {
	var n int
	switch v := i[name].(type) {
	case int:
		n = v
	case int64:
		n = int(v)
	case float64:
		n = int(v)
	case json.Number:
		whole, err := v.Int64()
		if err != nil {
			return nil
		}
		n = int(whole)
	default:
		return nil
	}
	return &n
}

// Except returns all other fields.
func (i Input) Except(names ...string) map[string]any {
	rest := make(map[string]any, len(i))
	for name, value := range i {
		rest[name] = value
	}
	for _, name := range names {
		delete(rest, name)
	}
	return rest
}

// text reads a String or an ID, which may come as a number.
func text(v any) *string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return &v
	}
	s := fmt.Sprint(v)
	return &s
}
