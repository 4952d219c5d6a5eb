package environment_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/app/acceptance"
	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/environment"
	"releasegraph/internal/app/listing"
	"releasegraph/internal/authz"
	"releasegraph/internal/domain"
)

var paying = []string{
	`{"node":"ConfigurationItem","key":"pay-calc","name":"pay-calc","class":"PROGRAM","productVersion":"1.0.0","status":"LIVE"}`,
	`{"node":"ConfigurationItem","key":"pay-db","name":"pay-db","class":"DATABASE","productVersion":"14.1","status":"LIVE"}`,
	`{"node":"ConfigurationItem","key":"pay-mail","name":"pay-mail","class":"PROGRAM","productVersion":"2","status":"LIVE"}`,
	`{"node":"ConfigurationItem","key":"pay-paper","name":"pay-paper","class":"DOCUMENT","status":"LIVE"}`,
	`{"node":"ConfigurationItem","key":"pay-db-acc","name":"pay-db-acc","class":"DATABASE","productVersion":"13","environment":"ACCEPTANCE"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:pay-calc","to":"ConfigurationItem:pay-db","kind":"USES","impact":"FULL"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:pay-calc","to":"ConfigurationItem:pay-paper","kind":"USES","impact":"FULL"}`,
	`{"edge":"DEPENDS_ON","from":"ConfigurationItem:pay-db","to":"ConfigurationItem:pay-mail","kind":"USES","impact":"FULL"}`,
	`{"node":"Site","key":"par","name":"Paris"}`, `{"node":"Site","key":"nyc","name":"New York"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay-db","to":"Site:par","version":"14.2","activeVersion":"14.1"}`,
	`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay-db","to":"Site:nyc","version":"14.2"}`,
	`{"node":"TestEnvironment","key":"acc","name":"Acceptance","environment":"ACCEPTANCE","owner":"otto"}`,
	`{"node":"TestEnvironment","key":"test","name":"Test","environment":"TEST"}`,
	`{"edge":"COMPRISES","from":"TestEnvironment:acc","to":"ConfigurationItem:pay-calc","version":"1.1.0"}`,
	`{"edge":"COMPRISES","from":"TestEnvironment:acc","to":"ConfigurationItem:pay-db-acc"}`,
	`{"edge":"STANDS_FOR","from":"ConfigurationItem:pay-db-acc","to":"ConfigurationItem:pay-db"}`,
	`{"node":"Board","key":"CAB","name":"The board","members":["ann","bob"],"quorum":1}`,
}

// accepting is releases in acceptance, each of which brings pay-calc.
func accepting(f *apptest.Fixture, releases ...string) {
	f.T.Helper()
	f.Lines(paying...)
	for i, r := range releases {
		version := fmt.Sprintf("1.%d.0", i+1)
		f.Lines(
			fmt.Sprintf(`{"node":"Release","key":%q,"name":%q,"releaseVersion":%q,"type":"MINOR","category":"DELTA","status":"IN_ACCEPTANCE","round":1,"manager":"mia","buildManager":"bea","testManager":"tom"}`, r, r, version),
			fmt.Sprintf(`{"edge":"CHANGES","from":"Release:%s","to":"ConfigurationItem:pay-calc","action":"MODIFY","fromVersion":"1.0.0","toVersion":%q}`, r, version),
			fmt.Sprintf(`{"node":"AcceptanceTest","key":"%s-t","name":"t","kind":"TECHNICAL","criteria":"it works","environment":"TEST"}`, r),
			fmt.Sprintf(`{"edge":"TESTS","from":"AcceptanceTest:%s-t","to":"Release:%s"}`, r, r),
		)
	}
}

// imported tells what is wrong with the lines of an import, in one text.
func imported(f *apptest.Fixture, lines []string) string {
	f.T.Helper()
	got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: lines, Overwrite: true}, nil)
	require.NoError(f.T, err)
	var wrong []string
	for _, w := range got.Wrong {
		wrong = append(wrong, w.Message)
	}
	return strings.Join(wrong, "; ")
}

func books(f *apptest.Fixture, who string, role domain.Role, place, release string, from, to time.Time) (*domain.EnvironmentBooking, error) {
	w, err := f.Environments.BookTestEnvironment(f.As(who, role), environment.Book{Environment: apptest.Key(place), Release: apptest.Key(release), StartsAt: from, EndsAt: to}, nil)
	if err != nil {
		return nil, err
	}
	return w.Record.(*domain.EnvironmentBooking), nil
}

func runs(f *apptest.Fixture, release, place string, from time.Time) error {
	to := from.Add(time.Minute)
	_, err := f.Acceptance.ReportTestRun(f.As("tom", domain.TestManager), acceptance.Report{
		Test: apptest.Key(release + "-t"), Verdict: domain.TestPassed, StartedAt: from, EndedAt: &to, TestEnvironment: apptest.ByKey(place),
	}, nil)
	return err
}

func ready(f *apptest.Fixture, release string) (list []string) {
	for _, l := range f.Lacks(release, domain.AcceptRelease) {
		if text, ok := strings.CutPrefix(l, "ENVIRONMENT_READY: "); ok {
			list = append(list, text)
		}
	}
	return list
}

func TestATestEnvironmentIsKeptForOneRelease_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f, "R-1", "R-2")
		b, err := books(f, "mia", domain.ReleaseManager, "acc", "R-1", apptest.March(2, 8), apptest.March(2, 12))
		require.NoError(t, err)
		require.Equal(t, "acc/booking-1", b.Key)
		require.True(t, f.Linked(domain.RelBooks, b.Key, "acc") && f.Linked(domain.RelBookedFor, b.Key, "R-1"))
		_, err = books(f, "tom", domain.TestManager, "acc", "R-2", apptest.March(2, 11), apptest.March(2, 13))
		e := apptest.Refused(t, err, domain.RuleViolation, "input.startsAt")
		require.Equal(t, "meets another booking: acc/booking-1 keeps it for R-1 from 2026-03-02T08:00:00Z to 2026-03-02T12:00:00Z; it is free from 2026-03-02T12:00:00Z", e.Message)
		_, err = books(f, "vera", domain.Viewer, "acc", "R-2", apptest.March(2, 12), apptest.March(2, 13))
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = books(f, "tom", domain.TestManager, "acc", "R-2", apptest.March(2, 12), apptest.March(2, 13))
		require.NoError(t, err, "it touches the other")
		_, err = books(f, "tom", domain.TestManager, "test", "R-2", apptest.March(2, 9), apptest.March(2, 10))
		require.NoError(t, err, "another environment")
		require.Equal(t, 2, f.Read(domain.KindTestEnvironment, "acc").(*domain.TestEnvironment).BookingCount)

		_, err = f.Environments.CancelEnvironmentBooking(f.As("tom", domain.TestManager), apptest.OfRelease(b.Key), nil)
		require.NoError(t, err)
		_, err = f.Environments.CancelEnvironmentBooking(f.As("tom", domain.TestManager), apptest.OfRelease(b.Key), nil)
		require.ErrorContains(t, err, "was given up")
		_, err = books(f, "tom", domain.TestManager, "acc", "R-2", apptest.March(2, 8), apptest.March(2, 12))
		require.NoError(t, err, "what was given up keeps nothing")
	})
}

// A refusal names the release that has the environment only to those who may see it.
func TestARefusedBookingNamesNoHiddenRelease_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f, "R-1", "SECRET")
		f.Lines(`{"node":"ConfigurationItem","key":"pay-far","name":"pay-far","class":"PROGRAM","status":"LIVE"}`,
			`{"edge":"CHANGES","from":"Release:SECRET","to":"ConfigurationItem:pay-calc","op":"remove"}`,
			`{"edge":"CHANGES","from":"Release:SECRET","to":"ConfigurationItem:pay-far","action":"ADD","toVersion":"1.0.0"}`,
			`{"edge":"INSTALLED_AT","from":"ConfigurationItem:pay-calc","to":"Site:par","version":"1.0.0"}`)
		_, err := books(f, "mia", domain.ReleaseManager, "acc", "SECRET", apptest.March(2, 8), apptest.March(2, 12))
		require.NoError(t, err)
		own, err := authz.Parse(authz.DefaultSource(), authz.Source{Name: "own", Text: []byte(`
			permit (principal in Role::"SITE_OPERATOR", action == Action::"read", resource == Kind::"TestEnvironment");
			permit (principal in Role::"SITE_OPERATOR", action == Action::"book", resource in Area::"booking");`)})
		require.NoError(t, err)
		a := app.New(app.Config{Store: f.Store, Policies: own, Now: func() time.Time { return apptest.March(1, 9) }, NewID: func() string { return "00000000-0000-7000-8000-000000000001" }})
		nina := acting.WithActor(a.WithLoads(f.T.Context()), domain.Actor{Name: "nina", Roles: []domain.Role{domain.SiteOperator}, Sites: []string{"par"}})
		book := func(hour int) error {
			_, err := a.Environments.BookTestEnvironment(nina, environment.Book{Environment: apptest.Key("acc"), Release: apptest.Key("R-1"), StartsAt: apptest.March(2, hour), EndsAt: apptest.March(2, hour+1)}, nil)
			return err
		}
		e := apptest.Refused(t, book(9), domain.RuleViolation, "input.startsAt")
		require.Equal(t, "meets another booking: … keeps it for … from 2026-03-02T08:00:00Z to 2026-03-02T12:00:00Z; it is free from 2026-03-02T12:00:00Z", e.Message)
		require.NoError(t, book(12))
	})
}

// All that is wrong with a booking is told before what it meets.
func TestABookingThatIsWrongIsTold_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f, "R-1")
		f.Lines(`{"node":"Release","key":"R-0","name":"R-0","releaseVersion":"0.9.0","type":"MINOR","category":"DELTA","status":"CLOSED"}`)
		_, err := books(f, "mia", domain.ReleaseManager, "acc", "R-0", apptest.March(1, 2), apptest.March(1, 1))
		var told []string
		for _, e := range apptest.DomainErrors(err) {
			told = append(told, e.Rule+" "+e.Field)
		}
		require.Equal(t, []string{"R12 input.endsAt", "R12 input.release", "R12 input.endsAt"}, told)
		_, err = books(f, "mia", domain.ReleaseManager, "nowhere", "R-1", apptest.March(2, 1), apptest.March(2, 2))
		apptest.Refused(t, err, domain.NotFound, "input.environment")
	})
}

// Of those who book at once one has the environment.
func TestTwoWhoBookAtOnceDoNotMissEachOther_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f, "R-1", "R-2")
		for day := 2; day < 8; day++ {
			var all sync.WaitGroup
			errs := make([]error, 2)
			for i, r := range []string{"R-1", "R-2"} {
				all.Go(func() {
					_, errs[i] = books(f, "mia", domain.ReleaseManager, "acc", r, apptest.March(day, 8+i), apptest.March(day, 12+i))
				})
			}
			all.Wait()
			require.True(t, (errs[0] == nil) != (errs[1] == nil), "%v, %v", errs[0], errs[1])
		}
	})
}

func TestAnImportBringsNoBookingOfWhatIsBooked_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f, "R-1")
		_, err := books(f, "mia", domain.ReleaseManager, "acc", "R-1", apptest.March(2, 8), apptest.March(2, 12))
		require.NoError(t, err)
		booking := func(key string, from, to int) []string {
			return []string{
				fmt.Sprintf(`{"node":"EnvironmentBooking","key":%q,"name":"b","startsAt":"2026-03-02T%02d:00:00Z","endsAt":"2026-03-02T%02d:00:00Z","bookedBy":"mia","bookedAt":"2026-03-01T00:00:00Z"}`, key, from, to),
				fmt.Sprintf(`{"edge":"BOOKS","from":"EnvironmentBooking:%s","to":"TestEnvironment:acc"}`, key),
			}
		}
		require.Contains(t, imported(f, booking("B-1", 11, 13)), "meets another booking of the environment: acc/booking-1")
		require.Contains(t, imported(f, append(booking("B-2", 13, 15), booking("B-3", 14, 16)...)), "meets another booking of the environment: B-2")
		require.Empty(t, imported(f, append(booking("B-4", 17, 18), booking("B-5", 18, 19)...)))
		require.Contains(t, imported(f, booking("B-5", 17, 19)[:1]), "meets another booking of the environment: B-4", "it moves")
		count := f.Read(domain.KindTestEnvironment, "acc").(*domain.TestEnvironment).BookingCount
		require.Empty(t, imported(f, append(booking("B-6", 20, 21), `{"node":"TestEnvironment","key":"acc","description":"changed beside"}`)))
		require.Equal(t, count+1, f.Read(domain.KindTestEnvironment, "acc").(*domain.TestEnvironment).BookingCount)
	})
}

// A release that is not tested any more gives back what is still booked for it.
func TestAReleaseThatIsPlannedAgainGivesItsEnvironmentsBack_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f, "R-1", "R-2")
		for i, r := range []string{"R-1", "R-2"} {
			_, err := books(f, "mia", domain.ReleaseManager, "acc", r, apptest.March(2+i, 8), apptest.March(2+i, 12))
			require.NoError(t, err)
		}
		_, err := f.Releases.UnlockRelease(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R-1"), nil)
		require.NoError(t, err)
		_, err = f.Releases.CancelRelease(f.As("mia", domain.ReleaseManager), apptest.OfRelease("R-2"), nil)
		require.NoError(t, err)
		for _, key := range []string{"acc/booking-1", "acc/booking-2"} {
			b := f.Read(domain.KindBooking, key).(*domain.EnvironmentBooking)
			require.NotNil(t, b.CancelledAt, key)
			require.Nil(t, b.CancelledBy, "nobody gave it up by hand")
		}
		_, err = books(f, "mia", domain.ReleaseManager, "acc", "R-1", apptest.March(3, 9), apptest.March(3, 10))
		require.NoError(t, err)
	})
}

func TestARunIsMadeInNoEnvironmentThatAnotherReleaseHas_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f, "R-1", "R-2")
		_, err := books(f, "mia", domain.ReleaseManager, "test", "R-1", apptest.March(1, 1), apptest.March(1, 12))
		require.NoError(t, err)
		require.ErrorContains(t, runs(f, "R-2", "test", apptest.March(1, 2)), "test was kept for R-1 from 2026-03-01T01:00:00Z")
		require.NoError(t, runs(f, "R-2", "test", apptest.March(1, 0)), "it was free before")
		require.NoError(t, runs(f, "R-1", "test", apptest.March(1, 2)))
		run := f.Read(domain.KindTestRun, "R-1-t/run-1").(*domain.TestRun)
		require.Equal(t, domain.Test, run.Environment)
		require.True(t, f.Linked(domain.RelRanIn, run.Key, "test"))
		to := apptest.March(1, 3)
		_, err = f.Acceptance.ReportTestRun(f.As("tom", domain.TestManager), acceptance.Report{
			Test: apptest.Key("R-1-t"), Verdict: domain.TestPassed, StartedAt: apptest.March(1, 2), EndedAt: &to, TestEnvironment: apptest.ByKey("test"), Environment: apptest.Some(domain.Staging),
		}, nil)
		require.ErrorContains(t, err, "is STAGING, and test is one of TEST")
	})
}

func TestATestEnvironmentIsReset_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		resets := func(who string, role domain.Role, at *time.Time) error {
			_, err := f.Environments.ResetTestEnvironment(f.As(who, role), environment.Reset{Ref: apptest.Key("acc"), At: at, Reason: apptest.Some("a new round")}, nil)
			return err
		}
		require.NoError(t, resets("otto", domain.Viewer, apptest.Some(apptest.March(1, 2))), "its owner")
		e := apptest.Refused(t, resets("vera", domain.Viewer, nil), domain.Forbidden, "input.ref")
		require.Equal(t, "R12", e.Rule)
		require.ErrorContains(t, resets("tom", domain.TestManager, apptest.Some(apptest.March(1, 1))), "is before the last reset")
		require.ErrorContains(t, resets("tom", domain.TestManager, apptest.Some(apptest.March(9, 1))), "is in the future")
		require.NoError(t, resets("cora", domain.ConfigurationManager, nil))
		acc := f.Read(domain.KindTestEnvironment, "acc").(*domain.TestEnvironment)
		require.Equal(t, "cora", *acc.LastResetBy)
		require.Len(t, acc.Resets, 2)
		require.Equal(t, apptest.March(1, 2), acc.ResetTimes()[0])
	})
}

// What counts was tested in environments that were reset after the kit before.
func TestTestsCountWhereTheKitBeforeWasClearedAway_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f, "R-1", "R-2")
		require.NoError(t, runs(f, "R-1", "test", apptest.March(1, 1)))
		require.Empty(t, ready(f, "R-1"), "nobody was there before")
		require.NoError(t, runs(f, "R-2", "test", apptest.March(1, 2)))
		require.Equal(t, []string{"an environment that is reset after the kit before: test was not, between R-1-t/run-1 of another kit and R-2-t/run-1"}, ready(f, "R-2"))
		require.Empty(t, ready(f, "R-1"), "who comes later spoils nothing")
		_, err := f.Environments.ResetTestEnvironment(f.As("tom", domain.TestManager), environment.Reset{Ref: apptest.Key("test"), At: apptest.Some(apptest.March(1, 3))}, nil)
		require.NoError(t, err)
		require.Len(t, ready(f, "R-2"), 1, "it was reset after the run")
		require.NoError(t, runs(f, "R-2", "test", apptest.March(1, 4)))
		require.Empty(t, ready(f, "R-2"))
	})
}

func TestAnEnvironmentIsAsRepresentativeAsThePolicyWants_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f, "R-1")
		f.Lines(`{"node":"ReleasePolicy","key":"P","name":"P","status":"IN_FORCE","policyVersion":1,"minRepresentativeness":60}`, `{"edge":"FOLLOWS","from":"Release:R-1","to":"ReleasePolicy:P"}`)
		require.Empty(t, ready(f, "R-1"), "no environment is named")
		require.NoError(t, runs(f, "R-1", "acc", apptest.March(1, 1)))
		require.Equal(t, []string{
			"an environment that is 60 % like production: of acc 1 of 3 parts are as in LIVE (33 %); missing: pay-mail; other versions: pay-db-acc has 13 for 14.1 or 14.2 of pay-db",
		}, ready(f, "R-1"))
		f.Lines(`{"node":"ConfigurationItem","key":"pay-db-acc","productVersion":"14.2"}`)
		require.Empty(t, ready(f, "R-1"))
	})
}

// A page of environments is compared at once, each as the caller may see it.
func TestEnvironmentsAreComparedWithProduction_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f, "R-1")
		f.Ctx = f.WithLoads(f.Ctx)
		page, err := f.Records.Records(f.Ctx, domain.KindTestEnvironment, listing.List{})
		require.NoError(t, err)
		told := map[string]string{}
		for _, r := range page.Items {
			e := r.Record.(*domain.TestEnvironment)
			is, err := f.Environments.Representativeness(f.Ctx, e, apptest.Key("R-1"))
			require.NoError(t, err)
			told[e.Key] = is.Explanation
			missing := environment.EnvironmentPartState("MISSING")
			require.Len(t, is.Parts(&missing), is.Missing)
			require.Len(t, is.Parts(nil), is.Total)
		}
		require.Equal(t, map[string]string{
			"acc":  "1 of 3 parts are as in LIVE (33 %); missing: pay-mail; other versions: pay-db-acc has 13 for 14.1 or 14.2 of pay-db",
			"test": "0 of 3 parts are as in LIVE (0 %); missing: pay-calc, pay-db, pay-mail",
		}, told)
		then := f.Head()
		f.Lines(`{"node":"ConfigurationItem","key":"pay-db-acc","productVersion":"14.2"}`)
		ctx := f.WithLoads(f.Ctx)
		was, err := f.Records.Record(ctx, domain.KindTestEnvironment, apptest.Key("acc"), &domain.AsOf{Revision: &then})
		require.NoError(t, err)
		past, err := f.Environments.Representativeness(ctx, was.(*domain.TestEnvironment), apptest.Key("R-1"))
		require.NoError(t, err)
		require.Equal(t, 33, past.Percent, "as it was")
		now, err := f.Environments.Representativeness(f.WithLoads(f.Ctx), f.Read(domain.KindTestEnvironment, "acc").(*domain.TestEnvironment), apptest.Key("R-1"))
		require.NoError(t, err)
		require.Equal(t, 66, now.Percent)
		_, err = f.Environments.Representativeness(f.Ctx, f.Read(domain.KindTestEnvironment, "acc").(*domain.TestEnvironment), apptest.Key("nowhere"))
		apptest.Refused(t, err, domain.NotFound, "release")
	})
}

func TestWhatStandsInIsOfNoLiveEnvironment_R12(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		accepting(f)
		_, err := f.Records.Connect(f.Ctx, "StandIn", apptest.Key("pay-calc"), apptest.Key("pay-db-acc"), nil, nil)
		require.Len(t, apptest.DomainErrors(err), 2)
		require.ErrorContains(t, err, "pay-calc is LIVE")
		_, err = f.Records.Create(f.Ctx, domain.KindTestEnvironment, apptest.Values{"key": "live", "name": "live", "environment": "LIVE"}, nil)
		require.ErrorContains(t, err, "where releases go, not where they are tested")
	})
}
