package store

import "slices"

// NamesNodes tells whether a filter on nodes of a kind names those that it
// selects from, by id or by a unique property: they are few.
func (d *Declared) NamesNodes(kind string, f Filter) bool {
	switch f := f.(type) {
	case And:
		return slices.ContainsFunc(f, func(one Filter) bool { return d.NamesNodes(kind, one) })
	case OfKind:
		return f.Kind == kind && d.NamesNodes(kind, f.Filter)
	case Compare:
		p, _ := d.Property(kind, f.Property)
		return (f.Property == "id" || p.Unique) && (f.Op == Eq || f.Op == OneOf)
	}
	return false
}
