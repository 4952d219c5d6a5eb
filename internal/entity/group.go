package entity

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// MaxGrouping is by how many fields records can be counted at once.
const MaxGrouping = 3

// GroupFields lists the fields by which records of the kind can be counted:
// those that can be filtered on, save what names a record, lists and
// attributes.
func (k *Kind) GroupFields() []Field {
	var fields []Field
	for _, f := range k.Fields {
		if f.Filter && !f.Map && f.Kind != store.Strings && f.Name != "key" && f.Name != "name" {
			fields = append(fields, f)
		}
	}
	return fields
}

// HasAttributes reports whether records of the kind have attributes.
func (k *Kind) HasAttributes() bool {
	return slices.ContainsFunc(k.Fields, func(f Field) bool { return f.Map })
}

// ParseGrouping interprets by which fields (CLASS, …) and attributes records are
// to be counted, and gives the properties in that order. All that is wrong is
// told at once.
func (k *Kind) ParseGrouping(by, attributes []string) ([]string, error) {
	var p problems
	var properties []string
	add := func(property, path string) {
		if slices.Contains(properties, property) {
			p.add(path, "is given twice")
		}
		properties = append(properties, property)
	}
	for i, name := range by {
		if property := p.groupField(k, name, atIndex("by", i)); property != "" {
			add(property, atIndex("by", i))
		}
	}
	for i, name := range attributes {
		path := atIndex("byAttributes", i)
		if err := domain.CheckKey(name); err != nil {
			p.add(path, "%s", err)
		} else if !k.HasAttributes() {
			p.add(path, "%s has no attributes", k.Name)
		} else {
			add(AttributePrefix+name, path)
		}
	}
	if n := len(by) + len(attributes); n > MaxGrouping {
		p.limit("by", "records can be counted by at most %d fields and attributes together, not %d", MaxGrouping, n)
	}
	return properties, p.err()
}

func (p *problems) groupField(k *Kind, name, path string) string {
	var names []string
	for _, f := range k.GroupFields() {
		if EnumCase(f.Name) == name {
			return f.Name
		}
		names = append(names, EnumCase(f.Name))
	}
	p.add(path, "cannot be %s; it is one of %s", describe(name), choices(names))
	return ""
}
