package planner_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/plan/rollout"
)

// announce tells an input what was announced.
func announce(in *rollout.Input, p *rollout.Plan) {
	in.Earlier = nil
	for _, s := range p.Steps {
		in.Earlier = append(in.Earlier, rollout.Announced{Site: s.Site, Release: s.Release, Wave: s.Wave, Window: s.Window})
	}
}

// What was announced stays, though a plan made anew would be otherwise: with fewer
// waves only where fewer are enough.
func TestWhatWasAnnouncedStays_P11(t *testing.T) {
	in := example(t, "5")
	in.Limits.UsersPerWave = pointer(130)
	first := plan(t, in)
	require.Equal(t, "a b | c", waves(first.Plan))
	// Somebody announced c with b, and a later.
	in.Earlier = []rollout.Announced{
		{Site: "b", Release: "REL-1", Wave: 1, Window: first.Plan.Waves[0].Window}, {Site: "c", Release: "REL-1", Wave: 1, Window: first.Plan.Waves[0].Window},
		{Site: "a", Release: "REL-1", Wave: 2, Window: first.Plan.Waves[1].Window},
	}
	kept := plan(t, in)
	require.Equal(t, "b c | a", waves(kept.Plan))
	require.Equal(t, []string{"P6.FULL usersPerWave", "P11.KEPT"}, reasons(t, kept, "a"))

	// An hour that was announced later than need be stays, too.
	late := first.Plan.Waves[1].Window
	late.From, late.To = late.From.Add(5*time.Hour), late.To.Add(5*time.Hour)
	in.Earlier[2].Window = late
	require.Equal(t, "12-01T06:00 12-01T07:00", window(plan(t, in), "a", 2))

	// When the limit falls, one site has to move, and only one.
	in.Limits.UsersPerWave = pointer(100)
	moved := plan(t, in)
	require.Len(t, moved.Plan.Waves, 3)
	stayed := 0
	for _, s := range moved.Plan.Steps {
		for _, e := range in.Earlier {
			if s.Site == e.Site && s.Wave == e.Wave && s.Window == e.Window {
				stayed++
			}
		}
	}
	require.Equal(t, 2, stayed)
}

// A large plan that is made again of what was announced is the same; a new site is
// the only one that comes to it.
func TestALargePlanStaysAsItWasAnnounced_P11(t *testing.T) {
	in := large(300, 5, 1)
	first := plan(t, in)
	announce(in, first.Plan)
	again := plan(t, in)
	require.Equal(t, waves(first.Plan), waves(again.Plan))
	require.Equal(t, first.Plan.Waves, again.Plan.Waves)

	in.Sites = append(in.Sites, rollout.Site{Key: "new", Region: "region-0", Users: pointer(10), Ring: in.Sites[100].Ring})
	in.Installed = append(in.Installed, rollout.Installation{Item: 0, Site: rollout.SiteNo(len(in.Sites) - 1), Version: "1.0.0"})
	more := plan(t, in)
	where := map[string]string{}
	for _, e := range in.Earlier {
		where[e.Site] = fmt.Sprint(e.Wave, e.Window)
	}
	for _, s := range more.Plan.Steps {
		if s.Site != "new" {
			require.Equal(t, where[s.Site], fmt.Sprint(s.Wave, s.Window), s.Site)
		}
	}
}

// The reasons of an hour that stays are those that a plan made anew would give, or
// that it stays.
func TestAKeptHourHasItsOwnReasons_P11(t *testing.T) {
	in := example(t, "9")
	in.NotBefore, in.Soak, in.WorkDuration = pointer(moment("2027-01-28T12:00:00Z")), 24*time.Hour, 2*time.Hour
	first := plan(t, in)
	announce(in, first.Plan)
	again := plan(t, in)
	require.Equal(t, append(reasons(t, first, "a"), "P11.KEPT"), reasons(t, again, "a"))
	in.Earlier[1].Window.From, in.Earlier[1].Window.To = moment("2027-02-06T00:00Z"), moment("2027-02-06T02:00Z")
	require.Equal(t, []string{"P4.AFTER b by app api db", "P7.SOAK", "P11.KEPT"}, reasons(t, plan(t, in), "a"))
}
