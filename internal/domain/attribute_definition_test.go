package domain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
)

func TestAValueFitsItsType_C7(t *testing.T) {
	for _, one := range []struct {
		of     domain.AttributeType
		fit    []string
		misfit []string
	}{
		{domain.AttributeString, []string{"", "any text"}, nil},
		{domain.AttributeInteger, []string{"0", "-12", "123456789012345"}, []string{"", "1.5", "1e3", " 1", "+1", "0x1", "1234567890123456"}},
		{domain.AttributeDecimal, []string{"0", "-12.50", "3"}, []string{"", ".5", "5.", "1e3", "1,5", "NaN", "12345678.90123456"}},
		{domain.AttributeBoolean, []string{"true", "false"}, []string{"TRUE", "yes", ""}},
		{domain.AttributeDate, []string{"2026-02-28"}, []string{"2026-02-30", "28.02.2026", "2026-2-1"}},
		{domain.AttributeURL, []string{"https://example.org/a?b=c", "mailto:a@example.org"}, []string{"example.org", "/path", ""}},
	} {
		for _, v := range one.fit {
			require.NoError(t, one.of.CheckValue(v), "%s %q", one.of, v)
		}
		for _, v := range one.misfit {
			require.Error(t, one.of.CheckValue(v), "%s %q", one.of, v)
		}
	}
}

func TestADefinitionSaysAllThatIsWrongWithIt_C7(t *testing.T) {
	d := &domain.AttributeDefinition{
		Record: domain.Record{Key: "tier", Name: "Tier"}, Attribute: "tier", Type: domain.AttributeInteger,
		Classes: []domain.Class{"SERVER", "BOAT"}, AllowedValues: []string{"1", "two"},
	}
	var fields []string
	for _, e := range d.Check() {
		fields = append(fields, e.Field)
	}
	require.Equal(t, []string{"classes.1", "allowedValues.1"}, fields)
	d = &domain.AttributeDefinition{Record: d.Record, Attribute: "tier", Type: domain.AttributeEnum}
	require.Equal(t, "allowedValues", d.Check()[0].Field)
}

func TestABreachNamesTheDefinitionAndTheLegalValues_C7(t *testing.T) {
	tier := &domain.AttributeDefinition{
		Record: domain.Record{Key: "tier-of-servers"}, Attribute: "tier", Type: domain.AttributeEnum,
		Classes: []domain.Class{"SERVER"}, AllowedValues: []string{"gold", "silver"}, Required: true,
	}
	require.Nil(t, tier.Breach(domain.Service, nil), "it is about servers only")
	require.Nil(t, tier.Breach(domain.Server, map[string]string{"tier": "gold"}))
	e := tier.Breach(domain.Server, map[string]string{"tier": "tin"})
	require.Equal(t, "C7", e.Rule)
	require.Equal(t, "attributes.tier", e.Field)
	require.Equal(t, `cannot be "tin": by the definition "tier-of-servers" it is one of gold, silver`, e.Message)
	require.Contains(t, tier.Breach(domain.Server, nil).Message, "is missing")
	tier.Required = false
	require.Nil(t, tier.Breach(domain.Server, nil))
}
