package bulk

import "releasegraph/internal/entity"

// EnumOf returns the name of a kind or relationship as the API's enumerations
// write it.
func EnumOf(name string) string { return entity.EnumOf(name) }

// NameOf returns the name of the kind or relationship that EnumOf writes so.
func NameOf(enum string) string { return entity.NameOf(enum) }
