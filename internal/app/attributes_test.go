package app_test

import (
	"errors"
	"slices"
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

func (f *fixture) listed(filter values) []string {
	f.t.Helper()
	page, err := f.Records(f.ctx, domain.KindConfigurationItem, app.List{Filter: filter, OrderBy: []map[string]any{{"field": "KEY", "direction": "ASC"}}})
	require.NoError(f.t, err)
	total, err := page.Total(f.ctx)
	require.NoError(f.t, err)
	require.Len(f.t, page.Items, total)
	return keysOf(page)
}

func attribute(name, operator string, operand any) values {
	return values{"attributes": []any{values{"name": name, operator: operand}}}
}

func TestAFilterComparesAttributesByTheirDefinitions_C7(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for k, a := range map[string]values{
			"a": {"ram": "8", "until": "2026-03-01"}, "b": {"ram": "64", "until": "2026-10-01"}, "c": {"ram": "128"},
			"d": {"ram": "plenty"}, "e": {"ram": "064", "until": "2025-12-31"}, "f": {},
		} {
			f.item(k, values{"attributes": a})
		}
		require.Equal(t, []string{"a", "d"}, f.listed(attribute("ram", "gt", "64")), "texts, while nobody has defined it")
		f.define("ram", values{"type": "INTEGER"})
		f.define("until", values{"type": "DATE"})
		require.Equal(t, []string{"b", "c", "e"}, f.listed(attribute("ram", "gte", "64")))
		require.Equal(t, []string{"a"}, f.listed(attribute("ram", "lt", "64")))
		require.Equal(t, []string{"b", "e"}, f.listed(attribute("ram", "eq", "64")))
		require.Equal(t, []string{"a", "c", "d", "f"}, f.listed(attribute("ram", "ne", "64")), "what is no number, or absent, differs")
		require.Equal(t, []string{"a", "c"}, f.listed(attribute("ram", "in", []any{"8", "128"})))
		require.Equal(t, []string{"d"}, f.listed(attribute("ram", "startsWith", "pl")))
		require.Equal(t, []string{"a", "b"}, f.listed(attribute("until", "gte", "2026-01-01")))
		require.Equal(t, []string{"a", "e"}, f.listed(attribute("until", "lt", "2026-10-01")))

		_, err := f.Records(f.ctx, domain.KindConfigurationItem, app.List{Filter: attribute("ram", "gte", "much")})
		require.Equal(t, "ram", refused(t, err, domain.Invalid, "filter.attributes.0.gte").Details["definition"])
	})
}

func TestEveryFilterKnowsTheTypesOfAttributes_C7(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.define("ram", values{"type": "INTEGER"})
		small := f.item("small", values{"attributes": values{"ram": "8"}})
		f.item("big", values{"attributes": values{"ram": "128"}})
		f.connect("DEPENDS_ON", "small", "big", values{"kind": "USES"})
		f.connect("DEPENDS_ON", "big", "small", values{"kind": "USES"})
		head := f.head()
		big := attribute("ram", "gt", "64")

		require.Equal(t, []string{"small"}, f.listed(values{"dependsOn": values{"some": big}}), "across a relationship")
		far, err := f.Related(f.ctx, small, app.Via{Rel: "DEPENDS_ON"}, app.List{Filter: big})
		require.NoError(t, err)
		require.Equal(t, []string{"big"}, keysOf(far), "of a related list")
		_, err = f.Update(f.ctx, domain.KindConfigurationItem, key("big"), values{"attributes": values{"ram": "4"}}, nil, nil)
		require.NoError(t, err)
		was, err := f.Related(f.ctx, small, app.Via{Rel: "DEPENDS_ON"}, app.List{Filter: big, AsOf: &domain.AsOf{Revision: &head}})
		require.NoError(t, err)
		require.Equal(t, []string{"big"}, keysOf(was), "as of an earlier moment")
		counted, err := f.CountBy(f.ctx, domain.KindConfigurationItem, app.Grouping{By: []string{"CLASS"}, Filter: attribute("ram", "lte", "8")})
		require.NoError(t, err)
		require.Equal(t, 2, counted.Total, "of statistics")
	})
}

func TestDuplicatesShareTheTextOfAnAttribute_C8(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for k, serial := range map[string]string{"a": "7", "b": "7", "c": "07", "d": "x7", "e": "x7"} {
			f.item(k, values{"attributes": values{"serial": serial}})
		}
		f.define("serial", values{"type": "INTEGER"})
		q, err := f.DataQuality(f.ctx, nil)
		require.NoError(t, err)
		found, err := q.Duplicates(f.ctx, []string{"serial"}, nil, nil)
		require.NoError(t, err)
		var members [][]string
		for _, g := range found.Nodes {
			page, err := g.Members(f.ctx, nil, nil)
			require.NoError(t, err)
			members = append(members, keysOf(page))
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
