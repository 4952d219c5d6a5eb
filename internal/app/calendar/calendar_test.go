package calendar_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"releasegraph/internal/app/acting"
	"releasegraph/internal/app/listing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// March is an hour of a day of March 2026.
// Days is a range of days of March 2026.
// sides tells conflicts as text: kind and keys of both sides.
func sides(list []*calendar.ScheduleConflict) []string {
	var all []string
	for _, c := range list {
		text := string(c.Kind)
		for _, side := range c.Between() {
			text += " " + entity.Meta(side).Key
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

func TestEachKindOfConflictIsFound_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.EstateOfChanges()
		f.Change("A", 8, 12, "db", apptest.Values{"assignee": "ann"})
		f.Change("B", 10, 14, "shop", apptest.Values{"assignee": "Ann"})
		f.Change("C", 11, 13, "mail", nil)
		f.Connect(domain.RelTakesPlaceAt, "C", "par", nil)
		f.Change("D", 12, 13, "db", nil)
		f.Change("E", 12, 16, "db", nil)
		f.Create(domain.KindMaintenanceWindow, "nights", apptest.Values{
			"recurrence": "FREQ=DAILY", "startsAt": "2026-01-01T13:00", "duration": "PT3H", "timeZone": "Europe/Paris",
		})
		f.Connect(domain.RelWindowOf, "nights", "mail", nil)
		got, err := f.Calendar.ScheduleConflicts(f.Ctx, apptest.Days(10, 11), nil, nil, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{
			"DEPENDENCY A B", "DEPENDENCY B D", "DEPENDENCY B E", "DIRECT D E", "OUTSIDE_WINDOW C nights", "SAME_PERSON A B",
			"SITE A C", "SITE C D", "SITE C E", "SITE D E",
		}, sides(got.Nodes))
		require.Equal(t, 10, got.TotalCount)

		chained := slices.IndexFunc(got.Nodes, func(c *calendar.ScheduleConflict) bool { return c.Kind == domain.ConflictDependency })
		chain := apptest.Must(got.Nodes[chained].Chain(context.Background()))
		require.Len(t, chain, 2)
		first, err := chain[0].From(f.Ctx)
		require.NoError(t, err)
		last, err := chain[1].To(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, "shop db", first.Key+" "+last.Key)
		require.Equal(t, domain.TimeRange{From: apptest.March(10, 10), To: apptest.March(10, 12)}, got.Nodes[chained].Overlap)

		one, err := f.Calendar.ScheduleConflicts(f.Ctx, apptest.Days(10, 11), apptest.Some(apptest.Key("C")), []domain.ConflictKind{domain.ConflictSite}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"SITE A C", "SITE C D", "SITE C E"}, sides(one.Nodes))
		page, err := f.Calendar.ScheduleConflicts(f.Ctx, apptest.Days(10, 11), nil, nil, apptest.Some(4), nil)
		require.NoError(t, err)
		rest, err := f.Calendar.ScheduleConflicts(f.Ctx, apptest.Days(10, 11), nil, nil, nil, page.Part.End)
		require.NoError(t, err)
		require.Equal(t, sides(got.Nodes), sides(append(page.Nodes, rest.Nodes...)))

		own, err := f.Calendar.ChangeConflicts(f.Ctx, f.Read(domain.KindChangeRequest, "B").(*domain.ChangeRequest), nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"DEPENDENCY A B", "DEPENDENCY B D", "DEPENDENCY B E", "SAME_PERSON A B"}, sides(own.Nodes))
		require.Equal(t, 4, own.TotalCount)
		require.False(t, own.Truncated)
		before, err := f.Calendar.ChangeConflicts(f.Ctx, f.Rfc("B"), apptest.Some(3), nil)
		require.NoError(t, err)
		require.True(t, before.Part.HasNext)
		after, err := f.Calendar.ChangeConflicts(f.Ctx, f.Rfc("B"), nil, before.Part.End)
		require.NoError(t, err)
		require.Equal(t, sides(own.Nodes), sides(append(before.Nodes, after.Nodes...)))
		_, err = f.Calendar.ChangeConflicts(f.Ctx, f.Rfc("B"), apptest.Some(1001), apptest.Some("x"))
		require.Len(t, domain.ErrorsOf(err), 2)
	})
}

func TestAFreezeThatComesAgainIsToldInEachPeriod_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.EstateOfChanges()
		f.Change("LONG", 0, 24*6, "db", nil)
		f.Create(domain.KindMaintenanceWindow, "days", apptest.Values{
			"recurrence": "FREQ=DAILY", "startsAt": "2026-01-01T05:00", "duration": "PT18H", "timeZone": "UTC", "classes": []string{"DATABASE"},
		})
		closing := apptest.NewFreeze{Key: "closing", Name: "Closing", Classes: []domain.Class{domain.Database}, More: apptest.Values{
			"recurrence": "FREQ=DAILY", "startsAt": "2026-01-01T18:00", "duration": "PT4H", "timeZone": "UTC",
		}}
		_, err := f.CreateFreeze(f.Ctx, closing, nil)
		require.NoError(t, err)
		for day := 10; day < 16; day++ {
			found, err := f.Calendar.ScheduleConflicts(f.Ctx, domain.TimeRange{From: apptest.March(day, 12), To: apptest.March(day+1, 0)}, nil, nil, nil, nil)
			require.NoError(t, err)
			require.Len(t, found.Nodes, 2)
			require.Equal(t, domain.TimeRange{From: apptest.March(day, 18), To: apptest.March(day, 22)}, found.Nodes[0].Overlap)
			night := domain.TimeRange{From: apptest.March(day, 23), To: apptest.March(day+1, 5)}
			require.Equal(t, night.Meet(domain.TimeRange{From: apptest.March(10, 0), To: apptest.March(16, 0)}), found.Nodes[1].Overlap)
			found, err = f.Calendar.ScheduleConflicts(f.Ctx, domain.TimeRange{From: apptest.March(day, 6), To: apptest.March(day, 12)}, nil, nil, nil, nil)
			require.NoError(t, err)
			require.Empty(t, found.Nodes, "in the window, and before the freeze")
		}
	})
}

func TestFreeSlotsAreInWindowsAndOutOfFreezesAndOtherWork_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.EstateOfChanges()
		f.Change("A", 8, 12, "db", nil)
		f.Change("B", 12, 15, "db", nil)
		f.Create(domain.KindMaintenanceWindow, "afternoons", apptest.Values{
			"recurrence": "FREQ=DAILY", "startsAt": "2026-01-01T12:00", "duration": "PT6H", "timeZone": "Europe/Paris", "regions": []string{"emea"},
		})
		freeze := apptest.NewFreeze{Key: "inventory", Name: "Inventory", From: apptest.Some(apptest.March(11, 0)), To: apptest.Some(apptest.March(12, 13)), Classes: []domain.Class{domain.Database}}
		_, err := f.CreateFreeze(f.Ctx, freeze, nil)
		require.NoError(t, err)
		within := apptest.Days(10, 14)
		got, err := f.Calendar.FreeSlots(f.Ctx, apptest.Key("A"), apptest.Some("PT2H"), &within, 5)
		require.NoError(t, err)
		// In Paris it is an hour later. B has 12 to 15 o'clock on the 10th.
		require.Equal(t, []*domain.TimeRange{
			{From: apptest.March(10, 15), To: apptest.March(10, 17)}, {From: apptest.March(12, 13), To: apptest.March(12, 15)}, {From: apptest.March(13, 11), To: apptest.March(13, 13)},
		}, got)
		conflicts, err := f.Calendar.ScheduleConflicts(f.Ctx, apptest.Days(10, 11), apptest.Some(apptest.Key("A")), nil, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"OUTSIDE_WINDOW A afternoons"}, sides(conflicts.Nodes))
		slots, err := conflicts.Nodes[0].FreeSlots(f.Ctx, 1)
		require.NoError(t, err)
		require.Equal(t, []*domain.TimeRange{{From: apptest.March(12, 13), To: apptest.March(12, 17)}}, slots)
	})
}

func TestAFreezeHoldsWhatIsPlannedInItAndLiftingItReleasesThat_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.EstateOfChanges()
		f.Create(domain.KindParty, "dba", apptest.Values{"type": "TEAM"})
		f.Connect(domain.RelOwnedBy, "db", "dba", nil)
		f.Change("A", 8, 12, "db", apptest.Values{"assignee": "ann"})
		f.Change("B", 8, 12, "mail", nil)
		f.Change("LATER", 20, 22, "db", nil)
		declared, err := f.CreateFreeze(f.Ctx, apptest.NewFreeze{
			Key: "sale", Name: "Sale", From: apptest.Some(apptest.March(10, 0)), To: apptest.Some(apptest.March(10, 18)), Services: []*domain.Ref{apptest.Some(apptest.Key("shop"))},
		}, nil)
		require.NoError(t, err)
		held := declared.ChangeRequests()
		require.Len(t, held, 1)
		require.Equal(t, "A", held[0].ChangeRequest.Key)
		require.Equal(t, []string{"local", "ann"}, held[0].People())
		owners, err := held[0].Owners(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, "dba", owners[0].Key)
		heldBy := func(k string) []string { return f.Read(domain.KindChangeRequest, k).(*domain.ChangeRequest).HeldBy }
		require.Equal(t, []string{"sale"}, heldBy("A"))
		require.Empty(t, heldBy("B"))

		// A second freeze, then moves in and out of both.
		_, err = f.CreateFreeze(f.Ctx, apptest.NewFreeze{Key: "all", Name: "All", From: apptest.Some(apptest.March(10, 10)), To: apptest.Some(apptest.March(10, 11)), Everywhere: apptest.Some(true)}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"all", "sale"}, heldBy("A"))
		require.Equal(t, []string{"all"}, heldBy("B"))
		_, err = f.Records.Update(f.Ctx, domain.KindChangeRequest, apptest.Key("LATER"), apptest.Values{"plannedFrom": apptest.March(10, 17)}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"sale"}, heldBy("LATER"))
		_, err = f.Records.Update(f.Ctx, domain.KindChangeRequest, apptest.Key("LATER"), apptest.Values{"plannedFrom": apptest.March(10, 19)}, nil, nil)
		require.NoError(t, err)
		require.Empty(t, heldBy("LATER"))

		// The change itself gains items and sites, and loses them.
		f.Connect(domain.RelAffects, "B", "db", nil)
		require.Equal(t, []string{"all", "sale"}, heldBy("B"), "the shop needs the database")
		_, err = f.Records.Disconnect(f.Ctx, domain.RelAffects, apptest.Key("B"), apptest.Key("db"), nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"all"}, heldBy("B"))
		_, err = f.CreateFreeze(f.Ctx, apptest.NewFreeze{Key: "paris", Name: "Paris", From: apptest.Some(apptest.March(10, 8)), To: apptest.Some(apptest.March(10, 9)), Sites: []*domain.Ref{apptest.Some(apptest.Key("par"))}}, nil)
		require.NoError(t, err)
		f.Connect(domain.RelTakesPlaceAt, "B", "par", nil)
		require.Equal(t, []string{"all", "paris"}, heldBy("B"))
		_, err = f.Records.Remove(f.Ctx, domain.KindFreeze, apptest.Key("paris"), nil, nil)
		require.NoError(t, err)

		// The freeze itself changes: its scope, its end, its key.
		f.Connect(domain.RelFreezes, "sale", "mail", nil)
		require.Equal(t, []string{"all", "sale"}, heldBy("B"))
		_, err = f.Records.Disconnect(f.Ctx, domain.RelFreezes, apptest.Key("sale"), apptest.Key("mail"), nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"all"}, heldBy("B"))
		_, err = f.Records.Update(f.Ctx, domain.KindFreeze, apptest.Key("sale"), apptest.Values{"to": apptest.March(10, 23), "key": "winter-sale"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"all", "winter-sale"}, heldBy("A"))
		require.Equal(t, []string{"winter-sale"}, heldBy("LATER"))

		lifted, err := f.Calendar.LiftFreeze(f.Ctx, apptest.Key("winter-sale"), nil, nil)
		require.NoError(t, err)
		require.Len(t, lifted.ChangeRequests(), 2)
		require.NotNil(t, lifted.Freeze.LiftedAt)
		require.Equal(t, []string{"all"}, heldBy("A"))
		require.Empty(t, heldBy("LATER"))
		_, err = f.Calendar.LiftFreeze(f.Ctx, apptest.Key("winter-sale"), nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		_, err = f.Records.Remove(f.Ctx, domain.KindFreeze, apptest.Key("all"), nil, nil)
		require.NoError(t, err)
		require.Empty(t, heldBy("A"))
	})
}

// season is requests made during a freeze, as a release team would note them,
// and what became of them.
const season = `
RFC-1 blocker  installer does not start       granted carla
RFC-2 feature  new wallpaper                  refused carla
RFC-3 blocker  update loses user data         granted omar
RFC-4 security remote code execution          granted carla
RFC-5 feature  faster start                   refused omar
RFC-6 blocker  no network after upgrade       waiting -
`

// P7: each request of a season ends as the rules say, for its own change alone.
func TestASeasonOfRequestsAgainstAFreezeEndsAsTheRulesSay_P7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("os", apptest.Values{"class": "SYSTEM_SOFTWARE"})
		lines := strings.Split(strings.TrimSpace(season), "\n")
		for i := range lines {
			f.Change(fmt.Sprintf("RFC-%d", i+1), 8+i, 9+i, "os", nil)
		}
		_, err := f.CreateFreeze(f.Ctx, apptest.NewFreeze{Key: "beta", Name: "Beta", From: apptest.Some(apptest.March(9, 0)), To: apptest.Some(apptest.March(12, 0)), Everywhere: apptest.Some(true)}, nil)
		require.NoError(t, err)
		as := func(name string) *apptest.Fixture {
			g := *f
			g.Ctx = f.WithLoads(acting.WithActor(t.Context(), domain.Actor{Name: name, Roles: []domain.Role{domain.ChangeManager, domain.Requester}}))
			return &g
		}
		for _, line := range lines {
			words := strings.Fields(line)
			rfc, by := words[0], words[len(words)-1]
			reason := strings.Join(words[2:len(words)-2], " ")
			asked := as("rita")
			_, err := asked.Calendar.RequestFreezeException(asked.Ctx, domain.NewException{
				Key: "X-" + rfc, Freeze: apptest.Some(apptest.Key("beta")), ChangeRequest: apptest.Some(apptest.Key(rfc)), Kind: &words[1], Reason: reason,
			}, nil)
			require.NoError(t, err)
			verdict := map[string]domain.ExceptionVerdict{"granted": domain.GrantException, "refused": domain.RefuseException}[words[len(words)-2]]
			if verdict == "" {
				continue
			}
			_, err = asked.Calendar.DecideFreezeException(asked.Ctx, apptest.Key("X-"+rfc), verdict, nil, nil, nil)
			require.Equal(t, "P7", apptest.Refused(t, err, domain.RuleViolation, "input.ref").Rule, "nobody decides on their own request")
			decided := as(by)
			_, err = decided.Calendar.DecideFreezeException(decided.Ctx, apptest.Key("X-"+rfc), verdict, &reason, nil, nil)
			require.NoError(t, err)
			_, err = decided.Calendar.DecideFreezeException(decided.Ctx, apptest.Key("X-"+rfc), domain.GrantException, nil, nil, nil)
			apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		}
		for _, line := range lines {
			words := strings.Fields(line)
			outcome, by := words[len(words)-2], words[len(words)-1]
			x := f.Read(domain.KindFreezeException, "X-"+words[0]).(*domain.FreezeException)
			held := f.Read(domain.KindChangeRequest, words[0]).(*domain.ChangeRequest).HeldBy
			require.Equal(t, outcome == "granted", len(held) == 0, line)
			if outcome != "waiting" {
				require.Equal(t, by, *x.DecidedBy)
				require.Equal(t, strings.ToUpper(outcome), string(x.Status))
			}
		}
		frozen, err := f.Calendar.ScheduleConflicts(f.Ctx, apptest.Days(10, 11), nil, []domain.ConflictKind{domain.ConflictFreeze}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"FREEZE RFC-2 beta", "FREEZE RFC-5 beta", "FREEZE RFC-6 beta"}, sides(frozen.Nodes))

		_, err = f.Records.Connect(f.Ctx, domain.RelExceptionFor, apptest.Key("X-RFC-1"), apptest.Key("RFC-2"), nil, nil)
		require.Equal(t, "P7", apptest.Refused(t, err, domain.RuleViolation, "input.from").Rule, "for one change only")
		_, err = f.Records.Remove(f.Ctx, domain.KindFreezeException, apptest.Key("X-RFC-1"), nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.ref")
		_, err = f.Calendar.RequestFreezeException(f.Ctx, domain.NewException{Key: "X", Freeze: apptest.Some(apptest.Key("beta")), ChangeRequest: apptest.Some(apptest.Key("RFC-1")), Reason: " "}, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.reason")
		viewer := f.WithLoads(acting.WithActor(t.Context(), domain.Actor{Name: "vera", Roles: []domain.Role{domain.Requester}}))
		_, err = f.Calendar.DecideFreezeException(viewer, apptest.Key("X-RFC-6"), domain.GrantException, nil, nil, nil)
		apptest.Refused(t, err, domain.Forbidden, "")
	})
}

func TestTheForwardScheduleIsBySiteAndService_H5(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.EstateOfChanges()
		f.Create(domain.KindSite, "par-1", nil)
		f.Connect(domain.RelPartOf, "par-1", "par", nil)
		f.Change("DB", 8, 12, "db", nil)
		f.Change("MAIL", 9, 12, "mail", nil)
		f.Change("ROOM", 10, 12, "", nil)
		f.Connect(domain.RelTakesPlaceAt, "ROOM", "par-1", nil)
		f.Brings(`{"node":"ChangeRequest","key":"GONE","name":"Gone","type":"NORMAL","status":"WITHDRAWN","plannedFrom":"2026-03-10T07:00:00Z","plannedTo":"2026-03-10T09:00:00Z"}`)
		shown := func(site, service *domain.Ref) string {
			t.Helper()
			got, err := f.Calendar.ChangeSchedule(f.Ctx, apptest.Days(10, 11), site, service, nil, nil)
			require.NoError(t, err)
			var all []string
			for _, n := range got.Nodes {
				all = append(all, n.ChangeRequest.Key+" "+string(n.Status))
			}
			return strings.Join(all, ", ")
		}
		require.Equal(t, "GONE CANCELLED, DB TENTATIVE, MAIL TENTATIVE, ROOM TENTATIVE", shown(nil, nil))
		require.Equal(t, "DB TENTATIVE, ROOM TENTATIVE", shown(apptest.Some(apptest.Key("par")), nil))
		require.Equal(t, "DB TENTATIVE", shown(nil, apptest.Some(apptest.Key("shop"))))
		require.Empty(t, shown(apptest.Some(apptest.Key("nyc")), apptest.Some(apptest.Key("shop"))))
		first, err := f.Calendar.ChangeSchedule(f.Ctx, apptest.Days(10, 11), nil, nil, apptest.Some(3), nil)
		require.NoError(t, err)
		rest, err := f.Calendar.ChangeSchedule(f.Ctx, apptest.Days(10, 11), nil, nil, nil, first.Part.End)
		require.NoError(t, err)
		require.Equal(t, "ROOM", rest.Nodes[0].ChangeRequest.Key)
		require.Len(t, rest.Nodes, 1)
	})
}

func TestABadWindowIsRefusedWithAllThatIsWrong_P7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		_, err := f.Records.Create(f.Ctx, domain.KindMaintenanceWindow, apptest.Values{
			"key": "w", "name": "W", "recurrence": "FREQ=SECONDLY", "startsAt": "soon", "duration": "PT4H", "timeZone": "Mars/Olympus",
			"classes": []string{"SPOON"},
		}, nil)
		for _, part := range []string{"input.recurrence: FREQ=SECONDLY opens too often", "input.startsAt", "input.timeZone", "input.classes.0"} {
			require.ErrorContains(t, err, part)
		}
		_, err = f.CreateFreeze(f.Ctx, apptest.NewFreeze{Key: "f", Name: "F", From: apptest.Some(apptest.March(2, 0)), To: apptest.Some(apptest.March(1, 0))}, nil)
		apptest.Refused(t, err, domain.Invalid, "input.to")
		got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{
			`{"node":"MaintenanceWindow","key":"w","name":"W","recurrence":"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30","startsAt":"2026-01-01T22:00","duration":"PT1H","timeZone":"UTC"}`,
		}}, nil)
		require.NoError(t, err)
		require.Len(t, got.Wrong, 1)
		_, err = f.Calendar.ScheduleConflicts(f.Ctx, domain.TimeRange{From: apptest.March(2, 0), To: apptest.March(1, 0)}, nil, nil, nil, nil)
		apptest.Refused(t, err, domain.Invalid, "during.to")
	})
}

func TestASecretOfACalendarIsToldOnce_H5(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.EstateOfChanges()
		f.Change("DB", 8, 12, "db", nil)
		f.Change("MAIL", 9, 12, "mail", nil)
		options := &domain.WriteOptions{IdempotencyKey: apptest.Some("once")}
		made, err := f.Feeds.Create(f.Ctx, "shop", "Shop", nil, apptest.Some(apptest.Key("shop")), options)
		require.NoError(t, err)
		again, err := f.Feeds.Create(f.Ctx, "shop", "Shop", nil, apptest.Some(apptest.Key("shop")), options)
		require.NoError(t, err)
		require.Nil(t, again.Path)
		require.Equal(t, made.CalendarFeed.Fingerprint, again.CalendarFeed.Fingerprint)
		_, secret, _ := strings.Cut(*made.Path, "secret=")
		file, err := f.Feeds.BySecret(f.Ctx, secret, nil, apptest.Some(apptest.Key("mail")))
		require.NoError(t, err)
		require.Contains(t, file, "SUMMARY:DB: Record DB")
		require.NotContains(t, file, "MAIL", "the feed's own service stays")
		_, err = f.Feeds.BySecret(f.Ctx, secret+"x", nil, nil)
		apptest.Refused(t, err, domain.NotFound, "")
		viewer := f.WithLoads(acting.WithActor(t.Context(), domain.Actor{Name: "vera", Roles: []domain.Role{domain.Viewer}}))
		_, err = f.Feeds.Create(viewer, "mine", "Mine", nil, nil, nil)
		apptest.Refused(t, err, domain.Forbidden, "")
		_, err = f.Records.Records(viewer, domain.KindCalendarFeed, listing.List{})
		apptest.Refused(t, err, domain.Forbidden, "")
	})
}
