package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

func TestTheStoreIndexesTheAttributesThatDefinitionsWantIndexed_C7(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		indexed := func() []string {
			if p := f.store.indexed.Swap(nil); p != nil {
				return *p
			}
			return nil
		}
		f.item("a", values{"attributes": values{"ram": "8", "os": "Debian 13"}})
		f.item("b", values{"attributes": values{"ram": "064"}})
		f.define("ram", values{"type": "INTEGER"})
		require.Empty(t, indexed(), "nobody wants one")
		_, err := f.Update(f.ctx, domain.KindAttributeDefinition, key("ram"), values{"indexed": true}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"attributes.ram"}, indexed())
		require.Equal(t, []string{"b"}, f.listed(attribute("ram", "gte", "64")))

		f.define("model", values{"indexed": true})
		_, err = f.Update(f.ctx, domain.KindAttributeDefinition, key("model"), values{"attribute": "os"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"attributes.os", "attributes.ram"}, indexed(), "a definition may turn to another attribute")
		require.Equal(t, []string{"a"}, f.listed(attribute("os", "startsWith", "Debian")))

		_, err = f.ImportLines(f.ctx, app.ImportLinesInput{Lines: []string{
			`{"node":"AttributeDefinition","key":"size","name":"Size","attribute":"size","type":"DECIMAL","indexed":true}`,
		}}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"attributes.os", "attributes.ram", "attributes.size"}, indexed(), "by an import, too")
		require.NoError(t, f.IndexAttributes(f.ctx))
		require.Len(t, indexed(), 3, "when a store opens, too")
	})
}

func TestAnAttributeWithANameThatCannotBeIndexedIsRefusedAnIndex_C7(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	_, err := f.Create(f.ctx, domain.KindAttributeDefinition,
		values{"key": "größe", "name": "Größe", "attribute": "größe", "type": "INTEGER", "indexed": true}, nil)
	require.Equal(t, "C7", refused(t, err, domain.RuleViolation, "input.indexed").Rule, "no store could index the name")
}
