package calendar_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app/apptest"
	"releasegraph/internal/app/bulk"
	"releasegraph/internal/app/calendar"
	"releasegraph/internal/domain"
)

// onceIn2029 is a window of two hours.
func onceIn2029(k string, more apptest.Values) apptest.Values {
	in := apptest.Values{"key": k, "name": k, "from": "2029-01-01T00:00:00Z", "to": "2029-01-01T02:00:00Z"}
	for name, v := range more {
		in[name] = v
	}
	return in
}

// P7: what is for nothing is refused, however it comes to be so, and says how it
// would be for everything.
func TestAWindowOrFreezeIsForSomething_P7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Site("par")
		_, err := f.App.Calendar.CreateFreeze(f.Ctx, domain.NewOpening{Fields: onceIn2029("f", apptest.Values{"regions": []string{}})}, nil)
		require.Contains(t, apptest.Refused(t, err, domain.Invalid, "input.everywhere").Message, "everywhere: true")
		_, err = f.Calendar.CreateMaintenanceWindow(f.Ctx, domain.NewOpening{Fields: onceIn2029("w", nil)}, nil)
		apptest.Refused(t, err, domain.Invalid, "input.everywhere")
		made, err := f.Calendar.CreateMaintenanceWindow(f.Ctx, domain.NewOpening{Fields: onceIn2029("w", apptest.Values{"classes": []string{"SERVER"}}), Sites: []*domain.Ref{apptest.Some(apptest.Key("par"))}}, nil)
		require.NoError(t, err)
		require.Equal(t, []domain.Class{domain.Server}, made.Record.(*domain.MaintenanceWindow).Classes)
		emptied := apptest.Values{"classes": nil}
		_, err = f.Records.Update(f.Ctx, domain.KindMaintenanceWindow, apptest.Key("w"), emptied, nil, nil)
		require.NoError(t, err, "it still names a site")
		_, err = f.Records.Disconnect(f.Ctx, domain.RelWindowAt, apptest.Key("w"), apptest.Key("par"), nil, nil)
		apptest.Refused(t, err, domain.Invalid, "input.to")
		_, err = f.Records.Update(f.Ctx, domain.KindMaintenanceWindow, apptest.Key("w"), apptest.Values{"everywhere": true}, nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Disconnect(f.Ctx, domain.RelWindowAt, apptest.Key("w"), apptest.Key("par"), nil, nil)
		require.NoError(t, err)
		_, err = f.Records.Update(f.Ctx, domain.KindMaintenanceWindow, apptest.Key("w"), apptest.Values{"everywhere": false}, nil, nil)
		apptest.Refused(t, err, domain.Invalid, "input.patch")
	})
}

// P7: all that is wrong with a new freeze is told at once, by field.
func TestAllThatIsWrongWithANewFreezeIsTold_P7(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	_, err := f.App.Calendar.CreateFreeze(f.Ctx, domain.NewOpening{
		Fields: apptest.Values{"key": "f", "name": "", "startsAt": "noon", "duration": "4h", "timeZone": "Mars", "recurrence": "FREQ=SOMETIMES", "classes": []string{"SERVER", "BOAT"}},
		Sites:  []*domain.Ref{apptest.Some(apptest.Key("nowhere"))},
	}, nil)
	fields := map[string]bool{}
	for _, e := range apptest.DomainErrors(err) {
		fields[e.Field] = true
	}
	for _, want := range []string{"name", "startsAt", "duration", "timeZone", "recurrence", "classes.1", "sites.0"} {
		require.True(t, fields["input."+want], "%s is not told: %v", want, err)
	}
	// A time that cannot be read is not told to be missing, nor what would be in
	// its stead.
	_, err = f.App.Calendar.CreateFreeze(f.Ctx, domain.NewOpening{Fields: apptest.Values{"key": "f", "name": "F", "from": "noon", "to": "2029-01-01T00:00:00Z", "everywhere": true}}, nil)
	apptest.Refused(t, err, domain.Invalid, "input.from")
	require.Len(t, apptest.DomainErrors(err), 1)
}

// P7: a freeze tells what it is for, also before it is declared, and warns of
// names that nothing has.
func TestAFreezeTellsWhatItIsFor_P7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.EstateOfChanges()
		f.Site("emea-south")
		f.Create(domain.KindSite, "par-1", apptest.Values{"region": "apac"})
		f.Connect(domain.RelPartOf, "par-1", "par", nil)
		of := apptest.NewFreeze{
			Key: "f", Name: "F", From: apptest.Some(apptest.March(10, 0)), To: apptest.Some(apptest.March(11, 0)), Regions: []string{"EMEA", "amer", "middle earth"},
			Classes: []domain.Class{domain.Database, domain.Workstation}, Sites: []*domain.Ref{apptest.Some(apptest.Key("par"))}, Services: []*domain.Ref{apptest.Some(apptest.Key("shop"))},
		}
		for _, o := range []*domain.WriteOptions{{DryRun: apptest.Some(true)}, nil} {
			made, err := f.CreateFreeze(f.Ctx, of, o)
			require.NoError(t, err)
			m, err := made.Matches(f.Ctx)
			require.NoError(t, err)
			require.Equal(t, []int{1, 3, 1}, []int{m.Items, m.Sites, m.Services}, "the database; par, its part and nyc; the shop")
			var warned []string
			for _, w := range m.Warnings {
				warned = append(warned, w.Field+" "+strings.Join(w.Suggestions, ","))
			}
			require.ElementsMatch(t, []string{"regions.0 emea", "regions.2 ", "classes.1 "}, warned)
		}
		stored, err := f.Calendar.Matches(f.Ctx, f.Read(domain.KindFreeze, "f").(*domain.Freeze))
		require.NoError(t, err)
		require.Equal(t, 3, stored.Sites)
		all, err := f.CreateFreeze(f.Ctx, apptest.NewFreeze{Key: "all", Name: "All", From: apptest.Some(apptest.March(10, 0)), To: apptest.Some(apptest.March(11, 0)), Everywhere: apptest.Some(true)}, nil)
		require.NoError(t, err)
		m, err := all.Matches(f.Ctx)
		require.NoError(t, err)
		require.Equal(t, []int{4, 4, 2, 0}, []int{m.Items, m.Sites, m.Services, len(m.Warnings)})
	})
}

// H6: however far ahead a freeze lies, it holds at once what is planned then,
// and what is planned into it later.
func TestAFreezeFarAheadHoldsAtOnce_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("db", apptest.Values{"class": "DATABASE"})
		plan := func(k string, year int) {
			from := time.Date(year, 12, 20, 12, 0, 0, 0, time.UTC)
			f.Create(domain.KindChangeRequest, k, apptest.Values{"plannedFrom": from, "plannedTo": from.Add(time.Hour)})
			f.Connect(domain.RelAffects, k, "db", nil)
		}
		plan("SOON", 2026)
		plan("LATER", 2031)
		plan("FAR", 2077)
		once, err := f.CreateFreeze(f.Ctx, apptest.NewFreeze{
			Key: "once", Name: "Once", From: apptest.Some(time.Date(2031, 12, 1, 0, 0, 0, 0, time.UTC)), To: apptest.Some(time.Date(2032, 1, 1, 0, 0, 0, 0, time.UTC)), Classes: []domain.Class{domain.Database},
		}, nil)
		require.NoError(t, err)
		require.Len(t, once.ChangeRequests(), 1)
		require.Equal(t, []string{"once"}, f.HeldBy("LATER"))
		yearly := apptest.Values{"recurrence": "FREQ=YEARLY", "startsAt": "2026-12-18T00:00", "duration": "P7D", "timeZone": "UTC"}
		_, err = f.CreateFreeze(f.Ctx, apptest.NewFreeze{Key: "yule", Name: "Yule", Classes: []domain.Class{domain.Database}, More: yearly}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"yule"}, f.HeldBy("SOON"))
		require.Equal(t, []string{"once", "yule"}, f.HeldBy("LATER"))
		require.Equal(t, []string{"yule"}, f.HeldBy("FAR"))
		plan("NEW", 2088)
		require.Equal(t, []string{"yule"}, f.HeldBy("NEW"))
		lifted, err := f.Calendar.LiftFreeze(f.Ctx, apptest.Key("yule"), nil, nil)
		require.NoError(t, err)
		require.Len(t, lifted.ChangeRequests(), 4)
		require.Empty(t, f.HeldBy("FAR"))
	})
}

// P7: the next openings are told as instants and as the clocks show them, also
// over a change of the clocks; a lifted freeze has none.
func TestWindowsAndFreezesTellWhenTheyAreOn_P7(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t))
	weekly := apptest.Values{"recurrence": "FREQ=WEEKLY;BYDAY=SA,SU", "startsAt": "2026-03-21T00:00", "duration": "P2D", "timeZone": "Europe/Paris", "everywhere": true}
	f.Create(domain.KindMaintenanceWindow, "weekends", weekly)
	window := f.Read(domain.KindMaintenanceWindow, "weekends").(*domain.MaintenanceWindow)
	next, err := f.Calendar.Occurrences(window, nil, 2)
	require.NoError(t, err)
	require.Equal(t, []*domain.Occurrence{
		{From: utc("2026-03-20T23:00:00Z"), To: utc("2026-03-23T23:00:00Z"), LocalFrom: apptest.Some("2026-03-21T00:00:00"), LocalTo: apptest.Some("2026-03-24T00:00:00")},
		{From: utc("2026-03-27T23:00:00Z"), To: utc("2026-03-30T22:00:00Z"), LocalFrom: apptest.Some("2026-03-28T00:00:00"), LocalTo: apptest.Some("2026-03-31T00:00:00")},
	}, next)
	during, err := f.Calendar.Occurrences(window, &domain.TimeRange{From: utc("2027-01-01T00:00:00Z"), To: utc("2027-02-01T00:00:00Z")}, 100)
	require.NoError(t, err)
	require.Len(t, during, 5)
	for _, wrong := range []struct {
		during *domain.TimeRange
		first  int
		field  string
	}{{nil, 0, "first"}, {nil, 101, "first"}, {&domain.TimeRange{From: utc("2027-01-01T00:00:00Z"), To: utc("2030-01-01T00:00:00Z")}, 1, "during"}} {
		_, err := f.Calendar.Occurrences(window, wrong.during, wrong.first)
		apptest.Refused(t, err, domain.Invalid, wrong.field)
	}
	freeze(f, "f", 10, 12, apptest.NewFreeze{Everywhere: apptest.Some(true)})
	declared, err := f.Calendar.Occurrences(f.Read(domain.KindFreeze, "f").(*domain.Freeze), nil, 5)
	require.NoError(t, err)
	require.Equal(t, []*domain.Occurrence{{From: apptest.March(10, 0), To: apptest.March(12, 0)}}, declared)
	_, err = f.Calendar.LiftFreeze(f.Ctx, apptest.Key("f"), nil, nil)
	require.NoError(t, err)
	lifted, err := f.Calendar.Occurrences(f.Read(domain.KindFreeze, "f").(*domain.Freeze), nil, 5)
	require.NoError(t, err)
	require.Empty(t, lifted)
}

func utc(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return t
}

// P7: windows and freezes name services, and nothing else; what they name stays
// one, by whatever means.
func TestWindowsAndFreezesNameServicesOnly_P7(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		f.Item("shop")
		f.Item("db", apptest.Values{"class": "DATABASE"})
		_, err := f.Calendar.CreateMaintenanceWindow(f.Ctx, domain.NewOpening{Fields: onceIn2029("w", nil), Services: []*domain.Ref{apptest.Some(apptest.Key("shop")), apptest.Some(apptest.Key("db"))}}, nil)
		require.Contains(t, apptest.Refused(t, err, domain.RuleViolation, "input.services.1").Message, "DATABASE")
		_, err = f.Calendar.CreateMaintenanceWindow(f.Ctx, domain.NewOpening{Fields: onceIn2029("w", nil), Services: []*domain.Ref{apptest.Some(apptest.Key("shop"))}}, nil)
		require.NoError(t, err)
		_, err = f.Records.Connect(f.Ctx, domain.RelWindowOf, apptest.Key("w"), apptest.Key("db"), nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.to")
		freeze(f, "f", 10, 12, apptest.NewFreeze{Everywhere: apptest.Some(true)})
		_, err = f.Records.Connect(f.Ctx, domain.RelFreezes, apptest.Key("f"), apptest.Key("db"), nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.to")
		_, err = f.Records.Update(f.Ctx, domain.KindConfigurationItem, apptest.Key("shop"), apptest.Values{"class": "APPLICATION"}, nil, nil)
		apptest.Refused(t, err, domain.RuleViolation, "input.patch.class")
		for _, line := range []string{
			`{"edge":"WINDOW_OF","from":"MaintenanceWindow:w","to":"ConfigurationItem:db"}`,
			`{"edge":"FREEZES","from":"Freeze:f","to":"ConfigurationItem:db"}`,
			`{"node":"ConfigurationItem","key":"shop","class":"APPLICATION"}`,
		} {
			got, err := f.Bulk.ImportLines(f.Ctx, bulk.ImportLinesInput{Lines: []string{line}, Overwrite: true}, nil)
			require.NoError(t, err)
			require.NotEmpty(t, got.Wrong, line)
		}
	})
}

// H6: slots lie ahead and begin on full minutes; what cannot be is refused with
// its limit.
func TestFreeSlotsLieAheadAndBeginOnFullMinutes_H6(t *testing.T) {
	f := apptest.NewFixture(t, apptest.OpenSQLite(t)) // it is the 1st of March, a little after eight
	f.Item("db")
	f.Change("A", 8, 12, "db", nil)
	got, err := f.Calendar.FreeSlots(f.Ctx, apptest.Key("A"), nil, nil, 1)
	require.NoError(t, err)
	require.Zero(t, got[0].From.Truncate(time.Minute).Compare(got[0].From), "%s", got[0].From)
	begun := domain.TimeRange{From: apptest.March(1, 0), To: apptest.March(2, 0)}
	got, err = f.Calendar.FreeSlots(f.Ctx, apptest.Key("A"), apptest.Some("PT1H"), &begun, 1)
	require.NoError(t, err)
	require.Equal(t, apptest.March(1, 8).Add(time.Minute), got[0].From)
	past := domain.TimeRange{From: apptest.March(1, 0), To: apptest.March(1, 7)}
	_, err = f.Calendar.FreeSlots(f.Ctx, apptest.Key("A"), apptest.Some("PT1H"), &past, 1)
	apptest.Refused(t, err, domain.Invalid, "within.to")
	_, err = f.Calendar.FreeSlots(f.Ctx, apptest.Key("A"), apptest.Some("P100D"), nil, 1)
	require.Contains(t, apptest.Refused(t, err, domain.Invalid, "length").Message, "90 days")
	f.Create(domain.KindChangeRequest, "LONG", apptest.Values{"plannedFrom": apptest.March(1, 0), "plannedTo": apptest.March(1, 0).AddDate(0, 6, 0)})
	_, err = f.Calendar.FreeSlots(f.Ctx, apptest.Key("LONG"), nil, nil, 1)
	apptest.Refused(t, err, domain.Invalid, "changeRequest")
}

// H6: work at a site meets work at whatever the site is part of, also where the
// site follows from where an item is installed.
func TestWorkMeetsAtPartsOfSites_H6(t *testing.T) {
	apptest.OnStores(t, func(t *testing.T, f *apptest.Fixture) {
		for _, k := range []string{"region", "town", "room", "elsewhere"} {
			f.Site(k)
		}
		f.Connect(domain.RelPartOf, "town", "region", nil)
		f.Connect(domain.RelPartOf, "room", "town", nil)
		f.Item("rack", apptest.Values{"class": "SERVER"})
		f.Item("mast", apptest.Values{"class": "SERVER"})
		f.Connect(domain.RelInstalledAt, "rack", "room", nil)
		f.Connect(domain.RelInstalledAt, "mast", "region", nil)
		f.Change("NAMED", 8, 9, "", nil)
		f.Connect(domain.RelTakesPlaceAt, "NAMED", "town", nil)
		f.Change("INSTALLED", 8, 9, "rack", nil)
		f.Change("AROUND", 8, 9, "mast", nil)
		f.Change("APART", 8, 9, "", nil)
		f.Connect(domain.RelTakesPlaceAt, "APART", "elsewhere", nil)
		found, err := f.Calendar.ScheduleConflicts(f.Ctx, apptest.Days(10, 11), nil, nil, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"SITE AROUND INSTALLED", "SITE AROUND NAMED", "SITE INSTALLED NAMED"}, sides(found.Nodes))
		for _, c := range found.Nodes {
			at, err := c.Sites(f.Ctx)
			require.NoError(t, err)
			require.Len(t, at, 1)
			require.Equal(t, map[bool]string{true: "room", false: "town"}[strings.Contains(strings.Join(sides([]*calendar.ScheduleConflict{c}), ""), "INSTALLED")], at[0].Key)
		}
		own, err := f.Calendar.ChangeConflicts(f.Ctx, f.Read(domain.KindChangeRequest, "NAMED").(*domain.ChangeRequest), nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"SITE AROUND NAMED", "SITE INSTALLED NAMED"}, sides(own.Nodes))
	})
}
