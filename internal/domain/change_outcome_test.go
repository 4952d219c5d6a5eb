package domain_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
)

func report(from, to time.Time) domain.ChangeReport {
	return domain.ChangeReport{ActualFrom: from, ActualTo: to}
}

func TestWhatIsCarriedOutLiesInThePastAndEndsAfterItsBeginning(t *testing.T) { // H8
	now := noon
	rapid.Check(t, func(t *rapid.T) {
		from := now.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "from")) * time.Hour)
		to := now.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "to")) * time.Hour)
		f := ready(domain.NormalChange, domain.ChangeAuthorised)
		es := f.Implement(report(from, to), now)
		if ok := !to.Before(from) && !from.After(now) && !to.After(now); ok != (len(es) == 0) {
			t.Fatalf("from %s to %s, now %s: %v", from, to, now, es)
		}
		if want := domain.ChangeImplemented; len(es) == 0 && f.Request.Status != want {
			t.Fatalf("it became %s", f.Request.Status)
		}
		for _, e := range es {
			if e.Field != "actualFrom" && e.Field != "actualTo" {
				t.Fatalf("the fault lies in %s", e.Field)
			}
		}
	})
}

func TestAllThatSpeaksAgainstAReportIsToldAtOnce(t *testing.T) { // H8, P7, R12
	f := ready(domain.NormalChange, domain.ChangeAuthorised)
	f.Request.HeldBy, f.Board.ReleaseOnly, f.Tasks[0].Done = []string{"peak"}, true, false
	es := f.Implement(report(noon.Add(time.Hour), noon), noon)
	var told []string
	for _, e := range es {
		told = append(told, e.Rule+" "+e.Field)
	}
	require.Equal(t, []string{"R12 ref", "P7 ref", "H8 ref", " actualTo", "H8 actualFrom"}, told)
	require.Equal(t, domain.ChangeAuthorised, f.Request.Status)
	require.Nil(t, f.Request.ActualFrom)
}

func TestABoardMayLeaveTheCarryingOutToReleasesButNotOfStandardChanges(t *testing.T) { // H8
	for of, refused := range map[domain.ChangeRequestType]bool{
		domain.NormalChange: true, domain.EmergencyChange: true, domain.StandardChange: false,
	} {
		f := ready(of, domain.ChangeAuthorised)
		f.Board.ReleaseOnly = true
		require.Equal(t, refused, len(f.Implement(report(noon, noon), noon)) > 0, "%s", of)
	}
}

func TestAReviewLeadsWhereItsOutcomeSays(t *testing.T) { // H8
	for _, outcome := range domain.ReviewOutcomes {
		f := ready(domain.NormalChange, domain.ChangeImplemented)
		f.Request.Assignee = some("ken")
		require.Empty(t, f.Review(domain.ChangeReview{Outcome: outcome, Learnt: some("much"), By: domain.Doer{Name: "max"}}, noon))
		want := domain.ChangeClosed
		if outcome == domain.OutcomeBackedOut {
			want = domain.ChangeBackedOut
		}
		require.Equal(t, want, f.Request.Status)
		require.Equal(t, outcome, *f.Request.ReviewOutcome)
		require.Equal(t, "max", *f.Request.ReviewedBy)
		require.Equal(t, outcome == domain.OutcomeSuccessful || outcome == domain.OutcomeWithIssues, f.Request.Succeeded(), "%s", outcome)
	}
}

func TestAReviewSaysWhatWasLearntUnlessAllWentWellAndIsNobodysOwn(t *testing.T) { // H8
	for _, outcome := range domain.ReviewOutcomes {
		f := ready(domain.NormalChange, domain.ChangeImplemented)
		es := f.Review(domain.ChangeReview{Outcome: outcome, Learnt: some(" "), By: domain.Doer{Name: "max"}}, noon)
		require.Equal(t, outcome != domain.OutcomeSuccessful, len(es) == 1, "%s", outcome)
		if len(es) > 0 {
			require.Equal(t, "learnt", es[0].Field)
		}
	}
	f := ready(domain.NormalChange, domain.ChangeImplemented)
	f.Request.Assignee = some("ken")
	require.ErrorContains(t, f.Review(domain.ChangeReview{Outcome: domain.OutcomeSuccessful, By: domain.Doer{Name: "Ken "}}, noon), "nobody reviews their own work")
}

// What is assessed anew after it was undone is done anew: it tells nothing of
// the first time but how that turned out.
func TestAChangeThatWasUndoneStartsAnew(t *testing.T) { // H2, H8
	f := ready(domain.NormalChange, domain.ChangeAuthorised)
	require.Empty(t, f.Implement(domain.ChangeReport{ActualFrom: noon, ActualTo: noon, Proof: some("run 7")}, noon))
	require.Empty(t, f.Review(domain.ChangeReview{Outcome: domain.OutcomeBackedOut, Learnt: some("test it"), By: domain.Doer{Name: "max"}}, noon))
	content := f.Request.ContentVersion
	require.Empty(t, f.CheckMove("assessChangeRequest", domain.ChangeAssessed))
	f.Request.Move(domain.ChangeAssessed, noon)
	require.Equal(t, content+1, f.Request.ContentVersion, "its votes have fallen")
	require.Nil(t, f.Request.ActualFrom)
	require.Nil(t, f.Request.Proof)
	require.Equal(t, "test it", *f.Request.Learnt)
	f.Request.Status = domain.ChangeAuthorised
	require.Empty(t, f.Implement(report(noon, noon), noon))
	require.Nil(t, f.Request.ReviewOutcome, "it waits for another review")
}
