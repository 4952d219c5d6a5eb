package app_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
)

// onceIn2029 is a window of two hours.
func onceIn2029(k string, more values) values {
	in := values{"key": k, "name": k, "from": "2029-01-01T00:00:00Z", "to": "2029-01-01T02:00:00Z"}
	for name, v := range more {
		in[name] = v
	}
	return in
}

// P7: what is for nothing is refused, however it comes to be so, and says how it
// would be for everything.
func TestAWindowOrFreezeIsForSomething_P7(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.site("par")
		_, err := f.App.CreateFreeze(f.ctx, domain.NewOpening{Fields: onceIn2029("f", values{"regions": []string{}})}, nil)
		require.Contains(t, refused(t, err, domain.Invalid, "input.everywhere").Message, "everywhere: true")
		_, err = f.CreateMaintenanceWindow(f.ctx, domain.NewOpening{Fields: onceIn2029("w", nil)}, nil)
		refused(t, err, domain.Invalid, "input.everywhere")
		made, err := f.CreateMaintenanceWindow(f.ctx, domain.NewOpening{Fields: onceIn2029("w", values{"classes": []string{"SERVER"}}), Sites: []*domain.Ref{some(key("par"))}}, nil)
		require.NoError(t, err)
		require.Equal(t, []domain.Class{domain.Server}, made.Record.(*domain.MaintenanceWindow).Classes)
		emptied := values{"classes": nil}
		_, err = f.Update(f.ctx, domain.KindMaintenanceWindow, key("w"), emptied, nil, nil)
		require.NoError(t, err, "it still names a site")
		_, err = f.Disconnect(f.ctx, domain.RelWindowAt, key("w"), key("par"), nil, nil)
		refused(t, err, domain.Invalid, "input.to")
		_, err = f.Update(f.ctx, domain.KindMaintenanceWindow, key("w"), values{"everywhere": true}, nil, nil)
		require.NoError(t, err)
		_, err = f.Disconnect(f.ctx, domain.RelWindowAt, key("w"), key("par"), nil, nil)
		require.NoError(t, err)
		_, err = f.Update(f.ctx, domain.KindMaintenanceWindow, key("w"), values{"everywhere": false}, nil, nil)
		refused(t, err, domain.Invalid, "input.patch")
	})
}

// P7: all that is wrong with a new freeze is told at once, by field.
func TestAllThatIsWrongWithANewFreezeIsTold_P7(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	_, err := f.App.CreateFreeze(f.ctx, domain.NewOpening{
		Fields: values{"key": "f", "name": "", "startsAt": "noon", "duration": "4h", "timeZone": "Mars", "recurrence": "FREQ=SOMETIMES", "classes": []string{"SERVER", "BOAT"}},
		Sites:  []*domain.Ref{some(key("nowhere"))},
	}, nil)
	fields := map[string]bool{}
	for _, e := range domainErrors(err) {
		fields[e.Field] = true
	}
	for _, want := range []string{"name", "startsAt", "duration", "timeZone", "recurrence", "classes.1", "sites.0"} {
		require.True(t, fields["input."+want], "%s is not told: %v", want, err)
	}
	// A time that cannot be read is not told to be missing, nor what would be in
	// its stead.
	_, err = f.App.CreateFreeze(f.ctx, domain.NewOpening{Fields: values{"key": "f", "name": "F", "from": "noon", "to": "2029-01-01T00:00:00Z", "everywhere": true}}, nil)
	refused(t, err, domain.Invalid, "input.from")
	require.Len(t, domainErrors(err), 1)
}

// P7: a freeze tells what it is for, also before it is declared, and warns of
// names that nothing has.
func TestAFreezeTellsWhatItIsFor_P7(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.estateOfChanges()
		f.site("emea-south")
		f.create(domain.KindSite, "par-1", values{"region": "apac"})
		f.connect(domain.RelPartOf, "par-1", "par", nil)
		of := newFreeze{
			Key: "f", Name: "F", From: some(march(10, 0)), To: some(march(11, 0)), Regions: []string{"EMEA", "amer", "middle earth"},
			Classes: []domain.Class{domain.Database, domain.Workstation}, Sites: []*domain.Ref{some(key("par"))}, Services: []*domain.Ref{some(key("shop"))},
		}
		for _, o := range []*domain.WriteOptions{{DryRun: some(true)}, nil} {
			made, err := f.CreateFreeze(f.ctx, of, o)
			require.NoError(t, err)
			m, err := made.Matches(f.ctx)
			require.NoError(t, err)
			require.Equal(t, []int{1, 3, 1}, []int{m.Items, m.Sites, m.Services}, "the database; par, its part and nyc; the shop")
			var warned []string
			for _, w := range m.Warnings {
				warned = append(warned, w.Field+" "+strings.Join(w.Suggestions, ","))
			}
			require.ElementsMatch(t, []string{"regions.0 emea", "regions.2 ", "classes.1 "}, warned)
		}
		stored, err := f.Matches(f.ctx, f.read(domain.KindFreeze, "f").(*domain.Freeze))
		require.NoError(t, err)
		require.Equal(t, 3, stored.Sites)
		all, err := f.CreateFreeze(f.ctx, newFreeze{Key: "all", Name: "All", From: some(march(10, 0)), To: some(march(11, 0)), Everywhere: some(true)}, nil)
		require.NoError(t, err)
		m, err := all.Matches(f.ctx)
		require.NoError(t, err)
		require.Equal(t, []int{4, 4, 2, 0}, []int{m.Items, m.Sites, m.Services, len(m.Warnings)})
	})
}

// H6: however far ahead a freeze lies, it holds at once what is planned then,
// and what is planned into it later.
func TestAFreezeFarAheadHoldsAtOnce_H6(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("db", values{"class": "DATABASE"})
		plan := func(k string, year int) {
			from := time.Date(year, 12, 20, 12, 0, 0, 0, time.UTC)
			f.create(domain.KindChangeRequest, k, values{"plannedFrom": from, "plannedTo": from.Add(time.Hour)})
			f.connect(domain.RelAffects, k, "db", nil)
		}
		plan("SOON", 2026)
		plan("LATER", 2031)
		plan("FAR", 2077)
		once, err := f.CreateFreeze(f.ctx, newFreeze{
			Key: "once", Name: "Once", From: some(time.Date(2031, 12, 1, 0, 0, 0, 0, time.UTC)), To: some(time.Date(2032, 1, 1, 0, 0, 0, 0, time.UTC)), Classes: []domain.Class{domain.Database},
		}, nil)
		require.NoError(t, err)
		require.Len(t, once.ChangeRequests(), 1)
		require.Equal(t, []string{"once"}, f.heldBy("LATER"))
		yearly := values{"recurrence": "FREQ=YEARLY", "startsAt": "2026-12-18T00:00", "duration": "P7D", "timeZone": "UTC"}
		_, err = f.CreateFreeze(f.ctx, newFreeze{Key: "yule", Name: "Yule", Classes: []domain.Class{domain.Database}, More: yearly}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"yule"}, f.heldBy("SOON"))
		require.Equal(t, []string{"once", "yule"}, f.heldBy("LATER"))
		require.Equal(t, []string{"yule"}, f.heldBy("FAR"))
		plan("NEW", 2088)
		require.Equal(t, []string{"yule"}, f.heldBy("NEW"))
		lifted, err := f.LiftFreeze(f.ctx, key("yule"), nil, nil)
		require.NoError(t, err)
		require.Len(t, lifted.ChangeRequests(), 4)
		require.Empty(t, f.heldBy("FAR"))
	})
}

// P7: the next openings are told as instants and as the clocks show them, also
// over a change of the clocks; a lifted freeze has none.
func TestWindowsAndFreezesTellWhenTheyAreOn_P7(t *testing.T) {
	f := newFixture(t, openSQLite(t))
	weekly := values{"recurrence": "FREQ=WEEKLY;BYDAY=SA,SU", "startsAt": "2026-03-21T00:00", "duration": "P2D", "timeZone": "Europe/Paris", "everywhere": true}
	f.create(domain.KindMaintenanceWindow, "weekends", weekly)
	window := f.read(domain.KindMaintenanceWindow, "weekends").(*domain.MaintenanceWindow)
	next, err := f.Occurrences(window, nil, 2)
	require.NoError(t, err)
	require.Equal(t, []*domain.Occurrence{
		{From: utc("2026-03-20T23:00:00Z"), To: utc("2026-03-23T23:00:00Z"), LocalFrom: some("2026-03-21T00:00:00"), LocalTo: some("2026-03-24T00:00:00")},
		{From: utc("2026-03-27T23:00:00Z"), To: utc("2026-03-30T22:00:00Z"), LocalFrom: some("2026-03-28T00:00:00"), LocalTo: some("2026-03-31T00:00:00")},
	}, next)
	during, err := f.Occurrences(window, &domain.TimeRange{From: utc("2027-01-01T00:00:00Z"), To: utc("2027-02-01T00:00:00Z")}, 100)
	require.NoError(t, err)
	require.Len(t, during, 5)
	for _, wrong := range []struct {
		during *domain.TimeRange
		first  int
		field  string
	}{{nil, 0, "first"}, {nil, 101, "first"}, {&domain.TimeRange{From: utc("2027-01-01T00:00:00Z"), To: utc("2030-01-01T00:00:00Z")}, 1, "during"}} {
		_, err := f.Occurrences(window, wrong.during, wrong.first)
		refused(t, err, domain.Invalid, wrong.field)
	}
	f.freeze("f", 10, 12, newFreeze{Everywhere: some(true)})
	declared, err := f.Occurrences(f.read(domain.KindFreeze, "f").(*domain.Freeze), nil, 5)
	require.NoError(t, err)
	require.Equal(t, []*domain.Occurrence{{From: march(10, 0), To: march(12, 0)}}, declared)
	_, err = f.LiftFreeze(f.ctx, key("f"), nil, nil)
	require.NoError(t, err)
	lifted, err := f.Occurrences(f.read(domain.KindFreeze, "f").(*domain.Freeze), nil, 5)
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
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("shop")
		f.item("db", values{"class": "DATABASE"})
		_, err := f.CreateMaintenanceWindow(f.ctx, domain.NewOpening{Fields: onceIn2029("w", nil), Services: []*domain.Ref{some(key("shop")), some(key("db"))}}, nil)
		require.Contains(t, refused(t, err, domain.RuleViolation, "input.services.1").Message, "DATABASE")
		_, err = f.CreateMaintenanceWindow(f.ctx, domain.NewOpening{Fields: onceIn2029("w", nil), Services: []*domain.Ref{some(key("shop"))}}, nil)
		require.NoError(t, err)
		_, err = f.Connect(f.ctx, domain.RelWindowOf, key("w"), key("db"), nil, nil)
		refused(t, err, domain.RuleViolation, "input.to")
		f.freeze("f", 10, 12, newFreeze{Everywhere: some(true)})
		_, err = f.Connect(f.ctx, domain.RelFreezes, key("f"), key("db"), nil, nil)
		refused(t, err, domain.RuleViolation, "input.to")
		_, err = f.Update(f.ctx, domain.KindConfigurationItem, key("shop"), values{"class": "APPLICATION"}, nil, nil)
		refused(t, err, domain.RuleViolation, "input.patch.class")
		for _, line := range []string{
			`{"edge":"WINDOW_OF","from":"MaintenanceWindow:w","to":"ConfigurationItem:db"}`,
			`{"edge":"FREEZES","from":"Freeze:f","to":"ConfigurationItem:db"}`,
			`{"node":"ConfigurationItem","key":"shop","class":"APPLICATION"}`,
		} {
			got, err := f.ImportLines(f.ctx, app.ImportLinesInput{Lines: []string{line}, Overwrite: true}, nil)
			require.NoError(t, err)
			require.NotEmpty(t, got.Wrong, line)
		}
	})
}

// H6: slots lie ahead and begin on full minutes; what cannot be is refused with
// its limit.
func TestFreeSlotsLieAheadAndBeginOnFullMinutes_H6(t *testing.T) {
	f := newFixture(t, openSQLite(t)) // it is the 1st of March, a little after eight
	f.item("db")
	f.change("A", 8, 12, "db", nil)
	got, err := f.FreeSlots(f.ctx, key("A"), nil, nil, 1)
	require.NoError(t, err)
	require.Zero(t, got[0].From.Truncate(time.Minute).Compare(got[0].From), "%s", got[0].From)
	begun := domain.TimeRange{From: march(1, 0), To: march(2, 0)}
	got, err = f.FreeSlots(f.ctx, key("A"), some("PT1H"), &begun, 1)
	require.NoError(t, err)
	require.Equal(t, march(1, 8).Add(time.Minute), got[0].From)
	past := domain.TimeRange{From: march(1, 0), To: march(1, 7)}
	_, err = f.FreeSlots(f.ctx, key("A"), some("PT1H"), &past, 1)
	refused(t, err, domain.Invalid, "within.to")
	_, err = f.FreeSlots(f.ctx, key("A"), some("P100D"), nil, 1)
	require.Contains(t, refused(t, err, domain.Invalid, "length").Message, "90 days")
	f.create(domain.KindChangeRequest, "LONG", values{"plannedFrom": march(1, 0), "plannedTo": march(1, 0).AddDate(0, 6, 0)})
	_, err = f.FreeSlots(f.ctx, key("LONG"), nil, nil, 1)
	refused(t, err, domain.Invalid, "changeRequest")
}

// H6: work at a site meets work at whatever the site is part of, also where the
// site follows from where an item is installed.
func TestWorkMeetsAtPartsOfSites_H6(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		for _, k := range []string{"region", "town", "room", "elsewhere"} {
			f.site(k)
		}
		f.connect(domain.RelPartOf, "town", "region", nil)
		f.connect(domain.RelPartOf, "room", "town", nil)
		f.item("rack", values{"class": "SERVER"})
		f.item("mast", values{"class": "SERVER"})
		f.connect(domain.RelInstalledAt, "rack", "room", nil)
		f.connect(domain.RelInstalledAt, "mast", "region", nil)
		f.change("NAMED", 8, 9, "", nil)
		f.connect(domain.RelTakesPlaceAt, "NAMED", "town", nil)
		f.change("INSTALLED", 8, 9, "rack", nil)
		f.change("AROUND", 8, 9, "mast", nil)
		f.change("APART", 8, 9, "", nil)
		f.connect(domain.RelTakesPlaceAt, "APART", "elsewhere", nil)
		found, err := f.ScheduleConflicts(f.ctx, days(10, 11), nil, nil, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"SITE AROUND INSTALLED", "SITE AROUND NAMED", "SITE INSTALLED NAMED"}, sides(found.Nodes))
		for _, c := range found.Nodes {
			at, err := c.Sites(f.ctx)
			require.NoError(t, err)
			require.Len(t, at, 1)
			require.Equal(t, map[bool]string{true: "room", false: "town"}[strings.Contains(strings.Join(sides([]*app.ScheduleConflict{c}), ""), "INSTALLED")], at[0].Key)
		}
		own, err := f.ChangeConflicts(f.ctx, f.read(domain.KindChangeRequest, "NAMED").(*domain.ChangeRequest), nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"SITE AROUND NAMED", "SITE INSTALLED NAMED"}, sides(own.Nodes))
	})
}
