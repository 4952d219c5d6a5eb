package planner_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/domain"
	"releasegraph/internal/plan/calendar"
	"releasegraph/internal/plan/rollout"
)

// manyZones have their clocks put forward and back at many times, or never.
var manyZones = []string{
	"UTC", "Europe/Paris", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "America/Nuuk", "America/Havana",
	"America/Santiago", "Australia/Lord_Howe", "Australia/Adelaide", "Australia/Sydney", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia",
	"Africa/Casablanca", "Africa/Cairo", "Antarctica/Troll", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Gaza", "Asia/Tehran", "Asia/Tokyo", "America/Phoenix",
	"Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Beirut", "America/Asuncion", "Europe/Chisinau",
}

// 400 sites in zones all over the world are worked on from 01:00 to 04:00 by their own
// clocks, night after night, over both switches.
func TestEachSiteIsWorkedOnInItsOwnNight_P7(t *testing.T) {
	for _, season := range []string{"2027-03-10T12:00:00Z", "2027-10-01T12:00:00Z"} {
		in := &rollout.Input{
			Items:    []rollout.Item{{Key: "app", Class: domain.Application, Status: domain.ItemLive}},
			Releases: []rollout.Release{{Key: "R", Category: domain.DeltaRelease, Status: domain.ReleaseAccepted, Changes: []rollout.Change{modify(0)}}},
		}
		in.Now, in.WorkDuration, in.Limits.SitesPerWave = moment(season), time.Hour, pointer(10)
		for i, zone := range manyZones {
			in.Windows = append(in.Windows, rollout.Opening{Key: fmt.Sprint("w", i), Spec: calendar.Spec{
				StartsAt: pointer("2027-01-01T01:00"), Duration: pointer("PT3H"), Recurrence: pointer("FREQ=DAILY"), TimeZone: &zone,
			}})
		}
		for s := range 400 {
			zone := s % len(manyZones)
			in.Sites = append(in.Sites, rollout.Site{Key: fmt.Sprintf("s%03d", s), Zone: manyZones[zone]})
			in.Installed = append(in.Installed, rollout.Installation{Item: 0, Site: rollout.SiteNo(s), Version: "1.0.0"})
			in.Windows[zone].Sites = append(in.Windows[zone].Sites, rollout.SiteNo(s))
		}
		made := plan(t, in)
		require.Len(t, made.Plan.Waves, 40)
		for _, s := range made.Plan.Steps {
			var n int
			_, err := fmt.Sscanf(s.Site, "s%d", &n)
			require.NoError(t, err)
			name := manyZones[n%len(manyZones)]
			zone, err := time.LoadLocation(name)
			require.NoError(t, err)
			begin := s.Window.From.In(zone)
			// The window opens when the clocks show 01:00, or would have shown it.
			opens := calendar.Instant(time.Date(begin.Year(), begin.Month(), begin.Day(), 1, 0, 0, 0, time.UTC), zone)
			require.False(t, s.Window.From.Before(opens), "%s begins at %s", name, begin)
			require.False(t, s.Window.To.After(opens.Add(3*time.Hour)), "%s ends at %s", name, s.Window.To.In(zone))
			require.Equal(t, time.Hour, s.Window.Length())
		}
	}
}
