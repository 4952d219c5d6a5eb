package interchange

import (
	"fmt"
	"strings"

	"releasegraph/internal/entity"
)

// FieldNames are the fields that an import can set.
type FieldNames struct {
	of         string
	names      []string
	attributes string // the field that holds attributes, "attributes"
}

// Fields tells which fields a kind of record (node) or a relationship
// (edge) has; the other name is empty.
func Fields(node, edge string) (*FieldNames, error) {
	if edge == "" {
		k := entity.KindNamed(node)
		if k == nil {
			return nil, fmt.Errorf("there is no kind of record %q, there are %s", node, entity.KindNames())
		}
		return newFieldNames(node, k.Fields), nil
	}
	rels := entity.RelationshipsNamed(edge)
	if len(rels) == 0 {
		return nil, fmt.Errorf("there is no relationship %q, there are %s", edge, entity.RelationshipNames())
	}
	f := newFieldNames(edge, nil)
	for _, r := range rels {
		f.add(r.Properties)
	}
	return f, nil
}

func newFieldNames(of string, fields []entity.Field) *FieldNames {
	f := &FieldNames{of: of}
	f.add(fields)
	return f
}

func (f *FieldNames) add(fields []entity.Field) {
	for i := range fields {
		switch {
		case fields[i].Map:
			f.attributes = fields[i].Name
			f.names = append(f.names, fields[i].Name+".…")
		case fields[i].Set, fields[i].Import:
			f.names = append(f.names, fields[i].Name)
		}
	}
}

// Has tells whether there is such a field; one attribute is named
// "attributes.tier".
func (f *FieldNames) Has(name string) bool {
	if group, attribute, ok := strings.Cut(name, "."); ok {
		return f.attributes != "" && group == f.attributes && attribute != ""
	}
	if name == f.attributes && name != "" {
		return true
	}
	for _, n := range f.names {
		if n == name {
			return true
		}
	}
	return false
}

// Unknown says that there is no such field, and which there are.
func (f *FieldNames) Unknown(name string) string {
	if len(f.names) == 0 {
		return f.of + " has no fields"
	}
	return fmt.Sprintf("%s has no such field, it has %s", f.of, strings.Join(f.names, ", "))
}
