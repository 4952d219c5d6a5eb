package change_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/change"
	"releasegraph/internal/domain"
)

func TestWhyAnAssessmentNoLongerHoldsNamesOnlyWhatCounts(t *testing.T) { // H3
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1")
		f.Submit("R1")
		as := f.Assess("R1").Assessment
		because := func() []string {
			reasons, err := f.Changes.AssessmentOutdated(f.WithLoads(f.Ctx), as)
			require.NoError(t, err)
			return reasons
		}
		rita := f.As("rita", domain.Requester)
		_, err := f.Records.Update(rita, domain.KindChangeRequest, apptest.Key("R1"), apptest.Values{"plan": "another", "description": "words", "priority": "HIGH"}, nil, nil)
		require.NoError(t, err)
		require.Empty(t, because(), "what it hurts does not follow from how it is done")
		_, err = f.Records.Update(rita, domain.KindChangeRequest, apptest.Key("R1"), apptest.Values{"backOutKind": "PARTIAL", "backOutPlan": "half of it"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"R1 was changed (backOutKind)"}, because())
		_, err = f.Records.Update(f.Ctx, domain.KindConfigurationItem, apptest.Key("shop"), apptest.Values{"criticality": 5, "owner": "sales", "description": "words"}, nil, nil)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"R1 was changed (backOutKind)", "shop was changed (criticality)"}, because())
	})
}

func TestWhatARequestAffectsIsNotLeftOutOfItsImpact(t *testing.T) { // I10
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1")
		max := f.As("max", domain.ChangeManager)
		_, err := f.Changes.ExcludeFromImpact(max, change.Exclude{Ref: apptest.Key("R1"), Item: apptest.Key("db"), Reason: "it is only a copy"}, nil)
		require.Equal(t, "I10", apptest.Refused(t, err, domain.RuleViolation, "input.item").Rule)
		_, err = f.Changes.ExcludeFromImpact(max, change.Exclude{Ref: apptest.Key("nobody"), Item: apptest.Key("nothing"), Reason: " "}, nil)
		var fields []string
		for _, one := range domain.ErrorsOf(err) {
			fields = append(fields, one.Field)
		}
		require.Equal(t, []string{"input.ref", "input.item", "input.reason"}, fields, "all that is wrong is told at once: %v", err)

		_, err = f.Changes.ExcludeFromImpact(max, change.Exclude{Ref: apptest.Key("R1"), Item: apptest.Key("reports"), Reason: "it reads a copy"}, nil)
		require.NoError(t, err)
		_, err = f.Records.Connect(max, domain.RelAffects, apptest.Key("R1"), apptest.Key("reports"), nil, nil)
		require.Equal(t, "I10", apptest.Refused(t, err, domain.RuleViolation, "input.to").Rule)
		_, err = f.Changes.IncludeInImpact(max, apptest.Key("R1"), apptest.Key("reports"), nil)
		require.NoError(t, err)
		_, err = f.Records.Connect(max, domain.RelAffects, apptest.Key("R1"), apptest.Key("reports"), nil, nil)
		require.NoError(t, err)
	})
}

func TestABoardOfTheOtherSortIsRefusedAtOnce(t *testing.T) { // H1
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Put(domain.KindBoard, apptest.Values{"key": "ECAB", "name": "Night", "members": []any{"ann"}, "emergency": true})
		f.Request("N1")
		f.Request("E1", apptest.Values{"type": "EMERGENCY"})
		for request, board := range map[string]string{"N1": "ECAB", "E1": "CAB"} {
			_, err := f.Records.Connect(f.Ctx, domain.RelDecidedBy, apptest.Key(request), apptest.Key(board), nil, nil)
			require.Equal(t, "H1", apptest.Refused(t, err, domain.RuleViolation, "input.to").Rule, request)
		}
		for request, board := range map[string]string{"N1": "CAB", "E1": "ECAB"} {
			_, err := f.Records.Connect(f.Ctx, domain.RelDecidedBy, apptest.Key(request), apptest.Key(board), nil, nil)
			require.NoError(t, err)
		}
		_, err := f.Records.Update(f.Ctx, domain.KindChangeRequest, apptest.Key("N1"), apptest.Values{"type": "EMERGENCY"}, nil, nil)
		require.Equal(t, "H1", apptest.Refused(t, err, domain.RuleViolation, "input.patch.type").Rule)
		_, err = f.Records.Update(f.Ctx, domain.KindChangeRequest, apptest.Key("N1"), apptest.Values{"type": "STANDARD"}, nil, nil)
		require.NoError(t, err, "an ordinary board is in the way of no standard change")
		_, err = f.Records.Update(f.Ctx, domain.KindBoard, apptest.Key("ECAB"), apptest.Values{"emergency": false}, nil, nil)
		require.Equal(t, "H1", apptest.Refused(t, err, domain.RuleViolation, "input.patch.emergency").Rule)
		require.ErrorContains(t, err, "E1 waits for ECAB")
		_, err = f.Records.Disconnect(f.Ctx, domain.RelDecidedBy, apptest.Key("E1"), apptest.Key("ECAB"), nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Update(f.Ctx, domain.KindBoard, apptest.Key("ECAB"), apptest.Values{"emergency": false}, nil, nil)
		require.NoError(t, err)
	})
}

func TestVotesAndAssessmentsCountForThemselves(t *testing.T) { // H3
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1")
		f.Submit("R1")
		require.Equal(t, "R1/assessment-1", f.Assess("R1").Assessment.Key)
		second := f.Assess("R1").Assessment
		require.Equal(t, "R1/assessment-2", second.Key)
		require.Equal(t, 2, second.Ordinal)
		v, err := f.Vote("ann", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, "R1/vote-1", v.Vote.Key)
		require.Equal(t, "R1/assessment-3", f.Assess("R1").Assessment.Key)
		_, err = f.Changes.CastVote(f.As("bob", domain.CABMember), change.CastVote{Ref: apptest.Key("R1"), Verdict: domain.Reject}, nil)
		require.Equal(t, "H3", apptest.Refused(t, err, domain.RuleViolation, "input.comment").Rule, "a rejection says why")
		v, err = f.Vote("bob", "R1", domain.Reject)
		require.NoError(t, err)
		require.Equal(t, "R1/vote-2", v.Vote.Key)

		f.Request("R2")
		f.Submit("R2")
		_, err = f.Records.Update(f.Ctx, domain.KindChangeRequest, apptest.Key("R1"), apptest.Values{"key": "R0"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Update(f.Ctx, domain.KindChangeRequest, apptest.Key("R2"), apptest.Values{"key": "R1"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, "R1/assessment-4", f.Assess("R1").Assessment.Key, "the names of the request that had the key stay its own")
	})
}

func TestMinutesTellTheBoardAsItWasWhenItDecided(t *testing.T) { // H3, C4
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		authorised(f, "R1")
		decided := f.Rfc("R1").DecidedAt
		_, err := f.Records.Update(f.Ctx, domain.KindBoard, apptest.Key("CAB"), apptest.Values{"quorum": 4, "members": []any{"dan", "eva", "fay", "gil"}}, nil, nil)
		require.NoError(t, err)
		during := domain.TimeRange{From: decided.Add(-time.Hour), To: decided.Add(time.Second)}
		minutes, err := f.Changes.BoardMinutes(f.Ctx, apptest.Key("CAB"), during)
		require.NoError(t, err)
		want := minutes.Markdown()
		require.Contains(t, want, "Decision: **AUTHORISED**. It needed 2 votes of ann, bob, cid.")

		_, err = implement(f, "rita", "R1", domain.Requester)
		require.NoError(t, err)
		_, err = review(f, "max", "R1", domain.OutcomeBackedOut, "much")
		require.NoError(t, err)
		f.Assess("R1")
		minutes, err = f.Changes.BoardMinutes(f.Ctx, apptest.Key("CAB"), during)
		require.NoError(t, err)
		require.Equal(t, want, minutes.Markdown(), "what becomes of the request later changes no minutes")
	})
}

func TestABaselineIsNoDifferenceFromItself(t *testing.T) { // C4
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db")
		_, err := f.History.CreateBaseline(f.Ctx, domain.NewBaseline{Key: "before", Name: "Before"}, nil)
		require.NoError(t, err)
		from := domain.AsOf{Baseline: apptest.Some("before")}
		d, err := f.History.Diff(f.Ctx, from, nil, nil)
		require.NoError(t, err)
		require.Empty(t, d.Summary())
		_, err = f.History.CreateBaseline(f.Ctx, domain.NewBaseline{Key: "other", Name: "Other"}, nil)
		require.NoError(t, err)
		d, err = f.History.Diff(f.Ctx, from, nil, nil)
		require.NoError(t, err)
		require.Len(t, d.Summary(), 1, "another one is")
	})
}

// An exception is granted for a plan, and falls with it: when the window, the
// items or the sites become others the freeze holds again, whoever changes them.
func TestAnExceptionFallsWhenThePlanItWasGrantedForChanges(t *testing.T) { // P7, H6
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Site("par")
		window := apptest.Values{"plannedFrom": "2026-04-01T20:00:00Z", "plannedTo": "2026-04-01T22:00:00Z"}
		_, err := f.CreateFreeze(f.Ctx, apptest.NewFreeze{
			Key: "peak", Name: "Peak", Everywhere: apptest.Some(true), From: apptest.Some(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)), To: apptest.Some(time.Date(2026, 4, 9, 0, 0, 0, 0, time.UTC)),
		}, nil)
		require.NoError(t, err)
		rita := f.As("rita", domain.Requester)
		excepted := func(k string) {
			t.Helper()
			f.Request(k, window)
			require.Equal(t, []string{"peak"}, f.HeldBy(k))
			in := domain.NewException{Key: k + "-x", Freeze: &domain.Ref{Key: apptest.Some("peak")}, ChangeRequest: &domain.Ref{Key: apptest.Some(k)}, Reason: "it cannot wait"}
			_, err := f.Calendar.RequestFreezeException(rita, in, nil)
			require.NoError(t, err)
			_, err = f.Calendar.DecideFreezeException(f.As("olga", domain.OperationsManager), apptest.Key(k+"-x"), domain.GrantException, nil, nil, nil)
			require.NoError(t, err)
			require.Empty(t, f.HeldBy(k))
			require.True(t, stands(f, k+"-x"))
		}
		update := func(patch apptest.Values) func(string) error {
			return func(k string) error {
				_, err := f.Records.Update(rita, domain.KindChangeRequest, apptest.Key(k), patch, nil, nil)
				return err
			}
		}
		brings := func(line string) func(string) error {
			return func(k string) error {
				_, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Overwrite: true, Lines: []string{line[:len(line)-1] + `,"from":"ChangeRequest:` + k + `"}`}}, nil)
				return err
			}
		}
		n := 0
		for what, change := range map[string]func(string) error{
			"its window": update(apptest.Values{"plannedFrom": "2026-04-02T20:00:00Z", "plannedTo": "2026-04-02T22:00:00Z"}),
			"its end":    update(apptest.Values{"plannedTo": "2026-04-01T23:00:00Z"}),
			"its items": func(k string) error {
				_, err := f.Records.Connect(rita, domain.RelAffects, apptest.Key(k), apptest.Key("shop"), nil, nil)
				return err
			},
			"its sites": func(k string) error {
				_, err := f.Records.Connect(rita, domain.RelTakesPlaceAt, apptest.Key(k), apptest.Key("par"), nil, nil)
				return err
			},
			"its items, by an import": brings(`{"edge":"AFFECTS","to":"ConfigurationItem:reports"}`),
			"its sites, by an import": brings(`{"edge":"TAKES_PLACE_AT","to":"Site:par"}`),
		} {
			n++
			k := "X" + string(rune('0'+n))
			excepted(k)
			require.NoError(t, update(apptest.Values{"plan": "another", "assignee": "ken"})(k))
			require.Empty(t, f.HeldBy(k), "how it is done is not what the freeze minds")
			require.NoError(t, change(k))
			require.Equal(t, []string{"peak"}, f.HeldBy(k), what)
			require.False(t, stands(f, k+"-x"), what)
			conflicts, err := f.Calendar.ChangeConflicts(f.Ctx, f.Rfc(k), nil, nil)
			require.NoError(t, err)
			var kinds []domain.ConflictKind
			for _, c := range conflicts.Nodes {
				kinds = append(kinds, c.Kind)
			}
			require.Contains(t, kinds, domain.ConflictFreeze, what)
		}
	})
}

func stands(f *apptest.Fixture, k string) bool {
	f.T.Helper()
	x, err := f.Records.Record(f.Ctx, domain.KindFreezeException, apptest.Key(k), nil)
	require.NoError(f.T, err)
	ok, err := f.Calendar.ExceptionStands(f.Ctx, x.(*domain.FreezeException))
	require.NoError(f.T, err)
	return ok
}

// One that was brought as granted says nothing of a plan: it is for the one that
// its change has when it is first looked at.
func TestAnExceptionThatWasBroughtIsForThePlanThatThereIs(t *testing.T) { // P7
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1", apptest.Values{"plannedFrom": "2026-04-01T20:00:00Z", "plannedTo": "2026-04-01T22:00:00Z"})
		f.Brings(
			`{"node":"Freeze","key":"peak","name":"Peak","everywhere":true,"from":"2026-04-01T00:00:00Z","to":"2026-04-09T00:00:00Z"}`,
			`{"node":"FreezeException","key":"X","name":"X","reason":"r","status":"GRANTED","decidedBy":"olga","decidedAt":"2026-02-01T00:00:00Z"}`,
			`{"edge":"EXCEPTS","from":"FreezeException:X","to":"Freeze:peak"}`,
			`{"edge":"EXCEPTION_FOR","from":"FreezeException:X","to":"ChangeRequest:R1"}`,
		)
		require.Empty(t, f.HeldBy("R1"))
		require.True(t, stands(f, "X"))
		_, err := f.Records.Update(f.As("rita", domain.Requester), domain.KindChangeRequest, apptest.Key("R1"), apptest.Values{"plannedTo": "2026-04-01T23:00:00Z"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"peak"}, f.HeldBy("R1"))
		require.False(t, stands(f, "X"))
	})
}
