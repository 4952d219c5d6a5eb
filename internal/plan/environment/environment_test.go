package environment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"releasegraph/internal/adjacency"
	"releasegraph/internal/domain"
	"releasegraph/internal/plan/environment"
)

func hour(n int) time.Time { return time.Date(2026, 3, 1, n, 0, 0, 0, time.UTC) }

func hours(from, to int) domain.TimeRange { return domain.TimeRange{From: hour(from), To: hour(to)} }

func TestBookingsThatTouchDoNotOverlap_R12(t *testing.T) {
	all := []environment.Booking{{Key: "c", Keeps: hours(8, 9)}, {Key: "b", Keeps: hours(4, 6)}, {Key: "a", Keeps: hours(4, 5)}, {Key: "none", Keeps: hours(5, 5)}}
	keys := func(when domain.TimeRange) (list []string) {
		for _, b := range environment.Overlapping(all, when) {
			list = append(list, b.Key)
		}
		return list
	}
	require.Equal(t, []string{"a", "b", "c"}, keys(hours(0, 24)))
	require.Equal(t, []string{"b"}, keys(hours(5, 8)))
	require.Empty(t, keys(hours(6, 8)))
	require.Empty(t, keys(hours(9, 10)))
}

// Bookings clash as far as any two of them overlap.
func TestBookingsOfOneEnvironmentClash_R12(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []environment.Booking
		overlapping := false
		for i := range rapid.IntRange(0, 8).Draw(t, "bookings") {
			from := rapid.IntRange(0, 20).Draw(t, "from")
			one := environment.Booking{Key: fmt.Sprint(i), Keeps: hours(from, from+rapid.IntRange(0, 4).Draw(t, "length"))}
			overlapping = overlapping || !one.Keeps.Empty() && len(environment.Overlapping(all, one.Keeps)) > 0
			all = append(all, one)
		}
		clashes := environment.Clashes(all)
		require.Equal(t, overlapping, len(clashes) > 0)
		for _, c := range clashes {
			require.True(t, c.Earlier.Keeps.Overlaps(c.Later.Keeps))
			require.False(t, c.Later.Keeps.From.Before(c.Earlier.Keeps.From))
		}
	})
}

// What is suggested is free, as long as what was asked for, not earlier, and nothing
// before it is.
func TestTheFirstFreeTimeIsSuggested_H6(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []environment.Booking
		for i := range rapid.IntRange(0, 8).Draw(t, "bookings") {
			from := rapid.IntRange(0, 30).Draw(t, "from")
			all = append(all, environment.Booking{Key: fmt.Sprint(i), Keeps: hours(from, from+rapid.IntRange(1, 6).Draw(t, "length"))})
		}
		from := rapid.IntRange(0, 30).Draw(t, "asked")
		asked := hours(from, from+rapid.IntRange(1, 6).Draw(t, "for"))
		slot, found := environment.FreeSlot(all, asked)
		require.True(t, found)
		require.Empty(t, environment.Overlapping(all, slot))
		require.Equal(t, asked.Length(), slot.Length())
		for at := asked.From; at.Before(slot.From); at = at.Add(time.Hour) {
			require.NotEmpty(t, environment.Overlapping(all, domain.TimeRange{From: at, To: at.Add(asked.Length())}))
		}
	})
	_, found := environment.FreeSlot([]environment.Booking{{Key: "a", Keeps: domain.TimeRange{From: hour(0), To: hour(0).AddDate(1, 0, 0)}}}, hours(1, 2))
	require.False(t, found, "not within 90 days")
}

func TestAnEnvironmentIsComparedPartByPart_R12(t *testing.T) {
	c := environment.Compare(
		[]environment.Part{
			{ID: "1", Key: "app", Held: true, Live: []string{"1.0"}, Brought: "1.1"}, {ID: "2", Key: "db", Live: []string{"14.1", "14.2"}}, {ID: "3", Key: "cache", Live: []string{"7"}},
			{ID: "4", Key: "queue", Live: []string{"3"}}, {ID: "5", Key: "host"}, {ID: "6", Key: "proxy", Live: []string{"2"}},
		},
		[]environment.StandIn{
			{Key: "app", Version: "v1.1", For: "1"}, {Key: "db-old", Version: "13", For: "2"}, {Key: "db-acc", Version: "14.2", For: "2"}, {Key: "cache-acc", Version: "6", For: "3"},
			{Key: "host-acc", For: "5"}, {Key: "proxy-acc", For: "6"}, {Key: "other", For: "9"},
		},
		func(a, b string) bool { return strings.TrimPrefix(a, "v") == strings.TrimPrefix(b, "v") })
	states := map[string]string{}
	for _, p := range c.Parts {
		states[p.Key] = string(p.State)
		if p.StandIn != nil {
			states[p.Key] += " " + p.StandIn.Key
		}
	}
	require.Equal(t, map[string]string{
		"app": "MATCHED app", "db": "MATCHED db-acc", "cache": "OTHER_VERSION cache-acc", "queue": "MISSING", "host": "MATCHED host-acc", "proxy": "OTHER_VERSION proxy-acc",
	}, states)
	require.Equal(t, 50, c.Percent())
	require.Equal(t, "3 of 6 parts are as in LIVE (50 %); missing: queue; other versions: cache-acc has 6 for 7 of cache, proxy-acc has no version for 2 of proxy", c.Text())
	require.Equal(t, 100, environment.Compare(nil, nil, nil).Percent(), "there is nothing to compare")
}

// What a text leaves out is told (I8).
func TestATextNamesTheFirstOfManyParts_I8(t *testing.T) {
	var parts []environment.Part
	for i := range 12 {
		parts = append(parts, environment.Part{ID: fmt.Sprint(i), Key: fmt.Sprintf("p%02d", i)})
	}
	require.Contains(t, environment.Compare(parts, nil, nil).Text(), "p09 and 2 more")
}

func TestAnEnvironmentIsResetAfterTheKitBefore_R12(t *testing.T) {
	run := func(key string, from, to int) environment.Run {
		return environment.Run{Key: key, StartedAt: hour(from), EndedAt: hour(to)}
	}
	lacks := func(u environment.Used) (list []string) {
		u.Environment = "acc"
		for _, l := range environment.Ready([]environment.Used{u}, nil) {
			list = append(list, l.Text)
		}
		return list
	}
	counting := []environment.Run{run("R/run-1", 10, 11)}
	dirty := []string{"an environment that is reset after the kit before: acc was not, between Q/run-1 of another kit and R/run-1"}
	require.Empty(t, lacks(environment.Used{Counting: counting}), "nobody else was there")
	require.Equal(t, dirty, lacks(environment.Used{Counting: counting, Others: []environment.Run{run("Q/run-1", 8, 9)}}), "never reset")
	require.Equal(t, dirty, lacks(environment.Used{Counting: counting, Others: []environment.Run{run("Q/run-1", 8, 9)}, Resets: []time.Time{hour(7)}}), "reset before")
	require.Empty(t, lacks(environment.Used{Counting: counting, Others: []environment.Run{run("Q/run-1", 8, 9)}, Resets: []time.Time{hour(9)}}))
	require.Equal(t, dirty, lacks(environment.Used{Counting: counting, Others: []environment.Run{run("Q/run-1", 8, 9)}, Resets: []time.Time{hour(12)}}), "reset after the run that counts")
	require.Equal(t, dirty, lacks(environment.Used{Counting: counting, Others: []environment.Run{run("Q/run-1", 9, 12)}, Resets: []time.Time{hour(10)}}), "both at once")
	require.Empty(t, lacks(environment.Used{Counting: counting, Others: []environment.Run{run("Q/run-1", 11, 12)}}), "another came after it")
	require.Equal(t, hour(9), environment.Used{Counting: []environment.Run{run("b", 14, 15), run("a", 10, 11)}, Resets: []time.Time{hour(9), hour(12)}}.Since())
}

func TestAPolicySaysHowRepresentativeAnEnvironmentIs_R12(t *testing.T) {
	used := []environment.Used{{Environment: "acc", Comparison: environment.Compare([]environment.Part{{ID: "1", Key: "app"}, {ID: "2", Key: "db"}}, []environment.StandIn{{For: "1"}}, nil)}}
	fifty, most := 50, 51
	require.Empty(t, environment.Ready(used, nil))
	require.Empty(t, environment.Ready(used, &fifty))
	lacks := environment.Ready(used, &most)
	require.Len(t, lacks, 1)
	require.Equal(t, "an environment that is 51 % like production: of acc 1 of 2 parts are as in LIVE (50 %); missing: db", lacks[0].Text)
}

// What an item needs in LIVE is found along any chain, over circles; what is out of
// use or elsewhere ends a chain, services and buildings are passed and not counted.
func TestWhatItemsNeedInLiveIsFound_R12(t *testing.T) {
	b := adjacency.NewBuilder[domain.Facts, domain.Link]()
	at := map[string]adjacency.Node{}
	item := func(id string, class domain.Class, environment domain.Environment, status domain.ItemStatus) {
		at[id] = b.AddNode(id, id, domain.NewFacts(domain.KindConfigurationItem, class, environment, status, 0, 0))
	}
	needs := func(from, to string, impact domain.Impact) {
		b.AddArc(at[from], at[to], domain.Link{Rel: domain.RelDependsOn, Kind: domain.Uses, Impact: impact})
	}
	for _, id := range []string{"app", "db", "disk", "paper-only"} {
		item(id, domain.Database, domain.Live, domain.ItemLive)
	}
	item("service", domain.Service, domain.Live, domain.ItemLive)
	item("building", domain.Facility, domain.Live, domain.ItemLive)
	item("old", domain.Program, domain.Live, domain.ItemWithdrawn)
	item("test", domain.Program, domain.Test, domain.ItemLive)
	needs("app", "service", domain.ImpactFull)
	needs("service", "db", domain.ImpactDegraded)
	needs("db", "app", domain.ImpactFull)
	needs("db", "disk", domain.ImpactFull)
	needs("disk", "building", domain.ImpactFull)
	needs("app", "paper-only", domain.ImpactNone)
	needs("app", "old", domain.ImpactFull)
	needs("app", "test", domain.ImpactFull)
	g := b.Graph(1)
	found, err := environment.Needed(t.Context(), g, []string{"app", "app", "nowhere"})
	require.NoError(t, err)
	require.Equal(t, []string{"db", "disk"}, found)
}
