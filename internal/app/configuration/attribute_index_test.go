package configuration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
)

func TestTheStoreIndexesTheAttributesThatDefinitionsWantIndexed_C7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		indexed := func() []string {
			if p := f.Store.Indexed.Swap(nil); p != nil {
				return *p
			}
			return nil
		}
		f.Item("a", apptest.Values{"attributes": apptest.Values{"ram": "8", "os": "Debian 13"}})
		f.Item("b", apptest.Values{"attributes": apptest.Values{"ram": "064"}})
		define(f, "ram", apptest.Values{"type": "INTEGER"})
		require.Empty(t, indexed(), "nobody wants one")
		_, err := f.Records.Update(f.Ctx, domain.KindAttributeDefinition, apptest.Key("ram"), apptest.Values{"indexed": true}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"attributes.ram"}, indexed())
		require.Equal(t, []string{"b"}, listed(f, attribute("ram", "gte", "64")))

		define(f, "model", apptest.Values{"indexed": true})
		_, err = f.Records.Update(f.Ctx, domain.KindAttributeDefinition, apptest.Key("model"), apptest.Values{"attribute": "os"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"attributes.os", "attributes.ram"}, indexed(), "a definition may turn to another attribute")
		require.Equal(t, []string{"a"}, listed(f, attribute("os", "startsWith", "Debian")))

		_, err = f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{
			`{"node":"AttributeDefinition","key":"size","name":"Size","attribute":"size","type":"DECIMAL","indexed":true}`,
		}}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"attributes.os", "attributes.ram", "attributes.size"}, indexed(), "by an import, too")
		require.NoError(t, f.Configuration.IndexAttributes(f.Ctx))
		require.Len(t, indexed(), 3, "when a store opens, too")
	})
}

func TestAnAttributeWithANameThatCannotBeIndexedIsRefusedAnIndex_C7(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.Records.Create(f.Ctx, domain.KindAttributeDefinition,
		apptest.Values{"key": "größe", "name": "Größe", "attribute": "größe", "type": "INTEGER", "indexed": true}, nil)
	require.Equal(t, "C7", apptest.Refused(t, err, domain.RuleViolation, "input.indexed").Rule, "no store could index the name")
}
