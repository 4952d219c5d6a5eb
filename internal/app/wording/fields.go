package wording

import (
	"maps"
	"slices"
	"strings"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// Order lists the fields of a kind, or of a relationship, as declared.
func Order(kind, rel string) []string {
	var fields []entity.Field
	if k := entity.KindNamed(kind); k != nil {
		fields = k.Fields
	}
	for _, r := range entity.RelationshipsNamed(rel) {
		fields = append(fields, r.Properties...)
	}
	names := make([]string, len(fields))
	for i := range fields {
		names[i] = fields[i].Name
	}
	return names
}

// FieldChanges lists what differs, in the order of the fields; attributes come
// by name where their field stands.
func FieldChanges(order []string, before, after store.Props) []domain.FieldChange {
	all := map[string]bool{}
	for _, props := range []store.Props{before, after} {
		for name := range props {
			all[name] = !entity.Kept(name)
		}
	}
	maps.DeleteFunc(all, func(_ string, shown bool) bool { return !shown })
	place := func(name string) int {
		return slices.Index(order, strings.SplitN(name, ".", 2)[0])
	}
	names := slices.SortedFunc(maps.Keys(all), func(x, y string) int {
		if d := place(x) - place(y); d != 0 {
			return d
		}
		return strings.Compare(x, y)
	})
	list := make([]domain.FieldChange, len(names))
	for i, name := range names {
		list[i] = domain.FieldChange{Field: name, Before: Text(before[name]), After: Text(after[name])}
	}
	return list
}

// Text returns a value as a text, nil where there is none.
func Text(v any) *string {
	if v == nil {
		return nil
	}
	s := entity.FormatValue(v)
	return &s
}
