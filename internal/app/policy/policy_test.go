package policy_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
)

// A policy that contradicts itself, and that nobody can read: all of it is told at
// once, whoever brings it.
func TestAllThatIsWrongWithAPolicyIsToldAtOnce_R3_L5_R7(t *testing.T) {
	fields := []string{"retention", "majorEvery", "nameTemplate", "packagePattern", "numbering.pattern", "maxVariants", "tests.0.kinds", "tests.0.kinds"}
	slices.Sort(fields)
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.Records.Create(f.Ctx, domain.KindReleasePolicy, apptest.Values{
		"key": "p", "name": "P", "retention": "P1D", "majorEvery": "soon", "nameTemplate": "{nme}", "packagePattern": "{",
		"numbering": apptest.Values{"scheme": "PATTERN"}, "maxVariants": 0, "tests": []any{apptest.Values{"type": "MINOR", "kinds": []any{"FUNCTIONAL"}}},
	}, nil)
	var told []string
	for _, e := range domain.ErrorsOf(err) {
		told = append(told, e.Field[len("input."):])
	}
	slices.Sort(told)
	require.Equal(t, fields, told)

	got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{
		`{"node":"ReleasePolicy","key":"p","name":"P","retention":"P1D","majorEvery":"soon","nameTemplate":"{nme}","packagePattern":"{",` +
			`"numbering":{"scheme":"PATTERN"},"maxVariants":0,"tests":[{"type":"MINOR","kinds":["FUNCTIONAL"]}]}`,
	}}, nil)
	require.NoError(t, err)
	told = nil
	for _, e := range got.Wrong {
		told = append(told, e.Field)
	}
	slices.Sort(told)
	require.Equal(t, fields, told)
}
