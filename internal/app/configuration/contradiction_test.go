package configuration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
)

// C7: a definition that contradicts another is refused, naming both, by the API
// and by an import; what was there before is shown.
func TestADefinitionThatContradictsAnotherIsRefused_C7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		define := func(k string, more apptest.Values) error {
			in := apptest.Values{"key": k, "name": k, "attribute": "units"}
			for name, v := range more {
				in[name] = v
			}
			_, err := f.Records.Create(f.Ctx, domain.KindAttributeDefinition, in, nil)
			return err
		}
		require.NoError(t, define("units", apptest.Values{"type": "INTEGER", "classes": []string{"SERVER", "STORAGE"}, "required": true}))
		err := apptest.Refused(t, define("flag", apptest.Values{"type": "BOOLEAN"}), domain.RuleViolation, "input.type")
		require.Contains(t, err.Message, `"units"`)
		require.Contains(t, err.Message, `"flag"`)
		require.Equal(t, "units", err.Details["definition"])
		require.NoError(t, define("flag", apptest.Values{"type": "BOOLEAN", "classes": []string{"DATABASE"}}))
		require.NoError(t, define("few", apptest.Values{"type": "ENUM", "allowedValues": []string{"1", "2"}, "classes": []string{"SERVER"}}), "a number is one of few")
		_, updateErr := f.Records.Update(f.Ctx, domain.KindAttributeDefinition, apptest.Key("flag"), apptest.Values{"classes": []string{"STORAGE", "DATABASE"}}, nil, nil)
		apptest.Refused(t, updateErr, domain.RuleViolation, "input.patch.type")
		for _, lines := range [][]string{
			{`{"node":"AttributeDefinition","key":"flag-2","name":"F","attribute":"units","type":"BOOLEAN","classes":["SERVER"]}`},
			{`{"node":"AttributeDefinition","key":"flag","type":"BOOLEAN","classes":["SERVER"]}`},
			{
				`{"node":"AttributeDefinition","key":"new-1","name":"N","attribute":"new","type":"DATE"}`,
				`{"node":"AttributeDefinition","key":"new-2","name":"N","attribute":"new","type":"DECIMAL","classes":["FACILITY"]}`,
			},
		} {
			got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: lines, Overwrite: true}, nil)
			require.NoError(t, err)
			require.NotEmpty(t, got.Wrong, lines)
		}
		q, qualityErr := f.Configuration.DataQuality(f.Ctx, nil)
		require.NoError(t, qualityErr)
		found, qualityErr := q.Contradictions(f.Ctx)
		require.NoError(t, qualityErr)
		require.Empty(t, found)
	})
}

// I5: the strictest minimum of a group counts, and where they differ that is
// shown.
func TestGroupsWithDifferentMinimumsAreShown_I5(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, k := range []string{"app", "db-1", "db-2"} {
			f.Item(k)
		}
		f.Connect(domain.RelDependsOn, "app", "db-1", apptest.Values{"redundancyGroup": "db", "minimum": 1})
		f.Connect(domain.RelDependsOn, "app", "db-2", apptest.Values{"redundancyGroup": "db", "minimumPercent": 100})
		q, err := f.Configuration.DataQuality(f.Ctx, nil)
		require.NoError(t, err)
		found, err := q.UnevenGroups(f.Ctx, 10)
		require.NoError(t, err)
		require.Equal(t, 1, found.TotalCount)
		g := found.Nodes[0]
		item, err := g.Item(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, "app", item.Key)
		require.Equal(t, []int{1, 100, 2, 2}, []int{g.Minimums[0], g.Percents[0], g.Members, g.Counts})
		got, err := f.Impact.Impact(f.Ctx, domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: []*domain.Ref{apptest.Some(apptest.Key("db-1"))}}}, nil)
		require.NoError(t, err)
		hits, err := got.Hits(f.Ctx, nil, nil)
		require.NoError(t, err)
		require.Equal(t, domain.StrengthFull, hits.Nodes[0].Strength)
	})
}

// C6: a typing error in a range of versions is told with its place, by the API
// and by an import.
func TestARangeOfVersionsIsReadWhenItIsWritten(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	f.Item("db")
	f.Create(domain.KindKnownError, "K", nil)
	_, err := f.Records.Connect(f.Ctx, domain.RelPresentIn, apptest.Key("K"), apptest.Key("db"), apptest.Values{"versions": []string{"14.2", ">= banana"}}, nil)
	require.Contains(t, apptest.Refused(t, err, domain.Invalid, "input.versions.1").Message, "character 4")
	f.Connect(domain.RelPresentIn, "K", "db", apptest.Values{"versions": []string{"14.2", ">=14.0, <14.3"}})
	got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{
		`{"edge":"PRESENT_IN","from":"KnownError:K","to":"ConfigurationItem:db","versions":["<15 &&"]}`,
	}, Overwrite: true}, nil)
	require.NoError(t, err)
	require.NotEmpty(t, got.Wrong)
}
