package neo4j

import (
	"fmt"
	"slices"

	"releasegraph/internal/store"
)

// The store's own properties, which no declared one can be called.
const (
	idProp      = "id"
	createdProp = "createdAt"
	updatedProp = "updatedAt"
	versionProp = "_version"
	tagProp     = "_tag"
)

// catalog is the declared schema. Only names found in it get into the text of
// a query.
type catalog struct{ *store.Declared }

func newCatalog(schema store.Schema) (catalog, error) {
	d, err := store.Declare(schema)
	if err != nil {
		return catalog{}, err
	}
	for _, k := range schema.Kinds {
		if slices.Contains([]string{commonLabel, "Changeset", "LogHead", touchLabel}, k.Name) {
			return catalog{}, fmt.Errorf("%w: kind %q has a name of the store's own", store.ErrInvalid, k.Name)
		}
		if err := checkReserved(k.Name, k.Properties); err != nil {
			return catalog{}, err
		}
	}
	for _, r := range schema.Rels {
		if err := checkReserved(r.Name, r.Properties); err != nil {
			return catalog{}, err
		}
	}
	return catalog{d}, nil
}

func checkReserved(owner string, props []store.Property) error {
	for _, p := range props {
		if p.Name == versionProp || p.Name == tagProp || p.Name == lockProp || slices.Contains(searchProps, p.Name) {
			return fmt.Errorf("%w: property %q of %s has a name of the store's own", store.ErrInvalid, p.Name, owner)
		}
	}
	return nil
}

// kindNames lists all kinds as declared.
func (c catalog) kindNames() []string {
	var list []string
	for _, k := range c.Schema().Kinds {
		list = append(list, k.Name)
	}
	return list
}

// relNames lists all relationships as declared, each name once.
func (c catalog) relNames() []string {
	var list []string
	for _, r := range c.Schema().Rels {
		if !slices.Contains(list, r.Name) {
			list = append(list, r.Name)
		}
	}
	return list
}

// quote makes a name from the schema part of a query's text.
func quote(name string) string { return "`" + name + "`" }

// quoteAll joins names as a label or type expression.
func quoteAll(names []string, between string) string {
	text := ""
	for i, n := range names {
		if i > 0 {
			text += between
		}
		text += quote(n)
	}
	return text
}
