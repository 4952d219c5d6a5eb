package sqlite

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"releasegraph/internal/store"
)

// toColumn gives the form in which a property value is stored and compared.
func toColumn(v any) (any, error) {
	switch v := v.(type) {
	case nil, int64, float64, string:
		return v, nil
	case bool:
		if v {
			return int64(1), nil
		}
		return int64(0), nil
	case time.Time:
		return v.UnixMicro(), nil
	case []string:
		b, err := json.Marshal(v)
		return string(b), err
	}
	return nil, fmt.Errorf("%w: %T is no property type", store.ErrInvalid, v)
}

// fromColumn gives the property value of a stored form; nil is an absent one.
func fromColumn(t store.Type, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case int64:
		switch t {
		case store.Bool:
			return v != 0, nil
		case store.Time:
			return time.UnixMicro(v).UTC(), nil
		case store.Float:
			return float64(v), nil
		case store.Int:
			return v, nil
		}
	case float64:
		if t == store.Float {
			return v, nil
		}
	case string:
		if t == store.Strings {
			list := []string{}
			err := json.Unmarshal([]byte(v), &list)
			return list, err
		}
		if t == store.String {
			return v, nil
		}
	}
	return nil, fmt.Errorf("the file holds %T for a %s", v, t)
}

// encodeOpen writes the undeclared properties of a node, or nil for none.
func encodeOpen(prefix string, props store.Props) (any, error) {
	if prefix == "" {
		return nil, nil
	}
	var open map[string]any
	for name, v := range props {
		if strings.HasPrefix(name, prefix) {
			if open == nil {
				open = map[string]any{}
			}
			open[name] = v
		}
	}
	if open == nil {
		return nil, nil
	}
	b, err := json.Marshal(open)
	return string(b), err
}

// decodeOpen adds the undeclared properties of a node.
func decodeOpen(text string, props store.Props) error {
	var open map[string]string
	if err := json.Unmarshal([]byte(text), &open); err != nil {
		return err
	}
	for name, v := range open {
		props[name] = v
	}
	return nil
}

// noProps is how an edge without properties is stored.
const noProps = "{}"

// infinity is how JSON can hold an infinite float for SQLite to compare.
const infinity = "9e999"

// encodeEdge writes an edge's properties so that SQLite's -> can compare them:
// times are microseconds, floats have a point or an exponent.
func encodeEdge(props store.Props) (string, error) {
	if len(props) == 0 {
		return noProps, nil
	}
	plain := make(store.Props, len(props))
	var infinite []string
	for name, v := range props {
		switch v := v.(type) {
		case time.Time:
			plain[name] = v.UnixMicro()
		case float64:
			if math.IsInf(v, 0) {
				sign := ""
				if v < 0 {
					sign = "-"
				}
				infinite = append(infinite, `"`+name+`":`+sign+infinity)
				continue
			}
			plain[name] = v
		default:
			plain[name] = v
		}
	}
	b, err := store.AppendProps(nil, plain)
	if err != nil || len(infinite) == 0 {
		return string(b), err
	}
	rest := strings.Join(infinite, ",") + "}"
	if len(plain) == 0 {
		return "{" + rest, nil
	}
	return string(b[:len(b)-1]) + "," + rest, nil
}

// edgeForm returns the form in which SQLite's ->> reads an edge's property that
// encodeEdge wrote. It escapes lists as the log does, and columns do not.
func edgeForm(v any) (any, error) {
	if list, ok := v.([]string); ok {
		b, err := store.AppendValue(nil, list)
		return string(b), err
	}
	return toColumn(v)
}

// decodeEdge reads what encodeEdge wrote, without what is declared no more.
func (s *Store) decodeEdge(rel, text string) (store.Props, error) {
	if text == noProps {
		return store.Props{}, nil
	}
	props, err := store.DecodeProps([]byte(text))
	if err != nil {
		return nil, err
	}
	for name, v := range props {
		p, ok := s.declared.RelProperty(rel, name)
		if !ok {
			delete(props, name)
			continue
		}
		if n, isInt := v.(int64); isInt && p.Type == store.Time {
			props[name] = time.UnixMicro(n).UTC()
		}
	}
	return props, nil
}
