package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/domain"
)

// PROBLEM: an import may bring a problem in any state; what that promises is
// asked for by the next move.
func TestAProblemThatIsBroughtWithoutACauseIsAskedForItLater_PROBLEM(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(
			`{"node":"Problem","key":"P","name":"P","status":"DIAGNOSED"}`,
			`{"node":"Problem","key":"Q","name":"Q","status":"RESOLVED","resolution":"a new cable"}`,
			`{"node":"Problem","key":"R","name":"R","status":"CLOSED"}`,
		)
		_, err := f.Problems.ResolveProblem(f.Ctx, apptest.Key("P"), apptest.Some("a new cable"), nil, nil)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, domain.RuleProblem, e.Rule)
		require.Equal(t, `P cannot become RESOLVED: it lacks a cause (updateProblem), or a known error that diagnoses it`, e.Message)
		_, err = f.Problems.CloseProblem(f.Ctx, apptest.Key("Q"), nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		for _, k := range []string{"P", "Q"} {
			_, err := f.Records.Update(f.Ctx, domain.KindProblem, apptest.Key(k), apptest.Values{"cause": "a broken cable"}, nil, nil)
			require.NoError(t, err)
		}
		_, err = f.Problems.ResolveProblem(f.Ctx, apptest.Key("P"), apptest.Some("a new cable"), nil, nil)
		require.NoError(t, err)
		_, err = f.Problems.CloseProblem(f.Ctx, apptest.Key("Q"), nil, nil)
		require.NoError(t, err)
	})
}

// H3: what an import brings as votes counts as votes that are cast do: nobody's
// on their own request, and one for each seat.
func TestVotesThatAreBroughtCountByTheRules_H3(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		vote := func(k, voter string) []string {
			return []string{
				`{"node":"Vote","key":"` + k + `","name":"V","voter":"` + voter + `","seat":"` + voter + `","verdict":"APPROVE","board":"cab","castAt":"2026-01-01T00:00:00Z","contentVersion":1}`,
				`{"edge":"CAST_ON","from":"Vote:` + k + `","to":"ChangeRequest:R"}`,
			}
		}
		lines := []string{
			`{"node":"Board","key":"cab","name":"CAB","members":["ann","bob","cleo"],"quorum":2}`,
			`{"node":"ChangeRequest","key":"R","name":"R","type":"NORMAL","status":"ASSESSED","requester":"ann"}`,
			`{"edge":"DECIDED_BY","from":"ChangeRequest:R","to":"Board:cab"}`,
		}
		lines = append(append(append(lines, vote("V1", "ann")...), vote("V2", "bob")...), vote("V3", "bob")...)
		f.Brings(lines...)
		agenda, err := f.Changes.BoardAgenda(f.Ctx, apptest.Key("cab"), nil, nil)
		require.NoError(t, err)
		require.Equal(t, 1, agenda.Nodes[0].Approvals)
		require.Len(t, agenda.Nodes[0].WaitsFor, 1)
		require.Equal(t, "cleo", agenda.Nodes[0].WaitsFor[0].Member.Name)
	})
}
