package app_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/interchange"
)

// as is the fixture's context with another actor.
func (f *fixture) as(name string, roles ...domain.Role) context.Context {
	return app.WithActor(f.WithLoads(f.t.Context()), domain.Actor{Name: name, Roles: roles})
}

// reviewed is an estate with a shop over a database, and a board of three that
// decides by two votes.
func (f *fixture) reviewed() {
	f.t.Helper()
	f.item("db", values{"class": "DATABASE", "criticality": 4, "users": 5})
	f.item("shop", values{"users": 900})
	f.item("reports", values{"class": "APPLICATION"})
	f.connect(domain.RelDependsOn, "shop", "db", values{"kind": "USES"})
	f.connect(domain.RelDependsOn, "reports", "db", values{"kind": "USES", "impact": "DEGRADED"})
	f.put(domain.KindBoard, values{"key": "CAB", "name": "The board", "members": []any{"ann", "bob", "cid"}, "quorum": 2})
}

func (f *fixture) put(kind string, in values) {
	f.t.Helper()
	_, err := f.Create(f.ctx, kind, in, nil)
	require.NoError(f.t, err)
}

// request is a draft of rita's with all that a board wants, on the database.
func (f *fixture) request(k string, more ...values) {
	f.t.Helper()
	in := values{
		"key": k, "name": "Change " + k, "justification": "it is slow", "plan": "a new index", "backOutKind": "FULL", "backOutPlan": "drop it",
	}
	for _, m := range more {
		for name, v := range m {
			in[name] = v
		}
	}
	_, err := f.Create(f.as("rita", domain.Requester), domain.KindChangeRequest, in, nil)
	require.NoError(f.t, err)
	_, err = f.Connect(f.as("rita", domain.Requester), domain.RelAffects, key(k), key("db"), nil, nil)
	require.NoError(f.t, err)
}

func (f *fixture) submit(k string) {
	f.t.Helper()
	_, err := f.SubmitChangeRequest(f.as("rita", domain.Requester), app.ChangeVerb{Ref: key(k)}, nil)
	require.NoError(f.t, err)
}

func (f *fixture) assess(k string) *app.Reviewed {
	f.t.Helper()
	r, err := f.AssessChangeRequest(f.as("max", domain.ChangeManager), app.Assess{Ref: key(k)}, nil)
	require.NoError(f.t, err)
	return r
}

func (f *fixture) vote(voter, k string, verdict domain.Verdict) (*app.Reviewed, error) {
	in := app.CastVote{Ref: key(k), Verdict: verdict}
	if verdict == domain.Reject {
		in.Comment = some("too risky")
	}
	return f.CastVote(f.as(voter, domain.CABMember), in, nil)
}

func (f *fixture) status(k string) domain.ChangeRequestStatus {
	f.t.Helper()
	c, err := f.Record(f.ctx, domain.KindChangeRequest, key(k), nil)
	require.NoError(f.t, err)
	return c.(*domain.ChangeRequest).Status
}

func TestAChangeIsAuthorisedByItsBoard(t *testing.T) { // H2, H3
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1")
		_, err := f.SubmitChangeRequest(f.as("rolf", domain.Requester), app.ChangeVerb{Ref: key("R1")}, nil)
		require.ErrorContains(t, err, "rolf may not submit R1, which rita asked for: rita may, and CHANGE_MANAGER and ADMIN may")
		refused(t, err, domain.Forbidden, "")
		f.submit("R1")
		r := f.assess("R1")
		require.Equal(t, domain.ChangeAssessed, r.ChangeRequest.Status)
		require.Equal(t, []string{"shop"}, r.Assessment.HitFull)
		require.Equal(t, []string{"reports"}, r.Assessment.HitDegraded)
		require.Equal(t, 900, r.Assessment.Users)
		require.Equal(t, r.Assessment.Risk, *r.ChangeRequest.Risk)

		voted, err := f.vote("ann", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAssessed, voted.ChangeRequest.Status)
		_, err = f.vote("ann", "R1", domain.Approve)
		require.ErrorContains(t, err, "nobody votes twice")
		voted, err = f.vote("bob", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAuthorised, voted.ChangeRequest.Status)
		require.NotNil(t, voted.ChangeRequest.DecidedAt)

		_, err = f.vote("cid", "R1", domain.Reject)
		e := refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, "H2", e.Rule)
		_, err = f.Update(f.as("rita", domain.Requester), domain.KindChangeRequest, key("R1"), values{"plan": "another"}, nil, nil)
		require.Equal(t, "H4", refused(t, err, domain.RuleViolation, "input.patch").Rule)
		_, err = f.Connect(f.as("rita", domain.Requester), domain.RelAffects, key("R1"), key("shop"), nil, nil)
		require.Equal(t, "H4", refused(t, err, domain.RuleViolation, "input.from").Rule)
		_, err = f.Update(f.as("rita", domain.Requester), domain.KindChangeRequest, key("R1"), values{
			"plannedFrom": "2026-04-01T20:00:00Z", "plannedTo": "2026-04-01T22:00:00Z"}, nil, nil)
		require.NoError(t, err, "what was decided can still be planned for another time")
	})
}

func TestAnOutdatedAssessmentAuthorisesNothing(t *testing.T) { // H3
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1")
		f.submit("R1")
		first := f.assess("R1")
		_, err := f.vote("ann", "R1", domain.Approve)
		require.NoError(t, err)

		because := func() []string {
			reasons, err := f.AssessmentOutdated(f.ctx, first.Assessment)
			require.NoError(t, err)
			return reasons
		}
		require.Empty(t, because())
		f.item("elsewhere")
		_, err = f.Update(f.ctx, domain.KindConfigurationItem, key("shop"), values{"description": "words"}, nil, nil)
		require.NoError(t, err)
		require.Empty(t, because(), "nothing that it rests on has changed")

		f.item("app")
		f.connect(domain.RelDependsOn, "app", "shop", values{"kind": "USES"})
		require.Equal(t, []string{"DEPENDS_ON from app to shop was added"}, because())
		_, err = f.vote("bob", "R1", domain.Approve)
		e := refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, "H3", e.Rule)
		require.ErrorContains(t, err, "DEPENDS_ON from app to shop was added")
		require.Equal(t, domain.ChangeAssessed, f.status("R1"))

		again := f.assess("R1")
		require.Equal(t, []string{"shop", "app"}, again.Assessment.HitFull)
		_, err = f.vote("bob", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAssessed, f.status("R1"), "ann voted on other findings")
		_, err = f.vote("ann", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAuthorised, f.status("R1"))
	})
}

func TestVotesFallWithTheContentWhoeverChangesIt(t *testing.T) { // H3
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1")
		f.submit("R1")
		f.assess("R1")
		stands := func() bool {
			t.Helper()
			r, err := f.vote("ann", "R1", domain.Approve)
			require.NoError(t, err)
			before := r.Vote
			return func() bool {
				ok, err := f.VoteStands(f.WithLoads(t.Context()), before)
				require.NoError(t, err)
				return ok
			}()
		}
		require.True(t, stands())
		content := func() int {
			c, err := f.Record(f.ctx, domain.KindChangeRequest, key("R1"), nil)
			require.NoError(t, err)
			return c.(*domain.ChangeRequest).ContentVersion
		}
		before := content()
		_, err := f.Update(f.as("rita", domain.Requester), domain.KindChangeRequest, key("R1"), values{"plan": "another"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, before+1, content())
		require.True(t, stands(), "who voted on other content votes again")

		f.site("par")
		_, err = f.Connect(f.as("rita", domain.Requester), domain.RelTakesPlaceAt, key("R1"), key("par"), nil, nil)
		require.NoError(t, err)
		require.Equal(t, before+2, content())
		_, err = f.Connect(f.as("rita", domain.Requester), domain.RelTakesPlaceAt, key("R1"), key("par"), nil, nil)
		require.NoError(t, err)
		require.Equal(t, before+2, content(), "what is there already changes nothing")
		_, err = f.Update(f.as("rita", domain.Requester), domain.KindChangeRequest, key("R1"), values{"assignee": "ken"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, before+2, content(), "the board does not decide who does it")

		_, err = f.ImportLines(f.ctx, app.ImportLinesInput{Overwrite: true, Lines: []string{
			`{"node":"ChangeRequest","key":"R1","justification":"it is very slow"}`,
			`{"edge":"AFFECTS","from":"ChangeRequest:R1","to":"ConfigurationItem:reports"}`,
		}}, nil)
		require.NoError(t, err)
		require.Equal(t, before+3, content(), "an import counts as any other hand")
	})
}

func TestOfTwoWhoDecideAtOnceOneIsTold(t *testing.T) { // H3, C5
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1")
		f.submit("R1")
		f.assess("R1")
		_, err := f.vote("ann", "R1", domain.Approve)
		require.NoError(t, err)
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, voter := range []string{"bob", "cid"} {
			wait.Go(func() {
				_, errs[i] = f.vote(voter, "R1", []domain.Verdict{domain.Approve, domain.Reject}[i])
			})
		}
		wait.Wait()
		if errs[0] != nil {
			errs[0], errs[1] = errs[1], errs[0]
			require.Equal(t, domain.ChangeRejected, f.status("R1"))
		} else {
			require.Equal(t, domain.ChangeAuthorised, f.status("R1"))
		}
		require.NoError(t, errs[0])
		require.Equal(t, "H2", refused(t, errs[1], domain.RuleViolation, "input.ref").Rule)
	})
}

func TestAnEmergencyGoesToTheEmergencyBoard(t *testing.T) { // H1
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("E1", values{"type": "EMERGENCY"})
		f.submit("E1")
		_, err := f.AssessChangeRequest(f.as("max", domain.ChangeManager), app.Assess{Ref: key("E1")}, nil)
		require.ErrorContains(t, err, "an emergency board that decides")
		f.put(domain.KindBoard, values{"key": "ECAB", "name": "Night board", "members": []any{"ann", "dora"}, "emergency": true})
		f.assess("E1")
		_, err = f.vote("bob", "E1", domain.Approve)
		require.ErrorContains(t, err, "is decided by ECAB, of which bob is no member")
		r, err := f.vote("dora", "E1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeAuthorised, r.ChangeRequest.Status)
	})
}

func TestAModelTurnsOneRequestIntoAnAuthorisedChange(t *testing.T) { // H1, H7
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("pc", values{"class": "WORKSTATION"})
		f.item("db", values{"class": "DATABASE"})
		_, err := f.Create(f.ctx, domain.KindChangeModel, values{"key": "M", "name": "M", "preauthorised": true, "justification": "work"}, nil)
		require.ErrorContains(t, err, "a model that is approved beforehand needs a plan")
		f.put(domain.KindChangeModel, values{
			"key": "M", "name": "A new PC", "preauthorised": true, "classes": []any{"WORKSTATION"}, "justification": "work",
			"plan": "unpack it", "backOutKind": "FULL", "backOutPlan": "pack it",
		})
		in := app.FromModel{Model: key("M"), Key: "S1", Name: "A PC for Rita", Items: []*domain.Ref{{Key: some("pc")}}}
		w, err := f.RequestStandardChange(f.as("rita", domain.Requester), in, &domain.WriteOptions{IdempotencyKey: some("once")})
		require.NoError(t, err)
		c := w.Record.(*domain.ChangeRequest)
		require.Equal(t, domain.ChangeAuthorised, c.Status)
		require.Equal(t, "unpack it", *c.Plan)
		again, err := f.RequestStandardChange(f.as("rita", domain.Requester), in, &domain.WriteOptions{IdempotencyKey: some("once")})
		require.NoError(t, err)
		require.Equal(t, w.Revision, again.Revision)

		in.Key, in.Items = "S2", []*domain.Ref{{Key: some("db")}}
		_, err = f.RequestStandardChange(f.as("rita", domain.Requester), in, nil)
		require.Equal(t, "H7", refused(t, err, domain.RuleViolation, "input.items").Rule)
		require.ErrorContains(t, err, "db is of class DATABASE")
		drafted, err := f.DraftChangeFromModel(f.as("rita", domain.Requester), in, nil)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeDraft, drafted.Record.(*domain.ChangeRequest).Status)
	})
}

func TestWhatIsWithdrawnIsNotChanged(t *testing.T) { // H3
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.item("old", values{"status": "WITHDRAWN"})
		f.request("R1")
		_, err := f.Connect(f.ctx, domain.RelAffects, key("R1"), key("old"), nil, nil)
		require.Equal(t, "H3", refused(t, err, domain.RuleViolation, "input.to").Rule)
		_, err = f.WithdrawConfigurationItem(f.ctx, key("db"), nil, nil)
		require.NoError(t, err)
		_, err = f.SubmitChangeRequest(f.as("rita", domain.Requester), app.ChangeVerb{Ref: key("R1")}, nil)
		require.ErrorContains(t, err, "db is WITHDRAWN")
	})
}

func TestWhatIsExcludedStaysExcluded(t *testing.T) { // I10
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1")
		f.submit("R1")
		first := f.assess("R1")
		_, err := f.ExcludeFromImpact(f.as("max", domain.ChangeManager), app.Exclude{Ref: key("R1"), Item: key("reports"), Reason: "it reads a copy"}, nil)
		require.NoError(t, err)
		reasons, err := f.AssessmentOutdated(f.ctx, first.Assessment)
		require.NoError(t, err)
		require.Equal(t, []string{"EXCLUDES from R1 to reports was added"}, reasons)
		for range 2 {
			r := f.assess("R1")
			require.Equal(t, []string{"reports"}, r.Assessment.Excluded)
			require.Empty(t, r.Assessment.HitDegraded)
		}
		_, err = f.IncludeInImpact(f.as("max", domain.ChangeManager), key("R1"), key("reports"), nil)
		require.NoError(t, err)
		require.Equal(t, []string{"reports"}, f.assess("R1").Assessment.HitDegraded)
	})
}

func TestAnAssessmentKnowsWhatElseIsInFlight(t *testing.T) { // I6
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		night := values{"plannedFrom": "2026-04-01T20:00:00Z", "plannedTo": "2026-04-01T22:00:00Z"}
		f.request("R1", night)
		f.submit("R1")
		require.Empty(t, f.assess("R1").Assessment.InFlight)
		f.request("R2", night, values{"plannedTo": "2026-04-01T21:00:00Z"})
		_, err := f.Connect(f.ctx, domain.RelAffects, key("R2"), key("reports"), nil, nil)
		require.NoError(t, err)
		f.submit("R2")
		_, err = f.vote("ann", "R1", domain.Approve)
		require.ErrorContains(t, err, "R2 touches the same items in the same time")
		r := f.assess("R1").Assessment
		require.Equal(t, []string{"R2"}, r.InFlight)
		require.Equal(t, 1, r.Together, "the reports fail themselves, and so are no hit of both")

		from, to := time.Date(2026, 4, 1, 20, 30, 0, 0, time.UTC), time.Date(2026, 4, 1, 21, 30, 0, 0, time.UTC)
		found, err := f.Impact(f.ctx, domain.ImpactInput{
			Sources: domain.ImpactSourcesInput{ChangeRequests: []*domain.Ref{{Key: some("R1")}}}, During: &domain.TimeRange{From: from, To: to},
		}, nil)
		require.NoError(t, err)
		require.Len(t, found.InFlight(), 1)
		hits, err := found.Hits(context.Background(), nil, nil)
		require.NoError(t, err)
		require.Equal(t, 1, hits.TotalCount)
	})
}

func TestTheAgendaTellsForWhomARequestWaits(t *testing.T) { // H3
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1")
		f.request("R2", values{"priority": "HIGH"})
		f.put(domain.KindDelegation, values{"key": "D", "name": "D", "absent": "bob", "deputy": "zoe", "from": "2026-01-01T00:00:00Z"})
		_, err := f.ConfirmDelegation(f.as("bob", domain.CABMember), app.ChangeVerb{Ref: key("D")}, nil)
		require.NoError(t, err)
		for _, k := range []string{"R1", "R2"} {
			f.submit(k)
			f.assess(k)
		}
		_, err = f.vote("ann", "R1", domain.Approve)
		require.NoError(t, err)
		page, err := f.BoardAgenda(f.ctx, key("CAB"), nil, nil)
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
		voted, err := f.vote("zoe", "R1", domain.Approve)
		require.NoError(t, err)
		require.Equal(t, "bob", voted.Vote.Seat)
		_, err = f.vote("cid", "R2", domain.Reject)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeRejected, f.status("R2"))

		day := domain.TimeRange{From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)}
		minutes, err := f.BoardMinutes(f.ctx, key("CAB"), day)
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
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		in, err := f.ImportLines(f.ctx, app.ImportLinesInput{Lines: []string{
			`{"node":"ChangeRequest","key":"GOING","name":"Going live","type":"NORMAL","status":"IN_RELEASE","contentVersion":3}`,
			`{"edge":"AFFECTS","from":"GOING","to":"db"}`, `{"edge":"DECIDED_BY","from":"GOING","to":"CAB"}`,
		}}, nil)
		require.NoError(t, err)
		require.Empty(t, in.Wrong)

		_, err = f.review("max", "GOING", domain.OutcomeSuccessful, "")
		e := refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, "H2", e.Rule)
		require.ErrorContains(t, err, "backOutChangeRequest (to BACKED_OUT)", "the legal moves are named")
		_, err = f.BackOutChangeRequest(f.as("rita", domain.Requester), app.ChangeVerb{Ref: key("GOING")}, nil)
		require.Error(t, err, "a requester does not back out a release's change")
		require.Equal(t, domain.ChangeInRelease, f.status("GOING"))

		_, err = f.BackOutChangeRequest(f.as("max", domain.ChangeManager), app.ChangeVerb{Ref: key("GOING")}, nil)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeBackedOut, f.status("GOING"))
		f.assess("GOING")
		require.Equal(t, domain.ChangeAssessed, f.status("GOING"), "it returns to ASSESSED")
	})
}

func TestOnlyDraftsAreRemoved(t *testing.T) { // H2
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.request("R1")
		f.submit("R1")
		_, err := f.Remove(f.ctx, domain.KindChangeRequest, key("R1"), nil, nil)
		require.Equal(t, "H2", refused(t, err, domain.RuleViolation, "input.ref").Rule)
		_, err = f.WithdrawChangeRequest(f.as("rita", domain.Requester), app.ChangeVerb{Ref: key("R1")}, nil)
		require.NoError(t, err)
		require.Equal(t, domain.ChangeWithdrawn, f.status("R1"))
		_, err = f.SubmitChangeRequest(f.as("rita", domain.Requester), app.ChangeVerb{Ref: key("R1")}, nil)
		require.ErrorContains(t, err, "is WITHDRAWN, of type NORMAL, from where submitChangeRequest does not lead on; nothing leads on from there")
	})
}

func TestARequestThatAnImportBringsWholeKeepsItsVotes(t *testing.T) { // H3
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		im, err := f.Importer(f.ctx, app.ImportOptions{})
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
			_, err := im.Write(f.ctx, items)
			require.NoError(t, err)
		}
		c, err := f.Record(f.ctx, domain.KindChangeRequest, key("R9"), nil)
		require.NoError(t, err)
		require.Equal(t, 4, c.(*domain.ChangeRequest).ContentVersion)
	})
}
