package change_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/change"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// Put creates a record of a kind from its values alone.
// Submit hands a request in.
// Assess assesses a request as mia, who leads changes.
// Vote votes on a request in somebody's name.
// Status returns the status of a request.
func TestAChangeIsAuthorisedByItsBoard(t *testing.T) { // H2, H3
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1")
		_, err := f.Changes.SubmitChangeRequest(f.As("rolf", domain.Requester), change.ChangeVerb{Ref: apptest.Key("R1")}, nil)
		require.ErrorContains(t, err, "rolf may not submit R1, which rita asked for: rita may, and CHANGE_MANAGER and ADMIN may")
		apptest.Refused(t, err, domain.Forbidden, "")
		f.Submit("R1")
		r := f.Assess("R1")
		require.Equal(t, domain.ChangeAssessed, r.ChangeRequest.Status)
		require.Equal(t, []string{"shop"}, r.Assessment.HitFull)
		require.Equal(t, []string{"reports"}, r.Assessment.HitDegraded)
		require.Equal(t, 900, r.Assessment.Users)
		require.Equal(t, r.Assessment.Risk, *r.ChangeRequest.Risk)

		voted, err := f.Vote("ann", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAssessed, voted.ChangeRequest.Status)
		_, err = f.Vote("ann", "R1", domain.Approve)
		require.ErrorContains(t, err, "nobody votes twice")
		voted, err = f.Vote("bob", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAuthorised, voted.ChangeRequest.Status)
		require.NotNil(t, voted.ChangeRequest.DecidedAt)

		_, err = f.Vote("cid", "R1", domain.Reject)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, "H2", e.Rule)
		_, err = f.Records.Update(f.As("rita", domain.Requester), domain.KindChangeRequest, apptest.Key("R1"), apptest.Values{"plan": "another"}, nil, nil)
		require.Equal(t, "H4", apptest.Refused(t, err, domain.RuleViolation, "input.patch").Rule)
		_, err = f.Records.Connect(f.As("rita", domain.Requester), domain.RelAffects, apptest.Key("R1"), apptest.Key("shop"), nil, nil)
		require.Equal(t, "H4", apptest.Refused(t, err, domain.RuleViolation, "input.from").Rule)
		_, err = f.Records.Update(f.As("rita", domain.Requester), domain.KindChangeRequest, apptest.Key("R1"), apptest.Values{
			"plannedFrom": "2026-04-01T20:00:00Z", "plannedTo": "2026-04-01T22:00:00Z"}, nil, nil)
		require.NoError(t, err, "what was decided can still be planned for another time")
	})
}

func TestAnOutdatedAssessmentAuthorisesNothing(t *testing.T) { // H3
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1")
		f.Submit("R1")
		first := f.Assess("R1")
		_, err := f.Vote("ann", "R1", domain.Approve)
		require.NoError(t, err)

		because := func() []string {
			reasons, err := f.Changes.AssessmentOutdated(f.Ctx, first.Assessment)
			require.NoError(t, err)
			return reasons
		}
		require.Empty(t, because())
		f.Item("elsewhere")
		_, err = f.Records.Update(f.Ctx, domain.KindConfigurationItem, apptest.Key("shop"), apptest.Values{"description": "words"}, nil, nil)
		require.NoError(t, err)
		require.Empty(t, because(), "nothing that it rests on has changed")

		f.Item("app")
		f.Connect(domain.RelDependsOn, "app", "shop", apptest.Values{"kind": "USES"})
		require.Equal(t, []string{"DEPENDS_ON from app to shop was added"}, because())
		_, err = f.Vote("bob", "R1", domain.Approve)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, "H3", e.Rule)
		require.ErrorContains(t, err, "DEPENDS_ON from app to shop was added")
		require.Equal(t, domain.ChangeAssessed, f.Status("R1"))

		again := f.Assess("R1")
		require.Equal(t, []string{"shop", "app"}, again.Assessment.HitFull)
		_, err = f.Vote("bob", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAssessed, f.Status("R1"), "ann voted on other findings")
		_, err = f.Vote("ann", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAuthorised, f.Status("R1"))
	})
}

func TestVotesFallWithTheContentWhoeverChangesIt(t *testing.T) { // H3
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1")
		f.Submit("R1")
		f.Assess("R1")
		stands := func() bool {
			t.Helper()
			r, err := f.Vote("ann", "R1", domain.Approve)
			require.NoError(t, err)
			before := r.Vote
			return func() bool {
				ok, err := f.Changes.VoteStands(f.WithLoads(t.Context()), before)
				require.NoError(t, err)
				return ok
			}()
		}
		require.True(t, stands())
		content := func() int {
			c, err := f.Records.Record(f.Ctx, domain.KindChangeRequest, apptest.Key("R1"), nil)
			require.NoError(t, err)
			return c.(*domain.ChangeRequest).ContentVersion
		}
		before := content()
		_, err := f.Records.Update(f.As("rita", domain.Requester), domain.KindChangeRequest, apptest.Key("R1"), apptest.Values{"plan": "another"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, before+1, content())
		require.True(t, stands(), "who voted on other content votes again")

		f.Site("par")
		_, err = f.Records.Connect(f.As("rita", domain.Requester), domain.RelTakesPlaceAt, apptest.Key("R1"), apptest.Key("par"), nil, nil)
		require.NoError(t, err)
		require.Equal(t, before+2, content())
		_, err = f.Records.Connect(f.As("rita", domain.Requester), domain.RelTakesPlaceAt, apptest.Key("R1"), apptest.Key("par"), nil, nil)
		require.NoError(t, err)
		require.Equal(t, before+2, content(), "what is there already changes nothing")
		_, err = f.Records.Update(f.As("rita", domain.Requester), domain.KindChangeRequest, apptest.Key("R1"), apptest.Values{"assignee": "ken"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, before+2, content(), "the board does not decide who does it")

		_, err = f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Overwrite: true, Lines: []string{
			`{"node":"ChangeRequest","key":"R1","justification":"it is very slow"}`,
			`{"edge":"AFFECTS","from":"ChangeRequest:R1","to":"ConfigurationItem:reports"}`,
		}}, nil)
		require.NoError(t, err)
		require.Equal(t, before+3, content(), "an import counts as any other hand")
	})
}

func TestOfTwoWhoDecideAtOnceOneIsTold(t *testing.T) { // H3, C5
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1")
		f.Submit("R1")
		f.Assess("R1")
		_, err := f.Vote("ann", "R1", domain.Approve)
		require.NoError(t, err)
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, voter := range []string{"bob", "cid"} {
			wait.Go(func() {
				_, errs[i] = f.Vote(voter, "R1", []domain.Verdict{domain.Approve, domain.Reject}[i])
			})
		}
		wait.Wait()
		if errs[0] != nil {
			errs[0], errs[1] = errs[1], errs[0]
			require.Equal(t, domain.ChangeRejected, f.Status("R1"))
		} else {
			require.Equal(t, domain.ChangeAuthorised, f.Status("R1"))
		}
		require.NoError(t, errs[0])
		require.Equal(t, "H2", apptest.Refused(t, errs[1], domain.RuleViolation, "input.ref").Rule)
	})
}

func TestAnEmergencyGoesToTheEmergencyBoard(t *testing.T) { // H1
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("E1", apptest.Values{"type": "EMERGENCY"})
		f.Submit("E1")
		_, err := f.Changes.AssessChangeRequest(f.As("max", domain.ChangeManager), change.Assess{Ref: apptest.Key("E1")}, nil)
		require.ErrorContains(t, err, "an emergency board that decides")
		f.Put(domain.KindBoard, apptest.Values{"key": "ECAB", "name": "Night board", "members": []any{"ann", "dora"}, "emergency": true})
		f.Assess("E1")
		_, err = f.Vote("bob", "E1", domain.Approve)
		require.ErrorContains(t, err, "is decided by ECAB, of which bob is no member")
		r, err := f.Vote("dora", "E1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAuthorised, r.ChangeRequest.Status)
	})
}

func TestAModelTurnsOneRequestIntoAnAuthorisedChange(t *testing.T) { // H1, H7
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("pc", apptest.Values{"class": "WORKSTATION"})
		f.Item("db", apptest.Values{"class": "DATABASE"})
		_, err := f.Records.Create(f.Ctx, domain.KindChangeModel, apptest.Values{"key": "M", "name": "M", "preauthorised": true, "justification": "work"}, nil)
		require.ErrorContains(t, err, "a model that is approved beforehand needs a plan")
		f.Put(domain.KindChangeModel, apptest.Values{
			"key": "M", "name": "A new PC", "preauthorised": true, "classes": []any{"WORKSTATION"}, "justification": "work",
			"plan": "unpack it", "backOutKind": "FULL", "backOutPlan": "pack it",
		})
		in := change.FromModel{Model: apptest.Key("M"), Key: "S1", Name: "A PC for Rita", Items: []*domain.Ref{{Key: apptest.Some("pc")}}}
		w, err := f.Changes.RequestStandardChange(f.As("rita", domain.Requester), in, &domain.WriteOptions{IdempotencyKey: apptest.Some("once")})
		require.NoError(t, err)
		c := w.Record.(*domain.ChangeRequest)
		require.Equal(t, domain.ChangeAuthorised, c.Status)
		require.Equal(t, "unpack it", *c.Plan)
		again, err := f.Changes.RequestStandardChange(f.As("rita", domain.Requester), in, &domain.WriteOptions{IdempotencyKey: apptest.Some("once")})
		require.NoError(t, err)
		require.Equal(t, w.Revision, again.Revision)

		in.Key, in.Items = "S2", []*domain.Ref{{Key: apptest.Some("db")}}
		_, err = f.Changes.RequestStandardChange(f.As("rita", domain.Requester), in, nil)
		require.Equal(t, "H7", apptest.Refused(t, err, domain.RuleViolation, "input.items").Rule)
		require.ErrorContains(t, err, "db is of class DATABASE")
		drafted, err := f.Changes.DraftChangeFromModel(f.As("rita", domain.Requester), in, nil)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeDraft, drafted.Record.(*domain.ChangeRequest).Status)
	})
}

func TestWhatIsWithdrawnIsNotChanged(t *testing.T) { // H3
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Item("old", apptest.Values{"status": "WITHDRAWN"})
		f.Request("R1")
		_, err := f.Records.Connect(f.Ctx, domain.RelAffects, apptest.Key("R1"), apptest.Key("old"), nil, nil)
		require.Equal(t, "H3", apptest.Refused(t, err, domain.RuleViolation, "input.to").Rule)
		_, err = f.Configuration.WithdrawConfigurationItem(f.Ctx, apptest.Key("db"), nil, nil)
		require.NoError(t, err)
		_, err = f.Changes.SubmitChangeRequest(f.As("rita", domain.Requester), change.ChangeVerb{Ref: apptest.Key("R1")}, nil)
		require.ErrorContains(t, err, "db is WITHDRAWN")
	})
}

func TestWhatIsExcludedStaysExcluded(t *testing.T) { // I10
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1")
		f.Submit("R1")
		first := f.Assess("R1")
		_, err := f.Changes.ExcludeFromImpact(f.As("max", domain.ChangeManager), change.Exclude{Ref: apptest.Key("R1"), Item: apptest.Key("reports"), Reason: "it reads a copy"}, nil)
		require.NoError(t, err)
		reasons, err := f.Changes.AssessmentOutdated(f.Ctx, first.Assessment)
		require.NoError(t, err)
		require.Equal(t, []string{"EXCLUDES from R1 to reports was added"}, reasons)
		for range 2 {
			r := f.Assess("R1")
			require.Equal(t, []string{"reports"}, r.Assessment.Excluded)
			require.Empty(t, r.Assessment.HitDegraded)
		}
		_, err = f.Changes.IncludeInImpact(f.As("max", domain.ChangeManager), apptest.Key("R1"), apptest.Key("reports"), nil)
		require.NoError(t, err)
		require.Equal(t, []string{"reports"}, f.Assess("R1").Assessment.HitDegraded)
	})
}

func TestAnAssessmentKnowsWhatElseIsInFlight(t *testing.T) { // I6
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		night := apptest.Values{"plannedFrom": "2026-04-01T20:00:00Z", "plannedTo": "2026-04-01T22:00:00Z"}
		f.Request("R1", night)
		f.Submit("R1")
		require.Empty(t, f.Assess("R1").Assessment.InFlight)
		f.Request("R2", night, apptest.Values{"plannedTo": "2026-04-01T21:00:00Z"})
		_, err := f.Records.Connect(f.Ctx, domain.RelAffects, apptest.Key("R2"), apptest.Key("reports"), nil, nil)
		require.NoError(t, err)
		f.Submit("R2")
		_, err = f.Vote("ann", "R1", domain.Approve)
		require.ErrorContains(t, err, "R2 touches the same items in the same time")
		r := f.Assess("R1").Assessment
		require.Equal(t, []string{"R2"}, r.InFlight)
		require.Equal(t, 1, r.Together, "the reports fail themselves, and so are no hit of both")

		from, to := time.Date(2026, 4, 1, 20, 30, 0, 0, time.UTC), time.Date(2026, 4, 1, 21, 30, 0, 0, time.UTC)
		found, err := f.Impact.Impact(f.Ctx, domain.ImpactInput{
			Sources: domain.ImpactSourcesInput{ChangeRequests: []*domain.Ref{{Key: apptest.Some("R1")}}}, During: &domain.TimeRange{From: from, To: to},
		}, nil)
		require.NoError(t, err)
		require.Len(t, found.InFlight(), 1)
		hits, err := found.Hits(context.Background(), nil, nil)
		require.NoError(t, err)
		require.Equal(t, 1, hits.TotalCount)
	})
}

func TestTheAgendaTellsForWhomARequestWaits(t *testing.T) { // H3
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1")
		f.Request("R2", apptest.Values{"priority": "HIGH"})
		f.Put(domain.KindDelegation, apptest.Values{"key": "D", "name": "D", "absent": "bob", "deputy": "zoe", "from": "2026-01-01T00:00:00Z"})
		_, err := f.Changes.ConfirmDelegation(f.As("bob", domain.CABMember), change.ChangeVerb{Ref: apptest.Key("D")}, nil)
		require.NoError(t, err)
		for _, k := range []string{"R1", "R2"} {
			f.Submit(k)
			f.Assess(k)
		}
		_, err = f.Vote("ann", "R1", domain.Approve)
		require.NoError(t, err)
		page, err := f.Changes.BoardAgenda(f.Ctx, apptest.Key("CAB"), nil, nil)
		require.NoError(t, err)
		require.Len(t, page.Nodes, 2)
		require.Equal(t, "R2", page.Nodes[0].ChangeRequest.Key, "the more urgent first")
		r1 := page.Nodes[1]
		require.Len(t, r1.WaitsFor, 2)
		require.Equal(t, "bob", r1.WaitsFor[0].Member.Name)
		require.Len(t, r1.WaitsFor[0].Deputies, 1)
		require.Equal(t, "zoe", r1.WaitsFor[0].Deputies[0].Name)
		require.Equal(t, "cid", r1.WaitsFor[1].Member.Name)
		require.Empty(t, r1.WaitsFor[1].Deputies)
		require.Equal(t, 1, r1.Approvals)
		voted, err := f.Vote("zoe", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, "bob", voted.Vote.Seat)
		_, err = f.Vote("cid", "R2", domain.Reject)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeRejected, f.Status("R2"))

		day := domain.TimeRange{From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
		minutes, err := f.Changes.BoardMinutes(f.Ctx, apptest.Key("CAB"), day)
		require.NoError(t, err)
		text := minutes.Markdown()
		require.Contains(t, text, "Voting: ann, cid, zoe.")
		require.Contains(t, text, "APPROVE | zoe for bob")
		require.Contains(t, text, "## R1: Change R1")
		require.Contains(t, text, "Decision: **AUTHORISED**. It needed 2 votes of ann, bob, cid.")
		require.Contains(t, text, "Decision: **REJECTED**")
	})
}

func TestAChangeThatAReleaseBacksOutIsAssessedAnew(t *testing.T) { // H2
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		in, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{
			`{"node":"ChangeRequest","key":"GOING","name":"Going live","type":"NORMAL","status":"IN_RELEASE","contentVersion":3}`,
			`{"edge":"AFFECTS","from":"GOING","to":"db"}`, `{"edge":"DECIDED_BY","from":"GOING","to":"CAB"}`,
		}}, nil)
		require.NoError(t, err)
		require.Empty(t, in.Wrong)

		_, err = review(f, "max", "GOING", domain.OutcomeSuccessful, "")
		e := apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, "H2", e.Rule)
		require.ErrorContains(t, err, "backOutChangeRequest (to BACKED_OUT)", "the legal moves are named")
		_, err = f.Changes.BackOutChangeRequest(f.As("rita", domain.Requester), change.ChangeVerb{Ref: apptest.Key("GOING")}, nil)
		require.Error(t, err, "a requester does not back out a release's change")
		require.Equal(t, domain.ChangeInRelease, f.Status("GOING"))

		_, err = f.Changes.BackOutChangeRequest(f.As("max", domain.ChangeManager), change.ChangeVerb{Ref: apptest.Key("GOING")}, nil)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeBackedOut, f.Status("GOING"))
		f.Assess("GOING")
		require.Equal(t, domain.ChangeAssessed, f.Status("GOING"), "it returns to ASSESSED")
	})
}

func TestOnlyDraftsAreRemoved(t *testing.T) { // H2
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Request("R1")
		f.Submit("R1")
		_, err := f.Records.Remove(f.Ctx, domain.KindChangeRequest, apptest.Key("R1"), nil, nil)
		require.Equal(t, "H2", apptest.Refused(t, err, domain.RuleViolation, "input.ref").Rule)
		_, err = f.Changes.WithdrawChangeRequest(f.As("rita", domain.Requester), change.ChangeVerb{Ref: apptest.Key("R1")}, nil)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeWithdrawn, f.Status("R1"))
		_, err = f.Changes.SubmitChangeRequest(f.As("rita", domain.Requester), change.ChangeVerb{Ref: apptest.Key("R1")}, nil)
		require.ErrorContains(t, err, "is WITHDRAWN, of type NORMAL, from where submitChangeRequest does not lead on; nothing leads on from there")
	})
}

func TestARequestThatAnImportBringsWholeKeepsItsVotes(t *testing.T) { // H3
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		im, err := f.Bulk.Importer(f.Ctx, bulk.ImportOptions{})
		require.NoError(t, err)
		for _, lines := range [][]string{
			{`{"node":"ChangeRequest","key":"R9","name":"Old","status":"ASSESSED","contentVersion":4}`,
				`{"node":"Vote","key":"V","name":"V","voter":"ann","seat":"ann","verdict":"APPROVE","board":"CAB","castAt":"2026-01-01T00:00:00Z","contentVersion":4}`},
			{`{"edge":"CAST_ON","from":"Vote:V","to":"ChangeRequest:R9"}`},
			{`{"edge":"AFFECTS","from":"ChangeRequest:R9","to":"ConfigurationItem:db"}`},
		} {
			var items []*interchange.Item
			for _, line := range lines {
				r, errs := interchange.Parse([]byte(line))
				require.Empty(t, errs)
				i, errs := interchange.Prepare(r)
				require.Empty(t, errs)
				items = append(items, i)
			}
			_, err := im.Write(f.Ctx, items)
			require.NoError(t, err)
		}
		c, err := f.Records.Record(f.Ctx, domain.KindChangeRequest, apptest.Key("R9"), nil)
		require.NoError(t, err)
		require.Equal(t, 4, c.(*domain.ChangeRequest).ContentVersion)
	})
}
