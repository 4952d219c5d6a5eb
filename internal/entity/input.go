package entity

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// New makes a record from the input of a create; what is not given gets its
// default. All that is wrong is told at once, at paths that begin with path.
func (k *Kind) New(raw map[string]any, path string) (Record, error) {
	return k.create(raw, &input{fields: k.Fields, path: path, kind: k.Name, creating: true})
}

// Bring makes a record from an import, which may also set what is otherwise
// left to the rules: records of another tool come in any state.
func (k *Kind) Bring(raw map[string]any, path string) (Record, error) {
	return k.create(raw, &input{fields: k.Fields, path: path, kind: k.Name, creating: true, bringing: true})
}

func (k *Kind) create(raw map[string]any, in *input) (Record, error) {
	v := reflect.New(k.GoType)
	for i := range k.Fields {
		k.Fields[i].put(v.Elem(), nil)
	}
	setDefaults(v.Interface())
	in.read(v, raw)
	return v.Interface().(Record), in.err()
}

// Patch makes a changed copy of a record: fields that the patch does not name
// stay, null empties.
func (k *Kind) Patch(r Record, patch map[string]any, path string) (Record, error) {
	return change(r, patch, &input{fields: k.Fields, path: path, kind: k.Name})
}

// BringPatch is Patch for an import.
func (k *Kind) BringPatch(r Record, patch map[string]any, path string) (Record, error) {
	return change(r, patch, &input{fields: k.Fields, path: path, kind: k.Name, bringing: true})
}

func change(r Record, patch map[string]any, in *input) (Record, error) {
	changed := Clone(r)
	in.read(reflect.ValueOf(changed), patch)
	return changed, in.err()
}

// NewLink makes a link from its input, nil when the relationship has no
// properties.
func (r *Relationship) NewLink(raw map[string]any, path string) (any, error) {
	if r.GoType == nil {
		return nil, (&input{path: path, kind: r.Name}).refuse(raw)
	}
	v := reflect.New(r.GoType)
	setDefaults(v.Interface())
	in := &input{fields: r.Properties, path: path, kind: r.Name, creating: true}
	in.read(v, raw)
	return v.Interface(), in.err()
}

// PatchLink makes a changed copy of a link.
func (r *Relationship) PatchLink(link any, patch map[string]any, path string) (any, error) {
	if r.GoType == nil {
		return nil, (&input{path: path, kind: r.Name}).refuse(patch)
	}
	v := reflect.New(r.GoType)
	v.Elem().Set(reflect.ValueOf(link).Elem())
	in := &input{fields: r.Properties, path: path, kind: r.Name}
	in.read(v, patch)
	return v.Interface(), in.err()
}

// Identity reads those fields that tell parallel links apart, and refuses all
// others.
func (r *Relationship) Identity(raw map[string]any, path string) (store.Props, error) {
	var fields []Field
	for _, f := range r.Properties {
		if f.Identity {
			fields = append(fields, f)
		}
	}
	in := &input{fields: fields, path: path, kind: r.Name}
	props := store.Props{}
	for _, name := range sorted(raw) {
		f := in.field(name)
		if f == nil {
			continue
		}
		if raw[name] == nil {
			props[name] = nil
		} else if value, err := f.value(raw[name]); err != nil {
			in.add(at(path, name), "%s", err)
		} else {
			props[name] = value
		}
	}
	return props, in.err()
}

// input reads the fields of one record or link.
type input struct {
	problems
	fields   []Field
	path     string
	kind     string
	creating bool
	bringing bool            // by an import
	changed  map[string]bool // fields that get another value
}

func (in *input) refuse(raw map[string]any) error {
	for _, name := range sorted(raw) {
		in.field(name)
	}
	return in.err()
}

// read sets the given fields of a struct, then checks the whole of it.
func (in *input) read(v reflect.Value, raw map[string]any) {
	in.changed = map[string]bool{}
	broken := map[string]bool{}
	for _, name := range sorted(raw) {
		if f := in.field(name); f != nil && !in.set(f, v.Elem(), raw[name]) {
			broken[name] = true
		}
	}
	for i := range in.fields {
		f := &in.fields[i]
		if f.Follows != "" && in.creating && raw[f.Name] == nil {
			broken[f.Name] = true // it is not there yet, and need not be
			continue
		}
		if f.Required && !broken[f.Name] && f.get(v.Elem()) == "" {
			broken[f.Name] = true
			in.add(at(in.path, f.Name), "%s", missing(raw, f.Name))
		}
	}
	if c, ok := v.Interface().(domain.Checked); ok {
		in.check(c, broken)
	}
}

func missing(raw map[string]any, name string) string {
	if _, given := raw[name]; given {
		return "must not be empty"
	}
	return "is missing"
}

// field finds a field that can be set.
func (in *input) field(name string) *Field {
	for i := range in.fields {
		if f := &in.fields[i]; f.Name == name && in.settable(f) {
			return f
		}
	}
	var settable []string
	for i := range in.fields {
		if f := &in.fields[i]; in.settable(f) {
			settable = append(settable, f.Name)
		}
	}
	if len(settable) == 0 {
		in.add(at(in.path, name), "%s has no field that can be set here", in.kind)
	} else {
		in.add(at(in.path, name), "%s has no such field to set; it has %s", in.kind, choices(settable))
	}
	return nil
}

func (in *input) settable(f *Field) bool { return f.Set || in.bringing && f.Import }

// set puts raw input into a field and tells whether it was fit.
func (in *input) set(f *Field, v reflect.Value, raw any) bool {
	path := at(in.path, f.Name)
	if raw == nil {
		// A default stands for null in a create; else null empties the field.
		if in.creating && (f.Follows != "" || f.Required && f.get(v) != "") {
			return true
		}
		if f.Required {
			in.add(path, "%s", errNull)
			return false
		}
		f.put(v, nil)
		return true
	}
	value, err := f.value(raw)
	if key, ok := value.(string); ok && f.Name == fieldKey {
		value = domain.NormalKey(key)
	}
	if err == nil && !in.creating && !f.Map && store.EqualValues(f.get(v), value) {
		return true // what stays as it is may be older than the rules
	}
	if err == nil {
		err = f.fit(value)
	}
	if err != nil {
		in.add(path, "%s", err)
		return false
	}
	in.changed[f.Name] = true
	f.put(v, value)
	return true
}

// fieldKey is the field that names a record.
const fieldKey = "key"

// fit checks texts by what their field's tag says; keys and names have checks
// of their own.
func (f *Field) fit(value any) error {
	most := domain.MaxText
	if f.Indexed() {
		most = domain.MaxIndexed
	}
	switch value := value.(type) {
	case string:
		if f.Name == fieldKey || f.Name == "name" || f.Object {
			return nil // domain.Record checks these, objectText what an object holds
		}
		return f.fitText(value, most)
	case []string:
		for _, s := range value {
			if err := f.fitText(s, most); err != nil {
				return err
			}
		}
	case map[string]string:
		return fitAttributes(value, most)
	}
	return nil
}

func (f *Field) fitText(s string, most int) error {
	if f.Person {
		return domain.CheckPersonName(s)
	}
	return domain.CheckText(s, most)
}

// check adds what the record's own rules refuse, except about fields that are
// known to be wrong, and about a key that stays as it is: it may be older than
// the rules.
func (in *input) check(c domain.Checked, broken map[string]bool) {
	for _, e := range c.Check() {
		if broken[e.Field] || e.Field == fieldKey && !in.creating && !in.changed[fieldKey] {
			continue
		}
		located := *e
		located.Field = at(in.path, e.Field)
		in.list = append(in.list, &located)
	}
}

// maxAttributes is how many attributes one record may have.
const maxAttributes = 256

func fitAttributes(m map[string]string, most int) error {
	if len(m) > maxAttributes {
		return fmt.Errorf("has %d names, at most %d are allowed", len(m), maxAttributes)
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if err := domain.CheckKey(name); err != nil {
			return fmt.Errorf("the name %s %w", describe(name), err)
		}
		if err := domain.CheckText(m[name], most); err != nil {
			return fmt.Errorf("the value of %s %w", describe(name), err)
		}
	}
	return nil
}
