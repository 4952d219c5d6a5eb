package entity_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

func defined(attribute string, t domain.AttributeType) *domain.AttributeDefinition {
	return &domain.AttributeDefinition{Record: domain.Record{Key: attribute + "-" + string(t)}, Attribute: attribute, Type: t}
}

var definitions = []*domain.AttributeDefinition{
	defined("ram", domain.AttributeInteger), defined("price", domain.AttributeDecimal), defined("until", domain.AttributeDate),
	defined("tested", domain.AttributeBoolean), defined("os", domain.AttributeString), defined("size", domain.AttributeInteger),
	defined("size", domain.AttributeEnum), defined("load", domain.AttributeInteger), defined("load", domain.AttributeDecimal),
}

func TestAnAttributeIsComparedByTheTypeOfItsDefinitions_C7(t *testing.T) {
	is := func(name string, op store.Operator, v any) store.Filter {
		return store.Compare{Property: "attributes." + name, Op: op, Value: v}
	}
	for name, c := range map[string]struct {
		input string
		want  store.Filter
	}{
		"a whole number":                   {`{"name":"ram","gte":"64"}`, is("ram", store.Gte, 64.0)},
		"a number, however it is written":  {`{"name":"price","eq":"-02.50"}`, is("price", store.Eq, -2.5)},
		"numbers of a list":                {`{"name":"ram","in":["8","16"]}`, is("ram", store.OneOf, []any{8.0, 16.0})},
		"another number, or none":          {`{"name":"ram","ne":"8"}`, store.Not{Filter: is("ram", store.Eq, 8.0)}},
		"part of a number's text":          {`{"name":"ram","startsWith":"6"}`, is("ram", store.StartsWith, "6")},
		"presence, whatever it is":         {`{"name":"ram","isNull":true}`, is("ram", store.IsNull, nil)},
		"a date":                           {`{"name":"until","lt":"2026-03-01"}`, is("until", store.Lt, "2026-03-01")},
		"true or false":                    {`{"name":"tested","eq":"true"}`, is("tested", store.Eq, "true")},
		"a text":                           {`{"name":"os","gt":"Debian 12"}`, is("os", store.Gt, "Debian 12")},
		"what nobody defined":              {`{"name":"shelf","lte":"9"}`, is("shelf", store.Lte, "9")},
		"definitions that do not agree":    {`{"name":"size","eq":"XL"}`, is("size", store.Eq, "XL")},
		"definitions that differ in range": {`{"name":"load","lt":"0.5"}`, is("load", store.Lt, 0.5)},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := items.ParseFilter(raw(t, `{"attributes":[`+c.input+`]}`), "filter", definitions...)
			require.NoError(t, err)
			require.Equal(t, store.And{c.want}, f)
		})
	}
}

func TestAnOperandThatDoesNotFitIsToldWithTheDefinitionAndTheLegalForm_C7(t *testing.T) {
	for input, want := range map[string]string{
		`{"name":"ram","gte":"much"}`:      `filter.attributes.0.gte: cannot be "much": by the definition "ram-INTEGER" the attribute "ram" is compared with a whole number of at most 15 digits`,
		`{"name":"ram","in":["8","8.5"]}`:  `filter.attributes.0.in.1: cannot be "8.5": by the definition "ram-INTEGER" the attribute "ram" is compared with a whole number of at most 15 digits`,
		`{"name":"until","lt":"1.3.2026"}`: `filter.attributes.0.lt: cannot be "1.3.2026": by the definition "until-DATE" the attribute "until" is compared with a date such as 2026-03-01`,
		`{"name":"tested","eq":"yes"}`:     `filter.attributes.0.eq: cannot be "yes": by the definition "tested-BOOLEAN" the attribute "tested" is compared with true or false`,
		`{"name":"tested","lt":"true"}`:    `filter.attributes.0.lt: by the definition "tested-BOOLEAN" the attribute "tested" is true or false, which has no order; there are eq, ne and in`,
		`{"name":"size","lt":"4"}`:         `filter.attributes.0.lt: the attribute "size" has no one order: by the definition "size-INTEGER" its values are numbers, by "size-ENUM" texts; there are eq, ne and in`,
		`{"name":"ram","gte":64}`:          `filter.attributes.0.gte: must be a text, not 64`,
	} {
		_, err := items.ParseFilter(raw(t, `{"attributes":[`+input+`]}`), "filter", definitions...)
		var e *domain.Error
		require.True(t, errors.As(err, &e), "%v", err)
		require.Equal(t, domain.Invalid, e.Code)
		require.Equal(t, want, fmt.Sprintf("%s: %s", e.Field, e.Message))
	}
}

func TestWhatADefinitionTakesForANumberTheStoreComparesAsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`-?[0-9]{0,16}(\.[0-9]{0,4})?`), rapid.StringN(0, 6, -1)).Draw(t, "text")
		_, is := store.Number(text)
		if legal := domain.AttributeDecimal.CheckValue(text) == nil; legal != is {
			t.Fatalf("%q: legal %v, a number %v", text, legal, is)
		}
	})
}
