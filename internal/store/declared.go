package store

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Declared is a Schema that was found sound, with its names at hand. Adapters
// look names up here and let it check what comes in, so that all of them
// refuse the same things.
type Declared struct {
	schema Schema
	kinds  map[string]*declaredKind
	rels   map[string][]*declaredRel
}

type declaredKind struct {
	KindSchema
	properties map[string]Property
	unique     []Property
}

type declaredRel struct {
	RelSchema
	properties map[string]Property
}

var nameForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Names that every node has beside its declared properties.
var builtIn = map[string]Property{
	"id":        {Name: "id", Type: String, Indexed: true, Unique: true},
	"createdAt": {Name: "createdAt", Type: Time},
	"updatedAt": {Name: "updatedAt", Type: Time},
	"version":   {Name: "version", Type: Int},
}

// Declare checks a schema. Errors match ErrInvalid and name what is wrong.
func Declare(s Schema) (*Declared, error) {
	d := &Declared{schema: s, kinds: map[string]*declaredKind{}, rels: map[string][]*declaredRel{}}
	for _, k := range s.Kinds {
		if err := d.addKind(k); err != nil {
			return nil, fmt.Errorf("%w: kind %q: %w", ErrInvalid, k.Name, err)
		}
	}
	for _, r := range s.Rels {
		if err := d.addRel(r); err != nil {
			return nil, fmt.Errorf("%w: relationship %q: %w", ErrInvalid, r.Name, err)
		}
	}
	return d, nil
}

// Schema is what was declared.
func (d *Declared) Schema() Schema { return d.schema }

func (d *Declared) addKind(k KindSchema) error {
	if !nameForm.MatchString(k.Name) {
		return fmt.Errorf("malformed name")
	}
	if d.kinds[k.Name] != nil {
		return fmt.Errorf("declared twice")
	}
	dk := &declaredKind{KindSchema: k}
	var err error
	if dk.properties, err = declareProperties(k.Properties); err != nil {
		return err
	}
	for _, p := range k.Properties {
		if _, taken := builtIn[p.Name]; taken {
			return fmt.Errorf("property %q is one that every node has", p.Name)
		}
		if k.OpenPrefix != "" && strings.HasPrefix(p.Name, k.OpenPrefix) {
			return fmt.Errorf("property %q lies within the open prefix", p.Name)
		}
		if p.Unique {
			dk.unique = append(dk.unique, p)
		}
	}
	d.kinds[k.Name] = dk
	return nil
}

func declareProperties(list []Property) (map[string]Property, error) {
	m := make(map[string]Property, len(list))
	for _, p := range list {
		if !nameForm.MatchString(p.Name) {
			return nil, fmt.Errorf("malformed property name %q", p.Name)
		}
		if _, twice := m[p.Name]; twice {
			return nil, fmt.Errorf("property %q is declared twice", p.Name)
		}
		if p.Type > Strings {
			return nil, fmt.Errorf("property %q has no known type", p.Name)
		}
		if p.Unique && p.Type != String {
			return nil, fmt.Errorf("property %q is unique, but no string", p.Name)
		}
		m[p.Name] = p
	}
	return m, nil
}

func (d *Declared) addRel(r RelSchema) error {
	if !nameForm.MatchString(r.Name) {
		return fmt.Errorf("malformed name")
	}
	if d.kinds[r.From] == nil || d.kinds[r.To] == nil {
		return fmt.Errorf("joins %q and %q, not both declared", r.From, r.To)
	}
	dr := &declaredRel{RelSchema: r}
	var err error
	if dr.properties, err = declareProperties(r.Properties); err != nil {
		return err
	}
	for _, other := range d.rels[r.Name] {
		if other.From == r.From && other.To == r.To {
			return fmt.Errorf("declared twice between %s and %s", r.From, r.To)
		}
		for name, p := range dr.properties {
			if q, shared := other.properties[name]; shared && q.Type != p.Type {
				return fmt.Errorf("property %q has two types", name)
			}
		}
	}
	d.rels[r.Name] = append(d.rels[r.Name], dr)
	return nil
}

// Kind looks a kind up.
func (d *Declared) Kind(name string) (KindSchema, bool) {
	if k := d.kinds[name]; k != nil {
		return k.KindSchema, true
	}
	return KindSchema{}, false
}

// Property looks up what a filter on the kind may name: a declared property,
// "id", "createdAt", "updatedAt", "version", or one within the open prefix.
func (d *Declared) Property(kind, name string) (Property, bool) {
	k := d.kinds[kind]
	if k == nil {
		return Property{}, false
	}
	if p, ok := builtIn[name]; ok {
		return p, true
	}
	if p, ok := k.properties[name]; ok {
		return p, true
	}
	if k.open(name) {
		return Property{Name: name, Type: String}, true
	}
	return Property{}, false
}

// open tells whether the kind allows the undeclared property.
func (k *declaredKind) open(name string) bool {
	return k.OpenPrefix != "" && len(name) > len(k.OpenPrefix) && strings.HasPrefix(name, k.OpenPrefix)
}

// Rel looks up the relationship between two kinds.
func (d *Declared) Rel(name, from, to string) (RelSchema, bool) {
	for _, r := range d.rels[name] {
		if r.From == from && r.To == to {
			return r.RelSchema, true
		}
	}
	return RelSchema{}, false
}

// HasRel tells whether any relationship has the name.
func (d *Declared) HasRel(name string) bool { return d.rels[name] != nil }

// RelProperty looks up a property of the relationships with the name.
func (d *Declared) RelProperty(rel, name string) (Property, bool) {
	for _, r := range d.rels[rel] {
		if p, ok := r.properties[name]; ok {
			return p, true
		}
	}
	return Property{}, false
}

// FarKinds lists the kinds that can be at the other end of a relationship,
// seen from a kind in a direction; an empty kind stands for any.
func (d *Declared) FarKinds(rel, kind string, dir Direction) []string {
	var far []string
	for _, r := range d.rels[rel] {
		near, other := r.From, r.To
		if dir == In {
			near, other = other, near
		}
		if (kind == "" || near == kind) && !slices.Contains(far, other) {
			far = append(far, other)
		}
	}
	return far
}
