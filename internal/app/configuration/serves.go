package configuration

import (
	"slices"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// bond is a relationship at one end of which only a service may stand.
type bond struct {
	rel    string
	side   store.Direction // in which the service follows it
	joins  func(key string, class domain.Class) *domain.Error
	leaves func(key string, class domain.Class) *domain.Error
}

var bonds = []bond{
	{domain.RelServes, store.Out, domain.CheckServes, domain.CheckStaysService},
	{domain.RelWindowOf, store.In, domain.CheckOpeningService, domain.CheckStaysNamed},
	{domain.RelFreezes, store.In, domain.CheckOpeningService, domain.CheckStaysNamed},
}

// bondOf finds the bond that a relationship is, nil when any item may stand at
// either end.
func bondOf(rel string) *bond {
	i := slices.IndexFunc(bonds, func(b bond) bool { return b.rel == rel })
	if i < 0 {
		return nil
	}
	return &bonds[i]
}
