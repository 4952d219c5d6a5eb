package entity

import (
	"strings"
	"unicode"

	"releasegraph/internal/store"
)

// SortFields lists the fields by which records of the kind can be ordered.
func (k *Kind) SortFields() []Field {
	var fields []Field
	for _, list := range [][]Field{k.Fields, MetaFields()} {
		for _, f := range list {
			if f.Sort {
				fields = append(fields, f)
			}
		}
	}
	return fields
}

// EnumCase writes a field's name as the value of an enumeration: "createdAt"
// as CREATED_AT.
func EnumCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToUpper(r))
	}
	return b.String()
}

// ParseOrder interprets the raw input of an ordering: [{field: NAME,
// direction: DESC}]; without a direction it is ascending.
func (k *Kind) ParseOrder(raw []map[string]any, path string) ([]store.Order, error) {
	var p problems
	var order []store.Order
	seen := map[string]bool{}
	for i, one := range raw {
		where := atIndex(path, i)
		o := store.Order{Property: p.sortField(k, one["field"], at(where, "field"))}
		if seen[o.Property] && o.Property != "" {
			p.add(at(where, "field"), "is given twice")
		}
		seen[o.Property] = true
		switch text, _ := textOf(one["direction"]); {
		case one["direction"] == nil, text == "ASC":
		case text == "DESC":
			o.Descending = true
		default:
			p.add(at(where, "direction"), "must be ASC or DESC, not %s", describe(one["direction"]))
		}
		for _, name := range sorted(one) {
			if name != "field" && name != "direction" {
				p.add(at(where, name), "an ordering has field and direction only")
			}
		}
		order = append(order, o)
	}
	return order, p.err()
}

func (p *problems) sortField(k *Kind, raw any, path string) string {
	fields := k.SortFields()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = EnumCase(f.Name)
		if raw == any(names[i]) {
			return f.Name
		}
	}
	p.add(path, "cannot be %s; it is one of %s", describe(raw), choices(names))
	return ""
}
