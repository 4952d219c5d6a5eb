package entity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
	"releasegraph/internal/store"
)

func TestTheCatalogDeclaresASoundSchema(t *testing.T) {
	_, err := store.Declare(entity.Schema())
	require.NoError(t, err)
}

func TestEveryRelationshipJoinsKindsOfTheCatalog(t *testing.T) {
	for _, r := range entity.Relationships() {
		require.NotNil(t, entity.KindNamed(r.From), r.Name)
		require.NotNil(t, entity.KindNamed(r.To), r.Name)
		require.Contains(t, entity.RelationshipsNamed(r.Name), r)
	}
}

func TestTheKeyIsUniqueInEveryKind(t *testing.T) {
	for _, k := range entity.Kinds() {
		key := k.Field("key")
		require.NotNil(t, key, k.Name)
		require.True(t, key.Unique && key.Required && key.Indexed(), "C1: %s", k.Name)
	}
}

func TestAFieldKnowsItsEnumeration(t *testing.T) {
	ring := entity.KindNamed(domain.KindSite).Field("ring")
	require.Equal(t, "Ring", ring.EnumName)
	require.Equal(t, []string{"PILOT_ALPHA", "PILOT_BETA", "GENERAL"}, ring.Enum)
	require.Nil(t, entity.KindNamed(domain.KindSite).Field("region").Enum)
}

func TestAttributesAreAnOpenPrefixAndNoProperty(t *testing.T) {
	s := entity.Schema()
	require.Equal(t, "attributes.", s.Kinds[0].OpenPrefix)
	for _, p := range s.Kinds[0].Properties {
		require.NotEqual(t, "attributes", p.Name)
	}
}

func TestOrderingsAreNamedInUpperCase(t *testing.T) {
	require.Equal(t, "CREATED_AT", entity.EnumCase("createdAt"))
	require.Equal(t, "NAME", entity.EnumCase("name"))
}
