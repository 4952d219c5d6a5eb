package app_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

func (f *fixture) define(k string, in values) {
	f.t.Helper()
	all := values{"key": k, "name": "Definition " + k, "attribute": k, "type": "STRING"}
	for name, v := range in {
		all[name] = v
	}
	_, err := f.Create(f.ctx, domain.KindAttributeDefinition, all, nil)
	require.NoError(f.t, err)
}

func rulesOf(t *testing.T, err error) (fields []string) {
	t.Helper()
	var all domain.Errors
	var one *domain.Error
	if !errors.As(err, &all) {
		require.ErrorAs(t, err, &one)
		all = domain.Errors{one}
	}
	for _, e := range all {
		require.Equal(t, "C7", e.Rule)
		fields = append(fields, e.Field)
	}
	return fields
}

func TestAttributesKeepToTheirDefinitionsWhenWritten_C7(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("old", values{"class": "SERVER", "attributes": values{"cores": "many"}})
		f.define("cores", values{"type": "INTEGER", "classes": []any{"SERVER"}, "required": true})
		f.define("tier", values{"type": "ENUM", "allowedValues": []any{"gold", "silver"}})

		create := func(class string, attributes values) error {
			_, err := f.Create(f.ctx, domain.KindConfigurationItem,
				values{"key": "new", "name": "New", "class": class, "attributes": attributes}, nil)
			return err
		}
		require.Equal(t, []string{"input.attributes.cores", "input.attributes.tier"}, rulesOf(t, create("SERVER", values{"tier": "tin"})), "all at once")
		require.Equal(t, []string{"input.attributes.cores"}, rulesOf(t, create("SERVER", values{"cores": "1.5"})))
		require.NoError(t, create("SERVICE", values{"cores": "1.5", "tier": "gold"}), "cores are a matter of servers")

		update := func(k string, patch values) error {
			_, err := f.Update(f.ctx, domain.KindConfigurationItem, key(k), patch, nil, nil)
			return err
		}
		require.Equal(t, []string{"input.patch.attributes.cores"}, rulesOf(t, update("new", values{"class": "SERVER"})))
		require.NoError(t, update("old", values{"users": 3}), "what was there before stays")
		require.Equal(t, []string{"input.patch.attributes.cores"}, rulesOf(t, update("old", values{"attributes": values{"cores": "x"}})))
		require.NoError(t, update("old", values{"attributes": values{"cores": "16"}}))
	})
}

func TestLinesKeepToTheDefinitionsThatTheStoreHas_C7(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("old", values{"class": "SERVER"})
		f.define("cores", values{"type": "INTEGER", "classes": []any{"SERVER"}, "required": true})
		got, err := f.ImportLines(f.ctx, app.ImportLinesInput{Overwrite: true, Lines: []string{
			`{"node":"ConfigurationItem","key":"a","name":"A","class":"SERVER"}`,
			`{"node":"ConfigurationItem","key":"b","name":"B","class":"SERVER","attributes":{"cores":"8"}}`,
			`{"node":"ConfigurationItem","key":"old","attributes":{"cores":"few"}}`,
			`{"node":"ConfigurationItem","key":"c","name":"C","class":"SERVICE"}`,
		}}, nil)
		require.NoError(t, err)
		var lines []int
		for _, w := range got.Wrong {
			require.Equal(t, "C7", w.Rule)
			require.Equal(t, "attributes.cores", w.Field)
			lines = append(lines, w.Line)
		}
		require.Equal(t, []int{1, 3}, lines)
	})
}
