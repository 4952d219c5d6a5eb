package entity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"time"

	"releasegraph/internal/domain"
)

// objectType returns the struct of which a field holds one, or a list; nil when it
// holds something else.
func objectType(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return nil
	}
	return t
}

// ObjectType returns the struct of a field that holds objects, nil of any other.
func (f *Field) ObjectType() reflect.Type {
	if !f.Object {
		return nil
	}
	return objectType(f.Type)
}

// List reports whether the field holds a list of objects.
func (f *Field) List() bool { return f.Object && f.Type.Kind() == reflect.Slice }

// objectText turns raw input into the text that keeps it: JSON with the fields in
// the order of the struct. Equal values have equal texts.
func (f *Field) objectText(raw any) (any, error) {
	text, err := json.Marshal(raw)
	if err != nil {
		return nil, err
	}
	target := reflect.New(f.Type)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target.Interface()); err != nil {
		return nil, f.badObject(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("must be one JSON value")
	}
	if err := fitObject(target.Elem(), ""); err != nil {
		return nil, err
	}
	return marshalObject(target.Elem()), nil
}

// badObject says what is wrong with JSON in terms of the field.
func (f *Field) badObject(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s must be %s, not a JSON %s", strings.TrimPrefix(wrong.Field+" ", " "), jsonNoun(wrong.Type), wrong.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("has no field %s; it has %s", name, strings.Join(ObjectFields(objectType(f.Type)), ", "))
	}
	return fmt.Errorf("is not what is expected: %w", err)
}

func jsonNoun(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	}
	return "a text"
}

// ObjectFields lists the names of a struct's fields in JSON.
func ObjectFields(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name := jsonName(f); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// fitObject checks the values of enumerations and the length of texts in an
// object. A path such as "0.kind " begins what is told.
func fitObject(v reflect.Value, path string) error {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return fitObject(v.Elem(), path)
	case reflect.Slice:
		for i := range v.Len() {
			if err := fitObject(v.Index(i), fmt.Sprint(path, i, ".")); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			if name := jsonName(f); name != "" {
				if err := fitObject(v.FieldByIndex(f.Index), path+name+"."); err != nil {
					return err
				}
			}
		}
	case reflect.String:
		return fitObjectText(v, strings.TrimSuffix(path, "."))
	}
	return nil
}

func fitObjectText(v reflect.Value, path string) error {
	values, isEnum := enums[v.Type()]
	if isEnum && !slices.Contains(values, v.String()) {
		return fmt.Errorf("%s cannot be %q; it is one of %s", path, v.String(), choices(values))
	}
	if err := domain.CheckText(v.String(), domain.MaxText); err != nil {
		return fmt.Errorf("%s %w", path, err)
	}
	return nil
}

// marshalObject returns the text that keeps an object, nil for an empty list.
func marshalObject(v reflect.Value) any {
	if v.Kind() == reflect.Slice && v.Len() == 0 {
		return nil
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v.Interface()) // structs of the domain have a JSON form
	return strings.TrimSuffix(out.String(), "\n")
}

// unmarshalObject sets an object from the text that keeps it. A text that is none
// leaves it empty, as a value of another type does.
func unmarshalObject(v reflect.Value, text string) {
	_ = json.Unmarshal([]byte(text), v.Addr().Interface())
}
