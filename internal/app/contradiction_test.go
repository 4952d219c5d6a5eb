package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

// C7: a definition that contradicts another is refused, naming both, by the API
// and by an import; what was there before is shown.
func TestADefinitionThatContradictsAnotherIsRefused_C7(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		define := func(k string, more values) error {
			in := values{"key": k, "name": k, "attribute": "units"}
			for name, v := range more {
				in[name] = v
			}
			_, err := f.Create(f.ctx, domain.KindAttributeDefinition, in, nil)
			return err
		}
		require.NoError(t, define("units", values{"type": "INTEGER", "classes": []string{"SERVER", "STORAGE"}, "required": true}))
		err := refused(t, define("flag", values{"type": "BOOLEAN"}), domain.RuleViolation, "input.type")
		require.Contains(t, err.Message, `"units"`)
		require.Contains(t, err.Message, `"flag"`)
		require.Equal(t, "units", err.Details["definition"])
		require.NoError(t, define("flag", values{"type": "BOOLEAN", "classes": []string{"DATABASE"}}))
		require.NoError(t, define("few", values{"type": "ENUM", "allowedValues": []string{"1", "2"}, "classes": []string{"SERVER"}}), "a number is one of few")
		_, updateErr := f.Update(f.ctx, domain.KindAttributeDefinition, key("flag"), values{"classes": []string{"STORAGE", "DATABASE"}}, nil, nil)
		refused(t, updateErr, domain.RuleViolation, "input.patch.type")
		for _, lines := range [][]string{
			{`{"node":"AttributeDefinition","key":"flag-2","name":"F","attribute":"units","type":"BOOLEAN","classes":["SERVER"]}`},
			{`{"node":"AttributeDefinition","key":"flag","type":"BOOLEAN","classes":["SERVER"]}`},
			{
				`{"node":"AttributeDefinition","key":"new-1","name":"N","attribute":"new","type":"DATE"}`,
				`{"node":"AttributeDefinition","key":"new-2","name":"N","attribute":"new","type":"DECIMAL","classes":["FACILITY"]}`,
			},
		} {
			got, err := f.ImportLines(f.ctx, app.ImportLinesInput{Lines: lines, Overwrite: true}, nil)
			require.NoError(t, err)
			require.NotEmpty(t, got.Wrong, lines)
		}
		q, qualityErr := f.DataQuality(f.ctx, nil)
		require.NoError(t, qualityErr)
		found, qualityErr := q.Contradictions(f.ctx)
		require.NoError(t, qualityErr)
		require.Empty(t, found)
	})
}

// I5: the strictest minimum of a group counts, and where they differ that is
// shown.
func TestGroupsWithDifferentMinimumsAreShown_I5(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for _, k := range []string{"app", "db-1", "db-2"} {
			f.item(k)
		}
		f.connect(domain.RelDependsOn, "app", "db-1", values{"redundancyGroup": "db", "minimum": 1})
		f.connect(domain.RelDependsOn, "app", "db-2", values{"redundancyGroup": "db", "minimumPercent": 100})
		q, err := f.DataQuality(f.ctx, nil)
		require.NoError(t, err)
		found, err := q.UnevenGroups(f.ctx, 10)
		require.NoError(t, err)
		require.Equal(t, 1, found.TotalCount)
		g := found.Nodes[0]
		item, err := g.Item(f.ctx)
		require.NoError(t, err)
		require.Equal(t, "app", item.Key)
		require.Equal(t, []int{1, 100, 2, 2}, []int{g.Minimums[0], g.Percents[0], g.Members, g.Counts})
		got, err := f.Impact(f.ctx, domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: []*domain.Ref{some(key("db-1"))}}}, nil)
		require.NoError(t, err)
		hits, err := got.Hits(f.ctx, nil, nil)
		require.NoError(t, err)
		require.Equal(t, domain.StrengthFull, hits.Nodes[0].Strength)
	})
}

// C6: a typing error in a range of versions is told with its place, by the API
// and by an import.
func TestARangeOfVersionsIsReadWhenItIsWritten(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	f.item("db")
	f.create(domain.KindKnownError, "K", nil)
	_, err := f.Connect(f.ctx, domain.RelPresentIn, key("K"), key("db"), values{"versions": []string{"14.2", ">= banana"}}, nil)
	require.Contains(t, refused(t, err, domain.Invalid, "input.versions.1").Message, "character 4")
	f.connect(domain.RelPresentIn, "K", "db", values{"versions": []string{"14.2", ">=14.0, <14.3"}})
	got, err := f.ImportLines(f.ctx, app.ImportLinesInput{Lines: []string{
		`{"edge":"PRESENT_IN","from":"KnownError:K","to":"ConfigurationItem:db","versions":["<15 &&"]}`,
	}, Overwrite: true}, nil)
	require.NoError(t, err)
	require.NotEmpty(t, got.Wrong)
}
