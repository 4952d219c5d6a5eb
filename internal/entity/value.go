package entity

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"releasegraph/internal/store"
)

// value turns raw GraphQL input into a property value of the field's type: a
// string, int64, …; for attributes a map[string]string. The raw value is not
// nil.
func (f *Field) value(raw any) (any, error) {
	switch {
	case f.Map:
		return textMap(raw)
	case f.Object:
		return f.objectText(raw)
	case f.Bytes():
		return wholeNumber(raw, 0, 1<<53)
	case f.Kind == store.Strings:
		return textList(raw)
	}
	return scalar(f.Kind, f.Enum, raw)
}

// scalar turns raw input into a single property value.
func scalar(kind store.Type, enum []string, raw any) (any, error) {
	switch kind {
	case store.Int:
		return wholeNumber(raw, math.MinInt32, math.MaxInt32)
	case store.Float:
		return realNumber(raw)
	case store.Bool:
		if b, ok := raw.(bool); ok {
			return b, nil
		}
		return nil, fmt.Errorf("must be true or false, not %s", describe(raw))
	case store.Time:
		return instant(raw)
	}
	s, err := textOf(raw)
	if err == nil && enum != nil && !slices.Contains(enum, s) {
		return nil, fmt.Errorf("cannot be %q; it is one of %s", s, choices(enum))
	}
	return s, err
}

func textOf(raw any) (string, error) {
	v := reflect.ValueOf(raw)
	if _, number := raw.(json.Number); v.Kind() == reflect.String && !number {
		return v.String(), nil
	}
	return "", fmt.Errorf("must be a text, not %s", describe(raw))
}

// wholeNumber reads a number from least to most.
func wholeNumber(raw any, least, most int64) (any, error) {
	n, ok := int64(0), false
	switch v := raw.(type) {
	case int:
		n, ok = int64(v), true
	case int32:
		n, ok = int64(v), true
	case int64:
		n, ok = v, true
	case float64:
		n, ok = int64(v), v == math.Trunc(v) && math.Abs(v) <= 1<<53
	case json.Number:
		var err error
		n, err = v.Int64()
		ok = err == nil
	}
	if !ok {
		return nil, fmt.Errorf("must be a whole number, not %s", describe(raw))
	}
	if n < least || n > most {
		if least == math.MinInt32 {
			return nil, fmt.Errorf("is %d, which does not fit into 32 bits", n)
		}
		return nil, fmt.Errorf("is %d, which is not from %d to %d", n, least, most)
	}
	return n, nil
}

func realNumber(raw any) (any, error) {
	n, ok := 0.0, false
	switch v := raw.(type) {
	case float64:
		n, ok = v, true
	case int:
		n, ok = float64(v), true
	case int64:
		n, ok = float64(v), true
	case json.Number:
		var err error
		n, err = v.Float64()
		ok = err == nil
	}
	if !ok || math.IsNaN(n) || math.IsInf(n, 0) {
		return nil, fmt.Errorf("must be a number, not %s", describe(raw))
	}
	return n, nil
}

// instant reads RFC 3339 with any offset; what a store keeps is UTC in whole
// microseconds.
func instant(raw any) (any, error) {
	t, ok := raw.(time.Time)
	if !ok {
		s, err := textOf(raw)
		if err == nil {
			t, err = time.Parse(time.RFC3339Nano, s)
		}
		if err != nil {
			return nil, fmt.Errorf("must be a time such as 2026-03-01T08:00:00Z, not %s", describe(raw))
		}
	}
	t = t.UTC().Truncate(time.Microsecond)
	if y := t.Year(); y < 1 || y > 9999 {
		return nil, errors.New("must lie in the years 1 to 9999")
	}
	return t, nil
}

func textList(raw any) (any, error) {
	items, ok := elements(raw)
	if !ok {
		items = []any{raw}
	}
	list := make([]string, len(items))
	for i, item := range items {
		s, err := textOf(item)
		if err != nil {
			return nil, fmt.Errorf("item %d %w", i, err)
		}
		list[i] = s
	}
	return list, nil
}

func textMap(raw any) (any, error) {
	v := reflect.ValueOf(raw)
	if v.Kind() != reflect.Map || v.Type().Key().Kind() != reflect.String {
		return nil, fmt.Errorf("must be an object of texts by name, not %s", describe(raw))
	}
	m := make(map[string]string, v.Len())
	for it := v.MapRange(); it.Next(); {
		s, err := textOf(it.Value().Interface())
		if err != nil {
			return nil, fmt.Errorf("%q %w", it.Key().String(), err)
		}
		m[it.Key().String()] = s
	}
	return m, nil
}

// elements lists the members of a list of any type.
func elements(raw any) ([]any, bool) {
	v := reflect.ValueOf(raw)
	if v.Kind() != reflect.Slice {
		return nil, false
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = v.Index(i).Interface()
	}
	return list, true
}

// object reads an input object of any map type.
func object(raw any) (map[string]any, bool) {
	if m, ok := raw.(map[string]any); ok {
		return m, m != nil
	}
	v := reflect.ValueOf(raw)
	if v.Kind() != reflect.Map || v.IsNil() || v.Type().Key().Kind() != reflect.String {
		return nil, false
	}
	m := make(map[string]any, v.Len())
	for it := v.MapRange(); it.Next(); {
		m[it.Key().String()] = it.Value().Interface()
	}
	return m, true
}

// describe shows a raw value in a message, shortened.
func describe(raw any) string {
	if raw == nil {
		return "null"
	}
	switch v := reflect.ValueOf(raw); v.Kind() {
	case reflect.Map:
		return "an object"
	case reflect.Slice:
		return "a list"
	case reflect.String:
		s := v.String()
		if n, ok := raw.(json.Number); ok {
			return shorten(n.String())
		}
		return strconv.Quote(shorten(s))
	}
	return shorten(fmt.Sprint(raw))
}

func shorten(s string) string {
	const most = 40
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most]) + "…"
}

// ParseText reads a value of the field from text, as a CSV column holds it: a
// JSON value for attributes, lists and objects, a plain one otherwise. The answer is
// raw input for a create or a patch.
func (f *Field) ParseText(s string) (any, error) {
	if f.Map || f.Object || f.Kind == store.Strings {
		var raw any
		if err := json.Unmarshal([]byte(s), &raw); err != nil {
			return nil, fmt.Errorf("must be JSON: %w", err)
		}
		return raw, nil
	}
	switch f.Kind {
	case store.Int, store.Float:
		return json.Number(s), nil
	case store.Bool:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return nil, fmt.Errorf("must be true or false, not %s", describe(s))
		}
		return b, nil
	}
	return s, nil
}

// FormatValue writes a property value in the form of the interchange format.
func FormatValue(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case []string:
		b, _ := json.Marshal(v)
		return string(b)
	}
	return fmt.Sprint(v)
}
