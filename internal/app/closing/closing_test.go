package closing_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/change"
	"releasegraph/internal/app/release"
	"releasegraph/internal/domain"
	"releasegraph/internal/store"
)

// paying is a unit of two programs.
var paying = []string{
	`{"node":"ConfigurationItem","key":"pay-calc","name":"pay-calc","class":"PROGRAM","productVersion":"2.1.1"}`,
	`{"node":"ConfigurationItem","key":"pay-ui","name":"pay-ui","class":"PROGRAM","productVersion":"2.1.2"}`,
	`{"node":"ReleaseUnit","key":"pay","name":"pay"}`,
	`{"edge":"GROUPS","from":"ReleaseUnit:pay","to":"ConfigurationItem:pay-calc"}`, `{"edge":"GROUPS","from":"ReleaseUnit:pay","to":"ConfigurationItem:pay-ui"}`,
}

// of is a release of a status that changes an item.
func of(key, number, kind, category, status, more, item string) []string {
	return []string{
		fmt.Sprintf(`{"node":"Release","key":%q,"name":%q,"releaseVersion":%q,"type":%q,"category":%q,"status":%q%s}`, key, key, number, kind, category, status, more),
		fmt.Sprintf(`{"edge":"CHANGES","from":"Release:%s","to":"ConfigurationItem:%s","action":"MODIFY","toVersion":%q}`, key, item, number),
	}
}

func live(day int) string { return fmt.Sprintf(`,"liveAt":"2026-01-%02dT00:00:00Z"`, day) }

// history is the releases of pay in the order in which they went live.
func history() (lines []string) {
	for i, r := range []struct{ key, number, kind, item string }{
		{"M1", "1.0.0", "MAJOR", "pay-calc"}, {"N14", "1.4.0", "MINOR", "pay-calc"}, {"M2", "2.0.0", "MAJOR", "pay-calc"},
		{"E21", "2.0.1", "EMERGENCY", "pay-calc"}, {"N21", "2.1.0", "MINOR", "pay-calc"}, {"E22", "2.1.1", "EMERGENCY", "pay-calc"},
		{"E14", "1.4.1", "EMERGENCY", "pay-calc"}, {"E23", "2.1.2", "EMERGENCY", "pay-ui"},
	} {
		lines = append(lines, of(r.key, r.number, r.kind, "DELTA", "CLOSED", live(i+1), r.item)...)
	}
	return lines
}

// comes brings a release to a status, as its deployment will.
func comes(f *apptest.Fixture, key string, status domain.ReleaseStatus) {
	f.T.Helper()
	f.Brings(fmt.Sprintf(`{"node":"Release","key":%q,"status":%q}`, key, status))
}

// superseded lists the releases whose place one has taken, by key.
func superseded(f *apptest.Fixture, key string) (list []string) {
	f.T.Helper()
	pages, err := f.Store.Edges(f.Ctx, store.EdgeQuery{Nodes: []store.ID{store.ID(f.Release(key).ID)}, Rel: domain.RelSupersedes, Direction: store.Out})
	require.NoError(f.T, err)
	for i, n := range pages[0].Nodes {
		require.Equal(f.T, []string{"pay"}, pages[0].Edges[i].Props["units"], "of which units")
		list = append(list, n.Props.Text("key"))
	}
	slices.Sort(list)
	return list
}

// Example 10 of the rules of releases.
func TestAReleaseThatIsClosedTakesThePlaceOfOthers_R1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(append(paying, history()...)...)
		f.Brings(of("N22", "2.2.0", "MINOR", "DELTA", "VERIFYING", live(20), "pay-calc")...)
		require.Empty(t, superseded(f, "N22"), "not while it may be backed out")
		comes(f, "N22", domain.ReleaseClosed)
		require.Equal(t, []string{"E22"}, superseded(f, "N22"))
		comes(f, "N22", domain.ReleaseBackedOut)
		require.Empty(t, superseded(f, "N22"))

		f.Brings(of("M3", "3.0.0", "MAJOR", "FULL", "VERIFYING", live(25), "pay-calc")...)
		comes(f, "M3", domain.ReleaseClosed)
		require.Equal(t, []string{"E14", "E21", "E22", "E23", "M1", "M2", "N14", "N21"}, superseded(f, "M3"))
	})
}

func TestWhatIsKeptInForceIsNotSuperseded_R1(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(append(paying, history()...)...)
		f.Brings(of("N22", "2.2.0", "MINOR", "DELTA", "VERIFYING", live(20), "pay-calc")...)
		_, err := f.Releases.KeepInForce(f.As("mia", domain.ReleaseManager), release.Keep{Ref: apptest.Key("N22"), Release: apptest.Key("E22"), Reason: "a customer stays on it"}, nil)
		require.NoError(t, err)
		comes(f, "N22", domain.ReleaseClosed)
		require.Empty(t, superseded(f, "N22"))
	})
}

// request is one that a release carries out and that resolves a problem.
func request(key, status, release, problem string) []string {
	lines := []string{
		fmt.Sprintf(`{"node":"ChangeRequest","key":%q,"name":"C","type":"NORMAL","status":%q,"requester":"rita"}`, key, status),
		fmt.Sprintf(`{"edge":"RESOLVES","from":"ChangeRequest:%s","to":"Problem:%s"}`, key, problem),
	}
	if release != "" {
		lines = append(lines, fmt.Sprintf(`{"edge":"IMPLEMENTS","from":"Release:%s","to":"ChangeRequest:%s"}`, release, key))
	}
	return lines
}

func problem(f *apptest.Fixture, key string) domain.ProblemStatus {
	f.T.Helper()
	return f.Read(domain.KindProblem, key).(*domain.Problem).Status
}

func defect(f *apptest.Fixture, key string) *domain.KnownError {
	f.T.Helper()
	return f.Read(domain.KindKnownError, key).(*domain.KnownError)
}

// carrying is a release that is being deployed, with requests, problems and defects.
func carrying(f *apptest.Fixture) {
	f.T.Helper()
	f.Brings(append(paying,
		`{"node":"Problem","key":"P-1","name":"P","status":"DIAGNOSED","cause":"a fault"}`, `{"node":"Problem","key":"P-2","name":"P","status":"DIAGNOSED","cause":"a fault"}`,
		`{"node":"Problem","key":"P-3","name":"P","status":"OPEN"}`,
		`{"node":"KnownError","key":"K-1","name":"K","symptoms":"slow","workaround":"wait"}`, `{"node":"KnownError","key":"K-2","name":"K"}`,
	)...)
	f.Brings(of("R", "2.2.0", "MINOR", "DELTA", "DEPLOYING", "", "pay-calc")...)
	f.Brings(slices.Concat(
		request("C-1", "IN_RELEASE", "R", "P-1"), request("C-2", "IN_RELEASE", "R", "P-2"), request("C-3", "AUTHORISED", "", "P-2"), request("C-4", "IN_RELEASE", "R", "P-3"),
		[]string{`{"edge":"INTRODUCED_BY","from":"KnownError:K-1","to":"Release:R"}`, `{"edge":"INTRODUCED_BY","from":"KnownError:K-2","to":"Release:R"}`},
	)...)
}

// What a release brought about is closed with it, and undone with it (D8).
func TestRequestsProblemsAndDefectsFollowTheirRelease_D8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		carrying(f)
		comes(f, "R", domain.ReleaseVerifying)
		r := f.Release("R")
		require.NotNil(t, r.LiveAt)
		require.Equal(t, r.StatusSince, r.LiveAt)
		require.Equal(t, domain.ChangeImplemented, f.Status("C-1"))
		require.NotNil(t, f.Rfc("C-1").ImplementedAt)
		require.Equal(t, domain.ProblemDiagnosed, problem(f, "P-1"), "it may be backed out")
		require.Equal(t, domain.KnownErrorDraft, defect(f, "K-1").Status)

		comes(f, "R", domain.ReleaseClosed)
		require.Equal(t, r.LiveAt, f.Release("R").LiveAt)
		require.Equal(t, domain.ChangeClosed, f.Status("C-1"))
		require.Nil(t, f.Rfc("C-1").ReviewOutcome)
		require.Equal(t, domain.ProblemClosed, problem(f, "P-1"))
		require.Equal(t, domain.ProblemDiagnosed, problem(f, "P-2"), "C-3 resolves it, too, and is open")
		require.Equal(t, domain.ProblemOpen, problem(f, "P-3"), "nobody knows its cause")
		require.Equal(t, domain.KnownErrorPublished, defect(f, "K-1").Status)
		require.NotNil(t, defect(f, "K-1").StatusSince)
		require.Equal(t, domain.KnownErrorDraft, defect(f, "K-2").Status, "nobody could work by it")

		comes(f, "R", domain.ReleaseBackedOut)
		require.Equal(t, domain.ChangeBackedOut, f.Status("C-1"))
		require.Equal(t, domain.ProblemOpen, problem(f, "P-1"))
		require.Equal(t, domain.KnownErrorRetired, defect(f, "K-1").Status)
	})
}

// A release that is brought CLOSED has not been VERIFYING here.
func TestARequestFollowsItsReleaseByAllStatusesOnTheWay_H2(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		carrying(f)
		comes(f, "R", domain.ReleaseClosed)
		c := f.Rfc("C-1")
		require.Equal(t, domain.ChangeClosed, c.Status)
		require.NotNil(t, c.ImplementedAt)
		require.NotNil(t, c.ClosedAt)
		require.NotNil(t, f.Release("R").LiveAt)
		require.Equal(t, domain.ProblemClosed, problem(f, "P-1"))
	})
}

// What a release closed is reviewed all the same, once.
func TestTheReviewOfWhatAReleaseClosedIsOpen_H8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		carrying(f)
		comes(f, "R", domain.ReleaseClosed)
		since := f.Rfc("C-1").ClosedAt
		review := change.ReviewChange{Ref: apptest.Key("C-1"), Outcome: domain.OutcomeSuccessful}
		_, err := f.Changes.ReviewChangeRequest(f.As("max", domain.ChangeManager), review, nil)
		require.NoError(t, err)
		require.Equal(t, domain.OutcomeSuccessful, *f.Rfc("C-1").ReviewOutcome)
		require.Equal(t, since, f.Rfc("C-1").ClosedAt)
		_, err = f.Changes.ReviewChangeRequest(f.As("max", domain.ChangeManager), review, nil)
		require.Error(t, err)
	})
}

// A problem that another change solved stays solved, and so does one that was solved
// before the release went live.
func TestABackOutOpensTheProblemsThatTheReleaseSolvedAlone_D8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(append(paying,
			`{"node":"Problem","key":"P-1","name":"P","status":"CLOSED","cause":"c","statusSince":"2026-01-25T00:00:00Z"}`,
			`{"node":"Problem","key":"P-2","name":"P","status":"CLOSED","cause":"c","statusSince":"2026-01-05T00:00:00Z"}`,
			`{"node":"Problem","key":"P-3","name":"P","status":"CLOSED","cause":"c","statusSince":"2026-01-25T00:00:00Z"}`,
			`{"node":"Problem","key":"P-4","name":"P","status":"RESOLVED","cause":"c","resolution":"told them to stop","statusSince":"2026-01-25T00:00:00Z"}`,
			`{"node":"Problem","key":"P-5","name":"P","status":"RESOLVED","cause":"c","statusSince":"2026-01-25T00:00:00Z"}`,
		)...)
		f.Brings(of("R", "2.2.0", "MINOR", "DELTA", "CLOSED", live(20), "pay-calc")...)
		f.Brings(slices.Concat(request("C-1", "CLOSED", "R", "P-1"), request("C-2", "CLOSED", "R", "P-2"), request("C-3", "CLOSED", "R", "P-3"), request("C-4", "CLOSED", "", "P-3"),
			request("C-5", "CLOSED", "R", "P-4"), request("C-6", "CLOSED", "R", "P-5"))...)
		comes(f, "R", domain.ReleaseBackedOut)
		require.Equal(t, domain.ProblemOpen, problem(f, "P-1"))
		require.Equal(t, domain.ProblemClosed, problem(f, "P-2"), "solved before")
		require.Equal(t, domain.ProblemClosed, problem(f, "P-3"), "C-4 solved it, too")
		require.Equal(t, domain.ProblemResolved, problem(f, "P-4"), "in words")
		require.Equal(t, domain.ProblemOpen, problem(f, "P-5"))
	})
}

// Where a site was skipped the problem still is (D8).
func TestAProblemOfASkippedSiteStaysOpen_D8(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		carrying(f)
		f.Brings(
			`{"edge":"CONCERNS","from":"Problem:P-1","to":"ConfigurationItem:pay-calc"}`, `{"node":"Site","key":"par","name":"Paris"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay-calc","to":"Site:par","version":"2.1.1"}`,
			`{"node":"Deployment","key":"D","name":"D","status":"VERIFYING"}`, `{"edge":"DEPLOYS","from":"Deployment:D","to":"Release:R"}`,
			`{"node":"Wave","key":"W","name":"W","ordinal":1,"status":"SUCCEEDED"}`, `{"edge":"HAS_WAVE","from":"Deployment:D","to":"Wave:W"}`,
			`{"node":"SiteRollout","key":"S","name":"S","status":"SKIPPED"}`, `{"edge":"TARGETS","from":"Wave:W","to":"SiteRollout:S"}`, `{"edge":"TARGETS","from":"SiteRollout:S","to":"Site:par"}`,
		)
		comes(f, "R", domain.ReleaseClosed)
		require.Equal(t, domain.ProblemDiagnosed, problem(f, "P-1"))
		require.Equal(t, domain.ChangeClosed, f.Status("C-1"))
	})
}

// The parts of a package go with it, those that were live before stay as they are (R4).
func TestPartsGoWithTheirPackage_R4(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Brings(append(paying, `{"node":"Problem","key":"P-1","name":"P","status":"DIAGNOSED","cause":"a fault"}`)...)
		f.Brings(slices.Concat(
			of("A", "2.2.0", "MINOR", "DELTA", "ACCEPTED", "", "pay-calc"), of("B", "2.1.1", "EMERGENCY", "DELTA", "VERIFYING", live(10), "pay-ui"),
			[]string{
				`{"node":"Release","key":"P","name":"P","releaseVersion":"26.1","type":"MINOR","category":"PACKAGE","status":"ACCEPTED"}`,
				`{"edge":"BUNDLES","from":"Release:P","to":"Release:A"}`, `{"edge":"BUNDLES","from":"Release:P","to":"Release:B"}`,
			},
			request("C-1", "IN_RELEASE", "A", "P-1"),
		)...)
		statuses := func() []domain.ReleaseStatus {
			return []domain.ReleaseStatus{f.Release("P").Status, f.Release("A").Status, f.Release("B").Status}
		}
		for _, status := range []domain.ReleaseStatus{domain.ReleaseDeploying, domain.ReleaseVerifying, domain.ReleaseClosed, domain.ReleaseBackedOut} {
			comes(f, "P", status)
			require.Equal(t, []domain.ReleaseStatus{status, status, domain.ReleaseVerifying}, statuses())
			if status == domain.ReleaseClosed {
				require.Equal(t, domain.ChangeClosed, f.Status("C-1"))
				require.Equal(t, domain.ProblemClosed, problem(f, "P-1"))
				require.Equal(t, f.Release("P").LiveAt, f.Release("A").LiveAt)
			}
		}
		require.Equal(t, domain.ChangeBackedOut, f.Status("C-1"))
		require.Equal(t, domain.ProblemOpen, problem(f, "P-1"))
	})
}
