package change_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/change"
	"releasegraph/internal/app/estate"
	"releasegraph/internal/app/records"
	"releasegraph/internal/domain"
)

func implement(f *apptest.Fixture, who, k string, roles ...domain.Role) (*estate.Written, error) {
	in := change.ImplementChange{Ref: apptest.Key(k), ActualFrom: apptest.NightBegins, ActualTo: apptest.NightEnds, LeftUndone: apptest.Some("the old index"), Proof: apptest.Some("run 12")}
	return f.Changes.ImplementChangeRequest(f.As(who, roles...), in, nil)
}

func review(f *apptest.Fixture, who, k string, outcome domain.ReviewOutcome, learnt string) (*estate.Written, error) {
	in := change.ReviewChange{Ref: apptest.Key(k), Outcome: outcome, Learnt: &learnt}
	return f.Changes.ReviewChangeRequest(f.As(who, domain.ChangeManager), in, nil)
}

// authorised is a request of rita's that its board has authorised.
func authorised(f *apptest.Fixture, k string, more ...apptest.Values) {
	f.T.Helper()
	f.Request(k, more...)
	f.Submit(k)
	f.Assess(k)
	for _, voter := range []string{"ann", "bob"} {
		_, err := f.Vote(voter, k, domain.Approve)
		require.NoError(f.T, err)
	}
}

func TestAChangeOutsideAnyReleaseIsCarriedOutReviewedAndClosed(t *testing.T) { // H8
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Put(domain.KindProblem, apptest.Values{"key": "P1", "name": "Slow", "cause": "no index"})
		authorised(f, "R1", apptest.Values{"assignee": "ken"})
		_, err := f.Records.Connect(f.Ctx, domain.RelResolves, apptest.Key("R1"), apptest.Key("P1"), nil, nil)
		require.NoError(t, err)
		for _, verb := range []func() (*estate.Written, error){
			func() (*estate.Written, error) {
				return f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P1"), nil, nil, nil)
			},
			func() (*estate.Written, error) {
				return f.Problems.ResolveProblem(f.Ctx, apptest.Key("P1"), apptest.Some("it is fast"), nil, nil)
			},
		} {
			_, err := verb()
			require.NoError(t, err)
		}
		_, err = f.Problems.CloseProblem(f.Ctx, apptest.Key("P1"), nil, nil)
		require.ErrorContains(t, err, "still under way: R1")

		_, err = review(f, "max", "R1", domain.OutcomeSuccessful, "")
		require.ErrorContains(t, err, "is AUTHORISED, of type NORMAL, from where reviewChangeRequest does not lead on")
		_, err = implement(f, "rolf", "R1", domain.Requester)
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = implement(f, "ken", "R1", domain.Viewer)
		apptest.Refused(t, err, domain.Forbidden, "")
		w, err := implement(f, "ken", "R1", domain.OperationsManager)
		require.NoError(t, err, "whoever is to carry it out says that it is done")
		c := w.Record.(*domain.ChangeRequest)
		require.Equal(t, domain.ChangeImplemented, c.Status)
		require.NotNil(t, c.ImplementedAt)
		c = f.Rfc("R1")
		require.True(t, c.ActualFrom.Equal(apptest.NightBegins))
		require.True(t, c.ActualTo.Equal(apptest.NightEnds))
		require.Equal(t, "the old index", *c.LeftUndone)
		require.Equal(t, "run 12", *c.Proof)
		_, err = f.Problems.CloseProblem(f.Ctx, apptest.Key("P1"), nil, nil)
		require.NoError(t, err, "what resolves it is not under way any more")

		_, err = f.Changes.ReviewChangeRequest(f.As("rita", domain.Requester), change.ReviewChange{Ref: apptest.Key("R1"), Outcome: domain.OutcomeSuccessful}, nil)
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = review(f, "max", "R1", domain.OutcomeWithIssues, "")
		require.Equal(t, "H8", apptest.Refused(t, err, domain.RuleViolation, "input.learnt").Rule)
		w, err = review(f, "max", "R1", domain.OutcomeWithIssues, "Build it at night.")
		require.NoError(t, err)
		require.Equal(t, domain.ChangeClosed, w.Record.(*domain.ChangeRequest).Status)
		c = f.Rfc("R1")
		require.Equal(t, "max", *c.ReviewedBy)
		require.Equal(t, "Build it at night.", *c.Learnt)
		require.NotNil(t, c.ClosedAt)
	})
}

func TestAStandardChangeNeedsNoBoardToBeCarriedOut(t *testing.T) { // H7, H8
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("pc", apptest.Values{"class": "WORKSTATION"})
		f.Put(domain.KindChangeModel, apptest.Values{
			"key": "M", "name": "A new PC", "preauthorised": true, "justification": "work", "plan": "unpack it", "backOutKind": "FULL", "backOutPlan": "pack it",
		})
		in := change.FromModel{Model: apptest.Key("M"), Key: "S1", Name: "A PC for Rita", Items: []*domain.Ref{{Key: apptest.Some("pc")}}}
		_, err := f.Changes.RequestStandardChange(f.As("rita", domain.Requester), in, nil)
		require.NoError(t, err)
		_, err = implement(f, "rita", "S1", domain.Requester)
		require.NoError(t, err)
		_, err = review(f, "max", "S1", domain.OutcomeSuccessful, "")
		require.NoError(t, err)
		require.Equal(t, domain.ChangeClosed, f.Status("S1"))
	})
}

func TestABoardThatLeavesItToReleasesLetsNothingBeCarriedOutOtherwise(t *testing.T) { // H8
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		authorised(f, "R1")
		_, err := f.Records.Update(f.Ctx, domain.KindBoard, apptest.Key("CAB"), apptest.Values{"releaseOnly": true}, nil, nil)
		require.NoError(t, err)
		_, err = implement(f, "max", "R1", domain.ChangeManager)
		e := apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		require.Equal(t, "H8", e.Rule)
		require.Equal(t, "OUTSIDE_RELEASE", e.Details["missing"])
		moves, err := f.Changes.ChangeMoves(f.Ctx, f.Rfc("R1"))
		require.NoError(t, err)
		require.Equal(t, "implementChangeRequest", *moves[1].Verb)
		require.Equal(t, e.Details["missing"], string(moves[1].Lacks[0].Need))
	})
}

func TestWhatAFreezeHoldsIsNotCarriedOut(t *testing.T) { // H8, P7
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		authorised(f, "R1", apptest.Values{"plannedFrom": "2026-04-01T20:00:00Z", "plannedTo": "2026-04-01T22:00:00Z"})
		_, err := f.CreateFreeze(f.Ctx, apptest.NewFreeze{
			Key: "peak", Name: "Peak", Everywhere: apptest.Some(true), From: apptest.Some(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)), To: apptest.Some(time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC)),
		}, nil)
		require.NoError(t, err)
		_, err = implement(f, "rita", "R1", domain.Requester)
		require.ErrorContains(t, err, "an end of its hold by peak")
		_, err = f.Calendar.LiftFreeze(f.Ctx, apptest.Key("peak"), nil, nil)
		require.NoError(t, err)
		_, err = implement(f, "rita", "R1", domain.Requester)
		require.NoError(t, err)
	})
}

func TestAChangeThatFailedResolvesNoProblem(t *testing.T) { // H8, PROBLEM
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		f.Put(domain.KindProblem, apptest.Values{"key": "P1", "name": "Slow", "cause": "no index"})
		authorised(f, "R1")
		_, err := f.Records.Connect(f.Ctx, domain.RelResolves, apptest.Key("R1"), apptest.Key("P1"), nil, nil)
		require.NoError(t, err)
		_, err = f.Problems.DiagnoseProblem(f.Ctx, apptest.Key("P1"), nil, nil, nil)
		require.NoError(t, err)
		_, err = implement(f, "rita", "R1", domain.Requester)
		require.NoError(t, err)
		_, err = review(f, "max", "R1", domain.OutcomeFailed, "It is as slow as before.")
		require.NoError(t, err)
		require.Equal(t, domain.ChangeClosed, f.Status("R1"))
		_, err = f.Problems.ResolveProblem(f.Ctx, apptest.Key("P1"), nil, nil, nil)
		require.Equal(t, "RESOLUTION", apptest.Refused(t, err, domain.RuleViolation, "input.resolution").Details["missing"])
	})
}

// What is carried out is planned, in flight and in anybody's way no longer.
func TestWhatIsCarriedOutLeavesThePlan(t *testing.T) { // H5, H6, H8, I6, I7
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		night := apptest.Values{"plannedFrom": "2026-02-27T21:00:00Z", "plannedTo": "2026-02-28T00:00:00Z", "assignee": "ken"}
		authorised(f, "R1", night)
		authorised(f, "R2", night)
		during := domain.TimeRange{From: apptest.NightBegins.Add(-time.Hour), To: apptest.NightEnds}
		conflicts := func() int {
			found, err := f.Calendar.ScheduleConflicts(f.Ctx, during, nil, []domain.ConflictKind{domain.ConflictDirect}, nil, nil)
			require.NoError(t, err)
			return found.TotalCount
		}
		inFlight := func() int {
			found, err := f.Impact.Impact(f.Ctx, domain.ImpactInput{Sources: domain.ImpactSourcesInput{Items: []*domain.Ref{{Key: apptest.Some("db")}}}, During: &during}, nil)
			require.NoError(t, err)
			return len(found.InFlight())
		}
		work := func(who string, why domain.WorkReason, roles ...domain.Role) (keys []string) {
			page, err := f.Work.MyWork(f.As(who, roles...), nil, nil)
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

		_, err := implement(f, "ken", "R1", domain.OperationsManager)
		require.NoError(t, err)
		require.Equal(t, 0, conflicts())
		require.Equal(t, 1, inFlight())
		require.Equal(t, []string{"R2"}, work("ken", domain.WorkCarryOut, domain.OperationsManager))
		require.Equal(t, []string{"R1"}, work("max", domain.WorkReview, domain.ChangeManager))
		require.Empty(t, work("ken", domain.WorkReview, domain.OperationsManager))
		schedule, err := f.Calendar.ChangeSchedule(f.Ctx, during, nil, nil, nil, nil)
		require.NoError(t, err)
		require.Len(t, schedule.Nodes, 2)
		for _, n := range schedule.Nodes {
			require.Equal(t, "CONFIRMED", string(n.Status))
		}

		_, err = review(f, "max", "R1", domain.OutcomeBackedOut, "The index was corrupt.")
		require.NoError(t, err)
		require.Equal(t, domain.ChangeBackedOut, f.Status("R1"))
		require.Empty(t, work("max", domain.WorkReview, domain.ChangeManager))
		require.Equal(t, []string{"R1"}, work("max", domain.WorkAssess, domain.ChangeManager))
		counts, err := f.Records.CountBy(f.Ctx, domain.KindChangeRequest, records.Grouping{By: []string{"REVIEW_OUTCOME"}})
		require.NoError(t, err)
		require.Len(t, counts.Groups, 2, "one that was undone, one that nobody has reviewed")
	})
}

func TestACarriedOutChangeWithoutAnAssigneeWaitsForItsRequester(t *testing.T) { // H8
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Reviewed()
		authorised(f, "R1")
		page, err := f.Work.MyWork(f.As("rita", domain.Requester), nil, nil)
		require.NoError(t, err)
		require.Len(t, page.Nodes, 1)
		require.Equal(t, domain.WorkCarryOut, page.Nodes[0].Why)
	})
}
