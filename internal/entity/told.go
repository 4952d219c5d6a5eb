package entity

import (
	"reflect"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// Told reads what a history tells of a record: any declared field, by its type
// and by no rule, since it was so (C4). What null emptied is nil. Attributes are
// given whole, a property each.
func (k *Kind) Told(raw map[string]any) (store.Props, error) { return told(k.Name, k.Fields, raw) }

// Told reads what a history tells of a link, as Kind.Told does of a record.
func (r *Relationship) Told(raw map[string]any) (store.Props, error) {
	return told(r.Name, r.Properties, raw)
}

func told(name string, fields []Field, raw map[string]any) (store.Props, error) {
	var p problems
	props := store.Props{}
	for _, at := range sorted(raw) {
		f := named(fields, at)
		if f == nil {
			p.add(at, "%s has no such field", name)
			continue
		}
		if raw[at] == nil {
			if !f.Map {
				props[at] = nil
			}
			continue
		}
		value, err := f.value(raw[at])
		if err != nil {
			p.add(at, "%s", err)
			continue
		}
		f.tell(props, value)
	}
	return props, p.err()
}

// tell puts a value among properties, as encode does.
func (f *Field) tell(props store.Props, value any) {
	switch value := value.(type) {
	case map[string]string:
		for name, text := range value {
			props[AttributePrefix+name] = text
		}
	case []string:
		props[f.Name] = nil // an empty list is absent
		if len(value) > 0 {
			props[f.Name] = value
		}
	default:
		props[f.Name] = value
	}
}

// Defaults are the properties of a record of which nothing is said.
func (k *Kind) Defaults() store.Props { return defaults(k.GoType, k.Fields) }

// Defaults are the properties of a link of which nothing is said.
func (r *Relationship) Defaults() store.Props {
	if r.GoType == nil {
		return store.Props{}
	}
	return defaults(r.GoType, r.Properties)
}

func defaults(t reflect.Type, fields []Field) store.Props {
	v := reflect.New(t)
	setDefaults(v.Interface())
	props := encode(v.Elem(), fields)
	for i := range fields {
		if props[fields[i].Name] == "" {
			delete(props, fields[i].Name)
		}
	}
	return props
}

// Breaches tells what a stored record lacks, and which of its own rules it
// breaks.
func (k *Kind) Breaches(props store.Props) domain.Errors {
	return breaches(reflect.ValueOf(k.Decode(store.Node{Kind: k.Name, Props: props})), k.Name, k.Fields)
}

// Breaches tells what a stored link lacks, and which of its own rules it breaks.
func (r *Relationship) Breaches(props store.Props) domain.Errors {
	if r.GoType == nil {
		return nil
	}
	return breaches(reflect.ValueOf(r.DecodeLink(props)), r.Name, r.Properties)
}

func breaches(v reflect.Value, name string, fields []Field) domain.Errors {
	in := &input{fields: fields, kind: name}
	in.read(v, nil)
	return in.list
}
