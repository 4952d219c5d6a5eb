package configuration_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/app/records"
	"releasegraph/internal/domain"
)

func define(f *apptest.Fixture, k string, in apptest.Values) {
	f.T.Helper()
	all := apptest.Values{"key": k, "name": "Definition " + k, "attribute": k, "type": "STRING"}
	for name, v := range in {
		all[name] = v
	}
	_, err := f.Records.Create(f.Ctx, domain.KindAttributeDefinition, all, nil)
	require.NoError(f.T, err)
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
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("old", apptest.Values{"class": "SERVER", "attributes": apptest.Values{"cores": "many"}})
		define(f, "cores", apptest.Values{"type": "INTEGER", "classes": []any{"SERVER"}, "required": true})
		define(f, "tier", apptest.Values{"type": "ENUM", "allowedValues": []any{"gold", "silver"}})

		create := func(class string, attributes apptest.Values) error {
			_, err := f.Records.Create(f.Ctx, domain.KindConfigurationItem,
				apptest.Values{"key": "new", "name": "New", "class": class, "attributes": attributes}, nil)
			return err
		}
		require.Equal(t, []string{"input.attributes.cores", "input.attributes.tier"}, rulesOf(t, create("SERVER", apptest.Values{"tier": "tin"})), "all at once")
		require.Equal(t, []string{"input.attributes.cores"}, rulesOf(t, create("SERVER", apptest.Values{"cores": "1.5"})))
		require.NoError(t, create("SERVICE", apptest.Values{"cores": "1.5", "tier": "gold"}), "cores are a matter of servers")

		update := func(k string, patch apptest.Values) error {
			_, err := f.Records.Update(f.Ctx, domain.KindConfigurationItem, apptest.Key(k), patch, nil, nil)
			return err
		}
		require.Equal(t, []string{"input.patch.attributes.cores"}, rulesOf(t, update("new", apptest.Values{"class": "SERVER"})))
		require.NoError(t, update("old", apptest.Values{"users": 3}), "what was there before stays")
		require.Equal(t, []string{"input.patch.attributes.cores"}, rulesOf(t, update("old", apptest.Values{"attributes": apptest.Values{"cores": "x"}})))
		require.NoError(t, update("old", apptest.Values{"attributes": apptest.Values{"cores": "16"}}))
	})
}

func TestLinesKeepToTheDefinitionsThatTheStoreHas_C7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("old", apptest.Values{"class": "SERVER"})
		define(f, "cores", apptest.Values{"type": "INTEGER", "classes": []any{"SERVER"}, "required": true})
		got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Overwrite: true, Lines: []string{
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

func listed(f *apptest.Fixture, filter apptest.Values) []string {
	f.T.Helper()
	page, err := f.Records.Records(f.Ctx, domain.KindConfigurationItem, listing.List{Filter: filter, OrderBy: []map[string]any{{"field": "KEY", "direction": "ASC"}}})
	require.NoError(f.T, err)
	total, err := page.Total(f.Ctx)
	require.NoError(f.T, err)
	require.Len(f.T, page.Items, total)
	return apptest.KeysOf(page)
}

func attribute(name, operator string, operand any) apptest.Values {
	return apptest.Values{"attributes": []any{apptest.Values{"name": name, operator: operand}}}
}

func TestAFilterComparesAttributesByTheirDefinitions_C7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for k, a := range map[string]apptest.Values{
			"a": {"ram": "8", "until": "2026-03-01"}, "b": {"ram": "64", "until": "2026-10-01"}, "c": {"ram": "128"},
			"d": {"ram": "plenty"}, "e": {"ram": "064", "until": "2025-12-31"}, "f": {},
		} {
			f.Item(k, apptest.Values{"attributes": a})
		}
		require.Equal(t, []string{"a", "d"}, listed(f, attribute("ram", "gt", "64")), "texts, while nobody has defined it")
		define(f, "ram", apptest.Values{"type": "INTEGER"})
		define(f, "until", apptest.Values{"type": "DATE"})
		require.Equal(t, []string{"b", "c", "e"}, listed(f, attribute("ram", "gte", "64")))
		require.Equal(t, []string{"a"}, listed(f, attribute("ram", "lt", "64")))
		require.Equal(t, []string{"b", "e"}, listed(f, attribute("ram", "eq", "64")))
		require.Equal(t, []string{"a", "c", "d", "f"}, listed(f, attribute("ram", "ne", "64")), "what is no number, or absent, differs")
		require.Equal(t, []string{"a", "c"}, listed(f, attribute("ram", "in", []any{"8", "128"})))
		require.Equal(t, []string{"d"}, listed(f, attribute("ram", "startsWith", "pl")))
		require.Equal(t, []string{"a", "b"}, listed(f, attribute("until", "gte", "2026-01-01")))
		require.Equal(t, []string{"a", "e"}, listed(f, attribute("until", "lt", "2026-10-01")))

		_, err := f.Records.Records(f.Ctx, domain.KindConfigurationItem, listing.List{Filter: attribute("ram", "gte", "much")})
		require.Equal(t, "ram", apptest.Refused(t, err, domain.Invalid, "filter.attributes.0.gte").Details["definition"])
	})
}

func TestEveryFilterKnowsTheTypesOfAttributes_C7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		define(f, "ram", apptest.Values{"type": "INTEGER"})
		small := f.Item("small", apptest.Values{"attributes": apptest.Values{"ram": "8"}})
		f.Item("big", apptest.Values{"attributes": apptest.Values{"ram": "128"}})
		f.Connect("DEPENDS_ON", "small", "big", apptest.Values{"kind": "USES"})
		f.Connect("DEPENDS_ON", "big", "small", apptest.Values{"kind": "USES"})
		head := f.Head()
		big := attribute("ram", "gt", "64")

		require.Equal(t, []string{"small"}, listed(f, apptest.Values{"dependsOn": apptest.Values{"some": big}}), "across a relationship")
		far, err := f.Records.Related(f.Ctx, small, records.Via{Rel: "DEPENDS_ON"}, listing.List{Filter: big})
		require.NoError(t, err)
		require.Equal(t, []string{"big"}, apptest.KeysOf(far), "of a related list")
		_, err = f.Records.Update(f.Ctx, domain.KindConfigurationItem, apptest.Key("big"), apptest.Values{"attributes": apptest.Values{"ram": "4"}}, nil, nil)
		require.NoError(t, err)
		was, err := f.Records.Related(f.Ctx, small, records.Via{Rel: "DEPENDS_ON"}, listing.List{Filter: big, AsOf: &domain.AsOf{Revision: &head}})
		require.NoError(t, err)
		require.Equal(t, []string{"big"}, apptest.KeysOf(was), "as of an earlier moment")
		counted, err := f.Records.CountBy(f.Ctx, domain.KindConfigurationItem, records.Grouping{By: []string{"CLASS"}, Filter: attribute("ram", "lte", "8")})
		require.NoError(t, err)
		require.Equal(t, 2, counted.Total, "of statistics")
	})
}

func TestDuplicatesShareTheTextOfAnAttribute_C8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for k, serial := range map[string]string{"a": "7", "b": "7", "c": "07", "d": "x7", "e": "x7"} {
			f.Item(k, apptest.Values{"attributes": apptest.Values{"serial": serial}})
		}
		define(f, "serial", apptest.Values{"type": "INTEGER"})
		q, err := f.Configuration.DataQuality(f.Ctx, nil)
		require.NoError(t, err)
		found, err := q.Duplicates(f.Ctx, []string{"serial"}, nil, nil)
		require.NoError(t, err)
		var members [][]string
		for _, g := range found.Nodes {
			page, err := g.Members(f.Ctx, nil, nil)
			require.NoError(t, err)
			members = append(members, apptest.KeysOf(page))
		}
		require.ElementsMatch(t, [][]string{{"a", "b"}, {"d", "e"}}, sortedEach(members), "07 is another text than 7, and x7 no number")
	})
}

func sortedEach(lists [][]string) [][]string {
	for _, l := range lists {
		slices.Sort(l)
	}
	return lists
}
