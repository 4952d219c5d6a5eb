package entity

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// AttributePrefix begins the name of each property that holds one attribute.
const AttributePrefix = "attributes."

// Field is one field of a kind or of a relationship's properties, as its
// struct tag declares it.
type Field struct {
	Name  string       // of the property, and of the GraphQL field
	Go    string       // name of the Go field
	Index []int        // for reflect.Value.FieldByIndex
	Type  reflect.Type // of the Go field
	Kind  store.Type
	// Enum lists the legal values of the field, or of what its list holds, nil
	// when they are no enumeration; EnumName is the name of its type.
	Enum     []string
	EnumName string
	// Shown is the type of the schema by whose values the texts of a list are
	// shown, "" where they are shown as they are.
	Shown string
	// Map tells that the field holds attributes, one property each.
	Map bool
	// Object tells that the field holds an object, or a list of objects: a struct
	// of the domain, kept as one text in JSON.
	Object bool

	Unique, Required, Filter, Sort, Set, Import, Text, Identity, Person bool
	// Whole says that an import that gives the field brings the record as a whole,
	// with all that belongs to it.
	Whole bool
	// Follows says what a consequence fills a required field with that a create
	// does not give; empty: it must be given.
	Follows string
	// Derived says that the server works the field out: an import never brings it,
	// though a history does.
	Derived bool
}

// Nullable reports whether the Go field can hold null.
func (f *Field) Nullable() bool { return f.Type.Kind() == reflect.Pointer }

// Bytes reports whether the field counts bytes, which may be more than fit into
// 32 bits.
func (f *Field) Bytes() bool { return f.Type == reflect.TypeFor[domain.ByteSize]() }

// Indexed reports whether stores keep an index of the field.
func (f *Field) Indexed() bool { return f.Sort || f.Unique }

// fieldsOf reads the tagged fields of a struct, those of embedded ones first.
func fieldsOf(t reflect.Type) []Field {
	var fields []Field
	for _, f := range reflect.VisibleFields(t) {
		if tag, ok := f.Tag.Lookup("graph"); ok {
			fields = append(fields, newField(f, strings.Split(tag, ",")))
		}
	}
	return fields
}

func newField(f reflect.StructField, tag []string) Field {
	field := Field{Name: tag[0], Go: f.Name, Index: f.Index, Type: f.Type}
	flags := map[string]*bool{
		"unique": &field.Unique, "required": &field.Required, "filter": &field.Filter, "sort": &field.Sort,
		"set": &field.Set, "import": &field.Import, "text": &field.Text, "identity": &field.Identity,
		"person": &field.Person, "derived": &field.Derived, "whole": &field.Whole,
	}
	for _, word := range tag[1:] {
		if shown, ok := strings.CutPrefix(word, "shown="); ok {
			field.Shown = shown
			continue
		}
		flag, ok := flags[word]
		if !ok {
			panic(fmt.Sprintf("field %s: unknown word %q in its graph tag", f.Name, word))
		}
		*flag = true
	}
	field.classify()
	return field
}

// classify finds out how the field's Go type is stored.
func (f *Field) classify() {
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice {
		f.Kind = store.Strings
		if f.Enum = enums[t.Elem()]; f.Enum != nil {
			f.EnumName = t.Elem().Name()
			return
		}
	}
	if values, ok := enums[t]; ok {
		f.Kind, f.Enum, f.EnumName = store.String, values, t.Name()
		return
	}
	if objectType(f.Type) != nil {
		f.Kind, f.Object = store.String, true
		return
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		f.Kind = store.Time
	case t == reflect.TypeFor[map[string]string]():
		f.Kind, f.Map = store.String, true
	case t == reflect.TypeFor[[]string]():
		f.Kind = store.Strings
	case t == reflect.TypeFor[string]():
		f.Kind = store.String
	case t == reflect.TypeFor[int](), t == reflect.TypeFor[int64](), f.Bytes():
		f.Kind = store.Int
	case t == reflect.TypeFor[bool]():
		f.Kind = store.Bool
	case t == reflect.TypeFor[float64]():
		f.Kind = store.Float
	default:
		panic(fmt.Sprintf("field %s: no property type for %s", f.Go, f.Type))
	}
}

// named finds a field by its name.
func named(fields []Field, name string) *Field {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i]
		}
	}
	return nil
}
