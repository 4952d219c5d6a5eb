package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/domain"
)

// refusedLine imports lines of which one must be refused, and returns why.
func refusedLine(t *testing.T, f *apptest.Fixture, lines ...string) bulk.ImportLine {
	t.Helper()
	got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: lines, Overwrite: true}, nil)
	require.NoError(t, err)
	require.Len(t, got.Wrong, 1)
	return got.Wrong[0]
}

func TestAnImportDoesNotLetAnOpenRequestAffectWhatIsOutOfUse_H3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(`{"node":"ConfigurationItem","key":"old","name":"old","class":"SERVER","status":"WITHDRAWN"}`)
		f.Create(domain.KindChangeRequest, "R", nil)
		wrong := refusedLine(t, f, `{"edge":"AFFECTS","from":"ChangeRequest:R","to":"ConfigurationItem:old"}`)
		require.Equal(t, "to", wrong.Field)
		require.Equal(t, domain.RuleViolation, wrong.Code)
		// History may be older than the end of an item.
		f.Brings(
			`{"node":"ChangeRequest","key":"then","name":"then","type":"NORMAL","status":"CLOSED"}`,
			`{"edge":"AFFECTS","from":"ChangeRequest:then","to":"ConfigurationItem:old"}`,
		)
	})
}

func TestAnImportDoesNotRemoveARequestThatWasHandedIn_H2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"ChangeRequest","key":"R","name":"R","type":"NORMAL","status":"SUBMITTED"}`,
			`{"node":"ChangeRequest","key":"D","name":"D","type":"NORMAL","status":"DRAFT"}`,
		)
		wrong := refusedLine(t, f, `{"op":"remove","node":"ChangeRequest","key":"D"}`, `{"op":"remove","node":"ChangeRequest","key":"R"}`)
		require.Equal(t, 2, wrong.Line)
		require.Equal(t, domain.RuleViolation, wrong.Code)
		f.Brings(`{"op":"remove","node":"ChangeRequest","key":"D"}`)
	})
}

func TestAnImportLeavesADiagnosedProblemACause_PROBLEM(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"Problem","key":"P","name":"P","status":"DIAGNOSED","cause":"a cable"}`,
			`{"node":"Problem","key":"Q","name":"Q","status":"DIAGNOSED"}`,
			`{"node":"KnownError","key":"K","name":"K"}`,
			`{"edge":"DIAGNOSES","from":"KnownError:K","to":"Problem:Q"}`,
		)
		require.Equal(t, "cause", refusedLine(t, f, `{"node":"Problem","key":"P","cause":null}`).Field)
		require.Equal(t, "to", refusedLine(t, f, `{"op":"remove","edge":"DIAGNOSES","from":"KnownError:K","to":"Problem:Q"}`).Field)
		f.Brings(`{"node":"Problem","key":"Q","cause":"a plug"}`, `{"op":"remove","edge":"DIAGNOSES","from":"KnownError:K","to":"Problem:Q"}`)
	})
}
