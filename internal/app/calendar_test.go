package app_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/app"
	"releasegraph/internal/domain"
	"releasegraph/internal/entity"
)

// change stores a request for change that is planned from an hour of 10 March
// 2026 to another and affects an item.
func (f *fixture) change(k string, from, to int, item string, more values) *domain.ChangeRequest {
	f.t.Helper()
	in := values{"plannedFrom": march(10, from), "plannedTo": march(10, to)}
	for name, v := range more {
		in[name] = v
	}
	r := f.create(domain.KindChangeRequest, k, in).(*domain.ChangeRequest)
	if item != "" {
		f.connect(domain.RelAffects, k, item, nil)
	}
	return r
}

func march(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }

func days(from, to int) domain.TimeRange {
	return domain.TimeRange{From: march(from, 0), To: march(to, 0)}
}

// sides tells conflicts as text: kind and keys of both sides.
func sides(list []*app.ScheduleConflict) []string {
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

// estateOfChanges is a shop on a database, each at a site of its own.
func (f *fixture) estateOfChanges() {
	f.item("shop")
	f.item("app", values{"class": "APPLICATION"})
	f.item("db", values{"class": "DATABASE"})
	f.item("mail")
	f.create(domain.KindSite, "par", values{"region": "emea", "timeZone": "Europe/Paris"})
	f.create(domain.KindSite, "nyc", values{"region": "amer", "timeZone": "America/New_York"})
	f.connect(domain.RelDependsOn, "shop", "app", nil)
	f.connect(domain.RelDependsOn, "app", "db", nil)
	f.connect(domain.RelInstalledAt, "db", "par", nil)
	f.connect(domain.RelInstalledAt, "mail", "nyc", nil)
}

func TestEachKindOfConflictIsFound_H6(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.estateOfChanges()
		f.change("A", 8, 12, "db", values{"assignee": "ann"})
		f.change("B", 10, 14, "shop", values{"assignee": "ann"})
		f.change("C", 11, 13, "mail", nil)
		f.connect(domain.RelTakesPlaceAt, "C", "par", nil)
		f.change("D", 12, 13, "db", nil)
		f.change("E", 12, 16, "db", nil)
		f.create(domain.KindMaintenanceWindow, "nights", values{
			"recurrence": "FREQ=DAILY", "startsAt": "2026-01-01T13:00", "duration": "PT3H", "timeZone": "Europe/Paris",
		})
		f.connect(domain.RelWindowOf, "nights", "mail", nil)
		got, err := f.ScheduleConflicts(f.ctx, days(10, 11), nil, nil, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{
			"DEPENDENCY A B", "DEPENDENCY B D", "DEPENDENCY B E", "DIRECT D E", "OUTSIDE_WINDOW C nights", "SAME_PERSON A B",
			"SITE A C", "SITE C D", "SITE C E", "SITE D E",
		}, sides(got.Nodes))
		require.Equal(t, 10, got.TotalCount)

		chained := slices.IndexFunc(got.Nodes, func(c *app.ScheduleConflict) bool { return c.Kind == domain.ConflictDependency })
		chain := must(got.Nodes[chained].Chain(context.Background()))
		require.Len(t, chain, 2)
		first, err := chain[0].From(f.ctx)
		require.NoError(t, err)
		last, err := chain[1].To(f.ctx)
		require.NoError(t, err)
		require.Equal(t, "shop db", first.Key+" "+last.Key)
		require.Equal(t, domain.TimeRange{From: march(10, 10), To: march(10, 12)}, got.Nodes[chained].Overlap)

		one, err := f.ScheduleConflicts(f.ctx, days(10, 11), some(key("C")), []domain.ConflictKind{domain.ConflictSite}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"SITE A C", "SITE C D", "SITE C E"}, sides(one.Nodes))
		page, err := f.ScheduleConflicts(f.ctx, days(10, 11), nil, nil, some(4), nil)
		require.NoError(t, err)
		rest, err := f.ScheduleConflicts(f.ctx, days(10, 11), nil, nil, nil, page.Part.End)
		require.NoError(t, err)
		require.Equal(t, sides(got.Nodes), sides(append(page.Nodes, rest.Nodes...)))

		own, err := f.ChangeConflicts(f.ctx, f.read(domain.KindChangeRequest, "B").(*domain.ChangeRequest), nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"DEPENDENCY A B", "DEPENDENCY B D", "DEPENDENCY B E", "SAME_PERSON A B"}, sides(own.Nodes))
		require.Equal(t, 4, own.TotalCount)
		require.False(t, own.Truncated)
		before, err := f.ChangeConflicts(f.ctx, f.rfc("B"), some(3), nil)
		require.NoError(t, err)
		require.True(t, before.Part.HasNext)
		after, err := f.ChangeConflicts(f.ctx, f.rfc("B"), nil, before.Part.End)
		require.NoError(t, err)
		require.Equal(t, sides(own.Nodes), sides(append(before.Nodes, after.Nodes...)))
		_, err = f.ChangeConflicts(f.ctx, f.rfc("B"), some(1001), some("x"))
		require.Len(t, domain.ErrorsOf(err), 2)
	})
}

func TestAFreezeThatComesAgainIsToldInEachPeriod_H6(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.estateOfChanges()
		f.change("LONG", 0, 24*6, "db", nil)
		f.create(domain.KindMaintenanceWindow, "days", values{
			"recurrence": "FREQ=DAILY", "startsAt": "2026-01-01T05:00", "duration": "PT18H", "timeZone": "UTC", "classes": []string{"DATABASE"},
		})
		closing := newFreeze{Key: "closing", Name: "Closing", Classes: []domain.Class{domain.Database}, More: values{
			"recurrence": "FREQ=DAILY", "startsAt": "2026-01-01T18:00", "duration": "PT4H", "timeZone": "UTC",
		}}
		_, err := f.CreateFreeze(f.ctx, closing, nil)
		require.NoError(t, err)
		for day := 10; day < 16; day++ {
			found, err := f.ScheduleConflicts(f.ctx, domain.TimeRange{From: march(day, 12), To: march(day+1, 0)}, nil, nil, nil, nil)
			require.NoError(t, err)
			require.Len(t, found.Nodes, 2)
			require.Equal(t, domain.TimeRange{From: march(day, 18), To: march(day, 22)}, found.Nodes[0].Overlap)
			night := domain.TimeRange{From: march(day, 23), To: march(day+1, 5)}
			require.Equal(t, night.Meet(domain.TimeRange{From: march(10, 0), To: march(16, 0)}), found.Nodes[1].Overlap)
			found, err = f.ScheduleConflicts(f.ctx, domain.TimeRange{From: march(day, 6), To: march(day, 12)}, nil, nil, nil, nil)
			require.NoError(t, err)
			require.Empty(t, found.Nodes, "in the window, and before the freeze")
		}
	})
}

func TestFreeSlotsAreInWindowsAndOutOfFreezesAndOtherWork_H6(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.estateOfChanges()
		f.change("A", 8, 12, "db", nil)
		f.change("B", 12, 15, "db", nil)
		f.create(domain.KindMaintenanceWindow, "afternoons", values{
			"recurrence": "FREQ=DAILY", "startsAt": "2026-01-01T12:00", "duration": "PT6H", "timeZone": "Europe/Paris", "regions": []string{"emea"},
		})
		freeze := newFreeze{Key: "inventory", Name: "Inventory", From: some(march(11, 0)), To: some(march(12, 13)), Classes: []domain.Class{domain.Database}}
		_, err := f.CreateFreeze(f.ctx, freeze, nil)
		require.NoError(t, err)
		within := days(10, 14)
		got, err := f.FreeSlots(f.ctx, key("A"), some("PT2H"), &within, 5)
		require.NoError(t, err)
		// In Paris it is an hour later. B has 12 to 15 o'clock on the 10th.
		require.Equal(t, []*domain.TimeRange{
			{From: march(10, 15), To: march(10, 17)}, {From: march(12, 13), To: march(12, 15)}, {From: march(13, 11), To: march(13, 13)},
		}, got)
		conflicts, err := f.ScheduleConflicts(f.ctx, days(10, 11), some(key("A")), nil, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"OUTSIDE_WINDOW A afternoons"}, sides(conflicts.Nodes))
		slots, err := conflicts.Nodes[0].FreeSlots(f.ctx, 1)
		require.NoError(t, err)
		require.Equal(t, []*domain.TimeRange{{From: march(12, 13), To: march(12, 17)}}, slots)
	})
}

func TestAFreezeHoldsWhatIsPlannedInItAndLiftingItReleasesThat_H6(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.estateOfChanges()
		f.create(domain.KindParty, "dba", values{"type": "TEAM"})
		f.connect(domain.RelOwnedBy, "db", "dba", nil)
		f.change("A", 8, 12, "db", values{"assignee": "ann"})
		f.change("B", 8, 12, "mail", nil)
		f.change("LATER", 20, 22, "db", nil)
		declared, err := f.CreateFreeze(f.ctx, newFreeze{
			Key: "sale", Name: "Sale", From: some(march(10, 0)), To: some(march(10, 18)), Services: []*domain.Ref{some(key("shop"))},
		}, nil)
		require.NoError(t, err)
		held := declared.ChangeRequests()
		require.Len(t, held, 1)
		require.Equal(t, "A", held[0].ChangeRequest.Key)
		require.Equal(t, []string{"local", "ann"}, held[0].People())
		owners, err := held[0].Owners(f.ctx)
		require.NoError(t, err)
		require.Equal(t, "dba", owners[0].Key)
		heldBy := func(k string) []string { return f.read(domain.KindChangeRequest, k).(*domain.ChangeRequest).HeldBy }
		require.Equal(t, []string{"sale"}, heldBy("A"))
		require.Empty(t, heldBy("B"))

		// A second freeze, then moves in and out of both.
		_, err = f.CreateFreeze(f.ctx, newFreeze{Key: "all", Name: "All", From: some(march(10, 10)), To: some(march(10, 11)), Everywhere: some(true)}, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"all", "sale"}, heldBy("A"))
		require.Equal(t, []string{"all"}, heldBy("B"))
		_, err = f.Update(f.ctx, domain.KindChangeRequest, key("LATER"), values{"plannedFrom": march(10, 17)}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"sale"}, heldBy("LATER"))
		_, err = f.Update(f.ctx, domain.KindChangeRequest, key("LATER"), values{"plannedFrom": march(10, 19)}, nil, nil)
		require.NoError(t, err)
		require.Empty(t, heldBy("LATER"))

		// The change itself gains items and sites, and loses them.
		f.connect(domain.RelAffects, "B", "db", nil)
		require.Equal(t, []string{"all", "sale"}, heldBy("B"), "the shop needs the database")
		_, err = f.Disconnect(f.ctx, domain.RelAffects, key("B"), key("db"), nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"all"}, heldBy("B"))
		_, err = f.CreateFreeze(f.ctx, newFreeze{Key: "paris", Name: "Paris", From: some(march(10, 8)), To: some(march(10, 9)), Sites: []*domain.Ref{some(key("par"))}}, nil)
		require.NoError(t, err)
		f.connect(domain.RelTakesPlaceAt, "B", "par", nil)
		require.Equal(t, []string{"all", "paris"}, heldBy("B"))
		_, err = f.Remove(f.ctx, domain.KindFreeze, key("paris"), nil, nil)
		require.NoError(t, err)

		// The freeze itself changes: its scope, its end, its key.
		f.connect(domain.RelFreezes, "sale", "mail", nil)
		require.Equal(t, []string{"all", "sale"}, heldBy("B"))
		_, err = f.Disconnect(f.ctx, domain.RelFreezes, key("sale"), key("mail"), nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"all"}, heldBy("B"))
		_, err = f.Update(f.ctx, domain.KindFreeze, key("sale"), values{"to": march(10, 23), "key": "winter-sale"}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"all", "winter-sale"}, heldBy("A"))
		require.Equal(t, []string{"winter-sale"}, heldBy("LATER"))

		lifted, err := f.LiftFreeze(f.ctx, key("winter-sale"), nil, nil)
		require.NoError(t, err)
		require.Len(t, lifted.ChangeRequests(), 2)
		require.NotNil(t, lifted.Freeze.LiftedAt)
		require.Equal(t, []string{"all"}, heldBy("A"))
		require.Empty(t, heldBy("LATER"))
		_, err = f.LiftFreeze(f.ctx, key("winter-sale"), nil, nil)
		refused(t, err, domain.RuleViolation, "input.ref")
		_, err = f.Remove(f.ctx, domain.KindFreeze, key("all"), nil, nil)
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
	onStores(t, func(t *testing.T, f *fixture) {
		f.item("os", values{"class": "SYSTEM_SOFTWARE"})
		lines := strings.Split(strings.TrimSpace(season), "\n")
		for i := range lines {
			f.change(fmt.Sprintf("RFC-%d", i+1), 8+i, 9+i, "os", nil)
		}
		_, err := f.CreateFreeze(f.ctx, newFreeze{Key: "beta", Name: "Beta", From: some(march(9, 0)), To: some(march(12, 0)), Everywhere: some(true)}, nil)
		require.NoError(t, err)
		as := func(name string) *fixture {
			g := *f
			g.ctx = f.WithLoads(app.WithActor(t.Context(), domain.Actor{Name: name, Roles: []domain.Role{domain.ChangeManager, domain.Requester}}))
			return &g
		}
		for _, line := range lines {
			words := strings.Fields(line)
			rfc, by := words[0], words[len(words)-1]
			reason := strings.Join(words[2:len(words)-2], " ")
			asked := as("rita")
			_, err := asked.RequestFreezeException(asked.ctx, domain.NewException{
				Key: "X-" + rfc, Freeze: some(key("beta")), ChangeRequest: some(key(rfc)), Kind: &words[1], Reason: reason,
			}, nil)
			require.NoError(t, err)
			verdict := map[string]domain.ExceptionVerdict{"granted": domain.GrantException, "refused": domain.RefuseException}[words[len(words)-2]]
			if verdict == "" {
				continue
			}
			_, err = asked.DecideFreezeException(asked.ctx, key("X-"+rfc), verdict, nil, nil, nil)
			require.Equal(t, "P7", refused(t, err, domain.RuleViolation, "input.ref").Rule, "nobody decides on their own request")
			decided := as(by)
			_, err = decided.DecideFreezeException(decided.ctx, key("X-"+rfc), verdict, &reason, nil, nil)
			require.NoError(t, err)
			_, err = decided.DecideFreezeException(decided.ctx, key("X-"+rfc), domain.GrantException, nil, nil, nil)
			refused(t, err, domain.RuleViolation, "input.ref")
		}
		for _, line := range lines {
			words := strings.Fields(line)
			outcome, by := words[len(words)-2], words[len(words)-1]
			x := f.read(domain.KindFreezeException, "X-"+words[0]).(*domain.FreezeException)
			held := f.read(domain.KindChangeRequest, words[0]).(*domain.ChangeRequest).HeldBy
			require.Equal(t, outcome == "granted", len(held) == 0, line)
			if outcome != "waiting" {
				require.Equal(t, by, *x.DecidedBy)
				require.Equal(t, strings.ToUpper(outcome), string(x.Status))
			}
		}
		frozen, err := f.ScheduleConflicts(f.ctx, days(10, 11), nil, []domain.ConflictKind{domain.ConflictFreeze}, nil, nil)
		require.NoError(t, err)
		require.Equal(t, []string{"FREEZE RFC-2 beta", "FREEZE RFC-5 beta", "FREEZE RFC-6 beta"}, sides(frozen.Nodes))

		_, err = f.Connect(f.ctx, domain.RelExceptionFor, key("X-RFC-1"), key("RFC-2"), nil, nil)
		require.Equal(t, "P7", refused(t, err, domain.RuleViolation, "input.from").Rule, "for one change only")
		_, err = f.Remove(f.ctx, domain.KindFreezeException, key("X-RFC-1"), nil, nil)
		refused(t, err, domain.RuleViolation, "input.ref")
		_, err = f.RequestFreezeException(f.ctx, domain.NewException{Key: "X", Freeze: some(key("beta")), ChangeRequest: some(key("RFC-1")), Reason: " "}, nil)
		refused(t, err, domain.RuleViolation, "input.reason")
		viewer := f.WithLoads(app.WithActor(t.Context(), domain.Actor{Name: "vera", Roles: []domain.Role{domain.Requester}}))
		_, err = f.DecideFreezeException(viewer, key("X-RFC-6"), domain.GrantException, nil, nil, nil)
		refused(t, err, domain.Forbidden, "")
	})
}

func TestTheForwardScheduleIsBySiteAndService_H5(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.estateOfChanges()
		f.create(domain.KindSite, "par-1", nil)
		f.connect(domain.RelPartOf, "par-1", "par", nil)
		f.change("DB", 8, 12, "db", nil)
		f.change("MAIL", 9, 12, "mail", nil)
		f.change("ROOM", 10, 12, "", nil)
		f.connect(domain.RelTakesPlaceAt, "ROOM", "par-1", nil)
		f.brings(`{"node":"ChangeRequest","key":"GONE","name":"Gone","type":"NORMAL","status":"WITHDRAWN","plannedFrom":"2026-03-10T07:00:00Z","plannedTo":"2026-03-10T09:00:00Z"}`)
		shown := func(site, service *domain.Ref) string {
			t.Helper()
			got, err := f.ChangeSchedule(f.ctx, days(10, 11), site, service, nil, nil)
			require.NoError(t, err)
			var all []string
			for _, n := range got.Nodes {
				all = append(all, n.ChangeRequest.Key+" "+string(n.Status))
			}
			return strings.Join(all, ", ")
		}
		require.Equal(t, "GONE CANCELLED, DB TENTATIVE, MAIL TENTATIVE, ROOM TENTATIVE", shown(nil, nil))
		require.Equal(t, "DB TENTATIVE, ROOM TENTATIVE", shown(some(key("par")), nil))
		require.Equal(t, "DB TENTATIVE", shown(nil, some(key("shop"))))
		require.Empty(t, shown(some(key("nyc")), some(key("shop"))))
		first, err := f.ChangeSchedule(f.ctx, days(10, 11), nil, nil, some(3), nil)
		require.NoError(t, err)
		rest, err := f.ChangeSchedule(f.ctx, days(10, 11), nil, nil, nil, first.Part.End)
		require.NoError(t, err)
		require.Equal(t, "ROOM", rest.Nodes[0].ChangeRequest.Key)
		require.Len(t, rest.Nodes, 1)
	})
}

func TestABadWindowIsRefusedWithAllThatIsWrong_P7(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		_, err := f.Create(f.ctx, domain.KindMaintenanceWindow, values{
			"key": "w", "name": "W", "recurrence": "FREQ=SECONDLY", "startsAt": "soon", "duration": "PT4H", "timeZone": "Mars/Olympus",
			"classes": []string{"SPOON"},
		}, nil)
		for _, part := range []string{"input.recurrence: FREQ=SECONDLY opens too often", "input.startsAt", "input.timeZone", "input.classes.0"} {
			require.ErrorContains(t, err, part)
		}
		_, err = f.CreateFreeze(f.ctx, newFreeze{Key: "f", Name: "F", From: some(march(2, 0)), To: some(march(1, 0))}, nil)
		refused(t, err, domain.Invalid, "input.to")
		got, err := f.ImportLines(f.ctx, app.ImportLinesInput{Lines: []string{
			`{"node":"MaintenanceWindow","key":"w","name":"W","recurrence":"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30","startsAt":"2026-01-01T22:00","duration":"PT1H","timeZone":"UTC"}`,
		}}, nil)
		require.NoError(t, err)
		require.Len(t, got.Wrong, 1)
		_, err = f.ScheduleConflicts(f.ctx, domain.TimeRange{From: march(2, 0), To: march(1, 0)}, nil, nil, nil, nil)
		refused(t, err, domain.Invalid, "during.to")
	})
}

func TestASecretOfACalendarIsToldOnce_H5(t *testing.T) {
	onStores(t, func(t *testing.T, f *fixture) {
		f.estateOfChanges()
		f.change("DB", 8, 12, "db", nil)
		f.change("MAIL", 9, 12, "mail", nil)
		options := &domain.WriteOptions{IdempotencyKey: some("once")}
		made, err := f.CreateCalendarFeed(f.ctx, "shop", "Shop", nil, some(key("shop")), options)
		require.NoError(t, err)
		again, err := f.CreateCalendarFeed(f.ctx, "shop", "Shop", nil, some(key("shop")), options)
		require.NoError(t, err)
		require.Nil(t, again.Path)
		require.Equal(t, made.CalendarFeed.Fingerprint, again.CalendarFeed.Fingerprint)
		_, secret, _ := strings.Cut(*made.Path, "secret=")
		file, err := f.SecretCalendar(f.ctx, secret, nil, some(key("mail")))
		require.NoError(t, err)
		require.Contains(t, file, "SUMMARY:DB: Record DB")
		require.NotContains(t, file, "MAIL", "the feed's own service stays")
		_, err = f.SecretCalendar(f.ctx, secret+"x", nil, nil)
		refused(t, err, domain.NotFound, "")
		viewer := f.WithLoads(app.WithActor(t.Context(), domain.Actor{Name: "vera", Roles: []domain.Role{domain.Viewer}}))
		_, err = f.CreateCalendarFeed(viewer, "mine", "Mine", nil, nil, nil)
		refused(t, err, domain.Forbidden, "")
		_, err = f.Records(viewer, domain.KindCalendarFeed, app.List{})
		refused(t, err, domain.Forbidden, "")
	})
}
