package app_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

// The night in which changes are carried out, before the fixture's clock begins.
var (
	nightBegins = time.Date(2026, 2, 27, 22, 0, 0, 0, time.UTC)
	nightEnds   = nightBegins.Add(2 * time.Hour)
)

func (f *fixture) implement(who, k string, roles ...domain.Role) (*app.Written, error) {
	in := app.ImplementChange{Ref: key(k), ActualFrom: nightBegins, ActualTo: nightEnds, LeftUndone: some("the old index"), Proof: some("run 12")}
	return f.ImplementChangeRequest(f.as(who, roles...), in, nil)
}

func (f *fixture) review(who, k string, outcome domain.ReviewOutcome, learnt string) (*app.Written, error) {
	in := app.ReviewChange{Ref: key(k), Outcome: outcome, Learnt: &learnt}
	return f.ReviewChangeRequest(f.as(who, domain.ChangeManager), in, nil)
}

// authorised is a request of rita's that its board has authorised.
func (f *fixture) authorised(k string, more ...values) {
	f.t.Helper()
	f.request(k, more...)
	f.submit(k)
	f.assess(k)
	for _, voter := range []string{"ann", "bob"} {
		_, err := f.vote(voter, k, domain.Approve)
		require.NoError(f.t, err)
	}
}

func (f *fixture) rfc(k string) *domain.ChangeRequest {
	f.t.Helper()
	c, err := f.Record(f.ctx, domain.KindChangeRequest, key(k), nil)
	require.NoError(f.t, err)
	return c.(*domain.ChangeRequest)
}

func TestAChangeOutsideAnyReleaseIsCarriedOutReviewedAndClosed(t *testing.T) { // H8
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.put(domain.KindProblem, values{"key": "P1", "name": "Slow", "cause": "no index"})
		f.authorised("R1", values{"assignee": "ken"})
		_, err := f.Connect(f.ctx, domain.RelResolves, key("R1"), key("P1"), nil, nil)
		require.NoError(t, err)
		for _, verb := range []func() (*app.Written, error){
			func() (*app.Written, error) { return f.DiagnoseProblem(f.ctx, key("P1"), nil, nil, nil) },
			func() (*app.Written, error) { return f.ResolveProblem(f.ctx, key("P1"), some("it is fast"), nil, nil) },
		} {
			_, err := verb()
			require.NoError(t, err)
		}
		_, err = f.CloseProblem(f.ctx, key("P1"), nil, nil)
		require.ErrorContains(t, err, "still under way: R1")

		_, err = f.review("max", "R1", domain.OutcomeSuccessful, "")
		require.ErrorContains(t, err, "is AUTHORISED, of type NORMAL, from where reviewChangeRequest does not lead on")
		_, err = f.implement("rolf", "R1", domain.Requester)
		refused(t, err, domain.Forbidden, "")
		_, err = f.implement("ken", "R1", domain.Viewer)
		refused(t, err, domain.Forbidden, "")
		w, err := f.implement("ken", "R1", domain.OperationsManager)
		require.NoError(t, err, "whoever is to carry it out says that it is done")
		c := w.Record.(*domain.ChangeRequest)
		require.Equal(t, domain.ChangeImplemented, c.Status)
		require.NotNil(t, c.ImplementedAt)
		c = f.rfc("R1")
		require.True(t, c.ActualFrom.Equal(nightBegins))
		require.True(t, c.ActualTo.Equal(nightEnds))
		require.Equal(t, "the old index", *c.LeftUndone)
		require.Equal(t, "run 12", *c.Proof)
		_, err = f.CloseProblem(f.ctx, key("P1"), nil, nil)
		require.NoError(t, err, "what resolves it is not under way any more")

		_, err = f.ReviewChangeRequest(f.as("rita", domain.Requester), app.ReviewChange{Ref: key("R1"), Outcome: domain.OutcomeSuccessful}, nil)
		refused(t, err, domain.Forbidden, "")
		_, err = f.review("max", "R1", domain.OutcomeWithIssues, "")
		require.Equal(t, "H8", refused(t, err, domain.RuleViolation, "input.learnt").Rule)
		w, err = f.review("max", "R1", domain.OutcomeWithIssues, "Build it at night.")
		require.NoError(t, err)
		require.Equal(t, domain.ChangeClosed, w.Record.(*domain.ChangeRequest).Status)
		c = f.rfc("R1")
		require.Equal(t, "max", *c.ReviewedBy)
		require.Equal(t, "Build it at night.", *c.Learnt)
		require.NotNil(t, c.ClosedAt)
	})
}

func TestAStandardChangeNeedsNoBoardToBeCarriedOut(t *testing.T) { // H7, H8
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("pc", values{"class": "WORKSTATION"})
		f.put(domain.KindChangeModel, values{
			"key": "M", "name": "A new PC", "preauthorised": true, "justification": "work", "plan": "unpack it", "backOutKind": "FULL", "backOutPlan": "pack it",
		})
		in := app.FromModel{Model: key("M"), Key: "S1", Name: "A PC for Rita", Items: []*domain.Ref{{Key: some("pc")}}}
		_, err := f.RequestStandardChange(f.as("rita", domain.Requester), in, nil)
		require.NoError(t, err)
		_, err = f.implement("rita", "S1", domain.Requester)
		require.NoError(t, err)
		_, err = f.review("max", "S1", domain.OutcomeSuccessful, "")
		require.NoError(t, err)
		require.Equal(t, domain.ChangeClosed, f.status("S1"))
	})
}

func TestABoardThatLeavesItToReleasesLetsNothingBeCarriedOutOtherwise(t *testing.T) { // H8
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.authorised("R1")
		_, err := f.Update(f.ctx, domain.KindBoard, key("CAB"), values{"releaseOnly": true}, nil, nil)
		require.NoError(t, err)
		_, err = f.implement("max", "R1", domain.ChangeManager)
		e := refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, "H8", e.Rule)
		require.Equal(t, "OUTSIDE_RELEASE", e.Details["missing"])
		moves, err := f.ChangeMoves(f.ctx, f.rfc("R1"))
		require.NoError(t, err)
		require.Equal(t, "implementChangeRequest", *moves[1].Verb)
		require.Equal(t, e.Details["missing"], string(moves[1].Lacks[0].Need))
	})
}

func TestWhatAFreezeHoldsIsNotCarriedOut(t *testing.T) { // H8, P7
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.authorised("R1", values{"plannedFrom": "2026-04-01T20:00:00Z", "plannedTo": "2026-04-01T22:00:00Z"})
		_, err := f.CreateFreeze(f.ctx, newFreeze{
			Key: "peak", Name: "Peak", Everywhere: some(true), From: some(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)), To: some(time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)),
		}, nil)
		require.NoError(t, err)
		_, err = f.implement("rita", "R1", domain.Requester)
		require.ErrorContains(t, err, "an end of its hold by peak")
		_, err = f.LiftFreeze(f.ctx, key("peak"), nil, nil)
		require.NoError(t, err)
		_, err = f.implement("rita", "R1", domain.Requester)
		require.NoError(t, err)
	})
}

func TestAChangeThatFailedResolvesNoProblem(t *testing.T) { // H8, PROBLEM
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.put(domain.KindProblem, values{"key": "P1", "name": "Slow", "cause": "no index"})
		f.authorised("R1")
		_, err := f.Connect(f.ctx, domain.RelResolves, key("R1"), key("P1"), nil, nil)
		require.NoError(t, err)
		_, err = f.DiagnoseProblem(f.ctx, key("P1"), nil, nil, nil)
		require.NoError(t, err)
		_, err = f.implement("rita", "R1", domain.Requester)
		require.NoError(t, err)
		_, err = f.review("max", "R1", domain.OutcomeFailed, "It is as slow as before.")
		require.NoError(t, err)
		require.Equal(t, domain.ChangeClosed, f.status("R1"))
		_, err = f.ResolveProblem(f.ctx, key("P1"), nil, nil, nil)
		require.Equal(t, "RESOLUTION", refused(t, err, domain.RuleViolation, "input.resolution").Details["missing"])
	})
}

// What is carried out is planned, in flight and in anybody's way no longer.
func TestWhatIsCarriedOutLeavesThePlan(t *testing.T) { // H5, H6, H8, I6, I7
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		night := values{"plannedFrom": "2026-02-27T21:00:00Z", "plannedTo": "2026-02-28T00:00:00Z", "assignee": "ken"}
		f.authorised("R1", night)
		f.authorised("R2", night)
		during := domain.TimeRange{From: nightBegins.Add(-time.Hour), To: nightEnds}
		conflicts := func() int {
			found, err := f.ScheduleConflicts(f.ctx, during, nil, []domain.ConflictKind{domain.ConflictDirect}, nil, nil)
			require.NoError(t, err)
			return found.TotalCount
		}
		inFlight := func() int {
			found, err := f.Impact(f.ctx, domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: []*domain.Ref{{Key: some("db")}}}, During: &during}, nil)
			require.NoError(t, err)
			return len(found.InFlight())
		}
		work := func(who string, why domain.WorkReason, roles ...domain.Role) (keys []string) {
			page, err := f.MyWork(f.as(who, roles...), nil, nil)
			require.NoError(t, err)
			for _, w := range page.Nodes {
				if w.Why == why {
					keys = append(keys, w.Record.Meta().Key)
				}
			}
			return keys
		}
		require.Equal(t, 1, conflicts())
		require.Equal(t, 2, inFlight())
		require.Equal(t, []string{"R1", "R2"}, work("ken", domain.WorkCarryOut, domain.OperationsManager))
		require.Empty(t, work("max", domain.WorkReview, domain.ChangeManager))

		_, err := f.implement("ken", "R1", domain.OperationsManager)
		require.NoError(t, err)
		require.Equal(t, 0, conflicts())
		require.Equal(t, 1, inFlight())
		require.Equal(t, []string{"R2"}, work("ken", domain.WorkCarryOut, domain.OperationsManager))
		require.Equal(t, []string{"R1"}, work("max", domain.WorkReview, domain.ChangeManager))
		require.Empty(t, work("ken", domain.WorkReview, domain.OperationsManager))
		schedule, err := f.ChangeSchedule(f.ctx, during, nil, nil, nil, nil)
		require.NoError(t, err)
		require.Len(t, schedule.Nodes, 2)
		for _, n := range schedule.Nodes {
			require.Equal(t, "CONFIRMED", string(n.Status))
		}

		_, err = f.review("max", "R1", domain.OutcomeBackedOut, "The index was corrupt.")
		require.NoError(t, err)
		require.Equal(t, domain.ChangeBackedOut, f.status("R1"))
		require.Empty(t, work("max", domain.WorkReview, domain.ChangeManager))
		require.Equal(t, []string{"R1"}, work("max", domain.WorkAssess, domain.ChangeManager))
		counts, err := f.CountBy(f.ctx, domain.KindChangeRequest, app.Grouping{By: []string{"REVIEW_OUTCOME"}})
		require.NoError(t, err)
		require.Len(t, counts.Groups, 2, "one that was undone, one that nobody has reviewed")
	})
}

func TestACarriedOutChangeWithoutAnAssigneeWaitsForItsRequester(t *testing.T) { // H8
	onStores(t, func(t *testing.T, f *fixture) {
		f.reviewed()
		f.authorised("R1")
		page, err := f.MyWork(f.as("rita", domain.Requester), nil, nil)
		require.NoError(t, err)
		require.Len(t, page.Nodes, 1)
		require.Equal(t, domain.WorkCarryOut, page.Nodes[0].Why)
	})
}
