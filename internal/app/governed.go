package app

import (
	"slices"

	"releasegraph/internal/authz"
	"releasegraph/internal/entity"
)

// EnumOf is the name of a kind or relationship as the API's enumerations write it.
func EnumOf(name string) string { return entity.EnumOf(name) }

// NameOf is the name of the kind or relationship that EnumOf writes so.
func NameOf(enum string) string { return entity.NameOf(enum) }

// governed lists all that policies decide about: what stands in an area, and
// the kinds and relationships of the Catalog that stand in none yet.
func governed() []string {
	list := authz.Kinds()
	for _, k := range entity.Kinds() {
		if !authz.Known(k.Name) {
			list = append(list, k.Name)
		}
	}
	for _, r := range entity.Relationships() {
		if !slices.Contains(list, r.Name) {
			list = append(list, r.Name)
		}
	}
	return list
}
