package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

func TestWhyAnAssessmentNoLongerHoldsNamesOnlyWhatCounts(t *testing.T) { // H3
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1")
		f.submit("R1")
		as := f.assess("R1").Assessment
		because := func() []string {
			reasons, err := f.AssessmentOutdated(f.WithLoads(f.ctx), as)
			require.NoError(t, err)
			return reasons
		}
		rita := f.as("rita", domain.Requester)
		_, err := f.Update(rita, domain.KindChangeRequest, key("R1"), values{"plan": "another", "description": "words", "priority": "HIGH"}, nil, nil)
		require.NoError(t, err)
		require.Empty(t, because(), "what it hurts does not follow from how it is done")
		_, err = f.Update(rita, domain.KindChangeRequest, key("R1"), values{"backOutKind": "PARTIAL", "backOutPlan": "half of it"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"R1 was changed (backOutKind)"}, because())
		_, err = f.Update(f.ctx, domain.KindConfigurationItem, key("shop"), values{"criticality": 5, "owner": "sales", "description": "words"}, nil, nil)
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"R1 was changed (backOutKind)", "shop was changed (criticality)"}, because())
	})
}

func TestWhatARequestAffectsIsNotLeftOutOfItsImpact(t *testing.T) { // I10
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1")
		max := f.as("max", domain.ChangeManager)
		_, err := f.ExcludeFromImpact(max, app.Exclude{Ref: key("R1"), Item: key("db"), Reason: "it is only a copy"}, nil)
		require.Equal(t, "I10", refused(t, err, domain.RuleViolation, "input.item").Rule)
		_, err = f.ExcludeFromImpact(max, app.Exclude{Ref: key("nobody"), Item: key("nothing"), Reason: " "}, nil)
		var fields []string
		for _, one := range domain.ErrorsOf(err) {
			fields = append(fields, one.Field)
		}
		require.Equal(t, []string{"input.ref", "input.item", "input.reason"}, fields, "all that is wrong is told at once: %v", err)

		_, err = f.ExcludeFromImpact(max, app.Exclude{Ref: key("R1"), Item: key("reports"), Reason: "it reads a copy"}, nil)
		require.NoError(t, err)
		_, err = f.Connect(max, domain.RelAffects, key("R1"), key("reports"), nil, nil)
		require.Equal(t, "I10", refused(t, err, domain.RuleViolation, "input.to").Rule)
		_, err = f.IncludeInImpact(max, key("R1"), key("reports"), nil)
		require.NoError(t, err)
		_, err = f.Connect(max, domain.RelAffects, key("R1"), key("reports"), nil, nil)
		require.NoError(t, err)
	})
}

func TestABoardOfTheOtherSortIsRefusedAtOnce(t *testing.T) { // H1
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.put(domain.KindBoard, values{"key": "ECAB", "name": "Night", "members": []any{"ann"}, "emergency": true})
		f.request("N1")
		f.request("E1", values{"type": "EMERGENCY"})
		for request, board := range map[string]string{"N1": "ECAB", "E1": "CAB"} {
			_, err := f.Connect(f.ctx, domain.RelDecidedBy, key(request), key(board), nil, nil)
			require.Equal(t, "H1", refused(t, err, domain.RuleViolation, "input.to").Rule, request)
		}
		for request, board := range map[string]string{"N1": "CAB", "E1": "ECAB"} {
			_, err := f.Connect(f.ctx, domain.RelDecidedBy, key(request), key(board), nil, nil)
			require.NoError(t, err)
		}
		_, err := f.Update(f.ctx, domain.KindChangeRequest, key("N1"), values{"type": "EMERGENCY"}, nil, nil)
		require.Equal(t, "H1", refused(t, err, domain.RuleViolation, "input.patch.type").Rule)
		_, err = f.Update(f.ctx, domain.KindChangeRequest, key("N1"), values{"type": "STANDARD"}, nil, nil)
		require.NoError(t, err, "an ordinary board is in the way of no standard change")
		_, err = f.Update(f.ctx, domain.KindBoard, key("ECAB"), values{"emergency": false}, nil, nil)
		require.Equal(t, "H1", refused(t, err, domain.RuleViolation, "input.patch.emergency").Rule)
		require.ErrorContains(t, err, "E1 waits for ECAB")
		_, err = f.Disconnect(f.ctx, domain.RelDecidedBy, key("E1"), key("ECAB"), nil, nil)
		require.NoError(t, err)
		_, err = f.Update(f.ctx, domain.KindBoard, key("ECAB"), values{"emergency": false}, nil, nil)
		require.NoError(t, err)
	})
}

func TestVotesAndAssessmentsCountForThemselves(t *testing.T) { // H3
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1")
		f.submit("R1")
		require.Equal(t, "R1/assessment-1", f.assess("R1").Assessment.Key)
		second := f.assess("R1").Assessment
		require.Equal(t, "R1/assessment-2", second.Key)
		require.Equal(t, 2, second.Ordinal)
		v, err := f.vote("ann", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, "R1/vote-1", v.Vote.Key)
		require.Equal(t, "R1/assessment-3", f.assess("R1").Assessment.Key)
		_, err = f.CastVote(f.as("bob", domain.CABMember), app.CastVote{Ref: key("R1"), Verdict: domain.Reject}, nil)
		require.Equal(t, "H3", refused(t, err, domain.RuleViolation, "input.comment").Rule, "a rejection says why")
		v, err = f.vote("bob", "R1", domain.Reject)
		require.NoError(t, err)
		require.Equal(t, "R1/vote-2", v.Vote.Key)

		f.request("R2")
		f.submit("R2")
		_, err = f.Update(f.ctx, domain.KindChangeRequest, key("R1"), values{"key": "R0"}, nil, nil)
		require.NoError(t, err)
		_, err = f.Update(f.ctx, domain.KindChangeRequest, key("R2"), values{"key": "R1"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, "R1/assessment-4", f.assess("R1").Assessment.Key, "the names of the request that had the key stay its own")
	})
}

func TestMinutesTellTheBoardAsItWasWhenItDecided(t *testing.T) { // H3, C4
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.authorised("R1")
		decided := f.rfc("R1").DecidedAt
		_, err := f.Update(f.ctx, domain.KindBoard, key("CAB"), values{"quorum": 4, "members": []any{"dan", "eva", "fay", "gil"}}, nil, nil)
		require.NoError(t, err)
		during := domain.TimeRange{From: decided.Add(-time.Hour), To: decided.Add(time.Second)}
		minutes, err := f.BoardMinutes(f.ctx, key("CAB"), during)
		require.NoError(t, err)
		want := minutes.Markdown()
		require.Contains(t, want, "Decision: **AUTHORISED**. It needed 2 votes of ann, bob, cid.")

		_, err = f.implement("rita", "R1", domain.Requester)
		require.NoError(t, err)
		_, err = f.review("max", "R1", domain.OutcomeBackedOut, "much")
		require.NoError(t, err)
		f.assess("R1")
		minutes, err = f.BoardMinutes(f.ctx, key("CAB"), during)
		require.NoError(t, err)
		require.Equal(t, want, minutes.Markdown(), "what becomes of the request later changes no minutes")
	})
}

func TestABaselineIsNoDifferenceFromItself(t *testing.T) { // C4
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db")
		_, err := f.CreateBaseline(f.ctx, domain.NewBaseline{Key: "before", Name: "Before"}, nil)
		require.NoError(t, err)
		from := domain.AsOf{Baseline: some("before")}
		d, err := f.Diff(f.ctx, from, nil, nil)
		require.NoError(t, err)
		require.Empty(t, d.Summary())
		_, err = f.CreateBaseline(f.ctx, domain.NewBaseline{Key: "other", Name: "Other"}, nil)
		require.NoError(t, err)
		d, err = f.Diff(f.ctx, from, nil, nil)
		require.NoError(t, err)
		require.Len(t, d.Summary(), 1, "another one is")
	})
}

// An exception is granted for a plan, and falls with it: when the window, the
// items or the sites become others the freeze holds again, whoever changes them.
func TestAnExceptionFallsWhenThePlanItWasGrantedForChanges(t *testing.T) { // P7, H6
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.site("par")
		window := values{"plannedFrom": "2026-04-01T20:00:00Z", "plannedTo": "2026-04-01T22:00:00Z"}
		_, err := f.CreateFreeze(f.ctx, newFreeze{
			Key: "peak", Name: "Peak", Everywhere: some(true), From: some(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)), To: some(time.Date(2026, 4, 9, 0, 0, 0, 0, time.UTC)),
		}, nil)
		require.NoError(t, err)
		rita := f.as("rita", domain.Requester)
		excepted := func(k string) {
			t.Helper()
			f.request(k, window)
			require.Equal(t, []string{"peak"}, f.heldBy(k))
			in := domain.NewException{Key: k + "-x", Freeze: &domain.Ref{Key: some("peak")}, ChangeRequest: &domain.Ref{Key: some(k)}, Reason: "it cannot wait"}
			_, err := f.RequestFreezeException(rita, in, nil)
			require.NoError(t, err)
			_, err = f.DecideFreezeException(f.as("olga", domain.OperationsManager), key(k+"-x"), domain.GrantException, nil, nil, nil)
			require.NoError(t, err)
			require.Empty(t, f.heldBy(k))
			require.True(t, f.stands(k+"-x"))
		}
		update := func(patch values) func(string) error {
			return func(k string) error {
				_, err := f.Update(rita, domain.KindChangeRequest, key(k), patch, nil, nil)
				return err
			}
		}
		brings := func(line string) func(string) error {
			return func(k string) error {
				_, err := f.ImportLines(f.ctx, app.ImportLinesInput{Overwrite: true, Lines: []string{line[:len(line)-1] + `,"from":"ChangeRequest:` + k + `"}`}}, nil)
				return err
			}
		}
		n := 0
		for what, change := range map[string]func(string) error{
			"its window": update(values{"plannedFrom": "2026-04-02T20:00:00Z", "plannedTo": "2026-04-02T22:00:00Z"}),
			"its end":    update(values{"plannedTo": "2026-04-01T23:00:00Z"}),
			"its items": func(k string) error {
				_, err := f.Connect(rita, domain.RelAffects, key(k), key("shop"), nil, nil)
				return err
			},
			"its sites": func(k string) error {
				_, err := f.Connect(rita, domain.RelTakesPlaceAt, key(k), key("par"), nil, nil)
				return err
			},
			"its items, by an import": brings(`{"edge":"AFFECTS","to":"ConfigurationItem:reports"}`),
			"its sites, by an import": brings(`{"edge":"TAKES_PLACE_AT","to":"Site:par"}`),
		} {
			n++
			k := "X" + string(rune('0'+n))
			excepted(k)
			require.NoError(t, update(values{"plan": "another", "assignee": "ken"})(k))
			require.Empty(t, f.heldBy(k), "how it is done is not what the freeze minds")
			require.NoError(t, change(k))
			require.Equal(t, []string{"peak"}, f.heldBy(k), what)
			require.False(t, f.stands(k+"-x"), what)
			conflicts, err := f.ChangeConflicts(f.ctx, f.rfc(k), nil, nil)
			require.NoError(t, err)
			var kinds []domain.ConflictKind
			for _, c := range conflicts.Nodes {
				kinds = append(kinds, c.Kind)
			}
			require.Contains(t, kinds, domain.ConflictFreeze, what)
		}
	})
}

func (f *fixture) stands(k string) bool {
	f.t.Helper()
	x, err := f.Record(f.ctx, domain.KindFreezeException, key(k), nil)
	require.NoError(f.t, err)
	ok, err := f.ExceptionStands(f.ctx, x.(*domain.FreezeException))
	require.NoError(f.t, err)
	return ok
}

// One that was brought as granted says nothing of a plan: it is for the one that
// its change has when it is first looked at.
func TestAnExceptionThatWasBroughtIsForThePlanThatThereIs(t *testing.T) { // P7
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1", values{"plannedFrom": "2026-04-01T20:00:00Z", "plannedTo": "2026-04-01T22:00:00Z"})
		f.brings(
			`{"node":"Freeze","key":"peak","name":"Peak","everywhere":true,"from":"2026-04-01T00:00:00Z","to":"2026-04-09T00:00:00Z"}`,
			`{"node":"FreezeException","key":"X","name":"X","reason":"r","status":"GRANTED","decidedBy":"olga","decidedAt":"2026-02-01T00:00:00Z"}`,
			`{"edge":"EXCEPTS","from":"FreezeException:X","to":"Freeze:peak"}`,
			`{"edge":"EXCEPTION_FOR","from":"FreezeException:X","to":"ChangeRequest:R1"}`,
		)
		require.Empty(t, f.heldBy("R1"))
		require.True(t, f.stands("X"))
		_, err := f.Update(f.as("rita", domain.Requester), domain.KindChangeRequest, key("R1"), values{"plannedTo": "2026-04-01T23:00:00Z"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"peak"}, f.heldBy("R1"))
		require.False(t, f.stands("X"))
	})
}
