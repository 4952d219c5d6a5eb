package estate

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

// placeless are kinds whose records are at no site.
var placeless = []string{
	domain.KindAttributeDefinition, domain.KindBaseline, domain.KindBoard, domain.KindChangeModel, domain.KindDelegation,
	domain.KindMaintenanceWindow, domain.KindFreeze, domain.KindCalendarFeed, // the house's calendar
	domain.KindAssessment,      // which names hits that may be elsewhere
	domain.KindReleasePolicy,   // the house's rules
	domain.KindTestEnvironment, // where the house tests
}

// Whoever adds a kind says how its records come to be at a site: otherwise site
// operators would never see one, and nobody would have decided it.
func TestEveryKindHasAWayToASiteOrIsSaidToHaveNone(t *testing.T) {
	h := &holders{sites: []store.ID{"s"}, suppliers: []store.ID{"p"}}
	declared, err := store.Declare(entity.Schema())
	require.NoError(t, err)
	for _, k := range entity.Kinds() {
		at := h.fact(k.Name, authz.AtYourSite)
		none := false
		for _, p := range placeless {
			none = none || p == k.Name
		}
		require.Equal(t, none, at == nil, "say by AtSites of a relationship how a %s comes to be at a site, or here that it does not", k.Name)
		for _, f := range []store.Filter{at, h.fact(k.Name, authz.SuppliedByYou)} {
			if f != nil {
				require.NoError(t, declared.CheckFilter(k.Name, f))
			}
		}
	}
}
