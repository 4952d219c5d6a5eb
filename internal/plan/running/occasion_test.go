package running_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/running"
)

// hour is a range of a number of hours from the start on.
func hour(from, to int) domain.TimeRange {
	return domain.TimeRange{From: start.Add(time.Duration(from) * time.Hour), To: start.Add(time.Duration(to) * time.Hour)}
}

func drawRange(t *rapid.T) domain.TimeRange {
	from := rapid.IntRange(0, 40).Draw(t, "from")
	return hour(from, from+rapid.IntRange(1, 8).Draw(t, "length"))
}

func drawOccasion(t *rapid.T) *running.Occasion {
	spells := func(name string, most int) (list []running.Spell) {
		for i := range rapid.IntRange(0, most).Draw(t, name) {
			on := rapid.SliceOfN(rapid.Custom(drawRange), 0, 5).Draw(t, "on")
			list = append(list, running.Spell{Name: fmt.Sprint(name, i), On: calendar.Of(on...)})
		}
		return list
	}
	neighbours := func(name string) (list []running.Neighbour) {
		for _, r := range rapid.SliceOfN(rapid.Custom(drawRange), 0, 2).Draw(t, name) {
			list = append(list, running.Neighbour{Site: name, Hour: r})
		}
		return list
	}
	return &running.Occasion{Windows: spells("windows", 2), Closed: spells("closed", 2), After: neighbours("after"), Before: neighbours("before")}
}

// may reports whether work may take place at an hour, hour by hour and rule by rule.
func may(o *running.Occasion, at domain.TimeRange) bool {
	in := func(on calendar.Ranges, t time.Time) bool {
		return slices.ContainsFunc(on, func(r domain.TimeRange) bool { return !t.Before(r.From) && t.Before(r.To) })
	}
	for t := at.From; t.Before(at.To); t = t.Add(time.Hour) {
		if slices.ContainsFunc(o.Windows, func(w running.Spell) bool { return !in(w.On, t) }) || slices.ContainsFunc(o.Closed, func(c running.Spell) bool { return in(c.On, t) }) {
			return false
		}
	}
	late := func(n running.Neighbour) bool { return at.From.Before(n.Hour.To) }
	early := func(n running.Neighbour) bool { return n.Hour.From.Before(at.To) }
	return !slices.ContainsFunc(o.After, late) && !slices.ContainsFunc(o.Before, early)
}

// What stands against an hour, and which hours are left, say the same as the rules taken
// hour by hour; what is offered instead may be taken.
func TestAnOccasionLeavesTheHoursThatItsRulesDo_P4_P7(t *testing.T) {
	refused, taken := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		o, at := drawOccasion(t), drawRange(t)
		es, within := o.Check(at), hour(0, 60)
		require.Equal(t, may(o, at), len(es) == 0, "%v of %+v: %v", at, o, es)
		require.Equal(t, may(o, at), o.Free(within).Covers(at), "%v of %+v", at, o)
		for _, e := range es {
			require.Equal(t, "from", e.Field)
			require.Contains(t, []string{"P4", "P7"}, e.Rule)
		}
		length := at.To.Sub(at.From)
		hours, err := running.Hours(o.Free(within), length, 3, anyDay)
		require.NoError(t, err)
		require.LessOrEqual(t, len(hours), 3)
		for i, h := range hours {
			require.True(t, may(o, h), "%v of %+v", h, o)
			require.True(t, i == 0 || hours[i-1].From.Before(h.From))
		}
		if len(hours) == 0 {
			for from := range 60 {
				one := domain.TimeRange{From: hour(from, from+1).From, To: hour(from, from+1).From.Add(length)}
				require.False(t, !one.To.After(within.To) && may(o, one), "%v of %+v was not offered", one, o)
			}
		}
		if len(es) == 0 {
			taken++
		} else {
			refused++
		}
	})
	require.NotZero(t, refused)
	require.NotZero(t, taken)
}

// anyDay has room.
func anyDay(domain.TimeRange) (time.Time, error) { return time.Time{}, nil }

// Days that are full are left out: what is free on the next is offered from its first hour on.
func TestHoursLeaveOutDaysThatAreFull_P13(t *testing.T) {
	firstDayFull := func(at domain.TimeRange) (time.Time, error) {
		if next := start.Add(24 * time.Hour); at.From.Before(next) {
			return next, nil
		}
		return time.Time{}, nil
	}
	hours, err := running.Hours(calendar.Of(hour(20, 30), hour(44, 46)), 2*time.Hour, 5, firstDayFull)
	require.NoError(t, err)
	require.Equal(t, []domain.TimeRange{hour(24, 26), hour(44, 46)}, hours)
	never := func(at domain.TimeRange) (time.Time, error) { return at.From.Add(time.Minute), nil }
	hours, err = running.Hours(calendar.Of(hour(0, 1_000_000)), time.Hour, 1, never)
	require.NoError(t, err)
	require.Empty(t, hours, "it comes to an end")
}

// The last thing that is wrong with an hour tells which are left, in words and for programs.
func TestARefusedHourTellsThoseThatAreLeft_P1(t *testing.T) {
	o := &running.Occasion{Windows: []running.Spell{{Name: "the maintenance windows w", On: calendar.Of(hour(22, 26))}}}
	hours, err := running.Hours(o.Free(hour(0, 48)), time.Hour, 3, anyDay)
	require.NoError(t, err)
	es := running.Choosable(o.Check(hour(1, 2)), hours)
	require.EqualError(t, es, "from: lies outside of the maintenance windows w; it may begin at 2027-01-10T22:00:00Z")
	require.Equal(t, []any{"2027-01-10T22:00:00Z"}, es[0].Details["choices"])
	require.ErrorContains(t, running.Choosable(o.Check(hour(1, 2)), nil), "no hour is left before the deadline")
	one := domain.Errors{{Field: "site", Message: "is VERIFIED"}}
	require.Equal(t, one, running.Choosable(one, nil), "what is wrong is no hour")
}

// pull is a RUNNING PULL whose two waves have a site each, the first of which has begun.
func pull(rule domain.OverdueRule) *running.Rollout {
	r, deadline := rollout(1, 1), start.Add(10*24*time.Hour)
	r.Deployment.Approach, r.Deployment.Deadline, r.Deployment.OverdueSites, r.Warning = domain.Pull, &deadline, &rule, 48*time.Hour
	r.Waves[0].Status = domain.WaveRunning
	return r
}

func told(moves []running.Move) (list []string) {
	for _, m := range moves {
		list = append(list, m.Tell+m.To+" "+m.ID)
	}
	return list
}

// Sites that have not said when they take a release are reminded as its deadline nears:
// once, and not those that have their hour.
func TestSitesAreRemindedBeforeTheDeadline_P1(t *testing.T) {
	r := pull(domain.RemindOverdue)
	begins := r.Deployment.Deadline.Add(-48 * time.Hour)
	r = settle(t, r, start)
	require.Empty(t, told(r.Due(begins.Add(-time.Second))))
	require.Equal(t, begins, r.Next(begins.Add(-time.Second)), "it is looked at then")
	require.Equal(t, []string{"WARNED s1-1", "WARNED s2-1"}, told(r.Due(begins)))
	later := r.Apply(r.Due(begins), begins)
	require.Empty(t, told(later.Due(begins.Add(time.Hour))), "once")

	own := *r.Waves[0].Steps[0].SiteRollout
	own.ChosenAt, own.WindowFrom, own.WindowTo = &start, &begins, r.Deployment.Deadline
	r.Waves[0].Steps[0].SiteRollout = &own
	require.Equal(t, []string{"WARNED s2-1"}, told(r.Due(begins)))
	r.Warning = 0
	require.Empty(t, r.Due(begins))
}

// What becomes of a site that lets the deadline pass is what the policy says. One that is
// forced has an hour set for it once its wave has begun, which lasts as long as the hour;
// one that is tried again after the deadline has its time.
func TestTheDeadlineOfAPullPasses_P1(t *testing.T) {
	after := pull(domain.RemindOverdue).Deployment.Deadline.Add(time.Minute)
	for rule, want := range map[domain.OverdueRule][]string{
		domain.RemindOverdue: {"REMINDED s1-1", "REMINDED s2-1"}, domain.FailOverdue: {"FAILED s1-1", "FAILED s2-1"},
		domain.ExcuseOverdue: {"SKIPPED s1-1", "SKIPPED s2-1"}, domain.ForceOverdue: {"FORCED s1-1"},
	} {
		r := settle(t, pull(rule), start)
		require.Equal(t, want, told(r.Due(after)), rule)
		again := *r.Waves[0].Steps[0].SiteRollout
		again.Come(domain.SitePending, "", after)
		r.Waves[0].Steps[0].SiteRollout = &again
		switch left := told(r.Due(after.Add(time.Minute))); rule {
		case domain.FailOverdue, domain.ExcuseOverdue:
			require.Equal(t, want[1:], left, "tried again")
		default:
			require.Equal(t, want, left, "tried again")
		}
	}
	r := settle(t, pull(domain.ForceOverdue), start)
	until := after.Add(time.Hour)
	r.Waves[0].WindowTo = r.Deployment.Deadline
	moves := r.Due(after)
	moves[0].Window = &domain.TimeRange{From: after, To: until}
	r = r.Apply(moves, after)
	s := r.Waves[0].Steps[0]
	require.Equal(t, *moves[0].Window, *s.Own())
	require.Equal(t, after, *s.ForcedAt)
	require.Equal(t, until, *r.Waves[0].WindowTo, "what is planned shows it")
	require.Empty(t, r.Due(after), "once")
	require.Equal(t, []string{"OVERDUE s1-1"}, told(r.Due(until)), "and is overdue as in a wave")
}
